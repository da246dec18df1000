-- One row per customer who ordered by $as_of, with the state at that period end; times are days.
with order_days as (
    select customer, day, sum(amount) as amount
    from orders
    where day <= $as_of::date
    group by customer, day
),

refund_days as (
    select customer, day, sum(amount) as amount
    from refunds
    where day <= $as_of::date
    group by customer, day
),

days as (
    select
        order_days.customer,
        order_days.day,
        order_days.amount - coalesce(refund_days.amount, 0) as net
    from order_days
    left join refund_days on refund_days.customer = order_days.customer and refund_days.day = order_days.day
),

buyers as (
    select
        customer,
        count(*) - 1 as frequency,
        date_diff('day', min(day), max(day)) as recency_days,
        date_diff('day', min(day), $as_of::date) as age_days,
        count(*) filter (where net > 0) - (arg_min(net, day) > 0)::integer as paid_days,
        (coalesce(sum(net) filter (where net > 0), 0) - greatest(arg_min(net, day), 0))::bigint as paid_amount,
        coalesce(sum(net) filter (where net > 0), 0)::bigint as paid_total,
        count(*) filter (where net <= 0) as unpaid_days
    from days
    group by customer
)

select
    buyers.customer,
    spells.code,
    buyers.frequency,
    buyers.recency_days,
    buyers.age_days,
    buyers.paid_days,
    buyers.paid_amount,
    buyers.paid_total,
    buyers.unpaid_days
from buyers
inner join spells
    on spells.customer = buyers.customer
    and $period between spells.first_period and spells.last_period
