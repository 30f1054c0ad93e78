"""Rows of the tables in ``materials/``: a class each, whose fields are the columns of its table."""

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
"""Licence id to name. Data under them may be shipped with attribution."""

CITED_FACT = "cited-fact:"
"""Prefix of a single fact that is cited, not copied as a data set; the reason follows."""

OPERATOR = "operator:"
"""Prefix of a row that an operator brought in; the terms follow."""


def licence(value: object, *_: object) -> object:
    """Return the licence of a row: one of the list, or a prefix with what follows it; CellError for any other."""
    text = str(value)
    if text not in ALLOWED_LICENCES and not any(
        text.startswith(prefix) and text.removeprefix(prefix).strip() for prefix in (CITED_FACT, OPERATOR)
    ):
        allowed = f"{', '.join(ALLOWED_LICENCES)}, {CITED_FACT!r} with a reason, or {OPERATOR!r} with the terms"
        raise CellError(f"must be one of {allowed}, got {value!r}")
    return value


STEPPED_FACTORS = ("time_under_load", "relative_humidity")
"""What derates a box by steps, each up to a number of days or percent."""

STRENGTH_FACTORS = (
    *("mckee_constant", "mckee_perimeter_to_depth", "mckee_length_to_width"),
    *STEPPED_FACTORS,
    *("column_aligned", "column", "interlocked"),
    *("overhang", "deckboard_gap", "rough_handling", "recycled_content"),
)
"""Figures of the compression formula and everything that derates it; each has a row."""

BLANK_ALLOWANCES = (
    *("rsc_glue_tab", "tuck_glue_tab", "tuck_flap", "roll_end_tab", "roll_end_corner_cut", "roll_end_lid_flap"),
    *("roll_end_lid_flap_gap", "roll_end_front_slit", "roll_end_ear_gap", "mailer_seam", "mailer_flap"),
    *("wrap_strip", "wrap_turn_in", "rsc_fit_clearance"),
)
"""Lengths that a blank needs in addition to its panels, and the slack that goods leave in a slotted box."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DistanceAdjustment(Ruled):
    """How a planned distance becomes a transport activity distance (ISO 14083).

    ``activity distance = distance x multiplier + addend_km``.
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
    """Mean mass of freight per m3 of the load of a profile's transport class, in kg."""

    profile_id: str
    subject: str
    kg_per_m3: Positive
    low: Positive | None = None
    high: Positive | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class FragilityRule(Sourced):
    """How a unit of a fragility class is packed: the practice rule. ``source`` is that of the half-gap and the margin.

    A half-gap is kept on each face of a unit, a wall margin between that envelope and the walls and lid.
    ``cushion_fill`` asks for a void fill that cushions, ``mailer`` allows mailers. ``max_load_g`` (None: no rule) and
    ``upright`` hold where the line says nothing of them. What weighs more than ``heaviest_beside_g`` (None: no rule)
    and than a unit itself does not share its parcel. A G-level below ``g_below`` (None: none) falls in the class, of
    several in the one with the lowest. ``rule_source`` says whose rules these are; ``note`` has example goods.
    """

    fragility_class: FragilityClass
    half_gap_mm: NotNegative
    wall_margin_mm: NotNegative
    wrap_layers: Annotated[int, within(0)]
    cushion_fill: bool
    mailer: bool
    max_load_g: NotNegative | None = None
    heaviest_beside_g: Positive | None = None
    upright: bool = False
    g_below: Positive | None = None
    rule_source: str = ""

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
            yield FieldViolation("rule_source", f"must say whose rules {names} are")


@dataclass(frozen=True, slots=True)
class CarrierMargin(Sourced):
    """The wall margin that a carrier asks for of a fragility class, in place of the class's own."""

    carrier: str
    fragility_class: FragilityClass
    wall_margin_mm: NotNegative


