"""Every command on the sample workspace, in all three formats: one document out, messages aside, keys that stay."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from ladder.cli import main
from ladder.cli.arguments import COMMANDS
from ladder.door import Workspace
from ladder.workspace import Folder

SCENARIO = 'margin = 0.3\n[incentive]\nrung = "customer"\nlift = 0.01\n'
FLOW = ["from_rung", "to_rung", "customers", "share_of_from"]
INS, OUTS = ["joined", "climbed_in", "slipped_in", "returned"], ["climbed_out", "slipped_out", "lapsed"]
STATEMENT = ["rung", "opening", *INS, *OUTS, "closing"]
MONEY = ["delta", "revenue", "margin", "cost", "npv", "roi", "break_even", "low", "high", "p_positive"]
IMPORT = ["rows_read", "accepted", "duplicate", "rejected", "ignored", "reasons", "rejects_file", "questions"]
ACCOUNT = [
    "id",
    "table",
    "source",
    "rows_read",
    "accepted",
    "duplicate",
    "rejected",
    "ignored",
    "live",
    "by",
    "erased",
    "files_until",
]
LADDER = ["id", "title", "grace", "period", "version", "rung"]
# What is typed, and the keys of the JSON document (of its first row, where it is a list of rows).
ASKED: list[tuple[list[str], list[str]]] = [
    (["imports"], ACCOUNT),
    (["check"], ["imports", "files_whole", "statement_ties"]),
    (["settings"], ["name", "currency", "timezone", "as_of", "margin", "discount", "horizon_months"]),
    (["ladders"], ["id", "version", "in_use", "rungs"]),
    (["ladder", "classic"], LADDER),
    (["rungs"], ["as_of", "rung", "customers", "share", "revenue"]),
    (["rungs", "--by", "country", "--as-of", "2025-06-30"], ["as_of", "country", "rung", "customers", "share"]),
    (["lab", "orders-only"], ["as_of", "ladders", "sentences", "history", "crossing", "flapping", "separation"]),
    (["flows", "--from", "2025-06-30", "--to", "2025-11-30"], FLOW),
    (["statement", "--from", "2025-06-30", "--to", "2025-11-30"], STATEMENT),
    (["funnel", "--window", "180"], ["rung", "reached", "of_first", "of_previous", "median_days"]),
    (["kpis"], ["period_end", "climb_rate", "slip_rate", "returning_share", "nps", "csat"]),
    (["history", "C10005"], ["period_end", "rung"]),
    (["card", "C10005"], ["customer_id", "as_of", "rung", "next_rung", "lifts", "attributes"]),
    (["list", "one-order-from-climbing"], ["customer_id", "rung"]),
    (["coverage"], ["tables"]),
    (["quality"], ["light", "verdict", "checks"]),
    (["suitability"], ["light", "verdict", "checks"]),
    (["clv"], ["model", "rungs", "horizon", "margin", "discount"]),
    (["forecast", "--horizon", "3"], ["forecast", "as_of"]),
    (["what-if", "SCENARIO"], MONEY),
    (["place"], ["customers", "period_ends", "first", "last", "engine", "result"]),
    (["link", "list"], []),
]  # fmt: skip
WRITING: list[tuple[list[str], list[str]]] = [
    (["ladder", "set", "orders-only"], LADDER),
    (["ladder", "save", "programme"], LADDER),
    (["settings", "margin=0.3"], ["name", "margin"]),
    (["link", "create", "--title", "Shop"], ["id", "title", "status", "expires", "path"]),
    (["undo", "6"], ["id", "table", "source", "live"]),
    (["import", "FILE", "--as", "interactions", "--yes"], [*IMPORT, "import_id"]),
    (["erase", "C10005", "--yes"], ["customers", "rows", "places", "others", "certificate", "sha256"]),
]


@pytest.fixture(scope="module")
def shop(sample_folder: Folder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy for this file: questions keep what they have worked out in the workspace."""
    path = tmp_path_factory.mktemp("cli") / "workspace"
    shutil.copytree(sample_folder.path, path)
    (path.parent / "scenario.toml").write_text(SCENARIO, "utf-8")
    return path


def typed(shop: Path, words: list[str]) -> list[str]:
    places = {"SCENARIO": str(shop.parent / "scenario.toml"), "FILE": str(shop.parent / "visits.csv")}
    return ["--workspace", str(shop), *(places.get(word, word) for word in words)]


