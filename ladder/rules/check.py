"""Check a ladder before it is used: every rule reads, and the data can fill every rung."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache

from ladder.model.ladder import Ladder
from ladder.rules.holding import holds
from ladder.rules.parse import parse_rule
from ladder.rules.tree import All, Any, Call, Compare, Node, Not, comparisons


@lru_cache(maxsize=64)
def check_ladder(ladder: Ladder) -> tuple[tuple[Node, Node], ...]:
    """The (enter, keep) trees of each rung from bottom to top; raises LadderError for a rule that cannot be read."""
    return tuple(
        (
            parse_rule(rung.enter, f"{ladder.id}: the rule enter of “{rung.name}”"),
            parse_rule(rung.stay, f"{ladder.id}: the rule keep of “{rung.name}”"),
        )
        for rung in ladder.rungs
    )


def tables_needed(node: Node) -> frozenset[str]:
    """Tables that a rule looks at."""
    return frozenset(item.call.measure.table for item in comparisons(node))


def missing_rungs(ladder: Ladder, has: Callable[[Call], bool]) -> frozenset[str]:
    """Names of rungs that the data cannot fill, because what their rules measure is not there.

    `has(call)` tells whether the data hold anything that the call measures.
    """
    trees = check_ladder(ladder)
    return frozenset(
        rung.name
        for rung, (enter, _) in zip(ladder.rungs, trees, strict=True)
        if not _outcomes(enter, has)[0]
    )


def _outcomes(node: Node, has: Callable[[Call], bool]) -> tuple[bool, bool]:
    """(can be true, can be false) when measures without data stay at their empty value."""
    match node:
        case All(parts):
            ends = [_outcomes(part, has) for part in parts]
            return all(yes for yes, _ in ends), any(no for _, no in ends)
        case Any(parts):
            ends = [_outcomes(part, has) for part in parts]
            return any(yes for yes, _ in ends), all(no for _, no in ends)
        case Not(part):
            yes, no = _outcomes(part, has)
            return no, yes
        case Compare():
            if has(node.call):
                return True, True
            met = holds(node, {node.call: None if node.call.measure.nullable else Decimal(0)})
            return met, not met
