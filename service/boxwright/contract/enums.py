"""Closed sets: enums of the contract and of the domain, matched by name."""

from collections.abc import Iterable
from typing import Any, Generic, TypeVar

from boxwright.domain.box import BoxStyle, Opening
from boxwright.domain.dunnage import DunnageKind
from boxwright.domain.factor import Component, Coverage, RecyclingRule, Stage
from boxwright.domain.footprint import Allocation
from boxwright.domain.lane import DistanceKind, TransportMode
from boxwright.domain.material import Collection, Compostability, MaterialKind
from boxwright.domain.order import DimensionStatus, FragilityClass, Orientation
from boxwright.domain.place import PlacePrecision
from boxwright.domain.plan import HandlingMark, PlanStatus, ProofScope, ProofStatus, UnpackedReason
from boxwright.domain.policy import MATERIAL_CLAIMS, Engine, Objective, Plausibility, SolvingMode, UnverifiedFactorRule
from boxwright.domain.price_table import WEIGHT_UNITS, PriceRounding
from boxwright.domain.proof import Proof
from boxwright.domain.protection import ProtectionRule
from boxwright.domain.source_grade import SourceGrade
from boxwright.domain.stacking import PalletPattern
from boxwright.findings import Findings
from boxwright.v1 import (
    accounting_profile_pb2,
    box_type_pb2,
    carrier_pb2,
    certificate_pb2,
    dunnage_pb2,
    footprint_pb2,
    geometry_pb2,
    lane_pb2,
    material_pb2,
    objective_pb2,
    order_pb2,
    parcel_pb2,
    plan_pb2,
    policy_pb2,
    price_table_pb2,
    protection_pb2,
    provenance_pb2,
    strength_pb2,
)

Member = TypeVar("Member", bound=str)


CODECS: dict[str, "EnumCodec[Any]"] = {}
"""By the full name of the generated enum."""


def numbers_of(enum_type: Any) -> dict[str, int]:
    """Return the numbers of a generated enum by the values of the domain: ``PREFIX_`` and upper case make the name.

    An empty text and ``unknown`` are UNSPECIFIED.
    """
    prefix = enum_type.values_by_number[0].name.removesuffix("UNSPECIFIED")
    numbers = {value.name.removeprefix(prefix): value.number for value in enum_type.values}
    return {"": 0, "unknown": 0, **numbers, **{name.lower(): number for name, number in numbers.items()}}


class EnumCodec(Generic[Member]):
    """Translates one enum; ``PREFIX_`` and the member's upper-case value make the name on the wire.

    Parameters
    ----------
    wire : EnumTypeWrapper
        The generated enum.
    members : iterable of str
        The domain's enum, or its texts; a value of the wire without a member is not supported in this version.
    """

    def __init__(self, wire: Any, members: Iterable[Member]) -> None:
        self._wire = wire
        self._numbers = numbers_of(wire.DESCRIPTOR)
        names = wire.DESCRIPTOR.values_by_number
        self._members = {names[self._numbers[member]].name: member for member in members}
        CODECS[wire.DESCRIPTOR.full_name] = self

    def to_wire(self, member: Member) -> Any:
        """Return the number of a member."""
        return self._numbers[member]

    def read(self, number: int, found: Findings, field: str) -> Member | None:
        """Return the member of a number, or None after noting why there is none; UNSPECIFIED has none."""
        known = self._wire.DESCRIPTOR.values_by_number.get(number)
        if known is None or number == 0:
            found.add(field, f"must be one of {', '.join(self._members)}, got {known.name if known else number}")
            return None
        if known.name not in self._members:
            found.unsupported(field, known.name)
            return None
        return self._members[known.name]


ALLOCATION = EnumCodec(footprint_pb2.Allocation, Allocation)
COLLECTION = EnumCodec(material_pb2.RecyclingCollection, Collection)
COMPOSTABILITY = EnumCodec(material_pb2.Compostability, Compostability)
BOX_STYLE = EnumCodec(box_type_pb2.BoxStyle, BoxStyle)
COMPONENT = EnumCodec(footprint_pb2.FootprintComponent, Component)
COVERAGE = EnumCodec(footprint_pb2.CoverageStatus, Coverage)
DIMENSION_STATUS = EnumCodec(order_pb2.DimensionStatus, DimensionStatus)
DISTANCE_KIND = EnumCodec(lane_pb2.DistanceKind, DistanceKind)
DUNNAGE_KIND = EnumCodec(dunnage_pb2.DunnageKind, DunnageKind)
ENGINE = EnumCodec(policy_pb2.Engine, Engine)
FRAGILITY_CLASS = EnumCodec(order_pb2.FragilityClass, FragilityClass)
HANDLING_MARK = EnumCodec(parcel_pb2.HandlingMark, HandlingMark)
MATERIAL_CLAIM = EnumCodec(policy_pb2.MaterialRequirement, MATERIAL_CLAIMS)
MATERIAL_KIND = EnumCodec(material_pb2.MaterialKind, MaterialKind)
OBJECTIVE = EnumCodec(objective_pb2.Objective, Objective)
PALLET_PATTERN = EnumCodec(strength_pb2.PalletPattern, PalletPattern)
OPENING = EnumCodec(box_type_pb2.BoxOpening, Opening)
ORIENTATION = EnumCodec(geometry_pb2.Orientation, Orientation)
PLACE_PRECISION = EnumCodec(lane_pb2.PlacePrecision, PlacePrecision)
PRICE_ROUNDING = EnumCodec(price_table_pb2.PriceRounding, PriceRounding)
PLAN_STATUS = EnumCodec(plan_pb2.PlanStatus, PlanStatus)
PROOF = EnumCodec(certificate_pb2.ProofKind, Proof)
PROTECTION_RULE = EnumCodec(protection_pb2.ProtectionRule, ProtectionRule)
PROOF_SCOPE = EnumCodec(certificate_pb2.CertificateScope, ProofScope)
PROOF_STATUS = EnumCodec(certificate_pb2.CertificateStatus, ProofStatus)
SOLVING_MODE = EnumCodec(policy_pb2.SolvingMode, SolvingMode)
RECYCLING_RULE = EnumCodec(accounting_profile_pb2.RecyclingRule, RecyclingRule)
SOURCE_GRADE = EnumCodec(provenance_pb2.SourceGrade, SourceGrade)
STAGE = EnumCodec(footprint_pb2.LifeCycleStage, Stage)
TRANSPORT_MODE = EnumCodec(lane_pb2.TransportMode, TransportMode)
UNPACKED_REASON = EnumCodec(plan_pb2.UnpackedReason, UnpackedReason)
PLAUSIBILITY = EnumCodec(policy_pb2.PlausibilityRule, Plausibility)
UNVERIFIED_FACTOR_RULE = EnumCodec(policy_pb2.UnverifiedFactorRule, UnverifiedFactorRule)
WEIGHT_UNIT = EnumCodec(carrier_pb2.CarrierWeightUnit, WEIGHT_UNITS)
