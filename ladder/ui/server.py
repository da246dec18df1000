"""What app.py hands to the server: routes of our own and what happens before the first visitor comes."""

from __future__ import annotations

import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from traceback import format_tb
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from ladder.errors import LadderError
from ladder.samples import ensure_sample
from ladder.settings import load_settings
from ladder.sharing import share_route
from ladder.ui.exports import export_route
from ladder.ui.page import draw_error
from ladder.ui.receiving import upload_route
from ladder.ui.uploads import drop_own_uploads, sweep_uploads
from ladder.ui.warm import first_page
from ladder.ui.workspaces import known_workspaces

logger = logging.getLogger(__name__)


def routes() -> list[BaseRoute]:
    return [
        Route("/healthz", healthz, methods=["GET"]),
        share_route(lambda: known_workspaces().values()),
        export_route,
        upload_route,
    ]


async def healthz(_: Request) -> Response:
    """For supervisors and proxies: the process answers."""
    return PlainTextResponse("ok\n", headers={"cache-control": "no-store"})


@asynccontextmanager
async def lifespan(_: Any) -> AsyncIterator[None]:
    """Make the sample workspace when there is none, import and compute what the first page needs, then freeze.

    Streamlit collects garbage after every run; frozen objects are not walked again, which makes a rerun
    four to seven times cheaper.
    """
    await run_in_threadpool(_warm)
    gc.collect()
    gc.freeze()
    yield
    drop_own_uploads()


def _warm() -> None:
    sweep_uploads()
    try:
        ensure_sample(load_settings().workspace)
        first_page()
    except LadderError as error:
        logger.warning("%s", error)


def on_script_error(error: Exception) -> bool:
    """Draw what no page foresaw: a sentence for the person; for the log the place, but no values of customers."""
    if not isinstance(error, LadderError):
        logger.error(
            "A page failed with %s:\n%s", type(error).__name__, "".join(format_tb(error.__traceback__))
        )
        error = LadderError(
            "This page could not be drawn",
            "Something went wrong that we did not foresee. Your data are unchanged.",
            "Reload the page. If it stays, the server's log names the place.",
        )
    draw_error(error)
    return True
