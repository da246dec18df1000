-- Customers are clustered in $clusters groups, which keeps the sums small at a million customers.
with numbered as (
    select customer, row_number() over (order by customer) % $clusters as cluster from customers
),

stays as (
    select
        spells.customer,
        numbered.cluster,
        spells.code,
        greatest(spells.first_period, $first) as first_period,
        least(spells.last_period, $last) as last_period
    from spells
    inner join numbered on numbered.customer = spells.customer
    where spells.last_period >= $first and spells.first_period <= $last
),

stood as (
    select
        cluster,
        code,
        sum(last_period - first_period + 1)::double as count_periods
    from stays
    group by cluster, code
),

earned as (
    select
        stays.cluster,
        stays.code,
        sum(activity.revenue)::double as revenue
    from activity
    inner join stays
        on activity.customer = stays.customer
        and activity.period between stays.first_period and stays.last_period
    where activity.period between $first and $last
    group by stays.cluster, stays.code
),

spent as (
    select
        stood.code,
        stood.count_periods,
        coalesce(earned.revenue, 0.0) as revenue
    from stood
    left join earned on stood.cluster = earned.cluster and stood.code = earned.code
)

select
    code,
    sum(count_periods) as count_periods,
    sum(revenue) as revenue,
    sum(revenue * revenue) as revenue_squared,
    sum(revenue * count_periods) as revenue_times_periods,
    sum(count_periods * count_periods) as periods_squared
from spent
group by code
order by code
