-- What was paid. Reads the raw tables of ladder/placement/sql/facts.sql; amounts are minor units.

-- An order as the figures count it: all rows of one order id, else what a customer bought on one day; what guests buy
-- without an order id is one order per instant.
-- step: order amounts
create temp table order_amount as
select
    any_value(customer_id) as customer_id,
    transaction_id,
    min(ts) as ts,
    cast(sum(amount) filter (where kind = 'purchase') as bigint) as bought,
    cast(sum(amount) as bigint) as net
from raw.live_transactions
where transaction_id is not null
group by transaction_id
having bought is not null
union all
select
    customer_id,
    null,
    min(ts),
    cast(sum(amount) filter (where kind = 'purchase') as bigint) as bought,
    cast(sum(amount) as bigint)
from raw.live_transactions
where transaction_id is null
group by customer_id, case when customer_id is null then ts else date_trunc('day', ts) end
having bought is not null;

-- Robust location and spread of the logarithms; where half of all orders cost the same the median deviation is 0.
-- step: usual
create temp table usual as
with paid as (select ln(bought) as log_amount from order_amount where bought > 0),
centre as (select median(log_amount) as middle from paid),
spread as (
    select
        count(*) as orders,
        median(abs(paid.log_amount - centre.middle)) as deviation,
        avg(abs(paid.log_amount - centre.middle)) as mean_deviation
    from paid
    cross join centre
)
select
    spread.orders,
    centre.middle,
    $outlier * case
        when spread.deviation > 0 then spread.deviation / $mad_scale
        else spread.mean_deviation / $mean_scale
    end as reach
from spread
cross join centre;

-- step: unusual
create temp table unusual_order as
select
    order_amount.customer_id,
    order_amount.transaction_id,
    cast(order_amount.ts as date) as day,
    order_amount.bought,
    order_amount.bought / exp(usual.middle) as times_usual
from order_amount
cross join usual
where order_amount.bought > 0 and abs(ln(order_amount.bought) - usual.middle) > usual.reach;

-- step: unusual totals
select
    (select orders from usual),
    (select sum(bought) from order_amount),
    count(*),
    max(bought) filter (where times_usual > 1)
from unusual_order;

-- step: unusual rows
select customer_id, transaction_id, day, bought as amount, times_usual
from unusual_order
order by bought desc, day, transaction_id
limit $shown;

-- Ten classes to each power of ten.
-- step: amounts
select
    cast(floor(10 * log10(order_amount.bought)) as integer) as class,
    count(*) as orders,
    count(*) filter (where abs(ln(order_amount.bought) - usual.middle) > usual.reach) as unusual
from order_amount
cross join usual
where order_amount.bought > 0
group by class
order by class;

-- step: signs
select count(*), count(*) filter (where bought = 0), count(*) filter (where net < 0) from order_amount;

-- step: signed rows
select customer_id, transaction_id, cast(ts as date) as day, bought as amount, net
from order_amount
where case when $zero then bought = 0 else net < 0 end
order by net, day, transaction_id
limit $shown;

-- step: refunds
create temp table early_refund as
select live.customer_id, live.transaction_id, cast(live.ts as date) as day, live.amount
from raw.live_transactions as live
left join (
    select customer_id, min(ts) as first_ts from raw.live_transactions where kind = 'purchase' group by customer_id
) as bought on bought.customer_id = live.customer_id
where live.kind = 'refund'
    and live.customer_id is not null
    and (bought.first_ts is null or cast(live.ts as date) < cast(bought.first_ts as date));

-- step: refund counts
select
    (select count(*) from raw.live_transactions where kind = 'refund' and customer_id is not null),
    (select count(*) from early_refund);

-- step: refund rows
select customer_id, transaction_id, day, amount from early_refund order by amount, day limit $shown;

-- Compared by a hash of 64 bits first: grouping by nine columns takes six times as long.
-- step: repeated
create temp table repeated_row as
with content as (
    select
        import_id, line,
        hash(import_id, customer_id, transaction_id, ts, amount, kind, product, currency, incentive) as content
    from raw.transactions
),
repeated as (select content, count(*) as times, min(line) as line from content group by content having times > 1)
select facts.customer_id, facts.transaction_id, facts.ts, facts.product, facts.amount, repeated.times
from repeated
join content on content.content = repeated.content and content.line = repeated.line
join raw.transactions as facts on facts.import_id = content.import_id and facts.line = content.line;

-- step: repeated counts
select (select count(*) from raw.transactions), coalesce(sum(times - 1), 0) from repeated_row;

-- step: repeated rows
select customer_id, transaction_id, cast(ts as date) as day, product, amount, times
from repeated_row
order by times desc, day, transaction_id
limit $shown;
