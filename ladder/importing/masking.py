"""Words that name an erased customer are taken out of the texts of others before these are stored."""

from __future__ import annotations

from sqlglot import exp

from ladder.engine import Engine
from ladder.importing.plan import Plan
from ladder.importing.sql import column, named, replaced, sql
from ladder.workspace import ERASED_ID, Tombstones
from ladder.workspace.raw_lines import TELLING
from ladder.workspace.traces import ERASED, Person, text_columns

# A text is looked up as a whole and word by word, cut at blanks and at signs, with and without what ends a sentence.
_PARTS = """
create or replace table parts as
select distinct unnest(string_split(translate(text, $blanks, $spaces), ' ')) as part from texts
"""
_WORDS = """
create or replace table words as
select ident
from (
    select text as ident from texts
    union
    select unnest(list_concat([trim(part, $around)], found, list_transform(found, lambda word: rtrim(word, $signs))))
    from (select part, regexp_extract_all(part, $word) as found from parts where length(part) >= 3)
)
where length(ident) >= $telling or contains(ident, '@')
"""
_STORED = "reason is null and ignored is null"
_WORD, _SIGNS = r"""[^\s,;|:="'()\[\]{}<>]+""", ".!?/-_"
_BLANKS = "\t\r\n\u00a0"
_AROUND = _SIGNS + ",;:()[]{}<>\"'"


def mask_erased(engine: Engine, plan: Plan, tombstones: Tombstones) -> None:
    """Write `[erased]` for ids and e-mail addresses of erased customers in the texts of `typed`.

    As the erasure did in the rows of then, so that the same rows count as the same when they are brought again.
    """
    names = [name for name in text_columns(plan.table) if name in plan.mapping.fields]
    names += [f"a{at}" for at in range(len(plan.mapping.attributes))]
    if not tombstones or not names:
        return
    parts = [exp.select(named(column(name), "text")).from_("typed_rows").where(_STORED) for name in names]
    texts = parts[0].distinct() if len(parts) == 1 else exp.union(*parts)
    engine.run("texts", replaced("texts", texts))
    engine.run("parts of texts", _PARTS, {"blanks": _BLANKS, "spaces": " " * len(_BLANKS)})
    given = {"word": _WORD, "signs": _SIGNS, "around": _AROUND, "telling": TELLING}
    engine.run("words of texts", _WORDS, given)
    erased = exp.select("ident").from_("words").where(sql(ERASED_ID, id=column("ident")))
    found = Person(tuple(row[0] for row in engine.rows("erased words", erased, tombstones.parameters)))
    if not found.engine_pattern:
        return
    for name in names:
        told = {"text": column(name), "pattern": found.engine_pattern}
        hit = sql("regexp_matches(:text, :pattern, 'i')", **told)
        bare = sql("regexp_replace(:text, :pattern, :erased, 'gi')", **told, erased=ERASED)
        engine.run("words that name nobody", exp.update("typed_rows", {name: bare}, where=hit))
