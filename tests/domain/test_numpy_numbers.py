"""Numpy numbers, as in data frames, count as Python numbers."""

from dataclasses import fields, is_dataclass
from decimal import Decimal

import numpy as np
import pytest

from boxwright import (
    BoxType,
    Catalog,
    InvalidInputError,
    Item,
    Order,
    Policy,
    PropertyAmount,
    SoftGoods,
    Task,
    WeightPrice,
    check,
    plan,
)
from boxwright.planning import plans

MAKERS = [
    lambda n: Item("a", n(2), n(30), n(20), n(10), n(5), max_load_g=n(7), ships_in_own_container=n(2) == n(2)),
    lambda n: SoftGoods(n(4), n(2)),
    lambda n: PropertyAmount("wh", n(4)),
    lambda n: Policy(support_ratio=n(1), fit_clearance_mm=n(1), max_parcels=n(2)),
    lambda n: WeightPrice(Decimal(1), n(5)),
    lambda n: Catalog("c", [BOX], purchase_quantity=n(4)),
]
BOX = BoxType("box", 100, 100, 100)


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("kind", [np.int64, np.int16, np.uint8, np.float64, np.float32])
def test_they_become_numbers_of_python(make, kind):
    """Objects and errors equal those of Python numbers, and hold no numpy numbers."""
    wanted = made_or_refused(make, int if issubclass(kind, np.integer) else float)
    made = made_or_refused(make, kind)
    assert made == wanted
    assert not [each for each in leaves(made) if type(each).__module__ == "numpy"]


def made_or_refused(make, kind):
    """Return the object, or the message of its error."""
    try:
        return make(kind)
    except InvalidInputError as error:
        return str(error)


def leaves(value):
    """Yield the plain values inside dataclasses and tuples."""
    if is_dataclass(value):
        for field in fields(value):
            yield from leaves(getattr(value, field.name))
    elif isinstance(value, tuple):
        for each in value:
            yield from leaves(each)
    else:
        yield value


def test_rules_hold_for_them():
    """A number that breaks a rule is refused with the same message."""
    with pytest.raises(InvalidInputError, match=r"quantity"):
        Item("a", np.int64(0), 10, 10, 10, 1)
    with pytest.raises(InvalidInputError, match=r"length_mm"):
        Item("a", 1, np.float32("nan"), 10, 10, 1)
    with pytest.raises(InvalidInputError, match=r"quantity"):
        Item("a", np.array([1, 2]), 10, 10, 10, 1)


def test_an_order_of_them_is_planned():
    """Planning and check accept numpy numbers, also as the number of alternatives."""
    order = Order("o", [Item("a", np.int64(2), np.int32(30), np.float32(20), 10, np.int64(5))])
    catalog = Catalog("c", [BOX])
    assert check(plan(order, catalog), order, catalog) == []
    assert plans(Task(order, catalog), alternatives=np.int64(0))
