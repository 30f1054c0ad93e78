"""Empty spaces of planned parcels are listed on request and checked; their volumes sum to the empty volume."""

import math

from hypothesis import given, settings

import strategies
from boxwright import BoxType, Catalog, Item, Order, Policy, check, plan
from boxwright.contract.canonical import canonical_json
from through_file import through_file


@given(strategies.orders(), strategies.catalogs(), strategies.policies)
@settings(max_examples=20, deadline=None)
def test_empty_spaces_sum_to_the_empty_volume(order: Order, catalog: Catalog, policy: Policy) -> None:
    """In every parcel, the listed volumes and those of the units add up to the inner volume, to the cubic um."""
    answer = plan(order, catalog, policy, profiles=(), empty_spaces=True)
    assert check(answer, order, catalog, policy) == []
    for parcel in answer.parcels:
        assert parcel.empty_spaces is not None
        empty = sum(each.volume_um3 for each in parcel.empty_spaces)
        taken = sum(math.prod(each.extent_um) for each in parcel.placements if not parcel.ships_in_own_container)
        assert empty == parcel.inner_volume_um3 - taken
    read = through_file(answer, order, catalog, policy, None, ())
    assert [each.empty_spaces or () for each in read.parcels] == [each.empty_spaces for each in answer.parcels]


@given(strategies.orders(), strategies.catalogs())
@settings(max_examples=8, deadline=None)
def test_asking_for_spaces_changes_nothing_else(order: Order, catalog: Catalog) -> None:
    """Empty spaces are listed only on request, and do not change the canonical plan."""
    policy = Policy(mode="fast", allow_partial=True)
    plain = plan(order, catalog, policy, profiles=())
    assert all(parcel.empty_spaces is None for parcel in plain.parcels)
    spacious = plan(order, catalog, policy, profiles=(), empty_spaces=True)
    assert canonical_json(plain) == canonical_json(spacious)


def test_spaces_of_a_book_wrap_keep_its_length_and_width() -> None:
    """A wrap is as high as its content and keeps its length: 50 x 50 x 10 mm hold a tile of 18 cm3 and 7 cm3."""
    wrap = BoxType("wrap", 50, 50, 20, style="book_wrap")
    order = Order("o", [Item("tile", 1, 45, 40, 10, 1)])
    (parcel,) = plan(order, Catalog("c", [wrap]), profiles=(), empty_spaces=True).parcels
    assert sum(each.volume_um3 for each in parcel.empty_spaces) == 7 * 10**12
