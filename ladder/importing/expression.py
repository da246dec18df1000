"""Amounts as arithmetic of columns: `quantity * unit_price`, `(Gross - Fee) / 100`, `` `Unit price` * 2 ``, with `?`
behind a column whose empty cells are nothing: `Total - Refunded?`; texts and times as columns joined by a blank:
`Date & Time`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from ladder.errors import LadderError, did_you_mean

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|`(?P<quoted>[^`]*)`|(?P<name>[^\W\d]\w*)|(?P<sign>[-+*/()?]))"
)
_JOINED = re.compile(r"\s*(?:`([^`]*)`|([^&]*?))\s*(?:&|$)")
_DEEPEST = 20


@dataclass(frozen=True)
class Number:
    """A constant, exact."""

    value: Fraction


@dataclass(frozen=True)
class Column:
    """A column by its name in the file; an empty cell refuses the row, unless `or_nothing` makes it 0."""

    name: str
    or_nothing: bool = False


@dataclass(frozen=True)
class Operation:
    """Two operands and + - * or /."""

    sign: str
    left: Tree
    right: Tree


Tree = Number | Column | Operation


def parse(text: str, columns: Sequence[str]) -> Tree:
    """The tree of an expression over `columns`. LadderError names what does not fit and the nearest column."""
    if text in columns:
        return Column(text)
    return _Parser(text, columns).whole()


def joined_columns(source: str, columns: Sequence[str]) -> tuple[str, ...] | None:
    """The columns of `Date & Time`, two or more; None when it is no join or names something else than columns.

    A name with & or at its start a backtick stands in backticks.
    """
    if source in columns or "&" not in source:
        return None
    names: list[str] = []
    position = 0
    while position < len(source):
        match = _JOINED.match(source, position)
        if match is None:
            return None
        quoted, bare = match.groups()
        names.append(bare if quoted is None else quoted)
        position = match.end()
    whole = not source.rstrip().endswith("&") and len(names) > 1 and all(name in columns for name in names)
    return tuple(names) if whole else None


def joined(names: Sequence[str]) -> str:
    """How a mapping writes these columns joined by a blank."""
    return " & ".join(f"`{name}`" if "&" in name or name.startswith("`") else name for name in names)


def with_names(source: str, names: dict[str, str], columns: Sequence[str]) -> str:
    """What a field is filled from, over `columns`, with the columns in `names` called differently."""
    if source in columns:
        return names.get(source, source)
    if source.startswith("'"):
        return source
    together = joined_columns(source, columns)
    if together:
        return joined([names.get(name, name) for name in together])
    by_case = {name.casefold(): name for name in columns}

    def other(match: re.Match[str]) -> str:
        name = match["quoted"] if match["quoted"] is not None else match["name"]
        known = name if name in columns else by_case.get(name.casefold(), name)
        return ticked(names.get(known, known))

    return re.sub(r"`(?P<quoted>[^`]*)`|(?P<name>[^\W\d]\w*)", other, source)


def ticked(column: str) -> str:
    """A column's name as an amount expression writes it."""
    return column if re.fullmatch(r"[^\W\d]\w*", column) else f"`{column}`"


def columns_of(tree: Tree, *, needed: bool = False) -> tuple[str, ...]:
    """Names of the columns used, each once, in order; with `needed` those alone whose empty cells refuse a row."""
    if isinstance(tree, Column):
        return () if needed and tree.or_nothing else (tree.name,)
    if isinstance(tree, Operation):
        parts = (columns_of(side, needed=needed) for side in (tree.left, tree.right))
        return tuple(dict.fromkeys(name for part in parts for name in part))
    return ()


def needed_columns(tree: Tree) -> tuple[str, ...]:
    """Those of `columns_of` in which an empty cell leaves no amount."""
    if isinstance(tree, Column):
        return () if tree.or_nothing else (tree.name,)
    if isinstance(tree, Operation):
        return tuple(dict.fromkeys(needed_columns(tree.left) + needed_columns(tree.right)))
    return ()


def evaluate(tree: Tree, values: dict[str, Fraction]) -> Fraction | None:
    """The exact value, or None where something is divided by zero."""
    if isinstance(tree, Number):
        return tree.value
    if isinstance(tree, Column):
        return values[tree.name]
    left, right = evaluate(tree.left, values), evaluate(tree.right, values)
    if left is None or right is None or (tree.sign == "/" and right == 0):
        return None
    if tree.sign == "+":
        return left + right
    if tree.sign == "-":
        return left - right
    return left * right if tree.sign == "*" else left / right


class _Parser:
    def __init__(self, text: str, columns: Sequence[str]) -> None:
        self.text = text
        self.columns = columns
        self.tokens = self._tokens()
        self.depth = 0

    def whole(self) -> Tree:
        tree = self._sum()
        if self.tokens:
            raise self._wrong(f"`{self.tokens[0][1]}` is left over")
        return tree

    def _tokens(self) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        position, text = 0, self.text.rstrip()
        while position < len(text):
            match = _TOKEN.match(text, position)
            if match is None:
                raise self._wrong(
                    f"`{text[position:].strip()[:20]}` is not a column, a number or + - * / ( )"
                )
            found.append((match.lastgroup or "", match.group(match.lastgroup or 0)))
            position = match.end()
        return found

    def _sum(self) -> Tree:
        tree = self._product()
        while self.tokens and self.tokens[0][1] in "+-" and self.tokens[0][0] == "sign":
            tree = Operation(self.tokens.pop(0)[1], tree, self._product())
        return tree

    def _product(self) -> Tree:
        tree = self._factor()
        while self.tokens and self.tokens[0][1] in "*/" and self.tokens[0][0] == "sign":
            tree = Operation(self.tokens.pop(0)[1], tree, self._factor())
        return tree

    def _factor(self) -> Tree:
        self.depth += 1
        if not self.tokens or self.depth > 10 * _DEEPEST:
            raise self._wrong("something is missing at its end" if not self.tokens else "it is too long")
        kind, text = self.tokens.pop(0)
        if kind == "number":
            return Number(Fraction(text))
        if kind in ("name", "quoted"):
            return self._column(text)
        if text == "-":
            return Operation("-", Number(Fraction(0)), self._factor())
        if text != "(":
            raise self._wrong(f"`{text}` stands where a column or number should")
        tree = self._sum()
        if not self.tokens or self.tokens.pop(0)[1] != ")":
            raise self._wrong("a closing parenthesis is missing")
        return tree

    def _column(self, name: str) -> Column:
        same = [column for column in self.columns if column.casefold() == name.casefold()]
        if name in self.columns or len(same) == 1:
            or_nothing = self.tokens[:1] == [("sign", "?")]
            self.tokens = self.tokens[or_nothing:]
            return Column(name if name in self.columns else same[0], or_nothing)
        raise self._wrong(f"there is no column `{name}`", did_you_mean(name, self.columns))

    def _wrong(self, message: str, hint: str = "") -> LadderError:
        return LadderError("Cannot read the amount", f"In `{self.text}` {message}.", hint)
