"""Bit masks over period ends as SQL: bit i of word k stands for period end 62·k + i.

62 bits a word leave room for a shift of one in a signed 64-bit integer, which every engine has.
"""

from __future__ import annotations

from sqlglot import exp

WORD = 62
FULL = (1 << WORD) - 1


def number(value: int) -> exp.Expr:
    """A whole number as a 64-bit constant."""
    return exp.cast(exp.Literal.number(value), "bigint")


def both(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    return exp.paren(exp.BitwiseAnd(this=left, expression=right))


def either(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    return exp.paren(exp.BitwiseOr(this=left, expression=right))


def opposite(mask: exp.Expr, full: int) -> exp.Expr:
    """The bits of `full` that `mask` lacks; `mask` must lie within `full`."""
    return exp.paren(exp.BitwiseXor(this=mask, expression=number(full)))


def up(mask: exp.Expr, by: int) -> exp.Expr:
    """Move every bit to a later period; bits that leave the word are dropped first, so nothing overflows."""
    kept = both(mask, number((1 << (WORD - by)) - 1))
    return exp.paren(exp.BitwiseLeftShift(this=kept, expression=exp.Literal.number(by)))


def down(mask: exp.Expr, by: int) -> exp.Expr:
    return exp.paren(exp.BitwiseRightShift(this=mask, expression=exp.Literal.number(by)))


def stretch(start: exp.Expr, end: exp.Expr, word: int) -> exp.Expr:
    """The mask, in one word, of the period ends start ≤ i < end."""
    return exp.paren(exp.Sub(this=_power(end, word), expression=_power(start, word)))


def full_word(word: int, periods: int) -> int:
    """All period ends of one word."""
    return (1 << max(0, min(WORD, periods - word * WORD))) - 1


def words(periods: int) -> int:
    """How many words hold this many period ends."""
    return max(1, -(-periods // WORD))


def _power(index: exp.Expr, word: int) -> exp.Expr:
    inside = exp.Sub(this=index.copy(), expression=exp.Literal.number(word * WORD))
    low = exp.Greatest(this=inside, expressions=[exp.Literal.number(0)], ignore_nulls=True)
    clipped = exp.Least(this=low, expressions=[exp.Literal.number(WORD)], ignore_nulls=True)
    return exp.paren(exp.BitwiseLeftShift(this=number(1), expression=clipped))
