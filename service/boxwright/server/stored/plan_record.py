"""Makes the stored record of a plan, without text and names that planning does not need."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
import zlib
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from boxwright.catalog import Materials
from boxwright.contract.catalog import catalog_to_wire
from boxwright.contract.enums import ALLOCATION
from boxwright.contract.names import catalog_name, profile_name
from boxwright.contract.plan import plan_to_wire
from boxwright.contract.values import date_to_wire
from boxwright.domain.box import Catalog
from boxwright.domain.order import ECHOED
from boxwright.domain.plan import Plan
from boxwright.routing.postal import region_of
from boxwright.server.settings import Settings
from boxwright.store import CatalogRecord, Entry, PlanRecord
from boxwright.v1 import lane_pb2, order_pb2, packing_service_pb2, placement_pb2, plan_pb2

if TYPE_CHECKING:
    from boxwright.server.answers.pack_request import PackJob  # it loads the planner

PLANNED_BY = frozenset({"line_id", "keep_together_group", "keep_apart_group", "article", "inner_box_type_id"})
"""Names of the strings of lines and started units that plans depend on. Other strings, such as SKU and description and
any that the contract adds later, are stored only with the setting ``store_texts``."""

HASHED_PREFIX = "hmac-sha256:"
HASHED = re.compile(f"{HASHED_PREFIX}[0-9a-f]{{64}}")
"""Form in which a hashed order id is stored and shown; filters may use it too."""

MOST_CATALOGS = 64
"""Maximum number of catalog records in memory; beyond it all are discarded."""

_CATALOGS: dict[tuple[str, str, bool], CatalogRecord] = {}


def complete_plan(job: PackJob, made: Plan, settings: Settings) -> plan_pb2.Plan:
    """Return a plan's complete message, even if the request selects less; with its text if that is stored."""
    view = job.view()
    if view.shows_texts and not settings.store_texts:
        view = replace(view, echoed=(), bench=None)
    complete = plan_to_wire(made, view)
    complete.create_time.GetCurrentTime()
    return complete


def plan_record(
    job: PackJob,
    made: Plan,
    complete: plan_pb2.Plan,
    answer: packing_service_pb2.PackResponse,
    settings: Settings,
) -> Entry:
    """Return the entry to store for a plan.

    ``complete`` is the message of ``complete_plan``; its order id becomes the stored one. Alternatives and comparison
    of ``answer`` are stored, its drawings are not. ``settings`` decide about text and order ids.
    """
    request, catalog = stored_request(job, settings), job.catalog.published
    complete.order_id = request.order.order_id
    stored = packing_service_pb2.PackResponse(plan=complete, alternatives=answer.alternatives)
    if answer.HasField("comparison"):
        stored.comparison.CopyFrom(answer.comparison)
    for alternative in stored.alternatives:
        if alternative.order_id:
            alternative.order_id = request.order.order_id
        for parcel in () if settings.store_texts else alternative.parcels:
            parcel.ClearField("bench")
            for placement in parcel.placements:
                for name in ECHOED:
                    placement.ClearField(name)  # type: ignore[arg-type] # names of fields
    return Entry(
        plan=PlanRecord(
            plan_id=new_plan_id(),
            create_us=complete.create_time.ToMicroseconds(),
            order_id=request.order.order_id,
            purpose=job.purpose,
            status=made.status.value,
            catalog=catalog_name(catalog.catalog_id) if job.catalog.loaded else catalog.catalog_id,
            catalog_hash=catalog.content_hash,
            site=job.resolved.site,
            canonical_hash=complete.canonical_hash,
            cut_short=made.cut_short,
            box_type_ids=tuple(sorted({parcel.box_type_id for parcel in made.parcels})),
            request=packed(request.SerializeToString()),
            answer=packed(stored.SerializeToString()),
        ),
        catalog=_catalog_record(catalog, job.task.materials, loaded=job.catalog.loaded),
    )


