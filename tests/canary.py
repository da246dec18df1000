"""A person planted in every place of a workspace, and a search of every byte of it."""

from __future__ import annotations

import gzip
import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from ladder.importing import ImportResult, propose, run_import
from ladder.placement import build
from ladder.workspace import Folder, WorkspaceSettings

ID, NAME, MAIL, PHONE = "CANARY-0042", "Kanari Fugl", "kanari@fugl.example", "+45 70 12 34 56"
WORDS = (ID, NAME, MAIL, PHONE, "golden cage", "sings all day", "yellow-feather-voucher")
FILES = {
    "customers": f"""customer_id,name,email,phone,plan
{ID},{NAME},{MAIL},{PHONE},golden cage
BOB-1,Bob,bob@example.com,+45 11 11 11 11,basic
BOB-2,Bobs twin,{MAIL.upper()},,basic
""",
    "transactions": f"""customer_id,date,amount,transaction_id,product,incentive
{ID},2024-01-05,10.00,T-1,seeds,yellow-feather-voucher
BOB-1,2024-02-05,20.00,T-2,seeds,
{ID},never,30.00,T-3,golden cage,
BOB-1,2024-03-31,20.00,T-4,seeds,
BOB-2,2024-03-31,1.00,T-5,seeds,
""",
    "interactions": f"""customer_id,date,kind,detail
BOB-1,2024-01-07,call,asked us to write to {MAIL}
{ID},2024-01-08,visit,golden cage
""",
    "feedback": f"""customer_id,date,nps,text
{ID},2024-01-09,10,sings all day
BOB-1,2024-01-09,9,{ID} told me
""",
    "referrals": f"""referrer_id,referred_id,date
{ID},BOB-1,2024-01-10
BOB-1,{ID},2024-01-11
BOB-1,BOB-2,2024-01-12
""",
    "incentives": f"""customer_id,incentive,date,cost
{ID},yellow-feather-voucher,2024-01-13,1.00
BOB-1,welcome,2024-01-13,1.00
""",
}


def bring(folder: Folder, table: str, place: Path, name: str = "", text: str = "") -> ImportResult:
    """Import one of the files, or a text."""
    file = place / (name or f"{table}.csv")
    file.write_text(text or FILES[table], "utf-8")
    proposal = propose(file, table)
    assert not proposal.questions, proposal.questions
    return run_import(folder, file, proposal.plan)


def planted(path: Path) -> Folder:
    """A workspace that holds the person in every table, live and undone, in derived files, lists and file names."""
    folder = Folder.create(path / "workspace", WorkspaceSettings(name="Birds"))
    for table in FILES:
        bring(folder, table, path)
    folder.undo(bring(folder, "transactions", path, f"orders of {MAIL}.csv").import_id or 0)
    build(folder)
    lists = folder.path / "lists"
    (lists / "call.csv").write_text(f"customer_id\n{ID}\nBOB-1\n", "utf-8")
    (lists / "mail.csv.gz").write_bytes(gzip.compress(f"email\n{MAIL}\n".encode()))
    (lists / "others.csv").write_text("customer_id\nBOB-1\n", "utf-8")
    return folder


def found_in(path: Path, words: tuple[str, ...] = WORDS) -> list[tuple[str, str]]:
    """(file, word) of every word in any file below the path: its raw bytes, and what is packed in it."""
    return [
        (file.relative_to(path).as_posix(), word)
        for file in sorted(path.rglob("*"))
        if file.is_file()
        for content in (file.read_bytes(), _unpacked(file))
        for word in words
        if re.search(re.escape(word).encode(), content, re.IGNORECASE)
    ]


def _unpacked(file: Path) -> bytes:
    if file.suffix == ".parquet":
        with duckdb.connect() as engine:
            return repr(engine.execute("select * from read_parquet($1)", [str(file)]).fetchall()).encode()
    if file.suffix == ".duckdb":
        # A copy: the process may have the file itself open with other options.
        with (
            TemporaryDirectory() as place,
            duckdb.connect(shutil.copy(file, place), read_only=True) as engine,
        ):
            tables = [row[0] for row in engine.execute("select table_name from duckdb_tables()").fetchall()]
            rows = [engine.table(name).fetchall() for name in tables]
            return repr(rows).encode()
    return gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else b""
