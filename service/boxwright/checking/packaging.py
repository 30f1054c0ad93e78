"""Checks packaging: stated boxes, dunnage and masses, allowed materials, and weight limits of the box.

Masses are computed independently of the planner; only tables are shared.
"""

import math
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from boxwright.catalog.rows import TapeRule
from boxwright.checking.case import IN_THE_BOX, ON_THE_BOX, ParcelCase, readable
from boxwright.checking.reading import listed
from boxwright.checking.violation import PlanViolation, ViolationKind, cm3, g, mm
from boxwright.domain.box import BoxType, Opening
from boxwright.domain.dunnage import Dunnage, DunnageKind
from boxwright.domain.factor import Component
from boxwright.domain.footprint import PackagingComponent
from boxwright.domain.property_cap import MILLIONTHS
from boxwright.errors import InvalidInputError
from boxwright.protection.dunnage import figure
from boxwright.protection.tape import TAPED_STYLES
from boxwright.units import UM3_KG_PER_M3_PER_MG, exact, half_even

_IN_A_PARCEL = (Component.BOX, *IN_THE_BOX, *ON_THE_BOX)
_WRONG = ViolationKind.WRONG_PACKAGING


def wrong_figures(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield every stated net mass, volume or size that does not follow from the units and their box."""
    parcel, size = case.parcel, ViolationKind.WRONG_BOX_SIZE
    figures: list[tuple[ViolationKind, str, object, object]] = [
        (ViolationKind.WRONG_NET_MASS, "mg net", parcel.net_mg, case.goods_mg),
        (ViolationKind.WRONG_GOODS_VOLUME, "cubic um of goods", parcel.goods_volume_um3, sum(case.goods_um3)),
    ]
    if case.box is not None or case.own_container:
        inner, outer = case.sizes_um
        figures += [(size, "um inside", parcel.inner_um, inner), (size, "um outside", parcel.outer_um, outer)]
        figures.append((size, "cubic um inside", parcel.inner_volume_um3, math.prod(inner)))
    for kind, words, stated, true in figures:
        if type(stated) is not type(true) or stated != true:
            yield case.broken(kind, f"must state {true} {words}, got {stated!r:.80}")


def wrong_own_container(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield the errors of a parcel that ships in the unit's own container."""
    parcel, first = case.parcel, next(iter(case.envelopes), None)
    kind = ViolationKind.OWN_CONTAINER
    if (count := len(listed(parcel.placements))) != 1:
        yield case.broken(kind, f"must hold 1 unit to ship in its own container, got {count}", first)
    if parcel.box_type_id != "":
        yield case.broken(kind, f"box_type_id must be empty without a box, got {parcel.box_type_id!r:.80}", first)
    for unit in case.envelopes:
        if unit.placement.inner_box_type_id:
            yield case.broken(kind, "has an inner box, which is not allowed for a unit in its own container", unit)
        if not unit.item.ships_in_own_container:
            yield case.broken(kind, f"line {unit.item.line_id!r} does not allow its own container", unit)
        if unit.half_gap_um or (unit.x0, unit.y0, unit.z0) != (0, 0, 0):
            where = f"({mm(unit.x0, unit.y0, unit.z0)}) with a half-gap of {mm(unit.half_gap_um)}"
            yield case.broken(kind, f"must be at 0 without a half-gap, got {where}", unit)
    if parcel.packaging != ():
        yield case.broken(_WRONG, f"packaging must be empty without a box, got {parcel.packaging!r:.120}")
    if parcel.empty_spaces not in (None, ()):
        detail = f"empty_spaces must be empty without a box, got {parcel.empty_spaces!r:.120}"
        yield case.broken(ViolationKind.WRONG_EMPTY_SPACES, detail)


def wrong_packaging(case: ParcelCase, box: BoxType) -> Iterator[str]:
    """Yield malformed parts, boxes that differ from the catalog, and dunnage that is stated as reused."""
    for part in listed(case.parcel.packaging):
        if not readable(part) or part.component not in _IN_A_PARCEL:
            yield f"a part of the packaging is malformed: {part!r:.200}"
    for component, held in ((Component.BOX, [box]), (Component.INNER_BOX, [inner.box for inner in case.inner_boxes])):
        stated, true = case.stated(component), [_as_part(held_box, component) for held_box in held]
        if stated != true and Counter(stated) != Counter(true):
            yield f"{component.words} must be {true!r:.300}, got {stated!r:.300}"
    for part in case.stated(*IN_THE_BOX[1:], *ON_THE_BOX):
        if (part.trips, part.reuse, part.recycled_content, part.trim_mg) != (1, None, None, 0):
            yield f"{part.component.value} must have 1 trip and no reuse, recycled content or trim, got {part!r:.200}"


@lru_cache(maxsize=1_024)
def _as_part(box: BoxType, component: Component) -> PackagingComponent:
    return PackagingComponent(
        component,
        box.material_id,
        box.tare_mg,
        box.trips,
        dunnage_id="" if component is Component.BOX else box.box_type_id,
        recycled_content=None if box.recycled_content is None else Decimal(str(box.recycled_content)),
        reuse=box.reuse,
        trim_mg=box.board_mg - box.tare_mg,
    )


def overweight(case: ParcelCase, box: BoxType) -> Iterator[PlanViolation]:
    """Yield the weight limits of the box that net or gross mass exceeds."""
    for weight_mg, limit_mg, kind, words in (
        (case.net_mg, box.max_net_mg, ViolationKind.OVER_NET_LIMIT, "goods and dunnage weigh"),
        (case.gross_mg, box.max_gross_mg, ViolationKind.OVER_GROSS_LIMIT, "goods, dunnage, box and tape weigh"),
    ):
        if limit_mg is not None and weight_mg > limit_mg:
            yield case.broken(kind, f"{words} {g(weight_mg)}, at most {g(limit_mg)} allowed")


def over_caps(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield the property caps of policy and box type that a parcel exceeds."""
    for cap in (*case.premises.policy.property_caps, *(case.box.property_caps if case.box else ())):
        amounts = [amount for unit in case.envelopes for amount in unit.goods.property_amounts]
        held = sum(amount.millionths() for amount in amounts if amount.property == cap.property)
        if held > cap.millionths():
            most, name = exact(cap.millionths(), MILLIONTHS), cap.property
            detail = f"holds {exact(held, MILLIONTHS)} of {name!r}, policy or box type allows at most {most}"
            yield case.broken(ViolationKind.OVER_PROPERTY_CAP, detail)


def wrong_materials(case: ParcelCase) -> Iterator[str]:
    """Yield the policy's rules on materials that parts of the packaging do not meet."""
    for part in listed(case.parcel.packaging):
        if isinstance(part, PackagingComponent):
            for rule in case.premises.unmet(part.material_id, part.trips):
                yield f"{part.component!s:.40} of {part.material_id!r:.80} does not meet {rule}"


def wrong_dunnage(case: ParcelCase, box: BoxType) -> Iterator[str]:
    """Yield void fill, blocking, tape and label of a wrong kind, material or mass; any usable kind is accepted."""
    kinds = (DunnageKind.VOID_FILL, DunnageKind.BLOCKING, DunnageKind.TAPE, DunnageKind.LABEL)
    try:
        fill, block, *closing = (case.used(kind) for kind in kinds)
        if any(case.premises.need(unit.item).cushion_fill for unit in case.envelopes):
            fill = case.used(DunnageKind.VOID_FILL, "cushions")
        masses = closing_mg(case, box)
        yield from _wrong_filling(case, box, fill, block)
    except InvalidInputError as error:
        yield f"dunnage cannot be checked: {error}"
        return
    for kind, true in zip(kinds, (fill, block, *closing), strict=True):
        component = Component(kind.value)
        for part in case.stated(component):
            if true is not None and (
                part.dunnage_id not in ("", true.dunnage_id) or part.material_id != true.material_id
            ):
                stated = f"{part.dunnage_id!r:.80} of {part.material_id!r:.80}"
                yield f"{component.words} must be {true.dunnage_id!r} of {true.material_id!r}, got {stated}"
        true_mg = masses.get(component, 0) + (case.inner_tape_mg if kind is DunnageKind.TAPE else 0)
        if component in masses and (stated_mg := case.stated_mg(component)) != true_mg:
            yield f"{component.words} must weigh {g(true_mg)}, got {g(stated_mg)}"


def closing_mg(case: ParcelCase, box: BoxType) -> dict[Component, int]:
    """Return the masses of tape and label of a box, in mg; InvalidInputError if the policy names unknown dunnage."""
    label = case.used(DunnageKind.LABEL)
    label_mg = 0 if label is None else round(figure(label, "piece_g") * 1_000)
    return {Component.TAPE: tape_mg(case, box), Component.LABEL: label_mg}


def _wrong_filling(case: ParcelCase, box: BoxType, fill: Dunnage | None, block: Dunnage | None) -> Iterator[str]:
    """Yield wrong masses of void fill and blocking; void fill takes a share, set by the policy, of the unblocked space.

    Empty space can be divided in several ways, so the blocked volume is inferred from the mass of the blocking. This
    mass is rounded up to a mg, and raised by another mg if the fill that it replaces would otherwise weigh more.
    """
    empty = max(0, box.inner_volume_um3 - sum(_taken_um3(case)))
    filled_mg, blocked_mg = case.stated_mg(Component.VOID_FILL), case.stated_mg(Component.BLOCKING)
    least, most = 0, 0
    if blocked_mg:
        if block is None or not box.has_fill:
            yield f"blocking must be absent in this box or without blocking material, got {g(blocked_mg)}"
            return
        if not case.held[0]:
            yield f"blocking must be absent, since no unit is heavy enough to need it, got {g(blocked_mg)}"
            return
        per_mg = UM3_KG_PER_M3_PER_MG / figure(block, "density_kg_per_m3")
        least, most = math.floor(max(blocked_mg - 2, 0) * per_mg) + 1, min(math.floor(blocked_mg * per_mg), empty)
        if least > most:
            yield f"blocking {block.dunnage_id!r} must fit into {cm3(empty)} of empty space, got {g(blocked_mg)}"
            return
    # Soft goods alone need no void fill.
    filled = box.has_fill and not all(unit.goods.soft_goods is not None for unit in case.envelopes)
    share = case.premises.policy.void_fill_share if filled else 0
    inside_mg = sum(inner.fill_mg for inner in case.inner_boxes)
    least_mg, most_mg = (fill_mg(empty - blocked, fill, share) + inside_mg for blocked in (most, least))
    if not least_mg <= filled_mg <= most_mg:
        of = "" if fill is None else f" of {fill.dunnage_id!r}"
        inside = " with the inner boxes" if case.inner_boxes else ""
        yield f"void fill must weigh {g(least_mg)}{of} for {cm3(empty - most)}{inside}, got {g(filled_mg)}"


def _taken_um3(case: ParcelCase) -> Iterator[int]:
    """Yield, by unit, the volume that void fill cannot take: that of inner box, envelope on pads, or goods."""
    for unit, goods_um3 in zip(case.envelopes, case.goods_um3, strict=True):
        if unit.inner is not None:
            yield math.prod(unit.item.edges_um)
        else:
            yield goods_um3 if case.premises.need(unit.item).pads is None else unit.volume_um3


def fill_mg(volume_um3: int, fill: Dunnage | None, share: float) -> int:
    """Return the mass of void fill for a share of a volume in cubic um, in mg; InvalidInputError without a density."""
    if fill is None:
        return 0
    above, below = _mg_per_um3(fill, share)
    return half_even(volume_um3 * above, below)


@lru_cache(maxsize=256)
def _mg_per_um3(fill: Dunnage, share: float) -> tuple[int, int]:
    return (Fraction(str(share)) * figure(fill, "density_kg_per_m3") / UM3_KG_PER_M3_PER_MG).as_integer_ratio()


def tape_mg(case: ParcelCase, box: BoxType) -> int:
    """Return the mass of tape on a box by the policy's rule, in mg; InvalidInputError if the rule is unknown."""
    tape, premises = case.used(DunnageKind.TAPE), case.premises
    return 0 if tape is None else _taped_mg(box, tape, premises.materials.tape_rule(premises.policy.tape_rule))


@lru_cache(maxsize=4_096)
def _taped_mg(box: BoxType, tape: Dunnage, rule: TapeRule) -> int:
    """Return the mass of the strips along the seams of a box and across the edges at their ends, in mg."""
    if box.style not in TAPED_STYLES:
        return 0
    length, width, height = (Fraction(edge, 1_000) for edge in box.outer_um)
    opening = (width, height) if box.opening is Opening.END else (length, width)
    along = max(opening) + 2 * figure(tape, "seam_overlap_mm")
    across = min(opening) + 2 * Fraction(rule.edge_overlap_mm)
    area_mm2 = (rule.seam_strips * along + rule.edge_strips * across) * figure(tape, "width_mm")
    return round(area_mm2 * figure(tape, "grammage_g_per_m2") / 1_000)
