"""Are the amounts plausible: unusual orders, the biggest one, zeros, refunds, rows that stand there twice."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ladder.engine import Engine
from ladder.model.wording import percent
from ladder.placement.facts import sql_steps
from ladder.quality.check import SHOWN, Check, light, number, unknown, with_rows

# Iglewicz and Hoaglin (1993), How to Detect and Handle Outliers, ASQC: |0.6745 (x − median) / MAD| > 3.5, and the
# mean deviation divided by 0.7979 in place of the MAD where that is 0. On logarithms, as amounts are skewed.
MAD_SCALE, MEAN_SCALE, OUTLIER = 0.6745, 0.7979, 3.5
UNUSUAL = 0.005
BIGGEST = (0.01, 0.05)
ZEROS = (0.01, 0.10)
NEGATIVE = 0.01
EARLY_REFUNDS = 0.05
REPEATED = (0.01, 0.30)
_SQL = sql_steps("amounts.sql", "ladder.quality")


def gather_orders(engine: Engine) -> None:
    """Make the orders with their amounts, and what is usual among them; the checks here and of identity read both."""
    engine.run("order amounts", _SQL["order amounts"])
    scales = {"outlier": OUTLIER, "mad_scale": MAD_SCALE, "mean_scale": MEAN_SCALE}
    engine.run("usual amounts", _SQL["usual"], scales)


def amount_checks(engine: Engine, scale: int) -> Iterator[Check]:
    """Whether what was paid can be; `scale` is minor units in one currency unit. After `gather_orders`."""
    orders, zeros, negative = engine.rows("orders", _SQL["signs"])[0]
    if not orders:
        yield unknown("Amounts", "There are no purchases")
        return
    yield from _unusual(engine, scale)
    yield _zeros(engine, orders, zeros, scale)
    yield _negative(engine, orders, negative, scale)
    yield _early_refunds(engine, scale)
    yield _repeated(engine, scale)


def amount_classes(engine: Engine, scale: int) -> pd.DataFrame:
    """Orders by amount, ten classes to a power of ten: low, high (currency units), orders, unusual (of them).

    After `gather_orders`; empty without purchases.
    """
    frame = engine.frame("amounts", _SQL["amounts"])
    low = 10 ** (frame["class"] / 10) / scale
    return pd.DataFrame(
        {"low": low, "high": low * 10**0.1, "orders": frame["orders"], "unusual": frame["unusual"]}
    )


def _unusual(engine: Engine, scale: int) -> Iterator[Check]:
    engine.run("unusual amounts", _SQL["unusual"])
    orders, revenue, unusual, biggest = engine.rows("unusual amounts", _SQL["unusual totals"])[0]
    share = unusual / orders if orders else 0.0
    check = Check(
        "Unusual amounts",
        light(share <= UNUSUAL),
        f"{unusual:,}",
        f"{number(unusual, 'order')}, {percent(share)}, lie far from all others"
        if unusual
        else "No order lies far from the others",
        "More than chance makes: look whether decimals, units or currencies are mixed."
        if share > UNUSUAL
        else "",
    )
    rows = engine.frame("unusual amounts", _SQL["unusual rows"], {"shown": SHOWN})
    yield with_rows(check, _in_units(rows, scale), unusual)
    part = biggest / revenue if biggest and revenue else 0.0
    yield Check(
        "Biggest order",
        light(part <= BIGGEST[0], part <= BIGGEST[1]),
        percent(part),
        f"The biggest order, {biggest / scale:,.2f}, is {percent(part)} of all money"
        if biggest
        else "The biggest order is an order like others",
        "It alone moves the averages of its rung. Is it real?" if part > BIGGEST[0] else "",
    )


def _zeros(engine: Engine, orders: int, zeros: int, scale: int) -> Check:
    share = zeros / orders
    check = Check(
        "Orders worth nothing",
        light(share < ZEROS[0], share <= ZEROS[1]),
        f"{zeros:,}",
        f"{percent(share)} of the orders have the amount 0" if zeros else "Every order has an amount",
        "They count as orders and climb. Gifts and samples, or amounts that got lost?" if zeros else "",
    )
    rows = engine.frame("orders worth nothing", _SQL["signed rows"], {"zero": True, "shown": SHOWN})
    return with_rows(check, _in_units(rows.drop(columns="net"), scale), zeros)


def _negative(engine: Engine, orders: int, negative: int, scale: int) -> Check:
    share = negative / orders
    check = Check(
        "Orders below zero",
        light(share < NEGATIVE),
        f"{negative:,}",
        f"Of {number(negative, 'order')}, {percent(share)}, more was refunded than bought"
        if negative
        else "No order was refunded beyond its amount",
        "Is one refund written twice, or a purchase missing?" if share >= NEGATIVE else "",
    )
    rows = engine.frame("orders below zero", _SQL["signed rows"], {"zero": False, "shown": SHOWN})
    return with_rows(check, _in_units(rows, scale), negative)


def _early_refunds(engine: Engine, scale: int) -> Check:
    engine.run("refunds", _SQL["refunds"])
    refunds, early = engine.rows("refunds", _SQL["refund counts"])[0]
    name = "Refunds without a purchase"
    if not refunds:
        return unknown(name, "There are no refunds of customers")
    share = early / refunds
    check = Check(
        name,
        light(share < EARLY_REFUNDS),
        f"{early:,}",
        f"{percent(share)} of the refunds come before the customer's first purchase"
        if early
        else "Every refund follows a purchase of the customer",
        "The purchases lie before the data begin, or an export of them is missing." if early else "",
    )
    rows = engine.frame("refunds", _SQL["refund rows"], {"shown": SHOWN})
    return with_rows(check, _in_units(rows, scale), early)


def _repeated(engine: Engine, scale: int) -> Check:
    engine.run("repeated rows", _SQL["repeated"])
    rows, repeated = engine.rows("repeated rows", _SQL["repeated counts"])[0]
    share = repeated / rows
    check = Check(
        "Repeated rows",
        light(share <= REPEATED[0], share <= REPEATED[1]),
        f"{repeated:,}",
        f"{percent(share)} of the order rows are the same as another of their file, and count"
        if repeated
        else "No order row is there twice",
        "One order may hold the same thing twice; a file that was joined with itself holds everything twice."
        if share > REPEATED[0]
        else "",
    )
    frame = engine.frame("repeated rows", _SQL["repeated rows"], {"shown": SHOWN})
    return with_rows(check, _in_units(frame, scale), int(repeated))


def _in_units(frame: pd.DataFrame, scale: int) -> pd.DataFrame:
    money = [name for name in ("amount", "net") if name in frame]
    return frame.assign(**{name: frame[name] / scale for name in money})
