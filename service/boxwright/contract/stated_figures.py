"""Compares the figures of a stated plan with computed ones."""

import math
from collections.abc import Iterator
from typing import Any

from google.protobuf.message import Message

from boxwright.checking import PlanViolation, ViolationKind
from boxwright.stop import NEVER, Stop
from boxwright.v1 import plan_pb2

FACTS = {
    "Plan": {"unpacked"},
    "Parcel": {
        *("placements", "box_type_id", "ships_in_own_container", "parcel_index", "started_parcel_id", "cushioning_id"),
        "empty_spaces",  # can be cut in several ways, and the independent check covers them
    },
}
"""Fields that are read as facts, by type of message."""

NOT_JUDGED = {
    "Plan": {
        "name",
        "certificate",
        "versions",
        "warnings",
        "cut_short",
        "effort_used",
        "create_time",
        "canonical_hash",
        "ship_date",
        "site",
        "verdicts",
        "outcome",
    },
    "Parcel": {"box_type", "bench"},
    "Footprint": {"coverage", "boundary", "interval", "mass_data"},
    "FootprintLine": {"source", "mass_parts"},
    "PackagingComponent": {"dunnage_id"},
}
"""Fields, by message type, that tell how a plan was made or explain its figures. They are not compared."""

KEYS = {"Footprint": ("accounting_profile", "allocation"), "ChargeableWeight": ("carrier_service",)}
"""Fields that identify the entries of a list; an entry is compared with the computed entry of the same values."""

WHOLE = {"Footprint": {"factors_complete", "missing", "biogenic_missing", "missing_scope"}}
"""Fields that are compared even if they are empty, if the footprint has ``lines`` and ``coverage``."""

TOLERANCE = 1e-6
"""Relative tolerance; also the absolute tolerance in the unit of the field, such as 0.001 mg for grams."""


def wrong_figures(stated: plan_pb2.Plan, computed: plan_pb2.Plan, stop: Stop = NEVER) -> list[PlanViolation]:
    """Return a violation for each stated figure that differs from the computed figure."""
    found = [*_differences(stated, computed, "plan", None, stop), *_in_placements(stated, computed, stop)]
    return [
        PlanViolation(ViolationKind.WRONG_FIGURE, f"{path} is stated as {given} but is {true}", parcel_index)
        for path, parcel_index, given, true in found
    ]


Difference = tuple[str, int | None, object, object]


def unlike(stated: Message, computed: Message, path: str) -> Iterator[str]:
    """Yield a sentence for each field in which two messages differ; every field is compared."""
    for at, _, given, true in _differences(stated, computed, path, None, NEVER, whole=True):
        yield f"{at} is stated as {given} but is {true}"


def _differences(
    stated: Message, computed: Message, path: str, parcel: int | None, stop: Stop, *, whole: bool = False
) -> Iterator[Difference]:
    """Yield the differences of the stated figures or, if ``whole``, of all fields."""
    stop.look()
    kind = type(stated).DESCRIPTOR.name
    skipped = set() if whole else FACTS.get(kind, set()) | NOT_JUDGED.get(kind, set())
    compared = {field.name for field in stated.DESCRIPTOR.fields} if whole else set()
    if kind in WHOLE and stated.lines and stated.coverage:  # type: ignore[attr-defined]  # a footprint has them
        compared |= WHOLE[kind]
    compared = (compared | {field.name for field, _ in stated.ListFields()}) - skipped
    for field in stated.DESCRIPTOR.fields:
        if field.name not in compared:
            continue
        given, found, at = getattr(stated, field.name), getattr(computed, field.name), f"{path}.{field.name}"
        if field.is_repeated:
            yield from _in_list(list(given), list(found), at, parcel, stop, whole=whole)
        elif whole and field.has_presence and stated.HasField(field.name) != computed.HasField(field.name):
            given, found = ("present" if message.HasField(field.name) else "absent" for message in (stated, computed))
            yield at, parcel, given, found
        elif isinstance(given, Message):
            yield from _differences(given, found, at, parcel, stop, whole=whole)
        elif not _same(given, found):
            yield at, parcel, _word(field, given), _word(field, found)


def _in_placements(stated: plan_pb2.Plan, computed: plan_pb2.Plan, stop: Stop) -> Iterator[Difference]:
    """Yield the stated compartments and wall margins that differ from the computed ones.

    Margins of 0, and the margins of a started parcel, which its units keep, are not compared.
    """
    for index, (sent, parcel) in enumerate(zip(stated.parcels, computed.parcels, strict=True)):
        placed = {(placement.line_id, placement.unit_index): placement for placement in parcel.placements}
        for at, given in enumerate(sent.placements):
            stop.look()
            true, path = placed[given.line_id, given.unit_index], f"plan.parcels[{index}].placements[{at}]"
            if given.HasField("compartment") and not (
                true.HasField("compartment") and given.compartment == true.compartment
            ):
                stands_in = true.compartment if true.HasField("compartment") else "none"
                yield f"{path}.compartment", index, given.compartment, stands_in
            margins = given.wall_margin_mm, true.wall_margin_mm
            if given.wall_margin_mm and not sent.started_parcel_id and not _same(*margins):
                yield f"{path}.wall_margin_mm", index, *margins


def _in_list(
    given: list[Any], found: list[Any], path: str, parcel: int | None, stop: Stop, *, whole: bool
) -> Iterator[Difference]:
    names = KEYS.get(type(given[0]).DESCRIPTOR.name, ()) if given and isinstance(given[0], Message) else ()
    if names and not whole:
        counterparts = {tuple(getattr(entry, name) for name in names): entry for entry in found}
        for index, entry in enumerate(given):
            counterpart = counterparts.get(tuple(getattr(entry, name) for name in names))
            if counterpart is not None:
                yield from _differences(entry, counterpart, f"{path}[{index}]", parcel, stop)
        return
    if len(given) != len(found):
        yield path, parcel, f"{len(given)} entries", f"{len(found)} entries"
        return
    for index, (one, other) in enumerate(zip(given, found, strict=True)):
        stop.look()
        at = f"{path}[{index}]"
        if isinstance(one, Message):
            place = index if path == "plan.parcels" else parcel
            yield from _differences(one, other, at, place, stop, whole=whole)
        elif not _same(one, other):
            yield at, parcel, one, other


def _same(given: object, found: object) -> bool:
    """Return whether two figures are equal, within the tolerance unless both are whole numbers."""
    if isinstance(given, float) and isinstance(found, float) and not (given.is_integer() and found.is_integer()):
        return math.isclose(given, found, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return given == found


def _word(field: Any, value: Any) -> object:
    if field.enum_type is None:
        return int(value) if isinstance(value, float) and value.is_integer() else value
    known = field.enum_type.values_by_number.get(value)
    return known.name if known else value
