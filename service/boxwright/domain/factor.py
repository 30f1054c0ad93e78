"""Emission factors and the accounting profiles that keep them apart."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Annotated

from boxwright.domain.fields import Positive, Ruled, fits, one_of
from boxwright.domain.lane import TransportMode
from boxwright.domain.source_grade import SourceGrade
from boxwright.errors import FieldViolation
from boxwright.lazy import cached_property


class Stage(enum.StrEnum):
    """Life-cycle stage."""

    PRODUCTION = "production"
    END_OF_LIFE = "end_of_life"
    CRADLE_TO_GRAVE = "cradle_to_grave"
    REUSE = "reuse"
    TRANSPORT_TTW = "transport_ttw"
    TRANSPORT_WTT = "transport_wtt"
    TRANSPORT_WTW = "transport_wtw"
    RADIATIVE_FORCING = "radiative_forcing"


WHOLE_OF = {
    Stage.PRODUCTION: Stage.CRADLE_TO_GRAVE,
    Stage.END_OF_LIFE: Stage.CRADLE_TO_GRAVE,
    Stage.TRANSPORT_TTW: Stage.TRANSPORT_WTW,
    Stage.TRANSPORT_WTT: Stage.TRANSPORT_WTW,
}
"""The stage that includes each of these stages; a profile has the whole or its parts for a subject, never both."""


class Component(enum.StrEnum):
    """Component of a footprint: a part of the packaging, transport, or hubs between legs."""

    BOX = "box"
    INNER_BOX = "inner_box"
    CUSHIONING = "cushioning"
    VOID_FILL = "void_fill"
    TAPE = "tape"
    BLOCKING = "blocking"
    LABEL = "label"
    SALES_PACKAGING = "sales_packaging"
    TRANSPORT = "transport"
    HUB = "hub"

    @property
    def words(self) -> str:
        """The name as text."""
        return self.value.replace("_", " ")


TONNE_KM = "tkm"
"""Unit of transport activity."""

CARRIED = frozenset({Component.TRANSPORT, Component.HUB})
"""Components of transport; all others are packaging."""


class Coverage(enum.StrEnum):
    """Coverage of a component and stage by a profile."""

    FACTOR = "factor"
    INCLUDED = "included_in_other_line"
    OUTSIDE = "outside_boundary"
    MISSING = "missing"


class RecyclingRule(enum.StrEnum):
    """Treatment of recycled content.

    ``CUT_OFF``: the user of recycled material bears its recycling, and avoided material is not credited.
    ``AVOIDED_BURDEN``: recycling is credited at the end of life, so recycled content earns nothing.
    """

    CUT_OFF = "cut_off"
    AVOIDED_BURDEN = "avoided_burden"


@dataclass(frozen=True, slots=True)
class EmissionFactor:
    """kg CO2e per unit of activity."""

    factor_id: str
    """Id, unique in ``materials/``."""
    profile_id: str
    """The only profile that may use it."""
    subject: str
    """Material id, transport class or hub class."""
    stage: Stage
    value: Decimal
    """kg CO2e per ``unit``."""
    unit: Annotated[str, one_of("kg", "piece", "tkm", "t")]
    """Unit: ``kg`` (of material), ``piece`` (washed), ``tkm`` (tonne-kilometre) or ``t`` (tonne that leaves a hub)."""
    low: Decimal | None
    high: Decimal | None
    """Range of the value, stated by the source or assumed by a sourced rule; None if unknown."""
    year: str
    region: str
    boundary: str
    gwp_basis: str
    source: str
    table: str
    url: str
    licence: str
    data_quality: str
    """Origin of the value; ``source`` is a citation that anyone can open."""
    read_in_source: bool
    note: str = ""
    recycled_content: (
        Annotated[Decimal, lambda value: None if value in (0, 1) else f"must be 0 or 1, got {value}"] | None
    ) = None
    """Share of recycled input for which the row holds, 0 or 1; None for unknown content."""
    range_assumed: bool = False
    """Whether the range is an estimate or follows from the data-quality rule."""
    mode: TransportMode | None = None
    """Mode of a transport class; None for other subjects."""
    biogenic_included: bool = False
    """Whether the value includes biogenic CO2."""
    source_grade: SourceGrade = SourceGrade.OWN
    read_on: str = ""
    """Day on which the copy of the document was hashed, such as ``2026-12-01``; empty if unknown."""
    copy_sha256: str = ""
    """SHA-256 of that copy, in hex; empty if unknown."""

    @property
    def derivation(self) -> str:
        """Derivation of our own figure, or parts that a publisher's figure leaves out; otherwise empty."""
        return self.note if self.source_grade is SourceGrade.OWN or "not counted" in self.note else ""


