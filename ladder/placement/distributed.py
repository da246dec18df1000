"""Build the derived file with Spark: the same steps on many machines, the results in the same file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from ladder.engine import Engine, SparkEngine, Steps
from ladder.model.ladder import Ladder
from ladder.placement.build import Fill, Progress, place
from ladder.placement.facts import load_facts
from ladder.workspace import Folder

# Further tables of the result, made while Spark has the facts at hand: given the last period end and its index.
Further = Callable[[Steps, date, int], None]


def on_spark(source: str = "", further: Further | None = None) -> Fill:
    """How `build` fills a derived file by Spark.

    `source` is where Spark finds the folders of the imports, when not in the workspace: any path that all its
    machines see. Without one the files are checked against the manifest first, as in every build.
    """

    def fill(engine: Engine, folder: Folder, ladder: Ladder, progress: Progress) -> None:
        if not source:
            folder.require_whole()
        progress(0.01, "starting Spark")
        with SparkEngine(str(folder.path / "derived"), folder.settings.timezone) as spark:
            progress(0.05, "reading the imports")
            load_facts(spark, folder, source=source)
            ends = place(spark, ladder, folder.settings, progress)
            if further is not None:
                further(spark, ends[-1], len(ends) - 1)
            progress(0.9, "taking in the results")
            spark.hand_over(engine)

    return fill
