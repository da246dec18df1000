"""Which column fills which field, by the last import of the source, a known export or a guess."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ladder.importing.drift import Changes, column_changes
from ladder.importing.facts import source_columns, texts
from ladder.importing.guessing import (
    email_columns,
    guess_fields,
    is_segment,
    rivals,
    words,
)
from ladder.importing.ignoring import is_status
from ladder.importing.look import Sample
from ladder.importing.memory import Memory, known_customers
from ladder.importing.netting import net_amount
from ladder.importing.plan import Dialect, Mapping, Question
from ladder.importing.profile import Profile, present
from ladder.importing.told import Told
from ladder.importing.zones import zones_of
from ladder.model.tables import TABLES
from ladder.workspace import Folder

_FEW_ORDERS = 5
_JOINS = 0.1


@dataclass(frozen=True)
class Draft:
    """A mapping without its date formats, what it leaves open, and what is worth telling."""

    mapping: Mapping
    questions: tuple[Question, ...] = ()
    warnings: tuple[str, ...] = ()
    changes: Changes = field(default_factory=Changes)


def from_memory(memory: Memory, sample: Sample, dialect: Dialect, currency: str) -> Draft:
    """The mapping of last time; fields whose columns went wait for an answer or fall away."""
    changes = column_changes(memory, sample, dialect, currency)
    then = memory.plan.mapping
    kept = {
        name: source
        for name, source in then.fields.items()
        if not set(source_columns(memory.plan.table, name, source, memory.plan.dialect.columns))
        & set(memory.gone)
    }
    if changes.currency:
        kept["currency"] = changes.currency
    here = set(sample.columns)
    mapping = Mapping(
        fields=kept,
        attributes=tuple(name for name in then.attributes if name in here),
        zone=then.zone,
        keep={name: allowed for name, allowed in then.keep.items() if name in here},
        fold=then.fold if then.fold in here else "",
        refunds=then.refunds if {*then.refunds, then.refund_customer} <= here else {},
        refund_customer=then.refund_customer if then.refund_customer in here else "",
        profile=then.profile,
    )
    return Draft(mapping, changes.questions, (), changes)


def from_profile(profile: Profile, sample: Sample, folder: Folder | None) -> Draft:
    """The mapping of a known export, over the columns that are there."""
    columns = sample.columns
    chosen = {name: _filled(names, sample) for name, names in profile.fields.items()}
    fields = {name: source for name, source in chosen.items() if source}
    keys = [found for name in profile.keys if (found := present(name, columns))]
    key, notes = _key(keys, sample, fields.get("ts", ""), folder)
    if key:
        fields = {"customer_id": key, **fields}
    guessed = guess_fields(profile.table, columns, sample.rows)
    for name in TABLES[profile.table].required:
        if name not in fields and name in guessed:
            fields[name] = guessed[name]
    if "amount" in fields:
        fields["amount"] = net_amount(fields["amount"], profile, sample)
    keep, refunds = _words(profile.keep, columns), _words(profile.refunds, columns)
    payee = present(profile.refund_customer, columns) if refunds else ""
    zone, questions = profile.zone, tuple[Question, ...]()
    if zone_column := profile.zone_column and present(profile.zone_column, columns):
        zone, questions = _zone(zone_column, sample)
    attributes = tuple(found for name in profile.attributes if (found := present(name, columns)))
    mapping = Mapping(
        fields, attributes, zone=zone, keep=keep, fold=present(profile.fold, columns),
        refunds=refunds if payee else {}, refund_customer=payee, profile=profile.name,
    )  # fmt: skip
    return Draft(mapping, questions, (*profile.notes, *notes))


def _words(told: dict[str, tuple[str, ...]], columns: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Column of the file → the words that a profile gives for it."""
    return {found: allowed for name, allowed in told.items() if (found := present(name, columns))}


