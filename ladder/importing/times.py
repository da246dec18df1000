"""Times: text to naive wall time in the workspace's zone, by one stored format."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
from sqlglot import exp

from ladder.engine import Engine
from ladder.errors import LadderError
from ladder.importing.dates import NUMBERED, has_offset, variants
from ladder.importing.sql import column, sql

_SLOT = 900
_OFFSET = r"(?i)^(.*:\d{2}(?:\.\d+)?(?:\s*[ap]m)?)\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)$"


def zone_named(name: str) -> ZoneInfo:
    """The time zone of that name. LadderError when there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise LadderError(
            "Unknown time zone", f"“{name}”.", "Use a name such as Europe/Copenhagen."
        ) from None


def parsed(text: exp.Expr, format: str) -> exp.Expr:
    """The wall time written in `text`, its offset left out; NULL when it does not fit the format."""
    return written_as(text, format, read_by(text, format))


def read_by(text: exp.Expr, format: str) -> exp.Expr:
    """What the engine's parser makes of `text`: more than is meant, see `written_as`."""
    if format in NUMBERED:
        return _from_number(text, format)
    return sql("try_strptime(:bare, :formats)", bare=_bare(text, format), formats=variants(format))


def written_as(text: exp.Expr, format: str, value: exp.Expr) -> exp.Expr:
    """`value`, the answer of `read_by`, or NULL where the parser took shorter numbers than are meant."""
    shape = _SHAPES.get(format[:6] if format.startswith("%Y%m%d") else format[:2])
    if shape is None:
        return value
    fits = sql("regexp_full_match(:bare, :shape)", bare=_bare(text, format), shape=shape)
    if not format.startswith("%Y%m%d"):
        # A year of four digits is all that the shape asks for, and the usual answer.
        fits = sql(":value >= timestamp '1000-01-01' or :fits", value=value, fits=fits)
    return sql("case when :fits then :value end", fits=fits, value=value)


def _bare(text: exp.Expr, format: str) -> exp.Expr:
    if not has_offset(format):
        return text
    return sql("regexp_replace(:text, :pattern, '\\1')", text=text, pattern=_OFFSET)


def _from_number(text: exp.Expr, format: str) -> exp.Expr:
    number = sql(
        r"case when regexp_full_match(:text, '\d{1,14}(?:\.\d+)?') then cast(:text as double) end", text=text
    )
    if format == "excel":
        # The largest serial number a workbook writes; beyond it the engine's calendar ends.
        days = sql("case when :number < 2958466 then :number end", number=number)
        return sql("timestamp '1899-12-30' + to_seconds(round(:days * 86400))", days=days)
    seconds = sql(":number / :unit", number=number, unit=1000 if format == "epoch ms" else 1)
    return sql(
        "case when :seconds < 253402300800 then make_timestamp(cast(:seconds * 1000000 as bigint)) end",
        seconds=seconds,
    )


# Without separators, or with a four-digit year in front, the engine's parser takes shorter numbers than are meant.
_SHAPES = {"%Y%m%d": r"\d{8}(?:\D.*)?", "%Y": r"\d{4}.*"}


def offset_minutes(text: exp.Expr, format: str) -> exp.Expr:
    """Minutes ahead of UTC as written in `text`; NULL where nothing is."""
    if not has_offset(format):
        return sql("cast(null as integer)")
    if format in NUMBERED:
        return sql("0")
    mark = sql("upper(regexp_extract(:text, :pattern, 2))", text=text, pattern=_OFFSET)
    return sql(
        "case when :mark = '' then null when :mark in ('Z', 'UTC', 'GMT') then 0 else "
        "(case when left(:mark, 1) = '-' then -1 else 1 end) * (cast(substr(:mark, 2, 2) as integer) * 60 "
        "+ coalesce(try_cast(right(replace(substr(:mark, 4), ':', ''), 2) as integer), 0)) end",
        mark=mark,
    )


def move_to_zone(engine: Engine, field: str, source: ZoneInfo, target: ZoneInfo) -> None:
    """Turn <field> of `typed_rows` from wall time of `source` (or of its offset) into wall time of `target`.

    A wall time that the clock skips or repeats is read with the offset before the change (fold = 0 of zoneinfo).
    """
    slot = sql(
        "cast(floor((epoch(:at) - coalesce(:offset, 0) * 60) / :slot) as bigint)",
        at=column(field),
        offset=column(f"{field}_offset"),
        slot=_SLOT,
    )
    fixed = sql(":offset is not null", offset=column(f"{field}_offset"))
    plausible = sql(":at is not null and reason is null", at=column(field))
    found = engine.rows("time slots", exp.select(slot, fixed).distinct().from_("typed_rows").where(plausible))
    seconds = [_shift(number, is_fixed, source, target) for number, is_fixed in found]
    shifts = {
        "slot": pa.array([row[0] for row in found], pa.int64()),
        "fixed": pa.array([row[1] for row in found], pa.bool_()),
        "seconds": pa.array(seconds, pa.int64()),
    }
    engine.register("shifts", pa.table(shifts))
    moved = sql(
        ":at + to_seconds(shifts.seconds - coalesce(:offset, 0) * 60)",
        at=column(field),
        offset=column(f"{field}_offset"),
    )
    update = exp.update("typed_rows", {exp.column(field, quoted=True).sql(): moved}, from_="shifts").where(
        sql(
            "shifts.slot = :slot and shifts.fixed = :fixed and :plausible",
            slot=slot,
            fixed=fixed,
            plausible=plausible,
        )
    )
    engine.run("time zone", update)


def _shift(slot: int, fixed: bool, source: ZoneInfo, target: ZoneInfo) -> int:
    moment = datetime(1970, 1, 1) + timedelta(seconds=slot * _SLOT)
    known = moment.replace(tzinfo=UTC if fixed else source)
    return round((known.astimezone(target).replace(tzinfo=None) - moment).total_seconds())
