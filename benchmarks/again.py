"""The totals of a shop after its export was brought again in every shape; see benchmarks/README.md.

Run `python -m benchmarks.again`. Exit code 1 when a total differs from the books by a cent.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import print_table
from ladder.workspace import Folder
from tests.importing_totals import bring_all, bring_once, expected, totals
from tests.importing_variants import VARIANTS, kiosk, orders


def main() -> int:
    with TemporaryDirectory() as folder:
        path = Path(folder)
        once = bring_once(path).path
        stood = totals(Folder(once))["rungs"]
        rows = [_row(name, once, path / str(nth), stood) for nth, name in enumerate(VARIANTS)]
    print_table(
        ["brought again as", "duplicate", "money", "by the books", "orders", "customers", "placement"], rows
    )
    return 0 if all(row[2] == row[3] and row[6] != "differs" for row in rows) else 1


def _row(variant: str, once: Path, path: Path, stood: dict[str, str]) -> list[str]:
    folder = Folder(shutil.copytree(once, path))
    files = VARIANTS[variant](orders())
    results = bring_all(folder, path / "orders", files)
    results += bring_all(folder, path / "kiosk", VARIANTS[variant](kiosk()))
    found, books = totals(folder), expected(files.truth or orders(), kiosk())
    seen, read = sum(result.duplicate for result in results), sum(result.rows_read for result in results)
    placed = "the same" if found["rungs"] == stood else "as corrected" if files.truth else "differs"
    money = [f"{total['money']:,.2f}" for total in (found, books)]
    return [
        variant,
        f"{seen:,} of {read:,}",
        *money,
        f"{found['orders']:,}",
        f"{found['customers']:,}",
        placed,
    ]


if __name__ == "__main__":
    raise SystemExit(main())
