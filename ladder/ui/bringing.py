"""One uploaded file on its way into a workspace: kept privately, asked about, checked, imported, deleted."""

from __future__ import annotations

import secrets
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakValueDictionary

import streamlit as st

from ladder.errors import LadderError
from ladder.importing import ImportResult, Plan, Proposal, Question, propose, run_import
from ladder.importing.look import Look, look
from ladder.importing.sandbox import READS
from ladder.ui.dropzone import ENDINGS
from ladder.ui.erased import erased_since, erasures
from ladder.ui.jobs import Job, Tell
from ladder.ui.receiving import TICKETS
from ladder.ui.uploads import Upload, drop_upload
from ladder.ui.visitor import Presence, visitor
from ladder.workspace import Folder, ImportRecord

Answer = TypeVar("Answer")


def _new_ident() -> str:
    # Never the same again: an open page of before a restart still holds controls under the names of then.
    return secrets.token_hex(4)


@dataclass(eq=False)
class Bringing:
    """The conversation about one file. It lives in the visitor's sessions; the file goes when the last one does.

    `ident` names the controls of one file, `start` holds what every proposal is told, `told` what the person chose
    otherwise than proposed, `asked` what the check of the whole file came back with, `checked` the plan and what it
    would do, `job` the work under way, `problem` why the last file or work was refused, `notice` what else there is
    to say, `done` the finished import, `seen` the erasures of the workspace when the file was taken, `presence`
    whether somebody still looks.
    """

    ident: str = field(default_factory=_new_ident)
    arrived: Upload | None = None
    upload: Upload | None = None
    start: dict[str, Any] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)
    asked: tuple[Question, ...] = ()
    checked: tuple[Plan, ImportResult] | None = None
    job: Job | None = None
    problem: LadderError | None = None
    notice: str = ""
    done: ImportRecord | None = None
    seen: int = 0
    presence: Presence = field(default_factory=Presence)
    _waiting: Tell | None = None
    _answers: dict[str, Proposal] = field(default_factory=dict)
    _looks: dict[str, Look] = field(default_factory=dict)

    def leave(self, name: str, size: int, cookie: str) -> str:
        """A ticket to upload a file with. LadderError for a kind of file that holds no table."""
        if not name.lower().endswith(ENDINGS):
            known = ", ".join(ENDINGS[:-1])
            raise LadderError(
                "This is no kind of file that holds a table",
                f"“{name}” does not end in {known} or {ENDINGS[-1]}.",
                "Export it as CSV; a text table under another name can be renamed.",
            )
        arrive = weakref.WeakMethod(self.arrive)
        return TICKETS.issue(name, size, cookie, lambda upload: bool((found := arrive()) and found(upload)))

    def arrive(self, upload: Upload) -> bool:
        """Keep an upload, from the server's thread, until the page looks; false while another file is worked on."""
        if self.job is not None or self.upload is not None:
            return False
        earlier, self.arrived = self.arrived, upload
        weakref.finalize(self, drop_upload, upload.file)
        if earlier is not None:
            drop_upload(earlier.file)
        return True

    def take(self, folder: Folder, tell: Tell | None = None) -> None:
        """Talk about the file that arrived; refuse what is no table. `tell` hears how long the line is."""
        upload, self.arrived = self.arrived, None
        self.drop()
        self.upload, self._waiting, self.seen = upload, tell, erasures(folder)
        try:
            self.propose(folder)
        except LadderError as error:
            self.drop()
            self.problem = error
        finally:
            self._waiting = None

    def drop(self) -> None:
        """Forget the file and delete it."""
        if self.upload is not None:
            drop_upload(self.upload.file)
        self.ident, self.upload, self.asked = _new_ident(), None, ()
        self.checked = self.problem = self.done = None
        self.notice, self.start, self.told = "", {}, {}
        self._answers, self._looks = {}, {}

    def heed_erasures(self, folder: Folder) -> None:
        """Let go of a file of before somebody was erased, for it and what was asked about it may hold them."""
        if self.upload is None or self.job is not None or not erased_since(folder, self.seen):
            return
        self.drop()
        self.problem = LadderError(
            "The file was let go",
            "A customer was erased from this workspace since it came, and it may hold them.",
            "Bring it once more; their rows are left out.",
        )

    @property
    def file(self) -> Path:
        assert self.upload is not None  # noqa: S101 - callers hold a conversation
        return self.upload.file

    def recall(self, key: str, guess: Answer) -> Answer:
        """What the person chose for a control, or the guess: controls forget while they are not drawn."""
        found: Answer = self.told.get(key, guess)
        return found

    def keep(self, key: str, answer: Answer, guess: Answer) -> Answer:
        """Remember an answer for as long as the file is talked about."""
        if answer == guess:
            self.told.pop(key, None)
        else:
            self.told[key] = answer
        return answer

    def propose(self, folder: Folder, table: str | None = None, **told: Any) -> Proposal:
        """What the importer proposes, asked once for each set of answers."""
        told = self.start | told
        key = repr((table, told))
        if key not in self._answers:
            self._answers[key] = propose(self.file, table, folder=folder, looking=self._look, **told)
        return self._answers[key]

    def _look(self, path: Path, told: dict[str, Any]) -> Look:
        """A look at the file, once for each dialect: one at a large workbook takes a second."""
        key = repr(sorted(told.items()))
        if key not in self._looks:
            self._looks[key] = look(path, told, self._waiting)
        return self._looks[key]

    def begin_again(self, **start: Any) -> None:
        """Forget the answers and propose anew, such as without what was remembered."""
        self.ident, self.told, self.asked, self.checked = _new_ident(), {}, (), None
        self.start = start

    def check(self, folder: Folder, plan: Plan) -> None:
        """Read the whole file as a dry run, beside the page; given up when nobody looks any more and others wait."""

        def work(tell: Tell) -> None:
            result = run_import(folder, self.file, plan, dry_run=True, progress=tell)
            self.asked, self.checked = result.questions, None if result.questions else (plan, result)

        self._start(work, lambda: self.presence.is_gone and READS.is_awaited)

    def publish(self, folder: Folder, plan: Plan) -> None:
        """Import the file beside the page, and delete it."""

        def work(tell: Tell) -> None:
            result = run_import(folder, self.file, plan, progress=tell, by=folder.by)
            if result.questions:
                self.asked, self.checked = result.questions, None
                return
            self.drop()
            self.done = next(record for record in folder.imports() if record.id == result.import_id)

        self._start(work)

    def _start(self, work: Callable[[Tell], None], unwanted: Callable[[], bool] = lambda: False) -> None:
        self.problem, self.notice = None, ""
        self.job = Job(work, unwanted)

    def settle(self) -> bool:
        """Take over what finished work left to say; false while it still runs."""
        job = self.job
        if job is None:
            return True
        if not job.finished:
            return False
        self.job, self.problem = None, job.error
        why = "Given up, as the page was closed and others waited." if job.left else "Cancelled."
        self.notice = f"{why} Nothing was changed." if job.stopped else ""
        return True


_known: WeakValueDictionary[tuple[str, str], Bringing] = WeakValueDictionary()
_lock = threading.Lock()


def bringing(folder: Folder) -> Bringing:
    """The visitor's conversation in this workspace. A reload finds it again while the session before is kept."""
    place = str(folder.path.resolve())
    with _lock:
        found = _known.setdefault((place, visitor()), Bringing())
    st.session_state.setdefault("conversations", {})[place] = found
    found.presence.note()
    return found
