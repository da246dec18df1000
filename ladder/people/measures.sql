-- The value of every measure for each customer on each asked day (on_day), from what was known by known_day. A day
-- counts in a window of w days when it is less than w days old.

-- measure: orders
select customer, on_day, count(*) as value from orders, asked
where day <= known_day and date_diff('day', day, on_day) < $window
group by customer, on_day
-- measure: spend
select customer, on_day, sum(amount) / $scale as value
from (
    select customer, day, amount from orders
    union all
    select customer, day, -amount as amount from refunds
), asked
where day <= known_day and date_diff('day', day, on_day) < $window
group by customer, on_day
-- measure: average_order
select customer, on_day, avg(amount) / $scale as value from orders, asked
where day <= known_day and date_diff('day', day, on_day) < $window
group by customer, on_day
-- measure: days_since_order
select customer, on_day, date_diff('day', max(day), on_day) as value from orders, asked
where day <= known_day
group by customer, on_day
-- measure: days_since_first_order
select customer, on_day, date_diff('day', min(day), on_day) as value from orders, asked
where day <= known_day
group by customer, on_day
-- measure: tenure
select customer, on_day, date_diff('day', first_day, on_day) as value from customers, asked
where first_day <= known_day
-- measure: interactions
select customer, on_day, count(*) as value from interactions, asked
where day <= known_day and date_diff('day', day, on_day) < $window and ($text is null or kind = $text)
group by customer, on_day
-- measure: days_since_interaction
select customer, on_day, date_diff('day', max(day), on_day) as value from interactions, asked
where day <= known_day and ($text is null or kind = $text)
group by customer, on_day
-- measure: nps
select customer, on_day, arg_max(nps, answer) as value from feedback, asked
where day <= known_day and nps is not null
group by customer, on_day
-- measure: csat
select customer, on_day, arg_max(csat, answer) as value from feedback, asked
where day <= known_day and csat is not null
group by customer, on_day
-- measure: reviews
select customer, on_day, count(*) as value from feedback, asked
where day <= known_day and review is not null and date_diff('day', day, on_day) < $window
group by customer, on_day
-- measure: referrals
select customer, on_day, count(*) as value from referrals, asked
where day <= known_day and date_diff('day', day, on_day) < $window
group by customer, on_day
-- measure: referred_orders
select referrals.customer, on_day, count(*) as value
from asked, referrals
join orders on orders.customer = referrals.referred and orders.day >= referrals.day
where referrals.is_first and orders.day <= known_day and date_diff('day', orders.day, on_day) < $window
group by referrals.customer, on_day
-- measure: redemptions
select customer, on_day, count(*) as value from incentives, asked
where redeemed_day <= known_day and date_diff('day', redeemed_day, on_day) < $window
group by customer, on_day
-- measure: attribute
select customer, on_day, value from attributes, asked where name = $text
