"""From packed boxes to parcels with masses, chargeable weight and footprints; warnings; certificate."""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from boxwright import fuse
from boxwright.catalog.dunnage_rules import redefined
from boxwright.checking import loads_mg
from boxwright.domain.dunnage import Dunnage
from boxwright.domain.factor import Component
from boxwright.domain.footprint import Footprint
from boxwright.domain.order import ALL_ORIENTATIONS, Item
from boxwright.domain.own_container import OwnContainer
from boxwright.domain.plan import Certificate, Parcel, Placement, Proof, ProofStatus, RefusedCandidate
from boxwright.domain.policy import Objective, Plausibility
from boxwright.domain.strength import StackLoad
from boxwright.domain.warning import PlanWarning, WarningCode, gathered
from boxwright.footprint import NO_LEGS, flight_warnings, total
from boxwright.planning.closed import closed_size
from boxwright.planning.idle_lane import idle_warnings
from boxwright.planning.lifting import handling_marks, lifting_warnings, lifting_words
from boxwright.planning.material_policy import Candidate
from boxwright.planning.model import OrderModel
from boxwright.planning.plausible import implausible
from boxwright.planning.request import Request
from boxwright.planning.strength_notes import strength_warnings
from boxwright.protection import (
    box_grade,
    class_warnings,
    cushion_warnings,
    has_stress_range,
    stack_load,
    stress_warnings,
)
from boxwright.routing import derivation_warnings
from boxwright.selection.model import PackedBox
from boxwright.selection.search import Outcome