class FlightEnds(enum.StrEnum):
    """Ends of a flight relative to the profile's countries."""

    DOMESTIC = "domestic"
    TO_FROM = "to_from"
    ELSEWHERE = "elsewhere"
    UNKNOWN = "unknown"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class AirClass(Ruled):
    """A rule that assigns a transport class to flights by their ends and distance."""

    ends: FlightEnds
    """Ends of the flights. ``domestic``: both in the profile's countries; ``to_from``: one of them; ``elsewhere``:
    neither; ``unknown``: not stated; ``any``: all flights."""
    below_km: Positive | None
    """Stated distance below which the rule applies; None for any distance that earlier rules leave."""
    vehicle: str
    """Transport class of the profile."""
    source: str
    read_in_source: bool
    note: str = ""
    source_grade: SourceGrade = SourceGrade.OWN

    @property
    def words(self) -> str:
        """The rule as text."""
        where = {
            FlightEnds.DOMESTIC: "within the profile's country",
            FlightEnds.TO_FROM: "to or from the profile's country",
            FlightEnds.ELSEWHERE: "between other countries",
            FlightEnds.UNKNOWN: "between unknown countries",
            FlightEnds.ANY: "",
        }[self.ends]
        how_far = "" if self.below_km is None else f"below {self.below_km:,} km"
        return " ".join(("class of flights", *filter(None, (where, how_far)))) + (
            "" if self.read_in_source else ", own rule"
        )


@dataclass(frozen=True, slots=True)
class CoverageCell:
    """Coverage of a component and stage, with its reason."""

    component: Component
    stage: Stage
    coverage: Coverage
    note: str = ""


