"""Warnings of one plan about figures and fields that are doubtful, missing or without effect."""

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache

from boxwright.catalog import unverified_walls
from boxwright.catalog.catalogs import is_shipped_catalog, is_shipped_data, redefined
from boxwright.checking import loads_mg
from boxwright.domain.factor import Component, Coverage, CoverageCell, Stage
from boxwright.domain.footprint import Footprint
from boxwright.domain.order import FragilityClass, Item
from boxwright.domain.plan import HandlingMark, Parcel
from boxwright.domain.policy import Plausibility
from boxwright.domain.protection import ProtectionRule
from boxwright.domain.same import Same
from boxwright.domain.warning import MOST_TEXTS, PlanWarning, WarningCode, gathered
from boxwright.footprint import NO_LEGS, flight_warnings, idle_way_warnings
from boxwright.planning.model import OrderModel
from boxwright.planning.parts.packs import Packs
from boxwright.planning.request import Request
from boxwright.planning.rules.plausible import implausible
from boxwright.planning.words import first_of
from boxwright.protection import (
    article_warnings,
    blocking_limits,
    class_warnings,
    more_than_practice,
    pad_warnings,
    special_handling_warnings,
)
from boxwright.routing import derivation_warnings
from boxwright.selection.outcome import Outcome
from boxwright.shipping import offered_elsewhere
from boxwright.units import MG_PER_G, MG_PER_KG, UM3_PER_LITRE, exact


def warnings(
    model: OrderModel, outcome: Outcome | None, parcels: Sequence[Parcel], footprints: Sequence[Footprint]
) -> tuple[PlanWarning, ...]:
    """Return the warnings of a plan; ``docs/reference/warnings.md`` explains each."""
    request = model.request
    found: list[PlanWarning] = []
    if request.policy.plausibility is Plausibility.WARN:
        found += implausible(request.as_given, request.materials, request.stop)
    if outcome is None:
        return gathered(found)
    found += class_warnings(request.as_given, request.materials, request.stop)
    found += article_warnings(request.as_given, request.materials, request.stop)
    service = request.lane.carrier_service if request.lane else ""
    found += special_handling_warnings(request.as_given, request.materials, service, request.stop)
    if model.wrappings.protects:
        found += _protection(model, outcome, parcels)
    found += _unknown_care(request, outcome, parcels)
    if model.wrappings.protects:
        found += _fragile_loaded(request, parcels)
    found += _boxes(model, outcome)
    found += _dunnage(model, outcome, parcels)
    found += _empty(request, parcels, outcome.begun)
    found += _limits(request, parcels)
    found += derivation_warnings(request.lane, request.materials)
    found += flight_warnings(request.lane, request.profiles)
    found += _carriage(request, parcels)
    found += _footprints(request, footprints)
    return gathered(found)


def _in_open_boxes(outcome: Outcome, parcels: Sequence[Parcel]) -> list[tuple[int, Parcel]]:
    """Return the parcels in catalog boxes without compartments, with their numbers from 1."""
    both = enumerate(zip(outcome.parcels, parcels, strict=True), start=1)
    return [(number, parcel) for number, (packed, parcel) in both if packed.box.ours and not packed.box.compartments]


