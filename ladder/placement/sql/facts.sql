-- From the live imports (schema raw, in memory) to the facts: every later step reads the facts only.
-- Where imports overlap, the latest one wins per natural key; `nth` tells equal rows of one import apart.

-- A status says that an order is no sale, and no later import brings it as sold: then none of its lines count, and
-- money that a file of refunds says went back is not taken off a second time.
-- step: live withdrawals
create table raw.live_withdrawals as
with withdrawn as (
    select transaction_id, max(import_id) as import_id from raw.withdrawn group by transaction_id
),
sold as (
    select transaction_id, max(import_id) as import_id
    from raw.transactions
    where kind = 'purchase' and transaction_id in (select transaction_id from withdrawn)
    group by transaction_id
)
select withdrawn.transaction_id
from withdrawn
left join sold on sold.transaction_id = withdrawn.transaction_id
where sold.import_id is null or sold.import_id < withdrawn.import_id;

-- step: live transactions as they stand
create view raw.live_transactions as select customer_id, ts, amount, kind, transaction_id from raw.transactions;

-- step: live transactions of one import
create view raw.live_transactions as
select customer_id, ts, amount, kind, transaction_id
from raw.transactions as facts
anti join raw.live_withdrawals as gone on gone.transaction_id = facts.transaction_id;

-- A file of refunds that names the orders they belong to takes no order away: purchases replace purchases.
-- step: replaced orders
create table raw.replaced_orders as
select transaction_id, kind, max(import_id) as import_id
from raw.transactions
where transaction_id is not null
group by transaction_id, kind
having min(import_id) < max(import_id);

-- Rows of one instant can stand in two imports only where the times of the two overlap; the others need no counting.
-- step: repeated transactions
create table raw.repeated_transactions as
with span as (
    select import_id, min(ts) as first_ts, max(ts) as last_ts
    from raw.transactions
    where transaction_id is null
    group by import_id
),
overlap as (
    select min(greatest(one.first_ts, other.first_ts)) as first_ts, max(least(one.last_ts, other.last_ts)) as last_ts
    from span as one
    join span as other
        on one.import_id < other.import_id and one.first_ts <= other.last_ts and other.first_ts <= one.last_ts
),
numbered as (
    select
        facts.import_id,
        facts.file_row,
        facts.customer_id,
        facts.ts,
        facts.amount,
        row_number() over (
            partition by facts.import_id, facts.customer_id, facts.ts, facts.amount order by facts.file_row
        ) as nth
    from raw.transactions as facts
    join overlap on facts.ts between overlap.first_ts and overlap.last_ts
    where facts.transaction_id is null
)
select import_id, file_row
from numbered
qualify row_number() over (partition by customer_id, ts, amount, nth order by import_id desc) > 1;

-- step: live transactions
create view raw.live_transactions as
select facts.customer_id, facts.ts, facts.amount, facts.kind, facts.transaction_id
from raw.transactions as facts
anti join raw.live_withdrawals as gone on gone.transaction_id = facts.transaction_id
anti join raw.replaced_orders as newer
    on newer.transaction_id = facts.transaction_id
    and newer.kind = facts.kind
    and newer.import_id > facts.import_id
anti join raw.repeated_transactions as repeated
    on repeated.import_id = facts.import_id and repeated.file_row = facts.file_row;

-- step: live customers
create table raw.live_customers as
select customer_id, min(first_seen) as first_seen
from (
    select customer_id, first_seen
    from raw.customers
    where first_seen is not null
    qualify import_id = max(import_id) over (partition by customer_id)
)
group by customer_id;

-- Signing up is the first interaction: people on a list who never bought are prospects, not nobody.
-- step: live interactions of one import
create view raw.live_interactions as
select customer_id, ts, kind, detail from raw.interactions
union all
select customer_id, first_seen as ts, 'first seen' as kind, null as detail from raw.live_customers;

-- step: repeated interactions
create table raw.repeated_interactions as
with span as (
    select import_id, min(ts) as first_ts, max(ts) as last_ts from raw.interactions group by import_id
),
overlap as (
    select min(greatest(one.first_ts, other.first_ts)) as first_ts, max(least(one.last_ts, other.last_ts)) as last_ts
    from span as one
    join span as other
        on one.import_id < other.import_id and one.first_ts <= other.last_ts and other.first_ts <= one.last_ts
),
numbered as (
    select
        facts.import_id,
        facts.file_row,
        facts.customer_id,
        facts.ts,
        facts.kind,
        facts.detail,
        row_number() over (
            partition by facts.import_id, facts.customer_id, facts.ts, facts.kind, facts.detail order by facts.file_row
        ) as nth
    from raw.interactions as facts
    join overlap on facts.ts between overlap.first_ts and overlap.last_ts
)
select import_id, file_row
from numbered
qualify row_number() over (partition by customer_id, ts, kind, detail, nth order by import_id desc) > 1;

-- step: live interactions
create view raw.live_interactions as
select facts.customer_id, facts.ts, facts.kind, facts.detail
from raw.interactions as facts
anti join raw.repeated_interactions as repeated
    on repeated.import_id = facts.import_id and repeated.file_row = facts.file_row
union all
select customer_id, first_seen as ts, 'first seen' as kind, null as detail from raw.live_customers;

-- step: live feedback
create table raw.live_feedback as
with numbered as (
    select *, row_number() over (partition by import_id, customer_id, ts order by line) as nth
    from raw.feedback
)
select customer_id, ts, nps, csat, review, text, nth
from numbered
qualify row_number() over (partition by customer_id, ts, nth order by import_id desc) = 1;

