"""One person, one id: each light on shops counted by hand."""

from datetime import datetime
from pathlib import Path

import pytest

from ladder.door import Workspace
from ladder.quality import Check
from tests.quality_shop import found, found_in, order, rows_of

DAY = datetime(2024, 1, 10)


def crowd(count: int) -> list[dict[str, object]]:
    return [order(f"c{number}", number % 40) for number in range(count)]


@pytest.mark.parametrize(("guests", "light"), [(0, "fine"), (1, "care"), (3, "care"), (4, "stop")])
def test_guests_weigh_by_their_share_of_purchase_rows(tmp_path: Path, guests: int, light: str):
    orders = [order(None if number < guests else "ann", number) for number in range(10)]
    assert found(tmp_path, {"transactions": orders})["Guest sales"].light == light


def test_guests_are_told_in_rows_and_in_money(tmp_path: Path):
    orders = [order(None, 0, 9000), order("ann", 1, 500), order("ann", 2, 500)]
    check = found(tmp_path, {"transactions": orders})["Guest sales"]
    assert check.finding == "33.3% of purchase rows, with 90.0% of the money, name no customer"


@pytest.mark.parametrize("twin", ["ANN", " ann", "an n", "00ann", "a\u00a0nn"])
def test_ids_alike_but_for_capitals_blanks_and_leading_zeros_are_one_person(tmp_path: Path, twin: str):
    check = found(tmp_path, {"transactions": [order("ann"), order(twin, 3), order(twin, 5)]})[
        "Ids that look alike"
    ]
    assert check.finding.startswith(
        "2 ids differ only by capitals, blanks or leading zeros: they are probably 1 person"
    )
    assert sorted(rows_of(check)) == sorted([("ann", "ann", 1), ("ann", twin, 2)])


def test_zeros_inside_and_other_letters_tell_ids_apart(tmp_path: Path):
    ids = ["1001", "101", "0", "10", "anna", "ann"]
    check = found(tmp_path, {"transactions": [order(ident) for ident in ids]})["Ids that look alike"]
    assert (check.light, check.figure) == ("fine", "0")


@pytest.mark.parametrize(("others", "light"), [(98, "care"), (97, "stop")])
def test_more_than_one_duplicate_in_a_hundred_ids_stops(tmp_path: Path, others: int, light: str):
    orders = [*crowd(others), order("ann"), order("Ann")]
    assert found(tmp_path, {"transactions": orders})["Ids that look alike"].light == light


def emails(tmp_path: Path, *lines: str) -> Check:
    file = tmp_path / "people.csv"
    file.write_text("customer_id,first_seen,email\n" + "".join(line + "\n" for line in lines), "utf-8")
    shop = Workspace.create(tmp_path / "shop")
    assert shop.import_file(file, "customers", fields={"email": "email"}).import_id == 1
    return found_in(shop.folder)["Shared e-mails"]


def test_one_e_mail_on_several_ids_is_found_and_not_shown(tmp_path: Path):
    check = emails(
        tmp_path,
        "1,2024-01-05,Ann@Example.com",
        "2,2024-01-06, ann@example.com",
        "3,2024-01-07,bob@example.com",
    )
    assert check.finding == "2 ids share an e-mail address with another: they are probably 1 person"
    assert check.rows is not None
    assert list(check.rows["customer_id"]) == ["1", "2"]
    assert "example" not in check.rows.to_csv()


def test_without_e_mails_nothing_can_be_said_of_them(tmp_path: Path):
    assert emails(tmp_path, "1,2024-01-05,", "2,2024-01-06,").light == "unknown"


@pytest.mark.parametrize(
    ("missing", "light"), [(0, "fine"), (4, "fine"), (5, "care"), (50, "care"), (51, "stop")]
)
def test_ids_that_the_customers_table_lacks(tmp_path: Path, missing: int, light: str):
    people = [{"customer_id": f"c{number}", "first_seen": DAY} for number in range(missing, 100)]
    check = found(tmp_path, {"customers": people, "transactions": crowd(100)})["Ids not in customers"]
    assert (check.light, check.behind) == (light, missing)
    assert rows_of(check)[:1] == [("transactions", "c0")][: min(missing, 1)]


