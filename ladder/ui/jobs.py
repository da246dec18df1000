"""Long work beside the pages: a thread of its own, progress to look at, cancel, and words when it fails."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from traceback import format_tb

from ladder.errors import LadderError

Tell = Callable[[float, str], None]
LAST_STEP = 0.9
"""From this share on an import publishes; nothing may come between the manifest and its account."""
logger = logging.getLogger(__name__)


class StoppedError(Exception):
    """Raised inside work that a person has cancelled."""


class Job:
    """Work in a thread, started when made. `work` is given a function to tell its share (0 to 1) and its step to.

    A server that stops does not wait for it: what it leaves is what a crash leaves, and is told of afterwards. Once
    `finished`, `error` says why it failed, and `stopped` whether it was cancelled, in which case it changed nothing.
    Work that is `unwanted` when it next tells where it is stops too, and is then `left`.
    """

    def __init__(self, work: Callable[[Tell], None], unwanted: Callable[[], bool] = lambda: False) -> None:
        self.share, self.step = 0.0, "Starting"
        self.error: LadderError | None = None
        self.stopped = self.left = False
        self._work, self._unwanted = work, unwanted
        self._cancel, self._done = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="job", daemon=True)
        self._thread.start()

    @property
    def finished(self) -> bool:
        return self._done.is_set()

    @property
    def can_stop(self) -> bool:
        """False once the work is in its last step, or was asked to stop already."""
        return self.share < LAST_STEP and not self._cancel.is_set()

    @property
    def words(self) -> str:
        """Where the work is: `Reading, 40 %`, or that it is about to stop."""
        if self.share < LAST_STEP and self._cancel.is_set():
            return "Cancelling …"
        return f"{self.step}, {self.share:.0%} …" if self.share else f"{self.step} …"

    def cancel(self) -> None:
        """Ask the work to stop; it does when it next tells where it is."""
        self._cancel.set()

    def wait(self, seconds: float) -> bool:
        """Whether the work is finished within so many seconds."""
        return self._done.wait(seconds)

    def _tell(self, share: float, step: str) -> None:
        if self.share < LAST_STEP:
            self.left = not self._cancel.is_set() and self._unwanted()
            if self.left or self._cancel.is_set():
                raise StoppedError
        self.share, self.step = share, step

    def _run(self) -> None:
        try:
            self._work(self._tell)
        except StoppedError:
            self.stopped = True
        except LadderError as error:
            self.error = error
        except Exception as error:
            logger.error(
                "A job failed with %s:\n%s", type(error).__name__, "".join(format_tb(error.__traceback__))
            )
            self.error = LadderError(
                "The work did not finish",
                "Something went wrong that we did not foresee. Nothing was changed.",
                "Try again. If it stays, the server's log names the place.",
            )
        finally:
            self._done.set()