def _protection(model: OrderModel, outcome: Outcome, parcels: Sequence[Parcel]) -> Iterator[PlanWarning]:
    """Yield warnings about protection: missing packs and masses, fill that does not cushion, pads."""
    request, wrappings = model.request, model.wrappings
    paths = {line.line_id: f"lines[{index}]" for index, line in enumerate(request.order.lines)}
    lines = {line.line_id: line for line in request.order.lines}
    # If a line is in several parcels, those in open boxes count.
    stated = [rule for parcel in parcels for rule in parcel.protection]
    protected = {rule.line_id: rule.rule for rule in stated if rule.rule is not ProtectionRule.TESTED_PACK}
    in_open = _in_open_boxes(outcome, parcels)
    # Pads are of the request's foam, or of the first in the data with a cushion curve.
    foam = request.pads or next((dunnage for dunnage in request.materials.dunnage if dunnage.has_curve), None)
    for name in sorted({placed.line_id for _, parcel in in_open for placed in parcel.placements}):
        model.stop.look()
        guard, profile = wrappings.guards[name], request.handling.profile
        if guard.care.pack_from == 1:
            needs = f"line {name!r}: {lines[name].article!r} needs a pack with compartments, and"
            needs += f" {protected.get(name, ProtectionRule.PRACTICE).value} protects it"
            text = f"{needs}; {_packs_words(model, lines[name])}"
            yield PlanWarning(WarningCode.TESTED_PACK_MISSING, f"{paths[name]}.article", text)
        if guard.no_pads and name in protected:
            text = f"line {name!r} is protected by practice, since no pads can be calculated: {guard.no_pads}"
            yield PlanWarning(WarningCode.NO_PADS, f"{paths[name]}.fragility.g_level", text)
        if protected.get(name) is ProtectionRule.PRACTICE and foam is not None:
            to_walls_um = guard.half_gap_um + guard.wall_margin_um
            if text := more_than_practice(lines[name], to_walls_um, foam, request.materials, profile):
                yield PlanWarning(WarningCode.G_LEVEL_ASKS_MORE, f"{paths[name]}.fragility.g_level", text)
    weightless = {name for name, line in lines.items() if not line.mass_mg}
    for number, parcel in in_open if weightless else ():
        model.stop.look()
        names = {placed.line_id for placed in parcel.placements}
        if len(names) > 1 and any(rule.fragility_class.breakable for rule in parcel.protection):
            for name in sorted(names & weightless):
                text = f"line {name!r} has a mass of 0 g and shares parcel {number} with fragile units"
                text += ": state mass_g, so that units too heavy for them go into other parcels"
                yield PlanWarning(WarningCode.MASS_UNKNOWN_BESIDE_FRAGILE, f"{paths[name]}.mass_g", text)
    if request.pads is not None:
        padded = [lines[name] for name in sorted(protected) if wrappings.guards[name].pads]
        yield from pad_warnings(padded, request.pads, request.materials, request.handling.profile)
    fill = request.cushion_fill
    if fill is not None and fill.cushions:
        return
    for number, packed in enumerate(outcome.parcels, start=1):
        if packed.box.ours and packed.box.has_fill and wrappings.fills_cushioning(packed.members):
            what = "no void fill is chosen" if fill is None else f"void fill {fill.dunnage_id!r} does not cushion"
            text = f"parcel {number} holds fragile units, and {what}"
            yield PlanWarning(WarningCode.FILL_DOES_NOT_CUSHION, "policy.void_fill_id", text)


def _packs_words(model: OrderModel, line: Item) -> str:
    """Return why no pack of the catalog takes the units of a line."""
    request = model.request
    packs, named = Packs(request, model.expansion), dict[str, list[str]]()
    for box in request.catalog.box_types:
        if box.compartments is None or not box.compartments.may_take([line.article]):
            continue
        if not (why := packs.why_not(box, packs.together(line))):
            why = "fewer in stock than the order needs"
            if box.available == 0:
                why = "out of stock"
            elif box.box_type_id in request.left_out:
                why = f"may not be used, {request.left_out[box.box_type_id]}"
            elif broken := request.material_policy.broken(box):
                why = f"does not meet {' and '.join(broken)}"
        named.setdefault(why, []).append(repr(box.box_type_id))
    texts = [f"{first_of(names, MOST_TEXTS)}: {why}" for why, names in list(named.items())[:MOST_TEXTS]]
    return "; ".join(texts) or "the catalog has none for it"


def _unknown_care(request: Request, outcome: Outcome, parcels: Sequence[Parcel]) -> Iterator[PlanWarning]:
    """Yield warnings about lines without article and fragility next to goods that are too heavy for fragile ones."""
    most_g = request.materials.fragility_classes[FragilityClass.FRAGILE].heaviest_beside_g
    masses_mg = {line.line_id: line.mass_mg for line in request.order.lines}
    if most_g is None or max(masses_mg.values()) <= int(most_g * MG_PER_G):
        return
    for number, parcel in _in_open_boxes(outcome, parcels):
        request.stop.look()
        names = {placed.line_id for placed in parcel.placements}
        for index, line in enumerate(request.order.lines):
            if line.line_id not in names or line.article or line.fragility or line.soft_goods or not line.mass_mg:
                continue
            beside_mg = max((masses_mg[name] for name in names - {line.line_id}), default=0)
            if beside_mg > max(int(most_g * MG_PER_G), line.mass_mg):
                text = f"line {line.line_id!r} states neither article nor fragility, and is packed as sturdy goods"
                text += f" beside {exact(beside_mg)} g in parcel {number}; state one of them if it is delicate"
                yield PlanWarning(WarningCode.FRAGILITY_UNKNOWN_BESIDE_HEAVY, f"lines[{index}].fragility", text)


