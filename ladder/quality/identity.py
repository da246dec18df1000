"""One person, one id: guests, ids that look alike, shared e-mails, ids that one table has and another lacks."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ladder.engine import Engine
from ladder.model.wording import percent
from ladder.placement.facts import sql_steps
from ladder.quality.check import (
    SHOWN,
    Check,
    light,
    listed,
    number,
    unknown,
    with_rows,
)
from ladder.workspace import Folder

GUESTS = (0.10, 0.30)
DUPLICATES = 0.01
UNLISTED = (0.05, 0.50)
SILENT = 0.50
UNKNOWN_REFERRALS = (0.05, 0.50)
MANY_A_DAY = 10
LARGEST_SHARE, LARGEST_AMONG = 0.02, 1_000
TILL_ORDERS = 0.05
_SQL = sql_steps("identity.sql", "ladder.quality")


def identity_checks(engine: Engine, folder: Folder) -> Iterator[Check]:
    """Whether a row leads to one person and a person to one id."""
    yield guests(engine)
    list_ids(engine)
    yield alike_ids(engine)
    yield _shared_emails(engine, folder)
    yield _unlisted(engine)
    yield _silent(engine)
    yield from _referrals(engine)
    yield _busy(engine)


def guests(engine: Engine) -> Check:
    """The share of purchase rows, and of their money, without a customer."""
    rows, lines, money, all_money = engine.rows("guests", _SQL["guests"])[0]
    if not lines:
        return unknown("Guest sales", "There are no purchases")
    share = rows / lines
    told = f"{percent(share)} of purchase rows"
    worth = f", with {percent(money / all_money)} of the money," if rows and all_money > 0 else ""
    colour = light(share < GUESTS[0], share <= GUESTS[1])
    meanings = {
        "fine": "What is bought has an owner.",
        "care": "These purchases climb no ladder: customers look less loyal than they are.",
        "stop": "Too much is bought by nobody: find an identifier, such as an e-mail address or a card.",
    }
    finding = f"{told}{worth} name no customer" if rows else "Every purchase row names its customer"
    return Check("Guest sales", colour, percent(share), finding, meanings[colour])


def list_ids(engine: Engine) -> None:
    """Make the list of ids and the tables they stand in, which the other checks read."""
    engine.run("ids", _SQL["ids"])


def alike_ids(engine: Engine) -> Check:
    """Ids that differ by capitals, blanks or leading zeros only."""
    engine.run("alike ids", _SQL["alike ids"])
    return _grouped(engine, "Ids that look alike", "differ only by capitals, blanks or leading zeros")


def _shared_emails(engine: Engine, folder: Folder) -> Check:
    files = folder.parquet("contacts")
    name = "Shared e-mails"
    if not files:
        return unknown(name, "No e-mail address was brought")
    paths = [(str(path), ident) for ident, path in files]
    engine.register("contact_file", pd.DataFrame(paths, columns=["filename", "import_id"]))
    engine.run("shared e-mails", _SQL["shared e-mails"], {"files": [path for path, _ in paths]})
    if not engine.rows("e-mails", _SQL["group sizes"])[0][0]:
        return unknown(name, "No e-mail address was brought")
    return _grouped(engine, name, "share an e-mail address with another")


def _grouped(engine: Engine, name: str, how: str) -> Check:
    ids, alike, people = engine.rows(name, _SQL["group sizes"])[0]
    share = (alike - people) / ids if ids else 0.0
    told = f"{number(alike, 'id')} {how}: they are probably {number(people, 'person', 'people')}"
    check = Check(
        name,
        light(not alike, share <= DUPLICATES),
        f"{alike:,}",
        told if alike else f"No ids {how}",
        "Each climbs by itself and looks less loyal than the person is: join them where they come from."
        if alike
        else "",
    )
    return with_rows(check, engine.frame(name, _SQL["groups"], {"shown": SHOWN}), alike)


def _unlisted(engine: Engine) -> Check:
    base = "customers" if _ids_in(engine, "customers") else "transactions"
    name = f"Ids not in {base}"
    engine.run("unlisted ids", _SQL["unlisted ids"], {"base": base})
    shares = engine.rows("unlisted ids", _SQL["unlisted shares"])
    if not shares or not _ids_in(engine, base):
        return unknown(name, "It takes a second table to compare ids with")
    absent = [(table, missing / ids) for table, ids, missing in shares if missing]
    worst, behind = max((share for _, share in absent), default=0.0), sum(missing for *_, missing in shares)
    parts = [f"{percent(share)} of those in {table}" for table, share in absent]
    colour = light(worst < UNLISTED[0], worst <= UNLISTED[1])
    meanings = {
        "fine": "",
        "care": f"What only {base} tell is missing for them. Is that export older than the others, or filtered?",
        "stop": "The tables seem to number people differently: bring the column that all of them share.",
    }
    check = Check(
        name,
        colour,
        f"{behind:,}",
        f"Not in {base}: {listed(parts)}" if parts else f"Every id of the other tables is in {base}",
        meanings[colour],
    )
    return with_rows(check, engine.frame("unlisted ids", _SQL["unlisted rows"], {"shown": SHOWN}), behind)


def _silent(engine: Engine) -> Check:
    name, ids = "Never seen", _ids_in(engine, "customers")
    if not ids:
        return unknown(name, "No list of customers was brought")
    if not engine.rows("unlisted ids", _SQL["unlisted shares"]):
        return unknown(name, "Only the list of customers was brought")
    frame = engine.frame("never seen", _SQL["never seen"], {"shown": SHOWN})
    behind = int(frame["behind"].max()) if len(frame) else 0
    fine = behind / ids <= SILENT
    told = f"{percent(behind / ids)} of the listed customers are in no other table"
    check = Check(
        name,
        light(fine),
        f"{behind:,}",
        told if behind else "Every listed customer is in another table too",
        ""
        if fine
        else "A long list of people who did nothing yet, or ids that the other tables write differently?",
    )
    return with_rows(check, frame.drop(columns="behind"), behind)


def _ids_in(engine: Engine, source: str) -> int:
    return int(
        engine.rows("ids", "select count(*) from raw.ids where source = $source", {"source": source})[0][0]
    )


def _referrals(engine: Engine) -> Iterator[Check]:
    engine.run("referrals", _SQL["referrals"])
    pairs, strange, own = engine.rows("referrals", _SQL["referral counts"])[0]
    if not pairs:
        yield unknown("Referrals", "No referrals were brought")
        return
    share = strange / pairs
    check = Check(
        "Referrals of unknown people",
        light(share < UNKNOWN_REFERRALS[0], share <= UNKNOWN_REFERRALS[1]),
        f"{strange:,}",
        f"{percent(share)} of referrals name somebody whom no other table knows"
        if strange
        else "Everybody in a referral is known from another table",
        "They count as people known by the referral alone." if strange else "",
    )
    yield with_rows(check, _pairs(engine, own=False), strange)
    check = Check(
        "Self-referrals",
        light(not own),
        f"{own:,}",
        f"{number(own, 'customer')} brought themselves" if own else "Nobody brought themselves",
        "These are left out of every figure." if own else "",
    )
    yield with_rows(check, _pairs(engine, own=True), own)


def _pairs(engine: Engine, own: bool) -> pd.DataFrame:
    return engine.frame("referrals", _SQL["referral rows"], {"own": own, "shown": SHOWN})


def _busy(engine: Engine) -> Check:
    given = {"many": MANY_A_DAY, "share": LARGEST_SHARE, "among": LARGEST_AMONG}
    frame = engine.frame("many orders a day", _SQL["busy ids"], given)
    share = float(frame["share"].sum())
    check = Check(
        "Tills and test accounts",
        light(frame.empty, share <= TILL_ORDERS),
        f"{len(frame):,}",
        f"{number(len(frame), 'id')} made {MANY_A_DAY} orders or more in one day, or {LARGEST_SHARE:.0%} of all: "
        f"together {percent(share)} of the orders"
        if len(frame)
        else "No id orders as often as a till does",
        "A till, a reseller or a test account stands on the top rung and pulls every average."
        if len(frame)
        else "",
    )
    return with_rows(check, frame)
