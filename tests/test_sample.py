"""The sample shop: the same bytes every time, and every planted truth there to be found."""

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ladder.model.tables import TABLES

SAMPLE = Path(__file__).parents[1] / "data" / "sample"
LAST_DAY = pd.Timestamp("2025-12-31")
COUPON_EFFECT = 0.12


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    frames = {name: pd.read_csv(SAMPLE / f"{name}.csv", dtype={"customer_id": str}) for name in TABLES}
    for frame in frames.values():
        for column in frame.columns.intersection(["ts", "redeemed_ts", "first_seen"]):
            frame[column] = pd.to_datetime(frame[column])
    return frames


@pytest.fixture(scope="module")
def orders(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """One row per order, guests included."""
    bought = tables["transactions"].query("kind == 'purchase'")
    return bought.groupby("transaction_id", as_index=False).agg(
        customer_id=("customer_id", "first"), ts=("ts", "first"), amount=("amount", "sum")
    )


def ordered_within(orders: pd.DataFrame, start: pd.Timestamp, days: int) -> set[str]:
    window = orders[(orders.ts > start) & (orders.ts <= start + pd.Timedelta(days, "D"))]
    return set(window.customer_id.dropna())


def test_the_generator_writes_the_committed_bytes_again(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(SAMPLE / "generate.py"), str(tmp_path)], check=True, timeout=60)
    for name in TABLES:
        fresh, kept = (folder / f"{name}.csv" for folder in (tmp_path, SAMPLE))
        assert hashlib.sha256(fresh.read_bytes()).digest() == hashlib.sha256(kept.read_bytes()).digest(), name


def test_the_sample_is_small_enough_to_keep_and_large_enough_to_be_believed(
    tables: dict[str, pd.DataFrame],
) -> None:
    assert sum((SAMPLE / f"{name}.csv").stat().st_size for name in TABLES) < 6_000_000
    assert len(tables["customers"]) == 4000
    assert 25_000 < len(tables["transactions"]) < 35_000
    assert 25_000 < len(tables["interactions"]) < 35_000


def test_every_column_is_a_field_of_its_table_or_an_attribute(tables: dict[str, pd.DataFrame]) -> None:
    extra = {name: [c for c in frame if not TABLES[name].field(c)] for name, frame in tables.items()}
    assert extra.pop("customers") == ["city", "country", "channel", "customer_type", "plan"]
    assert not any(extra.values())


def test_thirty_whole_months_and_nothing_before_a_customer_was_known(tables: dict[str, pd.DataFrame]) -> None:
    known = tables["customers"].set_index("customer_id").first_seen
    assert known.index.is_unique
    for name in ("transactions", "interactions", "feedback", "incentives"):
        frame = tables[name].dropna(subset="customer_id")
        assert (frame.ts >= frame.customer_id.map(known)).all(), name
        assert frame.ts.max() < LAST_DAY + pd.Timedelta(1, "D"), name
    assert tables["transactions"].ts.min().date() == pd.Timestamp("2023-07-01").date()
    assert tables["transactions"].ts.max().date() == LAST_DAY.date()


def test_contacts_belong_to_nobody_and_keep_their_commas_quotes_and_accents(
    tables: dict[str, pd.DataFrame],
) -> None:
    customers = tables["customers"]
    assert customers.email.dropna().str.fullmatch(r"[a-z.]+\.\d+@example\.com").all()
    fictional = r"\+49 30 23125 \d{3}|\+46 70 174 06 (0[5-9]|[1-9]\d)|\+353 20 911 \d{4}"
    assert customers.phone.dropna().str.fullmatch(fictional).all()
    for mark in (",", '"', "ø", "ß"):
        assert customers.name.str.contains(mark, regex=False).any(), mark


def test_about_half_of_the_buyers_come_back(orders: pd.DataFrame) -> None:
    days = orders.dropna(subset="customer_id").groupby("customer_id").ts.agg(lambda ts: ts.dt.date.nunique())
    assert 0.35 <= (days > 1).mean() <= 0.50
    assert len(days) < 3400  # the rest only ever look in


def test_one_order_in_twenty_is_a_guests(orders: pd.DataFrame) -> None:
    assert orders.customer_id.isna().mean() == pytest.approx(0.05, abs=0.001)


