"""Take the pictures of the README from the real app: `make pictures`.

The app is started on a fresh sample workspace in a folder of its own, and stopped at the end.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import urlopen

from playwright.sync_api import Page, sync_playwright

from tests.chromium import ARGUMENTS, executable

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
# file name → address in the app, height of the window
PICTURES = {"ladder": ("", 725), "flows": ("flows", 680)}
WIDTH = 1200
START_SECONDS = 120
QUIET = '[data-testid="stApp"][data-test-script-state="notRunning"]'


def main() -> None:
    """Write every picture beside this file."""
    with TemporaryDirectory() as folder, serving(Path(folder)) as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        for name, (page, height) in PICTURES.items():
            window = browser.new_page(viewport={"width": WIDTH, "height": height}, color_scheme="light")
            window.goto(f"{address}/{page}")
            take(window, HERE / f"{name}.png")
            window.close()
        browser.close()


def take(window: Page, file: Path) -> None:
    """Wait until the page has drawn its picture, then save what the window shows."""
    window.locator("svg.rungwise:visible").first.wait_for()
    window.locator(QUIET).wait_for()
    window.evaluate("document.fonts.ready")
    window.screenshot(path=file, animations="disabled")
    sys.stdout.write(f"{file.relative_to(ROOT)}: {file.stat().st_size // 1024} KB\n")


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The app on the sample workspace; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)],
        cwd=ROOT,
        env={**os.environ, "LADDER_WORKSPACE": str(folder / "sample")},
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def wait_for(address: str) -> None:
    """Return when the address answers; TimeoutError when it does not."""
    for _ in range(START_SECONDS * 4):
        try:
            urlopen(address, timeout=5).close()  # noqa: S310 - the server started above
            return
        except OSError:
            time.sleep(0.25)
    raise TimeoutError(f"{address} does not answer")


if __name__ == "__main__":
    main()
