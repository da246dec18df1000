"""Read a rule. Python's parser does the syntax; only what is named here is let through.

No part of the text ever reaches the database: constants travel as bound parameters or whole numbers.
"""

from __future__ import annotations

import ast
import re
import warnings
from decimal import Decimal

from ladder.errors import LadderError, did_you_mean
from ladder.rules.measures import MEASURES, Measure
from ladder.rules.tree import All, Any, Call, Compare, Node, Not

MAX_LENGTH = 2_000
MAX_DEPTH = 40
MAX_WINDOW = 3_660
MAX_NUMBER = Decimal(10) ** 12
_OPERATORS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
# A line break or a pasted non-breaking space is a blank, but not inside a text in quotes.
_BLANK = re.compile(r"""("[^"]*"|'[^']*')|\s""")
_MIRRORED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def parse_rule(text: str, place: str = "the rule") -> Node:
    """The tree of a rule such as `orders(365) >= 2 and not nps() < 7`.

    Raises LadderError naming `place`, the column, and the nearest valid word.
    """
    if len(text) > MAX_LENGTH:
        raise LadderError(
            f"{place} is too long", f"It has {len(text):,} characters.", f"Use at most {MAX_LENGTH:,}."
        )
    line = _BLANK.sub(lambda found: found[1] or " ", text).rstrip()
    indent = len(line) - len(line.lstrip())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", category=Warning)
            tree = ast.parse(line[indent:], mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        # Offset 0 is the end of the text.
        column = (error.offset or len(line) - indent + 1) if isinstance(error, SyntaxError) else None
        where = f" near column {column + indent}" if column else ""
        hint = (
            "Write comparisons joined by and, or, not, such as: orders(365) >= 2 and days_since_order() <= 90"
        )
        if "=" in text and not any(sign in text for sign in ("==", "!=", "<=", ">=")):
            hint = "Write == to compare."
        raise LadderError(
            f"{place} cannot be read", f"“{_short(text)}” is not a rule{where}.", hint
        ) from None
    return _Reader(place, line[indent:], indent).node(tree.body, 0)


class _Reader:
    """Turns Python's syntax nodes into ours, refusing everything that is not in the grammar."""

    def __init__(self, place: str, text: str, indent: int) -> None:
        self.place = place
        self.text = text
        self.indent = indent

    def node(self, item: ast.expr, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise self.refuse(item, "It is nested too deeply.", f"Use at most {MAX_DEPTH} levels.")
        match item:
            case ast.BoolOp(op=ast.And(), values=values):
                return All(tuple(self.node(value, depth + 1) for value in values))
            case ast.BoolOp(values=values):
                return Any(tuple(self.node(value, depth + 1) for value in values))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return Not(self.node(operand, depth + 1))
            case ast.Compare():
                return self.compare(item)
            case ast.Call(func=ast.Name(id=name)) if name in MEASURES:
                hint = f"Write for example {self.words(item)} >= 1."
                raise self.refuse(item, f"“{self.words(item)}” is compared with nothing.", hint)
            case ast.Call(func=ast.Name(id=name)):
                raise self.refuse(item, f"There is no measure “{name}”.", did_you_mean(name, MEASURES))
        hint = "Use comparisons of measures, joined by and, or, not."
        raise self.refuse(item, f"“{self.words(item)}” is not part of a rule.", hint)

    def compare(self, item: ast.Compare) -> Node:
        operands = [item.left, *item.comparators]
        parts = [
            self.pair(left, operator, right)
            for left, operator, right in zip(operands, item.ops, operands[1:], strict=False)
        ]
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def pair(self, left: ast.expr, operator: ast.cmpop, right: ast.expr) -> Compare:
        sign = _OPERATORS.get(type(operator))
        if sign is None:
            raise self.refuse(left, "Only == != < <= > >= compare.", "Use or for “one of several”.")
        if isinstance(left, ast.Call) and isinstance(right, ast.Call):
            raise self.refuse(
                right, "Two measures are compared with each other.", "Compare each with a number."
            )
        if isinstance(right, ast.Call):
            left, right, sign = right, left, _MIRRORED[sign]
        if not isinstance(left, ast.Call):
            raise self.refuse(left, f"“{self.words(left)}” is not a measure.", self.near_measure(left))
        call = self.call(left)
        return Compare(call, sign, self.value(call, sign, right))

    def near_measure(self, item: ast.expr) -> str:
        if isinstance(item, ast.Name):
            named = MEASURES.get(item.id)
            return f"Write {named.signature}." if named else did_you_mean(item.id, MEASURES)
        return "A comparison needs a measure on one side."

    def call(self, item: ast.Call) -> Call:
        if not isinstance(item.func, ast.Name):
            raise self.refuse(
                item, f"“{self.words(item.func)}” is not a measure.", did_you_mean("", MEASURES)
            )
        measure = MEASURES.get(item.func.id)
        if measure is None:
            raise self.refuse(
                item, f"There is no measure “{item.func.id}”.", did_you_mean(item.func.id, MEASURES)
            )
        if item.keywords:
            raise self.refuse(item, "Arguments have no names.", f"Write {measure.signature}.")
        texts: list[str] = []
        windows: list[int] = []
        for argument in item.args:
            constant = argument.value if isinstance(argument, ast.Constant) else None
            if isinstance(constant, str) and measure.takes_text and not texts and not windows:
                texts.append(constant)
            elif measure.windowed and not windows:
                windows.append(self.window(argument, constant, measure))
            else:
                raise self.refuse(
                    argument, f"“{self.words(argument)}” does not fit here.", f"Write {measure.signature}."
                )
        if measure.shape == "attribute" and not texts:
            raise self.refuse(item, "attribute needs the name of a column.", 'Write attribute("country").')
        return Call(measure.name, texts[0] if texts else None, windows[0] if windows else None)

    def window(self, item: ast.expr, constant: object, measure: Measure) -> int:
        if isinstance(constant, bool) or not isinstance(constant, int) or not 1 <= constant <= MAX_WINDOW:
            hint = f"Write {measure.signature} with whole days, 1 to {MAX_WINDOW:,}."
            raise self.refuse(item, f"The window of {measure.name} is “{self.words(item)}”.", hint)
        return constant

    def value(self, call: Call, sign: str, item: ast.expr) -> Decimal | str:
        constant = _constant(item)
        is_text = isinstance(constant, str)
        if isinstance(constant, str) and call.measure.shape == "attribute":
            if sign not in ("==", "!="):
                raise self.refuse(item, "Text can only be equal or not equal.", "Use == or !=.")
            return constant
        if is_text or constant is None:
            hint = f"Write a number, such as {call.name}(…) {sign} 2."
            raise self.refuse(
                item, f"{call.name} is a number but is compared with “{self.words(item)}”.", hint
            )
        number = Decimal(str(constant))
        if not number.is_finite() or abs(number) > MAX_NUMBER or number != round(number, 4):
            raise self.refuse(
                item, f"The number “{self.words(item)}” is out of range.", "Use at most 4 decimals."
            )
        return number

    def words(self, item: ast.expr) -> str:
        """What the person wrote there, shortened."""
        return _short(ast.get_source_segment(self.text, item) or "")

    def refuse(self, item: ast.expr, message: str, hint: str) -> LadderError:
        # Python counts columns in UTF-8 bytes; a person counts letters.
        before = self.text.encode("utf-8")[: item.col_offset].decode("utf-8")
        column = len(before) + self.indent + 1
        return LadderError(f"{self.place} cannot be used", f"At column {column}: {message}", hint)


def _constant(item: ast.expr) -> str | int | float | None:
    negative = isinstance(item, ast.UnaryOp) and isinstance(item.op, ast.USub)
    inner = item.operand if isinstance(item, ast.UnaryOp) and negative else item
    value = inner.value if isinstance(inner, ast.Constant) else None
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    if negative:
        return None if isinstance(value, str) else -value
    return value


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
