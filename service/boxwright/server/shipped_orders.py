"""Orders of stored plans with the boxes that were recorded as used: what evaluations compare with."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from boxwright.contract.order import read_order
from boxwright.domain.order import MAX_UNITS_PER_ORDER, Order
from boxwright.findings import Findings
from boxwright.server.deflated import unpacked
from boxwright.server.plan_archive import found
from boxwright.v1 import outcome_pb2, packing_service_pb2

if TYPE_CHECKING:
    from boxwright.store import StoredPlan
    from boxwright.store.store import Store

_US = 1_000_000


def shipped_orders(store: "Store", where: str, order_id_key: str) -> Iterator[tuple[Order, date]]:
    """Yield the orders of stored plans that have an outcome, with the boxes recorded as used, and the day.

    Of several plans of an order the newest with an outcome counts.

    Raises
    ------
    InvalidInputError
        If the filter cannot be read, or a stored order breaks a rule of today.
    StoreError
        If the store fails.
    """
    seen: set[str] = set()
    for stored in found(store, where, "create_time desc", order_id_key):
        order_id = stored.plan.order_id
        if stored.outcome is None or order_id in seen:
            continue
        seen.add(order_id)
        yield _order(stored), datetime.fromtimestamp(stored.plan.create_us / _US, UTC).date()


def _order(stored: "StoredPlan") -> Order:
    message = packing_service_pb2.PackRequest.FromString(unpacked(stored.plan.request)).order
    message.order_id = stored.plan.order_id
    faults = Findings()
    order = read_order(message, faults.at(f"order {stored.plan.order_id}"), MAX_UNITS_PER_ORDER)
    faults.raise_any()
    assert order is not None  # else there are faults
    outcome = outcome_pb2.Outcome.FromString(stored.outcome or b"")
    return replace(order, boxes_used=tuple(each.box_type_id for each in outcome.parcels))
