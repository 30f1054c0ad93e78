"""Stored plans as plain data, for the command line."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from boxwright.contract.json import plain
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.server.deflated import unpacked
from boxwright.server.settings import Settings
from boxwright.server.stored_plans import answer_of, plan_of
from boxwright.server.stored_request import HASHED, HASHED_PREFIX, kept_order_id
from boxwright.store import Keep, StoredPlan, check_url
from boxwright.v1 import packing_service_pb2

if TYPE_CHECKING:
    from boxwright.store.store import Store


@contextmanager
def opened(url: str) -> Iterator["Store"]:
    """Lend a store.

    Raises
    ------
    InvalidInputError
        If the URL is none of a store.
    UnsupportedError
        If the store needs the extra ``postgres`` and it is not installed.
    StoreError
        If there is no store, or it cannot be read; StoreUnsuitableError if it is none that this version can use.
    """
    if rule := check_url(url):
        raise InvalidInputError([FieldViolation("store", rule)])
    from boxwright.store.store import Store

    store = Store(url, make=False)
    try:
        store.open()
        yield store
    finally:
        store.close()


def found(store: "Store", where: str, order_by: str, order_id_key: str) -> Iterator[StoredPlan]:
    """Return the plans that a filter finds, in an order.

    Raises
    ------
    InvalidInputError
        If filter or order cannot be read.
    StoreError
        If the store fails.
    """
    settings = replace(Settings(), order_id_key=order_id_key)
    return store.read.plans(where, order_by, order_id=lambda text: kept_order_id(text, settings))


def hides_orders(store: "Store", where: str, order_id_key: str) -> bool:
    """Return whether a filter goes by order ids as callers know them, stored under a key that was not given."""
    by_order = "order_id" in where and HASHED.search(where) is None
    return by_order and not order_id_key and store.read.has_order_from(HASHED_PREFIX)


def summary(stored: StoredPlan) -> StoredPlan:
    """Return a stored plan without its request, answer and texts, which may have megabytes."""
    return replace(stored, plan=replace(stored.plan, request=b"", answer=b""), texts=None)


def plan_data(stored: StoredPlan) -> dict[str, Any]:
    """Return a stored plan as ``GET /v1/plans/{plan}`` gives it."""
    data: dict[str, Any] = plain(plan_of(stored, {}))
    return data


def whole_data(stored: StoredPlan) -> dict[str, Any]:
    """Return all that is stored of a plan: request, plan, alternatives, comparison and outcome."""
    answer = answer_of(stored)
    answer.plan.CopyFrom(plan_of(stored, {}))
    request = packing_service_pb2.PackRequest.FromString(unpacked(stored.plan.request))
    return {"request": plain(request), **plain(answer)}


def keep_of(days: float | None, max_bytes: int | None) -> Keep:
    """Return what is to be kept: so many days, or bytes."""
    return Keep(plan_us=round((days or 0) * 86_400_000_000), max_bytes=max_bytes or 0)
