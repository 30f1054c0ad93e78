"""Rows of the tables in ``materials/``: a class per table, with a field per column."""

import datetime
import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Annotated

from boxwright.domain.fields import DecimalShare, NotNegative, Positive, Ruled, Separator, fits, one_of, within
from boxwright.domain.lane import DistanceKind, TransportMode
from boxwright.domain.order import FragilityClass, SpecialHandling
from boxwright.domain.place import CountryCode
from boxwright.domain.source_grade import Sourced, SourceGrade
from boxwright.domain.written import CellError
from boxwright.errors import FieldViolation
from boxwright.units import MG_PER_KG, MG_PER_LB

ALLOWED_LICENCES = {
    "OGL-3.0": "Open Government Licence 3.0 (United Kingdom)",
    "public-domain": "public domain, such as works of the United States government",
    "etalab-2.0": "Licence Ouverte 2.0 (Etalab, France)",
    "MIT": "MIT licence",
}
"""Names, by id, of the licences under which data may be shipped with attribution."""

CITED_FACT = "cited-fact:"
"""Prefix of the licence of a cited fact that is not from a copied data set; the reason follows."""

OPERATOR = "operator:"
"""Prefix of the licence of a row that an operator added; the terms follow."""


def licence(value: object, *_: object) -> object:
    """Return the licence of a row; raises CellError unless it is in the list, or a prefix followed by a text."""
    text = str(value)
    if text not in ALLOWED_LICENCES and not any(
        text.startswith(prefix) and text.removeprefix(prefix).strip() for prefix in (CITED_FACT, OPERATOR)
    ):
        allowed = f"{', '.join(ALLOWED_LICENCES)}, {CITED_FACT!r} with a reason, or {OPERATOR!r} with the terms"
        raise CellError(f"must be one of {allowed}, got {value!r}")
    return value


STEPPED_FACTORS = ("time_under_load", "relative_humidity")
"""Derating factors with steps, up to a number of days or percent."""

STRENGTH_FACTORS = (
    *("mckee_constant", "mckee_perimeter_to_depth", "mckee_length_to_width"),
    *STEPPED_FACTORS,
    *("column_aligned", "column", "interlocked"),
    *("overhang", "deckboard_gap", "rough_handling", "recycled_content"),
)
"""Figures of the compression formula, and derating factors; the table has rows for all."""

