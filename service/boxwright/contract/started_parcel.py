"""Parcels already started, on their way in."""

from collections.abc import Sequence

from boxwright.contract.stated_plan import read_placements
from boxwright.domain.order import MAX_UNITS_PER_ORDER, Order
from boxwright.domain.started import StartedParcel
from boxwright.findings import Findings
from boxwright.v1 import placement_pb2


def read_started_parcels(
    messages: Sequence[placement_pb2.StartedParcel], order: Order | None, found: Findings
) -> tuple[StartedParcel, ...]:
    """Return the started parcels of a request; whether they are valid packings is for planning to say.

    Parameters
    ----------
    messages : sequence of StartedParcel
        As sent.
    order : Order or None
        Whose lines say which orientation follows from the extents; None where it is broken itself.
    found : Findings
        Collects what is wrong, at the request's path.
    """
    placed = sum(len(each.placements) for each in messages)
    if placed > MAX_UNITS_PER_ORDER:
        found.limit("started_parcels", f"must hold at most {MAX_UNITS_PER_ORDER:,} placements in all, got {placed:,}")
        return ()
    lines = {} if order is None else {line.line_id: line for line in order.lines}
    started = []
    for index, message in enumerate(messages):
        at = found.at(f"started_parcels[{index}]")
        placements = read_placements(message.placements, lines, at)
        with at:
            started.append(StartedParcel(message.started_parcel_id, message.box_type_id, placements))
    return tuple(started)
