"""Bad files get a sentence and change nothing; what is unclear becomes a question."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from ladder.errors import LadderError
from ladder.importing import Plan, Proposal, options_for, propose, run_import
from ladder.workspace import Folder
from tests.importing_shop import bring, empty_workspace, plan_of, saved

HEADER = "customer_id,ts,amount\n"
ROWS = HEADER + "ann,2024-01-05,1\n" * 50


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return empty_workspace(tmp_path)


@pytest.mark.parametrize(
    ("content", "title"),
    [
        (b"", "Empty file"),
        (b"\n\n\n", "No rows"),
        (b"\r\n \r\n", "No rows"),
        (HEADER.encode(), "No rows"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "Not a table"),
        (b"PK\x03\x04" + bytes(100), "Damaged archive"),
        (b"PAR1" + bytes(100), "Damaged Parquet file"),
        (bytes(range(256)) * 20, "Not a table"),
        (gzip.compress(ROWS.encode(), mtime=0)[:-20], "Damaged archive"),
        (gzip.compress(ROWS.encode(), mtime=0)[:20], "Damaged archive"),
    ],
)
def test_a_file_that_is_no_table_is_refused(
    content: bytes, title: str, folder: Folder, tmp_path: Path
) -> None:
    with pytest.raises(LadderError, match=title):
        bring(folder, tmp_path, content)
    assert folder.imports() == ()


def test_a_large_archive_cut_short_is_refused_whole(folder: Folder, tmp_path: Path) -> None:
    lines = HEADER + "".join(f"c{at * 7919 % 100_003},2024-01-05,{at}\n" for at in range(120_000))
    whole, cut = gzip.compress(lines.encode(), 1, mtime=0), gzip.compress(lines.encode(), 1, mtime=0)[:-1000]
    plan = plan_of(tmp_path, whole)
    with pytest.raises(LadderError, match="Damaged archive"):
        run_import(folder, saved(tmp_path, cut), plan)
    assert folder.imports() == ()


def test_a_file_without_customer_column_asks_for_it(folder: Folder, tmp_path: Path) -> None:
    file = saved(tmp_path, "when,amount,shop\n2024-01-05,1.50,Aarhus\n")
    result = run_import(folder, file, propose(file, "transactions", fields={"ts": "when"}).plan)
    assert [question.id for question in result.questions] == ["field:customer_id"]
    assert result.questions[0].options == ("when", "amount", "shop")
    assert (result.import_id, folder.imports()) == (None, ())


def test_a_file_without_date_column_asks_for_it(tmp_path: Path) -> None:
    file = saved(tmp_path, "customer_id,amount\nann,1.50\n")
    assert [item.id for item in propose(file, "transactions").questions] == ["field:ts"]


def test_day_and_month_that_cannot_be_told_apart_are_asked(folder: Folder, tmp_path: Path) -> None:
    text = HEADER + "ann,01/02/2024,1\nbob,03/03/2024,1\n"
    file = saved(tmp_path, text)
    question = propose(file).questions[0]
    assert (question.id, question.options) == ("date_format:ts", ("%d/%m/%Y", "%m/%d/%Y"))
    assert question.examples[0] == ("01/02/2024", "1 February 2024", "2 January 2024")
    assert run_import(folder, file, propose(file).plan).questions == (question,)
    assert run_import(folder, file, propose(file, date_format="%m/%d/%Y").plan).accepted == 2


def test_one_clear_date_settles_day_and_month(tmp_path: Path) -> None:
    text = HEADER + "ann,01/02/2024,1\nbob,25/02/2024,1\n"
    assert plan_of(tmp_path, text).mapping.formats == {"ts": "%d/%m/%Y"}


def test_dates_of_both_orders_are_asked(tmp_path: Path) -> None:
    text = HEADER + "ann,12/25/2024,1\nbob,25/02/2024,1\n"
    assert [item.id for item in propose(saved(tmp_path, text)).questions] == ["date_format:ts"]


def test_dates_in_another_order_than_planned_stop_with_a_question(folder: Folder, tmp_path: Path) -> None:
    text = HEADER + "ann,12/25/2024,1\nbob,12/26/2024,1\ncat,12/11/2024,1\n"
    plan = plan_of(tmp_path, text, date_format="%d/%m/%Y")
    result = run_import(folder, saved(tmp_path, text), plan)
    assert [item.options for item in result.questions] == [("%m/%d/%Y",)]
    assert folder.imports() == ()


def test_one_column_asks_for_the_delimiter(tmp_path: Path) -> None:
    file = saved(tmp_path, "customer_id!ts!amount\nann!2024-01-05!1\n")
    assert propose(file, "transactions").questions[0].id == "delimiter"
    assert propose(file, "transactions", delimiter="!").questions == ()


def test_other_columns_than_planned_are_named(folder: Folder, tmp_path: Path) -> None:
    plan = plan_of(tmp_path, ROWS)
    with pytest.raises(LadderError, match="missing: amount"):
        run_import(folder, saved(tmp_path, ROWS.replace("amount", "total")), plan)


def test_bytes_that_are_not_the_encoding_stop_the_import(folder: Folder, tmp_path: Path) -> None:
    file = saved(tmp_path, HEADER.encode() + "Søren,2024-01-05,1\n".encode("latin-1"))
    with pytest.raises(LadderError, match="Wrong encoding"):
        run_import(folder, file, propose(file, encoding="utf-8").plan)


@pytest.mark.parametrize(
    ("told", "title"),
    [
        ({"table": "orders"}, "Unknown table"),
        ({"fields": {"amout": "amount"}}, "Unknown field"),
        ({"fields": {"customer_id": "custmer"}}, "No such column"),
        ({"fields": {"amount": "quantity * price"}}, "Cannot read the amount"),
        ({"delimiter": ",,"}, "The dialect cannot be used"),
        ({"encoding": "klingon"}, "Unknown encoding"),
        ({"colour": "red"}, "Unknown setting"),
    ],
)
def test_impossible_wishes_are_named(told: dict[str, object], title: str, tmp_path: Path) -> None:
    with pytest.raises(LadderError, match=title):
        propose(saved(tmp_path, ROWS), **{"table": "transactions", **told})  # type: ignore[arg-type]


def test_a_proposal_survives_json(tmp_path: Path) -> None:
    import json

    proposal = propose(saved(tmp_path, HEADER + "ann,01/02/2024,1\n"))
    assert Proposal.from_dict(json.loads(json.dumps(proposal.to_dict()))) == proposal
    assert Plan.from_dict(json.loads(json.dumps(proposal.plan.to_dict()))) == proposal.plan


def test_rows_of_another_width_than_planned_ask_for_the_delimiter(folder: Folder, tmp_path: Path) -> None:
    plan = plan_of(tmp_path, "ann;2024-01-05;1.50\nbob;2024-01-06;2.50\n", "transactions")
    result = run_import(folder, saved(tmp_path, "ann;2024-01-05;1;x\nbob;2024-01-06;2;y\n"), plan)
    assert [question.id for question in result.questions] == ["delimiter"]


def test_a_file_of_which_no_row_is_usable_is_refused(folder: Folder, tmp_path: Path) -> None:
    with pytest.raises(LadderError, match=r"no customer \(2\)"):
        text = "user_id,timestamp,event\n,2024-01-05,visit\n,2024-01-06,visit\n"
        bring(folder, tmp_path, text, fields={"customer_id": "user_id"})
    assert folder.imports() == ()


@pytest.mark.parametrize("format", ["%Q", "%Y", "day first", "%d%m%"])
def test_a_date_format_that_names_no_day_is_refused(format: str, tmp_path: Path) -> None:
    with pytest.raises(LadderError, match="date format"):
        propose(saved(tmp_path, ROWS), date_format=format)


def test_ten_thousand_columns_are_refused_with_their_number(tmp_path: Path) -> None:
    row = ",".join(str(at) for at in range(10_000))
    with pytest.raises(LadderError, match="10,000 columns"):
        propose(saved(tmp_path, f"{row}\n{row}\n"))


def test_answers_become_the_options_of_the_next_proposal(tmp_path: Path) -> None:
    file = saved(tmp_path, "who;when;amount\nann;01/02/2024;1.234\n")
    answers = {
        "field:customer_id": "who",
        "field:ts": "when",
        "date_format:ts": "%d/%m/%Y",
        "decimal": ".",
        "table": "transactions",
    }
    assert propose(file, **options_for(answers)).questions == ()
