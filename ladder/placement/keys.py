"""The number of a customer, made from the id alone: a row of any table finds it without looking anything up."""

from __future__ import annotations

from itertools import count

from sqlglot import exp, parse_one

from ladder.engine import Engine

BITS = 63  # What a signed number holds.
_KEY = "create or replace temporary macro customer_key(id) as cast(hash(:id) >> :unused as bigint)"
_SALTED = "concat(id, :salt)"
_SHARED = "select customer from customers group by customer having count(*) > 1 limit 1"


def number_customers(engine: Engine, statement: str, bits: int = BITS) -> int:
    """Run the statement that makes `customers` by `customer_key(id)`, until no two ids share a number.

    Two of a million ids share one in eighteen million builds; then another salt numbers everybody afresh. Gives the
    salt. Every later step of this engine may use `customer_key`.
    """
    for salt in count():
        engine.run("customer key", _key(salt, bits))
        engine.run("customers", statement)
        if not engine.rows("shared numbers", _SHARED):
            break
        engine.run("number again", "drop table customers")
    return salt


def _key(salt: int, bits: int) -> exp.Expr:
    ident: exp.Expr = exp.column("id")
    if salt:
        # A salt beside the id, as a second value to hash, would be mixed in too late to tell two ids apart.
        text = exp.Literal.string(str(salt))
        ident = exp.replace_placeholders(parse_one(_SALTED, dialect="duckdb"), salt=text)
    unused = exp.Literal.number(64 - bits)
    return exp.replace_placeholders(parse_one(_KEY, dialect="duckdb"), id=ident, unused=unused)
