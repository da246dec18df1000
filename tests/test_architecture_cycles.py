"""No module imports, by way of others, itself."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter

from tests.test_architecture import imported, sources


def _module(place: str) -> str:
    return place.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _cycle(sources: dict[str, str]) -> list[str]:
    """The first circle of modules importing each other, empty when there is none; type-only imports do not count."""
    modules = {_module(place): ast.parse(text) for place, text in sources.items()}
    graph: dict[str, set[str]] = {}
    for name, tree in modules.items():
        typing_only = [node for node in ast.walk(tree) if isinstance(node, ast.If) and _for_typing(node)]
        skipped = {line for node in typing_only for line in range(node.lineno, (node.end_lineno or 0) + 1)}
        names = {target for line, target in imported(tree) if line not in skipped}
        # `from a.b import c` names the module a.b.c, or something in a.b.
        graph[name] = {
            target if target in modules else target.rpartition(".")[0]
            for target in names
            if target in modules or target.rpartition(".")[0] in modules
        }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [str(name) for name in error.args[1]]
    return []


def _for_typing(node: ast.If) -> bool:
    return ast.unparse(node.test) == "TYPE_CHECKING"


def test_modules_do_not_import_each_other_in_a_circle():
    assert _cycle({place: text for place, text in sources().items() if place.startswith("ladder/")}) == []
    circle = {"ladder/a/x.py": "from ladder.a.y import f", "ladder/a/y.py": "import ladder.a.x"}
    assert set(_cycle(circle)) == {"ladder.a.x", "ladder.a.y"}
