"""The commands that bring data in, list it and take it out."""

from __future__ import annotations

import shlex
import sys
from argparse import Namespace
from typing import Any

import pandas as pd

from ladder.cli.output import Questions, Reply, listing, say
from ladder.door import Workspace
from ladder.importing import ImportResult, Proposal, Question, propose, run_import
from ladder.importing.profile import profiles
from ladder.importing.told import null_words
from ladder.quality import proposed_ladder
from ladder.workspace import Folder, ImportRecord, open_or_make, removal_day

_OPTIONS = {"table": "--as", "field": "--map", "date_format": "--date-format"}
_ANY = {"date_format": "%d.%m.%Y", "field": "COLUMN"}


def bring(options: Namespace) -> Reply:
    """Propose, ask what is unclear, import."""
    is_new = not (options.workspace / "manifest.json").is_file()
    with open_or_make(options.workspace) as folder:
        answer = _bring(folder, options)
    if is_new and (options.workspace / "manifest.json").is_file():
        say(f"Made a workspace in “{options.workspace.name}”.")
    return answer


def _bring(folder: Folder, options: Namespace) -> Reply:
    proposal = propose(options.file, options.table, folder=folder, **options_told(options))
    if proposal.questions:
        return _asked(proposal, proposal.questions)
    if not (options.yes or options.dry_run or _confirmed(proposal, options)):
        confirm = Question("confirm", "Is this how the file is to be read? Repeat with --yes.", ("--yes",))
        return _asked(proposal, (confirm,))
    result = run_import(folder, options.file, proposal.plan, dry_run=options.dry_run)
    if result.questions:
        return _asked(proposal, result.questions)
    told = (*_described(proposal), *proposal.warnings, *result.warnings, *_outcome(result, folder))
    return Reply({**result.to_dict(), **_beside(proposal)}, _account(result), tuple(dict.fromkeys(told)))


def imports(options: Namespace) -> Reply:
    folder = Folder(options.workspace)
    live = {record.id for record in folder.imports()}
    rows = [
        {
            "id": record.id, "table": record.table, "source": record.source, "imported_at": record.imported_at,
            "rows_read": record.rows_read, "accepted": record.accepted, "duplicate": record.duplicate,
            "rejected": record.rejected, "ignored": record.ignored, "live": record.id in live,
            "by": record.by, "erased": record.erased, "files_until": _files_until(record, folder),
        }
        for record in folder.history()
    ]  # fmt: skip
    unfinished = [f"Import {ident} did not finish; nothing was changed." for ident in folder.unfinished()]
    return listing(rows, *unfinished)


def _files_until(record: ImportRecord, folder: Folder) -> str:
    """The day from which files of the import are deleted; empty when none will be."""
    if record.removed:
        return f"removed {record.removed[:10]}"
    day = removal_day(record, folder.settings)
    return day.isoformat() if day else ""


def undo(options: Namespace) -> Reply:
    record = Workspace(options.workspace).undo(options.id)
    rows = [{"id": record.id, "table": record.table, "source": record.source, "live": False}]
    return listing(rows, f"Import {record.id} is out of the figures.")


def options_told(options: Namespace) -> dict[str, Any]:
    """What the person said about the file; the rest is remembered, known or guessed."""
    names = (
        "delimiter", "encoding", "decimal", "thousands", "timezone", "header", "names", "sheet", "member",
        "profile", "keep", "fold", "fresh", "currency",
    )  # fmt: skip
    told = {name: getattr(options, name) for name in names}
    told |= {"fields": dict(options.map), "attributes": options.attribute, "nulls": options.null}
    if options.date_format:
        told["date_format"] = dict(options.date_format)
    if options.delimiter == "tab":
        told["delimiter"] = "\t"
    return {name: value for name, value in told.items() if value not in (None, {})}


def _confirmed(proposal: Proposal, options: Namespace) -> bool:
    """Ask at the terminal; without one the proposal is handed back as a question."""
    if not (sys.stdin.isatty() and options.format == "table"):
        return False
    say(*_described(proposal), "Import it like this? [y/N] ")
    return sys.stdin.readline().strip().casefold() in ("y", "yes")


