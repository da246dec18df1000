"""One large upload into the real app: seconds, and the memory that the server needed beyond what it had.

Run `python -m benchmarks.upload`; see benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import psutil
from playwright.sync_api import sync_playwright

from benchmarks.app import serve
from benchmarks.measure import machine, print_table, verdict
from tests.chromium import ARGUMENTS, executable

MEMORY_TARGET_MB = 50.0
SAMPLE_SECONDS = 0.02
# The page asks for its ticket as ever, but the bytes come from here: a browser would use the memory and the time.
TAKE_TICKET = """
const name = XMLHttpRequest.prototype.setRequestHeader, send = XMLHttpRequest.prototype.send
XMLHttpRequest.prototype.setRequestHeader = function (header, value) {
  if (header === "x-upload-ticket") window.ticket = value
  return name.call(this, header, value)
}
XMLHttpRequest.prototype.send = function (body) {
  if (!(body instanceof File)) return send.call(this, body)
}
"""


class Sent(NamedTuple):
    """One upload: seconds, and megabytes of server memory before it and at its highest."""

    seconds: float
    before: float
    highest: float


def main() -> int:
    options = _options()
    size = int(options.gigabytes * 1e9)
    with TemporaryDirectory() as folder, serve(Path(folder) / "workspace") as (address, server, _):
        print("PUT /api/upload into the app on the sample workspace")
        print(machine() + "\n")
        uploads = [put(address, server, size, folder) for _ in range(options.runs)]
    rows = [
        (
            f"{size / 1e9:g} GB",
            f"{sent.seconds:.1f}",
            f"{size / 1e6 / sent.seconds:,.0f}",
            f"{sent.before:.0f}",
            f"{sent.highest:.0f}",
            f"{sent.highest - sent.before:.1f}",
        )
        for sent in uploads
    ]
    print_table(("size", "seconds", "MB/s", "before MB", "highest MB", "extra MB"), rows)
    most = max(sent.highest - sent.before for sent in uploads)
    print(f"most extra memory {most:.1f} MB: {verdict(most, MEMORY_TARGET_MB)}")
    return 0 if most < MEMORY_TARGET_MB else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Memory and time of a large upload.")
    parser.add_argument("--gigabytes", type=float, default=2.0, help="size of the file")
    parser.add_argument("--runs", type=int, default=2, help="uploads, one after the other")
    return parser.parse_args()


def put(address: str, server: psutil.Process, size: int, folder: str) -> Sent:
    """Send generated rows of this many bytes, with the ticket that the Data page gives, and watch the server."""
    ticket, cookie = _ticket(f"http://{address}", size, folder)
    digest = hashlib.sha256()
    line = http.client.HTTPConnection(address, timeout=60)
    headers = {"content-length": str(size), "cookie": cookie, "x-upload-ticket": ticket}
    with _Watch(server) as watch:
        began = time.perf_counter()
        line.request("PUT", "/api/upload", body=_rows(size, digest.update), headers=headers)
        answer = line.getresponse()
        told = json.loads(answer.read())
        seconds = time.perf_counter() - began
    assert (answer.status, told.get("sha256")) == (201, digest.hexdigest()), told
    return Sent(seconds, watch.before, watch.highest)


def _ticket(address: str, size: int, folder: str) -> tuple[str, str]:
    """Leave for one file of this size, and the cookie of the browser that it was given to."""
    file = Path(folder) / "rows.csv"
    with file.open("wb") as sink:
        sink.truncate(size)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        context = browser.new_context()
        page = context.new_page()
        page.add_init_script(TAKE_TICKET)
        page.goto(f"{address}/data?part=bring")
        page.locator('input[type="file"]').set_input_files(file)
        ticket = page.wait_for_function("window.ticket").json_value()
        cookies = "; ".join(f"{item['name']}={item['value']}" for item in context.cookies())
        # The server remembers the visit for two minutes more, as after a cut connection.
        browser.close()
    file.unlink()
    return str(ticket), cookies


def _rows(size: int, seen: Callable[[bytes], None]) -> Iterator[bytes]:
    """So many bytes of CSV, block by block, each shown to `seen` first."""
    rows = b"".join(b"c%07d,2024-01-05,%d.50\n" % (n, n % 1000) for n in range(50_000))
    left, block = size, b"customer,date,amount\n" + rows
    while left > 0:
        part = block[:left]
        seen(part)
        yield part
        left, block = left - len(part), rows


class _Watch:
    """The memory of a process while something happens: before it, and the highest, in MB."""

    def __init__(self, process: psutil.Process) -> None:
        self.process = process
        self._forget_peak()
        self.before = self.highest = self._now()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> _Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self.highest = max(self.highest, self._peak())

    def _now(self) -> float:
        return self.process.memory_info().rss / 2**20

    def _forget_peak(self) -> None:
        """Linux keeps the highest memory of a process, and starts anew when told 5."""
        with suppress(OSError):
            Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def _peak(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status")
        lines = status.read_text().splitlines() if status.is_file() else []
        return max((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), default=0.0)

    def _look(self) -> None:
        while not self._over.wait(SAMPLE_SECONDS):
            self.highest = max(self.highest, self._now())


if __name__ == "__main__":
    raise SystemExit(main())
