"""Explains why an order has more than one parcel: the rules that keep goods out of earlier parcels."""

import numpy as np

from boxwright.domain.own_container import box_of
from boxwright.domain.plan import Parcel, Plan, PlanStatus
from boxwright.domain.policy import Objective
from boxwright.domain.proof import Proof
from boxwright.packing.problem import Ints
from boxwright.planning.model import OrderModel
from boxwright.planning.parts.spaces import TOO_LOOSE
from boxwright.planning.request import Request
from boxwright.planning.task import Task
from boxwright.planning.words import first_of, named

_BY_ARGUMENT = (
    Proof.BAR_RELAXATION,
    Proof.DUAL_FEASIBLE_FUNCTION,
    Proof.IDENTICAL_UNITS,
    Proof.EXACT_RELAXED,
    Proof.EXACT,
)
"""Kinds of proof whose figures do not help a packer."""


def why_apart(plan: Plan, task: Task) -> tuple[str, ...]:
    """Return, for each parcel of a plan, why its goods are in no earlier parcel; empty for the first parcel.

    A reason that holds for the whole order is given once: what the certificate proves, or that it proves nothing.
    """
    if len(plan.parcels) < 2:
        return ("",) * len(plan.parcels)
    request = Request.resolve(task)
    model, at_large = OrderModel(request, request.expansion), _at_large(plan, task)
    said = []
    # Equal parcels are compared once.
    earlier: dict[tuple[str, bool, bytes], tuple[Parcel, Ints, list[int]]] = {}
    for number, parcel in enumerate(plan.parcels, 1):
        units = (model.expansion.members[placed.line_id, placed.unit_index] for placed in parcel.placements)
        members = np.array(sorted(units), dtype=np.int64)
        reasons: dict[str, list[int]] = {}
        for other, inside, numbers in earlier.values():
            task.stop.look()
            if reason := _between(model, parcel, members, other, inside) or at_large:
                reasons.setdefault(reason, []).extend(numbers)
        if at_large in reasons:
            at_large = ""
        parts = (f"Why not in {_parcels(those, number - 1)}: {reason}." for reason, those in reasons.items())
        said.append(" ".join(parts))
        alike = parcel.box_type_id, bool(parcel.started_parcel_id), model.expansion.arrays.kinds[members].tobytes()
        earlier.setdefault(alike, (parcel, members, []))[2].append(number)
    return tuple(said)


def _parcels(numbers: list[int], earlier: int) -> str:
    if len(numbers) == 1:
        return f"parcel {numbers[0]}"
    return "an earlier parcel" if len(numbers) == earlier else f"parcels {first_of([*map(str, sorted(numbers))])}"


def _between(model: OrderModel, parcel: Parcel, members: Ints, other: Parcel, inside: Ints) -> str:
    """Return the rule that keeps the goods of a parcel out of another parcel; empty if there is none."""
    for one, which in ((parcel, members), (other, inside)):
        if one.ships_in_own_container:
            return f"{named(model.expansion.units[int(which[0])][0])} ships as it is, and nothing goes with it"
    catalog = model.request.catalog
    box = box_of(other, catalog)
    name = box.box_type_id
    if box.flexible:
        # A rule on mailers alone is not a reason, since another box could take both.
        open_boxes = [kind for kind in catalog.box_types if not kind.flexible and kind.compartments is None]
        name = max(open_boxes, key=lambda kind: min(kind.inner_um)).box_type_id if open_boxes else ""
    if rule := model.admission.refusal(np.sort(np.concatenate([members, inside])), name):
        return rule
    cells = box.compartments
    if cells is not None and len(cells) <= len(other.placements):
        return "no compartment is free there"
    if other.started_parcel_id and not parcel.started_parcel_id:
        return "no layout was found for these goods beside those already in the box"
    return ""


def _at_large(plan: Plan, task: Task) -> str:
    """Return what the certificate states about plans of the order with fewer parcels."""
    certificate, count = plan.certificate, len(plan.parcels)
    if certificate.rank:
        return "this is an alternative, and the best plan may have fewer parcels"
    if not certificate.objectives:
        return "it is not known whether fewer parcels would do"
    first = certificate.objectives[0]
    if first != Objective.PARCEL_COUNT:
        return f"this is the best plan found by {first.replace('_', ' ')}"
    if plan.status is not PlanStatus.COMPLETE:
        return "no plan that packs as much in fewer parcels was found"
    loose = count == 2 and any(TOO_LOOSE in candidate.message for candidate in certificate.refused_candidates)
    rule = "; boxes in which the heavy goods would move about do not count" if loose else ""
    if certificate.bounded_objective == first and certificate.lower_bound != certificate.value:
        fewer = "box for the whole order" if count == 2 else f"plan with fewer than {count} parcels"
        return f"no {fewer} was found{rule}"
    largest = max(task.catalog.box_types, key=lambda box: box.inner_volume_um3).box_type_id
    refused = {candidate.box_type_id: candidate for candidate in certificate.refused_candidates}.get(largest)
    # The largest box by volume may be flat. If one unit is too high for it, that does not explain two parcels.
    if count > 2 or refused is None or refused.proof is Proof.SINGLE_UNIT or TOO_LOOSE in refused.message:
        fewer = "no box takes the whole order" if count == 2 else f"the order needs at least {count} parcels"
        return f"{fewer}, which is proved{rule}"
    if refused.proof in _BY_ARGUMENT:
        return f"not even {largest}, the largest box, has room for everything, which is proved"
    return f"not even {largest}, the largest box, holds everything: {refused.message}"
