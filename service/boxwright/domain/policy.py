"""Policy: what a caller wants of a plan, and what it must obey."""

import enum
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from boxwright import units
from boxwright.domain.fields import Id, Label, LengthOrZero, Ruled, holds_whole, one_of, some, unique, within
from boxwright.domain.footprint import Allocation
from boxwright.domain.property_cap import Caps
from boxwright.domain.protection import ASKED_RULES, ProtectionRule
from boxwright.domain.rounded import percent
from boxwright.domain.strength import StackingCondition
from boxwright.errors import FieldViolation
from boxwright.lazy import cached_property


class UnverifiedFactorRule(enum.StrEnum):
    """How an emission factor that nobody read in its source counts in choices; reported lines show its value."""

    UPPER_END = "upper_end"
    CENTRAL = "central"


@dataclass(frozen=True)
class EmissionsBasis(Ruled):
    """Which grams the objective ``emissions`` compares."""

    profile_id: str = ""
    """Accounting profile, ``id`` or ``id@version``. Default: the first of the request. One that the request does not
    name is stated beside those that it does."""
    allocation: Allocation = Allocation.MASS
    """How transport is laid on a parcel. Default ``mass``."""


class Objective(enum.StrEnum):
    """What a plan minimises, summed over its parcels."""

    PARCEL_COUNT = "parcel_count"
    INNER_VOLUME = "inner_volume"
    OUTER_VOLUME = "outer_volume"
    PACKAGING_MASS = "packaging_mass"
    PACKAGING_COST = "packaging_cost"
    SHIPPING_COST = "shipping_cost"
    CHARGEABLE_WEIGHT = "chargeable_weight"
    EMISSIONS = "emissions"
    SINGLE_USE_PARCELS = "single_use_parcels"


MATERIAL_CLAIMS = (
    "plastic_free",
    "recyclable",
    "recyclable_at_destination",
    "compostable",
    "home_compostable",
    "reusable",
)
"""What a policy may require of all packaging."""


EMPTY_SPACE = "max_empty_space_ratio"
EMPTY_SPACE_CURES = (
    "cushion them inside their sales packaging, use another cushioning, or stock a box of a size between"
)
"""What cures a conflict of the empty space with the protection of goods."""
COSTS = frozenset({Objective.PACKAGING_COST, Objective.SHIPPING_COST})
"""Objectives in money."""
MAX_CARBON_PRICE_MINOR = 10**12
"""Highest price of a tonne of CO2e, in minor units."""


class SolvingMode(enum.StrEnum):
    """How much counted effort the search may spend; nothing else differs."""

    FAST = "fast"
    BALANCED = "balanced"
    THOROUGH = "thorough"


class Plausibility(enum.StrEnum):
    """What becomes of an order whose sizes or masses are not plausible."""

    WARN = "warn"
    REFUSE = "refuse"
    OFF = "off"


class Engine(enum.StrEnum):
    """Which engine places the units."""

    BOXWRIGHT = "boxwright"
    PY3DBP = "py3dbp"


def _six_decimals(value: float) -> str | None:
    return f"must have at most six decimals, got {value!r}" if abs(value * 1e6 - round(value * 1e6)) > 1e-6 else None


ExactShare = Annotated[float, within(0, 1), _six_decimals]


