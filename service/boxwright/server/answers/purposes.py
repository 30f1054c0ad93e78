"""What plans are made for, as the metrics name it."""

from boxwright.v1 import packing_service_pb2

PURPOSES = {
    packing_service_pb2.PLAN_PURPOSE_UNSPECIFIED: "shipment",
    packing_service_pb2.PLAN_PURPOSE_SHIPMENT: "shipment",
    packing_service_pb2.PLAN_PURPOSE_WHAT_IF: "what_if",
    packing_service_pb2.PLAN_PURPOSE_REPLAY: "replay",
}
"""Metric label of each purpose."""


def purpose_of(message: packing_service_pb2.PackRequest) -> str:
    """Return the metric label of a request's purpose; one that is not known is refused as if none were stated."""
    return PURPOSES.get(message.purpose, PURPOSES[packing_service_pb2.PLAN_PURPOSE_UNSPECIFIED])
