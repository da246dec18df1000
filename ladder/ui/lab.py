"""The Rung lab: the ladder in use beside another one, on the same customers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from ladder import lab
from ladder.errors import LadderError
from ladder.lab import Crossing, Flapping, Pair, Separation
from ladder.lab.comparison import elsewhere, flaps
from ladder.model.ladder import LAPSED, Ladder
from ladder.people import People
from ladder.people.members import title
from ladder.pictures.figures import rung_history_figure
from ladder.placement import Placed
from ladder.ui.building import is_done
from ladder.ui.controls import choose, segments
from ladder.ui.formats import count, day, share
from ladder.ui.grids import show_crossing
from ladder.ui.jobs import Tell
from ladder.ui.kpi_strip import Tile, kpi_picture
from ladder.ui.page import View, draw_error, escape
from ladder.ui.picks import crossed_as
from ladder.ui.picture import show_picture
from ladder.ui.plots import plot
from ladder.ui.rules import DRAFT, drafted, draw_warnings, keep, offered, titles, try_on, use
from ladder.ui.tables import table

LEGEND_COLUMNS = 3
ABOUT = (
    "Of two customers on the same day, of whom one buys (or spends more) within 90 days: how often does that one "
    "stand higher? 1 is always, 0.5 is a coin; equal rungs count half. Compared are all who are known on the day, "
    "lapsed included, at every period end with 90 days behind it; nothing later than the date above is used. The "
    "range of the difference is where it lies with 95% certainty. Whoever tries many ladders and keeps the best one "
    "flatters it."
)


def show_lab(view: View) -> None:
    """Two ladders: counts over time, who would stand elsewhere, flapping, which one tells more."""
    ladders = others(view)
    if not ladders:
        st.markdown("There is no other ladder to compare with. Change a rule in the editor, and come back.")
        return
    name = choose(
        "Beside the ladder in use",
        "against",
        _titles(ladders, view),
        next(iter(ladders)),
        width=360,
        help="A ladder that comes with the program, a saved version, or the draft in the editor.",
    )
    both = beside(view, ladders[name])
    if both is None:
        return
    end = both.end(view.as_of)
    if end != view.as_of:
        st.caption(f":material/info: On {day(end)}, the latest day on which both ladders have a period end.")
    crossing = view.keep("crossing", (both.b.key, end), lambda: lab.crossing(both, end))
    flapping = view.keep("flapping", (both.b.key, end), lambda: lab.flapping(both, end))
    draw_warnings(both.b)
    verdict = st.container()
    _actions(view, ladders[name], name)
    _history(view, both, end)
    _matrix(view, both, crossing, name)
    _flapping(both, flapping)
    with verdict:
        # Last, because it may take its time; everything else can be read meanwhile.
        _verdict(both, crossing, flapping, _tells(view, both, end))


def others(view: View) -> dict[str, Ladder]:
    """Ladders that the one in use may be compared with, by name: the draft in the editor first."""
    known = {name: ladder for name, ladder in offered(view.folder).items() if ladder != view.placed.ladder}
    saved = dict(sorted(known.items(), key=lambda item: item[1].id != view.placed.ladder.id))
    draft = drafted(view.folder)
    return {DRAFT: draft} | saved if draft else saved


def beside(view: View, other: Ladder) -> Pair | None:
    """The workspace as placed, beside the same on another ladder; None where the visitor has stopped it."""
    placed = try_on(view, other)
    return view.keep("pair", placed.key, lambda: lab.pair(view.placed, placed)) if placed else None


def crossed_people(view: View, parts: Sequence[str], on: date, shown: int | None) -> People:
    """Those of a cell: the name of the other ladder, the rung in use, the rung on the other; empty is any."""
    name, rung_a, rung_b = parts
    ladders = others(view)
    both = beside(view, ladders[name]) if name in ladders else None
    if both is None:
        raise LadderError(
            "This list cannot be shown", "The ladder it is about is gone.", "Choose one and click again."
        )
    one, other = (rung or None for rung in (rung_a, rung_b))
    given = (both.b.key, on, one, other, shown)
    return view.keep("crossed", given, lambda: lab.crossed(both, on, rung_a=one, rung_b=other, shown=shown))


def _titles(ladders: dict[str, Ladder], view: View) -> dict[str, str]:
    known = titles(ladders, view.placed.ladder)
    if DRAFT in ladders:
        known[DRAFT] = f"The draft in the editor: {known[DRAFT]}"
    return known


def _tells(view: View, both: Pair, end: date) -> Separation | LadderError | None:
    """Which ladder tells more, or why that cannot be told; None where the visitor has stopped it."""

    def compute(tell: Tell | None = None) -> Separation | LadderError:
        try:
            return lab.separation(both, end, progress=tell)
        except LadderError as error:
            return error

    def keep_it(tell: Tell) -> None:
        view.keep("separation", given, lambda: compute(tell))

    given = (both.b.key, end)
    key = f"separation {view.placed.key} {both.b.key} {end}"
    if not is_done(key, "Comparing with what came in the 90 days after each period end …", keep_it):
        return None
    return view.keep("separation", given, compute)


def _verdict(
    both: Pair, crossing: Crossing, flapping: Flapping, tells: Separation | LadderError | None
) -> None:
    """The answer: tiles about the other ladder against the one in use, then the same in sentences."""
    in_use, other = (escape(name) for name in both.names)
    st.markdown(f"**{other}** beside **{in_use}**, which is in use, on {day(crossing.as_of)}")
    found = [_elsewhere_tile(crossing), _flapping_tile(flapping)]
    found += _separation_tiles(tells) if isinstance(tells, Separation) else []
    show_picture(kpi_picture(found), "lab-verdict")
    sentences = [elsewhere(crossing, both.names), flaps(flapping, both.names)]
    sentences += tells.sentences if isinstance(tells, Separation) else []
    st.markdown("\n".join(f"- {escape(sentence)}" for sentence in sentences))
    if isinstance(tells, LadderError):
        draw_error(tells)
    elif tells:
        spread = f"{day(tells.ends[0])} to {day(tells.ends[-1])}, {len(tells.ends)} period ends"
        st.caption(escape(f"Which tells better: {spread}."), help=ABOUT)


def _elsewhere_tile(found: Crossing) -> Tile:
    about = "customers whose rung would have another name"
    if found.comparable:
        below = f"{count(found.higher)} higher, {count(found.lower)} lower"
    else:
        below = f"{share(found.elsewhere / found.customers)} of {count(found.customers)}"
    return Tile("Would stand elsewhere", about, count(found.elsewhere), below)


def _flapping_tile(found: Flapping) -> Tile:
    now, before = found.share("b"), found.share("a")
    about = "moves that are taken back at the next period end, as a share of all"
    if now is None:
        return Tile("Moves undone", f"{about}: there are none", "—")
    below = "" if before is None else f"in use {share(before)}"
    return Tile(
        "Moves undone", about, share(now), below, 0 if before is None else (now < before) - (now > before)
    )


def _separation_tiles(found: Separation) -> list[Tile]:
    labels = {
        "buys": ("Tells who buys", "within 90 days, buyers from others; 0.5 is a coin, 1 is perfect"),
        "spend": ("Tells who spends", "within 90 days, more from less; 0.5 is a coin, 1 is perfect"),
    }
    good = {"a": -1, "b": 1, "": 0}
    return [
        Tile(
            *labels[item.measure],
            f"{item.b:.3f}",
            f"in use {item.a:.3f}"
            + (", no clear difference" if not item.better and item.low is not None else ""),
            good[item.better],
        )
        for item in found.measured
    ]


def _actions(view: View, other: Ladder, name: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if name == DRAFT:
            st.button(
                "Save as a version", type="primary", icon=":material/save:", on_click=keep,
                args=(view.folder, other),
            )  # fmt: skip
        st.button("Use this ladder", icon=":material/check:", on_click=use, args=(view.folder, other))
        st.caption(
            escape(f"{other.title}, version {other.version}{' (not saved yet)' if name == DRAFT else ''}")
        )


def _history(view: View, both: Pair, end: date) -> None:
    st.subheader("Who stood where", anchor=False)
    history = view.keep("lab history", (both.b.key, end), lambda: lab.history(both, end))
    rows_needed = -(-max(len(placed.ladder.rungs) + 1 for placed in (both.a, both.b)) // LEGEND_COLUMNS)
    for column, which, placed, name in zip(st.columns(2), "ab", (both.a, both.b), both.names, strict=True):
        with column:
            st.markdown(f"**{escape(name)}**" + (" :gray[in use]" if which == "a" else ""))
            named = {rung.name: rung.label for rung in placed.ladder.rungs}
            rows = history[history["ladder"] == which]
            alt = f"Customers per rung over time, {name}"
            rungs = (LAPSED, *placed.ladder.names)
            plot(rung_history_figure, rows, named, rungs=rungs, legend_rows=rows_needed, alt=alt, key=which)


def _matrix(view: View, both: Pair, crossing: Crossing, name: str) -> None:
    st.subheader("Who would stand elsewhere", anchor=False)
    in_use, other = (escape(title) for title in both.names)
    st.caption(f"Rows: {in_use}, in use. Columns: {other}.")
    unit = segments("Figures", "unit", {"customers": "Customers", "share": "Share of row"}, "customers")
    show_crossing(
        crossing,
        (_named(both.a), _named(both.b)),
        both.names,
        lambda one, other: crossed_as(crossing.as_of, name, one, other),
        percent=unit == "share",
    )
    st.caption(
        ":material/check: Rows add up to the closing of the statement on the ladder in use, columns to the one on "
        "the other. A cell opens its people."
    )


def _flapping(both: Pair, found: Flapping) -> None:
    st.subheader("Moves undone at the next period end", anchor=False)
    for column, which, placed, name in zip(st.columns(2), "ab", (both.a, both.b), both.names, strict=True):
        rows = found.frame[found.frame["ladder"] == which]
        names = [title(placed, rung) if isinstance(rung, str) else "All rungs" for rung in rows["rung"]]
        with column:
            st.markdown(f"**{escape(name)}**" + (" :gray[in use]" if which == "a" else ""))
            table(
                rows.assign(name=names),
                f"Moves undone, {which}",
                {
                    "name": ("text", "Moved to"),
                    "moves": ("count", "Moves", "at period ends that have another one after them"),
                    "undone": ("count", "Undone", "back where they came from at the next period end"),
                    "share": ("share", "Share"),
                },
            )


def _named(placed: Placed) -> dict[str, str]:
    """Titles by state, from the bottom up."""
    return {state: title(placed, state) for state in (LAPSED, *placed.ladder.names)}
