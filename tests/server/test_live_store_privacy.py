"""The store holds nothing private, even for a reader who also has the log."""

import hashlib

import grpc

from boxwright.server.stored.plan_record import unpacked
from boxwright.v1 import packing_service_pb2 as messages
from boxwright.v1.evaluation_service_pb2_grpc import EvaluationServiceStub

from .live_calls import BOOK, BOX, request
from .live_operations import evaluation
from .live_stores import rows, serving

KEY = "a key of some length"


def test_units_of_started_parcels_are_stored_without_their_texts(tmp_path):
    """Placements sent back with texts are stored without them."""
    with serving(tmp_path) as (_, packing, path):
        message = request(BOOK, persist=True, inline_catalog={"catalog_id": "mine", "box_types": [BOX]})
        started = message.started_parcels.add(started_parcel_id="begun", box_type_id=BOX["box_type_id"])
        started.placements.add(line_id="book", sku="SKU-4711", description="a gift for Ada", barcode="4006381333931")
        packing.Pack(message, timeout=30)
        ((kept,),) = rows(path, "SELECT request FROM plans")
    (stored,) = messages.PackRequest.FromString(unpacked(kept)).started_parcels
    (unit,) = stored.placements
    assert (stored.started_parcel_id, unit.line_id) == ("begun", "book")
    assert (unit.sku, unit.description, unit.barcode) == ("", "", "")


def test_what_is_stored_of_an_operation_is_made_with_the_key_of_order_ids(tmp_path):
    """The stored digest of an operation is keyed, so requests cannot be guessed."""
    asked = evaluation(1, request_id="r-1")
    with serving(tmp_path, order_id_key=KEY) as (server, _, path), grpc.insecure_channel(server.address) as channel:
        stub = EvaluationServiceStub(channel)
        first = stub.EvaluateCatalogs(asked, timeout=60)
        assert stub.EvaluateCatalogs(asked, timeout=60).name == first.name
        ((digest,),) = rows(path, "SELECT digest FROM operations")
    assert digest != hashlib.sha256(asked.SerializeToString(deterministic=True)).digest()
