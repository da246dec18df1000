"""The parts of the pages that are plain functions: picks, tiles, sentences, theme."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from threading import Event

import pytest

from ladder import flows
from ladder.flows import Overview, RungLine
from ladder.model.scenario import Incentive, Scenario
from ladder.people import moved, standing
from ladder.pictures.palette import DARK, LIGHT, Theme
from ladder.placement import Placed, derived_key
from ladder.ui import cache
from ladder.ui.cache import answer_later
from ladder.ui.formats import points, signed
from ladder.ui.home import answer_in_words, rung_table
from ladder.ui.kpi_strip import Tile, kpi_picture, kpi_tiles
from ladder.ui.page import escape
from ladder.ui.people_panel import matching
from ladder.ui.picks import moving, of_funnel, of_ladder, of_sankey, of_statement, standing_on
from ladder.ui.pushing import result_in_words
from ladder.whatif import what_if
from ladder.workspace import Folder
from tests.placing import ladder_of, order
from tests.workspaces import add_import, make_workspace

START, END = date(2024, 3, 31), date(2024, 4, 30)
CONFIG = Path(__file__).resolve().parents[1] / ".streamlit" / "config.toml"


@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        ({"kind": "rung", "rung": "client"}, standing_on("client", END)),
        ({"kind": "climb", "rung": "client"}, moving(START, END, origin="client", way="climbed")),
        ({"kind": "slip", "rung": "client"}, moving(START, END, origin="client", way="down")),
        ({"kind": "climb", "rung": "lapsed"}, moving(START, END, origin="lapsed", way="returned")),
    ],
)
def test_a_mark_of_the_ladder_names_its_people(mark: dict[str, str], expected: tuple[str, ...]):
    assert of_ladder(mark, END, START) == expected


def test_marks_of_the_sankey_name_their_period_ends(tiny: Placed):
    series = flows.series(tiny, tiny.periods)
    band = {"kind": "move", "from": "client", "to": "customer", "index": "2"}
    assert of_sankey(band, series) == moving(START, END, "client", "customer")
    assert of_sankey({"kind": "node", "state": "client", "index": "2"}, series) == standing_on(
        "client", START
    )


@pytest.mark.parametrize(
    ("rung", "column", "expected"),
    [
        ("client", "opening", standing_on("client", START)),
        ("client", "closing", standing_on("client", END)),
        ("client", "joined", moving(START, END, target="client", way="joined")),
        ("client", "climbed_in", moving(START, END, target="client", way="climbed")),
        ("client", "slipped_out", moving(START, END, origin="client", way="slipped")),
        ("client", "lapsed", moving(START, END, origin="client", way="lapsed")),
        ("client", "returned", moving(START, END, target="client", way="returned")),
        ("lapsed", "slipped_in", moving(START, END, target="lapsed", way="lapsed")),
        ("lapsed", "climbed_out", moving(START, END, origin="lapsed", way="returned")),
    ],
)
def test_a_cell_of_the_statement_names_its_people(rung: str, column: str, expected: tuple[str, ...]):
    assert of_statement(rung, column, START, END) == expected


def test_every_cell_of_the_statement_counts_the_people_it_opens(tiny: Placed):
    frame = flows.statement(tiny, START, END).frame
    for row in frame.to_dict("records"):
        for column in frame.columns[1:]:
            kind, *parts = of_statement(row["rung"], column, START, END)
            if kind == "standing":
                found = standing(tiny, parts[0], date.fromisoformat(parts[1]))
            else:
                origin, target, way = (part or None for part in parts[2:])
                found = moved(tiny, START, END, origin=origin, target=target, way=way)
            assert found.total == row[column], (row["rung"], column)


def test_a_bar_of_the_funnel_names_its_cohort(tiny: Placed):
    funnel = flows.funnel(tiny, date(2024, 1, 1), END, 90)
    assert of_funnel("client", funnel) == ("reached", "client", "2024-01-01", "2024-04-30", "90")


def test_tiles_show_the_period_against_the_compared_one(tiny: Placed):
    """From March to April one of four climbs and two slip or lapse; from February to March nobody slipped."""
    climb, slip, net, _, nps, _ = kpi_tiles(flows.kpis(tiny), END, START)
    kpis = flows.kpis(tiny).frame.set_index("period_end")
    assert (climb.value, slip.value, net.value) == ("25.0%", "50.0%", "−1")
    assert kpis.loc[START, "slip_rate"] == 0.0
    assert (slip.below, slip.good) == ("▲ 50.0 pp", -1)
    assert nps.value == "—"
    assert "not in your data" in nps.about


def test_tiles_make_one_picture_with_a_sentence_for_those_who_do_not_see_it():
    picture = kpi_picture([Tile("NPS <b>", "about", "53", "▲ 2", 1, (1.0, 2.0, 3.0))])
    assert 'aria-label="NPS &lt;b&gt; 53, ▲ 2."' in picture.wide
    assert "<b>" not in picture.wide + picture.narrow


def line(name: str, change: int, climbed: int | None = 0, slipped: int | None = 0) -> RungLine:
    return RungLine(name, name.capitalize(), 10, 0.5, change, 0.0, climbed=climbed, slipped=slipped)


def overview(*lines: RungLine) -> Overview:
    return Overview(END, START, lines, line("lapsed", 0), 20, "EUR")


def test_the_answer_counts_who_climbed_and_who_slipped():
    told = answer_in_words(overview(line("a*", 3, 4, 1), line("b", -7, 2, 8)))
    assert "**6** climbed" in told
    assert "**9** slipped" in told
    assert "3 more down than up" in told
    assert "*B* changed most: it shrank by 7" in told


def test_the_answer_at_the_first_period_end_compares_with_nothing():
    first = Overview(START, None, (line("a", 0),), line("lapsed", 0), 10, "EUR")
    assert answer_in_words(first).startswith("This is the first period end")


def test_the_table_beside_the_picture_has_the_top_rung_first():
    assert rung_table(overview(line("low", 0), line("top", 0)))["name"].tolist() == ["top", "low", "lapsed"]


@pytest.mark.parametrize(("value", "words"), [(0.008, "+0.8 pp"), (-0.0123, "−1.2 pp")])
def test_points_carry_their_sign(value: float, words: str):
    assert points(value) == words


@pytest.mark.parametrize(("value", "words"), [(1204, "+1,204"), (-31, "−31"), (0, "0"), (-0.2, "0")])
def test_signed_numbers_carry_their_sign(value: float, words: str):
    assert signed(value) == words


def test_names_from_data_never_become_markup():
    assert escape("**Ann** :red[x] <b> [y](http://z) $a$") == (
        "\\*\\*Ann\\*\\* \\:red\\[x\\] \\<b\\> \\[y\\]\\(http\\:/:gray[]/z\\) \\$a\\$"
    )
    assert escape("www.z.dk ann@z.dk a/b") == "www:gray[]\\.z\\.dk ann@:gray[]z\\.dk a/b"


@pytest.mark.parametrize(("name", "theme"), [("light", LIGHT), ("dark", DARK)])
def test_the_theme_has_the_colours_of_the_pictures(name: str, theme: Theme):
    set_ = tomllib.loads(CONFIG.read_text("utf-8"))["theme"][name]
    assert (set_["backgroundColor"], set_["textColor"]) == (theme.background, theme.text)
    assert (set_["secondaryBackgroundColor"], set_["borderColor"]) == (theme.surface, theme.grid)
    assert (set_["blueColor"], set_["orangeColor"]) == (theme.climbed, theme.slipped)
    assert set_["chartCategoricalColors"][:3] == [theme.climbed, theme.slipped, theme.stayed]


def test_the_server_keeps_to_this_machine_and_tells_nobody():
    config = tomllib.loads(CONFIG.read_text("utf-8"))
    assert config["server"]["address"] == "127.0.0.1"
    assert config["browser"]["gatherUsageStats"] is False
    assert config["server"]["enableAgentApi"] is False
    assert config["client"] | {"showErrorDetails": "none", "disableDataExport": True} == config["client"]


def test_a_slow_answer_is_worked_out_beside_the_page_and_then_stays():
    released, calls = Event(), []

    def slow() -> str:
        released.wait(10)
        calls.append(1)
        return "worth it"

    assert answer_later("state", "slow", (1,), slow) is None
    assert answer_later("state", "slow", (1,), slow) is None
    released.set()
    found = next(found for _ in range(1000) if (found := _soon(slow)) is not None)
    assert (found, len(calls)) == ("worth it", 1)


def _soon(slow) -> str | None:
    Event().wait(0.01)
    return answer_later("state", "slow", (1,), slow)


def test_an_import_that_lands_meanwhile_is_not_kept_under_the_name_of_the_state_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = make_workspace(
        tmp_path / "w", {"transactions": [order("ann", "2024-01-31")]}, ladder_of("orders() >= 1")
    )
    key, build = derived_key(folder), cache.build

    def interrupted(*given, **named):
        add_import(Folder(folder.path), "transactions", [order("bob", "2024-01-31")])
        return build(*given, **named)

    monkeypatch.setattr(cache, "build", interrupted)
    assert cache.open_placed(folder).key == key


def test_the_name_of_a_rung_is_no_markup_in_the_answer(tiny: Placed):
    scenario = Scenario(Incentive("client", climb_to=0.2, contact_cost=1.0), margin=0.4)
    assert "*\\[x\\]\\(y\\)*" in result_in_words(what_if(tiny, scenario), {"client": "[x](y)"})


def test_a_search_in_a_list_tells_how_many_it_found(tiny: Placed):
    found = matching(standing(tiny, "customer"), "CA")
    assert (found.total, found.frame["customer_id"].tolist()) == (1, ["cat"])
