"""Helpers to build outcomes."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from boxwright_client.enums import enum_value
from boxwright_client.v1 import geometry_pb2, outcome_pb2, packing_service_pb2, placement_pb2


def shipped(
    box_type_id: str = "",
    parcel_index: int | None = None,
    *,
    other_box: str = "",
    measured_gross_g: float | None = None,
    measured_outer_mm: tuple[float, float, float] | None = None,
    override_reason: outcome_pb2.OverrideReason.ValueType | str = outcome_pb2.OVERRIDE_REASON_UNSPECIFIED,
    override_note: str = "",
    units: Iterable[tuple[str, int]] = (),
    still_open: bool = False,
) -> outcome_pb2.ShippedParcel:
    """Return a parcel as shipped.

    Parameters
    ----------
    box_type_id : str, optional
        Box type used. Default: none; ``other_box`` is set.
    parcel_index : int, optional
        Index of the planned parcel, from 0. Default: the parcel was not planned.
    other_box : str, optional
        Description of a box that is not in the plan's catalog. Default: empty.
    measured_gross_g : float, optional
        Mass on the scale, in g. Default: not weighed.
    measured_outer_mm : tuple of float, optional
        Outer length, width and height, in mm. Default: not measured.
    override_reason : OverrideReason or str, optional
        Reason for packing otherwise than planned, such as ``"box_not_at_hand"``. Default: packed as planned.
    override_note : str, optional
        Reason in words; required with ``"other"``. Default: empty.
    units : iterable of (str, int), optional
        Units in the parcel, as line id and index from 0; required for a parcel that was not planned. Default: those of
        the planned parcel.
    still_open : bool, optional
        Whether another plan will fill it further; ``units`` are those in it so far. Default: it is closed.

    Raises
    ------
    ValueError
        If the reason is unknown.
    """
    reason = enum_value(outcome_pb2.OverrideReason, "OVERRIDE_REASON_", "override_reason", override_reason)
    parcel = outcome_pb2.ShippedParcel(
        parcel_index=parcel_index,
        box_type_id=box_type_id,
        other_box=other_box,
        measured_gross_g=measured_gross_g,
        override_reason=reason,
        override_note=override_note,
        units=[placement_pb2.UnitRef(line_id=line_id, unit_index=index) for line_id, index in units],
        open=still_open,
    )
    if measured_outer_mm is not None:
        length, width, height = measured_outer_mm
        parcel.measured_outer.CopyFrom(geometry_pb2.Dimensions(length_mm=length, width_mm=width, height_mm=height))
    return parcel


def measured(
    line_id: str, dimensions_mm: tuple[float, float, float] | None = None, *, mass_g: float | None = None
) -> outcome_pb2.MeasuredLine:
    """Return the measured size of a unit of a line (length, width, height in mm), its mass in g, or both."""
    line = outcome_pb2.MeasuredLine(line_id=line_id, mass_g=mass_g)
    if dimensions_mm is not None:
        length, width, height = dimensions_mm
        line.dimensions.CopyFrom(geometry_pb2.Dimensions(length_mm=length, width_mm=width, height_mm=height))
    return line


def outcome_request(
    plan: str,
    parcels: Iterable[outcome_pb2.ShippedParcel],
    *,
    not_shipped: Iterable[int] = (),
    measured_lines: Iterable[outcome_pb2.MeasuredLine] = (),
    station: str = "",
    pack_time: datetime | None = None,
    request_id: str = "",
) -> packing_service_pb2.RecordOutcomeRequest:
    """Return the request to record the outcome of a stored plan.

    Parameters
    ----------
    plan : str
        Name of the plan, ``plans/{plan}``.
    parcels : iterable of ShippedParcel
        All shipped parcels; ``shipped`` makes one.
    not_shipped : iterable of int, optional
        Indices of planned parcels, from 0, that were not shipped and whose units are not all in others. Default: none.
    measured_lines : iterable of MeasuredLine, optional
        Lines whose units differ in size or mass from the order; ``measured`` makes one. Default: none.
    station : str, optional
        Pack station. Default: empty.
    pack_time : datetime, optional
        End of packing, with time zone. Default: when the server receives the outcome.
    request_id : str, optional
        Makes the call safe to repeat. Default: a new UUID, which covers the retries of one call; pass your own if you
        keep outcomes to send them later.

    Raises
    ------
    ValueError
        If ``pack_time`` has no time zone.
    """
    request = packing_service_pb2.RecordOutcomeRequest(
        request_id=request_id or str(uuid.uuid4()),
        outcome=outcome_pb2.Outcome(
            plan=plan, parcels=parcels, station=station, not_shipped=not_shipped, measured_lines=measured_lines
        ),
    )
    if pack_time is not None:
        if pack_time.tzinfo is None:
            raise ValueError(f"pack_time must have a time zone, got {pack_time}")
        request.outcome.pack_time.FromDatetime(pack_time)
    return request
