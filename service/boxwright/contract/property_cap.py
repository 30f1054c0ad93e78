"""Property caps, of a policy or of a box type."""

from collections.abc import Iterable

from boxwright.contract.message import Writer
from boxwright.domain.property_cap import PropertyCap
from boxwright.findings import Findings
from boxwright.v1 import order_pb2

CAP = Writer(order_pb2.PropertyCap, PropertyCap)


def read_caps(messages: Iterable[order_pb2.PropertyCap], found: Findings) -> tuple[PropertyCap, ...]:
    """Return the caps of a list ``property_caps``, after noting those that break a rule."""
    caps = []
    for index, each in enumerate(messages):
        at = found.at(f"property_caps[{index}]")
        if not each.HasField("max_amount"):
            at.add("max_amount", "is required, even if it is 0")
            continue
        with at:
            caps.append(PropertyCap(each.property, each.max_amount))
    return tuple(caps)
