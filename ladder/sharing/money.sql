-- Net revenue by state at one period end, with what the dominance rule needs: payers and the largest amount.
with placed as (
    select customer, code
    from spells
    where $period between first_period and last_period
),

movement as (
    select customer, day, amount from orders
    union all
    select customer, day, -amount as amount from refunds
),

paid as (
    select placed.code, placed.customer, sum(movement.amount) as revenue
    from movement
    join placed on placed.customer = movement.customer
    where movement.day > $since and movement.day <= $until
    group by placed.code, placed.customer
)

select
    code,
    cast(sum(revenue) as bigint) as total,
    cast(max(abs(revenue)) as bigint) as largest,
    count(*) filter (where revenue > 0) as payers
from paid
group by code
order by code