@dataclass(frozen=True, slots=True)
class Article(Sourced):
    """A kind of goods as a shop ships it: its fragility class, and why.

    Lines of ``pack_from`` units or more (0: of no number) go into packs with compartments where some take them. A
    ``half_gap_mm`` below that of the class is kept on each face, and the wall margin makes up for it: units that are
    wrapped lie close to each other, and not to the walls. Units stay ``upright``, stand ``on_edge`` as glass does, or
    are ``soft``: they give way and lie flat. In a pack with compartments they are ``wrapped_in_pack`` or go in bare.
    ``also`` are other words for it, which errors about unknown articles go by. Where ``refused`` says why, goods of the
    article are planned only if their line states a fragility of its own.
    """

    article: str
    fragility_class: FragilityClass
    pack_from: Annotated[int, within(0)]
    half_gap_mm: NotNegative | None
    upright: bool
    on_edge: bool
    soft: bool
    wrapped_in_pack: bool
    reason: str
    also: Annotated[tuple[str, ...], Separator(";")] = ()
    refused: str = ""
    special_handling: Annotated[tuple[SpecialHandling, ...], Separator(";")] = ()


@dataclass(frozen=True, slots=True)
class SpecialHandlingRule(Sourced):
    """What a kind of special handling asks for.

    A unit stays ``upright`` or ``lies``, never on an end, may go into a ``mailer`` or not, and is treated as ``step``
    says before it is put down: a sentence with {} for its name. What weighs more than ``heaviest_beside_g`` (None: no
    rule) and than the unit itself does not share its parcel. Its parcel gets ``mark``. Services of ``refused_by`` do
    not take it; ``refusal`` says why, with the source.
    """

    special_handling: SpecialHandling
    upright: bool
    lies: bool
    mailer: bool
    heaviest_beside_g: Positive | None = None
    step: str = ""
    mark: str = ""
    refused_by: Annotated[tuple[str, ...], Separator(";")] = ()
    refusal: str = ""

    def _broken_rules(self) -> Iterator[FieldViolation]:
        if self.step.count("{}") != bool(self.step):
            yield FieldViolation("step", "must name the unit once, by {}")
        if bool(self.refused_by) != bool(self.refusal):
            yield FieldViolation("refusal", "must say why services of refused_by refuse, and only where there are some")


@dataclass(frozen=True, slots=True)
class DropHeight(Sourced):
    """Drop height of one mass band: gross mass above ``above_kg`` and up to ``up_to_kg`` (None: no upper end).

    A mass on a border belongs to the lighter band, which has the higher drop.
    """

    profile: str
    above_kg: Decimal
    up_to_kg: Positive | None
    height_mm: Positive
    url: str = ""