def test_refunds_are_later_negative_and_touch_one_order_in_twenty_five(
    tables: dict[str, pd.DataFrame], orders: pd.DataFrame
) -> None:
    lines = tables["transactions"]
    assert ((lines.amount < 0) == (lines.kind == "refund")).all()
    refunds = lines[lines.kind == "refund"]
    sold = orders.set_index("transaction_id").ts
    wait = refunds.ts - refunds.transaction_id.str.replace("CN", "F").map(sold)
    assert wait.between(pd.Timedelta(2, "D"), pd.Timedelta(29, "D")).all()
    assert refunds.transaction_id.nunique() / len(orders) == pytest.approx(0.04, abs=0.006)


def test_many_orders_hold_several_lines(tables: dict[str, pd.DataFrame]) -> None:
    bought = tables["transactions"].query("kind == 'purchase'")
    assert bought.groupby("transaction_id").size().gt(1).mean() > 0.5


def test_the_coupon_effect_is_found_within_its_sampling_error(
    tables: dict[str, pd.DataFrame], orders: pd.DataFrame
) -> None:
    sent = tables["incentives"].query("incentive == 'SPRING25'")
    ordered = sent.customer_id.isin(ordered_within(orders, sent.ts.iloc[0], 60))
    arms = ordered.groupby(sent.arm).agg(["mean", "sum", "size"])
    assert abs(arms["size"]["treated"] - arms["size"]["control"]) <= 1
    assert (arms["sum"] >= 100).all()
    error = np.sqrt((arms["mean"] * (1 - arms["mean"]) / arms["size"]).sum())
    effect = arms["mean"]["treated"] - arms["mean"]["control"]
    assert abs(effect - COUPON_EFFECT) < 1.96 * error
    assert effect > 3 * error
    assert sent.redeemed_ts[sent.arm == "control"].isna().all()


def test_more_than_half_of_those_who_would_have_ordered_anyway_use_the_coupon_too(
    tables: dict[str, pd.DataFrame],
) -> None:
    treated = tables["incentives"].query("incentive == 'SPRING25' and arm == 'treated'")
    used = treated.redeemed_ts.notna()
    caused = round(COUPON_EFFECT * len(treated))
    assert 1.5 * caused < used.sum() < 2.5 * caused
    assert treated.cost[used].eq(5.2).all()
    assert treated.cost[~used].eq(0.2).all()


def test_the_coupon_arms_were_alike_before(tables: dict[str, pd.DataFrame], orders: pd.DataFrame) -> None:
    sent = tables["incentives"].query("incentive == 'SPRING25'")
    before = orders[orders.ts < sent.ts.iloc[0]].groupby("customer_id").size()
    count = np.log1p(sent.customer_id.map(before))
    means = count.groupby(sent.arm).mean()
    assert abs(means["treated"] - means["control"]) / count.std() < 0.1


def test_the_gift_looks_great_but_does_nothing_at_equal_history(
    tables: dict[str, pd.DataFrame], orders: pd.DataFrame
) -> None:
    gifts = tables["incentives"].query("incentive == 'VIP-GIFT'")
    given = gifts.ts.iloc[0]
    past = orders[(orders.ts < given) & (orders.ts > given - pd.Timedelta(365, "D"))]
    seen = past.groupby("customer_id").ts.agg(["size", "max"])
    seen["gift"] = seen.index.isin(gifts.customer_id)
    seen["ordered"] = seen.index.isin(ordered_within(orders, given, 60))
    by_gift = seen.groupby("gift").ordered.mean()
    assert by_gift[True] - by_gift[False] > 0.2
    assert gifts.arm.isna().all()
    count, idle = np.log1p(seen["size"]), (given - seen["max"]).dt.days / 90
    log_odds, error = logit_slope(seen.ordered, seen.gift, count, idle, count**2, idle**2, count * idle)
    assert abs(log_odds) < 1.96 * error


def logit_slope(outcome: pd.Series, exposure: pd.Series, *covariates: pd.Series) -> tuple[float, float]:
    """Logistic regression by Newton's method: the exposure's log-odds and standard error."""
    X = np.column_stack([np.ones(len(outcome)), exposure, *covariates]).astype(float)
    beta = np.zeros(X.shape[1])
    for _ in range(25):
        chance = 1 / (1 + np.exp(-X @ beta))
        information = (X.T * chance * (1 - chance)) @ X
        beta += np.linalg.solve(information, X.T @ (outcome - chance))
    return float(beta[1]), float(np.sqrt(np.linalg.inv(information)[1, 1]))


