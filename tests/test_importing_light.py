"""Where all is cast ahead, the rest of an import asks a view over the cells, and finds what it finds in a table."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ladder.engine import Engine
from ladder.importing import Dialect, Mapping, Plan, staging
from ladder.importing.cast import cast
from ladder.model.tables import TABLES
from ladder.workspace import Folder
from tests.importing_shop import empty_workspace, saved

CELLS = {"id": "a@X.dk", "time": "2024-01-05", "money": "12.50", "score": "4", "flag": "yes", "text": "abc"}
MORE = {"currency": "EUR", "at": "10:00:00", "off": "1", "note": "bob", "stars": "5"}


@dataclass
class Run:
    """One way through an import: whether it was by a view, and what came of it."""

    is_light: list[bool] = field(default_factory=list)
    found: list[Any] = field(default_factory=list)


def plans() -> dict[str, Plan]:
    """Every table with all of its fields and with the required ones only, mapped in every way that is cast ahead."""
    made = {}
    for table in TABLES.values():
        for what, fields in (
            ("whole", table.fields),
            ("least", [each for each in table.fields if each.required]),
        ):
            columns = (*(each.name for each in fields), *list(MORE)[1:])
            told = {each.name: each.name for each in fields}
            if table.name == "feedback" and what == "least":
                told["review"] = "stars"
            formats = {each.name: "%Y-%m-%d" for each in fields if each.kind == "time"}
            ids = tuple(each.name for each in fields if each.kind == "id")
            ways = {"plain": Mapping(told, formats=formats, undecided=tuple(formats))}
            if what == "whole":
                times = {name: "%Y-%m-%d %H:%M:%S" for name in formats}
                ways["joined"] = Mapping(told | {name: f"{name} & at" for name in times}, formats=times)
            else:
                ways["ids"] = Mapping(told, ("note",), formats, whole_ids=ids)
            if table.name == "transactions":
                priced = told | {"amount": "amount * 2 - off?"}
                ways["payee"] = Mapping(priced, formats=formats, refund_customer="note")
            for way, mapping in ways.items():
                made[f"{table.name}-{what}-{way}"] = Plan(table.name, Dialect(columns=columns), mapping)
    return made


PLANS = plans()


def text_of(plan: Plan) -> str:
    """Two equal rows, one of somebody else, one given back, and one that is refused for each field that can be."""
    kinds = {each.name: each.kind for each in TABLES[plan.table].fields}
    row = {name: MORE.get(name) or CELLS[kinds[name]] for name in plan.dialect.columns}
    first = next(iter(row))
    rows = [row, row, row | {first: "17.0"}]
    if "amount" in row:
        rows.append(row | {"amount": "-3"})
    rows += [
        row | {name: bad}
        for name in row
        if kinds.get(name) in ("time", "score", "flag")
        for bad in ("zzz", "")
    ]
    rows += [row | {name: "" for name in row if kinds.get(name) == "id"}]
    return "\n".join([",".join(row), *(",".join(cells.values()) for cells in rows), ""])


@pytest.mark.parametrize("name", PLANS)
def test_a_view_over_the_cells_and_a_table_of_values_end_alike(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = PLANS[name]
    folder, file = empty_workspace(tmp_path), saved(tmp_path, text_of(plan))
    ahead = staging.cast_ahead
    view, table = Run(), Run()
    for run, chosen in ((view, ahead), (table, lambda *_: None)):
        monkeypatch.setattr(staging, "cast_ahead", chosen)
        monkeypatch.setattr(staging, "cast", noting(run))
        run.found = staged(folder, file, plan, tmp_path / "stage")
    assert (view.is_light, table.is_light) == ([True], [False])
    assert view.found == table.found


def noting(run: Run) -> Callable[..., bool]:
    def noted(*told: Any) -> bool:
        run.is_light.append(cast(*told))
        return run.is_light[-1]

    return noted


def staged(folder: Folder, file: Path, plan: Plan, stage: Path) -> list[Any]:
    """The account, the refused rows and all that would be stored."""
    stage.mkdir()
    result = staging.stage_here(folder, stage, file, plan, lambda *_: None)
    assert result.rejected and not result.questions
    found: list[Any] = [result.to_dict()]
    with Engine() as engine:
        for part in sorted(stage.iterdir()):
            query = f"select * from read_parquet('{part}') order by all"  # noqa: S608
            is_table = part.suffix == ".parquet"
            found.append((part.name, engine.rows("part", query) if is_table else part.read_text("utf-8")))
    shutil.rmtree(stage)
    return found