@dataclass(frozen=True)
class AccountingProfile(Ruled):
    """A coherent set of factors and rules.

    No two factors share subject, stage and recycled content; a subject has a factor for a whole (life, well to wheel)
    or for its parts; all factors of a transport class have one mode.
    """

    profile_id: Annotated[str, fits("[^@]+@.+", "must be name@version")]
    """Id and version as ``name@version``, such as ``uk-desnz@2025``."""
    name: str
    standard: str
    gwp_basis: str
    year: str
    region: str
    licence: str
    source: str
    coverage: tuple[CoverageCell, ...]
    factors: tuple[EmissionFactor, ...]
    """Factors of the profile, never summed with those of another."""
    default_vehicles: tuple[tuple[TransportMode, str], ...]
    """Transport classes of legs that name none."""
    end_of_life_route: str = ""
    """Disposal that its end-of-life factors assume, as text."""
    note: str = ""
    recycling_rule: RecyclingRule = RecyclingRule.CUT_OFF
    default_hub: str = ""
    """Hub class of legs that name none. Default: none."""
    default_vans: tuple[tuple[str, str], ...] = ()
    """Transport classes of vans by drive: ``diesel``, ``electric``."""
    countries: tuple[str, ...] = ()
    """Countries within which flights are domestic."""
    air_classes: tuple[AirClass, ...] = ()
    """Rules for flights that name no transport class, in order; without a match, the mode's default applies."""

    def _broken_rules(self) -> Iterator[FieldViolation]:
        seen: set[tuple[str, Stage, Decimal | None]] = set()
        stages = {(factor.subject, factor.stage) for factor in self.factors}
        for index, factor in enumerate(self.factors):
            at = f"factors[{index}]"
            key = (factor.subject, factor.stage, factor.recycled_content)
            if factor.profile_id != self.profile_id:
                yield FieldViolation(f"{at}.profile_id", f"must be {self.profile_id!r}, got {factor.profile_id!r}")
            if key in seen:
                yield FieldViolation(at, f"must be the only factor of {factor.subject!r} and {factor.stage.value}")
            seen.add(key)
            mode = self.mode_of(factor.subject)
            if factor.unit == TONNE_KM and factor.mode is not mode:
                rule = f"must be {mode.value if mode else 'empty'} as in other factors of {factor.subject!r}"
                yield FieldViolation(f"{at}.mode", rule)
            whole = WHOLE_OF.get(factor.stage)
            if whole is not None and (factor.subject, whole) in stages:
                beside = f"{whole.value} of {factor.subject!r}, which includes {factor.stage.value}"
                yield FieldViolation(f"{at}.stage", f"must be absent, since there is {beside}")

    def factor(self, subject: str, stage: Stage) -> EmissionFactor | None:
        """Return the average factor of a subject and stage, or None."""
        return self._factor_index.get((subject, stage, None))

    def factor_of_content(self, subject: str, stage: Stage, recycled_content: Decimal) -> EmissionFactor | None:
        """Return the factor of a subject with a share of recycled input of 0 or 1, or None."""
        return self._factor_index.get((subject, stage, recycled_content))

    def factor_of_id(self, factor_id: str) -> EmissionFactor | None:
        """Return the factor of an id, or None."""
        return self._id_index.get(factor_id)

    def cell(self, component: Component, stage: Stage) -> CoverageCell:
        """Return the coverage of a component and stage; MISSING if not stated."""
        return self._cell_index.get((component, stage)) or CoverageCell(component, stage, Coverage.MISSING)

    def vehicle(self, mode: TransportMode) -> str:
        """Return the default transport class of a mode, or an empty text."""
        return dict(self.default_vehicles).get(mode, "")

    def air_class(self, distance_km: Fraction, ends: FlightEnds) -> AirClass | None:
        """Return the first rule for a flight, or None."""
        for rule in self.air_classes:
            if rule.ends in (ends, FlightEnds.ANY) and (rule.below_km is None or distance_km < rule.below_km):
                return rule
        return None

    def flight_ends(self, countries: tuple[str, str] | None) -> FlightEnds:
        """Return the ends of a flight between two countries; ``countries`` is None if unknown."""
        if countries is None:
            return FlightEnds.UNKNOWN
        at_home = sum(country in self.countries for country in countries)
        return (FlightEnds.ELSEWHERE, FlightEnds.TO_FROM, FlightEnds.DOMESTIC)[at_home]

    def mode_of(self, vehicle: str) -> TransportMode | None:
        """Return the mode of a transport class; None if the profile lacks it."""
        return self._mode_index.get(vehicle)

    def van(self, drive: str) -> str:
        """Return the transport class of a van by its drive, or an empty text."""
        return dict(self.default_vans).get(drive, "")

    @cached_property
    def _factor_index(self) -> dict[tuple[str, Stage, Decimal | None], EmissionFactor]:
        return {(factor.subject, factor.stage, factor.recycled_content): factor for factor in self.factors}

    @cached_property
    def _id_index(self) -> dict[str, EmissionFactor]:
        return {factor.factor_id: factor for factor in self.factors}

    @cached_property
    def _mode_index(self) -> dict[str, TransportMode | None]:
        return {factor.subject: factor.mode for factor in reversed(self.factors) if factor.unit == TONNE_KM}

    @cached_property
    def _cell_index(self) -> dict[tuple[Component, Stage], CoverageCell]:
        return {(cell.component, cell.stage): cell for cell in reversed(self.coverage)}
