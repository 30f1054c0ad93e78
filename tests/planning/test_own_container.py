"""Units that may ship as they are, without a catalog box."""

import dataclasses
import datetime

import pytest

from boxwright import (
    BoxType,
    Catalog,
    Fragility,
    Item,
    Lane,
    Leg,
    Order,
    Policy,
    load_catalog,
    plan,
)
from boxwright.catalog import load_materials
from boxwright.domain.order import Orientation
from boxwright.domain.own_container import box_of
from boxwright.domain.plan import PlanStatus, ProofScope, ProofStatus, UnpackedReason
from boxwright.drawing import page_pictures, parcel_svg, plan_svg
from boxwright.planning import Task, bench_words
from boxwright.shipping import chargeable_weight
from verified import verified

BOX = BoxType("box", 300, 200, 200, 306, 206, 212, tare_g=250, material_id="corrugated-board")
CATALOG = Catalog("one", [BOX])
PRINTER = Item("printer", 1, 250, 180, 150, 4_000, ships_in_own_container=True)
PAPER = Item("paper", 1, 210, 148, 20, 500)


def shipped(answer) -> list[tuple[bool, list[str]]]:
    """Return of each parcel whether it is an own container, and its lines."""
    return [(each.ships_in_own_container, [one.line_id for one in each.placements]) for each in answer.parcels]


def test_one_unit_ships_as_it_is() -> None:
    """Alone it needs no box: no packaging, no inner volume, the outer size is its own, and nothing is better."""
    answer = plan(Order("o", [PRINTER]), CATALOG)
    (parcel,) = answer.parcels
    assert (parcel.box_type_id, parcel.ships_in_own_container) == ("", True)
    assert (parcel.packaging, parcel.tare_mg, parcel.gross_mg) == ((), 0, 4_000_000)
    assert (parcel.inner_volume_um3, parcel.empty_space_ratio) == (0, 0)
    assert parcel.outer_um == (250_000, 180_000, 150_000)
    assert answer.certificate.status is ProofStatus.PROVED


@pytest.mark.parametrize(
    ("lines", "policy", "parcels"),
    [
        pytest.param([PRINTER, PAPER], {}, [(False, ["printer", "paper"])], id="parcels count before boxes"),
        pytest.param(
            *([PRINTER, PAPER], {"objectives": ["packaging_mass"], "max_parcels": 1}, [(False, ["printer", "paper"])]),
            id="fewer parcels allowed",
        ),
        pytest.param([PRINTER], {"objectives": ["parcel_count"]}, [(True, ["printer"])], id="equal by parcels"),
    ],
)
def test_objectives_decide_between_a_box_and_none(lines, policy, parcels) -> None:
    """One box that takes both is better than two parcels; at the same price a unit ships without a box."""
    assert shipped(plan(Order("o", lines), CATALOG, Policy(**policy))) == parcels


@pytest.mark.parametrize("objective", ["packaging_mass", "inner_volume", "emissions"])
def test_another_objective_ships_it_as_it_is(objective) -> None:
    """With a small box for the paper, less packaging is two parcels, and that is proved among all plans."""
    catalog = Catalog("two", [BOX, BoxType("flat", 215, 150, 25, tare_g=40, material_id="corrugated-board")])
    lane = Lane([Leg("road", 500)])
    policy = Policy([objective], accept_incomplete_footprint=objective == "emissions")
    answer = verified(Order("o", [PRINTER, PAPER]), catalog, policy, lane)
    assert shipped(answer) == [(False, ["paper"]), (True, ["printer"])]
    assert (answer.certificate.status, answer.certificate.scope) == (ProofStatus.PROVED, ProofScope.ALL_PLANS)


def test_a_box_type_called_own_container_is_a_box() -> None:
    """A catalog may call a box "own container": it is made for one use, and the unit without a box is not counted."""
    order = Order("o", [PRINTER, dataclasses.replace(PAPER, quantity=8)])
    catalog = Catalog("one", [dataclasses.replace(BOX, box_type_id="own container")])
    answer = plan(order, catalog, Policy(["single_use_parcels", "parcel_count"]))
    assert shipped(answer) == [(False, ["paper"] * 8), (True, ["printer"])]
    assert answer.certificate.value == 1


