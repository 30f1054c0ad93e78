"""What a reader should know of one plan: what in it is doubtful, missing or idle."""

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache

from boxwright.catalog import unverified_walls
from boxwright.catalog.dunnage_rules import redefined
from boxwright.catalog.shipped import is_shipped_catalog, is_shipped_data
from boxwright.domain.box import BoxType
from boxwright.domain.dunnage import Dunnage
from boxwright.domain.factor import Component, Coverage, CoverageCell, Stage
from boxwright.domain.footprint import Footprint
from boxwright.domain.plan import Parcel
from boxwright.domain.policy import Plausibility
from boxwright.domain.same import Same
from boxwright.domain.warning import PlanWarning, WarningCode, gathered
from boxwright.footprint import NO_LEGS, flight_warnings, idle_way_warnings
from boxwright.planning.finishing.protection_warnings import fragile_loaded, protection_warnings, unknown_care
from boxwright.planning.model import OrderModel
from boxwright.planning.parts.lifting import lifting_warnings
from boxwright.planning.request import Request
from boxwright.planning.rules.plausible import implausible
from boxwright.protection import article_warnings, class_warnings
from boxwright.routing import derivation_warnings
from boxwright.selection.outcome import Outcome
from boxwright.shipping import offered_elsewhere
from boxwright.units import UM3_PER_LITRE, exact


def _box_warnings(model: OrderModel, outcome: Outcome) -> Iterator[PlanWarning]:
    """Yield what is doubtful of the boxes used: unverified sizes of a caller's own, and reuse that costs nothing."""
    boxes = {packed.box.box_type_id: packed.box for packed in outcome.parcels if packed.box.ours}
    inside = (each.box for packed in outcome.parcels for each in model.expansion.in_boxes(packed.members))
    for box in (boxes | {each.box_type_id: each for each in inside if each.box_type_id not in boxes}).values():
        at, name = model.request.catalog.field_of(box.box_type_id), f"box type {box.box_type_id!r}"
        if not is_shipped_catalog(model.request.catalog):
            yield from _size_warnings(box, at, name, model.request)
        if box.trips > 1 and (box.reuse is None or box.reuse.free):
            text = f"{name}: of {box.trips} uses neither way back nor washing is stated or counted"
            yield PlanWarning(WarningCode.RETURN_NOT_COUNTED, f"{at}.reuse", text)


def _size_warnings(box: BoxType, at: str, name: str, request: Request) -> Iterator[PlanWarning]:
    """Yield whether a box's size is unverified; of the outer size, where a carrier bills it or it shares a load."""
    side = unverified_walls(box, request.materials)
    follows = f"{name}: its {side} size follows from the caliper of board {box.board_id!r}, which is unverified"
    if not box.read_in_source:
        yield PlanWarning(WarningCode.UNVERIFIED_BOX_SIZE, at, f"{name}: its size is unverified")
    elif side == "inner":
        yield PlanWarning(WarningCode.UNVERIFIED_BOX_SIZE, at, follows)
    elif side and (request.biller is not None or (request.lane is not None and request.lane.include_volume_share)):
        yield PlanWarning(WarningCode.UNVERIFIED_OUTER_SIZE, f"{at}.outer", follows)


def _unblocked(model: OrderModel, outcome: Outcome, parcels: Sequence[Parcel]) -> Iterator[PlanWarning]:
    """Yield which parcels have spaces that need blocking and nothing that blocks them."""
    for number, (packed, parcel) in enumerate(zip(outcome.parcels, parcels, strict=True), start=1):
        model.stop.look()
        if parcel.ships_in_own_container or parcel.packaging_mg(Component.BLOCKING):
            continue
        if volume := model.packaging.to_block_um3(packed.box, packed.members, packed.corners_um):
            yield not_blocked(volume, number, parcel.box_type_id, model.request.blocking)


