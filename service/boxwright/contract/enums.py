"""Converts between the enums of contract and domain, by name."""

import enum
from typing import Any, Generic, TypeVar, get_args

from boxwright.domain.box import BoxStyle, Opening
from boxwright.domain.factor import Component
from boxwright.domain.footprint import Allocation
from boxwright.domain.lane import TransportMode
from boxwright.domain.plan import UnpackedReason
from boxwright.domain.policy import Objective
from boxwright.domain.source_grade import SourceGrade
from boxwright.findings import Findings
from boxwright.v1 import box_type_pb2, footprint_pb2, lane_pb2, objective_pb2, plan_pb2, provenance_pb2

Member = TypeVar("Member", bound=str)


def numbers_of(enum_type: Any) -> dict[str, int]:
    """Return the numbers of a generated enum, by name without prefix in upper and in lower case.

    The empty string and ``unknown`` have the number of UNSPECIFIED.
    """
    prefix = enum_type.values_by_number[0].name.removesuffix("UNSPECIFIED")
    numbers = {value.name.removeprefix(prefix): value.number for value in enum_type.values}
    return {"": 0, "unknown": 0, **numbers, **{name.lower(): number for name, number in numbers.items()}}


class EnumCodec(Generic[Member]):
    """Converts an enum. The contract's name is ``PREFIX_`` and the value of the member in upper case.

    ``hint`` is the enum of the domain, or a type that contains it, such as a tuple. For plain strings, all names are
    members. A name without a member is not supported in this version.
    """

    def __init__(self, descriptor: Any, hint: type[Member]) -> None:
        self._names = {value.number: value.name for value in descriptor.values}
        self._numbers = numbers_of(descriptor)
        members: Any = _enum_in(hint) or [text for text, number in self._numbers.items() if number and text.islower()]
        self._members: dict[str, Member] = {self._names[self._numbers[member]]: member for member in members}

    def to_wire(self, member: Member) -> Any:
        """Return the number of a member."""
        return self._numbers[member]

    def read(self, number: int, found: Findings, field: str) -> Member | None:
        """Return the member of a number, or None after noting that the number is unknown, unsupported or 0."""
        name = self._names.get(number)
        if name is None or number == 0:
            found.add(field, f"must be one of {', '.join(self._members)}, got {name or number}")
            return None
        if name not in self._members:
            found.unsupported(field, name)
            return None
        return self._members[name]


def _enum_in(hint: Any) -> type[enum.Enum] | None:
    is_enum = isinstance(hint, enum.EnumType)
    return hint if is_enum else next(filter(None, map(_enum_in, get_args(hint))), None)


ALLOCATION = EnumCodec(footprint_pb2.Allocation.DESCRIPTOR, Allocation)
BOX_STYLE = EnumCodec(box_type_pb2.BoxStyle.DESCRIPTOR, BoxStyle)
COMPONENT = EnumCodec(footprint_pb2.FootprintComponent.DESCRIPTOR, Component)
OBJECTIVE = EnumCodec(objective_pb2.Objective.DESCRIPTOR, Objective)
OPENING = EnumCodec(box_type_pb2.BoxOpening.DESCRIPTOR, Opening)
SOURCE_GRADE: EnumCodec[Any] = EnumCodec(provenance_pb2.SourceGrade.DESCRIPTOR, SourceGrade)
TRANSPORT_MODE = EnumCodec(lane_pb2.TransportMode.DESCRIPTOR, TransportMode)
UNPACKED_REASON = EnumCodec(plan_pb2.UnpackedReason.DESCRIPTOR, UnpackedReason)
