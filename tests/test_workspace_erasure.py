"""Erasing a customer: every place is told first, not a byte is left, and no file brings them back."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ladder.cli import main
from ladder.engine import Engine
from ladder.errors import LadderError
from ladder.placement import build
from ladder.workspace import Folder, erase
from tests.canary import FILES, ID, MAIL, NAME, WORDS, bring, found_in, planted
from tests.placing import order, states
from tests.workspaces import make_workspace


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return planted(tmp_path_factory.mktemp("birds")).path


@pytest.fixture
def birds(base: Path, tmp_path: Path) -> Folder:
    return Folder(shutil.copytree(base, tmp_path / "workspace"), by="dora")


def column(folder: Folder, kind: str, name: str) -> list[str]:
    """A column of the live rows of one kind."""
    query = f"select {name} from read_parquet($files) order by all"  # noqa: S608
    with Engine() as engine:
        return [
            row[0] for row in engine.rows("rows", query, {"files": [str(p) for _, p in folder.parquet(kind)]})
        ]


def test_the_canary_is_everywhere_before(birds: Folder) -> None:
    found = found_in(birds.path)
    assert {word for _, word in found} == set(WORDS)
    places = {file.split("/")[0] for file, _ in found}
    assert places == {"imports", "derived", "lists", "manifest.json", "manifest.previous.json"}
    assert ("imports/0002/rejects.csv", ID) in found
    assert ("imports/0007/transactions.parquet", ID) in found


def test_a_byte_scan_finds_nothing_afterwards(birds: Folder) -> None:
    erase(birds, ID, ["BOB-2"])
    assert found_in(birds.path) == []
    assert birds.damaged() == ()
    build(birds)
    assert found_in(birds.path) == []


def test_the_preview_names_every_place_and_changes_nothing(birds: Folder) -> None:
    def contents() -> dict[str, bytes]:
        files = [file for file in birds.path.rglob("*") if file.is_file()]
        return {str(file): file.read_bytes() for file in files}

    before = contents()
    found = erase(birds, ID, preview=True)
    assert contents() == before
    assert (found.certificate, found.rows) == ("", 10)
    assert {(place.where, place.what): place.count for place in found.places} == {
        ("import 1, customers", "rows"): 1,
        ("import 1, contacts", "rows"): 1,
        ("import 1, attributes", "rows"): 1,
        ("import 2, transactions", "rows"): 1,
        ("import 2, rejected rows", "rows"): 1,
        ("import 3, interactions", "rows"): 1,
        ("import 3, interactions", "texts of others"): 1,
        ("import 4, feedback", "rows"): 1,
        ("import 4, feedback", "texts of others"): 1,
        ("import 5, referrals", "rows"): 2,
        ("import 6, incentives", "rows"): 1,
        ("import 7, transactions", "rows"): 1,
        ("import 7, rejected rows", "rows"): 1,
        ("import 7, its record", "words"): 1,
        ("derived", "files of results"): 1,
        ("lists/call.csv", "words"): 1,
        ("lists/mail.csv.gz", "words"): 1,
    }


def test_the_preview_names_others_who_may_be_the_same_person(birds: Folder) -> None:
    assert erase(birds, ID, preview=True).others == (("BOB-2", "the same e-mail address"),)
    assert erase(birds, ID, ["BOB-2"], preview=True).others == ()


def test_everybody_else_stays_as_they_were(birds: Folder) -> None:
    erase(birds, ID)
    assert column(birds, "transactions", "transaction_id") == ["T-2", "T-4", "T-5"]
    assert column(birds, "customers", "customer_id") == ["BOB-1", "BOB-2"]
    assert column(birds, "contacts", "email") == [MAIL.upper(), "bob@example.com"]
    assert column(birds, "referrals", "referred_id") == ["BOB-2"]
    assert column(birds, "interactions", "detail") == ["asked us to write to [erased]"]
    assert column(birds, "feedback", "text") == ["[erased] told me"]
    assert (birds.path / "lists" / "others.csv").is_file()
    rejects = birds.path / "imports" / "0002.1" / "rejects.csv"
    assert rejects.read_text("utf-8").splitlines() == ["line,reason,column,original"]


def test_the_accounts_stay_what_was_read_and_say_what_was_erased(birds: Folder) -> None:
    before = {record.id: (record.rows_read, record.accepted, record.rejected) for record in birds.history()}
    erase(birds, ID)
    assert {
        record.id: (record.rows_read, record.accepted, record.rejected) for record in birds.history()
    } == before
    assert {record.id: record.erased for record in birds.history()} == {
        1: 1,
        2: 1,
        3: 1,
        4: 1,
        5: 2,
        6: 1,
        7: 1,
    }
    assert [record.source for record in birds.history()][-1] == "orders of [erased].csv"


def test_the_certificate_is_in_the_audit_trail_under_a_pseudonym(birds: Folder) -> None:
    done = erase(birds, ID, ["BOB-2"])
    lines = [json.loads(line) for line in (birds.path / "audit.jsonl").read_text("utf-8").splitlines()]
    assert [line["event"] for line in lines][-2:] == ["erase", "erased"]
    assert (lines[-1]["certificate"], lines[-1]["by"], lines[-1]["rows"]) == (done.sha256, "dora", done.rows)
    assert all(f"keyed hash of the id): {digest}" in done.certificate for digest in lines[-1]["customers"])
    assert "by dora" in done.certificate
    assert not [word for word in (*WORDS, "BOB-2") if word in done.certificate]


def test_the_key_is_in_a_file_of_its_own_for_the_owner_only(birds: Folder) -> None:
    erase(birds, ID)
    key = birds.path / "erasure.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert key.read_text("ascii") not in (birds.path / "manifest.json").read_text("utf-8")
    erase(birds, "BOB-2")
    key.unlink()
    with pytest.raises(LadderError, match="The key of the erasures is missing"):
        birds.tombstones()


def test_erasing_again_finds_nothing_and_is_no_failure(birds: Folder) -> None:
    erase(birds, ID)
    again = erase(birds, ID)
    assert (again.rows, again.places) == (0, ())
    assert again.certificate


@pytest.mark.parametrize("wrong", ["CANARY-042", "canary-0042", " ", "T-1"])
def test_a_slip_of_the_pen_is_refused(wrong: str, birds: Folder) -> None:
    before = (birds.path / "manifest.json").read_bytes()
    for preview in (True, False):
        with pytest.raises(LadderError, match=r"No such customer|Which customer"):
            erase(birds, wrong, preview=preview)
    assert (birds.path / "manifest.json").read_bytes() == before


def test_tombstones_know_ids_exactly_and_addresses_in_any_case(birds: Folder) -> None:
    erase(birds, ID, ["BOB-2"])
    stones = birds.tombstones()
    brought = [ID, "CANARY-42", ID.lower(), MAIL, MAIL.upper(), "BOB-1", NAME]
    assert stones.among(brought) == [ID, MAIL, MAIL.upper()]


def test_an_address_that_somebody_else_keeps_is_not_blocked(birds: Folder) -> None:
    erase(birds, ID)
    assert birds.tombstones().among([ID, MAIL]) == [ID]


def test_a_customer_in_an_undone_damaged_import_is_erased_with_the_whole_of_it(birds: Folder) -> None:
    (birds.path / "imports" / "0007" / "transactions.parquet").write_bytes(b"PAR1" + ID.encode())
    done = erase(birds, ID, ["BOB-2"])
    assert ("import 7, undone", "damaged folder") in {(place.where, place.what) for place in done.places}
    assert found_in(birds.path) == []
    assert birds.history()[-1].removed


def test_a_damaged_live_import_stops_the_erasure(birds: Folder) -> None:
    with (birds.path / "imports" / "0004" / "feedback.parquet").open("r+b") as file:
        file.write(b"x")
    with pytest.raises(LadderError, match=r"imports/0004/feedback\.parquet is not what the manifest says"):
        erase(birds, ID)
    birds.undo(4)
    erase(birds, ID, ["BOB-2"])
    assert found_in(birds.path) == []


def test_files_that_cannot_be_deleted_are_told_and_tried_again(
    birds: Folder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(path: Path, **_: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", refuse)
        with pytest.raises(LadderError, match="The erasure is not complete"):
            erase(birds, ID, ["BOB-2"])
    assert ID not in column(birds, "customers", "customer_id")
    assert {file.split("/")[0] for file, _ in found_in(birds.path)} == {"imports"}
    assert main(["--workspace", str(birds.path), "check"]) == 0
    assert "7 files are still to be deleted; the next change does it." in capsys.readouterr().err
    birds.change_settings(name="Later")
    assert found_in(birds.path) == []


def test_the_state_that_a_restore_brings_back_is_without_them_too(birds: Folder) -> None:
    erase(birds, ID, ["BOB-2"])
    (birds.path / "manifest.json").write_bytes(b"{")
    folder = Folder.restore(birds.path)
    assert (folder.damaged(), found_in(folder.path)) == ((), [])
    assert folder.tombstones().among([ID]) == [ID]
    folder.change_settings(name="Later")
    assert (folder.damaged(), len(folder.imports())) == ((), 6)


def test_a_build_that_an_erasure_overtakes_leaves_nothing_of_the_customer(tmp_path: Path) -> None:
    orders = [order("ann-the-first", "2024-01-05"), order("bob", "2024-01-31"), order("bob", "2024-02-29")]
    folder = make_workspace(tmp_path / "w", {"transactions": orders}, "orders-only")
    erased: list[object] = []

    def meanwhile(share: float, step: str) -> None:
        if not erased:
            erased.append(erase(folder, "ann-the-first"))

    placed = build(folder, meanwhile)
    assert sorted(states(placed)) == ["bob"]
    assert found_in(folder.path, ("ann-the-first",)) == []
    assert len(list((folder.path / "derived").glob("*.duckdb"))) == 1


def undo_all(folder: Folder) -> None:
    for record in folder.imports():
        folder.undo(record.id)


@pytest.mark.parametrize("later", [undo_all, lambda folder: folder.undo(2), lambda folder: folder.undo(1)])
def test_any_import_can_be_undone_after_an_erasure(later: Callable[[Folder], object], birds: Folder) -> None:
    erase(birds, ID, ["BOB-2"])
    later(birds)
    assert (birds.damaged(), found_in(birds.path)) == ((), [])


def test_the_command_line_shows_asks_and_erases(birds: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    place = ["--workspace", str(birds.path), "--format", "json", "erase"]
    assert main([*place, ID, "--preview"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["rows"] == 10
    assert "BOB-2 has the same e-mail address: add --also BOB-2" in told.err
    assert main([*place, ID]) == 3
    assert "Erase with --yes" in capsys.readouterr().err
    assert main([*place, ID, "--also", "BOB-2", "--yes"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["certificate"] in told.err
    assert found_in(birds.path) == []
    assert main([*place, "nobody", "--yes"]) == 1


def test_a_file_that_brings_them_again_finds_them_ignored(birds: Folder, tmp_path: Path) -> None:
    erase(birds, ID)
    found = {table: bring(birds, table, tmp_path) for table in FILES}
    assert {table: dict(result.ignored_reasons) for table, result in found.items()} == {
        "customers": {"erased customer": 1},
        "transactions": {"erased customer": 2},
        "interactions": {"erased customer": 1},
        "feedback": {"erased customer": 1},
        "referrals": {"erased customer": 2},
        "incentives": {"erased customer": 1},
    }
    for result in found.values():
        ended = result.accepted + result.duplicate + result.rejected + result.ignored
        assert (ended, result.rejected) == (result.rows_read, 0)
    assert found_in(birds.path, (NAME, "golden cage", "sings all day")) == []


def test_a_file_of_erased_customers_alone_says_so(birds: Folder, tmp_path: Path) -> None:
    erase(birds, ID)
    text = f"referrer_id,referred_id,date\n{ID},BOB-1,2024-01-10\n"
    with pytest.raises(LadderError, match=r"erased customer \(1\)"):
        bring(birds, "referrals", tmp_path, text=text)
    assert found_in(birds.path, (ID,)) == []


def test_their_e_mail_address_as_id_is_ignored_too(birds: Folder, tmp_path: Path) -> None:
    erase(birds, ID, ["BOB-2"])
    text = f"customer_id,date,amount\n{MAIL.upper()},2024-05-01,1.00\nBOB-1,2024-05-01,1.00\n"
    result = bring(birds, "transactions", tmp_path, text=text)
    assert (result.accepted, dict(result.ignored_reasons)) == (1, {"erased customer": 1})
