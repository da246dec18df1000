"""From condition masks to one state per customer and period end, as one query of nested steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

from sqlglot import exp

from ladder.model.ladder import NOT_YET_CODE, Ladder
from ladder.placement.bits import WORD, both, down, either, full_word, number, opposite, stretch, up, words
from ladder.placement.masks import MaskQuery, column
from ladder.rules import Condition, Formula, check_ladder, conditions, formula
from ladder.rules.conditions import Both, Either, Opposite

LANES = 7  # Codes of eight bits in one signed 64-bit number.


@dataclass(frozen=True)
class RungFormula:
    """The rules of one rung as conditions; `keep` is None where staying needs what entering needs."""

    enter: Formula
    keep: Formula | None


def rung_formulas(ladder: Ladder) -> tuple[RungFormula, ...]:
    """The rungs from bottom to top."""
    return tuple(
        RungFormula(formula(enter), formula(keep) if keep != enter or ladder.grace else None)
        for enter, keep in check_ladder(ladder)
    )


def needed_conditions(rungs: tuple[RungFormula, ...]) -> tuple[Condition, ...]:
    """Every condition of the ladder once, in a fixed order."""
    found: dict[Condition, None] = {}
    for rung in rungs:
        for item in (*conditions(rung.enter), *(conditions(rung.keep) if rung.keep is not None else ())):
            found[item] = None
    return tuple(found)


class StateQuery:
    """Builds the query: masks beside each other, then rung by rung, then the fill of `keep`, then the states."""

    def __init__(
        self, rungs: tuple[RungFormula, ...], needed: tuple[Condition, ...], periods: int, grace: int
    ) -> None:
        self.rungs = rungs
        self.index = {item: number for number, item in enumerate(needed)}
        self.periods = periods
        self.words = words(periods)
        self.grace = grace
        self.steps: list[exp.Select] = []

    def build(self, tables: list[tuple[str, MaskQuery]]) -> exp.Select:
        """`tables` names a temporary table per mask query; gives customer, p0 … p<periods − 1>, and the changes.

        `changed_<k>` is the mask, in word k, of the period ends at which the state differs from the one before.
        """
        self._masks(tables)
        self._rules()
        for word in range(self.words):
            self._carry(word)
            self._fill(word)
        return self._chain(self._states())

    def _masks(self, tables: list[tuple[str, MaskQuery]]) -> None:
        query = exp.select("customers.customer").from_("customers")
        query = query.join("calendar", on="calendar.day = customers.first_day")
        enter = exp.column("enter", "calendar")
        for word in range(self.words):
            known = stretch(enter, number(self.periods), word)
            query.select(exp.alias_(known, f"known_{word}", copy=False), copy=False)
        for name, masks in tables:
            query.join(name, on=f"{name}.customer = customers.customer", join_type="left", copy=False)
            for condition in masks.conditions:
                for word in range(self.words):
                    mask: exp.Expr = exp.column(column(condition, word), name)
                    mask = exp.Coalesce(this=mask, expressions=[number(0)])
                    if condition in masks.inverted:
                        mask = opposite(mask, full_word(word, self.periods))
                    query.select(exp.alias_(mask, column(condition, word), copy=False), copy=False)
        self.steps.append(query)

    def _rules(self) -> None:
        """enter and keep of every rung, within the time the customer is known; grace widens keep."""
        columns = []
        for rank, rung in enumerate(self.rungs):
            for word in range(self.words):
                known = exp.column(f"known_{word}")
                columns.append((f"e{rank}_{word}", both(self._mask(rung.enter, word), known)))
                if rung.keep is not None:
                    columns.append((f"s{rank}_{word}", both(self._mask(rung.keep, word), known)))
        self._step(columns)
        if self._keeping():
            self._step(
                [
                    (f"k{rank}_{word}", both(self._graced(rank, word), exp.column(f"known_{word}")))
                    for rank in self._keeping()
                    for word in range(self.words)
                ]
            )

    def _keeping(self) -> list[int]:
        return [rank for rank, rung in enumerate(self.rungs) if rung.keep is not None]

    def _graced(self, rank: int, word: int) -> exp.Expr:
        """The period ends at which the rule held then or up to `grace` period ends before."""
        held = [either(exp.column(f"e{rank}_{k}"), exp.column(f"s{rank}_{k}")) for k in range(word + 1)]
        masks = [held[word]]
        for late in range(1, self.grace + 1):
            masks.append(up(held[word].copy(), late))
            if word:
                masks.append(down(held[word - 1].copy(), WORD - late))
        return reduce(either, masks)

    def _carry(self, word: int) -> None:
        """Who stood on the rung at the last period end of the word before may stay at the first of this one."""
        if word == 0 or not self._keeping():
            return
        columns = []
        for rank in self._keeping():
            arriving = both(down(exp.column(f"e{rank}_{word - 1}"), WORD - 1), exp.column(f"k{rank}_{word}"))
            columns.append((f"e{rank}_{word}", either(exp.column(f"e{rank}_{word}"), arriving)))
        self._step(columns)

    def _fill(self, word: int) -> None:
        """Spread each entry over the following period ends at which keep holds, in log₂ 62 doubling steps.

        This is the Kogge-Stone fill of bit-board programs: g |= k & (g << s); k &= k << s.
        """
        for by in (1, 2, 4, 8, 16, 32):
            columns = []
            for rank in self._keeping():
                g, k = exp.column(f"e{rank}_{word}"), exp.column(f"k{rank}_{word}")
                columns.append((f"e{rank}_{word}", either(g, both(k, up(g.copy(), by)))))
                columns.append((f"k{rank}_{word}", both(k.copy(), up(k.copy(), by))))
            if columns:
                self._step(columns)

    def _states(self) -> exp.Select:
        """One column per period end; a rung counts where no higher one holds.

        The code of a state is put together from its binary digits: each is a mask over the period ends.
        """
        self._step([(f"d{digit}_{word}", mask) for digit, word, mask in self._digits()])
        self._step(
            [
                (f"unknown_{word}", opposite(exp.column(f"known_{word}"), full_word(word, self.periods)))
                for word in range(self.words)
            ]
        )
        self._step([*self._lanes(), *self._changes()])
        columns = [_state(period) for period in range(self.periods)]
        columns += [exp.column(changed(word)) for word in range(self.words)]
        return exp.select("customer", *columns, copy=False)

    def _digits(self) -> Iterator[tuple[int, int, exp.Expr]]:
        for word in range(self.words):
            full = full_word(word, self.periods)
            held: list[exp.Expr] = [exp.column(f"e{rank}_{word}") for rank in range(len(self.rungs))]
            alone = [
                reduce(both, (opposite(higher.copy(), full) for higher in held[rank + 1 :]), mine)
                for rank, mine in enumerate(held)
            ]
            for digit in range(len(self.rungs).bit_length()):
                parts = [mask.copy() for rank, mask in enumerate(alone) if rank + 1 >> digit & 1]
                yield digit, word, reduce(either, parts)

    def _lanes(self) -> Iterator[tuple[str, exp.Expr]]:
        """Seven codes beside each other in one number: half the work of putting each together by itself."""
        digits = range(len(self.rungs).bit_length())
        for word in range(self.words):
            for lane in range(-(-min(WORD, self.periods - word * WORD) // LANES)):
                code: exp.Expr = _spread(f"unknown_{word}", lane, NOT_YET_CODE)
                for digit in digits:
                    code = exp.Add(this=code, expression=_spread(f"d{digit}_{word}", lane, 1 << digit))
                yield f"c{word}_{lane}", code

    def _changes(self) -> Iterator[tuple[str, exp.Expr]]:
        """The period ends at which any binary digit of the state differs from the period end before."""
        digits = ("unknown", *(f"d{digit}" for digit in range(len(self.rungs).bit_length())))
        for word in range(self.words):
            found: exp.Expr = number(0)
            for name in digits:
                before = up(exp.column(f"{name}_{word}"), 1)
                if word:
                    before = either(before, down(exp.column(f"{name}_{word - 1}"), WORD - 1))
                found = either(
                    found, exp.paren(exp.BitwiseXor(this=exp.column(f"{name}_{word}"), expression=before))
                )
            yield changed(word), both(found, number(full_word(word, self.periods)))

    def _mask(self, item: Formula, word: int) -> exp.Expr:
        full = full_word(word, self.periods)
        match item:
            case bool():
                return number(full if item else 0)
            case Both(parts):
                return reduce(both, (self._mask(part, word) for part in parts))
            case Either(parts):
                return reduce(either, (self._mask(part, word) for part in parts))
            case Opposite(part):
                return opposite(self._mask(part, word), full)
            case _:
                return exp.column(column(self.index[item], word))

    def _step(self, columns: Sequence[tuple[str, exp.Expr]]) -> None:
        """Add or replace columns in a step of its own, so that later steps name them instead of repeating them."""
        known: dict[str, exp.Expr] = {name: exp.column(name) for name in self.steps[-1].named_selects}
        known.update(dict(columns))
        named = (exp.alias_(value, name, copy=False) for name, value in known.items())
        self.steps.append(exp.select(*named, copy=False))

    def _chain(self, last: exp.Select) -> exp.Select:
        # The builders copy the whole query at every call unless told not to: with 144 months that took a minute.
        query = last.from_(f"step_{len(self.steps) - 1}", copy=False)
        for number_, step in enumerate(self.steps):
            body = step if number_ == 0 else step.from_(f"step_{number_ - 1}", copy=False)
            query.with_(f"step_{number_}", as_=body, copy=False)
        return query


def changed(word: int) -> str:
    """The name of a column of changes."""
    return f"changed_{word}"


def _spread(name: str, lane: int, times: int) -> exp.Expr:
    """Seven bits of a mask, each in a byte of its own, times a number that fits into a byte.

    The product holds the seven bits at every seventh place; one of each copy is kept, a byte from the one before.
    """
    bits = both(down(exp.column(name), lane * LANES), number((1 << LANES) - 1))
    copies = exp.paren(exp.Mul(this=bits, expression=number(sum(1 << LANES * at for at in range(LANES)))))
    apart = both(copies, number(sum(1 << 8 * at for at in range(LANES))))
    return exp.Mul(this=apart, expression=number(times))


def _state(period: int) -> exp.Expr:
    word, bit = divmod(period, WORD)
    lane, at = divmod(bit, LANES)
    code = both(down(exp.column(f"c{word}_{lane}"), 8 * at), number(255))
    return exp.alias_(exp.cast(code, exp.DType.UTINYINT, copy=False), f"p{period}", copy=False)
