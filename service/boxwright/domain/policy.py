"""Policies: objectives of a plan, and the rules that it must obey."""

import enum
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Any, Self

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
    """Value of unverified emission factors in choices; reported lines show the central value."""

    UPPER_END = "upper_end"
    CENTRAL = "central"


@dataclass(frozen=True)
class EmissionsBasis(Ruled):
    """Profile and allocation of the objective ``emissions``."""

    profile_id: str = ""
    """Accounting profile, ``id`` or ``id@version``; footprints include it. Default: the first of the request."""
    allocation: Allocation = Allocation.MASS
    """Allocation of transport."""


class Objective(enum.StrEnum):
    """A sum over parcels that a plan minimises."""

    PARCEL_COUNT = "parcel_count"
    INNER_VOLUME = "inner_volume"
    OUTER_VOLUME = "outer_volume"
    PACKAGING_MASS = "packaging_mass"
    PACKAGING_COST = "packaging_cost"
    SHIPPING_COST = "shipping_cost"
    CHARGEABLE_WEIGHT = "chargeable_weight"
    EMISSIONS = "emissions"
    SINGLE_USE_PARCELS = "single_use_parcels"


NO_DUNNAGE = "none"
"""Name that stands for no dunnage of a kind."""
MATERIAL_CLAIMS = (
    "plastic_free",
    "recyclable",
    "recyclable_at_destination",
    "compostable",
    "home_compostable",
    "reusable",
)
"""Claims that a policy may require of all packaging."""


EMPTY_SPACE = "max_empty_space_ratio"
EMPTY_SPACE_CURES = (
    "stock a box of a size between or, for cushioned goods, cushion them inside their sales packaging or use other"
    " cushioning"
)
"""Remedies for a conflict between empty space and the protection of goods."""
COSTS = frozenset({Objective.PACKAGING_COST, Objective.SHIPPING_COST})
"""Objectives in money."""
_EMISSION_RULES = ("emissions_basis", "accept_incomplete_footprint", "unverified_factor_rule")
"""Fields without effect on plans that are compared by neither emissions nor their price."""
MAX_CARBON_PRICE_MINOR = 10**12
"""Highest price of a tonne of CO2e, in minor units."""


class SolvingMode(enum.StrEnum):
    """Counted effort that the search may spend; the modes differ in nothing else."""

    FAST = "fast"
    BALANCED = "balanced"
    THOROUGH = "thorough"


class Plausibility(enum.StrEnum):
    """Treatment of orders with implausible sizes or masses."""

    WARN = "warn"
    REFUSE = "refuse"
    OFF = "off"


class Engine(enum.StrEnum):
    """The engine that places units."""

    BOXWRIGHT = "boxwright"
    PY3DBP = "py3dbp"


def _six_decimals(value: float) -> str | None:
    return f"must have at most six decimals, got {value!r}" if abs(value * 1e6 - round(value * 1e6)) > 1e-6 else None


ExactShare = Annotated[float, within(0, 1), _six_decimals]


