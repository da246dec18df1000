"""Amounts of known exports: totals of orders, and money paid back of which the file does not tell the day."""

from __future__ import annotations

from collections.abc import Sequence

from ladder.importing.expression import ticked
from ladder.importing.facts import source_columns
from ladder.importing.guessing import plain
from ladder.importing.look import Sample
from ladder.importing.numbers import number
from ladder.importing.plan import Dialect, Mapping
from ladder.importing.profile import Profile, present, profiles


def net_amount(source: str, profile: Profile, sample: Sample) -> str:
    """The amount without what was paid back, where the file has a column of it: `` Total - `Refunded Amount`? ``."""
    back = _paid_back(source, profile, sample)
    if not back:
        return source
    signs = {cell.strip()[:1] for cell in sample.values(back) if any(map(str.isdecimal, cell))}
    return f"{ticked(source)} {'+' if signs & set('-(−') else '-'} {ticked(back)}?"


def netted(mapping: Mapping, profile: Profile, sample: Sample, dialect: Dialect) -> tuple[str, ...]:
    """What the rows looked at say was paid back, and on which day it counts; also where amounts do not net it."""
    source = mapping.fields.get("amount", "")
    for gross in profile.refunded:
        column = present(gross, sample.columns)
        back = _paid_back(column, profile, sample)
        sums = [number(cell, dialect) or 0 for cell in _counted(mapping, sample, back)] if back else []
        net = net_amount(column, profile, sample) if back else ""
        if source in (column, net) and any(sums):
            held = f"“{back}” holds {float(abs(sum(sums))):,.2f} in the rows looked at. The export does not tell when"
            if source == net:
                return (
                    f"{held} that was paid back, so it is taken off the amount, on the day of the order.",
                )
            return (
                f"{held} that was paid back, and amounts count as sold; to net them, map amount to {net}.",
            )
    return ()


def is_total(mapping: Mapping, columns: Sequence[str]) -> bool:
    """Whether the amount is the total of an order on several lines, as the known export writes it."""
    if not mapping.fold or mapping.profile not in profiles() or "amount" not in mapping.fields:
        return False
    profile = profiles()[mapping.profile]
    totals = {present(name, columns) for name in (*profile.fields["amount"], *profile.refunded.values())}
    return set(source_columns(profile.table, "amount", mapping.fields["amount"], columns)) <= totals


def _paid_back(source: str, profile: Profile, sample: Sample) -> str:
    """The column of what was paid back of the amounts in `source`; empty where there is none."""
    names = {plain(gross): back for gross, back in profile.refunded.items()}
    return present(names[plain(source)], sample.columns) if plain(source) in names else ""


def _counted(mapping: Mapping, sample: Sample, column: str) -> list[str]:
    """The cells of a column in the rows that count."""
    checks = [
        (sample.values(name), {word.casefold() for word in allowed}) for name, allowed in mapping.keep.items()
    ]
    return [
        cell
        for at, cell in enumerate(sample.values(column))
        if all(values[at].casefold() in allowed for values, allowed in checks)
    ]
