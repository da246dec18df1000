"""One shop, and the ways in which people bring the same export again."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

COLUMNS = ("order_id", "customer_id", "ordered_at", "amount", "product")
FIRST_DAY = datetime(2024, 1, 2, 8, 5, 30)
ZONE = "Europe/Copenhagen"
Lines = list[dict[str, str]]


@dataclass(frozen=True)
class Files:
    """What is brought: name, bytes and the answers a person gives. `truth` when the shop's books have changed."""

    files: list[tuple[str, bytes]]
    told: dict[str, Any] = field(default_factory=dict)
    truth: Lines | None = None


def orders() -> Lines:
    """80 orders over half a year: one to three lines each, every ninth a guest's, every seventh partly paid back."""
    lines = []
    for nth in range(80):
        moment = FIRST_DAY + timedelta(days=2 * nth, hours=nth % 11, minutes=7 * nth % 60)
        customer = "" if nth % 9 == 8 else str(1001 + nth * 7 % 23)
        for line in range(nth % 3 + 1):
            cents = 995 + 100 * nth + 35 * (line // 2)
            lines.append(_line(str(50_001 + nth), customer, moment, cents, ("Rødgrød", "te", "kop")[line]))
        if nth % 7 == 3:
            lines.append(_line(str(50_001 + nth), customer, moment + timedelta(days=9), -495, "Rødgrød"))
    return lines


def kiosk() -> Lines:
    """Sales without order ids; one customer buys the same thing twice in the same minute."""
    lines = [
        _line(
            "",
            str(1001 + nth * 5 % 31),
            FIRST_DAY + timedelta(days=3 * nth, minutes=nth),
            450 + 5 * nth,
            "kaffe",
        )
        for nth in range(50)
    ]
    return [
        {key: cell for key, cell in line.items() if key != "order_id"}
        for line in (*lines[:20], lines[19], *lines[20:])
    ]


def _line(order: str, customer: str, moment: datetime, cents: int, product: str) -> dict[str, str]:
    sign = "-" if cents < 0 else ""
    amount = f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"
    return dict(zip(COLUMNS, (order, customer, f"{moment:%Y-%m-%d %H:%M:%S}", amount, product), strict=True))


def text(lines: Lines, columns: list[str] | None = None, **options: Any) -> str:
    file = io.StringIO()
    settings = {"lineterminator": "\n", **options}
    writer = csv.DictWriter(file, columns or list(lines[0]), extrasaction="ignore", **settings)
    writer.writeheader()
    writer.writerows(lines)
    return file.getvalue()


def plain(lines: Lines, name: str = "export.csv", **told: Any) -> Files:
    return Files([(name, text(lines).encode())], told)


def _each(lines: Lines, column: str, change: Callable[[str], str]) -> Lines:
    return [{**line, column: change(line[column])} for line in lines]


def _moment(cell: str) -> datetime:
    return datetime.fromisoformat(cell)


def _excel(lines: Lines) -> Files:
    """As a spreadsheet saves it: ids as numbers, times as cells, amounts as floats, nothing as nothing."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(lines[0]))
    for line in lines:
        cells = {**line, "ordered_at": _moment(line["ordered_at"]), "amount": float(line["amount"])}
        cells |= {name: int(line[name]) for name in ("order_id", "customer_id") if line.get(name)}
        sheet.append([cell if cell != "" else None for cell in cells.values()])
    file = io.BytesIO()
    book.save(file)
    return Files([("export.xlsx", file.getvalue())])


def _parquet(lines: Lines) -> Files:
    file = io.BytesIO()
    read = pa_csv.ConvertOptions(column_types={"amount": pa.decimal128(9, 2), "customer_id": pa.string()})
    pq.write_table(pa_csv.read_csv(io.BytesIO(text(lines).encode()), convert_options=read), file)
    return Files([("export.parquet", file.getvalue())])


def _zip(lines: Lines) -> Files:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("export.csv", text(lines))
    return Files([("export.zip", file.getvalue())])


def _json_lines(lines: Lines) -> Files:
    return Files(
        [("export.jsonl", "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode())]
    )


def _weekly(lines: Lines) -> Files:
    """Twelve exports a week apart, each of the ninety days before it."""
    last = max(_moment(line["ordered_at"]) for line in lines)
    files = []
    for week in range(12):
        end = last - timedelta(weeks=11 - week)
        within = [line for line in lines if end - timedelta(days=90) <= _moment(line["ordered_at"]) <= end]
        files.append((f"week{week:02d}.csv", text(within).encode()))
    return Files(files)


def _corrected(lines: Lines) -> Files:
    """One order is dearer now, another has lost its customer; sales without ids can only be added to."""
    if "order_id" not in lines[0]:
        return plain(lines)
    truth = [
        {**line, "amount": "77.77" if line["order_id"] == "50005" else line["amount"],
         "customer_id": "" if line["order_id"] == "50011" else line["customer_id"]}
        for line in lines
    ]  # fmt: skip
    return Files(plain(truth).files, truth=truth)


def _offset(lines: Lines) -> Files:
    def elsewhere(cell: str) -> str:
        return _moment(cell).replace(tzinfo=ZoneInfo(ZONE)).astimezone(ZoneInfo("Asia/Tokyo")).isoformat()

    return plain(_each(lines, "ordered_at", elsewhere), date_format="%Y-%m-%dT%H:%M:%S%z")


def _epoch(lines: Lines) -> Files:
    def seconds(cell: str) -> str:
        return str(int(_moment(cell).replace(tzinfo=ZoneInfo(ZONE)).timestamp()))

    return plain(_each(lines, "ordered_at", seconds), date_format="epoch")


def _danish(lines: Lines) -> Files:
    comma = _each(lines, "amount", lambda cell: f"{cell.replace('.', ',')} kr.")
    return Files([("export.csv", text(comma, delimiter=";").encode())])


def _total_row(lines: Lines) -> Files:
    total = sum(round(100 * float(line["amount"])) for line in lines)
    last = dict.fromkeys(lines[0], "") | {next(iter(lines[0])): "Total", "amount": f"{total / 100:.2f}"}
    return plain([*lines, last])


def _renamed(lines: Lines) -> Files:
    return plain([{("value_dkk" if key == "amount" else key): cell for key, cell in line.items()} for line in lines],
                 fields={"amount": "value_dkk"})  # fmt: skip


VARIANTS: dict[str, Callable[[Lines], Files]] = {
    "the same file": plain,
    "another name": lambda lines: plain(lines, "Export (1) – copy.txt"),
    "columns in another order": lambda lines: Files([("x.csv", text(lines, list(lines[0])[::-1]).encode())]),
    "rows in another order": lambda lines: plain(lines[::-1]),
    "gzip": lambda lines: Files([("x.csv.gz", gzip.compress(text(lines).encode()))]),
    "zip": _zip,
    "tab": lambda lines: Files([("x.tsv", text(lines, delimiter="\t").encode())]),
    "semicolon, decimal comma, kr.": _danish,
    "everything quoted": lambda lines: Files([("x.csv", text(lines, quoting=csv.QUOTE_ALL).encode())]),
    "byte order mark": lambda lines: Files([("x.csv", text(lines).encode("utf-8-sig"))]),
    "UTF-16": lambda lines: Files([("x.csv", text(lines).encode("utf-16"))]),
    "cp1252": lambda lines: Files([("x.csv", text(lines).encode("cp1252"))]),
    "CRLF": lambda lines: Files([("x.csv", text(lines, lineterminator="\r\n").encode())]),
    "CR": lambda lines: Files([("x.csv", text(lines, lineterminator="\r").encode())]),
    "another date format": lambda lines: plain(
        _each(lines, "ordered_at", lambda cell: f"{_moment(cell):%d.%m.%Y %H:%M:%S}"), date_format="%d.%m.%Y %H:%M:%S"
    ),
    "saved as Excel": _excel,
    "Parquet": _parquet,
    "JSON lines": _json_lines,
    "twelve overlapping weeks": _weekly,
    "corrected rows": _corrected,
    "one more column": lambda lines: plain([{**line, "shop": "Aarhus"} for line in lines]),
    "an optional column less": lambda lines: plain(
        [{key: cell for key, cell in line.items() if key != "product"} for line in lines]
    ),
    "a renamed header": _renamed,
    "upper-case headers": lambda lines: plain([{key.upper(): cell for key, cell in line.items()} for line in lines]),
    "a total row at the end": _total_row,
    "titles above the header": lambda lines: Files(
        [("x.csv", f"Sales export\nFjord & Bean\n\n{text(lines)}".encode())]
    ),
    "seconds since 1970": _epoch,
    "times of another zone": _offset,
    "blank lines": lambda lines: Files([("x.csv", text(lines).replace("\n", "\n\n").encode())]),
    "amounts with a sign": lambda lines: plain(
        _each(lines, "amount", lambda cell: f"({cell[1:]})" if cell.startswith("-") else f"+{cell}")
    ),
}  # fmt: skip


def save(path: Path, files: Files) -> list[Path]:
    path.mkdir(exist_ok=True)
    for name, content in files.files:
        (path / name).write_bytes(content)
    return [path / name for name, _ in files.files]
