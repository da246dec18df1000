"""The real server on the sample workspace, and a real Chromium in front of it. Nothing here sleeps.

A page fixture fails its test when the browser asked any other host for anything, the console shows an error, or the
server's log tells of a page that could not be drawn.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from ladder.samples import make_sample
from ladder.workspace import Folder, WorkspaceSettings, new_workspace
from tests.chromium import ARGUMENTS, executable

ROOT = Path(__file__).resolve().parents[2]
QUIET = ("--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run")
SETTLED = '[data-testid="stApp"][data-test-script-state="notRunning"]'
# Streamlit looks for its base path under the page's own path first; the 404 is its answer.
PROBES = ("/_stcore/health", "/_stcore/host-config")
STARTS = 300
PATIENCE_MS = 20_000

OpenPage = Callable[..., Page]


@pytest.fixture(scope="package")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_sample(tmp_path_factory.mktemp("home") / "sample").path


@pytest.fixture(scope="package")
def server_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("log") / "server.log"


@pytest.fixture(scope="package")
def address(workspace: Path, server_log: Path) -> Iterator[str]:
    """The app's address; the server is stopped at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    log = server_log.open("w+", encoding="utf-8")
    environment = {**os.environ, "LADDER_WORKSPACE": str(workspace)}
    with log, subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log) as server:
        try:
            _wait(server, f"http://127.0.0.1:{port}", log.name)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def _wait(server: subprocess.Popen[bytes], address: str, log: str) -> None:
    for _ in range(STARTS):
        with suppress(urllib.error.URLError), urllib.request.urlopen(f"{address}/healthz") as answer:  # noqa: S310
            if answer.status == 200:
                return
        with suppress(subprocess.TimeoutExpired):
            server.wait(timeout=0.2)
            break
    raise AssertionError(f"the server did not start:\n{Path(log).read_text('utf-8')[-2000:]}")


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=executable(), args=[*ARGUMENTS, *QUIET])
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, address: str, server_log: Path) -> Iterator[OpenPage]:
    """Opens a path of the app in a window of its own; see the module for what it watches."""
    contexts, complaints, told = [], [], len(server_log.read_text("utf-8"))

    def open_(path: str = "/", width: int = 1280, height: int = 800, scheme: str = "light") -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            locale="en-GB",
            accept_downloads=True,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("request", lambda request: complaints.extend(_abroad(request, address)))
        page.on("console", lambda message: complaints.extend(_error(message)))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address + path)
        page.get_by_role("heading").first.wait_for()
        return settled(page)

    yield open_
    for context in contexts:
        context.close()
    log = server_log.read_text("utf-8")[told:]
    assert "A page failed" not in log, log
    assert complaints == []


@pytest.fixture
def own(workspace: Path, request: pytest.FixtureRequest) -> Folder:
    """An empty workspace in the home of the running server, of this test alone."""
    title = request.node.name.partition("[")[0]
    return Folder(workspace.parent / new_workspace(workspace.parent, title, WorkspaceSettings(name=title)))


def upload(page: Page, content: str | bytes, name: str = "orders.csv") -> None:
    """Choose a file on the Data page."""
    data = content.encode() if isinstance(content, str) else content
    page.locator('input[type="file"]').set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    )


def press(page: Page, name: str | re.Pattern[str]) -> None:
    page.get_by_role("button", name=name).click()


def settled(page: Page) -> Page:
    """The page once its script has run."""
    page.wait_for_selector(SETTLED)
    return page


def _abroad(request: Request, address: str) -> list[str]:
    own = (address, address.replace("http", "ws", 1), "data:", "blob:")
    return [] if request.url.startswith(own) else [f"asked {request.url}"]


def _error(message: ConsoleMessage) -> list[str]:
    probe = message.location["url"].endswith(PROBES) and "404" in message.text
    return [f"console: {message.text}"] if message.type == "error" and not probe else []