BLANK_ALLOWANCES = (
    *("rsc_glue_tab", "tuck_glue_tab", "tuck_flap", "roll_end_tab", "roll_end_corner_cut", "roll_end_lid_flap"),
    *("roll_end_lid_flap_gap", "roll_end_front_slit", "roll_end_ear_gap", "mailer_seam", "mailer_flap"),
    *("wrap_strip", "wrap_turn_in", "rsc_fit_clearance"),
)
"""Lengths that blanks need besides their panels, and the fit clearance of slotted boxes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DistanceAdjustment(Ruled):
    """Adjustment of a distance to the transport activity distance of ISO 14083.

    ``activity distance = distance x multiplier + addend_km``, in km.
    """

    mode: TransportMode
    distance_kind: DistanceKind
    multiplier: Positive
    addend_km: Decimal
    source: str
    url: str = ""
    read_in_source: bool
    source_grade: SourceGrade = SourceGrade.OWN


@dataclass(frozen=True, slots=True)
class MeanDensity(Sourced):
    """Mean density of freight in a transport class of a profile, in kg/m3."""

    profile_id: str
    subject: str
    kg_per_m3: Positive
    low: Positive | None = None
    high: Positive | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class FragilityRule(Sourced):
    """Practice rule of a fragility class; ``source`` is the source of the gaps, ``note`` names example goods."""

    fragility_class: FragilityClass
    half_gap_mm: NotNegative
    """Gap on each face of a unit, between the unit and its envelope."""
    wall_margin_mm: NotNegative
    """Gap between the envelope and the walls and lid of the box."""
    wrap_layers: Annotated[int, within(0)]
    cushion_fill: bool
    """True if the void fill must cushion."""
    mailer: bool
    """True if units may go into mailers."""
    max_load_g: NotNegative | None = None
    """Load limit of a unit whose line states none. Default: no rule."""
    heaviest_beside_g: Positive | None = None
    """Heavier units do not share a parcel with a unit of the class if their mass exceeds this. Default: no rule."""
    upright: bool = False
    """True if a unit stays upright unless its line states orientations."""
    g_below: Positive | None = None
    """A unit with a G-level belongs to the class with the lowest value above that level. Default: no unit does."""
    rule_source: str = ""
    """Source of the other rules."""

    def _broken_rules(self) -> Iterator[FieldViolation]:
        if self.fragility_class in (FragilityClass.SHIP_READY, FragilityClass.EASY):
            for name in ("half_gap_mm", "wall_margin_mm", "wrap_layers"):
                if getattr(self, name):
                    yield FieldViolation(name, f"must be 0 for {self.fragility_class.value}, which needs no gap")
            for name in ("max_load_g", "heaviest_beside_g"):
                if getattr(self, name) is not None:
                    yield FieldViolation(name, f"must be empty for {self.fragility_class.value}")
            if self.upright:
                yield FieldViolation("upright", f"must be no for {self.fragility_class.value}")
        figures = (self.max_load_g, self.heaviest_beside_g, self.g_below)
        ruled = self.upright or self.wrap_layers or not self.mailer or any(figure is not None for figure in figures)
        if ruled and not self.rule_source:
            names = "max_load_g, heaviest_beside_g, upright, wrap_layers, mailer and g_below"
            yield FieldViolation("rule_source", f"is required for {names}")


@dataclass(frozen=True, slots=True)
class CarrierMargin(Sourced):
    """Wall margin that a carrier requires for a fragility class, in place of that of the class."""

    carrier: str
    fragility_class: FragilityClass
    wall_margin_mm: NotNegative


@dataclass(frozen=True, slots=True)
class Article(Sourced):
    """A kind of goods, such as a wine bottle, with its fragility class, the reason for this class and packing rules."""

    article: str
    fragility_class: FragilityClass
    pack_from: Annotated[int, within(0)]
    """Minimum number of units of a line that goes into packs with compartments for the article; 0: never."""
    half_gap_mm: NotNegative | None
    """Half-gap below that of the class; the wall margin grows by the difference. None: that of the class."""
    upright: bool
    """True if units stay upright."""
    on_edge: bool
    """True if units stand on an edge, like panes of glass."""
    handle: bool
    """True if units have a handle along the longer edge of their base, on which they do not stand."""
    soft: bool
    """True if units are soft and lie flat."""
    bears: NotNegative | None
    """Load limit of a unit as a multiple of its mass, unless its line states a limit. None: by handling and class."""
    wrapped_in_pack: bool
    """True if units are wrapped even in a pack with compartments."""
    reason: str
    also: Annotated[tuple[str, ...], Separator(";")] = ()
    """Other words for the article, used in suggestions for unknown articles."""
    refused: str = ""
    """Reason why a line of the article must state its fragility. Default: it need not."""
    special_handling: Annotated[tuple[SpecialHandling, ...], Separator(";")] = ()


@dataclass(frozen=True, slots=True)
class SpecialHandlingRule(Sourced):
    """Requirements of a kind of special handling."""

    special_handling: SpecialHandling
    upright: bool
    """True if a unit stays upright."""
    lies: bool
    """True if a unit lies flat and must not stand on an end."""
    mailer: bool
    """True if a unit may go into a mailer."""
    bears: NotNegative | None = None
    """Load limit as for an article, whose value takes precedence; the lowest value of several kinds applies."""
    heaviest_beside_g: Positive | None = None
    """Maximum mass of heavier units in the same parcel. None: no limit."""
    step: str = ""
    """Instruction before the unit is placed: a sentence with {} for the name of the unit."""
    mark: str = ""
    """Mark on the parcel."""
    refused_by: Annotated[tuple[str, ...], Separator(";")] = ()
    """Carrier services that do not accept such units."""
    refusal: str = ""
    """Reason for this, with its source."""

    def _broken_rules(self) -> Iterator[FieldViolation]:
        if self.step.count("{}") != bool(self.step):
            yield FieldViolation("step", "must hold {} once, in place of the unit")
        if bool(self.refused_by) != bool(self.refusal):
            yield FieldViolation("refusal", "must be given if and only if refused_by is")


@dataclass(frozen=True, slots=True)
class DropHeight(Sourced):
    """Drop height of gross masses above ``above_kg``, up to and including ``up_to_kg`` (None: no limit)."""

    profile: str
    above_kg: Decimal
    up_to_kg: Positive | None
    height_mm: Positive
    url: str = ""


@dataclass(frozen=True, slots=True)
class StrengthFigure(Sourced):
    """A figure of the compression formula, or a derating factor.

    A step of time under load (in days) or relative humidity (in %) applies up to ``up_to``.
    """

    row_id: str
    factor: Annotated[str, one_of(*STRENGTH_FACTORS)]
    up_to: Decimal | None
    value: Positive
    low: Positive | None = None
    high: Positive | None = None

    def _broken_rules(self) -> Iterator[FieldViolation]:
        stepped = self.factor in STEPPED_FACTORS
        if stepped == (self.up_to is None):
            yield FieldViolation("up_to", f"must be {'given' if stepped else 'empty'}")
        if not self.factor.startswith("mckee") and self.value > 1:
            yield FieldViolation("value", f"must not be above 1, got {self.value}")


@dataclass(frozen=True, slots=True)
class TapeRule(Sourced):
    """Numbers of tape strips along the seams of opening and opposite side, and along the edges at their ends."""

    rule_id: str
    seam_strips: int
    edge_strips: int
    edge_overlap_mm: Decimal


@dataclass(frozen=True, slots=True)
class RuleFigure(Sourced):
    """A figure of a blocking, protection or plausibility rule."""

    rule_id: str
    value: Positive
    unit: str


@dataclass(frozen=True, slots=True)
class CertificateGrade(Sourced):
    """A grade of the US box certificate, with the published limits for boxes of board of at least this edge crush."""

    grade_id: str
    wall: Annotated[str, one_of("single", "double", "e_flute")]
    grade: str
    edge_crush_kn_per_m: Positive
    max_gross_lb: Positive
    max_length_width_height_in: Positive


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelLimit(Sourced):
    """Maximum contents, by its board, of a box that is shipped as a single parcel."""

    board: str
    """A grade; for boards without a known grade the wall: single, double or e_flute."""
    max_contents: Positive
    unit: Annotated[str, one_of("kg", "lb")]

    @property
    def max_contents_mg(self) -> int:
        """The limit in mg, rounded down."""
        return math.floor(Fraction(self.max_contents) * (MG_PER_LB if self.unit == "lb" else MG_PER_KG))


def wall_of(flute: str) -> str | None:
    """Return the wall of a board with these flutes for ``ParcelLimit``; None if there is no limit for it."""
    if flute == "E":
        return "e_flute"
    return {1: "single", 2: "double"}.get(len(flute))


@dataclass(frozen=True, slots=True)
class HandlingProfile(Sourced):
    """A series of test drops that represents the handling of parcels in a network."""

    profile: str
    version: str
    name: str
    network: str
    test_series: str = ""
    drops: Annotated[int, within(1)] | None = None
    """Number of drops. None: unknown."""
    drops_per_face: Annotated[int, within(1)] | None = None
    """Number of flat drops on a face. None: unknown."""
    url: str = ""

    @property
    def profile_id(self) -> str:
        """Name and version, such as ``ista-1a@1``."""
        return f"{self.profile}@{self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftingProfile(Sourced):
    """Limit and marks of heavy parcels, by gross mass. None: no limit, or no mark."""

    profile: str
    version: str
    name: str
    several_at_most_kg: Positive | None
    """Limit of a parcel of several units; a single unit or a keep-together group may weigh more."""
    heavy_above_kg: Positive | None
    team_lift_above_kg: Positive | None
    year: str
    region: str
    url: str = ""
    licence: str
    data_quality: str

    @property
    def profile_id(self) -> str:
        """Name and version, such as ``manual@1``."""
        return f"{self.profile}@{self.version}"

    def _broken_rules(self) -> Iterator[FieldViolation]:
        heavy, team = self.heavy_above_kg, self.team_lift_above_kg
        if heavy is not None and team is not None and heavy > team:
            yield FieldViolation("heavy_above_kg", f"must not be above team_lift_above_kg, {team}")


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketRule(Sourced):
    """A provision of a law or standard of a market."""

    rule_id: str
    market_id: str
    market_name: str
    instrument: str
    version: str = ""
    """Publication or year of the text. Default empty: there is only one version."""
    provision: str = ""
    check_type: str
    threshold: str = ""
    unit: str = ""
    applies_to: str = ""
    material_ids: tuple[str, ...] = ()
    exempt_material_ids: tuple[str, ...] = ()
    """Materials that the provision covers, and materials that it exempts. Default: it names none."""
    in_force_from: datetime.date
    """First day in force, or the earliest possible first day."""
    pending: str = ""
    """Open questions about this day or the method, which make the rule provisional. Default: none."""
    definition: str = ""
    url: str = ""

    @property
    def limit(self) -> float | None:
        """The threshold in ``unit``; None unless it is one number."""
        try:
            limit = float(self.threshold)
        except ValueError:
            return None
        return limit if math.isfinite(limit) else None


@dataclass(frozen=True, slots=True)
class MarketCountries(Sourced):
    """Countries of a market, or countries in which its rules may or may not apply."""

    market_id: str
    market_name: str
    part: str
    """Name of this group of countries, unique in the market."""
    country_codes: tuple[CountryCode, ...]
    inside: bool
    """True if the countries belong to the market; false if it is not known whether its rules apply there."""
    url: str = ""


@dataclass(frozen=True, slots=True)
class CarbonContent(Sourced):
    """Share of carbon in the mass of a material, and biogenic share of this carbon."""

    material_id: str
    carbon_content: DecimalShare
    biogenic_share: DecimalShare
    url: str = ""


@dataclass(frozen=True, slots=True)
class MassRange(Sourced):
    """Range of the grammage, density or piece mass of a board or kind of dunnage."""

    kind: Annotated[str, one_of("board", "dunnage")]
    subject: str
    low: Positive
    high: Positive
    unit: Annotated[str, one_of("g/m2", "kg/m3", "g")]


@dataclass(frozen=True, slots=True)
class Document(Ruled):
    """A source document of factors and the copy of it that was read."""

    source: str
    """Citation, as in the rows of factors."""
    copy_sha256: Annotated[str, fits("[0-9a-f]{64}", "must be 64 lower-case hex digits")]
    read_on: datetime.date
    """Day on which the copy was fetched and hashed."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class EprCode(Sourced):
    """Code by which a material is reported to a scheme of extended producer responsibility."""

    scheme: Annotated[str, one_of("uk-pepr")]
    material_id: str
    code: str
    subtype: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class RangeRule(Sourced):
    """Uncertainty factors of a data-quality rule, 1 or more, for the indicators of the pedigree matrix."""

    rule_id: Annotated[str, one_of("verified", "unverified")]
    reliability: Positive
    completeness: Positive
    temporal: Positive
    geographical: Positive
    technological: Positive
    url: str = ""


@dataclass(frozen=True, slots=True)
class BlankAllowance(Sourced):
    """A length that blanks need besides their panels."""

    allowance_id: Annotated[str, one_of(*BLANK_ALLOWANCES)]
    value_mm: Positive