def finish_parcel(model: OrderModel, packed: PackedBox) -> Parcel:
    """Return the parcel of a packed box."""
    model = model.variant(packed.cushioning_id)
    placements = []
    cushions = []
    volumes = []
    for member, turn, corners in zip(
        packed.members.tolist(), packed.orientations.tolist(), packed.corners_um.tolist(), strict=True
    ):
        fuse.look()
        line, index = model.expansion.units[member]
        orientation = ALL_ORIENTATIONS[turn]
        x, y, z, x2, y2, z2 = corners
        folds, cushion = 0, 0
        if line.soft is None:
            cushion = (x2 - x - orientation.rotate(*line.edges_um)[0]) // 2
            volumes.append(math.prod(line.edges_um))
        else:
            flat = orientation.edges_of(x2 - x, y2 - y, z2 - z)
            folds = _folds(line, flat)
            # Folding takes no room away: a layer is as long and wide as the goods lying flat.
            volumes.append(line.edges_um[0] * line.edges_um[1] * flat[2] // 2**folds)
        cushions.append(cushion)
        placements.append(
            Placement(
                line.line_id,
                index,
                x / 1_000,
                y / 1_000,
                z / 1_000,
                (x2 - x) / 1_000,
                (y2 - y) / 1_000,
                (z2 - z) / 1_000,
                orientation,
                cushion / 1_000,
                folds,
            )
        )
    parts, box, members = model.parts, packed.box, packed.members
    own = isinstance(box, OwnContainer)
    packaging = () if own else parts.packaging.as_laid(box, members, volumes, cushions, packed.corners_um)
    net = model.expansion.goods_mg(members)
    gross = net + sum(part.mass_mg for part in packaging)
    size = closed_size(box, (*packed.corners_um[:, 3:].max(axis=0).tolist(),))
    return Parcel(
        box_type_id="" if own else box.box_type_id,
        placements=tuple(placements),
        packaging=packaging,
        net_mg=net,
        inner_um=size.inner_um,
        inner_volume_um3=size.inner_volume_um3,
        goods_volume_um3=sum(volumes),
        outer_um=size.outer_um,
        chargeable=parts.accounts.bill(size.outer_um, gross),
        shipping=parts.accounts.shipping(size.outer_um, gross),
        carbon_minor=parts.accounts.carbon_minor(size.outer_um, packaging, gross),
        footprints=parts.accounts.footprints(box, members, size.outer_um, packaging, gross),
        ships_in_own_container=own,
        stack_load=_stack_load(model, packed, gross),
        box_grade=box_grade(box, model.request.materials)
        if model.request.policy.box_certificate and not own and not box.flexible
        else None,
        cushioning_id="" if own else parts.wrappings.cushioning_of(members),
        handling_marks=handling_marks(gross, model.request.lifting),
    )


def _stack_load(model: OrderModel, packed: PackedBox, gross_mg: int) -> StackLoad | None:
    """Return what a parcel bears under the policy's stacking condition, None without one."""
    stacking = model.request.policy.stacking
    if stacking is None:
        return None
    if isinstance(packed.box, OwnContainer):
        return StackLoad(not_modelled="nothing is known of a unit's own container")
    return stack_load(packed.box, gross_mg, stacking, model.request.materials)


def _folds(line: Item, edges_um: tuple[int, int, int]) -> int:
    """Return how often soft goods of these edges are folded: each fold halves the area that they cover."""
    most = line.soft.max_folds if line.soft is not None else 0
    return next((folds for folds in range(most + 1) if line.shape_um(folds)[:2] == edges_um[:2]), 0)


def plan_footprints(parcels: Sequence[Parcel]) -> tuple[Footprint, ...]:
    """Return the sums of the parcels' footprints, profile by profile and allocation by allocation."""
    if not parcels:
        return ()
    return tuple(total(each) for each in zip(*(parcel.footprints for parcel in parcels), strict=True))


def constraint_words(model: OrderModel) -> tuple[str, ...]:
    """Return the constraint set of an order under its policy in words, with its figures."""
    policy = model.request.policy
    constraints = ["inside the box", "no overlap", "allowed orientations", "weight limits"]
    if policy.support_ratio > 0:
        constraints.append(f"support {policy.support_ratio:g} and stability at every step")
    if policy.load_bearing:
        constraints.append("load bearing")
    if policy.fit_clearance_mm:
        constraints.append(f"fit clearance {policy.fit_clearance_mm:g} mm")
    if policy.fill_limit < 1:
        constraints.append(f"fill limit {policy.fill_limit:g}")
    if policy.stacking is not None:
        constraints.append(f"stack of equal parcels: {policy.stacking}")
    if words := lifting_words(model.request.lifting):
        constraints.append(f"lifting: {words}")
    if policy.box_certificate:
        constraints.append("box certificate: gross mass and sum of sides by grade")
    lines = model.request.order.lines
    if any(line.keep_together_group for line in lines):
        constraints.append("keep-together groups")
    if any(line.keep_apart_group for line in lines):
        constraints.append("keep-apart groups")
    if any(line.soft is not None and line.soft.max_folds for line in lines):
        constraints.append("soft goods that are alike folded alike in a parcel")
    if any(line.fragility is not None for line in lines):
        names = " or ".join(each.dunnage_id for each in model.request.cushionings)
        constraints.append(f"cushioned by {names} for handling profile {model.request.handling.profile_id}")
    constraints += [f"at most {cap.max_amount:g} of {cap.property} in a parcel" for cap in policy.property_caps]
    if any(box.property_caps for box in model.candidates()):
        constraints.append("property caps of box types")
    constraints += model.request.material_policy.rules
    return tuple(constraints)


def certify(model: OrderModel, outcome: Outcome, *, all_units: bool) -> Certificate:
    """Return what the search proved, in the words of the contract; of a partial plan nothing is proved."""
    policy = model.request.policy
    objectives = policy.ranking
    part = 0
    # A bound on plans of all units says nothing of a plan that leaves some out.
    bound = outcome.bound if all_units else None
    if bound is not None:
        differing = [i for i, (low, high) in enumerate(zip(bound, outcome.price, strict=True)) if low != high]
        part = differing[0] if differing else 0
    basis = premises(model.request)
    return Certificate(
        status=outcome.status if all_units else ProofStatus.OPEN,
        scope=outcome.scope,
        constraints=constraint_words(model),
        objectives=tuple(objective.value for objective in objectives),
        profile_id=basis["profile_id"],
        allocation=basis["allocation"],
        carrier_service=basis["carrier_service"],
        price_table=basis["price_table"],
        price_table_hash=basis["price_table_hash"],
        refused_candidates=(*outcome.refused, *_left_out(model, outcome)),
        open_candidates=outcome.open_candidates,
        lower_bound=bound[part] if bound else 0,
        value=outcome.price[part] if outcome.price else 0,
        bounded_objective=objectives[part].value,
    )


def premises(request: Request) -> dict[str, str]:
    """Return what the objectives rest on, by its field in the certificate: profile, allocation, service, tariff."""
    policy = request.policy
    by_grams = Objective.EMISSIONS in policy.objectives or policy.carbon_price_per_tonne_minor is not None
    by_bill = not {Objective.CHARGEABLE_WEIGHT, Objective.SHIPPING_COST}.isdisjoint(policy.objectives)
    table = request.pricer.table if request.pricer and Objective.SHIPPING_COST in policy.objectives else None
    return {
        "profile_id": request.basis_profile.profile_id if by_grams else "",
        "allocation": request.basis_allocation.value if by_grams else "",
        "carrier_service": request.biller.rule.service_id if by_bill and request.biller else "",
        "price_table": table.name if table else "",
        "price_table_hash": table.content_hash if table else "",
    }


def _left_out(model: OrderModel, outcome: Outcome) -> Iterator[RefusedCandidate]:
    """Yield the box types that may not be used, of those that would be cheaper for the whole order."""
    if not outcome.parcels or not model.request.left_out:
        return
    everything = np.sort(np.concatenate([*(packed.members for packed in outcome.parcels), outcome.left]))
    for box_type_id, why in sorted(model.request.left_out.items()):
        if model.price(model.request.catalog.box_type(box_type_id), everything) < outcome.price:
            yield RefusedCandidate(box_type_id, Proof.POLICY, why)


def _box_warnings(model: OrderModel, outcome: Outcome) -> Iterator[PlanWarning]:
    """Yield what is doubtful of the boxes used: sizes that are unverified, and reuse that costs nothing."""
    for box in {packed.box.box_type_id: packed.box for packed in outcome.parcels}.values():
        if isinstance(box, OwnContainer):
            continue
        at, name = model.request.catalog.field_of(box.box_type_id), f"box type {box.box_type_id!r}"
        if not box.verified:
            yield PlanWarning(WarningCode.UNVERIFIED_BOX_SIZE, at, f"{name}: its size is unverified")
        if box.trips > 1 and (box.reuse is None or box.reuse.free):
            text = f"{name}: of {box.trips} uses neither way back nor washing is stated or counted"
            yield PlanWarning(WarningCode.RETURN_NOT_COUNTED, f"{at}.reuse", text)


def _cushion_warnings(model: OrderModel, packed: PackedBox, parcel: Parcel, cushioning: Dunnage) -> list[PlanWarning]:
    """Return what is doubtful about the cushioning of a parcel; of static stress with the load as it lies."""
    request = model.request
    lines = {
        model.expansion.units[member][0].line_id: model.expansion.units[member][0]
        for member in np.sort(packed.members).tolist()
    }
    paths = {line.line_id: f"lines[{index}]" for index, line in enumerate(request.order.lines)}
    found = list(
        cushion_warnings(
            list(lines.values()),
            model.expansion.goods_mg(packed.members),
            cushioning,
            request.materials,
            request.handling.profile,
            paths,
        )
    )
    if has_stress_range(cushioning) and not cushioning.verified:
        loads = loads_mg(parcel, request.order)
        bearing = [
            (lines[each.line_id], each.orientation, load)
            for each, load in zip(parcel.placements, loads, strict=True)
            if each.cushion_mm
        ]
        found += stress_warnings(sorted(bearing, key=lambda each: each[0].line_id), cushioning, paths)
    return found


def _unblocked(model: OrderModel, outcome: Outcome, parcels: Sequence[Parcel]) -> Iterator[PlanWarning]:
    """Yield which parcels have spaces that need blocking and nothing that blocks them."""
    for packed, parcel in zip(outcome.parcels, parcels, strict=True):
        fuse.look()
        if parcel.ships_in_own_container or parcel.packaging_mg(Component.BLOCKING):
            continue
        if volume := model.parts.masses.blocking.spaces_um3(packed.box, packed.members, packed.corners_um):
            chosen = model.request.blocking
            why = (
                "no blocking is chosen"
                if chosen is None
                else f"its weight limit leaves no mass for {chosen.dunnage_id!r}"
            )
            where = f"{volume / 1e15:.3f} L beside heavy units of a parcel in {parcel.box_type_id!r}"
            yield PlanWarning(WarningCode.NOT_BLOCKED, "policy.blocking_id", f"{where} need blocking, and {why}")


def _carrier_warnings(parcels: Sequence[Parcel]) -> Iterator[PlanWarning]:
    """Yield what of the carrier's rules nobody verified; its limits bind, so that no parcel passes one."""
    at = "lane.carrier_service"
    for parcel in parcels:
        fuse.look()
        billed = parcel.chargeable
        if billed is None:
            continue
        if not billed.verified:
            text = f"the carrier rule of {billed.service_id!r} is unverified"
            yield PlanWarning(WarningCode.UNVERIFIED_CARRIER_RULE, at, text)
        for each in billed.surcharges:
            if not each.verified:
                text = f"surcharge {each.surcharge_id!r} of {billed.service_id!r} is unverified"
                yield PlanWarning(WarningCode.UNVERIFIED_SURCHARGE, at, text)


def _unpriced(parcels: Sequence[Parcel]) -> Iterator[PlanWarning]:
    """Yield which parcels have no price of carriage, and what the table lacks."""
    for index, parcel in enumerate(parcels):
        if parcel.shipping is not None and parcel.shipping.missing:
            lacks = ", ".join(parcel.shipping.missing)
            text = f"carriage of parcel {index} has no price: {parcel.shipping.price_table} lacks {lacks}"
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
    told: set[str] = set()
    for index, cap in enumerate(request.policy.property_caps):
        if cap.property not in stated | told:
            told.add(cap.property)
            text = f"no order line states an amount of property {cap.property!r}, which the policy caps"
            yield PlanWarning(WarningCode.IDLE_PROPERTY_CAP, f"policy.property_caps[{index}]", text)


def _footprint_warnings(request: Request, parcels: Sequence[Parcel]) -> Iterator[PlanWarning]:
    """Yield what the footprints lack."""
    if not (request.lane and request.lane.legs):
        text = "transport is not counted: the lane has no legs"
        yield PlanWarning(WarningCode.NO_TRANSPORT, "lane.legs", text)
    ids = [profile.profile_id for profile in request.profiles]
    for each in plan_footprints(parcels):
        missing = [what for what in each.lacks if not what.endswith(NO_LEGS)]
        if missing:
            name = f"footprint {each.profile_id} {each.allocation.value}"
            text = f"{name} is incomplete: no factor for {', '.join(missing)}"
            yield PlanWarning(WarningCode.FOOTPRINT_INCOMPLETE, f"profiles[{ids.index(each.profile_id)}]", text)


def warnings(model: OrderModel, outcome: Outcome | None, parcels: Sequence[Parcel]) -> tuple[PlanWarning, ...]:
    """Return what a reader of the plan should know of this order; of all plans ``docs/warnings.md`` says it once."""
    request = model.request
    found: list[PlanWarning] = []
    if request.policy.plausibility is Plausibility.WARN:
        found += implausible(request.as_given, request.materials)
    if outcome is None:
        return gathered(found)
    found += class_warnings(request.as_given, request.materials)
    for packed, parcel in zip(outcome.parcels, parcels, strict=True):
        fuse.look()
        cushioning = model.variant(packed.cushioning_id).cushioning
        if parcel.cushioning_id and cushioning is not None:
            found += _cushion_warnings(model, packed, parcel, cushioning)
    found += _box_warnings(model, outcome)
    found += request.material_policy.cautions(
        Candidate("", part.material_id) for parcel in parcels for part in parcel.packaging
    )
    used = {part.dunnage_id for parcel in parcels for part in parcel.packaging}
    beside = (request.void_fill, request.blocking, request.tape, request.label)
    found += _redefined([each for each in (*beside, *request.cushionings) if each and each.dunnage_id in used], request)
    rule = request.materials.tape_rule(request.policy.tape_rule)
    if not rule.verified and request.tape is not None and request.tape.dunnage_id in used:
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
            if not each.verified
        ]
    found += _idle_caps(request)
    found += strength_warnings(request, parcels)
    found += lifting_warnings(request.lifting, parcels)
    found += _carrier_warnings(parcels)
    found += derivation_warnings(request.lane)
    found += flight_warnings(request.lane, request.profiles)
    found += idle_warnings(request)
    found += _unpriced(parcels)
    found += _footprint_warnings(request, parcels)
    return gathered(found)
