"""The ladder picture: its layout as data, and what its marks say."""

from datetime import date
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladder.flows import Overview, RungLine, overview
from ladder.pictures.ladder_layout import Box, LadderLayout, ladder_layout
from ladder.pictures.ladder_picture import ladder_picture, ladder_svg
from ladder.placement import Placed

SVG = "{http://www.w3.org/2000/svg}"
COUNTS = st.lists(st.none() | st.integers(0, 3_000_000), min_size=1, max_size=12)


def rung(name: str, customers: int | None, **more: object) -> RungLine:
    facts = (
        dict.fromkeys(("share", "change", "revenue")) if customers is None else {"share": 0.1, "change": 0}
    )
    facts |= {"revenue": None} | more
    return RungLine(name=name, title=name.title(), customers=customers, **facts)  # type: ignore[arg-type]


def shop(counts: list[int | None], lapsed: int = 40, **more: object) -> Overview:
    rungs = tuple(
        rung(f"rung {n}", count, climb_rate=0.1, slip_rate=0.2, **more) for n, count in enumerate(counts)
    )
    known = sum(count or 0 for count in counts) + lapsed
    pool = rung("lapsed", lapsed, climb_rate=0.05)
    return Overview(date(2026, 10, 31), date(2026, 9, 30), rungs, pool, known, "EUR")


def marks(svg: str) -> list[ElementTree.Element]:
    return [mark for mark in ElementTree.fromstring(svg).iter() if mark.get("class") == "mark"]  # noqa: S314


def boxes(layout: LadderLayout) -> list[Box]:
    places = (*layout.rungs, layout.pool)
    return [place.row for place in places] + [rate.box for rate in layout.rates]


@given(COUNTS, st.integers(0, 3_000_000), st.booleans())
def test_nothing_on_the_ladder_covers_anything_else(
    counts: list[int | None], lapsed: int, compact: bool
) -> None:
    layout = ladder_layout(shop(counts, lapsed), compact=compact)
    assert not any(one.overlaps(other) for one, other in combinations(boxes(layout), 2))
    frame = Box(0, 0, layout.width, layout.height)
    assert all(
        box.x >= 0 and box.right <= frame.right and box.bottom <= frame.bottom for box in boxes(layout)
    )


@given(COUNTS, st.integers(0, 3_000_000))
def test_bars_are_in_proportion_to_customers_and_stay_between_the_rails(
    counts: list[int | None], lapsed: int
) -> None:
    layout = ladder_layout(shop(counts, lapsed))
    for place in (*layout.rungs, layout.pool):
        assert place.bar.width == pytest.approx(layout.unit * (place.line.customers or 0))
        assert place.bar.right <= place.step.right + 1e-6
    largest = max(lapsed, *(count or 0 for count in counts))
    if largest:
        widest = max(place.bar.width for place in (*layout.rungs, layout.pool))
        assert widest == pytest.approx(layout.pool.step.width)


def test_the_top_rung_is_above_and_the_lapsed_pool_at_the_foot() -> None:
    layout = ladder_layout(shop([5, 4, 3]))
    assert [place.line.name for place in layout.rungs] == ["rung 0", "rung 1", "rung 2"]
    assert all(upper.row.bottom < lower.row.y for lower, upper in pairwise((layout.pool, *layout.rungs)))


def test_the_order_does_not_follow_the_figures() -> None:
    few, many = (ladder_layout(shop(counts)) for counts in ([1, 900, 3], [900, 1, 500]))
    assert [place.row for place in few.rungs] == [place.row for place in many.rungs]


def test_rates_stand_between_the_rungs_that_they_join() -> None:
    layout = ladder_layout(shop([5, 4, 3]))
    found = [(rate.kind, rate.line.name) for rate in layout.rates]
    assert found == [
        ("climb", "lapsed"),
        ("slip", "rung 0"),
        ("climb", "rung 0"),
        ("slip", "rung 1"),
        ("climb", "rung 1"),
        ("slip", "rung 2"),
    ]
    climb = layout.rates[2]
    assert layout.rungs[1].row.bottom == climb.box.y
    assert layout.rungs[0].row.y == climb.box.bottom


