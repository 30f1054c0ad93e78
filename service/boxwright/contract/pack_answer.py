"""Builds answers of Pack, and reads answers and results of BatchPack from files."""

from collections.abc import Iterable, Sequence
from typing import cast

from google.protobuf import any_pb2
from google.rpc import code_pb2, status_pb2

from boxwright.catalog import Materials
from boxwright.contract.data import PROFILE, versions_to_wire
from boxwright.contract.faults import incomplete_to_wire
from boxwright.contract.json import from_json
from boxwright.contract.message import Fields
from boxwright.contract.objective import comparison_to_wire
from boxwright.contract.plan import PlanView, plan_fields
from boxwright.contract.stated_plan import read_started_parcels
from boxwright.contract.values import SOURCE_FACTS
from boxwright.domain.comparison import Comparison
from boxwright.domain.order import Order
from boxwright.domain.plan import Plan, StartedParcel, UnpackedUnit
from boxwright.findings import Findings
from boxwright.v1 import catalog_service_pb2, packing_service_pb2, plan_pb2


def answer_to_wire(
    plans: Sequence[Plan], view: PlanView, comparison: Comparison | None = None
) -> packing_service_pb2.PackResponse:
    """Return the answer with a plan, its alternatives and a comparison."""
    plan, *alternatives = (plan_fields(made, view) for made in plans)
    fields: Fields = {"plan": plan, "alternatives": alternatives}
    if comparison is not None:
        fields["comparison"] = comparison_to_wire(comparison, view.catalog, view.allocations)
    return packing_service_pb2.PackResponse(**fields)


def without_data(answer: packing_service_pb2.PackResponse) -> packing_service_pb2.PackResponse:
    """Clear coverage and source details, which many answers share, except table and GWP basis; return the answer."""
    for plan in (answer.plan, *answer.alternatives):
        for footprints in (plan.footprints, *(parcel.footprints for parcel in plan.parcels)):
            for footprint in footprints:
                footprint.ClearField("coverage")
                for figure in (*footprint.lines, *footprint.mass_data):
                    for fact in set(SOURCE_FACTS) - {"table", "gwp_basis"}:
                        figure.source.ClearField(fact)  # type: ignore[attr-defined]  # both have a source
    return answer


def result_to_wire(
    order_id: str, answer: packing_service_pb2.PackResponse | None, why: str = "", unpacked: Sequence[UnpackedUnit] = ()
) -> packing_service_pb2.BatchPackResult:
    """Return the result of an order: its answer, or its error with the unpacked units."""
    if answer is not None:
        return packing_service_pb2.BatchPackResult(order_id=order_id, response=answer)
    error = status_pb2.Status(code=code_pb2.INVALID_ARGUMENT, message=why)
    if unpacked:
        error.code = code_pb2.FAILED_PRECONDITION
        detail = any_pb2.Any()
        detail.Pack(incomplete_to_wire(order_id, unpacked))
        error.details.append(detail)
    return packing_service_pb2.BatchPackResult(order_id=order_id, error=error)


def profiles_to_wire(
    profile_ids: Iterable[str], materials: Materials
) -> catalog_service_pb2.ListAccountingProfilesResponse:
    """Return accounting profiles and the version of the data."""
    profiles = [PROFILE(materials.profile(profile_id)) for profile_id in sorted(profile_ids)]
    return catalog_service_pb2.ListAccountingProfilesResponse(
        accounting_profiles=profiles, total_size=len(profiles), versions=versions_to_wire(materials)
    )


def read_answer(data: bytes, found: Findings) -> plan_pb2.Plan:
    """Return the plan of an answer in JSON; raises InvalidInputError with every fault."""
    with found:
        answer = cast(packing_service_pb2.PackResponse, from_json(data, packing_service_pb2.PackResponse))
        if answer.HasField("plan"):
            return answer.plan
        found.add("plan", "is required")
    raise found.error()


def read_result(data: bytes, order: Order, found: Findings) -> plan_pb2.Plan | None:
    """Return the plan of a result in JSON, None for an error; raises InvalidInputError with every fault."""
    with found:
        result = cast(packing_service_pb2.BatchPackResult, from_json(data, packing_service_pb2.BatchPackResult))
        if result.order_id != order.order_id:
            found.add(
                "order_id", f"must be {order.order_id!r}, the order at this position, got {result.order_id!r:.80}"
            )
        elif result.HasField("error") or result.response.HasField("plan"):
            return None if result.HasField("error") else result.response.plan
        else:
            found.add("response", "is required, or error")
    raise found.error()


def read_started(data: bytes, order: Order, found: Findings) -> tuple[StartedParcel, ...]:
    """Return the started parcels of a request in JSON that has no other fields.

    Raises InvalidInputError with every fault.
    """
    with found:
        request = cast(packing_service_pb2.PackRequest, from_json(data, packing_service_pb2.PackRequest))
        for field, _ in request.ListFields():
            if field.name != "started_parcels":
                found.add(field.name, "must not be in a file of started parcels")
        started = read_started_parcels(request.started_parcels, order, found)
    found.raise_any()
    return started
