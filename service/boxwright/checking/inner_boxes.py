"""A box in a box: each very fragile unit lies in an inner box that takes it with its gap, bears it and is there for it.

Which box that is need not be the smallest. Sizes and masses are worked out here, apart from the planner's.
"""

from collections.abc import Iterator, Sequence

from boxwright.checking.care import need
from boxwright.checking.case import ParcelCase, Premises
from boxwright.checking.cushioning import wrap_mg, wraps_of
from boxwright.checking.dunnage import chosen_of, filled_mg_of, first_stocked, taped_mg
from boxwright.checking.envelope import Envelope, Inner
from boxwright.checking.listed import listed
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.checking.wording import g, mm
from boxwright.domain.box import BoxStyle, BoxType
from boxwright.domain.dunnage import DunnageKind
from boxwright.domain.fields import changed
from boxwright.domain.order import FragilityClass, Item, Orientation
from boxwright.domain.plan import Parcel, Placement
from boxwright.errors import InvalidInputError
from boxwright.stop import NEVER, Stop

OF_BOARD = (BoxStyle.RSC_0201, BoxStyle.TELESCOPE_0300, BoxStyle.TUCK_0210, BoxStyle.MAILER_0427)
"""Styles that an inner box may have."""


def inner_box_of(premises: Premises, placement: Placement, item: Item) -> Inner | None:
    """Return the inner box that a placement names; None where the catalog has none of that name to take goods in."""
    named = placement.inner_box_type_id
    box = next((each for each in premises.catalog.box_types if each.box_type_id == named), None)
    if box is None or box.style not in OF_BOARD or box.compartments is not None or item.soft_goods is not None:
        return None
    gap_um, clearance_um = need(item, premises).inner_gap_um, premises.policy.fit_clearance_um
    takes = [
        each for each in item.orientations if _takes(box, each.rotate(*item.edges_um), gap_um + gap_um + clearance_um)
    ]
    turned = [each for each in takes if _lies(each, box, placement)] or takes
    fault = ""
    if not takes:
        fault = f"goods of {mm(*item.edges_um)} with {mm(gap_um)} round them do not go into {mm(*box.inner_um)}"
        turned = [each for each in item.orientations if _lies(each, box, placement)] or [*item.orientations]
    length, width, height = item.edges_um
    filled_mg, taped = _dunnage_mg(box, length * width * height, premises)
    outer = dict(zip(turned[0].value, box.outer_um, strict=True))
    carton = changed(
        item,
        length_um=outer["L"],
        width_um=outer["W"],
        height_um=outer["H"],
        mass_mg=item.mass_mg + box.tare_mg + filled_mg + taped,
    )
    return Inner(item, box, carton, filled_mg, taped, fault)


def _takes(box: BoxType, extents_um: tuple[int, int, int], around_um: int) -> bool:
    return all(extent + around_um <= room for extent, room in zip(extents_um, box.inner_um, strict=True))


def _lies(inside: Orientation, box: BoxType, placement: Placement) -> bool:
    """Whether a placement is as large as a box with the goods turned so in it, and the whole turned as it says."""
    outer = dict(zip(inside.value, box.outer_um, strict=True))
    if not isinstance(placement.orientation, Orientation):
        return False
    gaps = 2 * placement.half_gap_um
    return tuple(outer[edge] + gaps for edge in placement.orientation.value) == placement.extent_um


def _dunnage_mg(box: BoxType, goods_um3: int, premises: Premises) -> tuple[int, int]:
    """Return what fills and closes an inner box, in mg; where the policy names what is unknown, none is judged."""
    policy = premises.policy
    try:
        fill = chosen_of(DunnageKind.VOID_FILL, policy.void_fill_id, premises)
        if fill is not None and not fill.cushions:
            fill = first_stocked(DunnageKind.VOID_FILL, premises, cushions=True) or fill
        filled_mg = filled_mg_of(max(box.inner_volume_um3 - goods_um3, 0), fill, policy.void_fill_share)
        tape = chosen_of(DunnageKind.TAPE, policy.tape_id, premises)
        if tape is None:
            return filled_mg, 0
        return filled_mg, taped_mg(box, tape, premises.materials.tape_rule(policy.tape_rule))
    except InvalidInputError:
        return 0, 0  # reported with the dunnage of the parcel


