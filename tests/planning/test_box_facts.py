"""Facts about box types that are cached between orders are those of the box type and policy of the call."""

import dataclasses

import pytest

from boxwright import BoxType, Catalog, Item, Order, Policy, plan
from boxwright.domain.plan import ProofStatus
from boxwright.domain.policy import Objective
from boxwright.planning.parts.pricing import price_by_size
from boxwright.planning.parts.spaces import empty_space
from boxwright.shipping.objective_figures import objective_figure

BOX = BoxType("box", 100, 80, 60, 110, 90, 70, max_gross_g=1_000, tare_g=50)


def test_equal_box_types_hash_alike() -> None:
    """Equal objects must have equal hashes."""
    assert hash(BOX) == hash(dataclasses.replace(BOX))


def test_catalogs_with_other_boxes_of_the_same_id_are_planned_apart() -> None:
    """The box of the second catalog is too low for a unit that fits that of the first."""
    order = Order("o", [Item("a", 1, 100, 80, 60, mass_g=100)])
    small = dataclasses.replace(BOX, inner_height_mm=50)

    whole = plan(order, Catalog("c", [BOX]), profiles=())
    none = plan(order, Catalog("c", [small]), Policy(allow_partial=True), profiles=())

    assert whole.parcels[0].inner_um == (100_000, 80_000, 60_000)
    assert not none.parcels


def test_a_clearance_and_closing_mass_change_the_inside() -> None:
    """Clearance reduces each edge, tape and label reduce the gross limit, and the fill limit reduces the volume."""
    assert empty_space(BOX, 5_000, 1_000_000, 0, "").edges_um == (95_000, 75_000, 55_000)
    assert empty_space(BOX, 0, 1_000_000, 30_000, "").mass_limit_mg == 920_000
    assert empty_space(BOX, 0, 500_000, 0, "").volume_limit_um3 == 240_000e9


def test_sizes_give_the_price_in_the_order_of_the_objectives() -> None:
    """Outer volume follows from outer edges, inner volume from inner ones."""
    objectives = (Objective.OUTER_VOLUME, Objective.PARCEL_COUNT, Objective.INNER_VOLUME)

    assert price_by_size(BOX, objectives) == (110_000 * 90_000 * 70_000, 1, 100_000 * 80_000 * 60_000)


@pytest.mark.parametrize(
    ("slender", "other", "chosen", "more"),
    [
        ((600, 200, 100), (430, 310, 100), "other", 15),
        ((600, 200, 100), (500, 300, 100), "slender", 15),
        ((150, 150, 300), (300, 150, 150), "other", 15),
        ((840, 640, 125), (600, 400, 400), "other", 50),
        ((840, 640, 125), (700, 400, 400), "slender", 50),
    ],
    ids=["11 % larger", "25 % larger", "lying instead of standing", "43 % larger than a tray", "two thirds larger"],
)
def test_a_slender_box_is_chosen_only_where_the_other_is_much_larger(slender, other, chosen, more) -> None:
    """Long and tall cartons and wide trays count more than their volume, in choice, certificate and check."""
    order = Order("o", [Item("a", 2, 140, 90, 70, mass_g=200)])
    catalog = Catalog("c", [BoxType("slender", *slender), BoxType("other", *other)])
    made = plan(order, catalog, Policy("inner_volume"), profiles=())
    (parcel,) = made.parcels
    assert (parcel.box_type_id, made.certificate.status) == (chosen, ProofStatus.PROVED)
    counted = 100 + more if chosen == "slender" else 100
    assert made.certificate.value == parcel.inner_volume_um3 * counted // 100
    assert objective_figure(made, catalog, Objective.INNER_VOLUME) == made.certificate.value
