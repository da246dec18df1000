"""The documentation is true: its commands run, its tables are complete, its links lead somewhere."""

from __future__ import annotations

import argparse
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from datetime import date, datetime
from pathlib import Path

import pytest

from ladder.cli import main
from ladder.cli.arguments import COMMANDS, parser
from ladder.door import Workspace
from ladder.flows import history
from ladder.model.ladder import ladder_from_toml, preset, preset_ids
from ladder.model.link import BLOCKS
from ladder.model.scenario import scenario_from_dict
from ladder.model.tables import TABLES
from ladder.placement import build
from ladder.rules import MEASURES, check_ladder, never_reached, parse_rule
from ladder.rules.tree import comparisons
from ladder.workspace import WorkspaceSettings
from tests.workspaces import make_workspace

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(
    [ROOT / "README.md", *ROOT.glob("C*.md"), *DOCS.rglob("*.md"), ROOT / "data" / "sample" / "README.md"]
)
PYTHON = ".venv/bin/python"


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks of one language."""
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", page, flags=re.DOTALL | re.MULTILINE)


def shell_lines(page: str) -> list[str]:
    """Every command of the console and sh blocks, without comments."""
    found = [
        line.partition(" #")[0].strip()
        for sort in ("console", "sh")
        for b in blocks(page, sort)
        for line in b.splitlines()
    ]
    return [line for line in found if line]


def rows(page: str) -> Iterator[list[str]]:
    """The cells of every table row."""
    for line in page.splitlines():
        if line.startswith("|"):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def named(page: str) -> set[str]:
    """The first code word of each table row, without its arguments."""
    return {found[1] for row in rows(page) if (found := re.match(r"`(?:Workspace\.)?([\w-]+)", row[0]))}


def options_of(command: str) -> set[str]:
    """The long options of a command, without those that every command has."""
    actions = next(a for a in parser()._actions if isinstance(a, argparse._SubParsersAction))
    found = {text for action in actions.choices[command]._actions for text in action.option_strings}
    return {option for option in found if option.startswith("--")} - {"--help", "--workspace", "--format"}


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that looks like the repository to a command, so that nothing is written into the real one."""
    for name in ("data", "ladder"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LADDER_WORKSPACE", raising=False)
    monkeypatch.delenv("LADDER_HOME", raising=False)
    return tmp_path


def test_the_commands_of_the_readme_run(elsewhere: Path):
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), flags=re.MULTILINE))
    lines = shell_lines(text("README.md"))
    assert {"make run", "make test"} < set(lines) and len(lines) > 6
    for line in lines:
        if line.startswith("make "):
            assert line.removeprefix("make ") in targets, line
        else:
            assert line.startswith(PYTHON), line
            done = subprocess.run(
                [sys.executable, *shlex.split(line)[1:]], capture_output=True, text=True, timeout=120
            )
            assert done.returncode == 0, f"{line}\n{done.stderr}"


def test_the_commands_within_sentences_are_commands():
    for page in PAGES:
        for line in re.findall(r"`(?:\.venv/bin/)?python -m ladder ([^`]*)`", page.read_text("utf-8")):
            words = [word for word in shlex.split(line) if not word.startswith("-")]
            assert set(words) & set(COMMANDS), f"{page.name}: {line}"


@pytest.mark.parametrize("name", ["cli.md", "sharing.md"])
def test_the_commands_of_a_page_run_in_its_order(
    name: str, elsewhere: Path, capsys: pytest.CaptureFixture[str]
):
    if name != "cli.md":
        assert main(["sample"]) == 0
    for line in shell_lines((DOCS / name).read_text("utf-8")):
        words = shlex.split(line)
        assert words[:3] == ["python", "-m", "ladder"], line
        assert main(words[3:]) == 0, f"{line}\n{capsys.readouterr().err}"


