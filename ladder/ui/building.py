"""Long answers on a page, such as placing every customer: a bar that moves, and a way to stop."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ladder.model.ladder import Ladder
from ladder.placement import Placed, derived_key
from ladder.ui.cache import open_placed
from ladder.ui.jobs import Job, Tell
from ladder.workspace import Folder

# Most placements are there at once; a bar that only flashes by would be noise.
QUICK_SECONDS, LOOK_SECONDS = 0.4, 0.25
_JOBS = "placing"


def is_placed(folder: Folder, ladder: Ladder | None = None) -> bool:
    """Whether the present state was placed before, so that asking for it is quick."""
    return (folder.path / "derived" / f"{derived_key(folder, ladder)}.duckdb").is_file()


def placed_or_stopped(folder: Folder, words: str, ladder: Ladder | None = None) -> Placed | None:
    """The workspace placed on its ladder or another; None once the visitor has stopped it, which the page says."""
    folder = folder.snapshot()
    key = f"{folder.path} {derived_key(folder, ladder)}"
    if not is_placed(folder, ladder) and not is_done(key, words, lambda tell: _place(folder, ladder, tell)):
        return None
    return open_placed(folder, ladder)


def is_done(key: str, words: str, work: Callable[[Tell], None]) -> bool:
    """Do the work, with a bar and a button where it takes its time; False once the visitor has stopped it.

    The work goes on beside the page, so that a click is heard: Streamlit runs the page again and finds the work here.
    """
    jobs: dict[str, Job] = st.session_state.setdefault(_JOBS, {})
    job = jobs.get(key)
    if job is None:
        job = jobs[key] = Job(work)
    if not job.wait(QUICK_SECONDS):
        _watch(job, words, key)
    if job.stopped:
        _offer_again(jobs, key)
        return False
    jobs.pop(key, None)
    if job.error:
        raise job.error
    return True


def _place(folder: Folder, ladder: Ladder | None, tell: Tell) -> None:
    at: tuple[float, str] = (0.0, "Starting")

    def told(share: float, step: str) -> None:
        nonlocal at
        at = share, step.capitalize()
        tell(*at)

    open_placed(folder, ladder, told, lambda: tell(*at))


def _watch(job: Job, words: str, key: str) -> None:
    """The bar, until the work is finished; a click on the button ends this run of the page."""
    place = st.empty()
    with place.container(border=True, key=f"placing-{key[-24:]}"):
        st.markdown(words)
        bar = st.progress(0.0)
        st.button("Cancel", key=f"cancel-{key}", disabled=not job.can_stop, on_click=job.cancel)
        st.caption("Nothing is changed by stopping; what was there before is kept.")
    while not job.wait(LOOK_SECONDS):
        bar.progress(min(max(job.share, 0.0), 1.0), job.words)
    place.empty()


def _offer_again(jobs: dict[str, Job], key: str) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown("**Stopped.** Nothing was changed.", width="content")
        st.button("Start again", key=f"again-{key}", on_click=_forget, args=(jobs, key))


def _forget(jobs: dict[str, Job], key: str) -> None:
    jobs.pop(key, None)
