"""Customers are numbered by their ids; ids that would share a number are numbered afresh."""

from __future__ import annotations

import pytest

from ladder.engine import Engine
from ladder.placement.keys import number_customers

_CUSTOMERS = "create table customers as select customer_key(id) as customer, id as customer_id from people"
_SHARED = "select count(*) - count(distinct customer) from customers"


@pytest.fixture
def engine() -> Engine:
    engine = Engine()
    engine.run("people", "create table people as select 'c' || range as id from range(20)")
    return engine


def test_a_row_of_any_table_finds_its_customer_by_the_id(engine: Engine) -> None:
    assert number_customers(engine, _CUSTOMERS) == 0
    found = engine.rows("one", "select customer_id from customers where customer = customer_key('c7')")
    assert found == [("c7",)]


@pytest.mark.parametrize("bits", [6, 7])
def test_no_two_ids_share_a_number(bits: int, engine: Engine) -> None:
    """With so few numbers the first salts put two of the twenty on one; the figures would be of both together."""
    salt = number_customers(engine, _CUSTOMERS, bits)
    assert engine.rows("shared", _SHARED) == [(0,)]
    assert salt > 0
    ((highest,),) = engine.rows("highest", "select max(customer) from customers")
    assert highest < 2**bits
