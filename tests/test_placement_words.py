"""More period ends than one 64-bit word holds: the engine against the slow and obvious placement."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from ladder.model.ladder import Ladder
from tests.placing import ladder_of, order, placed_on, states
from tests.reference import place

START = datetime(2012, 1, 10, 12)


def regulars(seed: int, days: int) -> dict[str, list[dict[str, Any]]]:
    """Eight people who buy, pause and answer over `days` days; two of them speak up once."""
    random = Random(seed)
    people = [f"c{number}" for number in range(8)]

    def moment() -> datetime:
        return START + timedelta(days=random.randrange(days))

    orders = [
        {"customer_id": person, "ts": moment(), "amount": random.randint(-500, 3000)}
        for person in people
        for _ in range(days // 60)
    ]
    answers = [{"customer_id": who, "ts": moment(), "nps": random.randint(0, 10)} for who in people * 3]
    brought = [{"referrer_id": "c0", "referred_id": "c7", "ts": moment()}]
    return {"transactions": orders, "feedback": answers, "referrals": brought}


def signs(codes: list[int]) -> str:
    return "".join("·" if code == 255 else str(code) for code in codes)


@pytest.mark.parametrize(
    ("period", "days", "words", "grace"),
    [("week", 3 * 365, 3, 0), ("month", 12 * 365, 3, 2), ("quarter", 16 * 365, 2, 1)],
)
def test_long_histories_agree_with_the_reference(
    period: str, days: int, words: int, grace: int, tmp_path: Path
) -> None:
    data = regulars(days + grace, days)
    ladder = ladder_of(
        "days_since_order() <= 200",
        ("orders(90) >= 2 and spend(365) > 20", "orders(365) >= 1 and not nps() < 3"),
        ("nps() >= 9", "tenure() > 30"),
        grace=grace,
        period=period,
    )
    placed = placed_on(tmp_path, ladder, data.pop("transactions"), **data)
    expected = place(regulars(days + grace, days), ladder, list(placed.periods))
    assert 62 * (words - 1) < len(placed.periods) <= 62 * words
    assert states(placed) == {person: signs(codes) for person, codes in expected.items()}
    assert len(set("".join(states(placed).values()))) >= 4


def ends_of(ladder: Ladder, days: list[str], path: Path) -> str:
    orders = [order("ann", day) for day in days] + [order("zoe", "2010-01-31"), order("zoe", "2020-12-31")]
    return states(placed_on(path, ladder, orders))["ann"]


def test_who_keeps_carries_over_from_word_to_word(tmp_path: Path) -> None:
    """Entered in January 2010 and never broken: 132 month ends, of which the 62nd and the 124th end a word."""
    ladder = ladder_of(("orders(31) >= 1", "orders() >= 1"))
    assert ends_of(ladder, ["2010-01-31"], tmp_path) == "1" * 132


def test_grace_reaches_over_the_edge_of_a_word(tmp_path: Path) -> None:
    """Bought in February 2015, month end 61, the last of the first word; a grace of two lasts until April."""
    found = ends_of(ladder_of("orders(28) >= 1", grace=2), ["2015-02-28"], tmp_path)
    assert found[60:66] == "·11100"
