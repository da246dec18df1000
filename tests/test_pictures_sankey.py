"""The Sankey picture: its layout as data, and what its marks say."""

from collections import Counter
from datetime import date
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladder.errors import LadderError
from ladder.flows import Series, series
from ladder.flows.moves import direction
from ladder.model.ladder import NOT_YET
from ladder.pictures.sankey_layout import SankeyLayout, sankey_layout
from ladder.pictures.sankey_picture import sankey_picture, sankey_svg
from ladder.placement import Placed

SVG = "{http://www.w3.org/2000/svg}"
STATES = ("lapsed", "customer", "client", "advocate")
UNKNOWN = 255

# One row per person: the code at each of three period ends (0 lapsed, 1 to 3 the rungs, 255 not yet known).
PEOPLE = [(1, 2, 2)] * 30 + [(1, 1, 0)] * 20 + [(2, 2, 1)] * 10 + [(UNKNOWN, 1, 3)] * 4 + [(0, 1, 1)]


def shop(people: list[tuple[int, ...]]) -> Series:
    """The series of these people, counted the plain way."""
    name = {**dict(enumerate(STATES)), UNKNOWN: NOT_YET}
    count = len(people[0])
    nodes = [
        (end, name[code], customers)
        for end in range(count)
        for code, customers in Counter(path[end] for path in people).items()
        if code != UNKNOWN
    ]
    moves = [
        (end, name[a], name[b], customers, direction(a, b))
        for end in range(count - 1)
        for (a, b), customers in Counter((path[end], path[end + 1]) for path in people).items()
        if b != UNKNOWN
    ]
    return Series(
        tuple(date(2026, month, 28) for month in range(1, count + 1)),
        STATES,
        pd.DataFrame(nodes, columns=["end_index", "state", "customers"]),
        pd.DataFrame(moves, columns=["from_index", "from_state", "to_state", "customers", "direction"]),
    )


@st.composite
def crowds(draw: st.DrawFn) -> list[tuple[int, ...]]:
    """Up to 200 people over 2 to 6 period ends; once known, known for good."""
    ends = draw(st.integers(2, 6))
    codes = st.lists(st.integers(0, 3), min_size=ends, max_size=ends)
    joined = st.integers(0, ends - 1)
    path = st.tuples(codes, joined).map(
        lambda drawn: tuple(UNKNOWN if end < drawn[1] else code for end, code in enumerate(drawn[0]))
    )
    return draw(st.lists(path, min_size=1, max_size=200))


def arriving(layout: SankeyLayout, index: int, state: str) -> list[tuple[float, float, int]]:
    """Top, height and customers of what arrives at a node."""
    found = [band for band in layout.bands if band.index == index - 1 and band.to_state == state]
    return sorted((band.top_to, band.height, band.customers) for band in found)


def leaving(layout: SankeyLayout, index: int, state: str) -> list[tuple[float, float, int]]:
    found = [band for band in layout.bands if band.index == index and band.from_state == state]
    return sorted((band.top_from, band.height, band.customers) for band in found)


@given(crowds(), st.sampled_from([0.0, 0.02, 0.3]), st.booleans())
def test_every_customer_is_drawn_once(
    people: list[tuple[int, ...]], fold_below: float, compact: bool
) -> None:
    layout = sankey_layout(shop(people), fold_below=fold_below, compact=compact)
    last = len(layout.ends) - 1
    for node in layout.nodes:
        if node.index > 0:
            assert (
                sum(customers for *_, customers in arriving(layout, node.index, node.state)) == node.customers
            )
        if node.index < last:
            assert (
                sum(customers for *_, customers in leaving(layout, node.index, node.state)) == node.customers
            )
    known = sum(path[-1] != UNKNOWN for path in people)
    assert sum(node.customers for node in layout.nodes if node.index == last) == known


@given(crowds(), st.sampled_from([0.0, 0.3]))
def test_bands_fill_their_node_from_top_to_bottom_without_overlap(
    people: list[tuple[int, ...]], fold_below: float
) -> None:
    layout = sankey_layout(shop(people), fold_below=fold_below)
    for node in layout.nodes:
        for ends in (arriving(layout, node.index, node.state), leaving(layout, node.index, node.state)):
            top = node.box.y
            for start, height, _ in ends:
                assert start == pytest.approx(top)
                top = start + height
            assert not ends or top == pytest.approx(node.box.bottom)


@given(crowds(), st.booleans())
def test_nodes_are_in_proportion_and_do_not_overlap(people: list[tuple[int, ...]], compact: bool) -> None:
    layout = sankey_layout(shop(people), compact=compact)
    for node in layout.nodes:
        assert node.box.height == pytest.approx(node.customers * layout.unit)
    drawn = [node.box for node in layout.nodes if node.customers]
    assert not any(one.overlaps(other) for one, other in combinations(drawn, 2))
    assert all(box.x >= 0 and box.right <= layout.width and box.bottom < layout.height for box in drawn)
    assert not any(
        one.box.overlaps(other.box) and one.index != other.index
        for one, other in combinations(layout.nodes, 2)
    )


