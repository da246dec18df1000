"""Whatever the file: the account balances and equals the counter, or a sentence says why not."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ladder.engine import Engine
from ladder.errors import LadderError
from ladder.importing import Dialect, Mapping, Plan, propose, run_import
from ladder.importing.counting import Count, count_records
from ladder.importing.read import Wanted, read
from ladder.workspace import Folder
from tests.importing_shop import empty_workspace, saved, stored

cell = st.sampled_from(
    [
        "ann",
        "",
        " ",
        "2024-01-05",
        "05/01/2024",
        "1.50",
        "-2",
        "NaN",
        "=1",
        "\0",
        '"x, y"',
        '"x\ny"',
        '"x',
        'y"z',
    ]
)
row = st.lists(cell, min_size=1, max_size=4).map(",".join)
even = st.lists(st.sampled_from(["ann", " bob", "\0", "1 ", '" x"', "ö"]), min_size=3, max_size=3).map(
    ",".join
)
good = st.sampled_from(
    ["ann,2024-01-05,1.50", 'bob,2024-02-01 10:00,"2.00"', ",2024-03-01,3", "cat,2024-13-01,4", ""]
)
lines = st.lists(st.one_of(good, good, row), min_size=1, max_size=25)
ending = st.sampled_from(["\n", "\r\n", "\r"])
PLAN = Plan(
    "transactions",
    Dialect(columns=("customer_id", "ts", "amount")),
    Mapping({"customer_id": "customer_id", "ts": "ts", "amount": "amount"}, formats={"ts": "%Y-%m-%d"}),
)


def _counted(file: Path, counting: Future[Count]) -> Future[Count]:
    counting.set_result(count_records(file, PLAN.dialect))
    return counting


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    return empty_workspace(tmp_path_factory.mktemp("account"))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=lines, end=ending, last=st.booleans())
def test_the_account_balances_on_dirty_files(rows: list[str], end: str, last: bool, folder: Folder) -> None:
    text = end.join(["customer_id,ts,amount", *rows]) + (end if last else "")
    file = saved(folder.path.parent, text)
    try:
        result = run_import(folder, file, PLAN, dry_run=True)
    except LadderError as error:
        assert error.title in ("No rows", "Not a table")
        return
    if not result.questions:
        parts = result.accepted + result.duplicate + result.rejected + result.ignored
        assert parts == result.rows_read
        assert result.rejected == sum(result.reasons.values())
        assert result.ignored == sum(result.ignored_reasons.values())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(content=st.one_of(st.binary(max_size=300), lines.map(lambda rows: "\n".join(rows).encode("utf-16"))))
def test_any_bytes_are_proposed_or_refused_in_a_sentence(content: bytes, folder: Folder) -> None:
    file = saved(folder.path.parent, content, "any")
    try:
        proposal = propose(file)
        if not proposal.questions:
            run_import(folder, file, proposal.plan, dry_run=True)
    except LadderError as error:
        assert error.title
        assert error.message


def test_good_rows_beside_a_bad_quote_at_any_line_are_all_kept(tmp_path: Path) -> None:
    folder = empty_workspace(tmp_path)
    clean = [f"c{at},2024-01-{at:02d},{at}" for at in range(1, 25)]
    for at in range(24):
        dirty = [*clean[:at], '"' + clean[at], *clean[at + 1 :]]
        result = run_import(folder, saved(tmp_path, "\n".join(["customer_id,ts,amount", *dirty])), PLAN)
        assert (result.accepted + result.duplicate, result.rejected) == (23, 1)
        assert result.import_id is not None
        folder.undo(result.import_id)
    assert folder.imports() == ()


class _Late(Future[Count]):
    """A count that is not done yet when the reading begins."""

    def done(self) -> bool:
        return False


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(st.one_of(row, good, even, even), min_size=1, max_size=8), end=ending)
@example(rows=[" ann ,2024-01-05,1"], end="\n")
def test_what_is_read_before_the_count_is_done_is_no_other(
    rows: list[str], end: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("late")
    tidy = ["ann,2024-01-05,1.50"] * 1001  # more than the reader looks at beforehand
    file = saved(folder, end.join(["customer_id,ts,amount", *tidy, *rows]))
    found = []
    for kind in (Future[Count], _Late):
        with Engine() as engine:
            told = read(engine, file, PLAN.dialect, Wanted((0, 1, 2)), _counted(file, kind()), folder)
            found.append((told, engine.rows("all", "select * from source order by line")))
    assert found[0] == found[1]


def test_a_large_file_is_read_while_it_is_counted(tmp_path: Path) -> None:
    folder = empty_workspace(tmp_path)
    tidy = "".join(f"customer-{at:020},2024-01-05,{at}.00\n" for at in range(180_000))
    file = saved(tmp_path, f"customer_id,ts,amount\n{tidy} ann ,2024-01-05,1\nbob,2024-01-06,no\n")
    assert file.stat().st_size > 8 << 20
    result = run_import(folder, file, PLAN)
    assert (result.rows_read, result.accepted, result.rejected) == (180_002, 180_001, 1)
    assert ("ann",) in stored(folder, "transactions", "customer_id")


def test_a_hundred_thousand_lines_keep_their_numbers(tmp_path: Path) -> None:
    folder = empty_workspace(tmp_path)
    text = "customer_id,ts,amount\n" + "".join(f"c{at},2024-01-05,{at}\n" for at in range(1, 100_001))
    run_import(folder, saved(tmp_path, text), PLAN)
    assert stored(folder, "transactions", "count(*), sum(line), sum(amount)").pop() == (
        100_000,
        5_000_050_000,
        500_005_000_000,
    )


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(good, min_size=1, max_size=25), end=ending)
def test_a_broken_last_line_changes_nothing_above_it(
    rows: list[str], end: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    found = []
    for last in ([], ["ann,2024-01-05,1,2,3"]):
        folder = tmp_path_factory.mktemp("two")
        file = saved(folder, end.join(["customer_id,ts,amount", "eve,2024-01-01,1", *rows, *last]))
        with Engine() as engine:
            read(engine, file, PLAN.dialect, Wanted((0, 1, 2)), _counted(file, Future()), folder)
            found.append(
                engine.rows("all", "select line, ignored, c0, problem, c1, c2 from source order by line")
            )
    assert found[0] == found[1][:-1]
    assert found[1][-1][3] == "wrong number of columns"
