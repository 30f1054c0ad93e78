"""Facts of box types that are cached between orders belong to the box type and the policy of the call."""

import dataclasses

from boxwright import BoxType, Catalog, Item, Order, Policy, plan
from boxwright.domain.policy import Objective
from boxwright.planning.parts.pricing import price_by_size
from boxwright.planning.parts.spaces import empty_space

BOX = BoxType("box", 100, 80, 60, 110, 90, 70, max_gross_g=1_000, tare_g=50)


def test_equal_box_types_hash_alike() -> None:
    """Equal objects must have equal hashes."""
    assert hash(BOX) == hash(dataclasses.replace(BOX))


def test_catalogs_with_other_boxes_of_the_same_id_are_planned_apart() -> None:
    """The second catalog's box is too low for the unit that fits the first's."""
    order = Order("o", [Item("a", 1, 100, 80, 60, mass_g=100)])
    small = dataclasses.replace(BOX, inner_height_mm=50)

    whole = plan(order, Catalog("c", [BOX]), profiles=())
    none = plan(order, Catalog("c", [small]), Policy(allow_partial=True), profiles=())

    assert whole.parcels[0].inner_um == (100_000, 80_000, 60_000)
    assert not none.parcels


def test_a_clearance_and_closing_mass_change_the_inside() -> None:
    """Clearance along each edge, tape and label off the gross limit, the fill limit off the volume."""
    assert empty_space(BOX, 5_000, 1_000_000, 0, "").edges_um == (95_000, 75_000, 55_000)
    assert empty_space(BOX, 0, 1_000_000, 30_000, "").mass_limit_mg == 920_000
    assert empty_space(BOX, 0, 500_000, 0, "").volume_limit_um3 == 240_000e9


def test_sizes_give_the_price_in_the_order_of_the_objectives() -> None:
    """Outer volume by outer edges, inner by inner."""
    objectives = (Objective.OUTER_VOLUME, Objective.PARCEL_COUNT, Objective.INNER_VOLUME)

    assert price_by_size(BOX, objectives) == (110_000 * 90_000 * 70_000, 1, 100_000 * 80_000 * 60_000)
