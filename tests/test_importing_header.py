"""Whether the first line holds names is asked once per source, and a header with too few names is remembered."""

from __future__ import annotations

from pathlib import Path

import pytest

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


def test_a_header_with_too_few_names_is_remembered(tmp_path: Path) -> None:
    folder = empty_workspace(tmp_path)
    fields = {"customer_id": "column2", "ts": "column3", "amount": "column4"}
    text = "customer_id,ts,amount\n" + "".join(
        f"7{at}x,{line}\n" for at, line in enumerate(SALES.splitlines())
    )
    file = saved(tmp_path, text)
    first = propose(file, "transactions", folder=folder, fields=fields)
    assert any("does not name 4 columns" in warning for warning in first.warnings)
    run_import(folder, file, first.plan)
    again = propose(saved(tmp_path, text.replace("ann", "eva")), folder=folder)
    assert asked(again) == [] and again.plan.mapping.fields == fields
    assert any("does not name 4 columns" in warning for warning in again.warnings)
