"""One function per command: ask the workspace, hand back a reply."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from ladder.cli.output import Reply, listing, pairs, reply, say
from ladder.door import Workspace
from ladder.errors import LadderError
from ladder.importing.sentences import counted
from ladder.model.ladder import Ladder, ladder_name
from ladder.rules import check_ladder, in_words, never_reached
from ladder.workspace import Folder


def sample(options: Namespace) -> Reply:
    made = Workspace.cdnow(options.workspace) if options.real else Workspace.sample(options.workspace)
    rows = [
        {"table": item.table, "rows": item.rows_read, "accepted": item.accepted} for item in made.imports()
    ]
    return listing(rows, f"Made “{made.settings.name}”.")


def check(options: Namespace) -> Reply:
    if options.restore:
        Folder.restore(options.workspace)
    workspace = Workspace(options.workspace)
    workspace.folder.require_whole()
    notes = [
        f"Import {ident} did not finish; nothing was changed." for ident in workspace.folder.unfinished()
    ]
    if removing := workspace.folder.manifest().removing:
        files = counted(len(removing), "file is", "files are")
        notes.append(f"{files} still to be deleted; the next change does it.")
    ties = None
    try:
        ties = all(
            workspace.statement(first, last).ties
            for first, last in zip(workspace.placed.periods, workspace.placed.periods[1:], strict=False)
        )
    except LadderError as error:
        notes.append(f"No statement to check: {error.message}")
    return pairs({"imports": len(workspace.imports()), "files_whole": True, "statement_ties": ties}, *notes)


def settings(options: Namespace) -> Reply:
    if options.change and not (options.workspace / "manifest.json").is_file():
        Folder.create(options.workspace)
    workspace = Workspace(options.workspace)
    if options.change:
        workspace.folder.change_settings(**{name: _setting(name, text) for name, text in options.change})
    return pairs(workspace.settings.to_dict())


def ladders(options: Namespace) -> Reply:
    workspace = Workspace(options.workspace)
    rows = [
        {
            "id": item.id,
            "version": item.version,
            "in_use": _same(item, workspace.ladder),
            "rungs": ", ".join(item.names),
        }
        for item in workspace.ladders()
    ]
    return listing(rows)


def ladder(options: Namespace) -> Reply:
    workspace = Workspace(options.workspace)
    act = options.words[0]
    if act in ("set", "save"):
        if len(options.words) != 2:
            raise LadderError("Which ladder?", f"`ladder {act}` needs one name or file.", "See `ladders`.")
        chosen = (workspace.set_ladder if act == "set" else workspace.save_ladder)(options.words[1])
        told = "In use" if act == "set" else "Saved"
        return _shown(chosen, workspace, f"{told}: {chosen.id}, version {chosen.version}.")
    return _shown(workspace.find_ladder(options.words[0]), workspace)


def place(options: Namespace) -> Reply:
    told: list[str] = []

    def progress(share: float, step: str) -> None:
        told.append(step)
        say(f"{share:4.0%} {step}")

    placed = Workspace(options.workspace).build(progress, engine=options.engine, source=options.source)
    ((customers,),) = placed.rows("customers", "select count(*) from customers")
    document = {
        "customers": customers,
        "period_ends": len(placed.periods),
        "first": placed.periods[0].isoformat(),
        "last": placed.last.isoformat(),
        "engine": options.engine if told else None,
        "result": placed.key,
    }
    notes = () if told else ("Nothing has changed since the last time; what was there is kept.",)
    return pairs(document, *notes, *placed.warnings)


def lab(options: Namespace) -> Reply:
    found = Workspace(options.workspace).lab(options.ladder, options.against, options.as_of)
    heads = [
        f"{which.upper()}: {name} ({ladder_name(item)})."
        for which, name, item in zip("ab", found.names, (found.a, found.b), strict=True)
    ]
    return Reply(
        found.to_dict(), found.crossing.frame, (*heads, f"On {found.as_of}.", *found.sentences, *found.notes)
    )


def rungs(options: Namespace) -> Reply:
    workspace = Workspace(options.workspace)
    return reply(workspace.rungs(options.as_of, options.by), *workspace.placed.warnings)


def flows(options: Namespace) -> Reply:
    result = Workspace(options.workspace).flows(options.start, options.end)
    return reply(result, f"From {result.start} to {result.end}.")


def statement(options: Namespace) -> Reply:
    result = Workspace(options.workspace).statement(options.start, options.end)
    return reply(result, f"From {result.start} to {result.end}.")


def funnel(options: Namespace) -> Reply:
    asked = Workspace(options.workspace)
    result = asked.funnel(options.cohort_from, options.cohort_to, options.window)
    joined = counted(result.cohort, "customer", "customers")
    told = f"{joined} joined from {result.cohort_start} to {result.cohort_end}."
    return reply(result, told)


def kpis(options: Namespace) -> Reply:
    return reply(Workspace(options.workspace).kpis())


def history(options: Namespace) -> Reply:
    return reply(Workspace(options.workspace).history(options.customer))


def card(options: Namespace) -> Reply:
    found = Workspace(options.workspace).card(options.customer, options.as_of)
    why = [
        {"about": "why here", "rule": fact.words, "value": fact.value, "holds": fact.holds}
        for fact in found.why
    ]
    lacks = [
        {"about": f"for {found.next_rung}", "rule": fact.words, "value": fact.value, "holds": fact.holds}
        for fact in found.missing
    ]
    told = [f"{found.customer_id} stands on {found.rung} at {found.as_of}, known since {found.first_day}."]
    told += [f"{what.capitalize()} leads to {rung}." for what, rung in found.lifts]
    told += [f"Falls to {found.falls[1]} at {found.falls[0]} if nothing happens."] if found.falls else []
    return Reply(found.to_dict(), pd.DataFrame([*why, *lacks]), tuple(told))


def people_list(options: Namespace) -> Reply:
    found = Workspace(options.workspace).people(options.name, options.as_of, options.rung)
    return reply(found, f"{counted(found.total, 'customer', 'customers')}. {found.title}")


def coverage(options: Namespace) -> Reply:
    found = Workspace(options.workspace).coverage()
    return Reply(found.to_dict(), found.frame)


def quality(options: Namespace) -> Reply:
    found = Workspace(options.workspace).quality()
    document = found.to_dict()
    rows = [
        {**row, "meaning": "" if row["light"] == "fine" else row["meaning"]} for row in document["checks"]
    ]
    return Reply(document, pd.DataFrame(rows), (found.verdict,))


def suitability(options: Namespace) -> Reply:
    found = Workspace(options.workspace).suitability()
    document = found.to_dict()
    return Reply(document, pd.DataFrame(document["checks"]), (found.verdict,))


def clv(options: Namespace) -> Reply:
    result = Workspace(options.workspace).clv(
        options.as_of, horizon=options.horizon, margin=options.margin, discount=options.discount
    )
    return Reply(result.to_dict(), result.rungs, result.notes)


def forecast(options: Namespace) -> Reply:
    result = Workspace(options.workspace).forecast(options.horizon)
    return reply(result, result.backtest.verdict)


def what_if(options: Namespace) -> Reply:
    result = Workspace(options.workspace).what_if(options.scenario)
    document = result.to_dict()
    return pairs(document, *document["notes"])


def _shown(item: Ladder, workspace: Workspace, *notes: str) -> Reply:
    words = [in_words(enter, workspace.settings.currency) for enter, _ in check_ladder(item)]
    rows = [
        {"rung": rung.name, "title": rung.title, "enter": rung.enter, "keep": rung.keep, "in_words": said}
        for rung, said in zip(reversed(item.rungs), reversed(words), strict=True)
    ]
    return Reply(item.to_dict(), pd.DataFrame(rows), (*notes, *(told for _, told in never_reached(item))))


def _same(one: Ladder, other: Ladder) -> bool:
    return replace(one, version=other.version) == other


def _setting(name: str, text: str) -> Any:
    """The value of a setting from its text; what is not a number or a date stays text and is checked later."""
    try:
        if name == "as_of":
            return None if text == "none" else date.fromisoformat(text)
        if name in ("margin", "discount"):
            return float(text)
        if name in ("horizon_months", "minor_digits", "retention_days"):
            return int(text)
    except ValueError:
        raise LadderError(
            "The setting cannot be used", f"{name} is “{text}”.", "See docs/settings.md."
        ) from None
    return text
