"""Everyday orders get plans that a packer accepts: each order of ``everyday_orders.toml`` is within its ranges."""

import math
import tomllib
from pathlib import Path

import pytest

from boxwright import IncompletePlanError, InvalidInputError, Item, Order, Parcel, Placement, Policy, plan
from boxwright.catalog import load_catalog
from boxwright.domain.factor import Component
from boxwright.domain.order import Fragility, Orientation, SoftGoods

ORDERS = tomllib.loads((Path(__file__).parent / "everyday_orders.toml").read_text(encoding="utf-8"))["orders"]
UPRIGHT = (Orientation.LWH, Orientation.WLH)
READ = {
    "fragility": Fragility,
    "orientations": lambda names: tuple(map(Orientation, names)),
    "soft_goods": lambda how: SoftGoods(**how),
}
"""Fields of a line in another form than in ``Item``."""
MOST_SPREAD = 1.5
"""Units packed together fill at least two thirds of the cuboid around them."""


def _order(wanted) -> Order:
    lines = []
    for given in wanted["lines"]:
        line = dict(given)
        edges = dict(zip(("length_mm", "width_mm", "height_mm"), line.pop("edges_mm"), strict=True))
        for field, read in READ.items():
            if field in line:
                line[field] = read(line[field])
        lines.append(Item(**line, **edges))
    return Order("everyday", lines)


def _clearances_mm(parcel: Parcel, placement: Placement) -> list[float]:
    """Return the gaps from the goods to the four walls, the floor and the lid; a unit may rest on another."""
    gap = placement.half_gap_mm
    length, width, height = (edge / 1000 for edge in parcel.inner_um)
    high = placement.z_mm + placement.height_mm
    return [
        placement.x_mm + gap,
        placement.y_mm + gap,
        placement.z_mm + gap,
        length - placement.x_mm - placement.length_mm + gap,
        width - placement.y_mm - placement.width_mm + gap,
        height - high + gap,
    ]


def _within(figure: float, ends: float | list[float]) -> bool:
    low, high = ends if isinstance(ends, list) else (ends, ends)
    return low <= figure <= high


def _names(wanted, rule: str, placement: Placement) -> bool:
    """Whether a rule of an order applies to the line of a placement; a rule names lines, or applies to all."""
    lines = wanted.get(rule, False)
    return placement.line_id in lines if isinstance(lines, list) else lines


def _play_mm(parcel: Parcel) -> float:
    """Return the free length of a parcel along the axis on which it is smallest."""
    ends = [max(placed.corner_um[axis] + placed.extent_um[axis] for placed in parcel.placements) for axis in range(3)]
    return min(inner - end for inner, end in zip(parcel.inner_um, ends, strict=True)) / 1000


def _spread(placements: list[Placement]) -> float:
    """Return the volume of the cuboid around units as a multiple of their volume."""
    lows = [min(placed.corner_um[axis] for placed in placements) for axis in range(3)]
    highs = [max(placed.corner_um[axis] + placed.extent_um[axis] for placed in placements) for axis in range(3)]
    around = math.prod(high - low for high, low in zip(highs, lows, strict=True))
    return around / sum(math.prod(placed.extent_um) for placed in placements)


@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param(
            order,
            id=order["name"],
            marks=[pytest.mark.xfail(reason=order["missed"], raises=AssertionError)] if "missed" in order else [],
        )
        for order in ORDERS
    ],
)
def test_a_packer_accepts_the_plan(wanted) -> None:
    """Boxes, clearances, empty space and packaging of an everyday order are those of an experienced packer."""
    order, catalog = _order(wanted), load_catalog(wanted["catalog"])
    if "refused" in wanted:
        with pytest.raises(InvalidInputError, match=wanted["refused"]):
            plan(order, catalog)
        return
    if "not_packed" in wanted:
        with pytest.raises(IncompletePlanError, match=wanted["not_packed"]):
            plan(order, catalog)
        return
    answer = plan(order, catalog, Policy())
    assert not answer.unpacked
    inner = [each for parcel in answer.parcels for each in parcel.placements if each.inner_box_type_id]
    assert len(inner) == wanted.get("inner_boxes", 0)
    assert _within(len(answer.parcels), wanted["parcels"])
    assert _within(sum(parcel.tare_g for parcel in answer.parcels), wanted["packaging_g"])
    for parcel in answer.parcels:
        for ends, figure in (
            ("empty", parcel.empty_space_ratio),
            ("inner_litres", parcel.inner_volume_um3 / 1e15),
            ("gross_g", parcel.gross_g),
        ):
            assert ends not in wanted or _within(figure, wanted[ends]), ends
        packed_in_cells = bool(catalog.box_type(parcel.box_type_id).compartments) if parcel.box_type_id else False
        assert packed_in_cells or not wanted.get("tested_pack", False)
        assert parcel.ships_in_own_container is wanted.get("own_container", False)
        flexible = bool(parcel.box_type_id) and catalog.box_type(parcel.box_type_id).flexible
        assert not flexible or not wanted.get("in_boxes", False)
        assert flexible or _play_mm(parcel) >= wanted.get("play_mm", -math.inf)
        parts = {part.component for part in parcel.packaging if part.mass_mg}
        assert parts.issuperset(map(Component, wanted.get("parts", ())))
        assert parts.isdisjoint(map(Component, wanted.get("without_parts", ())))
        held = {placement.line_id for placement in parcel.placements}
        for heavy, delicate in wanted.get("held_from", {}).items():
            assert not {heavy, delicate} <= held or Component.BLOCKING in parts
        for name in wanted.get("together", ()):
            units = [placement for placement in parcel.placements if placement.line_id == name]
            assert not units or _spread(units) <= MOST_SPREAD
        for placement in parcel.placements:
            open_box = not packed_in_cells and not parcel.ships_in_own_container
            assert not open_box or min(_clearances_mm(parcel, placement)) >= wanted.get("to_wall_mm", 0)
            assert placement.orientation in UPRIGHT or not _names(wanted, "upright", placement)
            assert placement.orientation not in UPRIGHT or not _names(wanted, "on_edge", placement)
            assert packed_in_cells or not _names(wanted, "in_packs", placement)
            assert placement.z_um <= placement.wall_margin_um or not _names(wanted, "on_floor", placement)