def from_guess(
    table: str, sample: Sample, taken: Sequence[str], dialect: Dialect, folder: Folder | None
) -> Draft:
    """A mapping by names and content; `taken` are the columns a person has given away already."""
    places = [place for place, name in enumerate(sample.columns) if name not in taken]
    free = Sample(
        tuple(sample.columns[place] for place in places),
        tuple(tuple(row[place] for place in places) for row in sample.rows),
    )
    fields = guess_fields(table, free.columns, free.rows)
    questions = _equal_fits(table, free)
    if table == "transactions":
        questions += _repeated_total(fields, sample, dialect)
    questions += _other_key(table, fields, free, folder)
    for question in questions:
        fields.pop(question.id.partition(":")[2], None)
    used = {
        name for key, source in fields.items() for name in source_columns(table, key, source, sample.columns)
    }
    spare = [name for name in sample.columns if name not in used and is_segment(name)]
    mapping = Mapping(fields, tuple(spare) if table == "customers" else (), fold=_fold(table, fields, sample))
    return Draft(mapping, tuple(questions), _uncounted(table, sample, used))


def unjoined(mapping: Mapping, sample: Sample, folder: Folder | None) -> tuple[str, ...]:
    """A warning when none of the customers looked at is known in a workspace that knows some."""
    source = mapping.fields.get("customer_id", "")
    ids = [value for value in texts(sample, source) if value]
    if folder is None or len(set(ids)) < 20 or source not in sample.columns:
        return ()
    if known_customers(folder, ids) != 0:
        return ()
    return (
        f"None of the customers looked at is known in this workspace yet: does “{source}” hold the same ids as the "
        "files that are there?",
    )


def _filled(names: Sequence[str], sample: Sample) -> str:
    """The first candidate with a filled cell, else the first that is there."""
    here = [found for name in names if (found := present(name, sample.columns))]
    return next((found for found in here if any(texts(sample, found))), (here or [""])[0])


def _key(
    keys: Sequence[str], sample: Sample, time: str, folder: Folder | None
) -> tuple[str, tuple[str, ...]]:
    """The customer's id: the first candidate that is filled, unless the workspace knows people by another."""
    moments = texts(sample, time) or [""] * len(sample.rows)
    filled = {
        name: [
            value for value, moment in zip(sample.values(name), moments, strict=True) if moment or not time
        ]
        for name in keys
    }
    usable = [name for name in keys if 2 * sum(map(bool, filled[name])) >= len(filled[name])]
    best = (usable or list(keys) or [""])[0]
    shares = _shares(usable, sample, folder)
    known = max(shares, key=lambda name: shares[name], default=best)
    if known != best and shares[known] >= _JOINS and shares.get(best, 0.0) < shares[known] / 2:
        return known, (f"Customers of this workspace are known by “{known}”, so that is the id here too.",)
    return best, ()


def _shares(columns: Sequence[str], sample: Sample, folder: Folder | None) -> dict[str, float]:
    """Column → share of its values that are known as customers; empty where there is no choice or nobody yet."""
    if folder is None or len(columns) < 2:
        return {}
    found = {name: known_customers(folder, sample.values(name)) for name in columns}
    return {name: share for name, share in found.items() if share is not None}


def _other_key(table: str, fields: dict[str, str], sample: Sample, folder: Folder | None) -> list[Question]:
    """Asked when the guessed id joins nobody and the e-mail addresses of the file do."""
    guess = fields.get("customer_id", "")
    others = [name for name in email_columns(sample.columns, sample.rows) if name != guess]
    shares = _shares([guess, *others], sample, folder) if guess in sample.columns else {}
    best = max(shares, key=lambda name: shares[name], default=guess)
    if best == guess or shares[best] < _JOINS or shares.get(guess, 0.0) >= shares[best] / 2:
        return []
    text = (
        f"Which column is the customer's id? {shares[best]:.0%} of “{best}” and {shares.get(guess, 0.0):.0%} of "
        f"“{guess}” are customers of this workspace."
    )
    return [Question("field:customer_id", text, (best, guess))]


def _equal_fits(table: str, sample: Sample) -> list[Question]:
    """A question for every required field that two columns fit equally."""
    found = []
    for name in TABLES[table].required:
        columns = rivals(table, name, sample.columns, sample.rows)
        if columns:
            places = [sample.columns.index(column) for column in columns]
            examples = tuple(tuple(row[place] for place in places) for row in sample.rows[:3])
            listed = " and ".join((", ".join(f"“{column}”" for column in columns[:-1]), f"“{columns[-1]}”"))
            text = f"{listed} fit {name} equally. Which is it?"
            found.append(Question(f"field:{name}", text, columns, examples))
    return found


