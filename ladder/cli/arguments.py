"""What may be typed: one table of commands, each with its arguments and the function that runs it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from ladder.cli import commands, erasing, importing, sharing
from ladder.cli.output import FORMATS
from ladder.door import ENGINES
from ladder.model.link import BLOCKS
from ladder.model.tables import TABLES
from ladder.people import LISTS
from ladder.settings import load_settings

Adder = Callable[[argparse.ArgumentParser], object]


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="python -m ladder", description="Who stands on which rung, who climbs, what each rung is worth."
    )
    _shared(top, argparse.SUPPRESS)
    top.set_defaults(workspace=load_settings().workspace, format="table")
    subparsers = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (about, run, add) in COMMANDS.items():
        command = subparsers.add_parser(name, help=about, description=about)
        _shared(command, argparse.SUPPRESS)
        add(command)
        command.set_defaults(run=run)
    return top


def _shared(command: argparse.ArgumentParser, default: Any) -> None:
    """--workspace and --format may stand before or after the command."""
    command.add_argument(
        "--workspace", type=Path, metavar="DIR", default=default, help="the workspace folder"
    )
    command.add_argument("--format", choices=FORMATS, default=default, help="table (default), csv or json")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is not a date such as 2025-06-30") from None


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name or not value:
        raise argparse.ArgumentTypeError(f"“{text}” is not NAME=VALUE")
    return name.strip(), value.strip()


def _nothing(command: argparse.ArgumentParser) -> None:
    pass


def _as_of(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--as-of", type=_day, metavar="D", help="the period end on or before D; default the last"
    )


def _span(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--from", dest="start", type=_day, metavar="D", help="default: one period before --to"
    )
    command.add_argument("--to", dest="end", type=_day, metavar="D", help="default: the last period end")


def _sample(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--real", action="store_true", help="CDNOW, real purchases, instead of the sample shop"
    )


def _source(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise argparse.ArgumentTypeError(f"“{text}” is not FIELD=COLUMN")
    return name.strip(), value.strip()


def _format(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    return (name.strip(), value.strip()) if sign else ("", text)


def _import(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", type=Path, metavar="FILE")
    command.add_argument("--as", dest="table", choices=tuple(TABLES), help="which kind of table it is")
    command.add_argument(
        "--map", type=_source, action="append", default=[], metavar="FIELD=COLUMN",
        help='a column, a literal in single quotes, columns joined by & or, for money, an expression: '
        'amount="quantity*unit_price"; nothing after the sign: not in this file',
    )  # fmt: skip
    command.add_argument(
        "--attribute", action="append", metavar="COLUMN", help="keep this column as an attribute"
    )
    command.add_argument(
        "--keep", action="append", metavar="COLUMN=WORD,WORD", help="only these rows count; empty: all do"
    )
    command.add_argument(
        "--fold", metavar="COLUMN", help="the order's id, where an order stands on several lines"
    )
    command.add_argument(
        "--profile", metavar="NAME", help="the export it is, such as shopify-orders, or none"
    )
    command.add_argument(
        "--fresh", action="store_true", help="do not read it as the last file of its kind was"
    )
    command.add_argument(
        "--date-format", type=_format, action="append", metavar="[FIELD=]FORMAT",
        help="such as %%d/%%m/%%Y, for every date or for one field, as in ts=%%d/%%m/%%Y",
    )  # fmt: skip
    command.add_argument(
        "--currency", metavar="CODE", help="in which the amounts count, whatever the file writes"
    )
    command.add_argument("--timezone", help="zone of the times in the file; default the workspace's")
    _import_text(command)
    command.add_argument("--dry-run", action="store_true", help="do everything but publish")
    command.add_argument(
        "--yes", action="store_true", help="take what is proposed; what is ambiguous is still asked"
    )


def _import_text(command: argparse.ArgumentParser) -> None:
    """How the bytes become rows and cells."""
    command.add_argument("--sheet", help="the sheet of a workbook")
    command.add_argument("--member", help="the file inside a zip archive")
    command.add_argument("--delimiter", help="one character, tab, or whitespace")
    command.add_argument("--encoding", help="such as utf-8 or cp1252")
    command.add_argument("--decimal", choices=(".", ","), help="the decimal mark")
    command.add_argument("--thousands", help="the thousands mark, if any")
    command.add_argument(
        "--null",
        action="append",
        metavar="WORD",
        help="a word that stands for nothing, such as N/A; repeat it",
    )
    header = command.add_mutually_exclusive_group()
    header.add_argument(
        "--header", dest="header", action="store_true", default=None, help="the first row is names"
    )
    header.add_argument(
        "--no-header", dest="header", action="store_false", default=None,
        help="the first row is data; columns are column1 …",
    )  # fmt: skip
    command.add_argument(
        "--names", choices=("left", "right", "none"),
        help="where a line of too few or too many names belongs: from the first column, up to the last, nowhere",
    )  # fmt: skip


def _ladder(command: argparse.ArgumentParser) -> None:
    command.add_argument("words", nargs="+", metavar="NAME | set NAME | save FILE.toml")


def _lab(command: argparse.ArgumentParser) -> None:
    command.add_argument("ladder", metavar="LADDER", help="a preset, a saved ladder, or FILE.toml")
    command.add_argument("--against", metavar="LADDER", help="default: the ladder in use")
    _as_of(command)


def _funnel(command: argparse.ArgumentParser) -> None:
    command.add_argument("--cohort-from", type=_day, metavar="D", help="first day of joining")
    command.add_argument("--cohort-to", type=_day, metavar="D", help="last day of joining")
    command.add_argument(
        "--window", type=int, default=365, metavar="DAYS", help="how long each customer is followed"
    )


def _place(command: argparse.ArgumentParser) -> None:
    command.add_argument("--engine", choices=ENGINES, default="duckdb", help="duckdb (default), or spark")
    command.add_argument(
        "--source", default="", metavar="PATH", help="where Spark finds the folders of the imports"
    )


def _rungs(command: argparse.ArgumentParser) -> None:
    _as_of(command)
    command.add_argument("--by", metavar="ATTRIBUTE", help="split by an attribute of the customers")


def _clv(command: argparse.ArgumentParser) -> None:
    _as_of(command)
    command.add_argument("--horizon", type=int, metavar="MONTHS", help="default: the workspace's")
    command.add_argument("--margin", type=float, metavar="G", help="share of revenue that stays, such as 0.4")
    command.add_argument("--discount", type=float, metavar="D", help="yearly rate, such as 0.1")


def _forecast(command: argparse.ArgumentParser) -> None:
    command.add_argument("--horizon", type=int, default=12, metavar="MONTHS")


def _scenario(command: argparse.ArgumentParser) -> None:
    command.add_argument("scenario", metavar="SCENARIO.toml")


def _import_id(command: argparse.ArgumentParser) -> None:
    command.add_argument("id", type=int, metavar="ID")


def _erase(command: argparse.ArgumentParser) -> None:
    command.add_argument("customer", metavar="CUSTOMER")
    command.add_argument(
        "--also", action="append", default=[], metavar="ID", help="another id of the same person; repeat it"
    )
    sure = command.add_mutually_exclusive_group()
    sure.add_argument("--preview", action="store_true", help="every place that holds them; change nothing")
    sure.add_argument("--yes", action="store_true", help="erase without asking")


def _check(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--restore", action="store_true", help="bring back the state before the last change, if it is damaged"
    )


def _changes(command: argparse.ArgumentParser) -> None:
    command.add_argument("change", nargs="*", type=_pair, metavar="NAME=VALUE")


def _customer(command: argparse.ArgumentParser) -> None:
    command.add_argument("customer", metavar="CUSTOMER")


def _card(command: argparse.ArgumentParser) -> None:
    _customer(command)
    _as_of(command)


def _list(command: argparse.ArgumentParser) -> None:
    command.add_argument("name", metavar="NAME", choices=tuple(LISTS), help=" | ".join(LISTS))
    _as_of(command)
    command.add_argument("--rung", help="only those who stand there")


def _link(command: argparse.ArgumentParser) -> None:
    command.add_argument("action", choices=("create", "list", "revoke"))
    command.add_argument("link", nargs="?", metavar="LINK", help="which link to revoke")
    command.add_argument("--title", default="Loyalty ladder", help="what the page is called")
    command.add_argument("--days", type=int, default=30, help="until it expires")
    command.add_argument(
        "--block", action="append", choices=BLOCKS, help="what it shows; default everything safe"
    )
    command.add_argument(
        "--smallest-group", type=int, default=10, metavar="K", help="smaller groups are hidden"
    )
    _as_of(command)


COMMANDS: dict[str, tuple[str, Callable[[argparse.Namespace], Any], Adder]] = {
    "sample": ("make the sample workspace", commands.sample, _sample),
    "import": ("bring data", importing.bring, _import),
    "imports": ("every import and the account of its rows", importing.imports, _nothing),
    "undo": ("take an import out of the figures", importing.undo, _import_id),
    "erase": ("erase a customer from every file", erasing.erase, _erase),
    "check": ("is every file of the workspace whole, does every view tie", commands.check, _check),
    "settings": ("see or change settings of the workspace", commands.settings, _changes),
    "ladders": ("every ladder there is", commands.ladders, _nothing),
    "ladder": ("see a ladder, or choose one with set", commands.ladder, _ladder),
    "place": ("place every customer at every period end, here or on Spark", commands.place, _place),
    "lab": ("two ladders side by side: who moves, what flaps, which tells more", commands.lab, _lab),
    "rungs": ("who stands where", commands.rungs, _rungs),
    "flows": ("moves between two period ends", commands.flows, _span),
    "statement": ("opening to closing per rung", commands.statement, _span),
    "funnel": ("the climb of joining cohorts", commands.funnel, _funnel),
    "kpis": ("climb rate, slip rate, returning share, NPS, CSAT at every period end", commands.kpis, _nothing),
    "history": ("one customer's rungs", commands.history, _customer),
    "card": ("one customer: why here, what next, timeline", commands.card, _card),
    "list": ("people to act on", commands.people_list, _list),
    "coverage": ("rows, first and last day, empty months of every table", commands.coverage, _nothing),
    "quality": ("can the data be trusted: findings and their lights", commands.quality, _nothing),
    "suitability": ("is a ladder right here", commands.suitability, _nothing),
    "clv": ("value per rung", commands.clv, _clv),
    "forecast": ("the ladder to come if nothing is done", commands.forecast, _forecast),
    "what-if": ("an incentive against the baseline", commands.what_if, _scenario),
    "link": ("shared pages: create, list, revoke", sharing.link, _link),
}  # fmt: skip
