"""Footprints of one parcel between two places by road, rail, sea and air, and by diesel and electric van."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from boxwright.catalog.materials import Materials
from boxwright.domain.carrier import ChargeableWeight
from boxwright.domain.factor import AccountingProfile
from boxwright.domain.footprint import Allocation, Footprint, PackagingComponent
from boxwright.domain.lane import Lane, Leg, TransportMode
from boxwright.domain.warning import PlanWarning, WarningCode
from boxwright.errors import FieldViolation, InvalidInputError, UnsupportedError
from boxwright.footprint import PartData, estimate, flight_warnings
from boxwright.routing import check_places, derivation_warnings, derive

VANS = ("diesel", "electric")
"""Drives of vans, as ``default_vans`` of a profile names them."""


@dataclass(frozen=True, slots=True)
class WeighedParcel:
    """The figures of a parcel for a footprint: packaging, gross mass, bill and outer volume, as far as known.

    ``data`` states the source of the mass of packaging parts; the mass of other parts is exact.
    """

    packaging: tuple[PackagingComponent, ...]
    gross_mg: int
    chargeable: ChargeableWeight | None = None
    outer_um3: int | None = None
    data: tuple[PartData, ...] = ()


@dataclass(frozen=True, slots=True)
class ModeAlternative:
    """One way to carry a parcel between two places.

    Attributes
    ----------
    name : str
        ``road``, ``rail``, ``sea``, ``air``, ``van_diesel`` or ``van_electric``.
    legs : tuple of Leg
        Legs derived from the places; empty if the mode does not connect them. Each profile has its own class of van.
    footprints : tuple of Footprint
        Footprints by profile and allocation; ``missing`` lists factors that a profile lacks.
    obstacles : tuple of str
        Reasons why there are no legs, or no footprint of an allocation; empty if nothing is lacking.
    """

    name: str
    legs: tuple[Leg, ...]
    footprints: tuple[Footprint, ...]
    obstacles: tuple[str, ...] = ()


def mode_alternatives(
    parcel: WeighedParcel,
    lane: Lane,
    profiles: Sequence[AccountingProfile],
    allocations: Sequence[Allocation],
    materials: Materials,
) -> tuple[ModeAlternative, ...]:
    """Return the footprints of a parcel by each mode between the lane's places.

    The lane has neither legs nor a main mode, and states whether hubs and radiative forcing count. Each profile and
    allocation has its own footprint.

    Raises
    ------
    InvalidInputError
        If the lane has legs or a main mode, lacks a place, or a place cannot be located. A mode that does not connect
        the places has an obstacle and raises no error.
    """
    broken = [
        FieldViolation(f"lane.{field}", rule)
        for field, wrong, rule in (
            ("legs", bool(lane.legs), "must be empty: they are derived for each mode"),
            ("main_mode", lane.main_mode is not None, "must not be set: each mode is tried"),
            ("origin", lane.origin is None, "is required"),
            ("destination", lane.destination is None, "is required"),
        )
        if wrong
    ]
    if broken:
        raise InvalidInputError(broken)
    check_places(lane, materials)
    ways: dict[TransportMode, Lane | tuple[str, ...]] = {}
    for mode in TransportMode:
        try:
            ways[mode] = derive(replace(lane, derive_legs=True, main_mode=mode), materials)
        except UnsupportedError:
            raise
        except InvalidInputError as error:  # the reason why the mode does not connect the places
            ways[mode] = tuple(broken.rule.removeprefix(f"must not be {mode.value}: ") for broken in error.violations)
    vans = ((f"van_{drive}", ways[TransportMode.ROAD], drive) for drive in VANS)
    found = []
    for name, way, drive in (*((mode.value, way, "") for mode, way in ways.items()), *vans):
        if not isinstance(way, Lane):
            found.append(ModeAlternative(name, (), (), way))
            continue
        footprints: list[Footprint] = []
        obstacles: dict[str, None] = {}
        for profile in profiles:
            by_profile = way
            if drive:  # if the profile lacks the class, the footprint lists it as missing
                vehicle = profile.van(drive) or name
                by_profile = replace(way, legs=tuple(replace(leg, vehicle=vehicle) for leg in way.legs))
            for allocation in allocations:
                load, known = (parcel.packaging, parcel.gross_mg, parcel.chargeable), (parcel.outer_um3, parcel.data)
                try:
                    footprints.append(estimate(*load, by_profile, profile, allocation, materials, *known))
                except InvalidInputError as error:
                    obstacles |= dict.fromkeys(map(str, error.violations))
        found.append(ModeAlternative(name, way.legs, tuple(footprints), tuple(obstacles)))
    return tuple(found)


def mode_warnings(
    alternatives: Sequence[ModeAlternative], lane: Lane, profiles: Sequence[AccountingProfile], materials: Materials
) -> list[PlanWarning]:
    """Return the warnings on the legs and data of ``mode_alternatives``, without repeats."""
    found = []
    for legs in dict.fromkeys(alternative.legs for alternative in alternatives if alternative.legs):
        way = replace(lane, legs=legs, derive_legs=False, main_mode=None)
        # A gateway is given for modes that use one, and other modes ignore it.
        found += [
            warning for warning in derivation_warnings(way, materials) if warning.code != WarningCode.IDLE_GATEWAY
        ]
        # Derived legs have no index in the request.
        found += [replace(warning, field="lane") for warning in flight_warnings(way, profiles)]
    return list(dict.fromkeys(found))
