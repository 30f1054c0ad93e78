"""Evaluations of live servers: requests, stubs, and the state of operations."""

import time

from google.longrunning import operations_pb2
from google.longrunning.operations_pb2_grpc import OperationsStub
from google.protobuf import json_format

from boxwright.server.operations.runner import STATES
from boxwright.v1 import evaluation_service_pb2 as messages
from boxwright.v1.catalog_service_pb2_grpc import CatalogServiceStub
from boxwright.v1.evaluation_service_pb2_grpc import EvaluationServiceStub
from boxwright.v1.packing_service_pb2_grpc import PackingServiceStub

from .live_calls import wait_until

PATIENCE_S = 300.0
"""Time limit of a step on a busy machine, in seconds."""


def edges_of(index):
    """Return the edges of a unit; they differ between orders."""
    return 120 + index * 37 % 200, 60 + index * 13 % 120, 20 + index * 7 % 90


def orders(count, units=1):
    """Return the orders of a request."""
    made = []
    for index in range(count):
        names = ("length_mm", "width_mm", "height_mm")
        edges = dict(zip(names, edges_of(index), strict=True))
        line = {"line_id": "a", "quantity": units, "mass_g": 300, "cuboid": {"dimensions": edges}, "sku": "secret-sku"}
        made.append({"order_id": f"secret-{index}", "lines": [line]})
    return {"inline_orders": {"orders": made}}


def evaluation(count=12, units=1, **fields):
    """Return a request to evaluate two catalogs."""
    catalogs = [{"catalog": "catalogs/eu-stock"}, {"catalog": "catalogs/china-post"}]
    data = {"orders": orders(count, units), "catalogs": catalogs, **fields}
    return json_format.ParseDict(data, messages.EvaluateCatalogsRequest())


class Calls:
    """Stubs of a server."""

    def __init__(self, channel):
        self.evaluations, self.operations = EvaluationServiceStub(channel), OperationsStub(channel)
        self.packing, self.catalogs = PackingServiceStub(channel), CatalogServiceStub(channel)

    def get(self, name):
        """Return an operation."""
        return self.operations.GetOperation(operations_pb2.GetOperationRequest(name=name), timeout=20)

    def cancel(self, name):
        """Cancel an operation."""
        self.operations.CancelOperation(operations_pb2.CancelOperationRequest(name=name), timeout=20)

    def ended(self, name):
        """Return an operation once it has ended."""
        until_s = time.monotonic() + PATIENCE_S
        while time.monotonic() < until_s:
            asked = operations_pb2.WaitOperationRequest(name=name)
            asked.timeout.FromSeconds(10)
            if (operation := self.operations.WaitOperation(asked, timeout=30)).done:
                return operation
        raise AssertionError(f"{name} has not ended: {state_of(operation)}")

    def running(self, name):
        """Return an operation once it plans orders."""
        return wait_until(lambda: found if state_of(found := self.get(name)).stage == "planning" else None)


def state_of(operation):
    """Return the metadata of an operation."""
    state = messages.EvaluationMetadata()
    assert operation.metadata.Unpack(state)
    return state


def result_of(operation, kind=messages.EvaluateCatalogsResponse):
    """Return the result of an operation that succeeded."""
    assert state_of(operation).state == STATES["succeeded"], operation.error
    result = kind()
    assert operation.response.Unpack(result)
    return result