def test_what_fits_no_box_ships_as_it_is() -> None:
    """A unit too large for every box does not fail the plan; the other units are packed."""
    table = Item("table", 2, 1_200, 800, 90, 18_000, ships_in_own_container=True)
    answer = verified(Order("o", [table, PAPER]), CATALOG)
    assert answer.status is PlanStatus.COMPLETE
    assert shipped(answer) == [(False, ["paper"]), (True, ["table"]), (True, ["table"])]
    assert answer.certificate.status is ProofStatus.PROVED


def test_it_ships_without_any_box_in_stock() -> None:
    """Without boxes in stock the paper is unpacked, and the printer is not."""
    catalog = Catalog("none", [dataclasses.replace(BOX, available=0)])
    answer = plan(Order("o", [PRINTER, PAPER]), catalog, Policy(allow_partial=True))
    assert shipped(answer) == [(True, ["printer"])]
    assert [out.reason for out in answer.unpacked] == [UnpackedReason.NO_BOX_AVAILABLE]


def test_a_fragile_unit_ships_without_a_cushion() -> None:
    """It ships as it is: what protects it is its own container. In a box it would be cushioned."""
    fragile = dataclasses.replace(PRINTER, fragility=Fragility(g_level=60))
    answer = plan(Order("o", [fragile]), load_catalog("china-post"))
    assert answer.parcels[0].placements[0].half_gap_mm == 0
    assert answer.parcels[0].packaging == ()


def test_it_lies_as_its_line_allows() -> None:
    """The first allowed orientation gives extents and outer size."""
    upright = dataclasses.replace(PRINTER, orientations=["WLH", "HLW"])
    (parcel,) = plan(Order("o", [upright]), CATALOG).parcels
    assert parcel.placements[0].orientation is Orientation.WLH
    assert parcel.outer_um == (180_000, 250_000, 150_000)


def test_the_carrier_bills_its_own_size() -> None:
    """Chargeable weight and footprint follow from the unit's outer size and mass; packaging has no line."""
    lane = Lane([Leg("road", 500)], carrier_service="ups/us-daily", ship_date=datetime.date(2026, 1, 15))
    (parcel,) = plan(Order("o", [PRINTER]), CATALOG, lane=lane).parcels
    expected = chargeable_weight(
        (250_000, 180_000, 150_000), 4_000_000, "ups/us-daily", datetime.date(2026, 1, 15), load_materials()
    )
    assert parcel.chargeable is not None
    assert dataclasses.replace(parcel.chargeable, lower_steps=()) == expected
    assert {line.component.value for each in parcel.footprints for line in each.lines} == {"transport"}


def test_a_group_goes_before_its_own_container() -> None:
    """A unit that must go with another does not ship alone, and if no box takes both, neither ships."""
    table = Item("table", 1, 1_200, 800, 90, 18_000, ships_in_own_container=True, keep_together_group="set")
    chair = Item("chair", 1, 100, 100, 100, 900, ships_in_own_container=True, keep_together_group="set")
    answer = plan(Order("o", [table, chair, PAPER]), CATALOG, Policy(allow_partial=True))
    assert shipped(answer) == [(False, ["paper"])]
    assert {out.reason for out in answer.unpacked} == {UnpackedReason.GROUP_DOES_NOT_FIT}


def test_a_large_order_ships_the_large_ones_as_they_are() -> None:
    """Two hundred units of which twenty fit no box: all ship, and the box count is that of the others alone."""
    tables = Item("table", 20, 1_200, 800, 90, 18_000, ships_in_own_container=True)
    small = [Item(f"s{number:02d}", 6, 60 + number, 50, 40, 100) for number in range(30)]
    answer = plan(Order("o", [tables, *small]), CATALOG, Policy(mode="fast"))
    assert answer.status is PlanStatus.COMPLETE
    alone = plan(Order("o", small), CATALOG, Policy(mode="fast"))
    assert sum(each.ships_in_own_container for each in answer.parcels) == 20
    assert len(answer.parcels) == 20 + len(alone.parcels)


def test_pictures_show_it_without_a_box() -> None:
    """Parcel, page and plan are drawn, and say that it is its own container."""
    order = Order("o", [PRINTER])
    answer = plan(order, CATALOG)
    (parcel,) = answer.parcels
    picture = parcel_svg(parcel, order, box_of(parcel, CATALOG))
    assert "Own container" in picture
    assert "empty space" not in picture
    assert "own container" in plan_svg(answer, order, CATALOG, bench_words(answer, Task(order, CATALOG)))
    assert page_pictures(parcel, order, box_of(parcel, CATALOG))[0].startswith("<svg")