def not_blocked(volume_um3: int, number: int, box_type_id: str, chosen: Dunnage | None) -> PlanWarning:
    """Return the warning of spaces in a parcel, counted from 1, that need blocking and have none, or not ``chosen``."""
    why = (
        "no blocking is chosen: stock some, or wedge them with cardboard"
        if chosen is None
        else f"its weight limit leaves no mass for {chosen.dunnage_id!r}: wedge them with less"
    )
    where = f"{volume_um3 / UM3_PER_LITRE:.3f} L beside the heavy goods of parcel {number}, in {box_type_id!r},"
    return PlanWarning(WarningCode.NOT_BLOCKED, "policy.blocking_id", f"{where} need blocking, and {why}")


def _carrier_warnings(parcels: Sequence[Parcel]) -> Iterator[PlanWarning]:
    """Yield what of the carrier's rules nobody verified; its limits bind, so that no parcel passes one."""
    at = "lane.carrier_service"
    for parcel in parcels:
        billed = parcel.chargeable
        if billed is None:
            continue
        if not billed.read_in_source:
            text = f"the carrier rule of {billed.service_id!r} is unverified"
            yield PlanWarning(WarningCode.UNVERIFIED_CARRIER_RULE, at, text)
        for each in billed.surcharges:
            if not each.read_in_source:
                name = f"surcharge {each.surcharge_id!r} of {billed.service_id!r}"
                text = f"{name} is unverified, as is what it bills at least"
                yield PlanWarning(WarningCode.UNVERIFIED_SURCHARGE, at, text)


def _elsewhere(request: Request) -> Iterator[PlanWarning]:
    """Yield that the carrier service is offered elsewhere than the lane goes."""
    lane, biller = request.lane, request.biller
    text = "" if lane is None or biller is None else offered_elsewhere(biller.rule, lane)
    if text:
        yield PlanWarning(WarningCode.CARRIER_ELSEWHERE, "lane.carrier_service", text)


def _unpriced(parcels: Sequence[Parcel]) -> Iterator[PlanWarning]:
    """Yield which parcels have no price of carriage, and what the table lacks."""
    for number, parcel in enumerate(parcels, start=1):
        if parcel.shipping_price is not None and parcel.shipping_price.missing:
            lacks = ", ".join(parcel.shipping_price.missing)
            text = f"carriage of parcel {number} has no price: {parcel.shipping_price.price_table} lacks {lacks}"
            yield PlanWarning(WarningCode.SHIPPING_PRICE_UNKNOWN, "lane.price_tables", text)


def _redefined(used: Sequence[Dunnage], request: Request) -> Iterator[PlanWarning]:
    """Yield which dunnage of the catalog has the id of shipped dunnage and other figures."""
    for each in used:
        if rule := redefined(each, request.materials.dunnage):
            at = f"catalog.dunnage[{request.catalog.dunnage.index(each)}]"
            text = f"{each.kind.value} of the catalog: its dunnage_id {rule}"
            yield PlanWarning(WarningCode.DUNNAGE_REDEFINED, at, text)


def _idle_caps(request: Request) -> Iterator[PlanWarning]:
    """Yield which property caps limit nothing, since no order line has an amount of the property."""
    stated = {each.property for line in request.order.lines for each in line.property_amounts}
    seen: set[str] = set()
    for index, cap in enumerate(request.policy.property_caps):
        if cap.property not in stated | seen:
            seen.add(cap.property)
            text = f"no order line states an amount of property {cap.property!r}, which the policy caps"
            yield PlanWarning(WarningCode.IDLE_PROPERTY_CAP, f"policy.property_caps[{index}]", text)


def _idle_lane(request: Request) -> Iterator[PlanWarning]:
    """Yield what the lane asks for in vain: hubs of one leg, forcing without a flight, a zone that nothing has."""
    lane = request.lane
    if lane is None:
        return
    yield from idle_way_warnings(lane)
    if lane.zone and request.biller is None:
        text = f"zone {lane.zone!r} changes nothing: the lane names no carrier service"
        yield PlanWarning(WarningCode.IDLE_ZONE, "lane.zone", text)
    elif lane.zone and request.biller is not None and request.pricer is None:
        rule = request.biller.rule
        if not any(band.zones for band in rule.bands):
            where = f"{rule.service_id!r} bills alike in all, and no price table is given"
            yield PlanWarning(WarningCode.IDLE_ZONE, "lane.zone", f"zone {lane.zone!r} changes nothing: {where}")