@holds_whole
@dataclass(frozen=True)
class Policy(Ruled):
    """What a caller wants of a plan."""

    objectives: Annotated[tuple[Objective, ...], some("must name at least one objective"), unique()] = (
        Objective.PARCEL_COUNT,
        Objective.INNER_VOLUME,
    )
    """Compared in this order. Default parcel count, then inner volume."""
    support_ratio: ExactShare = 0.75
    """Least share of each base area that rests on the floor or on others' tops, 0 to 1. Above 0, stability (combined
    centre of mass over the contacts) is required too; 0 switches both off. Default 0.75."""
    load_bearing: bool = True
    """Whether ``max_load_g`` of the units is obeyed."""
    fit_clearance_mm: LengthOrZero | None = None
    """Slack kept along each inner edge of every box, in mm; wall margins count towards it. Default: that of the box
    type, or 0 if all goods of the order are soft or keep clear of the walls anyway."""
    fill_limit: Annotated[float, within(0, 1, above=True), _six_decimals] = 1.0
    """Largest share of the inner volume that goods and their half-gaps may take, above 0 to 1."""
    max_empty_space_ratio: ExactShare | None = None
    """Largest share of a box's outer volume that goods, as declared, may leave empty, 0 to 1; units in their own
    container are exempt. Filling and cushioning count as empty. Where goods need more room for their protection, they
    stay out: ``UnpackedReason.EMPTY_SPACE_CONFLICT``. Goods of one parcel take the best box that keeps it; of several
    parcels, those that do not keep it stay out. Default None: unlimited."""
    max_parcels: Annotated[int, within(1)] | None = None
    """Most parcels in the plan. Default unlimited."""
    max_effort: Annotated[int, within(1)] | None = None
    """Steps after which the search ends with the best plan so far, as ``Stop.end`` ends it; 1 or more. How much a step
    is differs from order to order: give the ``effort_used`` of a plan that was cut to have the same plan again. Default
    unlimited."""
    allow_partial: bool = False
    """Whether a plan that leaves units out is an answer. Default False: it is an error."""
    mode: SolvingMode = SolvingMode.BALANCED
    engine: Engine = Engine.BOXWRIGHT
    """Default ``boxwright``; ``py3dbp`` is a baseline."""
    void_fill_id: str = ""
    """Dunnage to use. Default: the first of its kind in the catalog. ``"none"`` uses no void fill."""
    cushioning_ids: Annotated[tuple[Id, ...], unique()] = ()
    """Wraps that may be used, one in a parcel: which one follows from the objectives; and pads, of which the first is
    used. Default: the first of each in the catalog."""
    tape_id: str = ""
    """The same for tape."""
    void_fill_share: ExactShare = 1.0
    """Share of the empty volume that void fill takes, 0 to 1."""
    material_requirements: Annotated[tuple[Annotated[str, one_of(*MATERIAL_CLAIMS)], ...], unique()] = ()
    """Claims that all packaging must meet, dunnage and tape included: ``plastic_free``, ``recyclable``,
    ``recyclable_at_destination``, ``compostable``, ``home_compostable``, ``reusable``."""
    accept_incomplete_footprint: bool = False
    """Whether the objective ``emissions`` may be used although the profile lacks a factor."""
    property_caps: Caps = ()
    """The most of a property, such as watt-hours of lithium cells, that one parcel may hold."""
    emissions_basis: EmissionsBasis | None = None
    """Profile and allocation that the objective ``emissions`` compares. Default: the first of the request, by mass."""
    carbon_price_per_tonne_minor: Annotated[int, within(0, MAX_CARBON_PRICE_MINOR)] | None = None
    """Price of a tonne of CO2e that the objectives ``packaging_cost`` and ``shipping_cost`` add, in minor units of the
    catalog's currency. Needs ``emissions_basis``. Rounded once a parcel, halves up. Default None: grams are not
    priced."""
    unverified_factor_rule: UnverifiedFactorRule = UnverifiedFactorRule.UPPER_END
    """How unverified factors count in choices: at the upper end of their range, so that ignorance never looks good."""
    stacking: StackingCondition | None = None
    """A pile of equal parcels that the lowest box bears. Default None: boxes are not asked what they bear."""
    box_certificate: bool = False
    """Whether parcels stay within mass and sum of sides of the US box certificate, by the grade of their board."""
    label_id: str = ""
    blocking_id: str = ""
    """The label of every parcel, and what blocks spaces that fill alone does not hold. Default: the first of its kind
    in the catalog. ``"none"`` uses none."""
    tape_rule: str = ""
    """Which seams are taped, as in ``tape_rules.csv``. Default: the materials' own."""
    min_recycled_content: ExactShare = 0.0
    """Least recycled content of each packaging material, as a share by mass, 0 to 1. Default 0: none."""
    excluded_materials: Annotated[tuple[str, ...], unique()] = ()
    """Ids of materials that may not be used."""
    prefer_reusable: bool = False
    """Whether of plans equal in the objectives the one with fewer parcels in single-use boxes is better: the objective
    ``single_use_parcels`` then comes last."""
    handling_profile: Label = ""
    """How parcels are handled on their way, by name or by name and version, such as ``ista-2a`` or ``ista-2a@1``.
    Default: that of the materials, ``ista-1a`` in those that are shipped."""
    plausibility: Plausibility = Plausibility.WARN
    """What becomes of lines whose density or edges are not plausible: ``warn``, ``refuse`` the order, or ``off``."""
    lifting_profile: Label = ""
    """How parcels are lifted, by name or by name and version, such as ``freight`` or ``manual@1``: it limits what
    several units may weigh gross, and marks heavy parcels. Default: that of the materials, ``manual`` in those that are
    shipped."""
    protection: ProtectionRule = ProtectionRule.PRACTICE
    """Which rule protects fragile units: ``practice``, gaps and wrap by fragility class, or ``physics``, pads by
    G-level and drop height where they can be worked out. Default practice."""
    fit_clearance_um = units.InWhole[int | None]()

    def __post_init__(self) -> None:
        for name in ("objectives", "material_requirements", "excluded_materials", "cushioning_ids"):
            if isinstance(text := getattr(self, name), str):
                object.__setattr__(self, name, (text,) if text else ())
        super().__post_init__()

    def _broken_rules(self) -> Iterator[FieldViolation]:
        if self.protection is ProtectionRule.TESTED_PACK:
            asked = f"must be {' or '.join(ASKED_RULES)}"
            yield FieldViolation("protection", f"{asked}: packs with compartments are box types of the catalog")
        price = self.carbon_price_per_tonne_minor
        if self.emissions_basis is not None and Objective.EMISSIONS not in self.objectives and price is None:
            rule = "must be absent without emissions among the objectives or a carbon price"
            yield FieldViolation("emissions_basis", rule)
        if price is not None and self.emissions_basis is None:
            yield FieldViolation("carbon_price_per_tonne_minor", "needs emissions_basis, whose grams it prices")
        if price is not None and COSTS.isdisjoint(self.objectives):
            rule = "needs packaging_cost or shipping_cost among the objectives"
            yield FieldViolation("carbon_price_per_tonne_minor", rule)

    @cached_property
    def ranking(self) -> tuple[Objective, ...]:
        """The objectives in the order compared: those asked for, then the tie-break that ``prefer_reusable`` adds."""
        last = Objective.SINGLE_USE_PARCELS
        return (*self.objectives, last) if self.prefer_reusable and last not in self.objectives else self.objectives

    @property
    def has_material_rules(self) -> bool:
        """Whether anything is asked of what the packaging is made of."""
        return bool(self.material_requirements or self.min_recycled_content or self.excluded_materials)

    @property
    def limits_boxes(self) -> bool:
        """Whether the strength of boxes limits what they may hold, beside the catalog's own limits."""
        return self.stacking is not None or self.box_certificate

    @cached_property
    def support_millionths(self) -> int:
        """Support ratio in millionths, so that choices compare integers."""
        return round(self.support_ratio * 1_000_000)

    def too_empty(self, goods_um3: int, outer_um: tuple[int, int, int]) -> str:
        """Return by how much goods leave more of an outer volume empty than the policy allows; empty if they do not."""
        outer_um3 = math.prod(outer_um)
        if self.max_empty_space_ratio is None or not outer_um3:
            return ""
        millionths = round(self.max_empty_space_ratio * 1_000_000)
        if (outer_um3 - goods_um3) * 1_000_000 <= millionths * outer_um3:
            return ""
        empty = 1 - goods_um3 / outer_um3
        limit = f"{percent(empty - self.max_empty_space_ratio)} above {EMPTY_SPACE} {self.max_empty_space_ratio:g}"
        return f"{percent(empty)} of its outer volume would be empty, {limit}"

    @cached_property
    def fill_millionths(self) -> int:
        """Fill limit in millionths."""
        return round(self.fill_limit * 1_000_000)
