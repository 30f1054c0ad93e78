"""Plans whose certificates are verified, and their boxes."""

from typing import Any

from boxwright import Plan, plan, verify_certificate


def verified(*asked: Any, **more: Any) -> Plan:
    """Return the plan of a call, after its certificate is verified under the same call."""
    answer = plan(*asked, **more)
    assert verify_certificate(answer, *asked, **more) == []
    return answer


def boxes_of(answer: Plan) -> list[str]:
    """Return the box types of a plan, sorted."""
    return sorted(parcel.box_type_id for parcel in answer.parcels)
