"""The ladder picture: the rungs as bars between two rails, movement written on the rails."""

from __future__ import annotations

from collections.abc import Mapping

from ladder.flows import Overview, RungLine
from ladder.flows.rungs import REVENUE_DAYS
from ladder.model.ladder import LAPSED
from ladder.pictures import wording
from ladder.pictures.ladder_layout import Box, LadderLayout, RatePlace, RungPlace, ladder_layout
from ladder.pictures.ladder_words import explain_rate, explain_rung, summary
from ladder.pictures.style import root
from ladder.pictures.svg import Element, Picture, element, text

_COLUMNS = {"customers": 630.0, "change": 738.0, "revenue": 848.0, "clv": 936.0}
_MARGIN = 24.0


def ladder_picture(
    overview: Overview, *, interactive: bool = True, absent: Mapping[str, str] | None = None
) -> Picture:
    """The ladder in both layouts; see `ladder_svg`."""
    return Picture(
        ladder_svg(overview, interactive=interactive, absent=absent),
        ladder_svg(overview, compact=True, interactive=interactive, absent=absent),
    )


def ladder_svg(
    overview: Overview,
    *,
    width: float | None = None,
    compact: bool = False,
    interactive: bool = True,
    absent: Mapping[str, str] | None = None,
) -> str:
    """SVG text of the ladder, `width` px wide (None: 960, or 344 when compact).

    With `interactive` every mark is a button, without it an image. Marks carry `data-kind` (rung, climb, slip)
    and `data-rung`, the rung's name or "lapsed". `absent` says for a rung without figures, by name, why it has
    none (default: it is not in the data).
    """
    layout = ladder_layout(overview, compact=compact)
    drawn = _Ladder(overview, layout, interactive, absent or {})
    scale = (width or layout.width) / layout.width
    return root(
        *drawn.elements(),
        rungs=len(layout.rungs),
        box=(layout.width, layout.height),
        size=(layout.width * scale, layout.height * scale),
        label=summary(overview, absent or {}),
        data_as_of=overview.as_of.isoformat(),
        data_compare=overview.compare.isoformat() if overview.compare else None,
    ).render()