def _strength(request: Request, parcels: Sequence[Parcel]) -> Iterator[PlanWarning]:
    """Yield where strength is not known, where it rests on what nobody verified, and which boxes were left out."""
    for parcel in parcels:
        name = f"box type {parcel.box_type_id!r}" if parcel.box_type_id else "a unit in its own container"
        load, grade = parcel.stack_load, parcel.box_grade
        if load is not None and load.not_modelled:
            text = f"{name}: what it bears is not modelled: {load.not_modelled}"
            yield PlanWarning(WarningCode.STRENGTH_NOT_MODELLED, "policy.stacking", text)
        elif load is not None and load.notes:
            verdict = "bears" if load.holds else "does not bear"
            required, allowed = exact(load.required_mn), exact(load.allowed_mn)
            text = (
                f"{name} {verdict} the {required} N of its stack, {allowed} N allowed, by figures that do not bind: "
                f"{'; '.join(load.notes)}"
            )
            yield PlanWarning(WarningCode.STRENGTH_NOT_BINDING, "policy.stacking", text)
        if grade is not None and grade.notes:
            over = grade.exceeded(parcel.gross_mg, parcel.outer_um)
            passes = f" passes grade {grade.grade_id!r} of the box certificate ({'; '.join(over)})" if over else ""
            text = f"{name}{passes}: {'; '.join(grade.notes)}"
            yield PlanWarning(WarningCode.BOX_GRADE_NOT_BINDING, "policy.box_certificate", text)
    for box_type_id, why in request.left_out.items():
        text = f"box type {box_type_id!r} is left out: {why}"
        yield PlanWarning(WarningCode.BOX_LEFT_OUT, request.catalog.field_of(box_type_id), text)


def _empty(request: Request, parcels: Sequence[Parcel], begun: int) -> Iterator[PlanWarning]:
    """Yield which open boxes are emptier than the rule, and what goods and gaps take of each.

    The first ``begun`` parcels were started before the plan, which did not choose their boxes.
    """
    most = float(request.materials.protection_rules["mostly_empty"].value)
    only = len(request.catalog.box_types) == 1
    for number, parcel in enumerate(parcels[begun:], start=begun + 1):
        request.stop.look()
        if parcel.ships_in_own_container or parcel.empty_space_ratio <= most:
            continue
        if any(each.compartment for each in parcel.placements):
            continue
        inner_um3 = parcel.inner_volume_um3
        gaps = _with_gaps(parcel)
        yield mostly_empty(number, parcel.box_type_id, parcel.empty_space_ratio, inner_um3, gaps, only=only)


def mostly_empty(
    number: int, box_type_id: str, empty_space_ratio: float, inner_um3: int, taken_um: Sequence[int], *, only: bool
) -> PlanWarning:
    """Return the warning that a parcel, counted from 1, is mostly empty; its goods take a box of ``taken_um``.

    ``only`` says that there is no other box type.
    """
    size = " x ".join(exact(edge) for edge in taken_um)
    litres, of = math.prod(taken_um) / 1e15, inner_um3 / 1e15
    # Less than half of the box: another size would do more than other gaps.
    why = "the gaps round it take most of the box"
    if 2 * litres < of:
        why = "it is the only box type at hand" if only else "no smaller box was found that takes it"
    text = (
        f"parcel {number}, in {box_type_id!r}, is {math.floor(1_000 * empty_space_ratio) / 10} % empty: "
        f"what is in it takes {size} mm with its gaps, {litres:.3g} of {of:.3g} L; {why}"
    )
    return PlanWarning(WarningCode.MOSTLY_EMPTY, "catalog.box_types", text)


def _with_gaps(parcel: Parcel) -> tuple[int, ...]:
    """Return the least box round the envelopes as they lie, with their wall margins, in um."""
    edges = []
    for axis in range(3):
        low = min(each.corner_um[axis] - each.wall_margin_um for each in parcel.placements)
        high = max(each.corner_um[axis] + each.extent_um[axis] + each.wall_margin_um for each in parcel.placements)
        edges.append(high - low)
    return tuple(edges)


