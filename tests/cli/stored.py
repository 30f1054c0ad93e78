"""A store with three plans, made without a server."""

from boxwright.server.stored.plan_record import packed
from boxwright.store import CatalogRecord, Entry, OutcomeRecord, PlanRecord
from boxwright.store.store import Store
from boxwright.v1 import outcome_pb2, packing_service_pb2


def answer_of(order_id, plan_id):
    """Return the stored answer of a plan."""
    answer = packing_service_pb2.PackResponse()
    answer.plan.order_id = order_id
    answer.plan.canonical_hash = plan_id
    return answer


def entry_of(plan_id, order_id, create_us, **given):
    """Return the entry of a plan."""
    request = packing_service_pb2.PackRequest()
    request.order.order_id = order_id
    known = {
        "purpose": "shipment",
        "status": "complete",
        "catalog": "catalogs/eu",
        "site": "",
        "cut_short": False,
        **given,
    }
    record = PlanRecord(
        plan_id=plan_id,
        create_us=create_us,
        order_id=order_id,
        catalog_hash="sha256:c",
        canonical_hash="sha256:p",
        box_type_ids=("small",),
        request=packed(request.SerializeToString()),
        answer=packed(answer_of(order_id, plan_id).SerializeToString()),
        **known,
    )
    return Entry(record, CatalogRecord("sha256:c", "eu", "1", b""))


def store_of(path, first_order="A-1"):
    """Return the URL of a new store with three plans; the first plan is of `first_order`."""
    url = f"sqlite:///{path}"
    store = Store(url)
    packed_at = outcome_pb2.Outcome(station="hall 1").SerializeToString()
    plans = [
        entry_of("a", first_order, 1),
        entry_of("b", "A-2", 2),
        entry_of("c", "A-3", 3, status="partial", cut_short=True),
    ]
    assert store.write([*plans, Entry(outcome=OutcomeRecord("a", 9, False, packed_at))]) == [None] * 4
    store.close()
    return url
