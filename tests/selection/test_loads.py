"""The bound on the number of parcels by the mass limit for several units."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright import BoxType, Catalog, Item, Order, Policy
from boxwright.selection.bounds import fewest_parcels, forced_alone, most_loads_mg
from models import model_of

BOXES = Catalog("c", [BoxType("small", 300, 300, 300, tare_g=1_000), BoxType("large", 600, 600, 600, tare_g=3_000)])


def model_and_members(masses_kg, **policy):
    """Return the model of an order of cubes of these masses, and their numbers."""
    order = Order("o", [Item(f"line-{at}", 1, 50, 50, 50, kg * 1_000) for at, kg in enumerate(masses_kg)])
    return model_of(order, BOXES, Policy(**policy)), np.arange(len(masses_kg))


@settings(deadline=None, max_examples=15)
@given(st.lists(st.integers(1, 30), min_size=1, max_size=6))
def test_no_split_has_fewer_parcels_than_the_bound(masses):
    """The bound is at most the fewest parcels of any split into parcels of up to 22 kg or of one unit."""
    model, members = model_and_members(masses)
    bound = fewest_parcels(model, members, BOXES.box_types)
    for where in itertools.product(range(len(masses)), repeat=len(masses)):
        held = [[kg for kg, at in zip(masses, where, strict=True) if at == parcel] for parcel in range(len(masses))]
        if all(len(each) < 2 or sum(each) <= 22 for each in held):
            assert bound <= sum(map(bool, held))


def test_units_above_half_the_limit_are_counted_one_by_one():
    """Ten units of 12 kg need ten parcels, although their sum would allow six."""
    model, members = model_and_members([12] * 10)
    assert fewest_parcels(model, members, BOXES.box_types) == 10
    assert forced_alone(model, members, BOXES.box_types) == []


def test_a_unit_too_heavy_to_share_a_parcel_is_alone():
    """23 kg gross less the lightest box is 22 kg: a unit of 22.5 kg is alone, the others need two parcels."""
    model, members = model_and_members([22.5, 15, 15, 4])
    assert [each.tolist() for each in forced_alone(model, members, BOXES.box_types)] == [[0]]
    assert fewest_parcels(model, members, BOXES.box_types) == 3
    assert most_loads_mg(model, members, BOXES.box_types) == [22_500_000, 22_500_000]


def test_lifted_by_machine_there_is_no_bound():
    """Without a limit masses give no bound."""
    model, members = model_and_members([22.5, 15, 15, 4], lifting_profile="freight")
    assert fewest_parcels(model, members, BOXES.box_types) == 0
    assert forced_alone(model, members, BOXES.box_types) == []
    assert most_loads_mg(model, members, BOXES.box_types) == [float("inf")] * 2
