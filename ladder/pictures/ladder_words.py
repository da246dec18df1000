"""What the ladder picture says in words: to a pointer that rests on a mark, and to those who do not see it."""

from __future__ import annotations

from collections.abc import Mapping

from ladder.flows import Overview, RungLine
from ladder.flows.rungs import REVENUE_DAYS
from ladder.model.ladder import LAPSED
from ladder.pictures import wording
from ladder.pictures.wording import MISSING, count


def summary(overview: Overview, absent: Mapping[str, str]) -> str:
    """The picture in one sentence."""
    counts = [
        f"{line.title}: {count(line.customers) if line.customers is not None else absent.get(line.name, MISSING)}"
        for line in (*reversed(overview.rungs), overview.lapsed)
    ]
    return f"Loyalty ladder on {wording.day(overview.as_of)}, top rung first. {'; '.join(counts)}."


def explain_rung(overview: Overview, line: RungLine, absence: str) -> str:
    """A rung's figures, each with what it is a figure of, and its rule."""
    rule = f" Rule: {line.rule}." if line.rule else ""
    if line.customers is None:
        return f"{line.title}: {absence}.{rule}"
    facts = [f"{line.title}: {wording.people(line.customers)} on {wording.day(overview.as_of)}"]
    if line.share is not None:
        facts.append(f"{wording.share(line.share)} of all known customers")
    if line.change is not None and overview.compare:
        facts.append(f"{wording.change(line.change)} since {wording.day(overview.compare)}")
    if line.revenue is not None:
        amount = wording.money(line.revenue, overview.currency)
        facts.append(f"revenue of the last {REVENUE_DAYS} days {amount}")
    if line.clv is not None:
        facts.append(f"CLV per customer {wording.money(line.clv, overview.currency)}")
    return f"{', '.join(facts)}.{rule}"


def explain_rate(overview: Overview, kind: str, line: RungLine) -> str:
    """A climb or slip rate with its base, its count and both dates."""
    climb = kind == "climb"
    rate, customers = (line.climb_rate, line.climbed) if climb else (line.slip_rate, line.slipped)
    start = f" on {wording.day(overview.compare)}" if overview.compare else ""
    where = "are back on the ladder" if line.name == LAPSED else "stand higher"
    verb = where if climb else "stand lower or have lapsed"
    number = "" if customers is None else f" ({wording.people(customers)})"
    share = wording.share(rate or 0.0)
    return f"{share} of those in {line.title}{start} {verb} on {wording.day(overview.as_of)}{number}."
