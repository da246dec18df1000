"""What a click stands for: each mark, row and cell names the people behind it, as the address remembers them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import streamlit as st

from ladder.flows import Funnel, Series
from ladder.model.ladder import LAPSED

Pick = tuple[str, ...]


def standing_on(rung: str, as_of: date) -> Pick:
    """Who stands on a rung at a period end."""
    return "standing", rung, as_of.isoformat()


def moving(start: date, end: date, origin: str = "", target: str = "", way: str = "") -> Pick:
    """Who moved between two period ends."""
    return "moved", start.isoformat(), end.isoformat(), origin, target, way


def crossed_as(as_of: date, ladder: str, rung: str, other: str) -> Pick:
    """Who stands on one rung in use and on another on some other ladder."""
    return "crossed", as_of.isoformat(), ladder, rung, other


def of_ladder(mark: Mapping[str, str], as_of: date, compare: date | None) -> Pick:
    """A rung of the ladder picture, or the share that left it upwards or downwards."""
    rung = mark["rung"]
    if mark["kind"] == "rung" or compare is None:
        return standing_on(rung, as_of)
    up = "returned" if rung == LAPSED else "climbed"
    return moving(compare, as_of, origin=rung, way=up if mark["kind"] == "climb" else "down")


def of_sankey(mark: Mapping[str, str], series: Series) -> Pick:
    """A node or a band of the Sankey; a click on folded small moves draws them all instead."""
    index = int(mark["index"])
    if mark["kind"] == "node":
        return standing_on(mark["state"], series.ends[index])
    if mark["kind"] == "other":
        st.query_params["small"] = "yes"
        return ()
    return moving(series.ends[index], series.ends[index + 1], mark["from"], mark["to"])


def of_statement(rung: str, column: str, start: date, end: date) -> Pick:
    """A cell of the statement."""
    if column in ("opening", "closing"):
        return standing_on(rung, start if column == "opening" else end)
    if rung == LAPSED and column in ("slipped_in", "climbed_out"):
        fell = column == "slipped_in"
        return moving(
            start, end, "" if fell else LAPSED, LAPSED if fell else "", "lapsed" if fell else "returned"
        )
    way = column.removesuffix("_in").removesuffix("_out")
    leaves = column.endswith("_out") or column == "lapsed"
    return moving(start, end, rung if leaves else "", "" if leaves else rung, way)


def of_funnel(rung: str, funnel: Funnel) -> Pick:
    """Those of a joining cohort who reached a rung."""
    return "reached", rung, funnel.cohort_start.isoformat(), funnel.cohort_end.isoformat(), str(funnel.window)