def _footprint_warnings(request: Request, footprints: Sequence[Footprint]) -> Iterator[PlanWarning]:
    """Yield what the footprints lack, save what a shipped profile lacks of every order alike."""
    if not (request.lane and request.lane.legs):
        text = "transport is not counted: the lane has no legs"
        yield PlanWarning(WarningCode.NO_TRANSPORT, "lane.legs", text)
    ids = [profile.profile_id for profile in request.profiles]
    shipped = is_shipped_data(request.materials)
    for each in footprints:
        known = _never_there(Same(each.coverage)) if shipped else frozenset()
        missing = [what for what in each.lacks if what.subject != NO_LEGS and (what.component, what.stage) not in known]
        if missing:
            name = f"footprint {each.profile_id} {each.allocation.value}"
            unstated = [what for what in missing if what in each.missing_scope]
            no_factor = [what for what in missing if what not in each.missing_scope]
            why = ([f"no factor for {', '.join(no_factor)}"] if no_factor else []) + unstated
            text = f"{name} is incomplete: {'; '.join(why)}"
            yield PlanWarning(WarningCode.FOOTPRINT_INCOMPLETE, f"profiles[{ids.index(each.profile_id)}]", text)


@lru_cache(maxsize=64)
def _never_there(coverage: Same[Sequence[CoverageCell]]) -> frozenset[tuple[Component, Stage]]:
    """Return what the profile has no factor of, whatever goes into the parcel or how."""
    return frozenset(
        (cell.component, cell.stage)
        for cell in coverage.thing
        if cell.coverage is Coverage.MISSING
        # Lacking where the lane asks for them.
        and cell.component is not Component.HUB
        and cell.stage is not Stage.RADIATIVE_FORCING
    )


def warnings(
    model: OrderModel, outcome: Outcome | None, parcels: Sequence[Parcel], footprints: Sequence[Footprint]
) -> tuple[PlanWarning, ...]:
    """Return what a reader of the plan should know of this order; of all plans ``docs/warnings.md`` says it once."""
    request = model.request
    found: list[PlanWarning] = []
    if request.policy.plausibility is Plausibility.WARN:
        found += implausible(request.as_given, request.materials, request.stop)
    if outcome is None:
        return gathered(found)
    found += class_warnings(request.as_given, request.materials, request.stop)
    found += article_warnings(request.as_given, request.materials, request.stop)
    if model.wrappings.protects:
        found += protection_warnings(model, outcome, parcels)
    found += unknown_care(model, outcome, parcels)
    found += fragile_loaded(request, parcels)
    found += _box_warnings(model, outcome)
    parts = [part for parcel in parcels for part in parcel.packaging]
    found += request.material_policy.cautions(part.material_id for part in parts)
    used = {part.dunnage_id for part in parts}
    found += _redefined([each for each in request.dunnage if each.dunnage_id in used], request)
    rule = request.materials.tape_rule(request.policy.tape_rule)
    if not rule.read_in_source and request.tape is not None and request.tape.dunnage_id in used:
        text = f"tape rule {rule.rule_id!r}: its figures are unverified"
        found.append(PlanWarning(WarningCode.UNVERIFIED_TAPE_RULE, "policy.tape_rule", text))
    unblocked = list(_unblocked(model, outcome, parcels))
    found += unblocked
    if unblocked or any(parcel.packaging_mg(Component.BLOCKING) for parcel in parcels):
        found += [
            PlanWarning(
                WarningCode.UNVERIFIED_BLOCKING_RULE,
                "policy.blocking_id",
                f"blocking rule {each.rule_id!r}: its {each.value} {each.unit} are unverified",
            )
            for each in request.materials.blocking_rules.values()
            if not each.read_in_source
        ]
    found += _empty(request, parcels, outcome.begun)
    found += _idle_caps(request)
    found += _strength(request, parcels)
    found += lifting_warnings(request.lifting, parcels)
    found += _elsewhere(request)
    found += _carrier_warnings(parcels)
    found += derivation_warnings(request.lane, request.materials)
    found += flight_warnings(request.lane, request.profiles)
    found += _idle_lane(request)
    found += _unpriced(parcels)
    found += _footprint_warnings(request, footprints)
    return gathered(found)
