with stays as (
    select
        customer,
        code,
        sum(least(last_period, $last) - greatest(first_period, $first) + 1)::double as count_periods
    from spells
    where last_period >= $first and first_period <= $last
    group by customer, code
),

earned as (
    select
        activity.customer,
        spells.code,
        sum(activity.revenue)::double as revenue
    from activity
    inner join spells
        on activity.customer = spells.customer
        and activity.period between spells.first_period and spells.last_period
    where activity.period between $first and $last
    group by activity.customer, spells.code
),

spent as (
    select
        stays.code,
        stays.count_periods,
        coalesce(earned.revenue, 0.0) as revenue
    from stays
    left join earned on stays.customer = earned.customer and stays.code = earned.code
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