def wrong_inner_boxes(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield the very fragile units without a good inner box, and the others in one."""
    kind = ViolationKind.WRONG_INNER_BOX
    for each in case.envelopes:
        case.premises.stop.look()
        very = need(each.goods, case.premises).fragility_class is FragilityClass.VERY_FRAGILE
        named = each.placement.inner_box_type_id
        grid = None if case.box is None else case.box.compartments
        if not named:
            made_for_it = grid is not None and each.item.article in grid.articles
            if very and not made_for_it:
                yield case.broken(kind, "is very fragile, and no inner box is round it", each)
            continue
        if not very:
            yield case.broken(kind, f"is not very fragile, and lies in an inner box {named!r:.80}", each)
        elif grid is not None:
            yield case.broken(kind, f"stands in an inner box {named!r:.80} in a compartment", each)
        if each.inner is None:
            detail = f"no carton of catalog {case.premises.catalog.catalog_id!r} is {named!r:.80}"
            yield case.broken(kind, f"lies in an inner box, and {detail}", each)
        elif each.inner.fault:
            yield case.broken(kind, f"lies in an inner box {named!r}, and {each.inner.fault}", each)
        else:
            yield from _overloaded(case, each, each.inner)


def mixed_inner_boxes(parcels: Sequence[Parcel], stop: Stop = NEVER) -> Iterator[PlanViolation]:
    """Yield the lines whose units lie in inner boxes of several types, or only some of them in any."""
    found: dict[str, dict[str, None]] = {}
    for parcel in parcels:
        for each in listed(parcel.placements):
            stop.look()
            if not isinstance(each, Placement) or not isinstance(each.line_id, str):
                continue
            if isinstance(each.inner_box_type_id, str):
                found.setdefault(each.line_id, {})[each.inner_box_type_id] = None
    for line_id, types in found.items():
        if len(types) > 1:
            named = ", ".join(f"{name!r:.80}" if name else "none" for name in types)
            detail = f"all units of line {line_id!r:.80} must lie in inner boxes of one type, and lie in {named}"
            yield PlanViolation(ViolationKind.WRONG_INNER_BOX, detail, None, line_id)


def _overloaded(case: ParcelCase, unit: Envelope, inner: Inner) -> Iterator[PlanViolation]:
    """Yield whether an inner box holds more than it may: goods, wrap and fill, and of properties that it caps."""
    box, goods = inner.box, inner.goods
    layers = need(goods, case.premises).wrap_layers
    load_mg = goods.mass_mg + inner.fill_mg
    if layers and (wraps := [each for each in wraps_of(case) if case.parcel.cushioning_id in ("", each.dunnage_id)]):
        load_mg += wrap_mg(goods, layers, wraps[0])
    limits = [(box.max_net_mg, load_mg), (box.max_gross_mg, load_mg + box.tare_mg + inner.tape_mg)]
    for limit_mg, weight_mg in limits:
        if limit_mg is not None and weight_mg > limit_mg:
            detail = f"{g(weight_mg)} in inner box {box.box_type_id!r}, at most {g(limit_mg)} allowed"
            yield case.broken(ViolationKind.WRONG_INNER_BOX, detail, unit)
    for cap in box.property_caps:
        held = sum(each.millionths() for each in goods.property_amounts if each.property == cap.property)
        if held > cap.millionths():
            detail = f"more of {cap.property!r} than inner box {box.box_type_id!r} may hold"
            yield case.broken(ViolationKind.WRONG_INNER_BOX, detail, unit)
