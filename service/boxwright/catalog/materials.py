"""The data of ``materials/`` as one typed, versioned, hashed object."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TypeVar

from boxwright.domain.carrier import CarrierRule
from boxwright.domain.dunnage import Dunnage
from boxwright.domain.factor import AccountingProfile
from boxwright.domain.lane import DistanceKind, TransportMode
from boxwright.domain.material import Board, Material, RecyclingStream
from boxwright.domain.order import FragilityClass
from boxwright.domain.source_grade import SourceGrade
from boxwright.errors import FieldViolation, InvalidInputError

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class DistanceAdjustment:
    """How a planned distance becomes a transport activity distance (ISO 14083).

    ``activity distance = distance x multiplier + addend_km``.
    """

    mode: TransportMode
    distance_kind: DistanceKind
    multiplier: Decimal
    addend_km: Decimal
    source: str
    url: str
    read_in_source: bool
    source_grade: SourceGrade = SourceGrade.OWN


@dataclass(frozen=True, slots=True)
class MeanDensity:
    """Mean mass of freight per m3 of the load of a profile's transport class, in kg."""

    profile_id: str
    subject: str
    kg_per_m3: Decimal
    low: Decimal | None
    high: Decimal | None
    source: str
    url: str
    read_in_source: bool
    note: str = ""
    source_grade: SourceGrade = SourceGrade.OWN


@dataclass(frozen=True, slots=True)
class FragilityRange:
    """Range of G-levels (peak acceleration survived, in multiples of g) of a fragility class, with example goods.

    ``max_load_g`` (None: no rule) and ``upright`` hold for units of the class whose line does not say otherwise;
    ``rule_source`` says whose rules those are. ``note`` has the example goods.
    """

    fragility_class: FragilityClass
    g_low: Decimal
    g_high: Decimal
    source: str
    read_in_source: bool
    note: str = ""
    max_load_g: Decimal | None = None
    upright: bool = False
    rule_source: str = ""
    source_grade: SourceGrade = SourceGrade.OWN


@dataclass(frozen=True, slots=True)
class DropHeight:
    """Drop height of one mass band: gross mass above ``above_kg`` and up to ``up_to_kg`` (None: no upper end).

    A mass on a border belongs to the lighter band, which has the higher drop.
    """

    profile: str
    above_kg: Decimal
    up_to_kg: Decimal | None
    height_mm: Decimal
    source: str
    url: str
    read_in_source: bool
    note: str = ""
    source_grade: SourceGrade = SourceGrade.OWN


@dataclass(frozen=True, slots=True)
class StrengthFigure:
    """A figure of the compression formula, or a multiplier that derates it.

    Of what derates by steps (time under load in days, relative humidity in %) a row holds up to ``up_to``.
    """

    row_id: str
    factor: str
    up_to: Decimal | None
    value: Decimal
    low: Decimal | None = None
    high: Decimal | None = None
    source: str = ""
    read_in_source: bool = False
    note: str = ""
    source_grade: SourceGrade = SourceGrade.OWN


@dataclass(frozen=True, slots=True)
class TapeRule:
    """Which seams are taped: strips along the opening and opposite it, and across the edges at both of their ends."""

    rule_id: str
    seam_strips: int
    edge_strips: int
    edge_overlap_mm: Decimal
    source: str = ""
    read_in_source: bool = False
    note: str = ""
    source_grade: SourceGrade = SourceGrade.OWN


@dataclass(frozen=True, slots=True)
class RuleFigure:
    """A figure of a rule, in its own unit: of that on blocking, or of those on what an order plausibly holds."""

    rule_id: str
    value: Decimal
    unit: str
    source: str = ""
    read_in_source: bool = False
    note: str = ""
    source_grade: SourceGrade = SourceGrade.OWN


