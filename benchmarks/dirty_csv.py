"""What readers make of dirty CSV files: records and cells found, rows lost without a word, crashes.

Run `python -m benchmarks.dirty_csv [FOLDER]`; see benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.dirty_readers import READERS, Cells, Reading
from benchmarks.measure import machine, print_table
from benchmarks.polluted import orders, polluted, save, visits

OURS = ("Rungwise, dialect confirmed", "Rungwise, own guess")
TARGETS = {OURS[0]: 0.99, OURS[1]: 0.95}

SHARES = {"precision": "precision", "recall": "recall", "f1": "F1", "cell_f1": "cell F1"}
COUNTS = {
    "header": "header",
    "lost": "silent loss",
    "added": "silent extra",
    "stopped": "stopped",
    "crashed": "crashed",
}


@dataclass(frozen=True)
class Score:
    """How well one reader read one file; `lost` and `added`: rows missing or altered, and rows too many, of which it
    told nothing."""

    file: str
    precision: float
    recall: float
    f1: float
    cell_f1: float
    header: bool
    lost: bool
    added: bool
    stopped: bool
    crashed: bool


def main() -> int:
    options = _options()
    with TemporaryDirectory() as made:
        folder = find_folder(options.folder) or _made(Path(made))
        files = sorted(path.name for path in (folder / "csv").iterdir())
        print(f"{len(files)} files of {'our own' if folder == Path(made) else folder}; {machine()}\n")
        scores = {name: [score(folder, file, name) for file in files] for name in READERS}
    if options.json:
        document = {name: [asdict(item) for item in found] for name, found in scores.items()}
        Path(options.json).write_text(json.dumps(document, indent=1), encoding="utf-8")
    report(scores)
    return 0 if all(is_met(name, scores[name]) for name in OURS) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Readers compared on dirty CSV files.")
    parser.add_argument(
        "folder", nargs="?", default=os.environ.get("LADDER_DATA"), help="folder with csv, clean, parameters"
    )
    parser.add_argument("--json", help="file for the score of every reader on every file")
    return parser.parse_args()


def find_folder(told: str | None) -> Path | None:
    """The folder that holds csv, clean and parameters, itself or somewhere below."""
    if not told:
        return None
    places = [Path(told), *sorted(Path(told).rglob("pollock*"))]
    return next((place for place in places if (place / "csv").is_dir() and (place / "clean").is_dir()), None)


def _made(folder: Path) -> Path:
    save(folder, [*polluted(orders(60), "orders"), *polluted(visits(40), "visits")])
    return folder


def score(folder: Path, file: str, reader: str) -> Score:
    """Read one file and hold it against what should be read."""
    true = json.loads((folder / "parameters" / f"{file}_parameters.json").read_text(encoding="utf-8"))
    with (folder / "clean" / file).open(encoding="utf-8", newline="") as lines:
        clean = [_bare(row) for row in csv.reader(lines)]
    names = clean.pop(0) if true["header_lines"] and clean else None
    try:
        found = READERS[reader](folder / "csv" / file, true)
    except Exception as error:
        print(f"{reader} crashed on {file}: {error!r}", file=sys.stderr)
        found = Reading([], stopped=type(error).__name__, crashed=True)
    return compared(file, clean, names, found)


def compared(file: str, clean: Cells, names: tuple[str, ...] | None, found: Reading) -> Score:
    rows = [_bare(row) for row in found.rows]
    precision, recall, f1 = agreement(Counter(rows), Counter(clean))
    wanted, got = (Counter(pair for row in table for pair in enumerate(row)) for table in (clean, rows))
    told = bool(found.told or found.stopped)
    taken = None if found.names is None else _bare(found.names)
    return Score(
        file,
        precision,
        recall,
        f1,
        agreement(got, wanted)[2],
        taken == names,
        bool(Counter(clean) - Counter(rows)) and not told,
        bool(Counter(rows) - Counter(clean)) and not told,
        bool(found.stopped),
        found.crashed,
    )


def agreement(found: Counter[Any], wanted: Counter[Any]) -> tuple[float, float, float]:
    """Precision, recall and F1 of two multisets; nothing found where nothing was to be found is right."""
    common = (found & wanted).total()
    if not found and not wanted:
        return 1.0, 1.0, 1.0
    precision = common / found.total() if found else 0.0
    recall = common / wanted.total() if wanted else 0.0
    return precision, recall, 2 * common / (found.total() + wanted.total())


def _bare(row: Sequence[str]) -> tuple[str, ...]:
    return tuple((cell or "").strip() for cell in row)


def is_met(name: str, scores: Sequence[Score]) -> bool:
    """Whether our own reader keeps what is promised."""
    silent = sum(item.lost or item.crashed for item in scores)
    return silent == 0 and mean(item.f1 for item in scores) >= TARGETS[name]


def report(scores: dict[str, list[Score]]) -> None:
    rows = []
    for name, found in scores.items():
        shares = [mean(getattr(item, part) for item in found) for part in SHARES]
        counts = [sum(getattr(item, part) for item in found) for part in COUNTS]
        rows.append([name, *(f"{share:.4f}" for share in shares), *map(str, counts)])
    print_table(["reader", *SHARES.values(), *COUNTS.values()], rows)
    for name in OURS:
        worst = sorted((item for item in scores[name] if item.f1 < 0.9), key=lambda item: item.f1)
        met = "met" if is_met(name, scores[name]) else "MISSED"
        print(f"{name}: {met} (F1 >= {TARGETS[name]}, nothing lost in silence)")
        if worst:
            print("  below 0.9: " + ", ".join(f"{item.file} {item.f1:.3f}" for item in worst[:10]))


if __name__ == "__main__":
    sys.exit(main())
