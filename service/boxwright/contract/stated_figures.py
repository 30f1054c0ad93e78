"""Compares the figures of a stated plan with computed ones."""

import math
from collections.abc import Iterator
from typing import Any

from google.protobuf.message import Message

from boxwright.checking import PlanViolation, ViolationKind
from boxwright.domain.rounded import count
from boxwright.stop import NEVER, Stop
from boxwright.v1 import plan_pb2

FACTS = {
    "Plan": {"unpacked"},
    "Parcel": {
        *("placements", "box_type_id", "ships_in_own_container", "parcel_index", "started_parcel_id", "cushioning_id"),
        "empty_spaces",  # the independent check covers these: there is more than one way to cut them
    },
}
"""Fields that are read as facts."""

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
"""Fields about the making of a plan, or that explain its figures; they cannot be compared."""

KEYS = {"Footprint": ("accounting_profile", "allocation"), "ChargeableWeight": ("carrier_service",)}
"""Fields that identify list entries; an entry without a counterpart is not compared."""

WHOLE = {"Footprint": {"factors_complete", "missing", "biogenic_missing", "missing_scope"}}
"""Fields of a complete footprint, with ``lines`` and ``coverage``, that are compared even if they are empty."""

TOLERANCE = 1e-6
"""Relative tolerance, and absolute tolerance in the field's unit, such as a thousandth of a milligram."""


def wrong_figures(stated: plan_pb2.Plan, computed: plan_pb2.Plan, stop: Stop = NEVER) -> list[PlanViolation]:
    """Return a violation for each stated figure that differs from the computed one."""
    found = [*_differences(stated, computed, "plan", None, stop), *_in_placements(stated, computed, stop)]
    return [
        PlanViolation(ViolationKind.WRONG_FIGURE, f"{path} is stated as {given} but is {true}", parcel_index)
        for path, parcel_index, given, true in found
    ]


Difference = tuple[str, int | None, object, object]


def unlike(stated: Message, computed: Message, path: str) -> Iterator[str]:
    """Yield a sentence per field in which two messages differ, including fields that are not stated."""
    for field in stated.DESCRIPTOR.fields:
        given, found, at = getattr(stated, field.name), getattr(computed, field.name), f"{path}.{field.name}"
        if field.is_repeated:
            if len(given) != len(found):
                yield f"{at} has {count(len(given), 'entry', 'entries')}, and must have {len(found)}"
                continue
            for index, (one, other) in enumerate(zip(given, found, strict=True)):
                if isinstance(one, Message):
                    yield from unlike(one, other, f"{at}[{index}]")
                elif not _same(one, other):
                    yield f"{at}[{index}] is stated as {one}, and is {other}"
        elif field.has_presence and stated.HasField(field.name) != computed.HasField(field.name):
            yield f"{at} is stated, and is not known" if stated.HasField(field.name) else f"{at} is not stated"
        elif isinstance(given, Message):
            yield from unlike(given, found, at)
        elif not _same(given, found):
            yield f"{at} is stated as {_word(field, given)}, and is {_word(field, found)}"


def _differences(stated: Message, computed: Message, path: str, parcel: int | None, stop: Stop) -> Iterator[Difference]:
    stop.look()
    kind = type(stated).DESCRIPTOR.name
    skipped = FACTS.get(kind, set()) | NOT_JUDGED.get(kind, set())
    fields: list[tuple[Any, Any]] = [*stated.ListFields()]
    if kind in WHOLE and stated.lines and stated.coverage:  # type: ignore[attr-defined]  # a footprint has them
        named = {field.name for field, _ in fields}
        empty = (field for field in stated.DESCRIPTOR.fields if field.name in WHOLE[kind] - named)
        fields += ((field, getattr(stated, field.name)) for field in empty)
    for field, given in fields:
        if field.name in skipped:
            continue
        found = getattr(computed, field.name)
        at = f"{path}.{field.name}"
        if field.is_repeated:
            yield from _in_list(list(given), list(found), at, parcel, stop)
        elif isinstance(given, Message):
            yield from _differences(given, found, at, parcel, stop)
        elif not _same(given, found):
            yield at, parcel, _word(field, given), _word(field, found)


def _in_placements(stated: plan_pb2.Plan, computed: plan_pb2.Plan, stop: Stop) -> Iterator[Difference]:
    """Yield compartments and wall margins that do not follow from box, corner and line; a margin of 0 is not compared.

    Units in a started parcel keep the margins that they were packed with.
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


def _in_list(given: list[Any], found: list[Any], path: str, parcel: int | None, stop: Stop) -> Iterator[Difference]:
    names = KEYS.get(type(given[0]).DESCRIPTOR.name, ()) if given and isinstance(given[0], Message) else ()
    if names:
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
            yield from _differences(one, other, at, index if path == "plan.parcels" else parcel, stop)
        elif not _same(one, other):
            yield at, parcel, one, other


def _same(given: object, found: object) -> bool:
    """Return whether two figures are equal; integers, such as mg of CO2e, exactly."""
    if isinstance(given, float) and isinstance(found, float) and not (given.is_integer() and found.is_integer()):
        return math.isclose(given, found, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return given == found


def _word(field: Any, value: Any) -> object:
    if field.enum_type is None:
        return int(value) if isinstance(value, float) and value.is_integer() else value
    known = field.enum_type.values_by_number.get(value)
    return known.name if known else value
