"""The quality report as a whole: a verdict, four questions, and no ids outside the app."""

import json
from datetime import date, datetime
from pathlib import Path

import pytest

from ladder.cli import main
from ladder.door import Workspace
from ladder.quality import UNKNOWN, Quality, proposed_ladder, quality
from ladder.workspace import Folder
from tests.quality_shop import order
from tests.workspaces import add_import, make_workspace


@pytest.fixture(scope="module")
def report(sample_folder: Folder) -> Quality:
    return Workspace(sample_folder.path).quality()


def test_the_sample_shop_can_be_trusted_and_is_old(report: Quality):
    assert report.verdict == "Yes, but mind the age of the data."
    assert [check.name for check in report.checks if check.light not in ("fine", UNKNOWN)] == [
        "Age of the data"
    ]


def test_the_findings_stand_by_question(report: Quality):
    assert list(report.findings) == [
        "Complete?",
        "One person, one id?",
        "Amounts and dates plausible?",
        "Fresh?",
    ]
    assert all(report.findings.values())


def test_the_report_for_machines_holds_no_id(tmp_path: Path):
    found = quality(
        make_workspace(tmp_path / "shop", {"transactions": [order("canary"), order("CANARY", 3)]})
    )
    assert any(check.rows is not None and "canary" in check.rows.to_csv() for check in found.checks)
    document = json.dumps(found.to_dict(), allow_nan=False)
    assert "canary" not in document.lower()
    assert found.to_dict()["checks"][0].keys() == {
        "question",
        "name",
        "light",
        "figure",
        "finding",
        "meaning",
    }


def test_a_stop_comes_first_in_the_verdict(tmp_path: Path):
    rows = [order(None, number) for number in range(9)]
    found = quality(make_workspace(tmp_path / "shop", {"transactions": [*rows, order("ann")]}))
    assert (found.light, found.verdict) == ("stop", "Not before you have looked at the guest sales.")


def test_the_report_is_about_all_rows_those_after_the_as_of_date_too(tmp_path: Path):
    rows = [order("ann"), order(None, 200), order(None, 210)]
    found = quality(make_workspace(tmp_path / "shop", {"transactions": rows}, as_of=date(2024, 1, 31)))
    figures = {check.name: check.figure for check in found.checks}
    assert (figures["Guest sales"], figures["After the as-of date"]) == ("66.7%", "2")


@pytest.mark.parametrize("table", ["customers", "interactions", "feedback", "referrals", "incentives"])
def test_any_one_table_is_enough_for_a_report(tmp_path: Path, table: str):
    row = {"customer_id": "ann", "ts": datetime(2024, 1, 5), "kind": "visit", "nps": 9, "incentive": "mug"}
    row |= {"first_seen": datetime(2024, 1, 5), "referrer_id": "ann", "referred_id": "bob"}
    found = quality(make_workspace(tmp_path / "shop", {table: [row]}))
    assert len(found.checks) > 15
    assert {"Amounts", "Currency"} <= {check.name for check in found.checks if check.light == UNKNOWN}


def test_rows_without_any_date_are_a_report_too(tmp_path: Path):
    found = quality(make_workspace(tmp_path / "shop", {"customers": [{"customer_id": "ann"}]}))
    assert next(check for check in found.checks if check.name == "Age of the data").light == UNKNOWN


def test_an_empty_workspace_says_so(tmp_path: Path):
    found = quality(make_workspace(tmp_path / "shop", {}))
    assert (found.light, found.verdict, found.checks) == (UNKNOWN, "There are no data yet.", ())


def test_orders_alone_deserve_the_ladder_for_orders(tmp_path: Path):
    folder = make_workspace(tmp_path / "shop", {"transactions": [order("ann")]}, "classic")
    proposed = proposed_ladder(folder)
    assert proposed is not None and proposed.id == "orders-only"
    folder.save_ladder(proposed)
    assert proposed_ladder(folder) is None


def test_with_another_table_no_ladder_is_proposed(tmp_path: Path):
    folder = make_workspace(tmp_path / "shop", {"transactions": [order("ann")]}, "classic")
    add_import(folder, "feedback", [{**order("ann"), "nps": 9}])
    assert proposed_ladder(folder) is None


def test_an_import_of_orders_alone_names_their_ladder(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "orders.csv"
    file.write_text(
        "order_id,customer_id,order_date,total\nt1,ann,2024-01-31,10.00\nt2,bob,2024-02-29,5.00\n", "utf-8"
    )
    words = ["--workspace", str(tmp_path / "shop"), "import", str(file), "--as", "transactions", "--yes"]
    assert main(words) == 0
    assert "`ladder set orders-only` puts the ladder for orders in use" in capsys.readouterr().err
    assert main(["--workspace", str(tmp_path / "shop"), "ladder", "set", "orders-only"]) == 0
    capsys.readouterr()
    assert main(words) == 0
    assert "orders-only" not in capsys.readouterr().err
