"""Times: text to naive wall time in the workspace's zone, by one stored format."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
from sqlglot import exp

from ladder.engine import Engine
from ladder.errors import LadderError
from ladder.importing.dates import EPOCH_UNITS, NUMBERED, has_offset, variants
from ladder.importing.sql import column, sql
from ladder.importing.worded import half_of, languages_of, names_of, pattern, plain_format
from ladder.importing.zones import OFFSET, OFFSETS

_SLOT = 900
_OFFSET = rf"(?i)^(.*:\d{{2}}(?:\.\d+)?(?:\s*[ap]m)?)({OFFSET})$"
_NAMES, _MINUTES = list(OFFSETS), list(OFFSETS.values())


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
    """What the engine makes of `text` in one dear step: not yet the time that is meant, see `written_as`."""
    if format in NUMBERED:
        return _from_number(text, format)
    if languages_of(format):
        return _parts(text, format)
    return sql("try_strptime(:bare, :formats)", bare=_bare(text, format), formats=variants(format))


def written_as(text: exp.Expr, format: str, value: exp.Expr) -> exp.Expr:
    """The time in `value`, the answer of `read_by`; NULL where the parser took shorter numbers than are meant."""
    if languages_of(format):
        return read_by(_spelled(value, format), plain_format(format))
    shape = _SHAPES.get(format[:6] if format.startswith("%Y%m%d") else format[:2])
    if shape is None:
        return value
    fits = sql("regexp_full_match(:bare, :shape)", bare=_bare(text, format), shape=shape)
    if not format.startswith("%Y%m%d"):
        # A year of four digits is all that the shape asks for, and the usual answer.
        fits = sql(":value >= timestamp '1000-01-01' or :fits", value=value, fits=fits)
    return sql("case when :fits then :value end", fits=fits, value=value)


def _spelled(parts: exp.Expr, format: str) -> exp.Expr:
    """`worded.spelled` for the engine, from the parts of a text; NULL where there are none."""
    known = names_of(format)
    part = {name: sql("struct_extract(:parts, :name)", parts=parts, name=name) for name in _groups(format)}
    date = sql("nullif(:day, '')", day=part["day"])
    if "month" in part:
        part["month"] = _looked_up(part["month"], known.months)
        date = sql("nullif(:year, '') || '-' || :month || '-' || :day", **part)
    part["half"] = _looked_up(
        sql("regexp_replace(:half, '[^\\pL]', '', 'g')", half=part["half"]), half_of(known)
    )
    time = sql(
        "case when :hour = '' then '' else concat(' ', :hour, ':', :minute, ':', "
        "coalesce(nullif(:second, ''), '00'), '.' || nullif(:fraction, ''), ' ' || :half, upper(:offset)) end",
        **part,
    )
    return sql(":date || :time", date=date, time=time)


def _parts(text: exp.Expr, format: str) -> exp.Expr:
    """A struct with the groups of the format's pattern, empty texts where `text` does not fit it."""
    lower, whole = sql("nfc_normalize(lower(trim(:text)))", text=text), f"^(?:{pattern(format)})$"
    return sql("regexp_extract(:lower, :whole, :groups)", lower=lower, whole=whole, groups=_groups(format))


def _groups(format: str) -> list[str]:
    """Names of the groups in their order, by which the engine tells them apart."""
    return re.findall(r"\(\?P<(\w+)>", pattern(format))


def _looked_up(text: exp.Expr, meanings: Mapping[str, int] | Mapping[str, str]) -> exp.Expr:
    """What a word stands for, as text; NULL for another one."""
    known, meant = list(meanings), [str(value) for value in meanings.values()]
    return sql("list_extract(:meant, list_position(:known, :text))", text=text, known=known, meant=meant)


def _bare(text: exp.Expr, format: str) -> exp.Expr:
    bare = text
    if has_offset(format):
        bare = sql("regexp_replace(:text, :pattern, '\\1')", text=text, pattern=_OFFSET)
    if "%f" in format:
        # Some programs write more digits than microseconds have.
        bare = sql(r"regexp_replace(:bare, '(\.\d{6})\d{1,3}\b', '\1')", bare=bare)
    return bare


def _from_number(text: exp.Expr, format: str) -> exp.Expr:
    number = sql(
        r"case when regexp_full_match(:text, '\d{1,17}(?:\.\d+)?') then cast(:text as double) end", text=text
    )
    if format == "excel":
        # The largest serial number a workbook writes; beyond it the engine's calendar ends.
        days = sql("case when :number < 2958466 then :number end", number=number)
        return sql("timestamp '1899-12-30' + to_seconds(round(:days * 86400))", days=days)
    seconds = sql(":number / :unit", number=number, unit=EPOCH_UNITS[format])
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
    if languages_of(format):
        return offset_minutes(_spelled(_parts(text, format), format), plain_format(format))
    written = sql("upper(trim(regexp_extract(:text, :pattern, 2)))", text=text, pattern=_OFFSET)
    mark = sql(r"regexp_replace(:written, '^(?:UTC|GMT)([+-])', '\1')", written=written)
    named = sql(
        "list_extract(:offsets, list_position(:known, :mark))", offsets=_MINUTES, known=_NAMES, mark=mark
    )
    return sql(
        "case when :mark = '' then null when :named is not null then :named else "
        "(case when left(:mark, 1) = '-' then -1 else 1 end) * (cast(substr(:mark, 2, 2) as integer) * 60 "
        "+ coalesce(try_cast(right(replace(substr(:mark, 4), ':', ''), 2) as integer), 0)) end",
        mark=mark,
        named=named,
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
