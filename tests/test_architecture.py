"""The house rules as tests: who may import whom, how long things may grow, what has one place only.

`IMPORTS` is the picture of the architecture; docs/architecture.md shows the same text. A rule that is broken names
the file, the line and the rule.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# A layer may import the layers named beside it, and no others.
IMPORTS = """
app.py    ui
pages     ui sharing pictures lab people whatif value flows importing rules workspace model errors
ui        quality sharing pictures lab people whatif value flows placement samples importing rules workspace model settings errors
cli       door quality people importing rules workspace model settings errors
door      samples quality sharing pictures lab people whatif value flows placement importing rules workspace model errors
samples   importing workspace model errors
quality   whatif value placement rules workspace engine model errors
sharing   pictures people whatif value flows placement workspace model errors
pictures  people whatif value flows rules model errors
lab       people flows placement model errors
people    value flows placement rules workspace model errors
whatif    flows placement workspace model errors
value     placement workspace model errors
flows     placement rules workspace model errors
placement rules workspace engine model errors
importing workspace engine model settings errors
workspace engine model errors
rules     model errors
engine    model settings errors
model     errors
settings  errors
errors
"""
ALLOWED = {name: frozenset(rest) for name, *rest in map(str.split, IMPORTS.strip().splitlines())}
# The two doors of the package: `from ladder import Workspace` and `python -m ladder`.
ALLOWED |= {"ladder/__init__.py": frozenset({"door", "errors"}), "ladder/__main__.py": frozenset({"cli"})}

# A package that only these layers may import.
ONLY_IN = {
    "duckdb": ("engine",),
    "pyspark": ("engine",),
    "lifetimes": ("value",),
    "autograd": ("value",),
    "plotly": ("pictures",),
    "streamlit": ("ui", "pages", "app.py"),
    "starlette": ("ui", "sharing"),
    "filelock": ("workspace",),
}
# Layers that make do with the standard library, and pages, which add Streamlit alone.
PURE = {
    "model": (),
    "rules": (),
    "errors": (),
    "settings": (),
    "pages": ("streamlit",),
    "app.py": ("streamlit",),
}
# Where the name differs; autograd is the engine of lifetimes and comes with it.
DISTRIBUTIONS = {
    "autograd": "lifetimes",
    "charset_normalizer": "charset-normalizer",
    "python_calamine": "python-calamine",
    "tomli_w": "tomli-w",
}

FILE_LINES, PAGE_LINES, FUNCTION_LINES = 300, 120, 40
CACHE_MODULE = "ladder/ui/cache.py"
BANNED_NAMES = ("utils.py", "helpers.py", "common.py", "misc.py")
_SQL = re.compile(
    r"\s*(select|insert into|delete from|update \w+ set|create (or replace )?(temp )?(table|view)|copy|attach)\b"
)
_UNFINISHED = re.compile("|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X")))
_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


def offences(place: str, source: str) -> list[str]:
    """Every house rule that one file breaks, as `file:line: sentence`; `place` is its path from the root."""
    tree = ast.parse(source)
    rules = (_imports, _packages, _sizes, _page_shape, _caches, _pasted_sql, _leftovers)
    found = [(line, sentence) for rule in rules for line, sentence in rule(place, source, tree)]
    return [f"{place}:{line}: {sentence}" for line, sentence in sorted(found)]


Offences = Iterator[tuple[int, str]]


def _layer(place: str) -> str:
    parts = place.split("/")
    if parts[0] == "ladder" and len(parts) > 2:
        return parts[1]
    return place if place in ALLOWED else Path(parts[-1]).stem if parts[0] == "ladder" else parts[0]


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of everything imported, by statement or by `import_module`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            first = node.args[0]
            if isinstance(first, ast.Constant):
                yield node.lineno, str(first.value)


def _imports(place: str, _: str, tree: ast.Module) -> Offences:
    layer = _layer(place)
    if layer not in ALLOWED:
        if place.startswith("ladder/"):
            yield 1, f"“{layer}” is not a layer of the table"
        return
    for line, name in imported(tree):
        top, _, rest = name.partition(".")
        target = rest.split(".")[0]
        if top in ("tests", "benchmarks", "pages", "app"):
            yield line, f"{layer} may not import {top}"
        elif top == "ladder" and target in ALLOWED and target != layer and target not in ALLOWED[layer]:
            yield line, f"{layer} may not import ladder.{target}"


def _packages(place: str, _: str, tree: ast.Module) -> Offences:
    layer = _layer(place)
    if layer not in ALLOWED:
        return
    for line, name in imported(tree):
        package = name.split(".")[0]
        if package in sys.stdlib_module_names or package == "ladder":
            continue
        if layer not in ONLY_IN.get(package, (layer,)):
            yield line, f"only {', '.join(ONLY_IN[package])} may import {package}"
        elif layer in PURE and package not in PURE[layer]:
            yield line, f"{layer} makes do without {package}"
        elif DISTRIBUTIONS.get(package, package) not in _required():
            yield line, f"{package} is not named in requirements.in"


def _required() -> set[str]:
    text = "".join(
        (ROOT / f"{name}.in").read_text("utf-8") for name in ("requirements", "requirements-spark")
    )
    return {line.strip() for line in text.splitlines() if line.strip() and not line.startswith(("#", "-"))}


def _sizes(place: str, source: str, tree: ast.Module) -> Offences:
    lines, most = len(source.splitlines()), PAGE_LINES if place.startswith("pages/") else FILE_LINES
    if lines > most:
        yield 1, f"{lines} lines; a {'page' if most == PAGE_LINES else 'file'} has at most {most}"
    for node in ast.walk(tree):
        if isinstance(node, _FUNCTION):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES:
                yield node.lineno, f"{node.name} has {length} lines; a function has at most {FUNCTION_LINES}"


def _page_shape(place: str, _: str, tree: ast.Module) -> Offences:
    if not place.startswith("pages/"):
        return
    if ast.get_docstring(tree) is None:
        yield 1, "a page begins with the question it answers"
    for node in ast.walk(tree):
        if isinstance(node, (*_FUNCTION, ast.ClassDef)):
            yield node.lineno, f"a page defines nothing; move {node.name} to ladder/ui"


def _caches(place: str, _: str, tree: ast.Module) -> Offences:
    for node in ast.walk(tree):
        cached = isinstance(node, ast.Attribute) and node.attr in ("cache_data", "cache_resource")
        if cached and place != CACHE_MODULE:
            yield getattr(node, "lineno", 1), f"only {CACHE_MODULE} caches across sessions"


def _pasted_sql(place: str, _: str, tree: ast.Module) -> Offences:
    if not place.startswith(("ladder/", "pages/")):
        return
    for node in ast.walk(tree):
        start = node.values[0] if isinstance(node, ast.JoinedStr) and node.values else None
        if isinstance(start, ast.Constant) and _SQL.match(str(start.value)):
            yield start.lineno, "SQL is composed or bound, never pasted with an f-string"


def _leftovers(place: str, source: str, _: ast.Module) -> Offences:
    if Path(place).name in BANNED_NAMES:
        yield 1, "name the file after what it does"
    for number, line in enumerate(source.splitlines(), 1):
        if _UNFINISHED.search(line):
            yield number, "unfinished work is written in the issues, not in the code"


def sources() -> dict[str, str]:
    """Path from the root → text of every Python file that is ours."""
    folders = ("ladder", "pages", "tests", "benchmarks", "data", "docs")
    files = [ROOT / "app.py", *(file for folder in folders for file in (ROOT / folder).rglob("*.py"))]
    return {file.relative_to(ROOT).as_posix(): file.read_text("utf-8") for file in files}


def test_every_file_keeps_the_house_rules():
    found = [line for place, source in sorted(sources().items()) for line in offences(place, source)]
    assert not found, "\n" + "\n".join(found)


def test_layers_do_not_import_each_other_in_a_circle():
    TopologicalSorter(ALLOWED).prepare()
    assert {name for allowed in ALLOWED.values() for name in allowed} <= set(ALLOWED)


def test_every_layer_of_the_table_is_there():
    inside = {path.stem for path in (ROOT / "ladder").iterdir() if path.suffix == ".py"}
    inside |= {path.parent.name for path in (ROOT / "ladder").glob("*/__init__.py")}
    assert {name for name in ALLOWED if "/" not in name} == (inside - {"__init__", "__main__"}) | {
        "pages",
        "app.py",
    }


def test_the_picture_in_the_docs_is_this_table():
    shown = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    assert f"```text\n{IMPORTS.strip()}\n```" in shown, "docs/architecture.md shows another table"


LONG_FUNCTION = "def long():\n" + "    pass\n" * FUNCTION_LINES


@pytest.mark.parametrize(
    ("place", "source", "rule"),
    [
        ("ladder/model/bad.py", "from ladder.engine import Engine", "model may not import ladder.engine"),
        ("ladder/flows/bad.py", "from ladder import value", "flows may not import ladder.value"),
        ("ladder/whatif/bad.py", "import ladder.people.lists", "whatif may not import ladder.people"),
        ("ladder/ui/bad.py", "from ladder.engine.duck import Engine", "ui may not import ladder.engine"),
        ("ladder/ui/bad.py", "from pages import flows", "ui may not import pages"),
        ("ladder/door.py", "from ladder.ui import shell", "door may not import ladder.ui"),
        ("ladder/__init__.py", "from ladder import flows", "ladder/__init__.py may not import ladder.flows"),
        ("pages/bad.py", "from ladder.engine import Engine", "pages may not import ladder.engine"),
        ("ladder/new/bad.py", "", "“new” is not a layer"),
        ("ladder/flows/bad.py", "import duckdb", "only engine may import duckdb"),
        ("ladder/whatif/bad.py", "import_module('lifetimes')", "only value may import lifetimes"),
        ("ladder/ui/bad.py", "import plotly.express as px", "only pictures may import plotly"),
        ("ladder/pictures/bad.py", "import streamlit as st", "may import streamlit"),
        ("ladder/model/bad.py", "import numpy as np", "model makes do without numpy"),
        ("pages/bad.py", "import pandas as pd", "pages makes do without pandas"),
        ("ladder/flows/bad.py", "import polars", "polars is not named in requirements.in"),
        ("ladder/flows/bad.py", "x = 1\n" * 301, "a file has at most 300"),
        ("pages/bad.py", "x = 1\n" * 121, "a page has at most 120"),
        ("tests/bad.py", LONG_FUNCTION, "long has 41 lines"),
        ("pages/bad.py", '"""Why?"""\ndef f(): ...', "a page defines nothing"),
        ("pages/bad.py", "x = 1", "a page begins with the question"),
        ("ladder/ui/bad.py", "@st.cache_data\ndef f(): ...", "caches across sessions"),
        ("ladder/flows/bad.py", "q = f'select * from {name}'", "SQL is composed or bound"),
        ("ladder/flows/utils.py", "", "name the file after what it does"),
        ("ladder/flows/bad.py", "x = 1  # TO" + "DO later", "unfinished work"),
    ],
)
def test_each_rule_can_fail(place: str, source: str, rule: str):
    found = offences(place, source)
    assert any(rule in line for line in found), found


@pytest.mark.parametrize(
    ("place", "source"),
    [
        ("ladder/engine/good.py", "import duckdb\nfrom ladder.errors import LadderError"),
        ("ladder/value/good.py", "import_module('lifetimes')\nfrom ladder.placement import Placed"),
        ("pages/good.py", '"""Who?"""\nimport streamlit as st\nfrom ladder import flows'),
        ("tests/good.py", "import duckdb\nfrom ladder.engine import Engine"),
        ("ladder/flows/good.py", "told = f'selected {count} rows'"),
    ],
)
def test_good_sources_pass(place: str, source: str):
    assert offences(place, source) == []
