"""The Sankey picture: who stood where at each period end, and every move in between."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import ceil

from ladder.flows import Series
from ladder.model.ladder import LAPSED, NOT_YET
from ladder.pictures import wording
from ladder.pictures.palette import MOVEMENTS
from ladder.pictures.sankey_layout import Band, Lane, Node, SankeyLayout, sankey_layout
from ladder.pictures.style import root
from ladder.pictures.svg import Element, Picture, element, text

EVERY_MOVE = "Every move is drawn"
_SWATCH = 12.0


@dataclass(frozen=True)
class _Wishes:
    """What the caller may choose."""

    titles: Mapping[str, str]
    missing: Collection[str]
    fold_below: float
    note: str
    interactive: bool


def sankey_picture(
    series: Series,
    *,
    titles: Mapping[str, str] | None = None,
    missing: Collection[str] = (),
    fold_below: float = 0.002,
    note: str = EVERY_MOVE,
    interactive: bool = True,
) -> Picture:
    """The flows over 2 to 12 period ends, in both layouts.

    `titles` maps a state's name to what people read, `missing` names the rungs that are not in the data, `note`
    is said where nothing is folded. Bands under `fold_below` of all customers are folded into “other”.
    """
    wishes = _Wishes(_named(titles), missing, fold_below, note, interactive)
    return Picture(_drawn(series, wishes, compact=False), _drawn(series, wishes, compact=True))


def sankey_svg(
    series: Series,
    *,
    titles: Mapping[str, str] | None = None,
    missing: Collection[str] = (),
    fold_below: float = 0.002,
    compact: bool = False,
) -> str:
    """SVG text of one layout; see `sankey_picture`.

    Bands carry `data-kind="move"`, `data-from`, `data-to` and `data-index` (the earlier period end); nodes
    `data-kind="node"`, `data-state`, `data-index`; folded bands `data-kind="other"` with `data-from` or `data-to`.
    """
    return _drawn(series, _Wishes(_named(titles), missing, fold_below, EVERY_MOVE, True), compact)


def _named(titles: Mapping[str, str] | None) -> dict[str, str]:
    return {LAPSED: "Lapsed", NOT_YET: "Joined", **(titles or {})}


def _drawn(series: Series, wishes: _Wishes, compact: bool) -> str:
    layout = sankey_layout(series, fold_below=wishes.fold_below, compact=compact)
    drawn = _Sankey(layout, wishes)
    return root(
        *drawn.elements(),
        rungs=max(1, len(layout.lanes) - 1),
        box=(layout.width, layout.height),
        size=(layout.width, layout.height),
        label=drawn.summary(),
    ).render()


class _Sankey:
    """Draws one layout; holds what every part needs to know."""

    def __init__(self, layout: SankeyLayout, wishes: _Wishes) -> None:
        self.layout = layout
        self.wishes = wishes
        self.titles = wishes.titles
        self.tones = {lane.state: f"fill:var(--rw-rung-{n})" for n, lane in enumerate(reversed(layout.lanes))}
        self.tones[LAPSED] = "fill:var(--rw-pool)"
        xs = sorted({node.box.x for node in layout.nodes})
        self.step = xs[1] - xs[0]

    def summary(self) -> str:
        """The picture in one sentence for those who do not see it."""
        first, last = self.layout.ends[0], self.layout.ends[-1]
        moved = dict.fromkeys(MOVEMENTS, 0)
        for band in self.layout.bands:
            if band.direction in moved:
                moved[band.direction] += band.customers
        counts = ", ".join(
            f"{wording.count(customers)} {direction}" for direction, customers in moved.items()
        )
        period = f"{wording.day(first)} to {wording.day(last)}"
        if self.wishes.note != EVERY_MOVE:
            # Sums over the moves that are drawn would pass for sums over all of them.
            return f"Moves between rungs from {period}. {self.wishes.note}."
        return f"Moves between rungs from {period}: {counts}{self._folded_words()}."

    def elements(self) -> list[Element]:
        bands = sorted(
            self.layout.bands, key=lambda band: (band.index, band.direction != "stayed", -band.customers)
        )
        return [
            *self._heading(),
            *(self._lane(lane) for lane in self.layout.lanes),
            element("g", *(self._band(band) for band in bands), class_="bands"),
            *(self._node(node) for node in self.layout.nodes if node.customers),
            *(self._lane_title(lane) for lane in self.layout.lanes),
            *self._counts(),
            *self._dates(),
        ]

    def _folded_words(self) -> str:
        folds = self.layout.folds
        if not folds:
            return ""
        moves, customers = sum(fold.moves for fold in folds), sum(fold.customers for fold in folds)
        return f"; other: {wording.count(moves)} small moves, {wording.people(customers)}"

    def _heading(self) -> list[Element]:
        first, last = (wording.day(end) for end in (self.layout.ends[0], self.layout.ends[-1]))
        folded = self._folded_words().removeprefix("; ").capitalize()
        if self.layout.compact:
            lines = ["Who moved where", f"{first} to {last}", folded or self.wishes.note]
        else:
            limit = f", each under {wording.share(self.wishes.fold_below)} of all" if folded else ""
            lines = [f"Who moved where, {first} to {last}", f"{folded}{limit}" or self.wishes.note]
        x = 0.0 if self.layout.compact else 24.0
        written = [text(x, 26 + 20 * n, line, "muted" if n else "heading") for n, line in enumerate(lines)]
        return [*written, *self._legend(x, 26 + 20 * len(lines) + 6)]

    def _legend(self, left: float, y: float) -> list[Element]:
        found, x = [], left
        for name in (*MOVEMENTS, *(["other"] if self.layout.folds else [])):
            room = _SWATCH + 6 + wording.text_width(name, 13) + 8
            if x + room > self.layout.width:
                x, y = left, y + 20
            found += [
                element("rect", class_=f"band {name}", x=x, y=y - 10, width=_SWATCH, height=_SWATCH, rx=2),
                text(x + _SWATCH + 6, y, name, "small muted"),
            ]
            x += room
        return found

    def _lane(self, lane: Lane) -> Element:
        y = lane.box.bottom + 0.5
        return element("line", class_="lane", x1=lane.box.x, y1=y, x2=lane.box.right, y2=y)

    def _lane_title(self, lane: Lane) -> Element:
        title, box = self.titles.get(lane.state, lane.state), lane.box
        if self.layout.compact:
            return text(box.x, box.y + 16, wording.shorten(title, 14, box.width), "lane-title halo")
        lines = wording.wrap(title, 14, box.x - 30, 2)
        y = min(box.middle + 12, box.bottom - 4) - 8 * (len(lines) - 1)
        spans = [element("tspan", line, x=24.0, y=y + 16 * n) for n, line in enumerate(lines)]
        return element("text", *spans, class_="lane-title")

    def _counts(self) -> list[Element]:
        """Customers above the nodes; only at both ends where there is no room for all."""
        last = len(self.layout.ends) - 1
        room = max(wording.text_width(wording.count(node.customers), 11) for node in self.layout.nodes)
        shown = range(last + 1) if room <= self.step and not self.layout.compact else (0, last)
        shown_nodes = [
            node
            for node in self.layout.nodes
            if node.index in shown and node.state not in self.wishes.missing
        ]
        return [*(self._count(node, last) for node in shown_nodes), *self._not_in_data()]

    def _not_in_data(self) -> list[Element]:
        lanes = [lane for lane in self.layout.lanes if lane.state in self.wishes.missing]
        return [
            text(lane.box.right, lane.box.bottom - 5, wording.MISSING, "small muted end") for lane in lanes
        ]

    def _count(self, node: Node, last: int) -> Element:
        x, side = node.box.x + node.box.width / 2, " centre"
        if self.layout.compact:
            x, side = (node.box.x, "") if node.index < last else (node.box.right, " end")
        return text(x, node.box.y - 5, wording.count(node.customers), f"small halo{side}")

    def _dates(self) -> list[Element]:
        y, room = self.layout.lanes[-1].box.bottom + 19, 70 if self.layout.compact else 54
        last = len(self.layout.ends) - 1
        shown = range(last % ceil(room / self.step), last + 1, ceil(room / self.step))
        found, year = [], 0
        for index in shown:
            end, x = self.layout.ends[index], self._column(index)
            side = "centre"
            if self.layout.compact and index in (0, last):
                side, x = ("start", x - 4) if index == 0 else ("end", x + 4)
            found.append(text(x, y, wording.day_of_year(end), f"small {side}"))
            if end.year != year:
                found.append(text(x, y + 16, str(end.year), f"small muted {side}"))
            year = end.year
        return found

    def _column(self, index: int) -> float:
        box = next(node.box for node in self.layout.nodes if node.index == index)
        return box.x + box.width / 2

    def _node(self, node: Node) -> Element:
        box, title = node.box, self.titles.get(node.state, node.state)
        words = f"{title} on {wording.day(self.layout.ends[node.index])}: {wording.people(node.customers)}"
        # A node of a few customers is thinner than a pixel; it is drawn with one so that it can be seen and hit.
        height = max(box.height, 1.0)
        bar = element(
            "rect", class_="node", x=box.x, y=box.bottom - height, width=box.width, height=height,
            style=self.tones[node.state],
        )  # fmt: skip
        hit = element(
            "rect", class_="hit", x=box.x - 3, y=box.y - 3, width=box.width + 6, height=box.height + 6
        )
        return self._mark(
            words, hit, bar, data_kind="node", data_state=node.state, data_index=str(node.index)
        )

    def _band(self, band: Band) -> Element:
        shape = element("path", class_=f"band {band.direction}", d=_outline(band))
        start, end = (wording.day(self.layout.ends[band.index + n]) for n in (0, 1))
        when = f"{start} to {end}: {wording.people(band.customers)}"
        if band.direction == "other":
            words = (
                f"{self._name(band.from_state or band.to_state)}, other moves, {when} in {_bands(band.moves)}"
            )
            kind = "other"
        else:
            words = f"{self._name(band.from_state)} → {self._name(band.to_state)}, {when}, {band.direction}"
            kind = "move"
        return self._mark(
            words,
            shape,
            data_kind=kind,
            data_from=band.from_state,
            data_to=band.to_state,
            data_index=str(band.index),
        )

    def _name(self, state: str | None) -> str:
        return self.titles.get(state, state) if state else ""

    def _mark(self, words: str, *children: Element, **data: str | None) -> Element:
        return element(
            "g",
            element("title", words),
            *children,
            class_="mark" if self.wishes.interactive else "still",
            role="button" if self.wishes.interactive else "img",
            tabindex=0 if self.wishes.interactive else None,
            aria_label=words,
            **data,
        )


def _outline(band: Band) -> str:
    """The band as a filled area: a ribbon between two nodes, a tapered stub where it has one end."""
    left, right, top, low = band.x_from, band.x_to, band.top_from, band.top_from + band.height
    middle = band.top_from + band.height / 2
    if band.direction == "other":
        if band.to_state is None:
            return f"M{left:.2f} {top:.2f}L{right:.2f} {middle:.2f}L{left:.2f} {low:.2f}Z"
        return f"M{right:.2f} {top:.2f}L{left:.2f} {middle:.2f}L{right:.2f} {low:.2f}Z"
    if band.direction == "joined":
        notch = left + min(8.0, band.height / 2)
        return f"M{left:.2f} {top:.2f}H{right:.2f}V{low:.2f}H{left:.2f}L{notch:.2f} {middle:.2f}Z"
    half = (left + right) / 2
    end, end_low = band.top_to, band.top_to + band.height
    return (
        f"M{left:.2f} {top:.2f}C{half:.2f} {top:.2f} {half:.2f} {end:.2f} {right:.2f} {end:.2f}"
        f"V{end_low:.2f}C{half:.2f} {end_low:.2f} {half:.2f} {low:.2f} {left:.2f} {low:.2f}Z"
    )


def _bands(moves: int) -> str:
    return "1 small band" if moves == 1 else f"{moves} small bands"