def test_lanes_run_from_the_top_rung_down_to_the_lapsed_whatever_the_figures() -> None:
    for people in (PEOPLE, [(0, 3)] * 9 + [(3, 0)]):
        layout = sankey_layout(shop(people))
        assert [lane.state for lane in layout.lanes] == ["advocate", "client", "customer", "lapsed"]
        assert all(upper.box.bottom == lower.box.y for upper, lower in pairwise(layout.lanes))
        for node in layout.nodes:
            lane = next(lane for lane in layout.lanes if lane.state == node.state)
            assert node.box.bottom == pytest.approx(lane.box.bottom)


def test_time_runs_from_left_to_right() -> None:
    layout = sankey_layout(shop(PEOPLE))
    columns = sorted({(node.index, node.box.x) for node in layout.nodes})
    assert all(earlier[1] < later[1] for earlier, later in pairwise(columns))
    assert all(band.x_from < band.x_to for band in layout.bands)


def test_small_bands_are_folded_and_counted() -> None:
    # 65 are known at the later end; under 10% (6.5 people): the 4 who joined (never folded), 1 who came back,
    # and in the second step the same 1 who stayed and 4 who climbed two rungs.
    layout = sankey_layout(shop(PEOPLE), fold_below=0.1)
    assert [(fold.index, fold.moves, fold.customers) for fold in layout.folds] == [(0, 1, 1), (1, 2, 5)]
    stubs = [
        (band.index, band.from_state, band.to_state, band.customers, band.moves)
        for band in layout.bands
        if band.direction == "other"
    ]
    assert stubs == [
        (0, "lapsed", None, 1, 1),
        (1, "customer", None, 5, 2),
        (0, None, "customer", 1, 1),
        (1, None, "advocate", 4, 1),
        (1, None, "customer", 1, 1),
    ]
    joined = [band for band in layout.bands if band.direction == "joined"]
    assert [band.customers for band in joined] == [4]


def test_without_folding_every_move_has_its_band() -> None:
    moves = shop(PEOPLE).moves
    layout = sankey_layout(shop(PEOPLE), fold_below=0)
    assert not layout.folds
    assert sorted(
        (band.index, band.from_state, band.to_state, band.customers, band.direction) for band in layout.bands
    ) == sorted(moves.itertuples(index=False, name=None))


def test_one_date_or_thirteen_are_refused() -> None:
    with pytest.raises(LadderError, match="2 to 12"):
        sankey_layout(shop([(1,)]))
    with pytest.raises(LadderError, match="2 to 12"):
        sankey_layout(
            Series(tuple(date(2026, 1, day) for day in range(1, 14)), STATES, *(pd.DataFrame(),) * 2)
        )


def labels(svg: str) -> dict[tuple[str | None, ...], str | None]:
    keys = ("kind", "index", "from", "to", "state")
    return {
        tuple(mark.get(f"data-{key}") for key in keys): mark.get("aria-label")
        for mark in ElementTree.fromstring(svg).iter(f"{SVG}g")  # noqa: S314
        if mark.get("class") == "mark"
    }


def test_bands_and_nodes_say_which_way_when_and_how_many() -> None:
    titles = {"customer": "Customer", "client": "Client"}
    found = labels(sankey_svg(shop(PEOPLE), titles=titles, fold_below=0.1))
    move = ("move", "0", "customer", "client", None)
    assert found[move] == "Customer → Client, 28 Jan 2026 to 28 Feb 2026: 30 customers, climbed"
    node = ("node", "2", None, None, "lapsed")
    assert found[node] == "Lapsed on 28 Mar 2026: 20 customers"
    other = ("other", "1", "customer", None, None)
    assert found[other] == ("Customer, other moves, 28 Feb 2026 to 28 Mar 2026: 5 customers in 2 small bands")
    joined = ("move", "0", NOT_YET, "customer", None)
    assert found[joined] == "Joined → Customer, 28 Jan 2026 to 28 Feb 2026: 4 customers, joined"


def test_the_folded_count_stands_on_the_picture() -> None:
    picture = sankey_picture(shop(PEOPLE), fold_below=0.1)
    assert "Other: 3 small moves, 6 customers" in picture.wide
    assert "Other: 3 small moves, 6 customers" in picture.narrow
    assert "Every move is drawn" in sankey_svg(shop(PEOPLE), fold_below=0)


def test_a_rung_that_is_not_in_the_data_is_not_shown_as_zero() -> None:
    drawn = sankey_svg(shop([(1, 2), (2, 1)]), missing={"advocate"}, fold_below=0)
    texts = [node.text for node in ElementTree.fromstring(drawn).iter(f"{SVG}text")]  # noqa: S314
    assert texts.count("not in your data") == 1
    assert texts.count("0") == 2  # lapsed at both ends: nobody, which is a figure


def test_markup_in_a_title_is_only_text() -> None:
    drawn = sankey_svg(shop(PEOPLE), titles={"client": "<script>x</script>"})
    assert not list(ElementTree.fromstring(drawn).iter(f"{SVG}script"))  # noqa: S314


def test_the_flows_of_a_real_workspace_add_up_in_the_picture(tiny: Placed) -> None:
    found = series(tiny, tiny.periods)
    layout = sankey_layout(found, fold_below=0)
    for node in layout.nodes:
        if node.index:
            assert sum(band[2] for band in arriving(layout, node.index, node.state)) == node.customers
