-- What the questions read besides the wide row per customer.

-- step: days
create table days as
select cast(day as date) as day, enter as period from calendar where enter < (select count(*) from periods) order by day;

-- Money in and out, one row each: whoever asks adds up, and a build does not do it for nobody.
-- step: activity
create view activity as
select days.period, movement.customer, movement.amount as revenue
from (
    select customer, day, amount from orders
    union all
    select customer, day, -amount as amount from refunds
) as movement
join days on days.day = movement.day;