-- step: live referrals
create table raw.live_referrals as
select referrer_id, referred_id, cast(min(ts) as date) as day
from (
    select referrer_id, referred_id, ts
    from raw.referrals
    where referrer_id <> referred_id
    qualify import_id = max(import_id) over (partition by referrer_id, referred_id)
)
group by referrer_id, referred_id;

-- step: live incentives
create table raw.live_incentives as
with numbered as (
    select *, row_number() over (partition by import_id, customer_id, incentive, ts order by line) as nth
    from raw.incentives
)
select customer_id, incentive, cast(ts as date) as day, arm, cost, case when redeemed_ts is not null then cast(greatest(ts, redeemed_ts) as date) end as redeemed_day
from numbered
qualify row_number() over (partition by customer_id, incentive, ts, nth order by import_id desc) = 1;

-- The number of a customer is made from the id alone (see keys.py), so that no row has to be looked up to get it.
-- step: customers
create table customers as
with seen as (
    select customer_id, cast(first_seen as date) as day from raw.live_customers
    union all
    select customer_id, cast(min(ts) as date) as day from raw.live_transactions group by customer_id
    union all
    select customer_id, cast(min(ts) as date) as day from raw.live_interactions group by customer_id
    union all
    select customer_id, cast(min(ts) as date) as day from raw.live_feedback group by customer_id
    union all
    select referrer_id as customer_id, day from raw.live_referrals
    union all
    select referred_id as customer_id, day from raw.live_referrals
    union all
    select customer_id, day from raw.live_incentives
),
known as (
    select customer_id, min(day) as first_day
    from seen
    where customer_id is not null and day is not null
    group by customer_id
)
select customer_key(customer_id) as customer, customer_id, first_day from known order by customer_id;

-- step: attributes
create table attributes as
with newest as (
    select customer_id, name, value
    from raw.attributes
    qualify row_number() over (partition by customer_id, name order by import_id desc) = 1
)
select customers.customer, newest.name, newest.value
from newest
join customers on customers.customer_id = newest.customer_id
order by customers.customer, newest.name;

-- An order is one transaction, or without transactions one customer-day. It is worth what was known on its first day;
-- lines added on a later day are money of that day, so that no figure knows them earlier. Few orders have such lines:
-- they are looked up again below.
-- The ids are read one at a time, and finding a shorter form for them costs as much as everything else here.
-- step: orders
create table orders (
    customer bigint, day date, transaction_id varchar using compression uncompressed, amount bigint, last_day date
);

-- step: order rows
insert into orders
select
    customer_key(customer_id) as customer,
    min(cast(ts as date)) as day,
    transaction_id,
    cast(sum(amount) as bigint) as amount,
    max(cast(ts as date)) as last_day
from raw.live_transactions
where kind = 'purchase' and customer_id is not null
group by
    customer_key(customer_id),
    transaction_id,
    case when transaction_id is null then cast(ts as date) end;

-- step: later lines
create table raw.later_lines as
with extended as (
    select orders.customer, customers.customer_id, orders.transaction_id, orders.day
    from orders
    join customers on customers.customer = orders.customer
    where orders.last_day > orders.day
)
select extended.customer, extended.transaction_id, cast(live.ts as date) as day, cast(sum(live.amount) as bigint) as amount
from raw.live_transactions as live
join extended on extended.customer_id = live.customer_id and extended.transaction_id = live.transaction_id
where live.kind = 'purchase' and cast(live.ts as date) > extended.day
group by extended.customer, extended.transaction_id, cast(live.ts as date);

-- step: first days
update orders
set amount = orders.amount - later.amount
from (
    select customer, transaction_id, cast(sum(amount) as bigint) as amount
    from raw.later_lines
    group by customer, transaction_id
) as later
where later.customer = orders.customer and later.transaction_id = orders.transaction_id;

-- step: one day
alter table orders drop column last_day;

-- What is taken off what a customer spent; negative where a line was added to an order on a later day.
-- step: refunds
create table refunds as
select customer_key(customer_id) as customer, cast(ts as date) as day, -amount as amount
from raw.live_transactions
where kind = 'refund' and customer_id is not null
union all
select customer, day, -amount as amount from raw.later_lines
order by customer, day;

-- step: interactions
create table interactions as
select customer_key(customer_id) as customer, cast(ts as date) as day, kind, detail
from raw.live_interactions
where customer_id is not null;

-- step: feedback
create table feedback as
select
    customers.customer,
    cast(live.ts as date) as day,
    live.nps,
    live.csat,
    live.review,
    live.text,
    row_number() over (partition by customers.customer order by live.ts, live.nth) as answer
from raw.live_feedback as live
join customers on customers.customer_id = live.customer_id
order by customers.customer, answer;

-- step: referrals
create table referrals as
select
    referrer.customer,
    referred.customer as referred,
    live.day,
    row_number() over (partition by referred.customer order by live.day, live.referrer_id) = 1 as is_first
from raw.live_referrals as live
join customers as referrer on referrer.customer_id = live.referrer_id
join customers as referred on referred.customer_id = live.referred_id
order by referrer.customer, live.day;

-- step: incentives
create table incentives as
select customers.customer, live.incentive, live.day, live.arm, live.cost, live.redeemed_day
from raw.live_incentives as live
join customers on customers.customer_id = live.customer_id
order by customers.customer, live.day;

-- step: days
create table raw.event_days as
select min(day) as first_day, max(day) as last_day
from (
    select first_day as day from customers
    union all select day from orders
    union all select day from refunds
    union all select day from interactions
    union all select day from feedback
    union all select day from referrals
    union all select day from incentives
    union all select redeemed_day as day from incentives
);
