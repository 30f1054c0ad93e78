"""Properties of every answer of ``plan``, and the reduction of a case that breaks one."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from unittest import mock

import numpy as np

from boxwright import (
    BoxType,
    Catalog,
    IncompletePlanError,
    InvalidInputError,
    Item,
    Objective,
    Order,
    Policy,
    check,
    plan,
    verify_certificate,
)
from boxwright.contract.canonical import canonical_json
from boxwright.domain.lack import MissingFactorError
from boxwright.domain.plan import Plan, PlanStatus, ProofStatus
from boxwright.packing.kernels import search as kernels
from boxwright.packing.problem import Ints
from boxwright.packing.state import Packing
from random_orders import Case, changed

FAULT = "fault"
"""Prefix of the outcome of a case that breaks a property."""


def outcome(case: Case) -> tuple[str, Plan | None]:
    """Return the outcome of a case, which is a word or ``fault: ...``, and its plan if there is one."""
    try:
        answer = _plan(case)
    except InvalidInputError as error:
        return f"invalid: {error.violations[0].rule}", None
    except IncompletePlanError:
        return (f"{FAULT}: a partial plan is allowed" if case.policy.allow_partial else "incomplete"), None
    except MissingFactorError:
        asked = Objective.EMISSIONS in case.policy.objectives and not case.policy.accept_incomplete_footprint
        return ("factor missing" if asked else f"{FAULT}: no factor was needed"), None
    except Exception as error:  # any other exception is a fault
        return f"{FAULT}: {type(error).__name__}: {str(error)[:200]}", None
    found = next(_broken(case, answer), None)
    return (f"{FAULT}: {found}" if found else answer.status.value), answer


def _plan(case: Case) -> Plan:
    return plan(case.order, case.catalog, case.policy, case.lane, case.profiles)


def _broken(case: Case, answer: Plan) -> Iterator[str]:
    order, catalog, policy = case.order, case.catalog, case.policy
    packed = [(each.line_id, each.unit_index) for parcel in answer.parcels for each in parcel.placements]
    out = [(each.line_id, each.unit_index) for each in answer.unpacked]
    ordered = [(line.line_id, index) for line in order.lines for index in range(line.quantity)]
    if sorted(packed + out) != sorted(ordered):
        yield "units lost or doubled"
    if not all(each.message for each in answer.unpacked):
        yield "a unit stays out without a rule"
    violations = check(answer, order, catalog, policy)
    if violations:
        yield f"check: {violations[0]}"
    expected = PlanStatus.NONE if not packed else PlanStatus.PARTIAL if out else PlanStatus.COMPLETE
    if answer.status is not expected:
        yield f"status {answer.status}"
    if policy.max_parcels is not None and len(answer.parcels) > policy.max_parcels:
        yield "more parcels than allowed"
    used = Counter(parcel.box_type_id for parcel in answer.parcels)
    for box in catalog.box_types:
        if box.available is not None and used[box.box_type_id] > box.available:
            yield f"{box.box_type_id} used more often than it is in stock"
    certificate = answer.certificate
    refused = {each.box_type_id for each in certificate.refused_candidates}
    if refused & {each.box_type_id for each in certificate.open_candidates}:
        yield "a box is refused and open"
    if len(answer.parcels) == 1 and not out and refused & set(used):
        yield "the box used is refused"
    if certificate.status is ProofStatus.PROVED and (out or certificate.open_candidates):
        yield "proved with open boxes or units left out"
    if certificate.status is ProofStatus.PROVED and certificate.lower_bound != certificate.value:
        yield "proved, and the bound is not the value"


def differs_when_shuffled(case: Case, answer: Plan, draw: random.Random) -> str | None:
    """Return a fault if shuffled lines and box types lead to another canonical plan."""
    lines, boxes = list(case.order.lines), list(case.catalog.box_types)
    draw.shuffle(lines)
    draw.shuffle(boxes)
    catalog = Catalog(case.catalog.catalog_id, boxes, dunnage=case.catalog.dunnage)
    shuffled = _plan(replace(case, order=Order(case.order.order_id, lines), catalog=catalog))
    same = canonical_json(replace(shuffled, catalog_hash=answer.catalog_hash)) == canonical_json(answer)
    return None if same else f"{FAULT}: the order of lines or boxes changes the plan"


def beaten_with_more_effort(case: Case, answer: Plan) -> str | None:
    """Return a fault if a proved plan is improved with ten times the effort, or its proof is lost."""
    if answer.certificate.status is not ProofStatus.PROVED:
        return None
    harder = _plan(replace(case, policy=changed(case.policy, mode="balanced")))
    before, after = answer.certificate, harder.certificate
    counted = Objective.PARCEL_COUNT in case.policy.objectives
    same = before.value == after.value and (not counted or len(answer.parcels) == len(harder.parcels))
    return None if same or before.scope != after.scope else f"{FAULT}: proved {before.value}, then found {after.value}"


def not_replayed(case: Case, answer: Plan) -> str | None:
    """Return a fault if the certificate of a plan cannot be verified."""
    broken = verify_certificate(answer, case.order, case.catalog, case.policy, case.lane, case.profiles)
    return f"{FAULT}: certificate: {broken[0]}" if broken else None


def overruns(case: Case) -> str | None:
    """Return a fault if a search in one box spends far more than its budget.

    The first construction is always finished, so its effort is measured by a search without a budget. The budget is
    checked after each attempt to place a unit, so the last attempt may exceed it: by a quarter, or two constructions.
    """
    found: list[str] = []
    search = kernels.search

    def watched(problem: object, whole: bool, budget: int, seed: int, out: Packing, effort: Ints, stop: Ints) -> int:
        placed = search(problem, whole, budget, seed, out, effort, stop)
        spent = int(effort[0])
        if spent > budget:
            first = np.zeros(1, dtype=np.int64)
            search(problem, whole, 0, seed, Packing(*(np.empty_like(each) for each in out)), first, stop)
            if spent > 1.25 * max(budget, int(first[0])) + 2 * int(first[0]):
                found.append(f"{FAULT}: effort {spent} of {budget}, first construction {int(first[0])}")
        return int(placed)

    with mock.patch.object(kernels, "search", watched):
        outcome(case)
    return found[0] if found else None


def shrunk(case: Case, still: Callable[[Case], bool], most: int = 400) -> Case:
    """Return a smaller case in which ``still`` holds: fewer lines, units and boxes, a plainer policy."""
    for _ in range(most):
        smaller = next((each for each in _smaller(case) if still(each)), None)
        if smaller is None:
            break
        case = smaller
    return case


def _smaller(case: Case) -> Iterator[Case]:
    lines, boxes = case.order.lines, case.catalog.box_types
    for index in range(len(lines)) if len(lines) > 1 else ():
        yield replace(case, order=Order("order", [*lines[:index], *lines[index + 1 :]]))
    for index in range(len(boxes)) if len(boxes) > 1 else ():
        yield replace(
            case, catalog=Catalog("catalog", [*boxes[:index], *boxes[index + 1 :]], dunnage=case.catalog.dunnage)
        )
    for index, line in enumerate(lines):
        for fewer in ({"quantity": line.quantity // 2}, {"quantity": line.quantity - 1}) if line.quantity > 1 else ():
            yield replace(case, order=Order("order", [*lines[:index], changed(line, **fewer), *lines[index + 1 :]]))
        for field in ("max_load_g", "fragility", "orientations"):
            default = Item.__dataclass_fields__[field].default
            if getattr(line, field) != default:
                plainer = changed(line, **{field: default})
                yield replace(case, order=Order("order", [*lines[:index], plainer, *lines[index + 1 :]]))
    for index, box in enumerate(boxes):
        for field in ("max_gross_g", "max_net_g", "available", "tare_g"):
            default = BoxType.__dataclass_fields__[field].default
            if getattr(box, field) != default:
                plainer_box = changed(box, **{field: default})
                yield replace(
                    case,
                    catalog=Catalog(
                        "catalog", [*boxes[:index], plainer_box, *boxes[index + 1 :]], dunnage=case.catalog.dunnage
                    ),
                )
    if case.catalog.dunnage and not any(line.fragility for line in lines):
        yield replace(case, catalog=Catalog("catalog", boxes))
    for field in fields(Policy):
        if field.name not in ("allow_partial", "mode") and getattr(case.policy, field.name) != field.default:
            yield replace(case, policy=changed(case.policy, **{field.name: field.default}))
    if case.lane is not None and Objective.CHARGEABLE_WEIGHT not in case.policy.objectives:
        yield replace(case, lane=None)
    if case.profiles and Objective.EMISSIONS not in case.policy.objectives:
        yield replace(case, profiles=())
