"""The ladder `classic` by hand in pandas and in polars, month by month, compared with what our build stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.measure import Stopwatch, peak_memory
from benchmarks.placement_data import parquet

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import polars as pl

    Array = np.ndarray[Any, Any]
    Measured = dict[str, Array]

NOT_YET = 255
_STATES = """
select placement.* exclude (customer)
from placement join customers on customers.customer = placement.customer order by customers.customer_id
"""
EVER, YEAR, HALF_YEAR = 100_000, 365, 180


class Pandas:
    """Frames with a number for every customer; each month end filters the window, groups and reindexes."""

    def __init__(self, folder: Path, watch: Stopwatch) -> None:
        import pandas as pd

        watch.start("read the Parquet")
        columns = {
            "transactions": ["customer_id", "ts", "transaction_id", "kind"],
            "interactions": ["customer_id", "ts"],
            "feedback": ["customer_id", "ts", "nps", "csat"],
            "referrals": ["referrer_id", "referred_id", "ts"],
        }
        read = {table: pd.read_parquet(parquet(folder, table), columns=columns[table]) for table in columns}
        watch.start("customers and orders")
        brought = read.pop("referrals").rename(columns={"referrer_id": "customer_id"})
        came = brought.drop(columns="customer_id").rename(columns={"referred_id": "customer_id"})
        frames = {**read, "referrals": brought, "came": came}
        ids = pd.Index(
            pd.unique(pd.concat([frame["customer_id"] for frame in frames.values()]))
        ).sort_values()
        for frame in frames.values():
            frame["who"], frame["day"] = ids.get_indexer(frame["customer_id"]), frame["ts"].dt.normalize()
        lines = frames["transactions"]
        bought = lines[lines["kind"] == "purchase"]
        self.orders = bought.groupby(["who", "transaction_id"], as_index=False)["day"].min()
        self.first = (
            pd.concat([frame[["who", "day"]] for frame in frames.values()]).groupby("who")["day"].min()
        )
        self.touches, self.brought = frames["interactions"], brought
        self.answers = frames["feedback"].sort_values("ts", kind="stable")
        self.everybody = pd.RangeIndex(len(ids))

    def known(self, end: date) -> Array:
        import pandas as pd

        return (self.first <= pd.Timestamp(end)).to_numpy()

    def count(self, frame: pd.DataFrame, end: date, days: int) -> Array:
        import pandas as pd

        last = pd.Timestamp(end)
        inside = frame[(frame["day"] <= last) & (frame["day"] > last - pd.Timedelta(days=days))]
        return inside.groupby("who").size().reindex(self.everybody, fill_value=0).to_numpy()

    def latest(self, name: str, end: date) -> Array:
        import numpy as np
        import pandas as pd

        told = self.answers[(self.answers["day"] <= pd.Timestamp(end)) & self.answers[name].notna()]
        found = told.groupby("who")[name].last().reindex(self.everybody)
        return found.to_numpy("float64", na_value=np.nan)


class Polars:
    """The same with polars: one lazy group by per window, joined to the customers."""

    def __init__(self, folder: Path, watch: Stopwatch) -> None:
        import polars as pl

        watch.start("customers and orders")
        tables = ("transactions", "interactions", "feedback", "referrals")
        scans = {table: pl.scan_parquet(parquet(folder, table)) for table in tables}
        day = pl.col("ts").dt.date().alias("day")
        referrals = scans.pop("referrals")
        seen = [scan.select("customer_id", day) for scan in scans.values()]
        brought = [
            referrals.select(pl.col(name).alias("customer_id"), day)
            for name in ("referrer_id", "referred_id")
        ]
        firsts = [part.group_by("customer_id").agg(pl.col("day").min()) for part in (*seen, *brought)]
        first = pl.col("day").min().alias("first")
        people = pl.concat(firsts).group_by("customer_id").agg(first).sort("customer_id").collect()
        self.people = people.with_row_index("who")
        bought = scans["transactions"].filter(pl.col("kind") == "purchase")
        grouped = bought.group_by("customer_id", "transaction_id").agg(pl.col("ts").min())
        self.orders = self._of_customer(grouped.select("customer_id", day))
        self.touches, self.brought = self._of_customer(seen[1]), self._of_customer(brought[0])
        answers = scans["feedback"].select("customer_id", "ts", day, "nps", "csat")
        self.answers = self._of_customer(answers).sort("ts")

    def _of_customer(self, frame: pl.LazyFrame) -> pl.DataFrame:
        key = self.people.lazy().select("customer_id", "who")
        return frame.join(key, on="customer_id").drop("customer_id").collect()

    def _for_all(self, found: pl.DataFrame, name: str) -> pl.Series:
        return self.people.select("who").join(found, on="who", how="left", maintain_order="left")[name]

    def known(self, end: date) -> Array:
        return (self.people["first"] <= end).to_numpy()

    def count(self, frame: pl.DataFrame, end: date, days: int) -> Array:
        import polars as pl

        inside = frame.lazy().filter(pl.col("day") <= end, pl.col("day") > end - timedelta(days=days))
        counted = inside.group_by("who").agg(pl.len().alias("n")).collect()
        return self._for_all(counted, "n").fill_null(0).to_numpy()

    def latest(self, name: str, end: date) -> Array:
        import polars as pl

        told = self.answers.lazy().filter(pl.col("day") <= end, pl.col(name).is_not_null())
        found = told.group_by("who", maintain_order=True).agg(pl.col(name).last()).collect()
        return self._for_all(found, name).cast(pl.Float64).fill_null(float("nan")).to_numpy()


def by_hand(way: type[Pandas] | type[Polars], folder: Path) -> dict[str, Any]:
    """The states at every month end; they must be those that our build stored."""
    import numpy as np

    ends, expected = _stored(folder)
    watch = Stopwatch()
    peer: Any = way(folder, watch)
    watch.start("loop over months")
    found = _states(ends, lambda end: _measured(peer, end))
    watch.start("")
    memory = peak_memory()
    assert np.array_equal(expected, found), "the two ways disagree"
    return {"stages": watch.stages, "memory": memory, "states": int(found.size)}


def _measured(peer: Any, end: date) -> Measured:
    return {
        "known": peer.known(end),
        "ever": peer.count(peer.orders, end, EVER),
        "year": peer.count(peer.orders, end, YEAR),
        "touched": peer.count(peer.touches, end, HALF_YEAR),
        "brought": peer.count(peer.brought, end, YEAR),
        "nps": peer.latest("nps", end),
        "csat": peer.latest("csat", end),
    }


def _states(ends: Any, measured: Callable[[Any], Measured]) -> np.ndarray[Any, Any]:
    """One column of states per month end: the rules of classic, staying on `keep` and with one month of grace."""
    import numpy as np

    states, on, kept_before = [], None, None
    for end in ends:
        now = measured(end)
        year, nps, csat = now["year"], now["nps"], now["csat"]
        enter = [
            (now["ever"] == 0) & (now["touched"] >= 1),
            year >= 1,
            year >= 3,
            (year >= 3) & ((nps >= 9) | (csat == 5)),
            (year >= 1) & (now["brought"] >= 1),
        ]
        keep = [enter[0], enter[1], year >= 2, (year >= 2) & ((nps >= 8) | (csat >= 4)), enter[4]]
        held = [one | other for one, other in zip(enter, keep, strict=True)]
        if on is None or kept_before is None:
            on = enter
        else:
            graced = [one | before for one, before in zip(held, kept_before, strict=True)]
            on = [one | (was & stays) for one, was, stays in zip(enter, on, graced, strict=True)]
        kept_before = held
        states.append(np.select([*reversed(on), now["known"]], [5, 4, 3, 2, 1, 0], NOT_YET))
    return np.stack(states, axis=1).astype(np.uint8)


def _stored(folder: Path) -> tuple[Any, np.ndarray[Any, Any]]:
    """The month ends and the states of our build, customers by id."""
    import numpy as np

    from ladder.placement import build
    from ladder.workspace import Folder

    placed = build(Folder(folder / "workspace"))
    stored = placed.frame("placement", _STATES)
    return placed.periods, stored.to_numpy(np.uint8)