def _repeated_total(fields: dict[str, str], sample: Sample, dialect: Dialect) -> list[Question]:
    """Asked when the amount is the same on every line of an order: it may be the order's total, counted per line."""
    order, amount = fields.get("transaction_id", ""), fields.get("amount", "")
    if order not in sample.columns or amount not in sample.columns:
        return []
    lines: dict[str, list[str]] = defaultdict(list)
    for ident, value in zip(sample.values(order), sample.values(amount), strict=True):
        if ident:
            lines[ident].append(value)
    several = [values for values in lines.values() if len(values) > 1]
    same = [values for values in several if len(set(values)) == 1 and values[0]]
    if len(several) < _FEW_ORDERS or len(same) < 0.95 * len(several):
        return []
    parts = guess_fields("transactions", [name for name in sample.columns if name != amount], ())
    by_line = [parts["amount"]] if "*" in parts.get("amount", "") else []
    text = (
        f"“{amount}” is the same on all lines of an order in {len(same):,} of {len(several):,} orders of several "
        "lines. If it is the total of the order, it would count once per line. Which is the value of a line?"
    )
    return [Question("field:amount", text, (*by_line, amount))]


def _fold(table: str, fields: dict[str, str], sample: Sample) -> str:
    """The column of the order's id, where later lines of an order leave customer, time and amount empty."""
    order = fields.get("transaction_id", "")
    required = [fields.get(name, "") for name in TABLES[table].required]
    if table != "transactions" or order not in sample.columns or "" in required:
        return ""
    columns = [name for name in (required[0], required[1]) if name in sample.columns]
    bare = [
        not any(cells) for cells in zip(*(sample.values(name) for name in columns), strict=True)
    ] if columns else []  # fmt: skip
    ids = sample.values(order)
    later = [ident == ids[at - 1] != "" for at, ident in enumerate(ids) if at and bare and bare[at]]
    return order if later and all(later) else ""


def _uncounted(table: str, sample: Sample, used: set[str]) -> tuple[str, ...]:
    """A warning on a status under which nothing was sold, where nothing leaves such rows out."""
    found = []
    for name in sample.columns if table == "transactions" else ():
        if is_status(name) and name not in used:
            counts = Counter(value.casefold() for value in sample.values(name) if value)
            unsold = [f"{word} ({counts[word]:,})" for word in words("not_sold") if word in counts]
            sold = [word for word, _ in counts.most_common() if word not in words("not_sold")]
            if unsold:
                found.append(
                    f"“{name}” also holds {', '.join(unsold)}, and every row counts. To leave them out, keep only "
                    f"{name}={','.join(sold)}."
                )
    return tuple(found)


def _zone(column: str, sample: Sample) -> tuple[str, tuple[Question, ...]]:
    """The one zone that a column names; a question when there are several."""
    zones = zones_of(sample.values(column))
    if len(zones) == 1 and zones[0]:
        return zones[0], ()
    named = tuple(zone for zone in zones if zone) or ("UTC",)
    text = (
        f"“{column}” names several time zones or one that is not known. In which are the times of the file?"
    )
    return "", (Question("timezone", text, named),)


def with_told(mapping: Mapping, told: Told) -> Mapping:
    """The mapping with what a person said; a column they gave to one field fills no other by a guess."""
    given = set(told.fields.values())
    kept = {name: source for name, source in mapping.fields.items() if source not in given}
    merged = {name: source for name, source in {**kept, **told.fields}.items() if source}
    return replace(
        mapping,
        fields=merged,
        attributes=mapping.attributes if told.attributes is None else told.attributes,
        zone=mapping.zone if told.timezone is None else told.timezone,
        keep=mapping.keep if told.keep is None else told.keep,
        fold=mapping.fold if told.fold is None else told.fold,
        currency=(told.currency or "").strip().upper(),
        refunds={} if told.keep == {} else mapping.refunds,
    )
