"""The shared page: what it shows, what it hides, and that nothing private is in any byte of it."""

import json
import re
from dataclasses import replace
from datetime import date

import pytest

from ladder.errors import LadderError
from ladder.flows import overview
from ladder.model.link import BLOCKS
from ladder.sharing.freeze import freeze
from ladder.sharing.page import render_not_found, render_page
from ladder.sharing.snapshot import Line, Snapshot, Totals, plain
from tests.sharing_shop import CANARY, LADDER, canary_shop

CLV = {"one": 12.0, "two": 80.0, "three": 300.0}


@pytest.fixture(scope="module")
def placed(tmp_path_factory):
    return canary_shop(tmp_path_factory.mktemp("shop") / f"{CANARY}-folder")[1]


@pytest.fixture(scope="module")
def snapshot(placed):
    return freeze(placed, title="Loyalty", blocks=BLOCKS, clv=CLV)


def tiny_page(**changes):
    """A page of two rungs by hand: 12 on the lower one, the upper one hidden."""
    snapshot = Snapshot(
        title="Title",
        as_of=date(2024, 2, 29),
        compare=None,
        currency="EUR",
        k=10,
        blocks=("ladder", "kpis"),
        ends=(date(2024, 2, 29),),
        rungs=(Line("Lower", True, 12), Line("Upper", True)),
        lapsed=Line("Lapsed", True, 40),
        totals=Totals(customers=56),
        nodes=(),
        moves=(),
        hidden=2,
    )
    return render_page(replace(snapshot, **changes))


def test_no_canary_is_in_any_byte_of_the_snapshot_or_the_page(snapshot):
    for text in (json.dumps(snapshot.to_dict(), ensure_ascii=False), render_page(snapshot)):
        assert CANARY not in text.casefold()
        assert "orders(" not in text
        assert not re.search(r"\borders? in\b|at least \d+ orders", text)


def test_shown_figures_are_those_of_the_home_page(placed, snapshot):
    told = overview(placed)
    pairs = [*zip(snapshot.rungs, told.rungs, strict=True), (snapshot.lapsed, told.lapsed)]
    for line, rung in pairs:
        assert line.customers == rung.customers
        assert line.change == rung.change
        assert line.climb_rate in (None, rung.climb_rate)
        assert line.slip_rate in (None, rung.slip_rate)
        assert line.revenue is None or line.revenue == round(rung.revenue)
    assert snapshot.totals.customers == told.customers
    assert (snapshot.as_of, snapshot.compare) == (told.as_of, told.compare)


def test_shown_moves_of_a_step_add_up_to_no_more_than_the_rung(snapshot):
    for node in snapshot.nodes:
        left = [m.customers or 0 for m in snapshot.moves if (m.start, m.origin) == (node.end, node.state)]
        assert sum(left) <= node.customers


def test_nothing_from_1_to_9_people_is_shown(snapshot):
    people = [n.customers for n in snapshot.nodes] + [m.customers for m in snapshot.moves]
    for line in (*snapshot.rungs, snapshot.lapsed):
        people += [line.customers, line.climbed, line.slipped]
    people += [snapshot.totals.climbed, snapshot.totals.slipped, snapshot.totals.joined]
    assert not [number for number in people if number is not None and 0 < number < 10]
    assert snapshot.hidden > 0


def test_a_group_under_ten_is_hidden_and_the_page_says_so(tmp_path):
    _, placed = canary_shop(tmp_path / "small", customers=30)
    counts = [line.customers for line in overview(placed).rungs]
    assert 0 < min(counts) < 10
    snapshot = freeze(placed, title="Small", blocks=("ladder",))
    assert snapshot.rungs[counts.index(min(counts))].customers is None
    page = render_page(snapshot)
    assert ">hidden</text>" in page
    assert f"{snapshot.hidden} groups hidden" in page


def test_a_hidden_rung_is_not_called_missing_and_a_missing_one_is_not_called_hidden():
    assert "not in your data" not in tiny_page()
    missing = tiny_page(blocks=("ladder",), rungs=(Line("Lower", True, 12), Line("Upper", False)))
    assert "not in your data" in missing
    assert ">hidden<" not in missing


def test_five_people_in_all_give_a_page_without_a_single_count(tiny):
    snapshot = freeze(tiny, title="Tiny", blocks=BLOCKS)
    shown = [line.customers for line in (*snapshot.rungs, snapshot.lapsed)] + [snapshot.totals.customers]
    assert not any(shown)
    assert all(move.customers is None for move in snapshot.moves)
    page = render_page(snapshot)
    assert "0 customers known" not in page
    assert "customers known: hidden" in page


def test_only_the_chosen_blocks_are_frozen(placed):
    snapshot = freeze(placed, title="KPIs", blocks=("kpis",))
    assert all(line.customers is None and line.climb_rate is None for line in snapshot.rungs)
    assert snapshot.moves == ()
    assert "<svg" not in render_page(snapshot)


def test_money_is_only_frozen_when_asked_for(placed, snapshot):
    assert all(line.revenue for line in snapshot.rungs)
    assert [line.clv for line in snapshot.rungs] == [12.0, 80.0, 300.0]
    without = freeze(placed, title="No money", blocks=("ladder",), clv=CLV)
    assert all(line.revenue is None and line.clv is None for line in without.rungs)


def test_the_page_loads_nothing_and_runs_nothing(snapshot):
    page = render_page(snapshot)
    assert "<script" not in page
    assert not re.search(r"\son\w+\s*=", page)
    assert not re.search(r"\b(src|href|action|srcset)\s*=|@import|url\(", page)
    addresses = set(re.findall(r"https?://[^\"' )<]+", page))
    assert addresses <= {"http://www.w3.org/2000/svg"}
    assert "default-src 'none'" in page


def test_every_title_is_text_and_never_markup(placed):
    snapshot = freeze(placed, title="<img src=x onerror=alert(1)>", blocks=BLOCKS, clv=CLV)
    page = render_page(snapshot)
    assert "<img" not in page
    assert "First <order>" not in page
    assert "First &lt;order&gt;" in page
    assert "Regular &amp; true" in page


def test_direction_marks_cannot_turn_a_title_round():
    assert plain("pay\u202eerom\u0000\n now") == "payerom now"


def test_the_pictures_name_rungs_by_number(snapshot):
    names = set(re.findall(r'data-(?:rung|state|from|to)="([^"]*)"', render_page(snapshot)))
    assert names <= {"rung-1", "rung-2", "rung-3", "lapsed", "not yet known"}


def test_a_sankey_with_hidden_moves_does_not_claim_to_be_complete(snapshot):
    assert any(move.customers is None for move in snapshot.moves)
    page = render_page(snapshot)
    assert "Who moved where" in page
    assert "Every move is drawn" not in page
    labels = re.findall('aria-label="Moves between rungs[^"]*"', page)
    assert len(labels) == 2
    assert all(label.endswith('. Hidden moves are left out."') for label in labels)


def test_comparing_with_a_later_date_is_refused(placed):
    with pytest.raises(LadderError, match="earlier date"):
        freeze(placed, title="x", blocks=BLOCKS, as_of=date(2024, 3, 31), compare=date(2024, 5, 31))


def test_the_first_period_end_has_no_movement(placed):
    snapshot = freeze(placed, title="First", blocks=BLOCKS, as_of=placed.periods[0])
    assert snapshot.compare is None
    assert "Climbed" not in render_page(snapshot)


def test_the_page_for_wrong_links_names_nothing():
    assert "Not found" in render_not_found()
    assert all(rung.title not in render_not_found() for rung in LADDER.rungs if rung.title)
