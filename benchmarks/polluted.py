"""Files with one defect each, in the manner of the Pollock benchmark, over small tables of our own.

A folder of them holds `csv/NAME` (the file), `clean/NAME` (what should be read, strict CSV in UTF-8) and
`parameters/NAME_parameters.json` (the true dialect). Pollock: Vitagliano et al., VLDB 2023,
doi 10.14778/3594512.3594518.
"""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

Table = list[list[str]]


@dataclass(frozen=True)
class Polluted:
    """A file, the rows that should be read from it, its names of columns (none: no header), and its true dialect."""

    name: str
    content: bytes
    rows: Table
    names: list[str]
    dialect: dict[str, object] = field(default_factory=dict)

    def parameters(self) -> dict[str, object]:
        usual = {
            "encoding": "utf-8",
            "delimiter": ",",
            "quotechar": '"',
            "escapechar": '"',
            "header_lines": 1 if self.names else 0,
            "preamble_lines": 0,
        }
        return {**usual, "column_names": self.names, **self.dialect}


def orders(count: int, seed: int = 1) -> Table:
    """Orders with ids, dates, amounts, and notes with umlauts, quotes, delimiters and line ends; names first."""
    draw = random.Random(seed)
    names = ["Zoë Müller", "Øystein Dahl", "Li Wei", "O'Brien, Pat", "Anna-Lena Groß", "Ana Sá"]
    products = ["Lamp", "Desk, oak", 'Pipe 3/4"', "Tea; green", "Mug", "Shelf | wide"]
    notes = ["", "", "gift", 'says "hello"', "two lines:\nring twice", "fragile, with care", "größer; blau"]
    rows = [["order_id", "customer", "ordered_at", "product", "quantity", "price", "note"]]
    for at in range(count):
        when = f"2024-{draw.randint(1, 12):02d}-{draw.randint(1, 28):02d}"
        price = f"{draw.randint(100, 99999) / 100:.2f}"
        some = [
            f"A-{1000 + at}",
            draw.choice(names),
            when,
            draw.choice(products),
            str(draw.randint(1, 9)),
            price,
        ]
        rows.append([*some, draw.choice(notes)])
    return rows


def visits(count: int, seed: int = 2) -> Table:
    """Visits of a web shop: no text that needs quotes, a column that is mostly empty."""
    draw = random.Random(seed)
    rows = [["visitor", "seen_at", "page", "seconds", "campaign"]]
    for at in range(count):
        when = f"{draw.randint(1, 28):02d}.03.2024 {draw.randint(0, 23):02d}:{draw.randint(0, 59):02d}"
        page = draw.choice(["home", "catalog", "product_view", "cart"])
        rows.append(
            [f"u{7 * at % 31:03d}", when, page, str(draw.randint(1, 900)), draw.choice(["", "", "spring"])]
        )
    return rows


def written(
    rows: Sequence[Sequence[str]], delimiter: str = ",", quote: str = '"', escape: str = "", end: str = "\n"
) -> str:
    """Rows as text; fields are quoted where they need it."""

    def cell(text: str) -> str:
        if not any(mark in text for mark in (delimiter[0], quote, "\n", "\r")) and text == text.strip():
            return text
        return quote + text.replace(quote, (escape or quote) + quote) + quote

    return "".join(delimiter.join(map(cell, row)) + end for row in rows)


def polluted(table: Table, prefix: str, step: int = 7) -> Iterator[Polluted]:
    """Every kind of defect over a table whose first row has the names; row defects in every `step`-th row."""
    for name, content, rows, names, dialect in (*_dialects(table), *_heads(table), *_tails(table)):
        yield Polluted(f"{prefix}_file_{name}.csv", content, rows, names, dialect)
    for name, content in _rows(table, step):
        clean = name.startswith("extra_quote")
        yield Polluted(
            f"{prefix}_row_{name}.csv", content, _with_quote(table, name) if clean else table[1:], table[0]
        )
    for name, content, names in _header_rows(table):
        yield Polluted(f"{prefix}_row_{name}.csv", content, table[1:], names)


