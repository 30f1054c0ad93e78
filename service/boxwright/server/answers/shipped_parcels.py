"""The outcome that is stored with a plan, as its page shows it."""

from boxwright.contract.outcome import read_parcel
from boxwright.pages import Shipped, ShippedParcel
from boxwright.v1 import outcome_pb2, plan_pb2

REASONS = {
    "box_not_at_hand": "the box was not at hand",
    "did_not_fit": "the goods did not fit",
    "fitted_smaller": "the goods fitted a smaller box",
    "protection": "the goods looked badly protected",
    "unit_missing": "a unit was missing or damaged",
    "consignee_wish": "the consignee asked for it",
    "other": "another reason",
    "unstated": "other units than planned",
}
"""Why parcels are packed otherwise than planned, in words."""


def shipped_of(outcome: outcome_pb2.Outcome, plan: plan_pb2.Plan) -> Shipped:
    """Return what was recorded of a plan, for which it was judged then."""
    when = f"{outcome.pack_time.ToDatetime():%Y-%m-%d %H:%M} UTC"
    return Shipped(when, outcome.station, [_parcel(each, plan) for each in outcome.parcels])


def _parcel(sent: outcome_pb2.ShippedParcel, plan: plan_pb2.Plan) -> ShippedParcel:
    planned = sent.parcel_index if sent.HasField("parcel_index") else None
    read = read_parcel(sent, None if planned is None else plan.parcels[planned])
    reason = "" if planned is None and read.reason == "unstated" else REASONS.get(read.reason, "")
    if sent.open:
        reason = "; ".join(filter(None, (reason, "left open for another plan")))
    units = tuple(f"{each.line_id} {each.unit_index + 1}" for each in sent.units) if read.overridden else ()
    return ShippedParcel(
        planned,
        read.box_type_id or sent.other_box,
        reason,
        sent.override_note,
        read.measured_g,
        read.measured_mm,
        units,
    )
