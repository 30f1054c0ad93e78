"""Returns stored plans as JSON data, and as orders with the boxes used; for the command line."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from boxwright.contract.json import plain
from boxwright.contract.order import read_order
from boxwright.domain.order import MAX_UNITS_PER_ORDER, Order
from boxwright.findings import Findings
from boxwright.server.api.stored_plans import answer_of, plan_of
from boxwright.server.settings import Settings
from boxwright.server.stored.plan_record import HASHED, HASHED_PREFIX, kept_order_id, unpacked
from boxwright.store import CatalogRecord, Keep, StoredPlan
from boxwright.v1 import catalog_pb2, outcome_pb2, packing_service_pb2

if TYPE_CHECKING:
    from boxwright.store.store import Store


def found(store: "Store", where: str, order_by: str, order_id_key: str) -> Iterator[StoredPlan]:
    """Return the stored plans that match a filter; raises InvalidInputError for the filter or order, and StoreError."""
    settings = replace(Settings(), order_id_key=order_id_key)
    return store.read.plans(where, order_by, order_id=lambda text: kept_order_id(text, settings))


def hides_orders(store: "Store", where: str, order_id_key: str) -> bool:
    """Return whether a filter compares order ids although they are stored as hashes and no key was given."""
    by_order = "order_id" in where and HASHED.search(where) is None
    return by_order and not order_id_key and store.read.has_order_from(HASHED_PREFIX)


def summary(stored: StoredPlan) -> StoredPlan:
    """Return a stored plan without its request and answer, which may be megabytes."""
    return replace(stored, plan=replace(stored.plan, request=b"", answer=b""))


def plan_data(stored: StoredPlan) -> dict[str, Any]:
    """Return a stored plan in the form of ``GET /v1/plans/{plan}``."""
    data: dict[str, Any] = plain(plan_of(stored, {}))
    return data


def whole_data(stored: StoredPlan) -> dict[str, Any]:
    """Return all stored data of a plan: request, plan, alternatives, comparison and outcome."""
    answer = answer_of(stored)
    answer.plan.CopyFrom(plan_of(stored, {}))
    request = packing_service_pb2.PackRequest.FromString(unpacked(stored.plan.request))
    return {"request": plain(request), **plain(answer)}


def evidence_of(stored: StoredPlan, catalog: CatalogRecord | None) -> dict[str, Any]:
    """Return plan, request and catalog of a stored plan, for an evidence bundle."""
    data = whole_data(stored)
    content = catalog_pb2.Catalog() if catalog is None else catalog_pb2.Catalog.FromString(unpacked(catalog.content))
    return {"plan": data["plan"], "request": data["request"], "catalog": plain(content)}


def keep_of(days: float | None, max_bytes: int | None) -> Keep:
    """Return the retention for an age in days and a size in bytes; None means no limit."""
    return Keep(plan_us=round((days or 0) * 86_400_000_000), max_bytes=max_bytes or 0)


def shipped_orders(store: "Store", where: str, order_id_key: str) -> Iterator[tuple[Order, date]]:
    """Yield the orders of stored plans with outcomes, with the boxes used and the day of the plan.

    If an order has several plans, the newest with an outcome counts. Raises InvalidInputError if the filter cannot be
    read or a stored order breaks a current rule, and StoreError.
    """
    seen: set[str] = set()
    for stored in found(store, where, "create_time desc", order_id_key):
        order_id = stored.plan.order_id
        if stored.outcome is None or order_id in seen:
            continue
        seen.add(order_id)
        message = packing_service_pb2.PackRequest.FromString(unpacked(stored.plan.request)).order
        message.order_id = order_id
        faults = Findings()
        order = read_order(message, faults.at(f"order {order_id}"), MAX_UNITS_PER_ORDER)
        faults.raise_any()
        assert order is not None  # otherwise a fault was raised
        parcels = outcome_pb2.Outcome.FromString(stored.outcome).parcels
        boxes = tuple(parcel.box_type_id for parcel in parcels)
        yield replace(order, boxes_used=boxes), datetime.fromtimestamp(stored.plan.create_us / 1_000_000, UTC).date()