def _fragile_loaded(request: Request, parcels: Sequence[Parcel]) -> Iterator[PlanWarning]:
    """Yield warnings about delicate lines without a load limit if a unit carries more than its own mass."""
    named = {rule.line_id: rule.fragility_class.value for parcel in parcels for rule in parcel.protection}
    fragile = {
        line.line_id: (index, line)
        for index, line in enumerate(request.as_given.lines)
        if line.line_id in named and line.max_load_g is None
    }
    most: dict[str, tuple[int, int]] = {}
    for number, parcel in enumerate(parcels, start=1):
        request.stop.look()
        if not any(placed.line_id in fragile for placed in parcel.placements):
            continue
        for placed, load_mg in zip(parcel.placements, loads_mg(parcel, request.placed), strict=True):
            name = placed.line_id
            if name in fragile and load_mg > most.get(name, (fragile[name][1].mass_mg, 0))[0]:
                most[name] = load_mg, number
    for line_id, (load_mg, number) in most.items():
        index, line = fragile[line_id]
        text = (
            f"line {line_id!r} is {named[line_id]}, and a unit of it in parcel {number} carries {exact(load_mg)} g,"
            f" more than its own {exact(line.mass_mg)} g; set max_load_g to limit it"
        )
        yield PlanWarning(WarningCode.FRAGILE_LOADED, f"lines[{index}].max_load_g", text)


def _boxes(model: OrderModel, outcome: Outcome) -> Iterator[PlanWarning]:
    """Yield warnings about unverified box sizes in a caller's own catalog, and about reuse that is counted as free.

    Outer sizes are included only if a carrier bills them or emissions are allocated by them.
    """
    request = model.request
    lane, own = request.lane, not is_shipped_catalog(request.catalog)
    boxes = {packed.box.box_type_id: packed.box for packed in outcome.parcels if packed.box.ours}
    for packed in outcome.parcels:
        for inner in model.expansion.in_boxes(packed.members):
            boxes.setdefault(inner.box.box_type_id, inner.box)
    for box in boxes.values():
        at, name = request.catalog.field_of(box.box_type_id), f"box type {box.box_type_id!r}"
        side = unverified_walls(box, request.materials) if own else ""
        follows = f"{name}: its {side} size follows from the caliper of board {box.board_id!r}, which is unverified"
        if own and not box.read_in_source:
            yield PlanWarning(WarningCode.UNVERIFIED_BOX_SIZE, at, f"{name}: its size is unverified")
        elif side == "inner":
            yield PlanWarning(WarningCode.UNVERIFIED_BOX_SIZE, at, follows)
        elif side and (request.biller is not None or (lane is not None and lane.include_volume_share)):
            yield PlanWarning(WarningCode.UNVERIFIED_OUTER_SIZE, f"{at}.outer", follows)
        if box.trips > 1 and (box.reuse is None or box.reuse.free):
            text = (
                f"{name} is used {box.trips} times, but its return and washing are not stated and therefore not counted"
            )
            yield PlanWarning(WarningCode.RETURN_NOT_COUNTED, f"{at}.reuse", text)


def _dunnage(model: OrderModel, outcome: Outcome, parcels: Sequence[Parcel]) -> Iterator[PlanWarning]:
    """Yield warnings about the materials and dunnage used, and about spaces that need blocking but have none."""
    request = model.request
    parts = [part for parcel in parcels for part in parcel.packaging]
    yield from request.material_policy.cautions(part.material_id for part in parts)
    used = {part.dunnage_id for part in parts}
    for dunnage in request.dunnage:
        if dunnage.dunnage_id in used and (rule := redefined(dunnage, request.materials.dunnage)):
            at = f"catalog.dunnage[{request.catalog.dunnage.index(dunnage)}]"
            text = f"{dunnage.kind.value} of the catalog: its dunnage_id {rule}"
            yield PlanWarning(WarningCode.DUNNAGE_REDEFINED, at, text)
    tape_rule = request.materials.tape_rule(request.policy.tape_rule)
    if not tape_rule.read_in_source and request.tape is not None and request.tape.dunnage_id in used:
        text = f"tape rule {tape_rule.rule_id!r}: its figures are unverified"
        yield PlanWarning(WarningCode.UNVERIFIED_TAPE_RULE, "policy.tape_rule", text)
    rules: set[str] = set()
    for number, (packed, parcel) in enumerate(zip(outcome.parcels, parcels, strict=True), start=1):
        model.stop.look()
        volume = 0
        if not parcel.packaging_mg(Component.BLOCKING):
            volume = model.pricing.to_block_um3(packed.box, packed.members, packed.corners_um) if packed.box.ours else 0
            if not volume:
                continue
        if not model.pricing.held(packed.members)[2]:
            rules |= {"beside_fragile", "beside_fragile_mass", "hard_density"}
        elif model.expansion.goods_mg(packed.members) < blocking_limits(request.materials).least_mg:
            rules |= {"least_gap", "dense_mass", "unit_density"}
        else:
            rules.add("least_gap")
        if volume:
            why = "no blocking is chosen: stock some, or wedge the goods with cardboard"
            if (chosen := request.blocking) is not None:
                over = f"{chosen.dunnage_id!r} would exceed the weight limit of the box"
                why = f"{over}: wedge the goods with something lighter"
            where = f"{volume / UM3_PER_LITRE:.3f} L beside the heavy goods of parcel {number}"
            text = f"{where}, in {parcel.box_type_id!r}, need blocking, but {why}"
            yield PlanWarning(WarningCode.NOT_BLOCKED, "policy.blocking_id", text)
    for figure in (request.materials.blocking_rules[name] for name in sorted(rules)):
        if not figure.read_in_source:
            text = f"blocking rule {figure.rule_id!r}: its {figure.value} {figure.unit} are unverified"
            yield PlanWarning(WarningCode.UNVERIFIED_BLOCKING_RULE, "policy.blocking_id", text)