@pytest.mark.parametrize("name", ["README.md", "docs/notebooks.md"])
def test_the_python_of_a_page_runs(name: str, elsewhere: Path):
    for block in blocks(text(name), "python"):
        done = subprocess.run(
            [sys.executable, "-c", block], capture_output=True, text=True, timeout=120,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr


def test_the_toml_of_the_docs_is_accepted():
    (ladder,) = blocks(text("docs/ladders.md"), "toml")
    check_ladder(ladder_from_toml(ladder, "docs/ladders.md"))
    (scenario,) = blocks(text("docs/methods.md"), "toml")
    assert scenario_from_dict(tomllib.loads(scenario), "docs/methods.md").incentive.rung == "customer"


def test_every_command_and_option_is_documented():
    page = text("docs/cli.md")
    sections = dict(re.findall(r"^## `([^`]+)`\n(.*?)(?=^## |\Z)", page, flags=re.DOTALL | re.MULTILINE))
    assert set(sections) == set(COMMANDS)
    for command, section in sections.items():
        told = set(re.findall(r"--[a-z][a-z-]+", section))
        missing = options_of(command) - told
        assert not missing, f"docs/cli.md: {command} says nothing of {sorted(missing)}"
        prose = re.sub(r"```.*?```", "", section, flags=re.DOTALL)
        unknown = set(re.findall(r"`(--[a-z][a-z-]+)", prose)) - options_of(command)
        assert not unknown, f"docs/cli.md: {command} has no {sorted(unknown)}"


def test_every_measure_is_documented_with_an_example_that_reads():
    documented = {row[0].strip("`"): row for row in rows(text("docs/measures.md")) if row[0].startswith("`")}
    assert set(documented) == {measure.signature for measure in MEASURES.values()}
    for signature, (_, about, unit, missing, example) in documented.items():
        assert about and unit, signature
        measure = MEASURES[signature.partition("(")[0]]
        assert {item.call.name for item in comparisons(parse_rule(example.strip("`")))} == {measure.name}
        if not measure.nullable:
            assert missing == "0", signature
        elif measure.name != "tenure":
            assert missing.startswith("missing"), signature


def test_every_setting_is_documented():
    page = text("docs/settings.md")
    folders = ("ladder", "benchmarks", "notebooks")
    files = [
        file for folder in folders for file in (ROOT / folder).rglob("*") if file.suffix in (".py", ".ipynb")
    ]
    sources = "".join(file.read_text("utf-8") for file in files)
    variables = set(re.findall(r"\bLADDER_[A-Z_]+\b", sources))
    assert named(page) == {item.name for item in fields(WorkspaceSettings)} | variables


def test_every_preset_ladder_is_documented_with_its_rungs():
    documented = {row[0].strip("`"): row[1] for row in rows(text("docs/ladders.md")) if len(row) == 3}
    del documented["id"], documented["---"]
    assert documented == {ident: ", ".join(preset(ident).names) for ident in preset_ids()}


def test_every_public_name_of_the_door_is_documented():
    page = text("docs/notebooks.md")
    public = {name for name in vars(Workspace) if not name.startswith("_")}
    assert named(page) - {"Workspace"} == public


def test_every_table_field_and_block_is_documented():
    page = text("docs/data.md")
    documented = {row[0]: " ".join(row) for row in rows(page) if row[0] in TABLES and len(row) == 4}
    assert set(documented) == set(TABLES)
    for name, row in documented.items():
        for field in TABLES[name].fields:
            assert f"`{field.name}`" in row, f"{name}.{field.name}"
    assert named(text("docs/sharing.md")) == set(BLOCKS)


@pytest.mark.parametrize("grace", [0, 1])
def test_the_timeline_of_ladders_md_is_what_placement_gives(grace: int, tmp_path: Path):
    timeline = {row[0].strip("`"): row[1:] for row in rows(text("docs/ladders.md")) if len(row) == 8}
    orders = [
        {"customer_id": "ann", "ts": datetime(2024, month, 20 + nth), "amount": 100}
        for month, count in enumerate(map(int, timeline["orders(365)"]), 1)
        for nth in range(count)
    ]
    # A window of four weeks, so that the orders of a month are those that its end sees.
    ladder = f'id = "x"\ngrace = {grace}\n[[rung]]\nname = "regular"\n'
    ladder += 'enter = "orders(28) >= 3"\nkeep = "orders(28) >= 2"\n'
    folder = make_workspace(tmp_path / "shop", {"transactions": orders}, ladder, as_of=date(2024, 7, 31))
    stood = history(build(folder), "ann").frame["rung"]
    assert ["on" if rung == "regular" else "" for rung in stood] == timeline[f"on the rung, grace {grace}"]


def test_the_rule_that_ladders_md_calls_impossible_is_told():
    (rule,) = re.findall(r"contradicts itself \(`([^`]+)`\)", text("docs/ladders.md"))
    source = f'id = "bad"\n[[rung]]\nname = "a"\nenter = "{rule}"\n'
    ((rung, _),) = never_reached(ladder_from_toml(source, "bad.toml"))
    assert rung == "a"


def test_every_link_leads_to_a_file():
    for page in PAGES:
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
            if not target.startswith(("https://", "http://")):
                assert (page.parent / target.partition("#")[0]).exists(), f"{page.name}: {target}"


def test_every_page_can_be_reached():
    linked = {
        (page.parent / target).resolve()
        for page in PAGES
        for target in re.findall(r"\]\(([^)\s#]+)", page.read_text("utf-8"))
    }
    lost = [page.name for page in DOCS.glob("*.md") if page.resolve() not in linked]
    assert lost == []


def test_decisions_have_three_parts():
    pages = sorted((DOCS / "decisions").glob("*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        found = re.findall(r"^## (.*)$", page.read_text("utf-8"), flags=re.MULTILINE)
        assert found == ["Context", "Decision", "Consequences"], page.name


def test_the_changelog_has_what_is_coming_and_what_was():
    headings = re.findall(r"^## (.*)$", text("CHANGELOG.md"), flags=re.MULTILINE)
    version = tomllib.loads(text("pyproject.toml"))["project"]["version"]
    assert headings[:2] == ["Unreleased", version]


# Split, so that this file does not find itself.
FOREIGN = re.compile(
    "|".join(
        (
            r"(?<![\w.$}~])/(?:home|Us" + r"ers|root|work|tmp|farm)/\w",
            "pypi" + r"\.",
            "files.python" + "hosted",
            "CONTRACT" + r"\.md",
        )
    )
)


def tracked() -> list[Path]:
    """Every text file that git tracks, or would; all files where there is no git."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=False)
    names = done.stdout.splitlines() or [str(item.relative_to(ROOT)) for item in DOCS.rglob("*")]
    return [
        ROOT / name
        for name in names
        if not name.endswith((".png", ".gz", ".csv")) and (ROOT / name).is_file()
    ]


def test_no_file_names_a_machine_or_a_registry():
    found = [
        f"{file.relative_to(ROOT)}:{number}"
        for file in tracked()
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if FOREIGN.search(line)
    ]
    assert found == []
