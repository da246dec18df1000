"""One uploaded file on its way into a workspace: kept privately, asked about, checked, imported, deleted."""

from __future__ import annotations

import weakref
from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import streamlit as st

from ladder.errors import LadderError
from ladder.importing import ImportResult, Plan, Proposal, Question, propose, run_import
from ladder.importing.propose import ask, plan_warnings, take_sample
from ladder.ui.uploads import drop_upload, keep_upload
from ladder.workspace import Folder, ImportRecord

LARGEST_MB = 50


@dataclass
class Bringing:
    """The conversation about one file. It lives in the visitor's session; the file goes when the session does.

    `number` counts the conversations, `asked` holds what the check of the whole file came back with, `checked` the
    plan and what it would do, `problem` why the last file was refused, `done` the import it ended in.
    """

    number: int = 0
    file: Path | None = None
    asked: tuple[Question, ...] = ()
    checked: tuple[Plan, ImportResult] | None = None
    problem: LadderError | None = None
    done: ImportRecord | None = None
    _answers: dict[str, Proposal] = field(default_factory=dict)

    def take(self, name: str, content: bytes, timezone: str) -> None:
        """Keep the bytes in a folder that only this process's user may read; refuse what is no text table."""
        self.drop()
        self.file = keep_upload(name, content)
        weakref.finalize(self, drop_upload, self.file)
        try:
            self.propose(None, {}, timezone)
        except LadderError as error:
            self.drop()
            self.problem = error

    def drop(self) -> None:
        """Forget the file and delete it."""
        if self.file is not None:
            drop_upload(self.file)
        self.number, self.file, self.asked = self.number + 1, None, ()
        self.checked = self.problem = self.done = None
        self._answers = {}

    def propose(self, table: str | None, dialect: Dict[str, Any], timezone: str, **told: Any) -> Proposal:
        """What the importer proposes, asked once for each set of answers."""
        assert self.file is not None  # noqa: S101 - callers hold a conversation
        key = repr((table, dialect, timezone, told))
        if key not in self._answers:
            self._answers[key] = propose(self.file, table, timezone=timezone, **dialect, **told)
        return self._answers[key]

    def revise(
        self,
        proposal: Proposal,
        dialect: Dict[str, Any],
        fields: dict[str, str],
        attributes: Sequence[str],
        formats: dict[str, str],
    ) -> Proposal:
        """The proposal with exactly these fields and no guessed ones, and what is open then."""
        assert self.file is not None  # noqa: S101 - callers hold a conversation
        zone = proposal.plan.mapping.zone
        told = {"fields": fields, "attributes": list(attributes), "date_format": formats}
        plan = self.propose(proposal.plan.table, dialect, zone, **told).plan
        mapping = replace(
            plan.mapping,
            fields=fields,
            formats={name: text for name, text in plan.mapping.formats.items() if name in fields},
            whole_ids=tuple(name for name in plan.mapping.whole_ids if name in fields),
        )
        plan = replace(plan, mapping=mapping)
        questions = ask(plan, take_sample(self.file, plan.dialect))
        return Proposal(plan, questions, plan_warnings(plan), proposal.rows)

    def check(self, folder: Folder, plan: Plan) -> None:
        """Read the whole file as a dry run."""
        result = self._run(folder, plan, dry_run=True)
        self.asked, self.checked = result.questions, None if result.questions else (plan, result)

    def publish(self, folder: Folder, plan: Plan) -> None:
        """Import the file and delete it."""
        result = self._run(folder, plan, dry_run=False)
        if result.questions:
            self.asked, self.checked = result.questions, None
            return
        self.drop()
        self.done = next(record for record in folder.imports() if record.id == result.import_id)

    def _run(self, folder: Folder, plan: Plan, *, dry_run: bool) -> ImportResult:
        assert self.file is not None  # noqa: S101 - callers hold a conversation
        bar = st.progress(0.0, "Waiting for another import to finish …")

        def tell(share: float, step: str) -> None:
            # Drawing may end this run; once the import is live nothing may come between it and its account.
            if share < 1:
                bar.progress(share, f"{step} …")

        try:
            return run_import(folder, self.file, plan, dry_run=dry_run, progress=tell)
        finally:
            bar.empty()


def bringing(folder: Folder) -> Bringing:
    """The visitor's conversation in this workspace."""
    found: Bringing = st.session_state.setdefault(f"bringing {folder.path}", Bringing())
    return found
