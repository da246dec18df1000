-- The value of every measure for each customer on the day $on, from what was known by $known. A day counts in a
-- window of w days when it is less than w days old.

-- measure: orders
select customer, count(*) as value from orders
where day <= $known and date_diff('day', day, $on) < $window
group by customer
-- measure: spend
select customer, sum(amount) / $scale as value
from (
    select customer, day, amount from orders
    union all
    select customer, day, -amount as amount from refunds
)
where day <= $known and date_diff('day', day, $on) < $window
group by customer
-- measure: average_order
select customer, avg(amount) / $scale as value from orders
where day <= $known and date_diff('day', day, $on) < $window
group by customer
-- measure: days_since_order
select customer, date_diff('day', max(day), $on) as value from orders where day <= $known group by customer
-- measure: days_since_first_order
select customer, date_diff('day', min(day), $on) as value from orders where day <= $known group by customer
-- measure: tenure
select customer, date_diff('day', first_day, $on) as value from customers where first_day <= $known
-- measure: interactions
select customer, count(*) as value from interactions
where day <= $known and date_diff('day', day, $on) < $window and ($text is null or kind = $text)
group by customer
-- measure: days_since_interaction
select customer, date_diff('day', max(day), $on) as value from interactions
where day <= $known and ($text is null or kind = $text)
group by customer
-- measure: nps
select customer, arg_max(nps, answer) as value from feedback
where day <= $known and nps is not null
group by customer
-- measure: csat
select customer, arg_max(csat, answer) as value from feedback
where day <= $known and csat is not null
group by customer
-- measure: reviews
select customer, count(*) as value from feedback
where day <= $known and review is not null and date_diff('day', day, $on) < $window
group by customer
-- measure: referrals
select customer, count(*) as value from referrals
where day <= $known and date_diff('day', day, $on) < $window
group by customer
-- measure: referred_orders
select referrals.customer, count(*) as value
from referrals
join orders on orders.customer = referrals.referred and orders.day >= referrals.day
where referrals.is_first and orders.day <= $known and date_diff('day', orders.day, $on) < $window
group by referrals.customer
-- measure: redemptions
select customer, count(*) as value from incentives
where redeemed_day <= $known and date_diff('day', redeemed_day, $on) < $window
group by customer
-- measure: attribute
select customer, value from attributes where name = $text
