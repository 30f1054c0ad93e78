"""What is stored of a request: resolved, and without what is nobody's business later."""

import hashlib
import hmac
import re
from collections.abc import Iterable
from functools import cache

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from boxwright.contract.enums import ALLOCATION
from boxwright.contract.names import catalog_name, profile_name
from boxwright.contract.values import date_to_wire
from boxwright.routing.postal import region_of
from boxwright.server.pack_request import PackJob
from boxwright.server.settings import Settings
from boxwright.v1 import order_pb2, packing_service_pb2, placement_pb2

PLANNED_BY = frozenset({"line_id", "keep_together_group", "keep_apart_group", "article", "inner_box_type_id"})
"""Texts of a line, and of a unit in a started parcel, that plans depend on. Any other, such as SKU and description, is
stored only where the operator wants that: so are those that the contract will have one day."""


HASHED_PREFIX = "hmac-sha256:"
"""Begin of an order id that is stored under a key."""

HASHED = re.compile(f"{HASHED_PREFIX}[0-9a-f]{{64}}")
"""An order id as it is stored under a key, and shown: who asks by it means that one."""


def stored_request(job: PackJob, settings: Settings) -> packing_service_pb2.PackRequest:
    """Return what is stored of a request.

    Catalog, profiles, allocations, ship date and what its site said are those that it was read as. A catalog that was
    sent along is left out: it is stored by its hash. The request id is left out too, since it opens the stored answer.

    Parameters
    ----------
    job : PackJob
        The request as it was read.
    settings : Settings
        What is stored of texts and order ids.
    """
    stored = packing_service_pb2.PackRequest()
    stored.CopyFrom(job.resolved)
    stored.DiscardUnknownFields()  # those of a later contract may be texts
    for name in ("request_id", "persist", "inline_catalog"):
        stored.ClearField(name)
    if job.catalog.loaded:
        stored.catalog = catalog_name(job.catalog.published.catalog_id)
    stored.accounting_profiles[:] = [profile_name(each) for each in job.task.profiles or ()]
    stored.allocations[:] = [ALLOCATION.to_wire(each) for each in job.allocations]
    if stored.HasField("lane"):
        stored.lane.ship_date.CopyFrom(date_to_wire(job.ship_date))
        for place in ("origin", "destination"):
            if stored.lane.HasField(place):
                place = getattr(stored.lane, place)
                place.postal_code = region_of(place.country_code, place.postal_code)
    stored.order.order_id = kept_order_id(stored.order.order_id, settings)
    if not settings.store_texts:
        clear_texts(stored.order.lines)
        for parcel in stored.started_parcels:
            clear_texts(parcel.placements)
    return stored


def clear_texts(each_of: Iterable[order_pb2.OrderLine | placement_pb2.Placement]) -> None:
    """Take out of lines, or of units in a parcel, the texts that are stored only where the operator wants that."""
    for each in each_of:
        for name in _private_texts(each.DESCRIPTOR):
            each.ClearField(name)  # type: ignore[arg-type] # a field by its descriptor


@cache
def _private_texts(kind: Descriptor) -> tuple[str, ...]:
    return tuple(
        each.name
        for each in kind.fields
        if each.type in (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES) and each.name not in PLANNED_BY
    )


def kept_order_id(order_id: str, settings: Settings) -> str:
    """Return an order id as it is stored: as it is, or its HMAC-SHA256 where the operator set a key."""
    if not settings.order_id_key or HASHED.fullmatch(order_id):
        return order_id
    digest = hmac.new(settings.order_id_key.encode(), order_id.encode(), hashlib.sha256).hexdigest()
    return f"{HASHED_PREFIX}{digest}"
