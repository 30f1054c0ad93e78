"""The data of a data folder."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar, cast

from boxwright.catalog import rows
from boxwright.catalog.places import Places
from boxwright.domain.carrier import CarrierRule
from boxwright.domain.dunnage import Dunnage
from boxwright.domain.factor import AccountingProfile
from boxwright.domain.material import Board, Material, RecyclingStream
from boxwright.domain.order import FragilityClass, SpecialHandling
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.lazy import cached_property

Thing = TypeVar("Thing")
Profile = TypeVar("Profile", rows.HandlingProfile, rows.LiftingProfile)


@dataclass(frozen=True, slots=True)
class Market:
    """A market with its rules, countries and recycling streams."""

    market_id: str
    name: str
    rules: tuple[rows.MarketRule, ...]
    country_codes: tuple[str, ...] = ()
    """Countries of the market; empty if it is part of a country."""
    streams: tuple[RecyclingStream, ...] = ()
    unsettled_codes: tuple[str, ...] = ()
    """Countries in which the rules may or may not apply."""

    def stream(self, material_id: str) -> RecyclingStream | None:
        """Return the recycling stream of a material; None if unknown."""
        return next((stream for stream in self.streams if stream.material_id == material_id), None)


@dataclass(frozen=True, eq=False)
class Materials:
    """All published data that plans use. Objects are compared by identity, so that they can be keys of caches."""

    version: str
    """Version in the settings of the folder."""
    content_hash: str
    """SHA-256 of the content, as ``sha256:`` and 64 hex digits; it does not depend on the order of rows and columns."""
    materials: tuple[Material, ...]
    boards: tuple[Board, ...]
    dunnage: tuple[Dunnage, ...]
    profiles: tuple[AccountingProfile, ...]
    carrier_rules: tuple[CarrierRule, ...]
    distance_adjustments: tuple[rows.DistanceAdjustment, ...]
    fragility_classes: Mapping[FragilityClass, rows.FragilityRule]
    drop_heights: Mapping[str, tuple[rows.DropHeight, ...]]
    """Bands in ascending mass, by profile name."""
    default_drop_profile: str
    """Name of the handling profile of policies that name none."""
    default_dunnage: tuple[str, ...]
    """Ids of the dunnage of catalogs that state none."""
    blank_allowances: Mapping[str, Decimal]
    """Glue tabs, flaps and seams of blanks, in mm."""
    markets: tuple[Market, ...] = ()
    strength_figures: Mapping[str, tuple[rows.StrengthFigure, ...]] = field(default_factory=dict)
    """Figures by factor, in ascending ``up_to``."""
    certificate_grades: tuple[rows.CertificateGrade, ...] = ()
    parcel_limits: Mapping[str, rows.ParcelLimit] = field(default_factory=dict)
    """Limits by the grade of a board or, for boards without a grade, by wall."""
    carbon_contents: Mapping[str, rows.CarbonContent] = field(default_factory=dict)
    """Carbon contents by material; other contents are unknown."""
    tape_rules: tuple[rows.TapeRule, ...] = ()
    default_tape_rule: str = ""
    blocking_rules: Mapping[str, rows.RuleFigure] = field(default_factory=dict)
    plausibility_rules: Mapping[str, rows.RuleFigure] = field(default_factory=dict)
    protection_rules: Mapping[str, rows.RuleFigure] = field(default_factory=dict)
    """Figures, by id, of the rules for blocking, for plausible units and for the protection of units."""
    carrier_margins: Mapping[tuple[str, FragilityClass], rows.CarrierMargin] = field(default_factory=dict)
    articles: Mapping[str, rows.Article] = field(default_factory=dict)
    special_handling: Mapping[SpecialHandling, rows.SpecialHandlingRule] = field(default_factory=dict)
    mean_densities: tuple[rows.MeanDensity, ...] = ()
    """Densities of freight for the allocation ``VOLUME_SHARE``."""
    handling_profiles: Mapping[str, rows.HandlingProfile] = field(default_factory=dict)
    """Handling profiles by name; ``drop_heights`` has the same names."""
    lifting_profiles: Mapping[str, rows.LiftingProfile] = field(default_factory=dict)
    """Limits and marks of gross mass, by name."""
    default_lifting_profile: str = ""
    mass_ranges: Mapping[tuple[str, str], tuple[Decimal, Decimal]] = field(default_factory=dict)
    """Range of grammage, density or piece mass, divided by its value, by ``board`` or ``dunnage`` and id."""
    epr_codes: Mapping[tuple[str, str], rows.EprCode] = field(default_factory=dict)
    """Codes by scheme and material; other codes are unknown."""
    unverified_spread: Decimal = Decimal(1)
    """Spread of unverified figures without a stated range, by the data-quality rule."""
    folder: Path | None = None
    """Folder of the data. None: the default folder."""
    places: Places = field(default_factory=Places)
    """Data from which legs are derived."""

    def mean_density(self, profile_id: str, subject: str) -> rows.MeanDensity | None:
        """Return the mean density of freight in a transport class of a profile; None if unknown."""
        same = (row for row in self.mean_densities if (row.profile_id, row.subject) == (profile_id, subject))
        return next(same, None)

    def material(self, material_id: str) -> Material:
        """Return a material; raises InvalidInputError if the id is unknown."""
        return cast(Material, _get(self._by_id["material_id"], material_id, "material_id"))

    def market(self, market_id: str) -> Market:
        """Return a market; raises InvalidInputError if the id is unknown."""
        return _get({market.market_id: market for market in self.markets}, market_id, "market_id")

    def market_of(self, country_code: str) -> Market | None:
        """Return the market whose rules apply in a country; None if the country has no market or is unknown."""
        return next((market for market in self.markets if country_code in market.country_codes), None)

    def board(self, board_id: str) -> Board:
        """Return a board; raises InvalidInputError if the id is unknown."""
        return cast(Board, _get(self._by_id["board_id"], board_id, "board_id"))

    def dunnage_of(self, dunnage_id: str) -> Dunnage:
        """Return a kind of dunnage; raises InvalidInputError if the id is unknown."""
        return cast(Dunnage, _get(self._by_id["dunnage_id"], dunnage_id, "dunnage_id"))

    def tape_rule(self, rule_id: str) -> rows.TapeRule:
        """Return a tape rule, the default rule for an empty id; raises InvalidInputError if the id is unknown."""
        rules = {rule.rule_id: rule for rule in self.tape_rules}
        return _get(rules, rule_id or self.default_tape_rule, "tape_rule")

    def profile(self, profile_id: str) -> AccountingProfile:
        """Return an accounting profile, without ``@version`` the newest; raises InvalidInputError if it is unknown."""
        if profile_id and "@" not in profile_id:
            versions = [version for version in self._profiles if version.partition("@")[0] == profile_id]
            if versions:
                return self._profiles[max(versions)]
        return _get(self._profiles, profile_id, "profile_id")

    def handling_profile(self, name: str = "") -> rows.HandlingProfile:
        """Return the handling profile of a name, with or without version, such as ``ista-1a@1``.

        The default profile has an empty name. Raises InvalidInputError if name or version is unknown.
        """
        return _versioned(self.handling_profiles, name or self.default_drop_profile, "handling_profile")

    def lifting_profile(self, name: str = "") -> rows.LiftingProfile:
        """Return a lifting profile; name and errors as for ``handling_profile``."""
        return _versioned(self.lifting_profiles, name or self.default_lifting_profile, "lifting_profile")

    def carrier_rule(self, service_id: str, day: datetime.date) -> CarrierRule:
        """Return the rule of a carrier service on a day; raises InvalidInputError if none is in force."""
        rules = _get(self._carrier_rules, service_id, "carrier_service")
        for rule in rules:
            if rule.in_force(day):
                return rule
        spans = ", ".join(f"{rule.effective_from or 'ever'} to {rule.effective_to or 'now'}" for rule in rules)
        raise InvalidInputError(
            [FieldViolation("ship_date", f"must be a day that a rule of {service_id!r} covers ({spans}), got {day}")]
        )

    @cached_property
    def _by_id(self) -> dict[str, dict[str, Any]]:
        rows_of = {"material_id": self.materials, "board_id": self.boards, "dunnage_id": self.dunnage}
        return {name: {getattr(row, name): row for row in listed} for name, listed in rows_of.items()}

    @cached_property
    def _profiles(self) -> dict[str, AccountingProfile]:
        return {profile.profile_id: profile for profile in self.profiles}

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


def _versioned(profiles: Mapping[str, Profile], name: str, field: str) -> Profile:
    profile, at, version = name.partition("@")
    found = profiles.get(profile)
    if found is not None and (not at or version == found.version):
        return found
    known = _names(profile.profile_id for profile in profiles.values())
    raise InvalidInputError([FieldViolation(field, f"must be one of {known}, got {name!r}")])


def _names(things: Iterable[str]) -> str:
    return ", ".join(sorted(str(thing) for thing in things))
