"""What differs from the last file of the same source, column by column."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

from ladder.importing.currency import codes_of
from ladder.importing.expression import ticked, with_names
from ladder.importing.facts import Facts, facts, source_columns, used_columns
from ladder.importing.guessing import guess_fields, plain
from ladder.importing.look import Sample
from ladder.importing.memory import Memory, recall
from ladder.importing.plan import Dialect, Drift, Plan, Question
from ladder.importing.sentences import counted
from ladder.model.tables import TABLES
from ladder.workspace import Folder

_ALIKE = 0.62
_UNITS = (100, 1000)
_TOLD_RATIO = 5
_NULL_SHIFT, _FEW_ROWS = 0.3, 20


@dataclass(frozen=True)
class Changes:
    """The differences, the questions they raise, and a column that was not there and tells the currency."""

    drift: tuple[Drift, ...] = ()
    questions: tuple[Question, ...] = ()
    currency: str = ""


def column_changes(memory: Memory, sample: Sample, dialect: Dialect, currency: str) -> Changes:
    """Columns that went, came or changed their name since; `currency` is what the workspace shows."""
    used, sheets = _used(memory), memory.plan.mapping.facts
    pairs = renamed(memory, sample, dialect)
    drift, questions = [], []
    for name in memory.gone:
        if name in pairs:
            now = pairs[name]
            text = f"“{now}” looks like what was “{name}”: the cells are alike."
            drift.append(Drift("renamed", now, text))
        elif name in used:
            drift.append(Drift("missing", name, f"“{name}”, which filled {used[name]}, is not in this file."))
        elif name not in sheets:
            drift.append(Drift("missing", name, f"“{name}” is not in this file; it was not used."))
    come = tuple(name for name in memory.new if name not in pairs.values())
    tells = _new_currency(memory, sample, come)
    text = "“{}” is new and is not stored unless you choose it."
    drift += [Drift("new", name, text.format(name)) for name in come if name != tells]
    drift += [_currency_drift(tells, sample, currency)] if tells else []
    for field, source in memory.plan.mapping.fields.items():
        lost = [name for name in _columns(memory, field, source) if name in memory.gone]
        if lost and all(name in pairs for name in lost):
            questions.append(_renamed_question(memory, field, source, pairs, sample.columns))
    questions += _lost_status(memory, pairs)
    return Changes(tuple(drift), tuple(questions), tells)


def value_changes(
    memory: Memory, plan: Plan, now: dict[str, Facts], rows: int, *, asks_currency: bool = False
) -> Changes:
    """Columns of the plan whose cells changed their kind, their unit or how often they are empty.

    `rows` is how many were looked at. With `asks_currency` the currency has been asked about already.
    """
    drift: list[Drift] = []
    questions: list[Question] = []
    before = memory.plan.mapping.facts
    for name, role in used_columns(plan).items():
        old, new = before.get(name), now.get(name)
        if not old or not new:
            continue
        field = TABLES[plan.table].field(role)
        source = plan.mapping.fields.get(role, name)
        found = _unit(name, role, source, old, new) if field and field.kind == "money" else None
        kind = field.kind if field else "text"
        found = found or _exchanged(name, role, source, kind, before, now)
        found = found or _retyped(name, role, source, kind, old, new)
        if found:
            drift.append(found[0])
            is_asked = asks_currency and found[0].text == _other_currency(name, old, new)
            questions += [found[1]] if found[1] and not is_asked else []
        if abs(old["filled"] - new["filled"]) > _NULL_SHIFT:
            drift.append(_nulls(name, old, new))
            # A column that is empty throughout is asked about in any case.
            is_sparse = (
                not found and field is not None and 0 < new["filled"] < old["filled"] and rows >= _FEW_ROWS
            )
            text = f"{drift[-1].text} Is it {role} all the same?"
            questions += [Question(f"field:{role}", text, (source,))] if is_sparse else []
    return Changes(tuple(drift), tuple(questions))


def marks_change(memory: Memory, plan: Plan) -> tuple[Drift, ...]:
    """Another decimal mark than last time, told for the columns that amounts are made of."""
    was, now = memory.plan.dialect.decimal, plan.dialect.decimal
    if not now or not was or was == now:
        return ()
    text = "“{}” is written with the decimal mark “{}”, last time with “{}”."
    names = [name for name, role in used_columns(plan).items() if _is_money(plan.table, role)]
    return tuple(Drift("retyped", name, text.format(name, now, was)) for name in names)


def renamed(memory: Memory, sample: Sample, dialect: Dialect) -> dict[str, str]:
    """Column of then that is gone → the new column whose cells are most like it; the best pairs first."""
    money = {
        name
        for field, source in memory.plan.mapping.fields.items()
        for name in _columns(memory, field, source)
        if _is_money(memory.plan.table, field)
    }
    known = {name: sheet for name, sheet in memory.plan.mapping.facts.items() if name in memory.gone}
    scores = {
        (old, new): likeness(sheet, facts(sample.values(new), dialect, old in money), old, new)
        for old, sheet in known.items()
        for new in memory.new
    }
    pairs: dict[str, str] = {}
    for (old, new), score in sorted(scores.items(), key=lambda item: -item[1]):
        if score >= _ALIKE and old not in pairs and new not in pairs.values():
            pairs[old] = new
    return pairs


def likeness(old: Facts, new: Facts, old_name: str, new_name: str) -> float:
    """How alike two columns are, 0 to 1: by kind, shape, repetition, length and emptiness, and a little by name."""
    if "empty" in (old["kind"], new["kind"]) or old["kind"] != new["kind"]:
        return 0.0
    parts = [
        (0.2, 1.0),
        (0.25, SequenceMatcher(None, old["shape"], new["shape"]).ratio()),
        (0.15, 1 - abs(old["distinct"] - new["distinct"])),
        (0.1, min(old["length"], new["length"]) / max(old["length"], new["length"], 1)),
        (0.1, 1 - abs(old["filled"] - new["filled"])),
        (0.2, SequenceMatcher(None, plain(old_name), plain(new_name)).ratio()),
    ]
    if "median" in old:
        larger = max(old["median"], new.get("median", 0.0))
        smaller = min(old["median"], new.get("median", 0.0))
        parts.append((0.25, smaller / larger if larger else 1.0))
    return float(sum(weight * part for weight, part in parts) / sum(weight for weight, _ in parts))


def rows_drift(folder: Folder, plan: Plan, rows_read: int) -> tuple[str, ...]:
    """A sentence when the file has less than half the rows of the last one of its source."""
    memory = recall(folder, plan.dialect.columns, plan.table, plan.table)
    if memory is None or 2 * rows_read >= memory.record.rows_read:
        return ()
    return (
        f"The file has {counted(rows_read, 'row', 'rows')}, import {memory.record.id} of the same source had "
        f"{memory.record.rows_read:,}: more than half are gone. Is the export whole?",
    )


def _used(memory: Memory) -> dict[str, str]:
    """Column of then, by its present name where it has one → what it served for."""
    mapping = memory.plan.mapping
    found = dict.fromkeys(mapping.attributes, "an attribute") | dict.fromkeys(
        (*mapping.keep, *mapping.refunds), "the rows that count"
    )
    if mapping.fold:
        found[mapping.fold] = "the order on several lines"
    if mapping.refund_customer:
        found[mapping.refund_customer] = "the customer of a refund"
    for field, source in mapping.fields.items():
        found |= dict.fromkeys(_columns(memory, field, source), field)
    return found


def _columns(memory: Memory, field: str, source: str) -> tuple[str, ...]:
    return source_columns(memory.plan.table, field, source, memory.plan.dialect.columns)


def _new_currency(memory: Memory, sample: Sample, come: tuple[str, ...]) -> str:
    """The column that tells the currency, where none did; empty for none."""
    table = memory.plan.table
    if TABLES[table].field("currency") is None or "currency" in memory.plan.mapping.fields:
        return ""
    places = [sample.columns.index(name) for name in come]
    rows = [tuple(row[place] for place in places) for row in sample.rows]
    return guess_fields(table, come, rows).get("currency", "")


def _currency_drift(name: str, sample: Sample, currency: str) -> Drift:
    words = list(dict.fromkeys(cell for cell in sample.values(name) if cell))
    text = (
        f"“{name}” is new and tells the currency of the amounts: {', '.join(words[:5]) or 'nothing so far'}."
    )
    same = all(currency in codes_of(word) for word in words)
    return Drift("new" if same else "unit", name, text)


def _is_money(table: str, field: str) -> bool:
    known = TABLES[table].field(field)
    return known is not None and known.kind == "money"


def _renamed_question(
    memory: Memory, field: str, source: str, pairs: dict[str, str], columns: tuple[str, ...]
) -> Question:
    answer = with_names(source, pairs, memory.plan.dialect.columns)
    names = [name for name in _columns(memory, field, source) if name in pairs]
    was, now = ", ".join(names), ", ".join(pairs[name] for name in names)
    text = f"“{was}” was {field} and is gone; “{now}” looks like it. Is it the same?"
    table = TABLES[memory.plan.table]
    others = [name for name in columns if name != answer]
    return Question(f"field:{field}", text, (answer, *others, *(() if field in table.required else ("",))))


def _lost_status(memory: Memory, pairs: dict[str, str]) -> list[Question]:
    """Without the column that told which rows count, every row would: that is asked."""
    found = []
    for name, words in memory.plan.mapping.keep.items():
        if name in memory.gone:
            again = [f"{pairs[name]}={','.join(words)}"] if name in pairs else []
            text = f"“{name}” told which rows count ({', '.join(words)}) and is gone. Which rows count now?"
            found.append(Question("keep", text, (*again, "")))
    return found


Change = tuple[Drift, Question | None]
"""A difference, and what is asked about it."""


def _retyped(name: str, role: str, source: str, kind: str, old: Facts, new: Facts) -> Change | None:
    if "empty" in (old["kind"], new["kind"]) or kind == "time":
        return None
    asked = kind in ("id", "money", "score")
    if old["kind"] != new["kind"]:
        text = f"“{name}” held {_kind(old)} and now holds {_kind(new)}."
    elif kind == "id" and old.get("padded") and not new.get("padded"):
        text = f"The ids of “{name}” had leading zeros and have none now: 00042 and 42 are two customers."
    elif kind == "id" and old["shape"] != new["shape"] and old["kind"] != "email":
        text = f"The ids of “{name}” were written like {old['shape']} and now like {new['shape']}."
        asked = False
    else:
        return None
    question = Question(f"field:{role}", f"{text} Is it {role} as it is?", (source,)) if asked else None
    return Drift("retyped", name, text), question


def _exchanged(
    name: str, role: str, source: str, kind: str, before: dict[str, Facts], now: dict[str, Facts]
) -> Change | None:
    """An id that looks as another column did, while that one looks as the id did: names over the wrong columns."""
    was, is_ = (sheets.get(name, {}).get("shape") for sheets in (before, now))
    if kind != "id" or not was or not is_ or was == is_:
        return None
    other = next(
        (each for each in now if now[each].get("shape") == was and before.get(each, {}).get("shape") == is_),
        "",
    )
    if not other:
        return None
    text = f"“{name}” looks as “{other}” did, and “{other}” as “{name}” did: are their names exchanged?"
    return Drift("retyped", name, text), Question(
        f"field:{role}", f"{text} Which is {role}?", (other, source)
    )


def _unit(name: str, role: str, source: str, old: Facts, new: Facts) -> Change | None:
    """Amounts five times as large or small as last time or more, or in another currency; a unit is asked about."""
    if text := _other_currency(name, old, new):
        about = "A workspace has one currency. Import it as it is?"
        return Drift("unit", name, text), Question(f"field:{role}", f"{text} {about}", (source,))
    if not old.get("median") or not new.get("median"):
        return None
    times = new["median"] / old["median"]
    ratio = max(times, 1 / times)
    unit = next((unit for unit in _UNITS if unit / 1.8 <= ratio <= unit * 1.8), None)
    text = (
        f"The middle amount of “{name}” is about {unit or round(ratio):,} times as "
        f"{'large' if times > 1 else 'small'} as last time ({new['median']:g}, then {old['median']:g})."
    )
    if unit is None:
        return (Drift("unit", name, text), None) if ratio >= _TOLD_RATIO else None
    scaled = f"{ticked(name) if source == name else f'({source})'} {'/' if times > 1 else '*'} {unit}"
    return Drift("unit", name, text), Question(f"field:{role}", f"{text} Which is meant?", (scaled, source))


def _other_currency(name: str, old: Facts, new: Facts) -> str:
    was, now = old.get("currency", ""), new.get("currency", "")
    if not was or not now or set(codes_of(was)) & set(codes_of(now)):
        return ""
    return f"“{name}” was in {was.upper()} and is now in {now.upper()}."


def _nulls(name: str, old: Facts, new: Facts) -> Drift:
    text = f"{1 - new['filled']:.0%} of “{name}” is empty, last time {1 - old['filled']:.0%}."
    return Drift("nulls", name, text)


def _kind(sheet: Facts) -> str:
    return {"number": "numbers", "date": "dates", "email": "e-mail addresses", "text": "text"}[sheet["kind"]]