def save(folder: Path, files: Sequence[Polluted]) -> None:
    """Write a folder as the runner takes it."""
    for part in ("csv", "clean", "parameters"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    for file in files:
        (folder / "csv" / file.name).write_bytes(file.content)
        rows = [file.names, *file.rows] if file.names else file.rows
        buffer = io.StringIO()
        csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
        (folder / "clean" / file.name).write_text(buffer.getvalue(), encoding="utf-8", newline="")
        document = json.dumps(file.parameters(), indent=1)
        (folder / "parameters" / f"{file.name}_parameters.json").write_text(document, encoding="utf-8")


_Kind = tuple[str, bytes, Table, list[str], dict[str, object]]


def _dialects(table: Table) -> Iterator[_Kind]:
    names, rows = table[0], table[1:]
    for code, delimiter in (("3b", ";"), ("09", "\t"), ("7c", "|"), ("2c20", ", "), ("5e", "^")):
        text = written(table, delimiter)
        yield f"delimiter_{code}", text.encode(), rows, names, {"delimiter": delimiter}
    yield "quote_27", written(table, quote="'").encode(), rows, names, {"quotechar": "'", "escapechar": "'"}
    yield "escape_5c", written(table, escape="\\").encode(), rows, names, {"escapechar": "\\"}
    bare = [[cell.replace("\n", " ") for cell in row] for row in table]
    unescaped = written(bare).replace('""', '"')
    yield "escape_none", unescaped.encode(), bare[1:], names, {"escapechar": ""}
    flat = [[cell.replace("\n", " ") for cell in row] for row in table]
    for code, end in (("0a", "\n"), ("0d0a", "\r\n"), ("0d", "\r")):
        yield f"line_end_{code}", written(flat, end=end).encode(), flat[1:], names, {}
    mixed = written(flat[:3], end="\r\n") + written(flat[3:6]) + written(flat[6:], end="\r")
    yield "line_end_mixed", mixed.encode(), flat[1:], names, {}
    yield "line_end_0d0a_inner", written(table, end="\r\n").encode(), rows, names, {}
    for encoding in ("utf-8-sig", "utf-16", "cp1252", "latin-1"):
        yield f"encoding_{encoding}", written(table).encode(encoding), rows, names, {"encoding": encoding}
    yield "all_quoted", _all_quoted(table).encode(), rows, names, {}


def _all_quoted(table: Table) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(table)
    return buffer.getvalue()


def _heads(table: Table) -> Iterator[_Kind]:
    names, rows, text = table[0], table[1:], written(table)
    wide = "," * (len(names) - 1)
    yield "source", text.encode(), rows, names, {}
    yield "no_header", written(rows).encode(), rows, [], {}
    for number in (2, 3):
        several = written([names] * (number - 1)) + text
        joined = [" ".join([name] * number) for name in names]
        yield f"header_multirow_{number}", several.encode(), rows, joined, {"header_lines": number}
    yield "preamble", f"Export{wide}\n{wide}\n{text}".encode(), rows, names, {"preamble_lines": 2}
    yield "title", f"Export of all rows\n\n{text}".encode(), rows, names, {"preamble_lines": 2}
    yield (
        "sep_line",
        f"sep=;\n{written(table, ';')}".encode(),
        rows,
        names,
        {"preamble_lines": 1, "delimiter": ";"},
    )
    yield "header_only", written([names]).encode(), [], names, {}
    yield "no_payload", b"", [], [], {}
    yield "one_row", written(table[:2]).encode(), rows[:1], names, {}


def _tails(table: Table) -> Iterator[_Kind]:
    names, rows, text = table[0], table[1:], written(table)
    wide, half = "," * (len(names) - 1), len(rows) // 2
    yield "no_final_line_end", text.rstrip("\n").encode(), rows, names, {}
    yield "two_final_line_ends", (text + "\n").encode(), rows, names, {}
    yield "blank_lines", (written(table[:half]) + "\n\n" + written(table[half:])).encode(), rows, names, {}
    empty = written(table[:half]) + wide + "\n" + written(table[half:])
    yield "empty_row", empty.encode(), rows, names, {}
    repeated = written(table[:half]) + written([names]) + written(table[half:])
    yield "repeated_header", repeated.encode(), rows, names, {}
    total = ["Total", *[""] * (len(names) - 2), "4711.00"]
    yield "total_row", (text + written([total])).encode(), rows, names, {}
    for kind, width in (("less", -1), ("more", 1), ("same", 0)):
        other = [[*row, ""][: len(names) + width] for row in table]
        other[0] = [*names, "extra"][: len(names) + width]
        below = [other[0], *other[1 : half + 1]]
        yield f"multitable_{kind}", (text + written(below)).encode(), rows, names, {}
    others = [["refund", "refunded_at", "by", "sum", "why", "state", "tax"][: len(names)]]
    others += [[f"R{at}", "2024", "x", "y", "z", "open", "-"][: len(names)] for at in range(half)]
    yield "multitable_other", (text + written(others)).encode(), rows, names, {}


def _rows(table: Table, step: int) -> Iterator[tuple[str, bytes]]:
    """Stray quotes, missing and surplus delimiters, and other delimiters, each in one row."""
    width = len(table[0])
    for at in range(1, len(table), step):
        place = (at * 5) % width
        cells = [written([[cell]]).rstrip("\n") if cell else "" for cell in table[at]]
        yield (
            f"extra_quote_{at}_{place}",
            _line(table, at, ",".join([*cells[:place], '"' + cells[place], *cells[place + 1 :]])),
        )
        merged = ",".join(cells[: place or 1]) + ",".join(cells[place or 1 :])
        yield f"less_sep_{at}_{place or 1}", _line(table, at, merged)
        yield f"more_sep_{at}_{place}", _line(table, at, ",".join([*cells[:place], "", *cells[place:]]))
        for code, delimiter in (("3b", ";"), ("09", "\t"), ("20", " ")):
            if at % (3 * step) == 1:
                yield f"delimiter_{code}_{at}", _line(table, at, written([table[at]], delimiter).rstrip("\n"))


def _line(table: Table, at: int, line: str) -> bytes:
    return (written(table[:at]) + line + "\n" + written(table[at + 1 :])).encode()


def _with_quote(table: Table, name: str) -> Table:
    """The rows of a file with a stray quote: it is text of its field."""
    at, place = map(int, name.split("_")[-2:])
    rows = [list(row) for row in table[1:]]
    rows[at - 1][place] = '"' + rows[at - 1][place]
    return rows


def _header_rows(table: Table) -> Iterator[tuple[str, bytes, list[str]]]:
    names, rest = table[0], written(table[1:])
    quoted = ['"' + names[0], *names[1:]]
    yield "extra_quote_0_0", (",".join(quoted) + "\n" + rest).encode(), quoted
    yield "less_sep_0_1", (names[0] + ",".join(names[1:]) + "\n" + rest).encode(), names
    yield "more_sep_0_0", ("," + ",".join(names) + "\n" + rest).encode(), names
    yield "more_sep_0_3", (",".join([*names[:3], "", *names[3:]]) + "\n" + rest).encode(), names
    yield "delimiter_3b_0", (";".join(names) + "\n" + rest).encode(), names
