"""A snapshot as one static HTML page: no script, no request, every text escaped, dark and light, screen and paper."""

from __future__ import annotations

from html import escape
from importlib import resources

from ladder.pictures import wording
from ladder.pictures.palette import FONT_FAMILY, css_variables
from ladder.sharing.drawing import HIDDEN, ladder_drawing, sankey_drawing
from ladder.sharing.movement import NOT_YET_STATE
from ladder.sharing.snapshot import Snapshot

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
)
DOT = "•"
_CSS = resources.files("ladder.sharing").joinpath("page.css").read_text("utf-8")


def render_page(snapshot: Snapshot) -> str:
    """The whole page."""
    sections = [_head(snapshot)]
    if "kpis" in snapshot.blocks:
        sections.append(_kpis(snapshot))
    if "ladder" in snapshot.blocks:
        sections.append(f'<section class="picture">{ladder_drawing(snapshot)}</section>')
    if "sankey" in snapshot.blocks:
        sections.append(_sankey(snapshot))
    if "flows" in snapshot.blocks and len(snapshot.ends) > 1:
        sections.append(f"<section><h2>Who moved</h2>{_flows(snapshot, len(snapshot.ends) - 2)}</section>")
    sections += [_terms(snapshot), _foot(snapshot)]
    return _document(snapshot.title, "".join(sections), len(snapshot.rungs))


def render_not_found() -> str:
    """The one answer to every token that does not open a page."""
    words = "It may have been withdrawn or have expired, or the address is not complete."
    ask = "Ask the person who sent it for a new one."
    body = f"<header><h1>This link does not open anything</h1></header><p>{words}</p><p>{ask}</p>"
    return _document("Not found", body, 1)


def _document(title: str, body: str, rungs: int) -> str:
    style = css_variables(rungs, "body") + _CSS.replace("FONT_FAMILY", FONT_FAMILY)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{CONTENT_SECURITY_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex, nofollow"><meta name="referrer" content="no-referrer">'
        f"<title>{escape(title)}</title><style>{style}</style></head>"
        f"<body><main>{body}</main></body></html>\n"
    )


def _head(snapshot: Snapshot) -> str:
    facts = [f"As of {wording.day(snapshot.as_of)}"]
    if snapshot.compare:
        facts.append(f"movement since {wording.day(snapshot.compare)}")
    if snapshot.hidden:
        facts.append(f"{_groups(snapshot.hidden)} hidden")
    return f'<header><h1>{escape(snapshot.title)}</h1><p class="quiet">{" · ".join(facts)}</p></header>'


def _kpis(snapshot: Snapshot) -> str:
    totals = snapshot.totals
    cards = [
        ("Customers known", _count(totals.customers), _change(totals.customers_change), ""),
        ("On the ladder", _count(totals.on_ladder), _change(totals.on_ladder_change), ""),
    ]
    if snapshot.compare:
        cards += [
            ("Climbed", _share(totals.climb_rate), _movers(totals.climbed), "climbed"),
            ("Slipped or lapsed", _share(totals.slip_rate), _movers(totals.slipped), "slipped"),
            ("Joined", _count(totals.joined), f"since {wording.day(snapshot.compare)}", ""),
        ]
    drawn = "".join(
        f'<div><dt>{name}</dt><dd class="figure {tone}">{figure}</dd><dd class="quiet">{about}</dd></div>'
        for name, figure, about, tone in cards
    )
    return f'<section><dl class="kpis">{drawn}</dl></section>'


def _sankey(snapshot: Snapshot) -> str:
    steps = list(range(len(snapshot.ends) - 1))
    if not steps:
        return ""
    picture = sankey_drawing(snapshot)
    if picture is None:
        few = "The size of a rung is hidden, and the picture would give it away."
        picture = f'<h2>Who moved where</h2><p class="quiet">{few} The tables hold what can be shown.</p>'
    if "flows" in snapshot.blocks:
        steps.pop()
    tables = "".join(_flows(snapshot, step) for step in reversed(steps))
    twin = f"<details><summary>The same figures as tables</summary>{tables}</details>" if tables else ""
    return f'<section class="picture">{picture}</section>{twin}'