def test_marketplace_customers_order_half_as_often_from_march_2025(
    tables: dict[str, pd.DataFrame], orders: pd.DataFrame
) -> None:
    turn = pd.Timestamp("2025-03-01")
    channel = tables["customers"].set_index("customer_id").channel
    later = orders.dropna(subset="customer_id").sort_values("ts")
    repeat = later[later.customer_id.duplicated()]
    known = repeat[repeat.customer_id.map(later.groupby("customer_id").ts.min()) < "2024-09-01"]
    near = known[(known.ts >= "2024-09-01") & (known.ts < "2025-09-01")]
    counts = near.groupby([near.customer_id.map(channel) == "marketplace", near.ts >= turn]).size().unstack()
    kept = counts[True] / counts[False]
    assert kept[True] / kept[False] == pytest.approx(0.5, abs=0.12)


def test_nps_dips_by_two_points_in_may_and_june_2025_only(tables: dict[str, pd.DataFrame]) -> None:
    answers = tables["feedback"].dropna(subset="nps")
    month = answers.ts.dt.strftime("%Y-%m")
    monthly = answers.groupby(month).nps.mean()["2024-01":]  # type: ignore[misc]
    dip = monthly.index.isin(["2025-05", "2025-06"])
    assert monthly[~dip].mean() - monthly[dip].mean() == pytest.approx(2.0, abs=0.4)
    assert monthly[dip].max() < monthly[~dip].min() - 1


def test_promoters_come_back_more_often_than_detractors(
    tables: dict[str, pd.DataFrame], orders: pd.DataFrame
) -> None:
    answers = (
        tables["feedback"]
        .dropna(subset="nps")
        .query("ts < '2025-05-01' or '2025-07-01' <= ts < '2025-10-01'")
    )
    later = answers.reset_index().merge(orders, on="customer_id", suffixes=("", "_order"))
    wait = later.ts_order - later.ts
    back = answers.index.isin(later["index"][(wait > pd.Timedelta(0)) & (wait <= pd.Timedelta(90, "D"))])
    by_answer = pd.Series(back).groupby(pd.cut(answers.nps, [-1, 6, 8, 10]).cat.codes.to_numpy()).mean()
    assert by_answer[2] - by_answer[0] > 0.08


def test_referral_trees_are_deep_and_the_brought_customers_buy(
    tables: dict[str, pd.DataFrame], orders: pd.DataFrame
) -> None:
    referrals = tables["referrals"]
    brought_by = dict(zip(referrals.referred_id, referrals.referrer_id, strict=True))
    assert len(brought_by) == len(referrals)

    def depth(customer: str) -> int:
        return 1 + depth(brought_by[customer]) if customer in brought_by else 0

    assert max(map(depth, brought_by)) >= 3
    assert referrals.referred_id.isin(orders.customer_id).mean() > 0.8
    first = orders.groupby("customer_id").ts.min()
    assert (referrals.referrer_id.map(first) < referrals.ts).all()


def test_many_promoters_never_brought_anybody(tables: dict[str, pd.DataFrame]) -> None:
    promoters = tables["feedback"].query("nps >= 9").customer_id.drop_duplicates()
    quiet = ~promoters.isin(tables["referrals"].referrer_id)
    assert 300 < quiet.sum() < len(promoters)


def test_club_members_earn_points_and_fetch_most_of_their_bags(tables: dict[str, pd.DataFrame]) -> None:
    members = set(tables["customers"].query("plan == 'club'").customer_id)
    earned = tables["interactions"].query("kind == 'points'").customer_id
    bags = tables["incentives"].query("incentive == 'CLUB-BAG'")
    assert set(earned) <= members
    assert set(bags.customer_id) <= members
    assert 0.5 < bags.redeemed_ts.notna().mean() < 0.8


def test_the_readme_names_every_truth_with_its_value() -> None:
    text = (SAMPLE / "README.md").read_text("utf-8")
    for words in (
        "SPRING25",
        "12 percentage points",
        "VIP-GIFT",
        "CLUB-BAG",
        "marketplace",
        "× 0.5",
        "2.2 points",
        "margin 0.45",
        "20230701",
    ):
        assert words in text, words
