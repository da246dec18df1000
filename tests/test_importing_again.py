"""The same export again, in thirty shapes: money, orders, customers and their rungs do not change by a cent."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ladder.errors import LadderError
from ladder.importing import propose, run_import
from ladder.workspace import Folder
from tests.importing_shop import saved
from tests.importing_totals import Totals, bring_all, bring_once, expected, totals
from tests.importing_variants import VARIANTS, kiosk, orders, plain, text

# Sales without order ids are told apart by customer, time and amount: these shapes touch one of them. The benchmark
# brings them in every shape.
WITHOUT_IDS = (
    "the same file", "rows in another order", "semicolon, decimal comma, kr.", "another date format", "Parquet",
    "saved as Excel", "twelve overlapping weeks", "seconds since 1970", "times of another zone",
    "amounts with a sign",
)  # fmt: skip


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that both exports were brought into once."""
    return bring_once(tmp_path_factory.mktemp("once")).path


@pytest.fixture(scope="module")
def truth(once: Path) -> Totals:
    return totals(Folder(once))


def test_the_truth_is_what_plain_arithmetic_gives(truth: Totals) -> None:
    by_hand = expected(orders(), kiosk())
    assert {name: truth[name] for name in by_hand} == by_hand


@pytest.mark.parametrize("variant", VARIANTS)
def test_brought_again_nothing_counts_twice(variant: str, once: Path, truth: Totals, tmp_path: Path) -> None:
    folder = Folder(shutil.copytree(once, tmp_path / "again"))
    files = VARIANTS[variant](orders())
    results = bring_all(folder, tmp_path / "orders", files)
    if variant in WITHOUT_IDS:
        results += bring_all(folder, tmp_path / "kiosk", VARIANTS[variant](kiosk()))
    assert sum(result.rejected for result in results) == 0
    found = totals(folder)
    if files.truth is None:
        assert found == truth
        return
    by_hand = expected(files.truth, kiosk())
    assert {name: found[name] for name in by_hand} == by_hand
    assert found["money"] != truth["money"]


def test_an_order_that_comes_back_with_fewer_lines_is_told(once: Path, tmp_path: Path) -> None:
    """It is replaced whole, as a correction would be; but half an export does the same."""
    folder = Folder(shutil.copytree(once, tmp_path / "again"))
    lines = [line for line in orders() if line["order_id"] in ("50002", "50003", "50004")]
    (result,) = bring_all(folder, tmp_path / "orders", plain(lines[1:]))
    (told,) = [warning for warning in result.warnings if "fewer lines" in warning]
    assert told.startswith("1 order has fewer lines than before (1 fewer, 10.95 DKK)")


def test_the_same_sales_without_their_order_ids_are_refused(once: Path, tmp_path: Path) -> None:
    folder = Folder(shutil.copytree(once, tmp_path / "again"))
    bare = [{key: cell for key, cell in line.items() if key != "order_id"} for line in orders()]
    file = saved(tmp_path, text(bare))
    with pytest.raises(LadderError, match="would count twice"):
        run_import(folder, file, propose(file, "transactions", folder=folder).plan)
    assert len(folder.imports()) == 2


def test_the_same_sales_with_order_ids_at_last_are_refused_until_the_earlier_are_undone(
    once: Path, truth: Totals, tmp_path: Path
) -> None:
    folder = Folder(shutil.copytree(once, tmp_path / "again"))
    keyed = [{"order_id": f"K{nth}", **line} for nth, line in enumerate(kiosk())]
    file = saved(tmp_path, text(keyed))
    plan = propose(file, "transactions", folder=folder, fields={"transaction_id": "order_id"}).plan
    with pytest.raises(LadderError, match="would count twice"):
        run_import(folder, file, plan)
    folder.undo(2)
    run_import(folder, file, plan)
    assert totals(folder)["money"] == truth["money"]
