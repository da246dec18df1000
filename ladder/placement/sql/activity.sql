-- What the questions read besides the wide row per customer.

-- step: activity
create table activity as
with movement as (
    select customer, day, amount from orders
    union all
    select customer, day, -amount as amount from refunds
)
select calendar.enter as period, movement.customer, cast(sum(movement.amount) as bigint) as revenue
from movement
join calendar on calendar.day = movement.day
where calendar.enter < (select count(*) from periods)
group by calendar.enter, movement.customer
having sum(movement.amount) <> 0
order by calendar.enter, movement.customer;
