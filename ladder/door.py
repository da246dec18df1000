"""The notebook's door: open a workspace and ask it. The app and the command line ask the same questions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ladder import flows as moves
from ladder import lab as compared
from ladder import people as customers
from ladder import quality as checks
from ladder import sharing, value, whatif
from ladder.errors import LadderError, did_you_mean
from ladder.importing import ImportResult, Proposal, propose, run_import
from ladder.model.ladder import Ladder, ladder_from_toml, ladder_name, preset, preset_ids
from ladder.model.link import Link
from ladder.model.scenario import Scenario, scenario_from_toml
from ladder.pictures.ladder_picture import ladder_picture
from ladder.pictures.sankey_picture import sankey_picture
from ladder.pictures.svg import Picture
from ladder.placement import Placed, Progress, build, on_spark
from ladder.rules import check_ladder
from ladder.samples import make_cdnow, make_sample
from ladder.workspace import Erasure, Folder, ImportRecord, WorkspaceSettings, erase

Dates = date | str | None
ENGINES = ("duckdb", "spark")


class Workspace:
    """One workspace folder and every question it answers.

    Dates may be given as dates or as ISO text; a date means the period end on or before it.
    """

    def __init__(self, path: Path | str) -> None:
        self.folder = Folder(path)

    @staticmethod
    def create(path: Path | str, **settings: Any) -> Workspace:
        """An empty workspace; settings as in `WorkspaceSettings`."""
        Folder.create(path, WorkspaceSettings(**settings))
        return Workspace(path)

    @staticmethod
    def sample(path: Path | str) -> Workspace:
        """The sample shop."""
        return Workspace(make_sample(Path(path)).path)

    @staticmethod
    def cdnow(path: Path | str) -> Workspace:
        """CDNOW_master, real data."""
        return Workspace(make_cdnow(Path(path)).path)

    @property
    def settings(self) -> WorkspaceSettings:
        return self.folder.settings

    @property
    def ladder(self) -> Ladder:
        return self.folder.ladder

    def propose(self, file: Path | str, table: str | None = None, **told: Any) -> Proposal:
        """How the file would be read, and what must still be asked; see `ladder.importing.propose`."""
        return propose(file, table, folder=self.folder, **told)

    def import_file(
        self, file: Path | str, table: str | None = None, *, dry_run: bool = False, **told: Any
    ) -> ImportResult:
        """Import a file as proposed; what is ambiguous comes back as questions, and nothing is imported then."""
        proposal = self.propose(file, table, **told)
        if proposal.questions:
            return ImportResult(questions=proposal.questions)
        return run_import(self.folder, file, proposal.plan, dry_run=dry_run)

    def imports(self) -> tuple[ImportRecord, ...]:
        return self.folder.imports()

    def undo(self, import_id: int) -> ImportRecord:
        return self.folder.undo(import_id)

    def erase(self, customer_id: str, also: Sequence[str] = (), *, preview: bool = False) -> Erasure:
        """Erase a customer from every file, and other ids of the same person; a preview only tells every place."""
        return erase(self.folder, customer_id, also, preview=preview)

    def ladders(self) -> tuple[Ladder, ...]:
        """Preset ladders, then those saved in this workspace, every version."""
        return (*map(preset, preset_ids()), *self.folder.ladders())

    def find_ladder(self, name: str) -> Ladder:
        """A preset id, a saved ladder (`mine`, its latest version, or `mine@2`), or the path of a TOML file."""
        if name.endswith(".toml"):
            return ladder_from_toml(_text(name), Path(name).name)
        if name in preset_ids():
            return preset(name)
        saved = {
            known: ladder for ladder in self.folder.ladders() for known in (ladder.id, ladder_name(ladder))
        }
        if name not in saved:
            hint = did_you_mean(name, (*preset_ids(), *saved))
            raise LadderError("Unknown ladder", f"There is no ladder “{name}”.", hint)
        return saved[name]

    def set_ladder(self, ladder: Ladder | str) -> Ladder:
        """Put a ladder in use, after checking that its rules read; `warnings` tells whether it can be climbed."""
        chosen = self.find_ladder(ladder) if isinstance(ladder, str) else ladder
        check_ladder(chosen)
        return self.folder.save_ladder(chosen)

    def save_ladder(self, ladder: Ladder | str) -> Ladder:
        """Keep a ladder as a version of its id without putting it in use."""
        chosen = self.find_ladder(ladder) if isinstance(ladder, str) else ladder
        check_ladder(chosen)
        return self.folder.keep_ladder(chosen)

    def warnings(self, ladder: Ladder | str | None = None) -> tuple[str, ...]:
        """What to know of a ladder (default: the one in use) on these data: rungs nobody can reach or has reached."""
        chosen = self.find_ladder(ladder) if isinstance(ladder, str) else ladder
        return build(self.folder, ladder=chosen).warnings

    def lab(
        self, ladder: Ladder | str, against: Ladder | str | None = None, as_of: Dates = None
    ) -> compared.Comparison:
        """A ladder (B) beside another (A; default the one in use): who would stand elsewhere, which tells more."""
        now = self.folder.snapshot()
        b, a = (self.find_ladder(name) if isinstance(name, str) else name for name in (ladder, against))
        both = compared.pair(build(now, ladder=a), build(now, ladder=b))
        return compared.compare(both, _date(as_of))

    def build(self, progress: Progress | None = None, *, engine: str = "duckdb", source: str = "") -> Placed:
        """The placed workspace; built when data, ladder or as-of date have changed.

        `engine` is duckdb or spark. `source` is where Spark finds the folders of the imports, when not here.
        """
        if engine not in ENGINES:
            raise LadderError(
                "Unknown engine", f"There is no engine “{engine}”.", did_you_mean(engine, ENGINES)
            )
        if engine == "spark":
            return build(self.folder, progress, fill=on_spark(source, value.store_statistics))
        if source:
            raise LadderError(
                "Only Spark reads another source",
                "DuckDB reads the imports of the workspace itself.",
                "Leave the source out, or choose the engine spark.",
            )
        return build(self.folder, progress)

    @property
    def placed(self) -> Placed:
        return self.build()

    def rungs(self, as_of: Dates = None, by: str | None = None) -> moves.Rungs:
        return moves.rungs(self.placed, _date(as_of), by)

    def history(self, customer_id: str) -> moves.History:
        return moves.history(self.placed, customer_id)

    def card(self, customer_id: str, as_of: Dates = None) -> customers.Card:
        """One customer: rung, why here, what next, timeline."""
        return customers.card(self.placed, customer_id, _date(as_of))

    def people(self, name: str, as_of: Dates = None, rung: str | None = None) -> customers.People:
        """A ready list, such as `about-to-slip`; `ladder.people.LISTS` names them all."""
        return customers.ready_list(self.placed, name, _date(as_of), rung)

    def statement(self, start: Dates = None, end: Dates = None) -> moves.Statement:
        return moves.statement(self.placed, _date(start), _date(end))

    def flows(self, start: Dates = None, end: Dates = None) -> moves.Flows:
        return moves.flows(self.placed, _date(start), _date(end))

    def funnel(self, cohort_start: Dates = None, cohort_end: Dates = None, window: int = 365) -> moves.Funnel:
        return moves.funnel(self.placed, _date(cohort_start), _date(cohort_end), window)

    def coverage(self) -> checks.Coverage:
        """Rows, first and last day and empty months of every table."""
        return checks.coverage(self.folder)

    def quality(self) -> checks.Quality:
        """Can the data be trusted? Findings by question, each with a light and the rows behind it."""
        return checks.quality(self.folder)

    def suitability(self) -> checks.Suitability:
        """Is a ladder right here? Checks with their lights and what they mean."""
        return checks.suitability(self.folder)

    def kpis(self) -> moves.Kpis:
        return moves.kpis(self.placed)

    def overview(self, as_of: Dates = None, compare: Dates = None) -> moves.Overview:
        return moves.overview(self.placed, _date(as_of), _date(compare))

    def picture(self, as_of: Dates = None, compare: Dates = None) -> Picture:
        """The ladder picture; shows itself in a notebook."""
        return ladder_picture(self.overview(as_of, compare))

    def sankey(self, ends: Sequence[Dates]) -> Picture:
        """Flows over 2 to 12 period ends as a picture."""
        placed = self.placed
        series = moves.series(placed, [_date(end) or placed.last for end in ends])
        titles = {rung.name: rung.label for rung in placed.ladder.rungs}
        return sankey_picture(series, titles=titles, missing=placed.missing)

    def clv(self, as_of: Dates = None, **terms: Any) -> value.Clv:
        """Value per rung; `terms` are horizon (months), margin and discount (yearly)."""
        return value.clv(self.placed, _date(as_of), **terms)

    def holdout(self, as_of: Dates = None, origin: Dates = None) -> value.HoldoutCheck:
        """What the value model would have said earlier, against what came."""
        return value.holdout_check(self.placed, _date(as_of), _date(origin))

    def forecast(self, horizon: int = 12) -> whatif.Forecast:
        return whatif.forecast(self.placed, horizon)

    def what_if(self, scenario: Scenario | str) -> whatif.WhatIf:
        """A scenario, as a value or as the path of a TOML file, against the baseline."""
        if isinstance(scenario, str):
            scenario = scenario_from_toml(_text(scenario), Path(scenario).name)
        return whatif.what_if(self.placed, scenario)

    def share(self, title: str, **options: Any) -> tuple[str, Link]:
        """A link to a frozen page: the token (told once) and the link; see `ladder.sharing.create_link`."""
        return sharing.create_link(self.folder, self.placed, title=title, **options)

    def links(self) -> tuple[Link, ...]:
        return sharing.list_links(self.folder)

    def revoke(self, link_id: str) -> Link:
        return sharing.revoke_link(self.folder, link_id)


def _text(path: str) -> str:
    file = Path(path)
    if not file.is_file():
        raise LadderError("No such file", f"There is no file “{file.name}”.", "Check the path.")
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError:
        raise LadderError(
            "Wrong encoding", f"“{file.name}” is not UTF-8 text.", "Save it as UTF-8."
        ) from None


def _date(given: Dates) -> date | None:
    if given is None or (isinstance(given, date) and not isinstance(given, datetime)):
        return given
    if isinstance(given, datetime):
        return given.date()
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise LadderError("Not a date", f"“{given}”.", "Write it as 2025-06-30.") from None