def stored_request(job: PackJob, settings: Settings) -> packing_service_pb2.PackRequest:
    """Return the stored form of a request: resolved, with text and order id as the settings say.

    An inline catalog is left out, since it is stored by its hash, and so is the request id, which gives access to the
    answer.
    """
    stored = packing_service_pb2.PackRequest()
    stored.CopyFrom(job.resolved)
    stored.DiscardUnknownFields()  # fields of a later contract may hold private text
    for name in ("request_id", "persist", "inline_catalog"):
        stored.ClearField(name)
    if job.catalog.loaded:
        stored.catalog = catalog_name(job.catalog.published.catalog_id)
    stored.accounting_profiles[:] = map(profile_name, job.task.profiles or ())
    stored.allocations[:] = map(ALLOCATION.to_wire, job.allocations)
    if stored.HasField("lane"):
        stored.lane.ship_date.CopyFrom(date_to_wire(job.ship_date))
        cut_postal_codes(stored.lane)
    stored.order.order_id = kept_order_id(stored.order.order_id, settings)
    if not settings.store_texts:
        clear_texts(stored.order.lines)
        for parcel in stored.started_parcels:
            clear_texts(parcel.placements)
    return stored


def cut_postal_codes(lane: lane_pb2.Lane) -> None:
    """Shorten the postal codes of a lane to their regions."""
    for name in ("origin", "destination"):
        if lane.HasField(name):
            place = getattr(lane, name)
            place.postal_code = region_of(place.country_code, place.postal_code)


def clear_texts(messages: Iterable[order_pb2.OrderLine | placement_pb2.Placement]) -> None:
    """Remove the strings of lines or units that are stored only with ``store_texts``."""
    for message in messages:
        for name in _private_texts(message.DESCRIPTOR):
            message.ClearField(name)  # type: ignore[arg-type] # a field by its descriptor


@cache
def _private_texts(kind: Descriptor) -> tuple[str, ...]:
    texts = FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES
    return tuple(field.name for field in kind.fields if field.type in texts and field.name not in PLANNED_BY)


def kept_order_id(order_id: str, settings: Settings) -> str:
    """Return an order id as stored: plain, or as HMAC-SHA256 with the setting ``order_id_key``."""
    if not settings.order_id_key or HASHED.fullmatch(order_id):
        return order_id
    digest = hmac.new(settings.order_id_key.encode(), order_id.encode(), hashlib.sha256).hexdigest()
    return f"{HASHED_PREFIX}{digest}"


def _catalog_record(catalog: Catalog, materials: Materials, *, loaded: bool) -> CatalogRecord:
    """Return the record of a catalog, cached since inline catalogs may come with every order."""
    key = catalog.content_hash, materials.content_hash, loaded  # some fields are derived from the materials
    known = _CATALOGS.get(key)
    if known is None:
        content = catalog_to_wire(catalog, materials, loaded=loaded).SerializeToString()
        known = CatalogRecord(catalog.content_hash, catalog.catalog_id, catalog.version, packed(content))
        if len(_CATALOGS) >= MOST_CATALOGS:
            _CATALOGS.clear()
        _CATALOGS[key] = known
    return known


_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32 (crockford.com/base32.html) in lower case, without letters that look like digits."""

_PAIRS = tuple(first + second for first in _DIGITS for second in _DIGITS)

LENGTH = 26
"""Characters of a plan id: 48 bits of time in ms and 80 random bits, as in a ULID (github.com/ulid/spec)."""


def new_plan_id() -> str:
    """Return a unique plan id; ids of later milliseconds are greater."""
    number = time.time_ns() // 1_000_000 << 80 | secrets.randbits(80)
    return "".join([_PAIRS[number >> 10 * place & 1_023] for place in reversed(range(LENGTH // 2))])


def is_plan_id(text: str) -> bool:
    """Return whether a string has the form of a plan id."""
    return len(text) == LENGTH and set(text) <= set(_DIGITS)


def packed(content: bytes) -> bytes:
    """Return compressed bytes."""
    return zlib.compress(content, 1)


def unpacked(content: bytes) -> bytes:
    """Return decompressed bytes."""
    return zlib.decompress(content)
