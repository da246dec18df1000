"""The frame of every page: its question as headline, the period it looks at, and the one place errors are drawn."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Concatenate, ParamSpec, TypeVar

import streamlit as st

from ladder.errors import LadderError
from ladder.placement import Placed
from ladder.ui.building import placed_or_stopped
from ladder.ui.cache import answer
from ladder.ui.controls import choose, shared_parameters
from ladder.ui.erased import erasures
from ladder.ui.formats import day
from ladder.ui.places import page_file
from ladder.ui.workspaces import open_folder
from ladder.workspace import Folder

Answer = TypeVar("Answer")
Given = ParamSpec("Given")
PERIODS_BACK = {
    "1": "vs a period before",
    "3": "vs 3 periods before",
    "6": "vs 6 periods before",
    "12": "vs 12 periods before",
}
_ADDRESS = re.compile(r"(?<=/)(?=/)|(?<=@)|(?<=www)(?=\\\.)", re.IGNORECASE)
MONTHS_BACK = {
    "1": "vs a month before",
    "3": "vs 3 months before",
    "6": "vs 6 months before",
    "12": "vs a year before",
}


@dataclass(frozen=True)
class View:
    """What a page looks at: the placed workspace, a period end, and an earlier one to compare with.

    `compare` is None at the first period end; `back` is how many period ends lie between the two; `seen` are the
    erasures that the workspace had when the page was opened.
    """

    folder: Folder
    placed: Placed
    as_of: date
    compare: date | None
    back: int = 1
    seen: int = 0

    def ends(self, most: int) -> tuple[date, ...]:
        """Period ends up to `as_of` in steps of the comparison, oldest first."""
        periods = self.placed.periods
        last = periods.index(self.as_of)
        return tuple(reversed([periods[index] for index in range(last, -1, -self.back)][:most]))

    @property
    def currency(self) -> str:
        return self.placed.settings.currency

    @property
    def titles(self) -> dict[str, str]:
        """What people read for each rung."""
        return {rung.name: rung.label for rung in self.placed.ladder.rungs}

    def ask(
        self,
        question: Callable[Concatenate[Placed, Given], Answer],
        *args: Given.args,
        **kwargs: Given.kwargs,
    ) -> Answer:
        """The answer to a question of the package, kept until data, ladder or settings change."""
        name = f"{question.__module__}.{question.__qualname__}"
        return self.keep(
            name, (args, tuple(sorted(kwargs.items()))), lambda: question(self.placed, *args, **kwargs)
        )

    def keep(self, name: str, given: Any, compute: Callable[[], Answer]) -> Answer:
        """What `compute` gives, under a name and what it was given; kept as long as an answer."""
        found: Answer = answer(f"{self.placed.key} {self.placed.settings}", name, given, compute)
        return found


def placed_workspace(folder: Folder) -> Placed:
    """The workspace with every customer on a rung; says so while that takes its time, and may be stopped."""
    placed = placed_or_stopped(folder, "Placing every customer on the ladder …")
    if placed is None:
        st.stop()
    return placed


def open_page(question: str, *, period: bool = True, compare: bool = True) -> View:
    """Write the headline and, where the page has them, the period controls.

    Stops with a way forward when there are no data yet.
    """
    folder = open_folder()
    top = headline(question)
    if not folder.imports():
        draw_empty()
        st.stop()
    seen = erasures(folder)
    placed = placed_workspace(folder)
    if not period:
        return View(folder, placed, placed.last, _earlier(placed.periods, placed.last, 1), seen=seen)
    with top.container(horizontal=True, width="content", gap="xsmall", key="period"):
        as_of, back = _period(placed, compare)
    return View(folder, placed, as_of, _earlier(placed.periods, as_of, back), back, seen)


def headline(question: str) -> Any:
    """The one question of a page, large; returns the line it stands on, for controls beside it."""
    line = st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="headline"
    )
    line.header(question, anchor=False, width="content")
    return line


def _period(placed: Placed, compare: bool) -> tuple[date, int]:
    ends = placed.periods
    newest_first = {end.isoformat(): day(end) for end in reversed(ends)}
    back = MONTHS_BACK if placed.ladder.period == "month" else PERIODS_BACK
    bare = {"label_visibility": "collapsed"}
    chosen = date.fromisoformat(
        choose("As of", "as_of", newest_first, ends[-1].isoformat(), width=135, **bare)
    )
    if not compare:
        return chosen, 1
    return chosen, int(choose("Compared with", "compare", back, "1", width=170, **bare))


def _earlier(ends: tuple[date, ...], as_of: date, steps: int) -> date | None:
    index = ends.index(as_of)
    return ends[max(index - steps, 0)] if index else None


def draw_error(error: LadderError) -> None:
    """An error in words: what happened, to what, and what to do next."""
    with st.container(border=True, gap="xsmall", key="error"):
        st.markdown(f":orange[:material/error:] **{escape(error.title)}**")
        st.markdown(escape(error.message))
        if error.hint:
            st.caption(escape(error.hint))


def draw_empty() -> None:
    """The first view of a workspace without data."""
    with st.container(border=True, gap="xsmall", key="empty"):
        st.markdown("**There are no data here yet.**")
        st.markdown("One table with customers and dates is enough, such as an export of your orders.")
        st.page_link(
            page_file("data"),
            label="Bring your data",
            icon=":material/upload:",
            query_params=shared_parameters(),
        )


def draw_too_little(what: str, needed: str) -> None:
    """Too little data for an answer: says how much is needed."""
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{escape(what)}**")
        st.caption(escape(needed))


def draw_notes(notes: Sequence[str]) -> None:
    """What must be known about the figures above, small, one line each."""
    if notes:
        st.caption("\n".join(f"- {escape(note)}" for note in notes))


def escape(text: str) -> str:
    """Text as it is: Markdown, directives, colours and addresses in names and cells stay plain characters."""
    plain = "".join(f"\\{letter}" if letter in "\\`*_{}[]()<>#+-.!|~$:=^" else letter for letter in text)
    # Addresses become links after Markdown is read, escaped or not, unless something stands in them: an empty span.
    return _ADDRESS.sub(":gray[]", plain)
