"""The Chromium that browser tests and pictures drive; `python -m tests.chromium` makes sure there is one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ON_MACOS = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
# Containers run as root, where Chromium's own sandbox refuses to start; only our own pages are opened.
ARGUMENTS = ("--no-sandbox",)
_INSTALLS: tuple[tuple[str, ...], ...] = (
    (sys.executable, "-m", "playwright", "install", "chromium"),
    ("sh", "-c", "apt-get update -qq && apt-get install -y -qq chromium"),
)


def executable() -> str | None:
    """The browser of this machine; None stands for the one that Playwright keeps."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return found or (str(ON_MACOS) if ON_MACOS.is_file() else None)


def starts() -> bool:
    """True when a browser opens."""
    try:
        with sync_playwright() as driver:
            driver.chromium.launch(executable_path=executable(), args=ARGUMENTS).close()
    except Error:
        return False
    return True


def main() -> int:
    """Install a browser where none starts; 0 when one does."""
    if starts() or any(_run(command) and starts() for command in _INSTALLS if _allowed(command)):
        return 0
    sys.stderr.write("The browser tests need a Chromium. Install one, such as the package chromium.\n")
    return 1


def _allowed(command: Sequence[str]) -> bool:
    """Packages of the system are installed by root only."""
    return command[0] != "sh" or (shutil.which("apt-get") is not None and os.geteuid() == 0)


def _run(command: Sequence[str]) -> bool:
    return subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
