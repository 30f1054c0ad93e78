"""Articles that need a pack with compartments: none of their units is in an open box where a pack at hand takes it."""

import math
from collections.abc import Iterator, Sequence

from boxwright.checking.care import need
from boxwright.checking.carrier import passed
from boxwright.checking.case import ParcelCase, Premises
from boxwright.checking.dunnage import closing_mg
from boxwright.checking.materials import broken_rules
from boxwright.checking.strength import bears
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.domain.box import BoxType
from boxwright.domain.compartments import Size
from boxwright.domain.factor import Component
from boxwright.domain.footprint import PackagingComponent
from boxwright.domain.order import DimensionStatus, FragilityClass, Item
from boxwright.domain.policy import Engine
from boxwright.errors import InvalidInputError


def outside_pack(case: ParcelCase, box: BoxType) -> Iterator[PlanViolation]:
    """Yield each unit in an open box that a pack of the catalog takes and that needs one.

    Where packs in stock have too few compartments for all units that need them, none is bound to one. Units that lay in
    a started parcel stay there.
    """
    if box.compartments:
        return
    lay = {(unit.line_id, unit.unit_index) for given in case.premises.started for unit in given.placements}
    for each in case.envelopes:
        if each.unit in lay or not _asks(each.item, case.premises):
            continue
        if pack := _bound_to(each.item, case.premises):
            detail = f"of article {each.item.article!r} lies in an open box, and pack {pack!r} takes it"
            yield case.broken(ViolationKind.OUTSIDE_PACK, detail, each)


def _asks(line: Item, premises: Premises) -> bool:
    """Whether units of a line belong in a pack; very fragile ones have a rule of their own (``inner_boxes``)."""
    needed = need(line, premises)
    return needed.needs_pack and needed.fragility_class is not FragilityClass.VERY_FRAGILE


def _bound_to(line: Item, premises: Premises) -> str:
    """Return a pack that takes the units of a line; empty where none does, or there are too few."""
    own = _takers(line, premises)
    if any(box.available is None for box in own):
        return own[0].box_type_id
    names = {box.box_type_id for box in own}
    asking = sum(
        each.quantity
        for each in premises.order.lines
        if _asks(each, premises) and any(box.box_type_id in names for box in _takers(each, premises))
    )
    room = sum((box.available or 0) * len(box.compartments or ()) for box in own)
    return own[0].box_type_id if own and asking <= room else ""


def _takers(line: Item, premises: Premises) -> list[BoxType]:
    known = premises.packs.get(line.line_id)
    if known is None:
        premises.stop.look()
        group = line.keep_together_group
        lines = [line]
        if group:
            lines = [each for each in premises.order.lines if each.keep_together_group == group]
        units = [each for each in lines for _ in range(each.quantity if group else 1)]
        known_sizes = all(each.dimension_status is not DimensionStatus.MISSING for each in lines)
        plain = premises.policy.engine is not Engine.PY3DBP
        boxes = premises.catalog.box_types if known_sizes and plain else ()
        known = premises.packs[line.line_id] = [box for box in boxes if _takes(box, units, premises)]
    return known


def _takes(box: BoxType, units: Sequence[Item], premises: Premises) -> bool:
    """Whether a pack is at hand and takes all of some units."""
    grid = box.compartments
    if grid is None or box.available == 0 or len(units) > len(grid):
        return False
    if grid.articles and any(each.article not in grid.articles for each in units):
        return False
    part = PackagingComponent(Component.BOX, box.material_id, box.tare_mg, trips=box.trips)
    if broken_rules(part, premises) or not _within_limits(box, units, premises):
        return False
    takers = [[at for at, cell in enumerate(grid.sizes_um) if _stands(each, cell, premises)] for each in units]
    holds: dict[int, int] = {}

    def place(unit: int, seen: set[int]) -> bool:
        """Give a unit a compartment, and the one in its way another."""
        for cell in takers[unit]:
            if cell not in seen:
                seen.add(cell)
                if cell not in holds or place(holds[cell], seen):
                    holds[cell] = unit
                    return True
        return False

    return all(place(unit, set()) for unit in range(len(units)))


def _stands(item: Item, cell: Size, premises: Premises) -> bool:
    """Whether a compartment takes a unit, with the slack that the policy keeps free, and holds it."""
    slack, most = premises.policy.fit_clearance_um, most_play_um(item, premises)
    for orientation in item.orientations:
        left = [side - edge for side, edge in zip(cell, orientation.rotate(*item.shape_um()), strict=True)]
        if all(slack <= each <= most for each in left):
            return True
    return False


def most_play_um(item: Item, premises: Premises) -> float:
    """Return how much longer than a unit its compartment may be along an edge, in um; sturdy goods may have any."""
    needed = need(item, premises)
    if not needed.needs_pack and not needed.fragility_class.breakable:
        return math.inf
    return math.floor(2_000 * premises.materials.protection_rules["compartment_play_mm"].value)


def _within_limits(box: BoxType, units: Sequence[Item], premises: Premises) -> bool:
    """Whether mass, volume and capped properties of some units are within the limits of a pack."""
    policy = premises.policy
    mass_mg = sum(each.mass_mg for each in units)
    try:
        gross_mg = mass_mg + box.tare_mg + closing_mg(box, premises)
    except InvalidInputError:  # nobody can say what closes it
        return False
    volume = sum(math.prod(each.shape_um()) for each in units)
    if volume * 1_000_000 > box.inner_volume_um3 * policy.fill_millionths:
        return False
    for weight, limit in ((mass_mg, box.max_net_mg), (gross_mg, box.max_gross_mg)):
        if limit is not None and weight > limit:
            return False
    for cap in box.property_caps:
        amounts = [amount for each in units for amount in each.property_amounts if amount.property == cap.property]
        if sum(amount.millionths() for amount in amounts) > cap.millionths():
            return False
    carriage = premises.carriage
    if carriage is not None and any(passed(carriage[0].rule, box.outer_um, gross_mg)):
        return False
    return bears(box, gross_mg, premises)