@dataclass(frozen=True, slots=True)
class CertificateGrade:
    """A grade of the US box certificate: what a box of board with at least this edge crush may weigh and measure.

    Limits stand in the pounds and inches in which they are published.
    """

    grade_id: str
    wall: str
    grade: str
    edge_crush_kn_per_m: Decimal
    max_gross_lb: Decimal
    max_sum_in: Decimal
    source: str = ""
    read_in_source: bool = False
    note: str = ""
    source_grade: SourceGrade = SourceGrade.OWN


@dataclass(frozen=True, slots=True)
class HandlingProfile:
    """How parcels are handled on their way: a series of drops, and the network that it stands for.

    ``drops`` is the number of drops of the series and ``drops_per_face`` how many a face takes flat; None is unknown.
    """

    profile: str
    version: str
    name: str
    network: str
    test_series: str
    drops: int | None
    drops_per_face: int | None
    source: str
    url: str
    read_in_source: bool
    note: str = ""
    source_grade: SourceGrade = SourceGrade.OWN

    @property
    def profile_id(self) -> str:
        """Name and version, such as ``ista-1a@1``."""
        return f"{self.profile}@{self.version}"


@dataclass(frozen=True, slots=True)
class LiftingProfile:
    """How parcels are lifted: what several units may weigh together, and above what gross mass a parcel is marked.

    ``several_at_most_kg`` is gross; a single unit or keep-together group may weigh more. None: no limit, no mark.
    """

    profile: str
    version: str
    name: str
    several_at_most_kg: Decimal | None
    heavy_above_kg: Decimal | None
    team_lift_above_kg: Decimal | None
    year: str
    region: str
    source: str
    url: str
    licence: str
    data_quality: str
    read_in_source: bool
    note: str = ""
    source_grade: SourceGrade = SourceGrade.OWN

    @property
    def profile_id(self) -> str:
        """Name and version, such as ``manual@1``."""
        return f"{self.profile}@{self.version}"


@dataclass(frozen=True, slots=True)
class MarketRule:
    """One provision of a market's law or standard, as data without logic."""

    rule_id: str
    market_id: str
    instrument: str
    provision: str
    check_type: str
    threshold: str
    unit: str
    applies_to: str
    in_force_from: str
    definition: str
    source: str
    url: str
    read_in_source: bool
    note: str = ""
    source_grade: SourceGrade = SourceGrade.OWN


@dataclass(frozen=True, slots=True)
class Market:
    """A market with its rules, the countries it covers (none: part of one), and how materials are collected there."""

    market_id: str
    name: str
    rules: tuple[MarketRule, ...]
    country_codes: tuple[str, ...] = ()
    streams: tuple[RecyclingStream, ...] = ()

    def stream(self, material_id: str) -> RecyclingStream | None:
        """Return how a material is collected here; None where that is not known."""
        return next((each for each in self.streams if each.material_id == material_id), None)


@dataclass(frozen=True, slots=True)
class CarbonContent:
    """Carbon in a material, as a share of its mass, and how much of the carbon is biogenic."""

    material_id: str
    carbon_content: Decimal
    biogenic_share: Decimal
    source: str
    url: str
    read_in_source: bool
    note: str = ""
    source_grade: SourceGrade = SourceGrade.OWN


