"""What the orders of a batch or stream share."""

from boxwright.findings import Findings
from boxwright.v1 import packing_service_pb2


def with_defaults(
    request: packing_service_pb2.PackRequest, defaults: packing_service_pb2.PackRequest
) -> packing_service_pb2.PackRequest:
    """Return a request with each field that it leaves unset, or empty, taken whole from the defaults."""
    merged = packing_service_pb2.PackRequest()
    merged.CopyFrom(request)
    sent = {field.name for field, _ in request.ListFields()}
    for field, value in defaults.ListFields():
        union = field.containing_oneof
        if field.name in sent or (union is not None and sent & {each.name for each in union.fields}):
            continue
        if field.is_repeated:
            getattr(merged, field.name).extend(value)
        elif field.message_type is not None:
            getattr(merged, field.name).CopyFrom(value)
        else:
            setattr(merged, field.name, value)
    return merged


def check_defaults(defaults: packing_service_pb2.PackRequest, found: Findings) -> None:
    """Note what defaults must not hold."""
    if defaults.HasField("order"):
        found.add("order", "must be unset in defaults")
    if defaults.request_id:
        found.add("request_id", "must be unset in defaults")
