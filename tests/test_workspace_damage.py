"""Bytes that change by themselves are noticed before they are a figure, and there is a way back."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from ladder.cli import main
from ladder.errors import LadderError
from ladder.placement import build
from ladder.placement.facts import open_facts
from ladder.workspace import Folder
from ladder.workspace.manifest import read_manifest
from tests.placing import ladder_of, order
from tests.workspaces import add_import, make_workspace

MUTATIONS = 1_000


@pytest.fixture
def shop(tmp_path: Path) -> Folder:
    orders = [order("ann", "2024-01-31", 1234), order("bob", "2024-02-29", 999)]
    folder = make_workspace(tmp_path / "w", {"transactions": orders}, ladder_of("orders() >= 1"), margin=0.4)
    add_import(folder, "transactions", [order("cat", "2024-02-29")])
    return folder


def mutated(content: bytes, number: int) -> bytes:
    """A byte changed, a stretch of zeros, or the end cut off."""
    chance = random.Random(number)
    at = chance.randrange(len(content))
    if number % 10 == 0:
        return content[:at]
    if number % 10 == 1:
        return content[:at] + bytes(min(64, len(content) - at)) + content[at + 64 :]
    return content[:at] + bytes([content[at] ^ chance.randrange(1, 256)]) + content[at + 1 :]


def test_a_damaged_manifest_is_refused_or_says_the_same(shop: Folder, tmp_path: Path) -> None:
    """White space may change; nothing else may without being noticed."""
    file, content, right = (
        tmp_path / "manifest.json",
        (shop.path / "manifest.json").read_bytes(),
        shop.manifest(),
    )
    refused = 0
    for number in range(MUTATIONS):
        file.write_bytes(mutated(content, number))
        try:
            found = read_manifest(file)
        except LadderError:
            refused += 1
        else:
            assert found == right, number
    assert refused > 0.8 * MUTATIONS


def test_no_import_file_changes_unnoticed(shop: Folder) -> None:
    file = shop.path / "imports" / "0001" / "transactions.parquet"
    content = file.read_bytes()
    for number in range(MUTATIONS):
        changed = mutated(content, number)
        file.write_bytes(changed)
        assert (shop.damaged() == ("imports/0001/transactions.parquet",)) == (changed != content), number
    file.write_bytes(content)
    assert shop.damaged() == ()


def test_damaged_rows_become_no_figure(shop: Folder) -> None:
    build(shop)
    shop.save_ladder(ladder_of("orders() >= 2"))
    file = shop.path / "imports" / "0002" / "transactions.parquet"
    file.write_bytes(mutated(file.read_bytes(), 7))
    with pytest.raises(LadderError, match=r"imports/0002/transactions\.parquet is not what") as told:
        build(shop)
    assert "Undo that import and bring the file again" in told.value.hint
    with pytest.raises(LadderError, match="is not what"), open_facts(shop):
        raise AssertionError("facts of a damaged file")
    shop.undo(2)
    assert build(shop).rows("orders", "select count(*) from orders") == [(2,)]


def test_a_hash_cannot_be_left_out(shop: Folder) -> None:
    """A manifest of the first format had none; a flipped format is not one of those."""
    file = shop.path / "manifest.json"
    document = json.loads(file.read_text("utf-8"))
    document["format"] = 1
    document["settings"]["margin"] = 0.9
    file.write_text(json.dumps(document), "utf-8")
    with pytest.raises(LadderError, match="manifest is damaged"):
        shop.manifest()


def test_a_workspace_of_the_first_format_opens_and_moves_on(shop: Folder) -> None:
    file = shop.path / "manifest.json"
    document = json.loads(file.read_text("utf-8"))
    for name in ("sha256", "erased", "erasures", "removing"):
        del document[name]
    document["format"] = 1
    del document["settings"]["retention_days"]
    for record in document["imports"]:
        for name in ("by", "size", "sha256", "erased", "revision", "undone_at", "undone_by", "removed"):
            del record[name]
    file.write_text(json.dumps(document), "utf-8")
    assert [record.id for record in shop.imports()] == [1, 2]
    shop.undo(2)
    assert json.loads(file.read_text("utf-8"))["format"] == 2
    assert (len(shop.imports()), shop.damaged()) == (1, ())


def test_the_state_before_the_last_change_can_be_brought_back(
    shop: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ["--workspace", str(shop.path)]
    shop.change_settings(name="After")
    (shop.path / "manifest.json").write_bytes(b"{")
    assert main([*place, "check"]) == 1
    assert "`python -m ladder check --restore` brings back the state before" in capsys.readouterr().err
    assert main([*place, "check", "--restore"]) == 0
    assert (shop.settings.name, shop.settings.margin) == ("My workspace", 0.4)
    assert shop.damaged() == ()
    assert json.loads((shop.path / "audit.jsonl").read_text("utf-8").splitlines()[-1])["event"] == "restore"


def test_a_manifest_that_is_gone_can_be_brought_back_too(shop: Folder) -> None:
    (shop.path / "manifest.json").unlink()
    with pytest.raises(LadderError, match="check --restore"):
        Folder(shop.path)
    with pytest.raises(LadderError, match="A workspace is there already"):
        Folder.create(shop.path)
    assert [record.id for record in Folder.restore(shop.path).imports()] == [1]


def test_an_import_lost_with_the_manifest_is_brought_again_under_its_number(shop: Folder) -> None:
    (shop.path / "manifest.json").write_bytes(b"")
    shop = Folder.restore(shop.path)
    assert shop.unfinished() == (2,)
    assert add_import(shop, "transactions", [order("cat", "2024-02-29")]).id == 2
    assert build(shop).rows("orders", "select count(*) from orders") == [(3,)]


def test_what_is_whole_is_not_restored(shop: Folder) -> None:
    before = (shop.path / "manifest.json").read_bytes()
    with pytest.raises(LadderError, match="Nothing to restore"):
        Folder.restore(shop.path)
    assert (shop.path / "manifest.json").read_bytes() == before


def test_two_damaged_manifests_are_a_sentence(shop: Folder) -> None:
    for name in ("manifest.json", "manifest.previous.json"):
        (shop.path / name).write_bytes(b"{")
    with pytest.raises(LadderError, match=r"manifest\.previous\.json is not what was written.* backup"):
        Folder.restore(shop.path)


def test_an_import_needs_the_rows_it_compares_with_to_be_whole(shop: Folder) -> None:
    file = shop.path / "imports" / "0001" / "transactions.parquet"
    file.write_bytes(mutated(file.read_bytes(), 3))
    shop.require_whole("customers")
    with pytest.raises(LadderError, match="A file of the workspace is damaged"):
        shop.require_whole("transactions")