def test_without_customers_the_orders_say_who_is_known(tmp_path: Path):
    answers = [{"customer_id": who, "ts": DAY, "nps": 9} for who in ("c1", "zoe")]
    check = found(tmp_path, {"transactions": crowd(3), "feedback": answers})["Ids not in transactions"]
    assert (check.light, check.finding) == ("care", "Not in transactions: 50.0% of those in feedback")
    assert rows_of(check) == [("feedback", "zoe")]


@pytest.mark.parametrize(("silent", "light"), [(50, "fine"), (51, "care")])
def test_listed_customers_who_are_in_no_other_table(tmp_path: Path, silent: int, light: str):
    people = [{"customer_id": f"c{number}", "first_seen": DAY} for number in range(100)]
    check = found(tmp_path, {"customers": people, "transactions": crowd(100 - silent)})["Never seen"]
    assert (check.light, check.behind) == (light, silent)


def refer(referrer: str, referred: str) -> dict[str, object]:
    return {"referrer_id": referrer, "referred_id": referred, "ts": DAY}


@pytest.mark.parametrize(("strange", "light"), [(0, "fine"), (1, "care"), (10, "care"), (11, "stop")])
def test_referrals_of_people_whom_no_other_table_knows(tmp_path: Path, strange: int, light: str):
    pairs = [refer("c0", f"zoe{nth}" if nth < strange else f"c{nth + 1}") for nth in range(19)]
    last = refer("zoe" if strange else "c0", "c30")
    pairs[0] = refer("c0", "c1")
    checks = found(tmp_path, {"transactions": crowd(40), "referrals": [*pairs, last]})
    check = checks["Referrals of unknown people"]
    assert (check.light, check.behind) == (light, strange)
    assert checks["Self-referrals"].light == "fine"


def test_who_brought_themselves_is_listed_apart(tmp_path: Path):
    checks = found(
        tmp_path, {"transactions": crowd(3), "referrals": [refer("c1", "c1"), refer("zoe", "zoe")]}
    )
    assert rows_of(checks["Self-referrals"]) == [("c1", "c1"), ("zoe", "zoe")]
    assert checks["Referrals of unknown people"].behind == 0


@pytest.mark.parametrize(("orders", "busy"), [(9, 0), (10, 1)])
def test_ten_orders_a_day_are_a_till(tmp_path: Path, orders: int, busy: int):
    rows = [*crowd(300), *(order("till", 2, transaction_id=f"t{number}") for number in range(orders))]
    check = found(tmp_path, {"transactions": rows})["Tills and test accounts"]
    assert (check.behind, check.light) == (busy, "care" if busy else "fine")


@pytest.mark.parametrize(("among", "light"), [(190, "care"), (189, "stop")])
def test_a_till_with_more_than_a_twentieth_of_the_orders_stops(tmp_path: Path, among: int, light: str):
    rows = [*crowd(among), *(order("till", 2, transaction_id=f"t{number}") for number in range(10))]
    assert found(tmp_path, {"transactions": rows})["Tills and test accounts"].light == light


@pytest.mark.parametrize(("days", "busy"), [(20, 0), (21, 1)])
def test_a_customer_with_a_fiftieth_of_all_orders_is_no_customer(tmp_path: Path, days: int, busy: int):
    rows = [*crowd(999), *(order("till", number) for number in range(days))]
    check = found(tmp_path, {"transactions": rows})["Tills and test accounts"]
    assert check.behind == busy


def test_lines_of_one_order_are_one_order(tmp_path: Path):
    rows = [order("ann", 0, 100 + number, transaction_id="t1") for number in range(30)]
    assert found(tmp_path, {"transactions": rows})["Tills and test accounts"].light == "fine"