def test_without_a_period_to_compare_with_nothing_is_said_about_movement() -> None:
    lines = (rung("customer", 3, change=None),)
    picture = ladder_svg(Overview(date(2026, 10, 31), None, lines, rung("lapsed", 0, change=None), 3, "EUR"))
    assert "▲ climbed" not in picture
    assert "since" not in picture


def test_every_mark_is_a_button_that_says_what_it_is() -> None:
    found = marks(ladder_svg(shop([5, None, 3])))
    kinds = [(mark.get("data-kind"), mark.get("data-rung")) for mark in found]
    assert ("rung", "rung 0") in kinds
    assert ("rung", "lapsed") in kinds
    assert ("climb", "rung 0") in kinds
    for mark in found:
        assert mark.get("role") == "button"
        assert mark.get("tabindex") == "0"
        assert mark.get("aria-label") == mark.findtext(f"{SVG}title")


def test_a_rung_that_the_data_cannot_fill_says_so_and_is_no_button() -> None:
    for compact in (False, True):
        drawn = ladder_svg(shop([5, None]), compact=compact)
        missing = next(
            mark
            for mark in ElementTree.fromstring(drawn).iter(f"{SVG}g")  # noqa: S314
            if mark.get("data-rung") == "rung 1" and mark.get("data-kind") == "rung"
        )
        words = " ".join(missing.itertext())
        assert "not in your data" in words
        assert "0" not in words
        assert missing.get("tabindex") is None


def test_the_reason_for_an_absent_figure_can_be_told() -> None:
    picture = ladder_picture(shop([5, None]), absent={"rung 1": "fewer than 10"})
    assert "fewer than 10" in picture.wide
    assert "not in your data" not in picture.wide + picture.narrow


def test_a_picture_to_look_at_has_no_buttons() -> None:
    picture = ladder_picture(shop([5, 4]), interactive=False)
    assert "tabindex" not in picture.html
    assert 'role="button"' not in picture.html


def test_more_lapsed_customers_are_shown_on_the_orange_side() -> None:
    one_more = (rung("customer", 9, change=2),), rung("lapsed", 9, change=2)
    grown = Overview(date(2026, 10, 31), date(2026, 9, 30), *one_more, 18, "EUR")
    drawn = ladder_svg(grown)
    assert 'class="cell climbed end">▲ 2<' in drawn
    assert 'class="cell slipped end">▲ 2<' in drawn


def test_a_title_that_looks_like_markup_is_only_text() -> None:
    title = '<script>alert("x")</script>&amp;'
    line = RungLine("evil", title, 3, 0.5, None, None, rule="orders < 3 & more")
    shown = Overview(date(2026, 10, 31), None, (line,), rung("lapsed", 3), 6, "EUR")
    tree = ElementTree.fromstring(ladder_svg(shown, compact=True))  # noqa: S314
    assert not list(tree.iter(f"{SVG}script"))
    assert any((node.text or "").startswith("<script>alert") for node in tree.iter(f"{SVG}text"))


def test_the_picture_of_a_real_workspace_names_its_rules_and_its_figures(tiny: Placed) -> None:
    found = overview(tiny, values={"client": 84.2})
    labels = {mark.get("data-rung"): mark.get("aria-label") for mark in marks(ladder_svg(found)) if
              mark.get("data-kind") == "rung"}  # fmt: skip
    assert set(labels) == {*tiny.ladder.names, "lapsed"} - tiny.missing
    for line in found.rungs:
        label = labels[line.name] or ""
        assert label.startswith(f"{line.title}: {line.customers} customer")
        assert f"Rule: {line.rule}." in label
    assert "CLV per customer €84.20" in (labels["client"] or "")
