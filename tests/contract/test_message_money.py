"""Prices between units with billionths and minor units."""

import pytest
from google.type import money_pb2
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright.contract.values import money_to_wire, read_price
from boxwright.findings import Findings


@settings(max_examples=20)
@given(st.integers(0, 10**12), st.sampled_from(["USD", "CNY", "JPY", "KWD"]))
def test_every_price_comes_back_unchanged(minor, currency):
    """A price in minor units comes back from its message, whatever the currency's exponent."""
    found = Findings()
    assert read_price(money_to_wire(minor, currency), found, "price") == minor
    assert not len(found)


@pytest.mark.parametrize(
    "money",
    [
        money_pb2.Money(currency_code="usd", units=1),  # ISO codes are in capitals
        money_pb2.Money(currency_code="USD", units=-1),  # negative
        money_pb2.Money(currency_code="USD", nanos=1),  # below a cent: never rounded
        money_pb2.Money(currency_code="JPY", nanos=500_000_000),  # half a yen
    ],
)
def test_bad_prices_are_refused(money):
    """A price without currency, below zero or finer than its minor unit is a violation."""
    found = Findings()
    assert read_price(money, found, "price") is None
    assert len(found) == 1


def test_an_unknown_price_stays_unset():
    """No price, or no currency, makes no message."""
    assert money_to_wire(None, "USD") is None
    assert money_to_wire(5, "") is None