def keys_of(document: Any) -> set[str]:
    if isinstance(document, list):
        return set(document[0]) if document else set()
    return set(document)


@pytest.mark.parametrize(("words", "keys"), ASKED)
def test_json_is_one_document_with_the_promised_keys(
    words: list[str], keys: list[str], shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*typed(shop, words), "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert set(keys) <= keys_of(document)


def test_commands_that_change_something_keep_their_keys_too(
    sample_copy: Folder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "visits.csv").write_text("customer_id,ts,kind\nC10005,2025-12-30 10:00:00,visit\n", "utf-8")
    for words, keys in WRITING:
        assert main([*typed(sample_copy.path, words), "--format", "json"]) == 0
        assert set(keys) <= keys_of(json.loads(capsys.readouterr().out))


@pytest.mark.parametrize(
    ("words", "keys"), [case for case in ASKED if case[0][0] not in ("clv", "what-if", "link")]
)
def test_csv_and_table_hold_the_same_rows(
    words: list[str], keys: list[str], shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*typed(shop, words), "--format", "csv"]) == 0
    header, *rows = csv.reader(io.StringIO(capsys.readouterr().out))
    assert main(typed(shop, words)) == 0
    table = capsys.readouterr().out.splitlines()
    assert {len(row) for row in rows} == {len(header)}
    assert len(table) == len(rows) + 1
    assert table[0].split() == header


@pytest.mark.parametrize("words", [["clv"], ["what-if", "SCENARIO"]])
@pytest.mark.parametrize("form", ["csv", "table"])
def test_single_figures_show_in_csv_and_table(
    words: list[str], form: str, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*typed(shop, words), "--format", form]) == 0
    assert capsys.readouterr().out.strip()


def test_every_command_is_asked_somewhere_here() -> None:
    asked = {words[0] for words, _ in ASKED + WRITING}
    assert asked | {"sample"} == set(COMMANDS)


def test_json_and_notebook_say_the_same(sample_copy: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--workspace", str(sample_copy.path), "statement", "--format", "json"])
    assert json.loads(capsys.readouterr().out) == Workspace(sample_copy.path).statement().to_dict()


def test_a_chosen_ladder_is_in_use_and_only_that_one(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("partner-da", "classic"):
        assert main([*typed(shop, ["ladder", "set", name])]) == 0
        assert f"In use: {name}, version 1." in capsys.readouterr().err
        main([*typed(shop, ["ladders"]), "--format", "json"])
        assert [row["id"] for row in json.loads(capsys.readouterr().out) if row["in_use"]] == [name]


def test_a_ladder_from_a_file_is_used_and_found_by_its_id(
    sample_copy: Folder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('id = "mine"\n[[rung]]\nname = "buyer"\nenter = "orders(365) >= 1"\n', "utf-8")
    shop = ["--workspace", str(sample_copy.path)]
    assert main([*shop, "ladder", "set", str(file)]) == 0
    assert main([*shop, "ladder", "mine", "--format", "json"]) == 0
    captured = capsys.readouterr()
    assert "at least 1 order in the last 365 days" in captured.out
    assert main([*shop, "rungs", "--format", "json"]) == 0
    assert [row["rung"] for row in json.loads(capsys.readouterr().out)] == ["buyer", "lapsed"]


def test_as_of_moves_every_question(sample_copy: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    shop = ["--workspace", str(sample_copy.path), "--format", "json"]
    assert main([*shop, "settings", "as_of=2025-06-30"]) == 0
    capsys.readouterr()
    assert main([*shop, "rungs"]) == 0
    assert {row["as_of"] for row in json.loads(capsys.readouterr().out)} == {"2025-06-30"}
    assert main([*shop, "settings", "as_of=none"]) == 0
    assert json.loads(capsys.readouterr().out)["as_of"] is None


def test_the_sample_is_made_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop = ["--workspace", str(tmp_path / "new"), "--format", "json", "sample"]
    assert main(shop) == 0
    captured = capsys.readouterr()
    assert sum(row["rows"] for row in json.loads(captured.out)) == 66089
    assert captured.err == "Made “Fjord & Bean (sample)”.\n"
    assert main(shop) == 1