@dataclass(frozen=True, slots=True)
class StrengthFigure(Sourced):
    """A figure of the compression formula, or a multiplier that derates it.

    Of what derates by steps (time under load in days, relative humidity in %) a row holds up to ``up_to``.
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
    """Which seams are taped: strips along the opening and opposite it, and across the edges at both of their ends."""

    rule_id: str
    seam_strips: int
    edge_strips: int
    edge_overlap_mm: Decimal


@dataclass(frozen=True, slots=True)
class RuleFigure(Sourced):
    """A figure of a rule, in its own unit: of those on blocking and protection, or on what an order plausibly holds."""

    rule_id: str
    value: Positive
    unit: str


@dataclass(frozen=True, slots=True)
class CertificateGrade(Sourced):
    """A grade of the US box certificate: what a box of board with at least this edge crush may weigh and measure.

    Limits stand in the pounds and inches in which they are published.
    """

    grade_id: str
    wall: Annotated[str, one_of("single", "double", "e_flute")]
    grade: str
    edge_crush_kn_per_m: Positive
    max_gross_lb: Positive
    max_length_width_height_in: Positive


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelLimit(Sourced):
    """What may be in a box that travels as a single parcel, by its board, in the unit in which it is published.

    ``board`` is a grade, or the wall of boards without a known one: single, double or e_flute.
    """

    board: str
    max_contents: Positive
    unit: Annotated[str, one_of("kg", "lb")]

    @property
    def max_contents_mg(self) -> int:
        """The limit in mg, rounded down."""
        return math.floor(Fraction(self.max_contents) * (MG_PER_LB if self.unit == "lb" else MG_PER_KG))


def wall_of(flute: str) -> str | None:
    """Return the wall that a board of these flutes has in the tables of limits; None where it is in none."""
    if flute == "E":
        return "e_flute"
    return {1: "single", 2: "double"}.get(len(flute))


@dataclass(frozen=True, slots=True)
class HandlingProfile(Sourced):
    """How parcels are handled on their way: a series of drops, and the network that it stands for.

    ``drops`` is the number of drops of the series and ``drops_per_face`` how many a face takes flat; None is unknown.
    """

    profile: str
    version: str
    name: str
    network: str
    test_series: str = ""
    drops: Annotated[int, within(1)] | None = None
    drops_per_face: Annotated[int, within(1)] | None = None
    url: str = ""

    @property
    def profile_id(self) -> str:
        """Name and version, such as ``ista-1a@1``."""
        return f"{self.profile}@{self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftingProfile(Sourced):
    """How parcels are lifted: what several units may weigh together, and above what gross mass a parcel is marked.

    ``several_at_most_kg`` is gross; a single unit or keep-together group may weigh more. None: no limit, no mark.
    """

    profile: str
    version: str
    name: str
    several_at_most_kg: Positive | None
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
    """One provision of a market's law or standard, as data without logic."""

    rule_id: str
    market_id: str
    market_name: str
    instrument: str
    version: str = ""
    """Publication or year of the text that was read or quoted. Default empty: the instrument has no other."""
    provision: str = ""
    check_type: str
    threshold: str = ""
    unit: str = ""
    applies_to: str = ""
    material_ids: tuple[str, ...] = ()
    exempt_material_ids: tuple[str, ...] = ()
    """Materials that it is about, and that it leaves out. Default: it names none."""
    in_force_from: datetime.date
    """First day, the earliest there can be."""
    pending: str = ""
    """What may still move that day or settles the method: the rule is then provisional. Default empty: nothing."""
    definition: str = ""
    url: str = ""

    @property
    def limit(self) -> float | None:
        """The threshold, in ``unit``; None where there is none or it is not one figure."""
        try:
            limit = float(self.threshold)
        except ValueError:
            return None
        return limit if math.isfinite(limit) else None


@dataclass(frozen=True, slots=True)
class MarketCountries(Sourced):
    """Countries that a market covers, or of which it is not known whether it does."""

    market_id: str
    market_name: str
    part: str
    """Which part of the market they are."""
    country_codes: tuple[CountryCode, ...]
    inside: bool
    """Whether they are inside. False: whether the market's rules hold there is not known."""
    url: str = ""


@dataclass(frozen=True, slots=True)
class CarbonContent(Sourced):
    """Carbon in a material, as a share of its mass, and how much of the carbon is biogenic."""

    material_id: str
    carbon_content: DecimalShare
    biogenic_share: DecimalShare
    url: str = ""


@dataclass(frozen=True, slots=True)
class MassRange(Sourced):
    """Ends of the grammage, density or piece mass of a board or kind of dunnage."""

    kind: Annotated[str, one_of("board", "dunnage")]
    subject: str
    low: Positive
    high: Positive
    unit: Annotated[str, one_of("g/m2", "kg/m3", "g")]


@dataclass(frozen=True, slots=True)
class Document(Ruled):
    """A document that rows of factors were read in, and the copy of it that was read."""

    source: str
    """As the rows cite it."""
    copy_sha256: Annotated[str, fits("[0-9a-f]{64}", "must be 64 lower-case hex digits")]
    read_on: datetime.date
    """When the copy was fetched and hashed."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class EprCode(Sourced):
    """As what a material is reported to a scheme of extended producer responsibility."""

    scheme: Annotated[str, one_of("uk-pepr")]
    material_id: str
    code: str
    subtype: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class RangeRule(Sourced):
    """Uncertainty factors of a data-quality rule, each 1 or more, one an indicator of the pedigree matrix."""

    rule_id: Annotated[str, one_of("verified", "unverified")]
    reliability: Positive
    completeness: Positive
    temporal: Positive
    geographical: Positive
    technological: Positive
    url: str = ""


@dataclass(frozen=True, slots=True)
class BlankAllowance(Sourced):
    """A length that blanks need in addition to their panels."""

    allowance_id: Annotated[str, one_of(*BLANK_ALLOWANCES)]
    value_mm: Positive
