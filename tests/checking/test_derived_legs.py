"""Derived legs: connection, length, and the lines of footprints that belong to them."""

from dataclasses import replace

import pytest

from boxwright.catalog import load_catalog
from boxwright.checking import ViolationKind, check
from boxwright.domain.lane import Lane
from boxwright.domain.order import Item, Order
from boxwright.domain.place import Place
from boxwright.domain.policy import Policy
from boxwright.planning import plan

ORDER = Order("o", (Item("a", length_mm=100, width_mm=80, height_mm=30, mass_g=500),))
LANE = Lane(origin=Place("CN", "518000"), destination=Place("DE", "20457"), derive_legs=True)


@pytest.fixture(scope="module")
def catalog():
    """Return a shipped catalog."""
    return load_catalog("eu-stock")


@pytest.fixture(scope="module")
def good(catalog):
    """Return a plan by van, road, air, road and van."""
    return plan(ORDER, catalog, lane=LANE)


def violations_of(made, catalog):
    """Return the violations found by a check."""
    return [(each.kind, each.detail) for each in check(made, ORDER, catalog, Policy())]


def with_leg(made, index, **changes):
    """Return the plan with one derived leg changed."""
    legs = list(made.legs)
    legs[index] = replace(legs[index], **changes)
    return replace(made, legs=tuple(legs))


def test_a_plan_with_derived_legs_is_valid(good, catalog):
    """Legs derived by planning are valid."""
    assert len(good.legs) == 5
    assert violations_of(good, catalog) == []


@pytest.mark.parametrize(
    ("damage", "word"),
    [
        (lambda made: with_leg(made, 2, distance_km=9_200.0), "leg 2"),
        (lambda made: with_leg(made, 2, distance_km=9_000.0), "leg 2"),
        (lambda made: with_leg(made, 3, distance_km=300.0), "leg 3"),
        (lambda made: replace(made, legs=made.legs[::3]), "leg 1"),
        (lambda made: replace(made, legs=made.legs[:4]), "leg_index"),
        (lambda made: with_leg(made, 0, derivation=None), "leg 0"),
        (lambda made: replace(made, legs=(5,)), "leg 0"),
    ],
)
def test_damage_to_derived_legs_is_caught(good, catalog, damage, word):
    """A long flight, a leg shorter than the straight line, and missing legs or ends are found."""
    found = violations_of(damage(good), catalog)
    assert any(kind is ViolationKind.WRONG_FOOTPRINT and word in detail for kind, detail in found), found
