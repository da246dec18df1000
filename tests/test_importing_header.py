"""Whether the first line holds names is asked once per source, and a header with too few names is remembered."""

from __future__ import annotations

from pathlib import Path

import pytest

from ladder.errors import LadderError
from ladder.importing import Proposal, propose, run_import
from tests.importing_shop import empty_workspace, saved, stored

NAMED = "nick,town\nann,ulm\nbob,bonn\ncy,kiel\n"
NAMELESS = "ann,ulm\nbob,bonn\ncy,kiel\n"
SALES = "ann,2024-01-05,1.50\nbob,2024-01-06,2.50\nbob,2024-01-07,2.50\n"


def asked(proposal: Proposal) -> list[str]:
    return [question.id for question in proposal.questions]


@pytest.mark.parametrize(
    ("text", "answer", "key", "people"),
    [(NAMED, "yes", "nick", ["ann", "bob", "dan"]), (NAMELESS, "no", "column1", ["ann", "bob", "dan"])],
)
def test_whether_there_is_a_header_is_asked_once_per_source(
    text: str, answer: str, key: str, people: list[str], tmp_path: Path
) -> None:
    folder = empty_workspace(tmp_path)
    file = saved(tmp_path, text)
    assert "header" in asked(propose(file, "customers", folder=folder))
    run_import(folder, file, propose(file, "customers", header=answer, fields={"customer_id": key}).plan)
    file = saved(tmp_path, text.replace("cy", "dan"))
    again = propose(file, folder=folder)
    assert asked(again) == []
    assert again.plan.dialect.header == (answer == "yes")
    run_import(folder, file, again.plan)
    assert [row[0] for row in stored(folder, "customers", "customer_id")][-3:] == people
    assert "header" in asked(propose(file, "customers", folder=folder, fresh=True))


def test_another_source_is_asked_about_its_header(tmp_path: Path) -> None:
    folder = empty_workspace(tmp_path)
    file = saved(tmp_path, NAMED)
    run_import(folder, file, propose(file, "customers", header="yes", fields={"customer_id": "nick"}).plan)
    assert "header" in asked(propose(saved(tmp_path, NAMELESS), "customers", folder=folder))


@pytest.mark.parametrize("index", [",", ""])
def test_the_numbered_rows_of_a_data_frame_are_no_column_of_the_table(index: str, tmp_path: Path) -> None:
    folder = empty_workspace(tmp_path)
    rows = "".join(f"{at},{line}\n" for at, line in enumerate(SALES.splitlines()))
    file = saved(tmp_path, f"{index}customer_id,ts,amount\n{rows}")
    for _ in range(2):
        found = propose(file, folder=folder)
        assert asked(found) == []
        assert found.plan.dialect.columns == ("column1", "customer_id", "ts", "amount")
        assert run_import(folder, file, found.plan).rejected == 0
    assert {row[0] for row in stored(folder, "transactions", "customer_id")} == {"ann", "bob"}


KEYED = "customer_id,ts,amount\n" + "".join(f"7{at}x,{line}\n" for at, line in enumerate(SALES.splitlines()))


def test_a_header_with_too_few_names_is_asked_on_real_rows(tmp_path: Path) -> None:
    (question,) = propose(saved(tmp_path, KEYED)).questions
    assert (question.id, question.options) == ("names", ("left", "right", "none"))
    assert question.text.startswith(
        "The line above the rows has 3 names (customer_id, ts, amount), and the rows have 4 cells."
    )
    assert question.examples[0] == (
        "70x, ann, 2024-01-05, 1.50",
        "customer_id 70x, ts ann, amount 2024-01-05",
        "customer_id ann, ts 2024-01-05, amount 1.50",
        "4 columns without names",
    )


@pytest.mark.parametrize(
    ("side", "columns"),
    [
        ("left", ("customer_id", "ts", "amount", "column4")),
        ("right", ("column1", "customer_id", "ts", "amount")),
        ("none", ("column1", "column2", "column3", "column4")),
    ],
)
def test_where_too_few_names_belong_is_asked_once_per_source(
    side: str, columns: tuple[str, ...], tmp_path: Path
) -> None:
    folder = empty_workspace(tmp_path)
    fields = {"customer_id": columns[1], "ts": columns[2], "amount": columns[3]}
    told = {"names": side, "fields": fields}
    for text in (KEYED, KEYED.replace("ann", "eva")):
        found = propose(saved(tmp_path, text), "transactions", folder=folder, **told)
        assert asked(found) == [] and found.plan.dialect.columns == columns
        assert found.plan.mapping.fields == fields
        assert run_import(folder, tmp_path / "file.csv", found.plan).accepted > 0
        told = {}
    assert asked(propose(tmp_path / "file.csv", folder=folder, fresh=True)) == ["names"]


def test_more_names_than_columns_are_asked_about(tmp_path: Path) -> None:
    folder = empty_workspace(tmp_path)
    file = saved(tmp_path, f"customer_id,ts,amount,note\n{SALES}")
    (question,) = propose(file, folder=folder).questions
    assert (question.id, question.examples[0][2]) == ("names", "ts ann, amount 2024-01-05, note 1.50")
    result = run_import(folder, file, propose(file, folder=folder, names="left").plan)
    assert (result.accepted, result.ignored) == (3, 0)


def test_rows_that_end_with_a_delimiter_leave_the_names_where_they_are(tmp_path: Path) -> None:
    folder = empty_workspace(tmp_path)
    file = saved(tmp_path, "customer_id,ts,amount\n" + SALES.replace("\n", ",\n"))
    found = propose(file, folder=folder)
    assert (asked(found), found.plan.dialect.names) == ([], "left")
    assert run_import(folder, file, found.plan).accepted == 3
    assert {row[0] for row in stored(folder, "transactions", "customer_id")} == {"ann", "bob"}


def test_a_title_above_rows_without_names_is_no_line_of_names(tmp_path: Path) -> None:
    assert asked(propose(saved(tmp_path, f"Sales of May 2024\n{SALES}"))) == []
    assert asked(propose(saved(tmp_path, f"5,2024-05-01\n{SALES}"))) == []


def test_a_place_of_names_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LadderError, match="left, right or none"):
        propose(saved(tmp_path, KEYED), names="middle")