def _empty(request: Request, parcels: Sequence[Parcel], begun: int) -> Iterator[PlanWarning]:
    """Yield warnings about open boxes that are emptier than the rule allows, with the space of goods and gaps.

    The first ``begun`` parcels were started before the plan, which did not choose their boxes.
    """
    most = float(request.materials.protection_rules["mostly_empty"].value)
    only = len(request.catalog.box_types) == 1
    for number, parcel in enumerate(parcels[begun:], start=begun + 1):
        request.stop.look()
        if parcel.ships_in_own_container or parcel.empty_space_ratio <= most:
            continue
        if any(placed.compartment for placed in parcel.placements):
            continue
        # The smallest box round the envelopes as they lie, with their wall margins.
        taken = [
            max(placed.corner_um[axis] + placed.extent_um[axis] + placed.wall_margin_um for placed in parcel.placements)
            - min(placed.corner_um[axis] - placed.wall_margin_um for placed in parcel.placements)
            for axis in range(3)
        ]
        litres, of, ratio = math.prod(taken) / 1e15, parcel.inner_volume_um3 / 1e15, parcel.empty_space_ratio
        # Below half of the box, another box would help more than smaller gaps.
        why = "the gaps take most of the box"
        if 2 * litres < of:
            why = "it is the only box type available" if only else "no smaller box was found for them"
        text = (
            f"parcel {number}, in {parcel.box_type_id!r}, is {math.floor(1_000 * ratio) / 10} % empty: goods and gaps"
            f" take {' x '.join(map(exact, taken))} mm, {litres:.3g} of {of:.3g} L; {why}"
        )
        yield PlanWarning(WarningCode.MOSTLY_EMPTY, "catalog.box_types", text)


def _limits(request: Request, parcels: Sequence[Parcel]) -> Iterator[PlanWarning]:
    """Yield warnings about caps without effect, doubtful strength, box types left out, and heavy parcels."""
    seen = {amount.property for line in request.order.lines for amount in line.property_amounts}
    for index, cap in enumerate(request.policy.property_caps):
        if cap.property not in seen:
            seen.add(cap.property)
            text = f"the policy caps property {cap.property!r}, but no order line states an amount of it"
            yield PlanWarning(WarningCode.IDLE_PROPERTY_CAP, f"policy.property_caps[{index}]", text)
    for parcel in parcels:
        name = f"box type {parcel.box_type_id!r}" if parcel.box_type_id else "a unit in its own container"
        load, grade = parcel.stack_load, parcel.box_grade
        if load is not None and load.not_modelled:
            text = f"the stacking strength of {name} is not modelled: {load.not_modelled}"
            yield PlanWarning(WarningCode.STRENGTH_NOT_MODELLED, "policy.stacking", text)
        elif load is not None and load.notes:
            verdict = "bears" if load.holds else "does not bear"
            required, allowed = exact(load.required_mn), exact(load.allowed_mn)
            text = (
                f"{name} {verdict} the {required} N of its stack ({allowed} N allowed), but these figures do not limit"
                f" the plan: {'; '.join(load.notes)}"
            )
            yield PlanWarning(WarningCode.STRENGTH_NOT_BINDING, "policy.stacking", text)
        if grade is not None and grade.notes:
            over = grade.exceeded(parcel.gross_mg, parcel.outer_um)
            passes = f" exceeds grade {grade.grade_id!r} of the box certificate ({'; '.join(over)})" if over else ""
            text = f"{name}{passes}: {'; '.join(grade.notes)}"
            yield PlanWarning(WarningCode.BOX_GRADE_NOT_BINDING, "policy.box_certificate", text)
    for box_type_id, why in request.left_out.items():
        text = f"box type {box_type_id!r} is left out: {why}"
        yield PlanWarning(WarningCode.BOX_LEFT_OUT, request.catalog.field_of(box_type_id), text)
    profile = request.lifting
    for number, parcel in enumerate(parcels, start=1):
        if HandlingMark.TEAM_LIFT in parcel.handling_marks:
            text = f"parcel {number} weighs {parcel.gross_mg / MG_PER_KG:.1f} kg gross: lift it in a team"
            yield PlanWarning(WarningCode.TEAM_LIFT, "policy.lifting_profile", text)
    if not profile.read_in_source and any(parcel.handling_marks for parcel in parcels):
        text = f"lifting profile {profile.profile_id!r}: its figures are unverified"
        yield PlanWarning(WarningCode.UNVERIFIED_LIFTING_PROFILE, "policy.lifting_profile", text)