def _asked(proposal: Proposal, questions: tuple[Question, ...]) -> Questions:
    """Nothing was imported: the account keeps its keys, empty, beside the questions and the proposal."""
    empty = ImportResult(questions=questions).to_dict()
    document = {**empty, **_beside(proposal), "proposal": proposal.plan.to_dict()}
    rows = [
        {
            "question": item.id,
            "text": item.text,
            "options": " | ".join(item.options),
            "answer_with": answering(item),
            "example": _example(item),
        }
        for item in questions
    ]
    notes = (*_described(proposal), *proposal.warnings)
    return Questions(document, pd.DataFrame(rows), notes, tuple(item.id for item in questions))


def answering(question: Question) -> str:
    """What to add to the command line to answer a question, with its first option as the answer."""
    kind, _, name = question.id.partition(":")
    answer = question.options[0] if question.options else _ANY.get(kind, "")
    if kind == "confirm":
        return "--yes"
    if kind == "header":
        return "--header" if answer == "yes" else "--no-header"
    if kind == "nulls":
        # The parser takes a bare -- away, and the blank before a word is taken off later.
        words = (" --" if word == "--" else word for word in null_words(answer))
        return " ".join(_option("--null", word) for word in words)
    if kind in ("field", "date_format"):
        answer = f"{name}={answer}"
    elif answer == "\t":
        answer = "tab"
    return _option(_OPTIONS.get(kind, f"--{kind}"), answer)


def _option(name: str, value: str) -> str:
    # A value that looks like an option must hang on its own.
    return f"{name}{'=' if value.lstrip().startswith('-') else ' '}{shlex.quote(value)}"


def _beside(proposal: Proposal) -> dict[str, Any]:
    """What was known of the source before: its export, the import it is read like, what differs from that."""
    return {
        "profile": proposal.plan.mapping.profile,
        "remembered": proposal.remembered,
        "drift": [item.to_dict() for item in proposal.drift],
    }


def _example(item: Question) -> str:
    return "; ".join(" → ".join(example) for example in item.examples[:2])


def _described(proposal: Proposal) -> tuple[str, ...]:
    plan, mapping = proposal.plan, proposal.plan.mapping
    fields = ", ".join(f"{name} = {source}" for name, source in mapping.fields.items())
    dialect = plan.dialect
    how = f"{dialect.encoding}, delimiter {dialect.delimiter!r}, {'with' if dialect.header else 'no'} header"
    told = [f"Read as {plan.table or 'an unknown table'} ({how}).", f"Fields: {fields}."]
    if mapping.attributes:
        told[-1] += f" Attributes: {', '.join(mapping.attributes)}."
    if mapping.profile in profiles():
        title = profiles()[mapping.profile].title
        told.append(f"Taken for the export “{title}”; --profile none reads it by its own names.")
    if mapping.keep:
        kept = "; ".join(f"{name} is {', '.join(words)}" for name, words in mapping.keep.items())
        told.append(f"Rows count where {kept}.")
    if mapping.refund_customer:
        told.append(f"Refunds count too; their customer is “{mapping.refund_customer}”.")
    if mapping.fold:
        told.append(f"Lines with the same “{mapping.fold}” are one order.")
    if proposal.remembered:
        told.append(f"As import {proposal.remembered} was read; --fresh starts anew.")
    return (*told, *(item.text for item in proposal.drift))


def _account(result: ImportResult) -> pd.DataFrame:
    rows = [
        ("rows read", result.rows_read),
        ("accepted", result.accepted),
        ("duplicate", result.duplicate),
        ("rejected", result.rejected),
        *((f"  {reason}", count) for reason, count in result.reasons.items()),
        ("ignored", result.ignored),
        *((f"  {reason}", count) for reason, count in result.ignored_reasons.items()),
    ]
    return pd.DataFrame(rows, columns=["account", "rows"])


def _outcome(result: ImportResult, folder: Folder) -> tuple[str, ...]:
    if result.import_id is None:
        return ("A dry run: nothing was changed.",)
    told = [f"Import {result.import_id} is live."]
    if result.rejects_file:
        told.append(f"Rejected rows: {result.rejects_file}")
    if proposed := proposed_ladder(folder):
        told.append(
            f"Only orders were brought, and the ladder in use has rungs that need more: `ladder set {proposed.id}` "
            "puts the ladder for orders in use."
        )
    return tuple(told)