class _Ladder:
    """Draws one layout; holds what every part needs to know."""

    def __init__(
        self, overview: Overview, layout: LadderLayout, interactive: bool, absent: Mapping[str, str]
    ) -> None:
        self.overview = overview
        self.layout = layout
        self.compact = layout.measures.compact
        self.interactive = interactive
        self.absent = absent
        lines = (overview.lapsed, *overview.rungs)
        self.revenue = wording.amounts([line.revenue for line in lines])
        self.clv = wording.amounts([line.clv for line in lines])

    def elements(self) -> list[Element]:
        rails = [
            element(
                "rect",
                class_="rail",
                x=rail.x,
                y=rail.y,
                width=rail.width,
                height=rail.height,
                rx=rail.width / 2,
            )
            for rail in self.layout.rails
        ]
        places = (*self.layout.rungs, self.layout.pool)
        marks = [(place.row.y, place.row.x, self._rung(place)) for place in places]
        marks += [(rate.box.y, rate.box.x, self._rate(rate)) for rate in self.layout.rates]
        # The order in the file is the order of the Tab key: from the top rung down, left before right.
        marks.sort(key=lambda mark: mark[:2])
        return [*self._heading(), *rails, *(mark for _, _, mark in marks)]

    def _heading(self) -> list[Element]:
        as_of, customers = wording.day(self.overview.as_of), self.overview.customers
        known = "customers known: hidden" if customers is None else f"{wording.people(customers)} known"
        since = f"movement since {wording.day(self.overview.compare)}" if self.overview.compare else ""
        if self.compact:
            lines = ("Where customers stand", f"{as_of} · {known}", since)
        else:
            lines = (
                f"Where customers stand on {as_of}",
                " · ".join(part for part in (known, since) if part),
                "",
            )
        x = 0.0 if self.compact else _MARGIN
        heading, *facts = (
            text(x, 26 + 20 * n, line, "heading" if n == 0 else "muted") for n, line in enumerate(lines)
        )
        return [heading, *facts, *self._column_heads()]

    def _column_heads(self) -> list[Element]:
        m, compare = self.layout.measures, self.overview.compare
        low = self.layout.rails[0].y - 8
        heads = []
        if compare:
            heads += [
                text(m.rail_left, low, "▲ climbed", "small climbed"),
                text(m.rail_right, low, "slipped ▼", "small slipped end"),
            ]
        if not self.compact:
            currency = self.overview.currency
            heads += _column_head("customers", low, "Customers", "share of known")
            heads += _column_head("change", low, "Change", "") if compare else []
            if any(self.revenue):
                heads += _column_head("revenue", low, f"Revenue {currency}", f"last {REVENUE_DAYS} days")
            if any(self.clv):
                heads += _column_head("clv", low, f"CLV {currency}", "each")
        return heads

    def _rung(self, place: RungPlace) -> Element:
        figures = self._compact_figures(place) if self.compact else self._figures(place)
        missing = place.line.customers is None
        return self._mark(
            explain_rung(self.overview, place.line, self._absence(place.line)),
            place.row,
            *(_pool(place.step, self.compact) if place.position == 0 else _step(place.step, missing)),
            _bar(place),
            *figures,
            clickable=not missing,
            data_kind="rung",
            data_rung=place.line.name,
        )

    def _figures(self, place: RungPlace) -> list[Element]:
        line, middle = place.line, place.step.middle
        first = middle + 5.5 - 9 * (len(place.title) - 1)
        title = [text(_MARGIN, first + 18 * n, part, "title") for n, part in enumerate(place.title)]
        if line.customers is None:
            return [*title, text(place.step.x + 14, middle + 4.5, self._absence(line), "muted")]
        cells = [
            _cell("customers", middle - 1, wording.count(line.customers), "figure"),
            _cell(
                "customers",
                middle + 16,
                "" if line.share is None else wording.share(line.share),
                "small muted",
            ),
            _cell("revenue", middle + 5, self.revenue[place.position], "cell"),
            _cell("clv", middle + 5, self.clv[place.position], "cell"),
        ]
        if line.change is not None:
            relative = wording.relative_change(line.customers, line.change)
            cells += [
                _cell(
                    "change",
                    middle - 1 if relative else middle + 5,
                    wording.change(line.change),
                    f"cell {_tone(line)}",
                ),
                _cell("change", middle + 16, relative, "small muted"),
            ]
        return [*title, *cells]

    def _compact_figures(self, place: RungPlace) -> list[Element]:
        line, step = place.line, place.step
        left, right, above = step.x + 10, step.right - 10, step.y - 8
        below = step.bottom + (17 if place.position else 20)
        title = text(left, above, place.title[0], "title")
        if line.customers is None:
            return [title, text(right, above, self._absence(line), "muted end")]
        change = "" if line.change is None else wording.change(line.change)
        share = "" if line.share is None else f"{wording.share(line.share)}\u2003"
        low = element(
            "text", share, element("tspan", change, class_=_tone(line)), x=left, y=below, class_="small"
        )
        clv = "" if line.clv is None else f"CLV {self._money(line.clv)}"
        return [
            title,
            text(right, above, wording.count(line.customers), "figure end"),
            low,
            text(right, below, clv, "small end"),
        ]

    def _rate(self, place: RatePlace) -> Element:
        up, m = place.kind == "climb", self.layout.measures
        tone = "climbed" if up else "slipped"
        inset = 9 if self.compact else 12
        x, y = (place.box.x + inset if up else place.box.right - inset), place.box.middle
        share = element("tspan", wording.share(place.rate), class_=f"rate {tone}")
        count = element("tspan", self._rate_count(place), class_="muted")
        parts = (share, "\u2002", count) if up else (count, "\u2002", share)
        rail = self.layout.rails[0 if up else 1]
        arrow = element(
            "path", class_=f"arrow {tone}", d=_arrow(rail.x + rail.width / 2, y, up, 6 if m.compact else 8)
        )
        words = element("text", *parts, x=x, y=y + 4.5, class_="small" if up else "small end")
        return self._mark(
            explain_rate(self.overview, place.kind, place.line),
            place.box,
            arrow,
            words,
            data_kind=place.kind,
            data_rung=place.line.name,
        )

    def _rate_count(self, place: RatePlace) -> str:
        """How many moved; next to the pool also in which way, for those moves have names of their own."""
        number = "" if place.customers is None else wording.count(place.customers)
        if place.line.name == LAPSED:
            named = f"{number} returned".strip()
        elif place.kind == "slip" and place.line == self.overview.rungs[0]:
            named = f"lapsed {number}".strip()
        else:
            return number
        fits = wording.text_width(f"{named} {wording.share(place.rate)}", 13) < place.box.width - 16
        return named if fits else number

    def _mark(self, words: str, hit: Box, *children: Element, clickable: bool = True, **data: str) -> Element:
        button = self.interactive and clickable
        return element(
            "g",
            element("title", words),
            element("rect", class_="hit", x=hit.x, y=hit.y, width=hit.width, height=hit.height, rx=4),
            *children,
            class_="mark" if button else "still",
            role="button" if button else "img",
            tabindex=0 if button else None,
            aria_label=words,
            **data,
        )

    def _absence(self, line: RungLine) -> str:
        return self.absent.get(line.name, wording.MISSING)

    def _money(self, amount: float | None) -> str:
        return "" if amount is None else wording.money(amount, self.overview.currency)


def _cell(column: str, y: float, content: str, classes: str) -> Element:
    return text(_COLUMNS[column], y, content, f"{classes} end")


def _column_head(column: str, y: float, name: str, about: str) -> list[Element]:
    low = _cell(column, y, about or name, "small muted")
    return [_cell(column, y - 17, name, "small muted"), low] if about else [low]


def _tone(line: RungLine) -> str:
    """More people is the blue side, fewer the orange one; in the lapsed pool it is the other way round."""
    if not line.change:
        return "muted"
    return "climbed" if (line.change > 0) != (line.name == LAPSED) else "slipped"


def _step(step: Box, missing: bool) -> list[Element]:
    classes = "step missing" if missing else "step"
    return [element("rect", class_=classes, x=step.x, y=step.y, width=step.width, height=step.height)]


def _pool(step: Box, compact: bool) -> list[Element]:
    rim, depth, r = (6, 4, 8) if compact else (14, 6, 10)
    left, right, low = step.x - rim, step.right + rim, step.bottom + depth
    basin = f"M{left:g} {step.y:g}V{low - r:g}Q{left:g} {low:g} {left + r:g} {low:g}"
    basin += f"H{right - r:g}Q{right:g} {low:g} {right:g} {low - r:g}V{step.y:g}"
    return [element("path", class_="pool", d=basin)]


def _bar(place: RungPlace) -> Element:
    tone = f"fill:var(--rw-rung-{place.position})" if place.position else "fill:var(--rw-pool)"
    bar = place.bar
    shown = bar.width if not place.line.customers else max(bar.width, 1.5)
    return element("rect", class_="bar", x=bar.x, y=bar.y, width=shown, height=bar.height, style=tone)


def _arrow(x: float, y: float, up: bool, half: float) -> str:
    tip, foot = (y - half, y + half * 0.75) if up else (y + half, y - half * 0.75)
    return f"M{x:g} {tip:g}L{x + half:g} {foot:g}H{x - half:g}Z"
