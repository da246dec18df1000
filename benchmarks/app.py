"""The real app on a fresh sample workspace: server CPU of warm reruns, and first paint in headless Chromium.

Run `python -m benchmarks.app`; see benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple
from urllib.error import URLError
from urllib.request import urlopen

import psutil
from playwright.sync_api import Browser, sync_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

from benchmarks.measure import ROOT, machine, print_table, verdict
from tests.chromium import ARGUMENTS, executable

RERUN_TARGET_MS = 60.0
PAINT_TARGET_S = 2.0
START_SECONDS = 120.0
WARMING = 3
PICTURES = {"ladder": "svg.rungwise", "flows": "svg.rungwise"}
MONTH_ENDS = ("2025-07-31", "2025-08-31", "2025-09-30", "2025-10-31", "2025-11-30", "2025-12-31")
# Queries that a visitor's clicks would write into the address; several stand for views visited in turn.
VIEWS = {
    "flows, the same view again": ("flows", [""]),
    "flows, another date each time": ("flows", [f"as_of={end}" for end in MONTH_ENDS]),
    "flows, as matrix": ("flows", ["show=matrix"]),
    "flows, as funnel": ("flows", ["show=funnel"]),
    "ladder, the same view again": ("ladder", [""]),
}


class Rerun(NamedTuple):
    """One view over its reruns: server CPU per rerun, median time to the last message, KB received per rerun."""

    cpu_ms: float
    wall_ms: float
    kilobytes: float


class Paint(NamedTuple):
    """One cold page: seconds to the first contentful paint and to the picture; megabytes received."""

    first: float
    picture: float
    megabytes: float


def main() -> int:
    options = _options()
    with TemporaryDirectory() as folder, serve(Path(folder) / "workspace") as (address, server, started):
        print("The app on the sample workspace")
        print(machine())
        print(f"server ready {started:.1f} s after the command, the sample workspace made on the way\n")
        report_reruns({name: reruns(address, server, *view, options.reruns) for name, view in VIEWS.items()})
        report_paints(paints(address, options.paints))
        print(f"server memory {server.memory_info().rss / 2**20:,.0f} MB")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Warm reruns and first paint of the app.")
    parser.add_argument("--reruns", type=int, default=100, help="reruns per view")
    parser.add_argument("--paints", type=int, default=7, help="cold pages per page")
    return parser.parse_args()


@contextmanager
def serve(workspace: Path) -> Iterator[tuple[str, psutil.Process, float]]:
    """The app in a process of its own: its host and port, the process, and the seconds it took to start."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    environment = {**os.environ, "LADDER_WORKSPACE": str(workspace)}
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        _await(f"http://127.0.0.1:{port}/healthz", process)
        yield f"127.0.0.1:{port}", psutil.Process(process.pid), time.perf_counter() - began
    finally:
        process.terminate()
        process.wait(timeout=30)


def _await(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urlopen(url, timeout=5):  # noqa: S310 - our own server on the loopback
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise SystemExit("The server did not start.")


def reruns(address: str, server: psutil.Process, page: str, queries: list[str], count: int) -> Rerun:
    """Rerun one page over Streamlit's websocket, as a browser would, each query warmed before."""
    walls, size = [], 0
    with connect(f"ws://{address}/_stcore/stream", subprotocols=["streamlit"], max_size=None) as line:
        hashes = {"ladder": ""} | _pages(line)
        for query in queries * WARMING:
            _rerun(line, hashes[page], query)
        before = server.cpu_times()
        for number in range(count):
            began = time.perf_counter()
            size += sum(len(data) for data in _rerun(line, hashes[page], queries[number % len(queries)]))
            walls.append(time.perf_counter() - began)
        # The server tidies up after its last message.
        time.sleep(0.3)
        after = server.cpu_times()
    spent = after.user + after.system - before.user - before.system
    return Rerun(1000 * spent / count, 1000 * median(walls), size / count / 1024)


def _rerun(line: ClientConnection, page: str, query: str) -> list[bytes]:
    """One run of a page: every message up to its end. A page that draws an error ends the benchmark."""
    asked = BackMsg()
    asked.rerun_script.query_string = query
    asked.rerun_script.page_script_hash = page
    line.send(asked.SerializeToString())
    received = []
    while True:
        data = line.recv(timeout=60)
        assert isinstance(data, bytes)
        received.append(data)
        message = ForwardMsg.FromString(data)
        # The frame around an error is the only block with this key.
        assert not message.delta.add_block.id.endswith("-error"), f"the page failed: {query}"
        if message.WhichOneof("type") == "script_finished":
            return received


def _pages(line: ClientConnection) -> dict[str, str]:
    """The hash of every page by its name in the address."""
    found = map(ForwardMsg.FromString, _rerun(line, "", ""))
    navigation = next(message.navigation for message in found if message.HasField("navigation"))
    return {page.url_pathname: page.page_script_hash for page in navigation.app_pages}


def paints(address: str, count: int) -> dict[str, list[Paint]]:
    """Open each page in a browser without a cache; the server has drawn it before."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        try:
            for page in PICTURES:
                _paint(browser, address, page)
            return {page: [_paint(browser, address, page) for _ in range(count)] for page in PICTURES}
        finally:
            browser.close()


def _paint(browser: Browser, address: str, page: str) -> Paint:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    sizes: list[float] = []
    tab = context.new_page()
    wire = context.new_cdp_session(tab)
    wire.send("Network.enable")
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    tab.on("websocket", lambda line: line.on("framereceived", lambda frame: sizes.append(len(frame))))
    tab.goto(f"http://{address}/{'' if page == 'ladder' else page}", wait_until="commit")
    tab.locator(f"{PICTURES[page]} >> visible=true").first.wait_for()
    picture = tab.evaluate("performance.now()")
    first = tab.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    tab.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    context.close()
    return Paint(first / 1000, picture / 1000, sum(sizes) / 2**20)


def report_reruns(found: dict[str, Rerun]) -> None:
    rows = []
    for name, run in found.items():
        figures = (f"{run.cpu_ms:.0f}", f"{run.wall_ms:.0f}", f"{run.kilobytes:.0f}")
        rows.append([name, *figures, verdict(run.cpu_ms, RERUN_TARGET_MS)])
    print_table(["warm rerun", "CPU ms", "wall ms", "KB", "target CPU ms"], rows)


def report_paints(found: dict[str, list[Paint]]) -> None:
    rows = []
    for page, opened in found.items():
        first, picture, size = (median(values) for values in zip(*opened, strict=True))
        fastest = min(paint.picture for paint in opened)
        figures = (f"{first:.2f}", f"{picture:.2f}", f"{fastest:.2f}", f"{size:.1f}")
        rows.append([page, *figures, verdict(first, PAINT_TARGET_S)])
    head = ["cold page", "first paint s", "picture s", "fastest picture s", "MB", "target first paint s"]
    print_table(head, rows)


if __name__ == "__main__":
    sys.exit(main())