def _flows(snapshot: Snapshot, step: int) -> str:
    """One table of moves: from the rows to the columns, top rung first."""
    start, end = (wording.day(snapshot.ends[step + n]) for n in (0, 1))
    states = range(len(snapshot.states) - 1, -1, -1)
    label = f"Customers by where they stood on {start} (rows) and on {end} (columns)"
    hidden = any(move.customers is None for move in snapshot.moves if move.start == step)
    key = f"– nobody{f'; {DOT} hidden' if hidden else ''}"
    heads = "".join(f'<th scope="col">{escape(snapshot.states[state])}</th>' for state in states)
    rows = "".join(_flow_row(snapshot, step, origin, states) for origin in (*states, NOT_YET_STATE))
    return (
        f'<p class="quiet">{label}; {key}.</p><div class="scroll" tabindex="0" role="region" aria-label="{label}">'
        f'<table><thead><tr><th scope="col">From ↓ to →</th><th scope="col">{start}</th>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _flow_row(snapshot: Snapshot, step: int, origin: int, states: range) -> str:
    moves = {m.target: m.customers for m in snapshot.moves if (m.start, m.origin) == (step, origin)}
    base = next((n.customers for n in snapshot.nodes if (n.end, n.state) == (step, origin)), None)
    joined = origin == NOT_YET_STATE
    title = "Joined" if joined else snapshot.states[origin]
    cells = ["<td></td>" if joined else _cell(base, None, stayed=False)]
    cells += [_cell(moves.get(target, 0), base, stayed=origin == target) for target in states]
    return f'<tr><th scope="row">{escape(title)}</th>{"".join(cells)}</tr>'


def _cell(people: int | None, base: int | None, *, stayed: bool) -> str:
    tone = ' class="stay"' if stayed else ""
    if people is None:
        return f'<td{tone}><span class="quiet" role="img" aria-label="{HIDDEN}">{DOT}</span></td>'
    of_base = f"<small>{wording.share(people / base)}</small>" if people and base else ""
    return f"<td{tone}>{wording.count(people) if people else '–'}{of_base}</td>"


def _terms(snapshot: Snapshot) -> str:
    day = wording.day(snapshot.as_of)
    rung = f"Customers who meet a rung's rule on {day}, counted once, on the highest rung they meet."
    hidden = (
        f"Groups under {snapshot.k} people are hidden, and with them as many other figures as it takes "
        "that they cannot be worked out from the rest. Bars and totals that are shown are exact."
    )
    terms = [
        ("Rung count", rung),
        ("Lapsed", "Known customers who meet no rung's rule any more; they can return."),
    ]
    if snapshot.compare:
        since = wording.day(snapshot.compare)
        base = f"Share of those who stood there on {since}"
        terms.append(("Climbed, slipped", f"{base} and stand higher, or lower or lapsed, on {day}."))
    if "revenue" in snapshot.blocks:
        few = f"Left out where fewer than {snapshot.k} paid or one customer paid more than half."
        money = f"Orders less refunds over the 365 days to {day}, {escape(snapshot.currency)}."
        terms.append(("Revenue", f"{money} {few}"))
    if "clv" in snapshot.blocks:
        terms.append(
            ("CLV", "Customer lifetime value: the expected, discounted margin per customer; an estimate.")
        )
    terms.append(("Hidden", hidden))
    drawn = "".join(f"<dt>{name}</dt><dd>{words}</dd>" for name, words in terms)
    return f'<section><h2>What the figures mean</h2><dl class="terms">{drawn}</dl></section>'


def _foot(snapshot: Snapshot) -> str:
    hidden = f" {_groups(snapshot.hidden).capitalize()} hidden." if snapshot.hidden else ""
    return (
        f'<footer class="quiet">Frozen as of {wording.day(snapshot.as_of)}; the figures on this page do not change.'
        f"{hidden} Made with Rungwise.</footer>"
    )


def _groups(number: int) -> str:
    return f"{wording.count(number)} group{'' if number == 1 else 's'}"


def _count(figure: int | None) -> str:
    return HIDDEN if figure is None else wording.count(figure)


def _share(figure: float | None) -> str:
    return HIDDEN if figure is None else wording.share(figure)


def _movers(figure: int | None) -> str:
    return "" if figure is None else wording.people(figure)


def _change(figure: int | None) -> str:
    return "" if figure is None else wording.change(figure)
