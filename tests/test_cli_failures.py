"""What goes wrong on the command line: an exit code, one sentence on standard error, and JSON that is still JSON."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ladder.cli import main
from ladder.placement import Placed
from ladder.workspace import Folder
from tests.placing import order
from tests.workspaces import make_workspace

ROOT = Path(__file__).parents[1]


@pytest.fixture
def shop(tiny_folder: Folder) -> list[str]:
    return ["--workspace", str(tiny_folder.path)]


@pytest.fixture
def tiny_folder(tiny: Placed) -> Folder:
    return Folder(tiny.reader.path.parents[1])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["history", "nobody"], "Unknown customer. No customer has that id."),
        (["rungs", "--by", "contry"], "Did you mean country?"),
        (["rungs", "--as-of", "2023-01-01"], "Choose a date from 2024-01-31 to 2024-04-30."),
        (["flows", "--from", "2024-04-30", "--to", "2024-02-29"], "The dates are in the wrong order."),
        (["funnel", "--window", "0"], "Use 1 to 3,660 days."),
        (
            ["funnel", "--cohort-from", "2024-03-01", "--cohort-to", "2024-02-01"],
            "2024-03-01 is after 2024-02-01.",
        ),
        (["ladder", "clasic"], "Did you mean classic?"),
        (["ladder", "set", "clasic"], "Did you mean classic?"),
        (["ladder", "set"], "`ladder set` needs one name or file."),
        (["ladder", "set", "nowhere.toml"], "There is no file “nowhere.toml”."),
        (["what-if", "nowhere.toml"], "There is no file “nowhere.toml”."),
        (["undo", "99"], "Import 99 is not live."),
        (["settings", "colour=red"], "Known: name, currency"),
        (["settings", "margin=much"], "margin is “much”."),
        (["settings", "as_of=soon"], "as_of is “soon”."),
        (["link", "revoke"], "`link revoke` needs the link's id."),
        (["import", "nowhere.csv", "--as", "transactions"], "nowhere.csv"),
        (["forecast", "--horizon", "99"], "Use 1 to 24."),
    ],
)
def test_a_question_that_cannot_be_answered_fails_with_a_way_on(
    words: list[str], told: str, shop: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*shop, *words]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert told in captured.err
    assert "Traceback" not in captured.err


def test_an_error_in_json_is_a_document_too(shop: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*shop, "--format", "json", "history", "nobody"]) == 1
    captured = capsys.readouterr()
    assert json.loads(captured.out) == {
        "error": {
            "title": "Unknown customer",
            "message": "No customer has that id.",
            "hint": "Ids are matched exactly, leading zeros and capitals included.",
        }
    }
    assert captured.err.startswith("Unknown customer. ")


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["climb"],
        ["rungs", "--as-of", "30.06.2025"],
        ["rungs", "--format", "xml"],
        ["undo", "seven"],
        ["import"],
        ["import", "x.csv", "--as", "orders"],
        ["import", "x.csv", "--map", "amount"],
        ["history"],
    ],
)
def test_wrong_usage_is_exit_2(words: list[str], shop: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as told:
        main([*shop, *words])
    captured = capsys.readouterr()
    assert (told.value.code, captured.out) == (2, "")
    assert captured.err.startswith("usage:")


def test_a_workspace_that_is_not_there_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--workspace", str(tmp_path / "none"), "rungs"]) == 1
    assert "The folder “none” holds no manifest.json." in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def test_what_the_system_refuses_is_a_sentence_and_a_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("not a folder", "utf-8")
    assert main(["--workspace", str(tmp_path / "file" / "shop"), "--format", "json", "sample"]) == 1
    captured = capsys.readouterr()
    assert json.loads(captured.out)["error"]["title"] == "The workspace was not made"
    assert "Not a directory" in captured.err


def test_a_ladder_in_another_encoding_is_a_sentence(
    shop: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.toml").write_bytes('id = "mine"\ntitle = "Køber"\n'.encode("latin-1"))
    assert main([*shop, "ladder", "set", str(tmp_path / "mine.toml")]) == 1
    assert "“mine.toml” is not UTF-8 text." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("ordres(365) >= 1", "At column 1: There is no measure “ordres”. Did you mean orders?"),
        ("nps(30) > 9", "At column 5: “30” does not fit here. Write nps()."),
    ],
)
def test_a_ladder_with_a_bad_rule_is_not_put_in_use(
    rule: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make_workspace(tmp_path / "w", {"transactions": [order("ann", "2024-01-31")]})
    before = (folder.path / "manifest.json").read_bytes()
    (tmp_path / "mine.toml").write_text(f'id = "mine"\n[[rung]]\nname = "buyer"\nenter = "{rule}"\n', "utf-8")
    assert main(["--workspace", str(folder.path), "ladder", "set", str(tmp_path / "mine.toml")]) == 1
    assert told in " ".join(capsys.readouterr().err.split())
    assert (folder.path / "manifest.json").read_bytes() == before


def test_ctrl_c_while_placing_says_so_and_leaves_what_was_there(sample_copy: Folder) -> None:
    derived = sample_copy.path / "derived"
    before = sorted(path.name for path in derived.iterdir())
    command = [sys.executable, "-m", "ladder", "--workspace", str(sample_copy.path), "lab", "orders-only"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        while run.poll() is None and not list(derived.glob(".*.building")):
            pass
        run.send_signal(signal.SIGINT)
        said, told = run.communicate(timeout=60)
    assert (run.returncode, said, told) == (1, "", "Stopped.\nWhat was there before is unchanged.\n")
    assert sorted(path.name for path in derived.iterdir()) == before


def test_check_names_a_damaged_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make_workspace(tmp_path / "w", {"transactions": [order("ann", "2024-01-31")]})
    (folder.path / "imports" / "0001" / "transactions.parquet").write_bytes(b"rubbish")
    assert main(["--workspace", str(folder.path), "check"]) == 1
    assert "imports/0001/transactions.parquet" in capsys.readouterr().err


def test_signs_that_drive_a_terminal_are_not_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people = [{"customer_id": "ann", "attributes": {"city": "Kiel\x1b[31m\u202e"}}]
    tables = {"customers": people, "transactions": [order("ann", "2024-01-31")]}
    folder = make_workspace(tmp_path / "w", tables)
    assert main(["--workspace", str(folder.path), "rungs", "--by", "city"]) == 0
    assert "Kiel·[31m·" in capsys.readouterr().out


def test_the_program_keeps_result_and_messages_apart(tiny_folder: Folder) -> None:
    """The real program: exit code, one JSON document on standard output, words on standard error."""
    command = [sys.executable, "-W", "error", "-m", "ladder", "--workspace", str(tiny_folder.path)]
    run = subprocess.run([*command, "flows", "--format", "json"], cwd=ROOT, capture_output=True, text=True)
    assert (run.returncode, len(json.loads(run.stdout))) == (0, 5)
    assert run.stderr == "From 2024-03-31 to 2024-04-30.\n"


def test_a_reader_that_goes_away_is_no_failure(tiny_folder: Folder) -> None:
    """`… | head -0`: the pipe is closed before anything is written."""
    source, sink = os.pipe()
    os.close(source)
    command = [sys.executable, "-m", "ladder", "--workspace", str(tiny_folder.path), "kpis"]
    run = subprocess.run(command, cwd=ROOT, stdout=sink, stderr=subprocess.PIPE, text=True)
    os.close(sink)
    assert (run.returncode, run.stderr) == (0, "")