@holds_whole
@dataclass(frozen=True)
class Policy(Ruled):
    """Objectives and rules of a plan."""

    objectives: Annotated[tuple[Objective, ...], some("must name at least one objective"), unique()] = (
        Objective.PARCEL_COUNT,
        Objective.INNER_VOLUME,
    )
    """Objectives in order of priority. Default: parcel count, then inner volume."""
    support_ratio: ExactShare = 0.75
    """Minimum share of each base area that rests on the floor or on other units, 0 to 1. Above 0, stability is required
    too: the combined centre of mass must lie over the contacts."""
    load_bearing: bool = True
    """Whether ``max_load_g`` of the units is obeyed."""
    fit_clearance_mm: LengthOrZero | None = None
    """Slack along each inner edge of every box, in mm; wall margins count towards it. Default: that of the box type, or
    0 if all goods are soft or keep clear of the walls anyway."""
    fill_limit: Annotated[float, within(0, 1, above=True), _six_decimals] = 1.0
    """Maximum share of the inner volume for goods with their half-gaps, above 0 to 1."""
    max_empty_space_ratio: ExactShare | None = None
    """Maximum share of a box's outer volume that the declared goods may leave empty, 0 to 1; filling and cushioning
    count as empty, and units in their own container are exempt. Goods whose protection needs more room are left out
    with ``UnpackedReason.EMPTY_SPACE_CONFLICT``. A single parcel takes the best box within the limit; if there are
    several parcels, those above it are left out. Default: unlimited."""
    max_parcels: Annotated[int, within(1)] | None = None
    """Maximum number of parcels in the plan. Default: unlimited."""
    max_effort: Annotated[int, within(1)] | None = None
    """Steps after which the search ends with the best plan so far, 1 or more. A plan that was cut is repeated by its
    ``effort_used``. Steps differ in size between orders. Default: unlimited."""
    allow_partial: bool = False
    """Whether a plan may leave units out; if not, a unit left out raises an error."""
    mode: SolvingMode = SolvingMode.BALANCED
    engine: Engine = Engine.BOXWRIGHT
    """Packing engine; ``py3dbp`` is a baseline for comparison."""
    void_fill_id: str = ""
    """Dunnage to use; ``"none"`` for no void fill. Default: the first of its kind in the catalog."""
    cushioning_ids: Annotated[tuple[Id, ...], unique()] = ()
    """Wraps, from which the objectives choose one per parcel, and pads; only the first pads are used. Default: the
    first of each in the catalog."""
    tape_id: str = ""
    """Tape to use, named as in ``void_fill_id``."""
    void_fill_share: ExactShare = 1.0
    """Share of the empty volume to fill, 0 to 1."""
    material_requirements: Annotated[tuple[Annotated[str, one_of(*MATERIAL_CLAIMS)], ...], unique()] = ()
    """Claims that all packaging must meet, dunnage and tape included: ``plastic_free``, ``recyclable``,
    ``recyclable_at_destination``, ``compostable``, ``home_compostable``, ``reusable``."""
    accept_incomplete_footprint: bool = False
    """Whether the objective ``emissions`` is allowed even if the profile lacks a factor."""
    property_caps: Caps = ()
    """Maximum amounts of properties in a parcel, such as watt-hours of lithium cells."""
    emissions_basis: EmissionsBasis | None = None
    """Profile and allocation of the objective ``emissions``. Default: the first profile of the request, by mass."""
    carbon_price_per_tonne_minor: Annotated[int, within(0, MAX_CARBON_PRICE_MINOR)] | None = None
    """Price of a tonne of CO2e in minor units of the catalog's currency, added to ``packaging_cost`` and
    ``shipping_cost``, rounded half up per parcel. Needs ``emissions_basis``. Default: no carbon price."""
    unverified_factor_rule: UnverifiedFactorRule = UnverifiedFactorRule.UPPER_END
    """Value of unverified factors in choices. With the default, the upper end of the range, an unverified factor never
    looks better than a verified one."""
    stacking: StackingCondition | None = None
    """Stack of parcels that every box must bear. Default: none."""
    box_certificate: bool = False
    """Whether parcels must keep the limits of the US box certificate for the grade of their board."""
    label_id: str = ""
    blocking_id: str = ""
    """Label of every parcel, and blocking for spaces where fill alone does not hold the goods, named as in
    ``void_fill_id``."""
    tape_rule: str = ""
    """Rule of ``tape_rules.csv``. Default: that of the materials."""
    min_recycled_content: ExactShare = 0.0
    """Minimum recycled content of each packaging material, as a share by mass, 0 to 1."""
    excluded_materials: Annotated[tuple[str, ...], unique()] = ()
    """Ids of materials that may not be used."""
    prefer_reusable: bool = False
    """Whether ``single_use_parcels`` is added as the last objective, to break ties."""
    handling_profile: Label = ""
    """Profile of handling in transport, such as ``ista-2a`` or ``ista-2a@1``.
    Default: that of the materials, ``ista-1a`` in those that are shipped."""
    plausibility: Plausibility = Plausibility.WARN
    """Treatment of lines with implausible density or edges."""
    lifting_profile: Label = ""
    """Limit of the gross weight of several units, and marks of heavy parcels, such as ``freight`` or ``manual@1``.
    Default: as the materials state, ``manual`` as shipped."""
    protection: ProtectionRule = ProtectionRule.PRACTICE
    """Rule for fragile units: ``practice``, gaps and wrap by fragility class, or ``physics``, pads by G-level and drop
    height where they can be computed."""
    fit_clearance_um = units.InWhole[int | None]()

    def __post_init__(self) -> None:
        for name in ("objectives", "material_requirements", "excluded_materials", "cushioning_ids"):
            if isinstance(text := getattr(self, name), str):
                object.__setattr__(self, name, (text,) if text else ())
        super().__post_init__()

    def _broken_rules(self) -> Iterator[FieldViolation]:
        if self.protection is ProtectionRule.TESTED_PACK:
            rule = f"must be {' or '.join(ASKED_RULES)}, since packs with compartments are box types"
            yield FieldViolation("protection", rule)
        price = self.carbon_price_per_tonne_minor
        if Objective.EMISSIONS not in self.objectives and price is None:
            for name in _EMISSION_RULES:
                if getattr(self, name) != getattr(Policy, name):
                    yield FieldViolation(name, "needs the objective emissions or a carbon price")
        if self.tape_rule and self.tape_id == NO_DUNNAGE:
            yield FieldViolation("tape_rule", "must not be given without tape")
        if self.void_fill_share != Policy.void_fill_share and self.void_fill_id == NO_DUNNAGE:
            yield FieldViolation("void_fill_share", "must not be given without void fill")
        if price is not None and self.emissions_basis is None:
            yield FieldViolation("carbon_price_per_tonne_minor", "needs emissions_basis, the emissions to price")
        if price is not None and COSTS.isdisjoint(self.objectives):
            rule = "needs packaging_cost or shipping_cost among the objectives"
            yield FieldViolation("carbon_price_per_tonne_minor", rule)

    def with_objectives(self, *objectives: Objective) -> Self:
        """Return the policy with other objectives, without the carbon price and rules of emissions that need others.

        Raises InvalidInputError if there are no objectives, or one is unknown or repeated.
        """
        price = None if COSTS.isdisjoint(objectives) else self.carbon_price_per_tonne_minor
        idle = _EMISSION_RULES if price is None and Objective.EMISSIONS not in objectives else ()
        defaults: dict[str, Any] = {name: getattr(Policy, name) for name in idle}
        return replace(self, objectives=objectives, carbon_price_per_tonne_minor=price, **defaults)

    @cached_property
    def ranking(self) -> tuple[Objective, ...]:
        """Objectives in order of priority, with the last one that ``prefer_reusable`` adds."""
        last = Objective.SINGLE_USE_PARCELS
        return (*self.objectives, last) if self.prefer_reusable and last not in self.objectives else self.objectives

    @property
    def has_material_rules(self) -> bool:
        """Whether any rule concerns packaging materials."""
        return bool(self.material_requirements or self.min_recycled_content or self.excluded_materials)

    @property
    def limits_boxes(self) -> bool:
        """Whether the strength of boxes limits their content."""
        return self.stacking is not None or self.box_certificate

    @cached_property
    def support_millionths(self) -> int:
        """Support ratio in millionths, for comparisons of integers."""
        return round(self.support_ratio * 1_000_000)

    def too_empty(self, goods_um3: int, outer_um: tuple[int, int, int]) -> str:
        """Describe by how much a box exceeds ``max_empty_space_ratio``; empty if it does not."""
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
