"""The commands that bring data in, list it and take it out."""

from __future__ import annotations

import sys
from argparse import Namespace
from typing import Any

import pandas as pd

from ladder.cli.output import Questions, Reply, listing, say
from ladder.door import Workspace
from ladder.importing import ImportResult, Proposal, Question, run_import
from ladder.workspace import Folder


def bring(options: Namespace) -> Reply:
    """Propose, ask what is unclear, import."""
    workspace = _workspace(options)
    proposal = workspace.propose(options.file, options.table, **_told(options))
    if proposal.questions:
        return _asked(proposal, proposal.questions)
    if not (options.yes or options.dry_run or _confirmed(proposal, options)):
        confirm = Question("confirm", "Is this how the file is to be read? Repeat with --yes.", ("--yes",))
        return _asked(proposal, (confirm,))
    result = run_import(workspace.folder, options.file, proposal.plan, dry_run=options.dry_run)
    if result.questions:
        return _asked(proposal, result.questions)
    return Reply(result.to_dict(), _account(result), (*result.warnings, *_outcome(result)))


def imports(options: Namespace) -> Reply:
    folder = Folder(options.workspace)
    live = {record.id for record in folder.imports()}
    rows = [
        {
            "id": record.id, "table": record.table, "source": record.source, "imported_at": record.imported_at,
            "rows_read": record.rows_read, "accepted": record.accepted, "duplicate": record.duplicate,
            "rejected": record.rejected, "ignored": record.ignored, "live": record.id in live,
        }
        for record in folder.history()
    ]  # fmt: skip
    unfinished = [f"Import {ident} did not finish; nothing was changed." for ident in folder.unfinished()]
    return listing(rows, *unfinished)


def undo(options: Namespace) -> Reply:
    record = Workspace(options.workspace).undo(options.id)
    rows = [{"id": record.id, "table": record.table, "source": record.source, "live": False}]
    return listing(rows, f"Import {record.id} is out of the figures.")


def _workspace(options: Namespace) -> Workspace:
    """The workspace to import into; an empty one is made where there is none."""
    if not (options.workspace / "manifest.json").is_file():
        Folder.create(options.workspace)
        say(f"Made an empty workspace in “{options.workspace.name}”.")
    return Workspace(options.workspace)


def _told(options: Namespace) -> dict[str, Any]:
    """What the person said about the file; the rest is guessed."""
    told = {
        name: getattr(options, name)
        for name in ("delimiter", "encoding", "decimal", "thousands", "date_format")
    }
    told |= {"timezone": options.timezone, "fields": dict(options.map), "attributes": options.attribute}
    if options.delimiter == "tab":
        told["delimiter"] = "\t"
    if options.no_header:
        told["header"] = False
    return {name: value for name, value in told.items() if value not in (None, {})}


def _confirmed(proposal: Proposal, options: Namespace) -> bool:
    """Ask at the terminal; without one the proposal is handed back as a question."""
    if not (sys.stdin.isatty() and options.format == "table"):
        return False
    say(*_described(proposal), "Import it like this? [y/N] ")
    return sys.stdin.readline().strip().casefold() in ("y", "yes")


def _asked(proposal: Proposal, questions: tuple[Question, ...]) -> Questions:
    """Nothing was imported: the account keeps its keys, empty, beside the questions and the proposal."""
    document = {**ImportResult(questions=questions).to_dict(), "proposal": proposal.plan.to_dict()}
    rows = [
        {
            "question": item.id,
            "text": item.text,
            "options": " | ".join(item.options),
            "example": _example(item),
        }
        for item in questions
    ]
    notes = (*_described(proposal), *proposal.warnings)
    return Questions(document, pd.DataFrame(rows), notes, tuple(item.id for item in questions))


def _example(item: Question) -> str:
    return "; ".join(" → ".join(example) for example in item.examples[:2])


def _described(proposal: Proposal) -> tuple[str, ...]:
    plan = proposal.plan
    fields = ", ".join(f"{name} = {source}" for name, source in plan.mapping.fields.items())
    dialect = plan.dialect
    how = f"{dialect.encoding}, delimiter {dialect.delimiter!r}, {'with' if dialect.header else 'no'} header"
    kept = f" Attributes: {', '.join(plan.mapping.attributes)}." if plan.mapping.attributes else ""
    return (f"Read as {plan.table or 'an unknown table'} ({how}).", f"Fields: {fields}.{kept}")


def _account(result: ImportResult) -> pd.DataFrame:
    rows = [
        ("rows read", result.rows_read),
        ("accepted", result.accepted),
        ("duplicate", result.duplicate),
        ("rejected", result.rejected),
        *((f"  {reason}", count) for reason, count in result.reasons.items()),
        ("ignored", result.ignored),
    ]
    return pd.DataFrame(rows, columns=["account", "rows"])


def _outcome(result: ImportResult) -> tuple[str, ...]:
    if result.import_id is None:
        return ("A dry run: nothing was changed.",)
    told = [f"Import {result.import_id} is live."]
    if result.rejects_file:
        told.append(f"Rejected rows: {result.rejects_file}")
    return tuple(told)
