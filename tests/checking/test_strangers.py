"""The check returns an answer for any plan, with any values in its fields."""

import copy
import datetime
import math
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from boxwright import BoxType, Catalog, EmissionsBasis, Fragility, Item, Lane, Leg, Order, Policy, check, plan
from boxwright.domain.strength import StackingCondition

ORDER = Order(
    "order",
    [
        Item("cube", 1, 100, 100, 100, 900),
        Item("glass", 2, 80, 80, 90, 300, fragility=Fragility(g_level=60)),
        Item("pole", 1, 900, 200, 200, 900, ships_in_own_container=True),
    ],
)
CATALOG = Catalog(
    "catalog",
    [BoxType("box", 350, 300, 300, tare_g=300, price_minor=90, material_id="corrugated-board", board_id="c-flute")],
    currency="USD",
)
LANE = Lane([Leg("road", 500)], carrier_service="ups/us-daily", ship_date=datetime.date(2026, 7, 20))
POLICY = Policy(
    objectives=["packaging_cost"],
    carbon_price_per_tonne_minor=10_000_000,
    emissions_basis=EmissionsBasis("uk-desnz", "mass"),
    stacking=StackingCondition(layers=2, safety_factor=4),
    box_certificate=True,
    cushioning_ids=("kraft-paper-wrap",),
    void_fill_id="crumpled-kraft-fill",
)


def with_field(whole: Any, name: str, value: object) -> Any:
    """Return a copy with any value in a field, without validation."""
    changed = copy.copy(whole)
    object.__setattr__(changed, name, value)
    return changed


def damaged(whole: Any, junk: object) -> Iterator[tuple[str, Any]]:
    """Yield the name of each field, nested ones included, with a copy that has ``junk`` in this field."""
    for field in fields(whole):
        yield field.name, with_field(whole, field.name, junk)
        value = getattr(whole, field.name)
        for index, each in enumerate(value[:2] if isinstance(value, tuple) else [value]):
            for name, other in damaged(each, junk) if is_dataclass(each) else ():
                changed = (*value[:index], other, *value[index + 1 :]) if isinstance(value, tuple) else other
                yield f"{field.name}.{name}", with_field(whole, field.name, changed)


@pytest.mark.parametrize(
    "junk", [[], None, -1, math.nan, "x", object()], ids=["list", "None", "-1", "nan", "text", "object"]
)
def test_any_field_may_hold_anything(junk: object) -> None:
    """No value of a field leads to an exception, not even a list, which is unhashable."""
    good = plan(ORDER, CATALOG, POLICY, LANE, profiles=["uk-desnz"], empty_spaces=True)
    assert check(good, ORDER, CATALOG, POLICY, lane=LANE) == []
    names = set()
    for name, other in damaged(good, junk):
        names.add(name)
        for violation in check(other, ORDER, CATALOG, POLICY, lane=LANE):
            assert str(violation), name
    assert {"parcels.packaging.dunnage_id", "parcels.stack_load.layers", "footprints.lines.mass_parts.data"} <= names