def _carriage(request: Request, parcels: Sequence[Parcel]) -> Iterator[PlanWarning]:
    """Yield warnings about unverified carrier rules, missing prices, and fields of the lane without effect."""
    lane, biller, at = request.lane, request.biller, "lane.carrier_service"
    if lane is None:
        return
    if biller is not None and (text := offered_elsewhere(biller.rule, lane)):
        yield PlanWarning(WarningCode.CARRIER_ELSEWHERE, at, text)
    for billed in (parcel.chargeable for parcel in parcels if parcel.chargeable is not None):
        if not billed.read_in_source:
            text = f"the carrier rule of {billed.service_id!r} is unverified"
            yield PlanWarning(WarningCode.UNVERIFIED_CARRIER_RULE, at, text)
        for surcharge in billed.surcharges:
            if not surcharge.read_in_source:
                name = f"surcharge {surcharge.surcharge_id!r} of {billed.service_id!r}"
                text = f"{name} is unverified, and so is its minimum"
                yield PlanWarning(WarningCode.UNVERIFIED_SURCHARGE, at, text)
    yield from idle_way_warnings(lane)
    why = "the lane names no carrier service"
    if biller is not None:
        why = f"{biller.rule.service_id!r} bills all zones alike, and no price table is given"
    if lane.zone and (biller is None or (request.pricer is None and not any(band.zones for band in biller.rule.bands))):
        yield PlanWarning(WarningCode.IDLE_ZONE, "lane.zone", f"zone {lane.zone!r} changes nothing: {why}")
    for number, parcel in enumerate(parcels, start=1):
        if parcel.carriage_price is not None and parcel.carriage_price.missing:
            lacks = ", ".join(parcel.carriage_price.missing)
            text = f"carriage of parcel {number} has no price: {parcel.carriage_price.price_table} lacks {lacks}"
            yield PlanWarning(WarningCode.SHIPPING_PRICE_UNKNOWN, "lane.price_tables", text)


def _footprints(request: Request, footprints: Sequence[Footprint]) -> Iterator[PlanWarning]:
    """Yield warnings about missing parts of footprints, without factors that a shipped profile never has."""
    if not (request.lane and request.lane.legs):
        text = "transport is not counted: the lane has no legs"
        yield PlanWarning(WarningCode.NO_TRANSPORT, "lane.legs", text)
    ids = [profile.profile_id for profile in request.profiles]
    shipped = is_shipped_data(request.materials)
    for footprint in footprints:
        known = _never_there(Same(footprint.coverage)) if shipped else frozenset()
        missing = [
            what for what in footprint.lacks if what.subject != NO_LEGS and (what.component, what.stage) not in known
        ]
        if missing:
            unstated = [what for what in missing if what in footprint.missing_scope]
            no_factor = [what for what in missing if what not in footprint.missing_scope]
            why = ([f"no factor for {', '.join(no_factor)}"] if no_factor else []) + unstated
            text = f"footprint {footprint.profile_id} {footprint.allocation.value} is incomplete: {'; '.join(why)}"
            yield PlanWarning(WarningCode.FOOTPRINT_INCOMPLETE, f"profiles[{ids.index(footprint.profile_id)}]", text)


@lru_cache(maxsize=64)
def _never_there(coverage: Same[Sequence[CoverageCell]]) -> frozenset[tuple[Component, Stage]]:
    """Return the components and stages for which a profile never has a factor."""
    return frozenset(
        (cell.component, cell.stage)
        for cell in coverage.thing
        if cell.coverage is Coverage.MISSING
        # These count as missing only if the lane requests them.
        and cell.component is not Component.HUB
        and cell.stage is not Stage.RADIATIVE_FORCING
    )
