-- One person, one id. Reads the raw tables and those of ladder/placement/sql/facts.sql.

-- step: ids
create table raw.ids as
select 'customers' as source, customer_id as id from raw.customers group by id
union all
select 'transactions', customer_id from raw.live_transactions where customer_id is not null group by customer_id
union all
select 'interactions', customer_id from raw.interactions group by customer_id
union all
select 'feedback', customer_id from raw.feedback group by customer_id
union all
select 'incentives', customer_id from raw.incentives group by customer_id
union all
select 'referrals', referrer_id from raw.referrals group by referrer_id
union all
select 'referrals', referred_id from raw.referrals group by referred_id;

-- step: guests
select
    count(*) filter (where customer_id is null),
    count(*),
    sum(amount) filter (where customer_id is null),
    sum(amount)
from raw.live_transactions
where kind = 'purchase';

-- Capitals, blanks and leading zeros are what spreadsheets and hands change in an id.
-- step: alike ids
create or replace temp table grouped as
with keyed as (
    select distinct id, ltrim(regexp_replace(lower(id), '[\s\x{00a0}]+', '', 'g'), '0') as alike from raw.ids
)
select alike, id, count(*) over (partition by alike) as times from keyed;

-- step: shared e-mails
create or replace temp table grouped as
with contact as (
    select facts.customer_id as id, lower(trim(facts.email)) as email
    from read_parquet($files, filename = true) as facts
    join contact_file on contact_file.filename = facts.filename
    where trim(facts.email) <> ''
    qualify row_number() over (partition by facts.customer_id order by contact_file.import_id desc) = 1
)
select dense_rank() over (order by email) as alike, id, count(*) over (partition by email) as times from contact;

-- step: group sizes
select
    count(*),
    count(*) filter (where times > 1),
    count(distinct alike) filter (where times > 1)
from grouped;

-- step: groups
with shown as (
    select alike, id, times from grouped where times > 1 order by times desc, alike, id limit $shown
)
select any_value(shown.alike) as alike, shown.id as customer_id, count(distinct cast(live.ts as date)) as purchase_days
from shown
left join raw.live_transactions as live on live.customer_id = shown.id and live.kind = 'purchase'
group by shown.id
order by any_value(shown.times) desc, alike, customer_id;

-- step: unlisted ids
create temp table unlisted as
with base as (select distinct id from raw.ids where source = $base),
other as (select distinct source, id from raw.ids where source not in ($base, 'referrals'))
select other.source, other.id as customer_id, base.id is not null as is_listed
from other
left join base on base.id = other.id;

-- step: unlisted shares
select source, count(*), count(*) filter (where not is_listed) from unlisted group by source order by source;

-- step: unlisted rows
select source as "table", customer_id from unlisted where not is_listed order by source, customer_id limit $shown;

-- step: never seen
select id as customer_id, count(*) over () as behind
from raw.ids
group by id
having min(source) = 'customers' and max(source) = 'customers'
order by id
limit $shown;

-- step: referrals
create temp table referral_pair as
with known as (select distinct id from raw.ids where source <> 'referrals')
select
    pair.referrer_id,
    pair.referred_id,
    pair.referrer_id = pair.referred_id as is_self,
    pair.referrer_id <> pair.referred_id and (referrer.id is null or referred.id is null) as is_unknown
from (select distinct referrer_id, referred_id from raw.referrals) as pair
left join known as referrer on referrer.id = pair.referrer_id
left join known as referred on referred.id = pair.referred_id;

-- step: referral counts
select count(*), count(*) filter (where is_unknown), count(*) filter (where is_self) from referral_pair;

-- step: referral rows
select referrer_id, referred_id
from referral_pair
where case when $own then is_self else is_unknown end
order by referrer_id, referred_id
limit $shown;

-- Without order ids, purchases at one instant are one order. Reads the orders of amounts.sql.
-- step: busy ids
with bought as (
    select customer_id, cast(ts as date) as day, count(*) as orders
    from order_amount
    where transaction_id is not null and customer_id is not null
    group by customer_id, day
    union all
    select customer_id, cast(ts as date) as day, count(distinct ts)
    from raw.live_transactions
    where kind = 'purchase' and transaction_id is null and customer_id is not null
    group by customer_id, day
)
select
    customer_id,
    max(orders) as most_a_day,
    cast(sum(orders) as bigint) as orders,
    sum(orders) / sum(sum(orders)) over () as share
from bought
group by customer_id
qualify most_a_day >= $many or (share > $share and count(*) over () >= $among)
order by orders desc, customer_id;
