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

-- step: state
create table raw.state as
select customer, cast(substr(name, 2) as integer) as period, code
from (unpivot placement on columns(* exclude (customer)) into name name value code)
where code <> 255;

-- step: spells
create table spells as
with marked as (
    select
        customer,
        period,
        code,
        case
            when lag(code) over (partition by customer order by period) = code then 0
            else 1
        end as is_start
    from raw.state
),
numbered as (
    select
        customer,
        period,
        code,
        sum(is_start) over (partition by customer order by period rows between unbounded preceding and current row)
            as spell
    from marked
)
select customer, code, min(period) as first_period, max(period) as last_period
from numbered
group by customer, spell, code
order by customer, first_period;

-- step: moves
create table moves as
with step as (
    select period, lag(code, 1, 255) over (partition by customer order by period) as from_code, code as to_code
    from raw.state
)
select period, from_code, to_code, count(*) as customers
from step
group by period, from_code, to_code
order by period, from_code, to_code;
