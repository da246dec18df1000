"""An order that is refunded, cancelled or voided in a later export counts no more, until that one is undone."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from ladder.errors import LadderError
from ladder.importing import ImportResult, propose, run_import
from ladder.people import card
from ladder.placement import build
from ladder.workspace import Folder, erase
from tests.importing_exports import EXPORTS
from tests.importing_shop import empty_workspace, saved
from tests.importing_totals import Totals, totals

HEADER = "order_id,customer_id,ts,amount,status\n"
PAID = HEADER + "".join(f"t{n},c{n % 4},2024-0{n % 3 + 1}-{n + 10},{n}.50,paid\n" for n in range(9))
LATER = PAID.replace("3.50,paid", "3.50,refunded").replace("5.50,paid", "5.50,void")


def bring(folder: Folder, path: Path, text: str, keep: str = "status=paid", **told: object) -> ImportResult:
    file = saved(path, text)
    proposal = propose(file, "transactions", keep=keep, **told)  # type: ignore[arg-type]
    assert proposal.questions == ()
    return run_import(folder, file, proposal.plan)


@pytest.fixture(scope="module")
def paid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in which all nine orders are paid, worth 40.50."""
    path = tmp_path_factory.mktemp("paid")
    folder = empty_workspace(path)
    bring(folder, path, PAID)
    return folder.path


@pytest.fixture
def folder(paid: Path, tmp_path: Path) -> Folder:
    return Folder(shutil.copytree(paid, tmp_path / "workspace"))


def only(path: Path, text: str) -> Totals:
    """What a workspace shows that was brought this one file."""
    path.mkdir()
    folder = empty_workspace(path)
    bring(folder, path, text)
    return totals(folder)


def test_a_later_status_withdraws_the_order_as_if_it_never_was_and_undo_brings_it_back(
    folder: Folder, tmp_path: Path
) -> None:
    before = totals(folder)
    result = bring(folder, tmp_path, LATER)
    assert result.ignored_reasons == {"status: refunded": 1, "status: void": 1}
    (told,) = [text for text in result.warnings if "no sale" in text]
    assert told.startswith("2 orders that were sold have a status now that is no sale, and 9.00 EUR less")
    assert folder.imports()[-1].warnings == result.warnings
    after = totals(folder)
    assert (before["money"], after["money"], after["orders"]) == (40.5, 31.5, 7)
    assert after == only(tmp_path / "fresh", LATER)
    assert totals(Folder(shutil.copytree(folder.path, tmp_path / "copy"))) == after
    folder.undo(2)
    assert totals(folder) == before


def test_the_same_file_again_changes_nothing_and_says_nothing(folder: Folder, tmp_path: Path) -> None:
    bring(folder, tmp_path, LATER)
    after = totals(folder)
    again = bring(folder, tmp_path, LATER)
    assert (again.accepted, again.duplicate) == (0, 7)
    assert not [text for text in again.warnings if "sold" in text]
    assert totals(folder) == after
    folder.undo(2)
    assert totals(folder) == after


def test_an_older_export_brought_later_wins_as_with_corrections_and_is_told(
    folder: Folder, tmp_path: Path
) -> None:
    before = totals(folder)
    bring(folder, tmp_path, LATER)
    (told,) = [text for text in bring(folder, tmp_path, PAID).warnings if "counts again" in text]
    assert told.startswith("2 orders that are sold here were withdrawn by import 2, worth 9.00 EUR")
    assert totals(folder) == before


def test_an_export_of_cancelled_orders_alone_can_be_brought(folder: Folder, tmp_path: Path) -> None:
    gone = HEADER + "t4,c0,2024-02-14,4.50,cancelled\nx9,c0,2024-02-14,4.50,cancelled\n"
    result = bring(folder, tmp_path, gone)
    assert (result.import_id, result.accepted, result.ignored) == (2, 0, 2)
    assert totals(folder)["money"] == 36.0
    with pytest.raises(LadderError, match="None of the 2 rows"):
        bring(folder, tmp_path, gone)


def test_a_slip_in_the_words_that_count_withdraws_nothing(folder: Folder, tmp_path: Path) -> None:
    with pytest.raises(LadderError, match="None of the 9 rows"):
        bring(folder, tmp_path, PAID, "status=payed")


