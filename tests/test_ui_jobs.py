"""Work beside the pages: progress, cancel, words for failures, and no trace of customers in the log."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from ladder.errors import LadderError
from ladder.ui.jobs import LAST_STEP, Job, Tell

PATIENCE = 10.0


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Opened at the latest when the test ends, so that no thread outlives it."""
    event = threading.Event()
    yield event
    event.set()


def test_work_tells_where_it_is_and_that_it_is_done(gate: threading.Event):
    told = threading.Event()

    def work(tell: Tell) -> None:
        tell(0.4, "Checking every row")
        told.set()
        gate.wait(PATIENCE)

    job = Job(work)
    assert told.wait(PATIENCE)
    assert (job.finished, job.can_stop, job.words) == (False, True, "Checking every row, 40% …")
    assert not job.wait(0.01)
    gate.set()
    assert job.wait(PATIENCE)
    assert (job.stopped, job.error) == (False, None)


def test_cancelled_work_stops_where_it_next_tells(gate: threading.Event):
    reached = []

    def work(tell: Tell) -> None:
        tell(0.1, "Reading")
        gate.wait(PATIENCE)
        tell(0.2, "Reading")
        reached.append("after")

    job = Job(work)
    job.cancel()
    assert (job.can_stop, job.words) == (False, "Cancelling …")
    gate.set()
    assert job.wait(PATIENCE)
    assert (job.stopped, job.error, reached) == (True, None, [])


def test_the_last_step_is_not_interrupted(gate: threading.Event):
    last = threading.Event()

    def work(tell: Tell) -> None:
        tell(LAST_STEP, "Publishing")
        last.set()
        gate.wait(PATIENCE)
        tell(0.95, "Publishing")
        tell(1.0, "Done")

    job = Job(work)
    assert last.wait(PATIENCE)
    assert not job.can_stop
    job.cancel()
    assert job.words == "Publishing, 90% …"
    gate.set()
    assert job.wait(PATIENCE)
    assert (job.stopped, job.share) == (False, 1.0)


def test_a_refusal_is_kept_in_its_words():
    def work(_: Tell) -> None:
        raise LadderError("Empty file", "orders.csv holds nothing.", "Export it again.")

    job = Job(work)
    assert job.wait(PATIENCE)
    assert job.error is not None
    assert job.error.to_dict() == {
        "title": "Empty file",
        "message": "orders.csv holds nothing.",
        "hint": "Export it again.",
    }


def test_an_unforeseen_failure_is_a_sentence_and_the_log_names_the_place_only(
    caplog: pytest.LogCaptureFixture,
):
    cell = "ann" + "@example.com"

    def work(_: Tell) -> None:
        raise ValueError(cell)

    job = Job(work)
    assert job.wait(PATIENCE)
    assert job.error is not None
    assert "Nothing was changed" in job.error.message
    assert "ValueError" in caplog.text
    assert __name__.rpartition(".")[2] in caplog.text
    assert cell not in caplog.text
