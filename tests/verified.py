"""Plans: with a verified certificate, or of one parcel."""

from typing import Any

from boxwright import BoxType, Catalog, IncompletePlanError, Order, Plan, Policy, plan, verify_certificate


def verified(*asked: Any, **more: Any) -> Plan:
    """Return the plan of a call, after its certificate is verified under the same call."""
    answer = plan(*asked, **more)
    assert verify_certificate(answer, *asked, **more) == []
    return answer


def boxes_of(answer: Plan) -> list[str]:
    """Return the box types of a plan, sorted."""
    return sorted(parcel.box_type_id for parcel in answer.parcels)


def packed(order: Order, *boxes: BoxType, policy: Policy | None = None) -> Plan | None:
    """Return the plan of an order that goes into one parcel, or None."""
    try:
        return plan(order, Catalog("c", boxes), policy or Policy(max_parcels=1), profiles=())
    except IncompletePlanError:
        return None