def test_rows_left_out_by_anything_but_a_status_withdraw_nothing(folder: Folder, tmp_path: Path) -> None:
    """Another shop's orders, filtered out of the second file, are told and go on counting."""
    lines = [f"{line},{'DK' if at % 2 else 'SE'}" for at, line in enumerate(PAID.splitlines()[1:])]
    text = HEADER.replace("\n", ",shop\n") + "\n".join(lines) + "\n"
    result = bring(folder, tmp_path, text, "shop=DK")
    (told,) = [text for text in result.warnings if "still counts" in text]
    assert told.startswith("5 orders that are left out now stand as sold since import 1")
    assert totals(folder)["money"] == 40.5


def test_refunds_of_a_withdrawn_order_are_not_taken_off_twice(folder: Folder, tmp_path: Path) -> None:
    bring(folder, tmp_path, LATER)
    returns = "order_id,customer_id,ts,amount\nt3,c3,2024-03-20,-3.50\nt7,c3,2024-03-21,-1.00\n"
    bring(folder, tmp_path, returns, "")
    assert totals(folder)["money"] == 30.5


def test_an_order_stands_while_any_row_of_the_file_is_its_sale(folder: Folder, tmp_path: Path) -> None:
    """One line of an order is cancelled, and a refund has a status of its own: neither takes the order away."""
    text = HEADER + (
        "t7,c3,2024-02-17,5.50,paid\nt7,c3,2024-02-17,2.00,cancelled\nt8,c0,2024-03-18,-2.00,refunded\n"
    )
    bring(folder, tmp_path, text)
    assert totals(folder)["money"] == 38.5


def test_a_withdrawn_order_is_on_no_day_of_card_or_figure(folder: Folder, tmp_path: Path) -> None:
    bring(folder, tmp_path, LATER)
    placed = build(folder)
    assert placed.rows("days", "select day from orders where transaction_id in ('t3', 't5')") == []
    shown = card(placed, "c3")
    assert [day.date() for day in shown.timeline["day"]] == [date(2024, 2, 17)]


def test_whoever_is_erased_is_out_of_the_withdrawals_too(folder: Folder, tmp_path: Path) -> None:
    bring(folder, tmp_path, LATER)
    assert any(place.where == "import 2, withdrawn" for place in erase(folder, "c3", preview=True).places)
    erase(folder, "c3")
    assert not [path for path in folder.path.rglob("withdrawn.parquet") if b"c3" in path.read_bytes()]
    assert totals(folder)["money"] == 40.5 - 3.5 - 7.5 - 5.5
    bring(folder, tmp_path, LATER)
    assert not [path for path in folder.path.rglob("withdrawn.parquet") if b"c3" in path.read_bytes()]


def test_a_damaged_list_of_withdrawals_stops_before_any_figure(folder: Folder, tmp_path: Path) -> None:
    bring(folder, tmp_path, LATER)
    (folder.import_path(folder.imports()[-1]) / "withdrawn.parquet").write_bytes(b"PAR1")
    with pytest.raises(LadderError, match=r"withdrawn\.parquet is not what the manifest says"):
        bring(folder, tmp_path, PAID)
    with pytest.raises(LadderError, match=r"withdrawn\.parquet is not what the manifest says"):
        build(folder)


@pytest.mark.parametrize(
    ("profile", "sold", "gone", "orders"),
    [
        ("shopify-orders", ",paid,", ",voided,", 3),
        ("woocommerce-orders", ",Completed,", ",Refunded,", 2),  # One of them stands on two lines.
    ],
)
def test_next_months_export_of_a_shop_withdraws_what_was_given_back(
    profile: str, sold: str, gone: str, orders: int, tmp_path: Path
) -> None:
    text = next(export for export in EXPORTS if export.profile == profile).text()
    folder = empty_workspace(tmp_path)
    texts = (text, text.replace(sold, gone, 3))
    for content in texts:
        file = saved(tmp_path, content)
        run_import(folder, file, propose(file, folder=folder).plan)
    fresh = empty_workspace(tmp_path / "fresh")
    file = saved(tmp_path, texts[1])
    run_import(fresh, file, propose(file).plan)
    assert totals(folder) == totals(fresh)
    assert f"{orders} orders that were sold" in " ".join(folder.imports()[-1].warnings)