@dataclass(frozen=True)
class Materials:
    """All published data that a plan may rest on.

    Attributes
    ----------
    version : str
        Version of the data, as its folder states it.
    content_hash : str
        ``sha256:`` and 64 hex digits over the content; the order of rows and columns does not matter.
    materials, boards, dunnage, profiles, carrier_rules, distance_adjustments, markets : tuple
        Sorted by id.
    fragility_classes : mapping of FragilityClass to FragilityRange
        Every class.
    drop_heights : mapping of str to tuple of DropHeight
        Bands in ascending mass, by profile name.
    default_drop_profile : str
        Handling profile where a caller names none.
    default_dunnage : tuple of str
        Ids of the dunnage that a catalog without its own list stocks.
    blank_allowances : mapping of str to Decimal
        Glue tabs, flaps and seams of blanks, in mm.
    strength : mapping of str to tuple of StrengthFigure
        By factor, in ascending ``up_to``.
    certificate_grades, tape_rules : tuple of CertificateGrade, tuple of TapeRule
        Sorted by id.
    carbon_contents : mapping of str to CarbonContent
        By material; one without a row has an unknown content.
    mean_densities : tuple of MeanDensity
        What the allocation ``VOLUME_SHARE`` re-bases to, where a source has it.
    default_tape_rule : str
        Where a policy names none.
    blocking_rules, plausibility_rules : mapping of str to RuleFigure
        By id: which empty spaces fill alone does not hold, and what edges and densities units plausibly have.
    handling_profiles : mapping of str to HandlingProfile
        What each profile of drop heights stands for, by its name.
    lifting_profiles : mapping of str to LiftingProfile
        Limits and marks of gross mass, by name.
    default_lifting_profile : str
        Where a policy names none.
    mass_ranges : mapping of (str, str) to (Decimal, Decimal)
        By ``board`` or ``dunnage`` and id: the ends of its grammage, density or mass of a piece over its value.
    unverified_spread : Decimal
        Spread of an unverified figure that has no range of its own, by the data-quality rule.
    """

    version: str
    content_hash: str
    materials: tuple[Material, ...]
    boards: tuple[Board, ...]
    dunnage: tuple[Dunnage, ...]
    profiles: tuple[AccountingProfile, ...]
    carrier_rules: tuple[CarrierRule, ...]
    distance_adjustments: tuple[DistanceAdjustment, ...]
    fragility_classes: Mapping[FragilityClass, FragilityRange]
    drop_heights: Mapping[str, tuple[DropHeight, ...]]
    default_drop_profile: str
    default_dunnage: tuple[str, ...]
    blank_allowances: Mapping[str, Decimal]
    markets: tuple[Market, ...] = ()
    strength: Mapping[str, tuple[StrengthFigure, ...]] = field(default_factory=dict)
    certificate_grades: tuple[CertificateGrade, ...] = ()
    carbon_contents: Mapping[str, CarbonContent] = field(default_factory=dict)
    tape_rules: tuple[TapeRule, ...] = ()
    default_tape_rule: str = ""
    blocking_rules: Mapping[str, RuleFigure] = field(default_factory=dict)
    plausibility_rules: Mapping[str, RuleFigure] = field(default_factory=dict)
    mean_densities: tuple[MeanDensity, ...] = ()

    def mean_density(self, profile_id: str, subject: str) -> MeanDensity | None:
        """Return the mean density of the load of a profile's transport class; None where no source has one."""
        return self._mean_densities.get((profile_id, subject))

    handling_profiles: Mapping[str, HandlingProfile] = field(default_factory=dict)
    lifting_profiles: Mapping[str, LiftingProfile] = field(default_factory=dict)
    default_lifting_profile: str = ""
    mass_ranges: Mapping[tuple[str, str], tuple[Decimal, Decimal]] = field(default_factory=dict)
    unverified_spread: Decimal = Decimal(1)

    def material(self, material_id: str) -> Material:
        """Return a material; InvalidInputError if there is none of that id."""
        return _get(self._materials, material_id, "material_id")

    def market_of(self, country_code: str) -> Market | None:
        """Return the market that a country belongs to as a whole; None where recycling there is not known."""
        return next((each for each in self.markets if country_code in each.country_codes), None)

    def board(self, board_id: str) -> Board:
        """Return a board; InvalidInputError if there is none of that id."""
        return _get(self._boards, board_id, "board_id")

    def dunnage_of(self, dunnage_id: str) -> Dunnage:
        """Return a kind of dunnage; InvalidInputError if there is none of that id."""
        return _get(self._dunnage, dunnage_id, "dunnage_id")

    def tape_rule(self, rule_id: str) -> TapeRule:
        """Return a tape rule, the default one where no id is given; InvalidInputError if there is none of that id."""
        rules = {each.rule_id: each for each in self.tape_rules}
        return _get(rules, rule_id or self.default_tape_rule, "tape_rule")

    def profile(self, profile_id: str) -> AccountingProfile:
        """Return an accounting profile; a name without version gives its newest.

        Raises
        ------
        InvalidInputError
            If there is none of that id or name.
        """
        if profile_id and "@" not in profile_id:
            versions = [each for each in self._profiles if each.partition("@")[0] == profile_id]
            if versions:
                return self._profiles[max(versions)]
        return _get(self._profiles, profile_id, "profile_id")

    def handling_profile(self, name: str = "") -> HandlingProfile:
        """Return a handling profile by name, or by name and version such as ``ista-1a@1``; empty is the default.

        Raises
        ------
        InvalidInputError
            If there is none of that name, or not in that version.
        """
        name = name or self.default_drop_profile
        profile, _, version = name.partition("@")
        found = self.handling_profiles.get(profile)
        if found is None or ((version or "@" in name) and version != found.version):
            known = (each.profile_id for each in self.handling_profiles.values())
            raise InvalidInputError(
                [FieldViolation("handling_profile", f"must be one of {_names(known)}, got {name!r}")]
            )
        return found

    def lifting_profile(self, name: str = "") -> LiftingProfile:
        """Return a lifting profile by name, or by name and version such as ``manual@1``; empty is the default.

        Raises
        ------
        InvalidInputError
            If there is none of that name, or not in that version.
        """
        name = name or self.default_lifting_profile
        profile, _, version = name.partition("@")
        found = self.lifting_profiles.get(profile)
        if found is None or ((version or "@" in name) and version != found.version):
            known = (each.profile_id for each in self.lifting_profiles.values())
            rule = f"must be one of {_names(known)}, got {name!r}"
            raise InvalidInputError([FieldViolation("lifting_profile", rule)])
        return found

    def carrier_rule(self, service_id: str, day: datetime.date) -> CarrierRule:
        """Return the rule of a carrier service in force on a day.

        Raises
        ------
        InvalidInputError
            If there is no such service, or no rule of it holds on that day.
        """
        rules = _get(self._carrier_rules, service_id, "carrier_service")
        for rule in rules:
            if rule.in_force(day):
                return rule
        spans = ", ".join(f"{rule.effective_from or 'ever'} to {rule.effective_to or 'now'}" for rule in rules)
        raise InvalidInputError(
            [FieldViolation("ship_date", f"must be a day that a rule of {service_id!r} covers ({spans}), got {day}")]
        )

    @cached_property
    def _materials(self) -> dict[str, Material]:
        return {each.material_id: each for each in self.materials}

    @cached_property
    def _mean_densities(self) -> dict[tuple[str, str], MeanDensity]:
        return {(each.profile_id, each.subject): each for each in self.mean_densities}

    @cached_property
    def _boards(self) -> dict[str, Board]:
        return {each.board_id: each for each in self.boards}

    @cached_property
    def _dunnage(self) -> dict[str, Dunnage]:
        return {each.dunnage_id: each for each in self.dunnage}

    @cached_property
    def _profiles(self) -> dict[str, AccountingProfile]:
        return {each.profile_id: each for each in self.profiles}

    @cached_property
    def _carrier_rules(self) -> dict[str, tuple[CarrierRule, ...]]:
        services: dict[str, tuple[CarrierRule, ...]] = {}
        for rule in self.carrier_rules:
            services[rule.service_id] = (*services.get(rule.service_id, ()), rule)
        return services


def _get(things: Mapping[str, Thing], key: str, field: str) -> Thing:
    if key in things:
        return things[key]
    raise InvalidInputError([FieldViolation(field, f"must be one of {_names(things)}, got {key!r}")])


def _names(things: Iterable[str]) -> str:
    return ", ".join(sorted(str(each) for each in things))
