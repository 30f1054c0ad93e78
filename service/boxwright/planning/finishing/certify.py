"""The certificate of a plan: everything that its search proved."""

import numpy as np

from boxwright.domain.plan import Certificate, ProofScope, ProofStatus, RefusedCandidate
from boxwright.domain.policy import Objective
from boxwright.domain.proof import Proof
from boxwright.planning.model import OrderModel
from boxwright.planning.parts.spaces import lifting_words
from boxwright.planning.request import Request
from boxwright.protection import handled_as
from boxwright.selection.outcome import Outcome
from boxwright.units import exact

NOTHING_PROVED = Certificate(ProofStatus.OPEN, ProofScope.SINGLE_PARCEL)
"""The certificate for an order that fits no box type, or that has started parcels or very fragile goods."""


def constraint_words(model: OrderModel) -> tuple[str, ...]:
    """Return the constraints that a plan of an order keeps under its policy, in words with figures."""
    request, policy, boxes = model.request, model.request.policy, model.box_types()
    lines, lifting, pads = request.order.lines, lifting_words(request.lifting), request.pads
    slacks = sorted({request.slack_um(box) for box in request.box_types} - {0})
    folding = any(line.soft_goods is not None and line.soft_goods.max_folds for line in lines)
    names = " or ".join(wrap.dunnage_id for wrap in request.cushionings)
    gaps = "half-gaps and wall margins by fragility class" + (f", wrapped in {names}" if names else "")
    drops = f"for handling profile {request.handling.profile_id}, where they can be computed"
    no_mailer = not all(rule.mailer for line in lines for rule in handled_as(line, request.materials))
    conditions = (
        (True, "inside the box"),
        (True, "no overlap"),
        (True, "allowed orientations"),
        (True, "weight limits"),
        (policy.support_ratio > 0, f"support {policy.support_ratio:g} and stability at every step"),
        (policy.load_bearing, "load bearing, by mass and density where neither line nor class states it"),
        (slacks, f"fit clearance {' or '.join(map(exact, slacks))} mm"),
        (policy.fill_limit < 1, f"fill limit {policy.fill_limit:g}"),
        (policy.max_empty_space_ratio is not None, f"empty space {policy.max_empty_space_ratio} of the outer volume"),
        (policy.stacking, f"stack of equal parcels: {policy.stacking}"),
        (lifting, f"lifting: {lifting}"),
        (policy.box_certificate, "box certificate: gross mass and sum of sides by grade"),
        (any(line.keep_together_group for line in lines), "keep-together groups"),
        (any(line.keep_apart_group for line in lines), "keep-apart groups"),
        (folding, "soft goods that are alike folded alike in a parcel"),
        (model.wrappings.protects, gaps),
        (no_mailer, "no mailer for goods whose special handling forbids it"),
        (pads, f"pads of {pads and pads.dunnage_id} {drops}"),
        *((True, f"at most {cap.max_amount:g} of {cap.property} in a parcel") for cap in policy.property_caps),
        (any(box.property_caps for box in boxes), "property caps of box types"),
        (any(box.compartments for box in boxes), "in a box with compartments one unit in each, and nothing besides"),
        *((True, f"materials by the data, no claim: {rule}") for rule in request.material_policy.rules),
    )
    return tuple(words for holds, words in conditions if holds)


def certify(model: OrderModel, outcome: Outcome, *, all_units: bool) -> Certificate:
    """Return the certificate of a search.

    It proves nothing for a partial plan, nor for very fragile goods, whose inner boxes are chosen before the search.
    """
    if model.request.holds_very_fragile:
        return NOTHING_PROVED
    policy = model.request.policy
    objectives = policy.ranking
    part = 0
    # A bound on plans of all units does not hold for a plan that leaves some out.
    bound = outcome.bound if all_units else None
    if bound is not None:
        differing = [i for i, (low, high) in enumerate(zip(bound, outcome.price, strict=True)) if low != high]
        part = differing[0] if differing else 0
    basis, left_out, barred = premises(model.request), [], model.request.left_out
    # Box types that may not be used are listed if they would be cheaper; a search that was cut has no time for this.
    if barred and outcome.parcels and not outcome.cut:
        everything = np.sort(np.concatenate([*(packed.members for packed in outcome.parcels), outcome.left]))
        for box_type_id, why in sorted(barred.items()):
            if model.price(model.request.catalog.box_type(box_type_id), everything) < outcome.price:
                left_out.append(RefusedCandidate(box_type_id, Proof.POLICY, why))
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
        refused_candidates=(*outcome.refused, *left_out),
        open_candidates=outcome.open_candidates,
        lower_bound=bound[part] if bound else 0,
        value=outcome.price[part] if outcome.price else 0,
        bounded_objective=objectives[part].value,
    )


def premises(request: Request) -> dict[str, str]:
    """Return the fields of the certificate that name the profile, service and tariff behind the objectives."""
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
