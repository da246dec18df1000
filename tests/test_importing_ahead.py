"""What is cast while a file is read is what would be cast afterwards."""

from __future__ import annotations

from concurrent.futures import Future
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ladder.engine import Engine
from ladder.importing import Dialect, Mapping, Plan
from ladder.importing.ahead import cast_ahead, holds
from ladder.importing.cast import cast, wanted_columns
from ladder.importing.counting import Count, count_records
from ladder.importing.look import Sample
from ladder.importing.read import as_it_is, read
from ladder.importing.repeated_lines import repeated_lines
from ladder.workspace import WorkspaceSettings
from tests.importing_shop import saved

TODAY = date(2024, 6, 1)
SALES = Plan(
    "transactions",
    Dialect(columns=("who", "when", "sum", "fee", "note")),
    Mapping(
        {"customer_id": "who", "ts": "when", "amount": "sum - fee?", "product": "note"},
        formats={"ts": "%Y-%m-%d"},
    ),
)
ANSWERS = Plan(
    "feedback",
    Dialect(columns=("who", "when", "nps", "csat", "note"), decimal=","),
    Mapping({"customer_id": "who", "ts": "when", "nps": "nps", "csat": "csat"}, formats={"ts": "%d.%m.%Y"}),
)
PLAIN = {SALES.table: "ann,2024-01-05,12.50,1,x", ANSWERS.table: "ann,05.01.2024,9,4,x"}
DATES = ("2024-01-05", "05.01.2024", "205-1-1", "2031-01-01")
NUMBERS = ("3", "-0.5", "11", "9999999", "1,250.00", "€ 3", "(4)", "12.345678", "9" * 20, "17.0")
WORDS = ("", "ann", "Ann@X.dk", "none", '"a ""b"', " 7 ", "Total", "who")
cells = st.sampled_from(DATES + NUMBERS + WORDS)
rows = st.lists(cells, min_size=5, max_size=5).map(",".join)


def typed(plan: Plan, text: str, folder: Path, ahead: bool) -> tuple[list[tuple[object, ...]], int]:
    """All of `typed`, and how many of its lines repeat an earlier one."""
    file = saved(folder, text)
    counting: Future[Count] = Future()
    counting.set_result(count_records(file, plan.dialect))
    sample = Sample(plan.dialect.columns, (tuple(PLAIN[plan.table].split(",")),))
    known = cast_ahead(plan, sample, 2, TODAY) if ahead else None
    assert bool(known) == ahead
    with Engine() as engine:
        along = known.over if known else as_it_is
        read(engine, file, plan.dialect, wanted_columns(plan), counting, folder, along)
        cast(engine, plan, WorkspaceSettings(), TODAY, None, known)
        found = engine.rows("typed", "select * exclude (fingerprint) from typed order by line")
        return found, repeated_lines(engine, plan)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(plan=st.sampled_from([SALES, ANSWERS]), lines=st.lists(rows, max_size=12))
def test_what_is_cast_ahead_is_no_other(
    plan: Plan, lines: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("ahead")
    text = "\n".join([",".join(plan.dialect.columns), PLAIN[plan.table], *lines, ""])
    assert typed(plan, text, folder, ahead=True) == typed(plan, text, folder, ahead=False)


@pytest.mark.parametrize("amount", ["1,250.00", "€ 3", "12.345", "12345678901"])
def test_an_amount_unlike_the_first_ones_is_read_by_the_rules_of_spelling(
    amount: str, tmp_path: Path
) -> None:
    sample = Sample(SALES.dialect.columns, (tuple(PLAIN["transactions"].split(",")),))
    known = cast_ahead(SALES, sample, 2, TODAY)
    assert known
    file = saved(tmp_path, f'who,when,sum,fee,note\n{PLAIN["transactions"]}\nbob,2024-01-06,"{amount}",,x\n')
    counting: Future[Count] = Future()
    counting.set_result(count_records(file, SALES.dialect))
    with Engine() as engine:
        read(engine, file, SALES.dialect, wanted_columns(SALES), counting, tmp_path, known.over)
        assert not holds(engine, known)


def test_what_the_first_rows_cannot_tell_is_not_cast_ahead() -> None:
    def ahead(plan: Plan, *first: str) -> bool:
        return cast_ahead(plan, Sample(plan.dialect.columns, (first,)), 2, TODAY) is not None

    assert ahead(SALES, "ann", "2024-01-05", "1", "0.5", "x")
    assert not ahead(SALES, "ann", "2024-01-05", "1,000.00", "0.5", "x")
    assert not ahead(SALES, "ann", "2024-01-05", "", "", "x")
    worded = Plan(
        "transactions", SALES.dialect, Mapping(SALES.mapping.fields, formats={"ts": "%d %b %Y [da]"})
    )
    assert not ahead(worded, "ann", "5. marts 2024", "1", "0.5", "x")


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    lines=st.lists(
        st.tuples(
            st.sampled_from(["ann", "bob"]),
            st.sampled_from(["2024-01-05", "2024-01-06"]),
            st.sampled_from(["1", "2"]),
            st.sampled_from(["", "1"]),
            st.sampled_from(["x", "y"]),
            st.sampled_from(["p", "q"]),
        ),
        max_size=25,
    )
)
def test_a_line_is_repeated_when_every_column_is(
    lines: list[tuple[str, ...]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    plan = Plan("transactions", Dialect(columns=(*SALES.dialect.columns, "more")), SALES.mapping)
    text = "\n".join(["who,when,sum,fee,note,more", "eve,2024-01-05,12.50,1,x,z", *map(",".join, lines), ""])
    folder = tmp_path_factory.mktemp("equal")
    found = [typed(plan, text, folder, ahead=ahead)[1] for ahead in (True, False)]
    assert found == [len(lines) - len(set(lines))] * 2
