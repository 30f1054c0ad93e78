"""A plan: the parcels of an order, the units left out, and the certificate; parcels that were started before it."""

import datetime
import enum
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from boxwright import units
from boxwright.domain.carrier import ChargeableWeight
from boxwright.domain.factor import Component
from boxwright.domain.fields import Id, Ruled, changed
from boxwright.domain.footprint import Footprint, PackagingComponent
from boxwright.domain.lane import Leg
from boxwright.domain.order import ALL_ORIENTATIONS, Item, Order, Orientation
from boxwright.domain.price_table import CarriagePrice
from boxwright.domain.proof import Proof
from boxwright.domain.protection import LineProtection
from boxwright.domain.strength import BoxGrade, StackLoad
from boxwright.domain.warning import PlanWarning
from boxwright.errors import BoxwrightError, FieldViolation, InvalidInputError
from boxwright.lazy import cached_property


class PlanStatus(enum.StrEnum):
    """Status of a plan: all units, some or none are in parcels."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    NONE = "none"


class UnpackedReason(enum.StrEnum):
    """Reason why a unit was left out."""

    DOES_NOT_FIT_ANY_BOX = "does_not_fit_any_box"
    TOO_HEAVY_FOR_ANY_BOX = "too_heavy_for_any_box"
    NO_BOX_AVAILABLE = "no_box_available"
    MAX_PARCELS_REACHED = "max_parcels_reached"
    MISSING_DIMENSIONS = "missing_dimensions"
    NOT_FOUND_WITHIN_EFFORT = "not_found_within_effort"
    GROUP_DOES_NOT_FIT = "group_does_not_fit"
    PROPERTY_CAP_EXCEEDED = "property_cap_exceeded"
    MATERIAL_REQUIREMENTS = "material_requirements"
    EMPTY_SPACE_CONFLICT = "empty_space_conflict"


class ProofStatus(enum.StrEnum):
    """Status of a proof: a better plan is excluded, or not."""

    PROVED = "proved"
    OPEN = "open"


class ProofScope(enum.StrEnum):
    """The set of plans for which a proof holds."""

    SINGLE_PARCEL = "single_parcel"
    ALL_PLANS = "all_plans"


class HandlingMark(enum.StrEnum):
    """Mark on a parcel by the lifting profile."""

    HEAVY = "heavy"
    TEAM_LIFT = "team_lift"

    @property
    def words(self) -> str:
        """The text of the mark."""
        return {HandlingMark.HEAVY: "HEAVY", HandlingMark.TEAM_LIFT: "TEAM LIFT"}[self]


class Cuboid:
    """Base of placements and empty spaces: lowest corner and size along x, y, z, held in um."""

    __slots__ = ()
    x_um: int
    y_um: int
    z_um: int
    length_um: int
    width_um: int
    height_um: int
    x_mm = units.InUnits()
    y_mm = units.InUnits()
    z_mm = units.InUnits()
    length_mm = units.InUnits()
    width_mm = units.InUnits()
    height_mm = units.InUnits()

    @property
    def corner_um(self) -> tuple[int, int, int]:
        """Lowest corner in um."""
        return self.x_um, self.y_um, self.z_um

    @property
    def extent_um(self) -> tuple[int, int, int]:
        """Extents along x, y, z in um."""
        return self.length_um, self.width_um, self.height_um

    @property
    def volume_um3(self) -> int:
        """Volume in cubic um."""
        return self.length_um * self.width_um * self.height_um


@dataclass(frozen=True, slots=True)
class Placement(Cuboid):
    """A unit in a parcel: lowest corner and rotated size of its envelope.

    Lengths are held in um and can be read in mm, such as ``x_mm``. The origin is the inner left-front-bottom corner; x
    runs along the box's length, y along its width, z up.
    """

    line_id: str
    unit_index: int
    """Index of the unit in its line, from 0."""
    x_um: int
    y_um: int
    z_um: int
    """Lowest corner of the envelope, in um."""
    length_um: int
    width_um: int
    height_um: int
    """Extents along x, y, z, half-gaps included."""
    orientation: Orientation = Orientation.LWH
    half_gap_um: int = 0
    """Space on every side, inside the extents, for wrap, fill or pads, in um."""
    folds: int = 0
    """Number of folds of soft goods."""
    wall_margin_um: int = 0
    """Space between the envelope and walls, floor and lid, in um."""
    compartment: int | None = None
    """Number of its compartment, counted row by row from 1. Default: the box has none."""
    inner_box_type_id: str = ""
    """Box type that the goods are packed in first. The placement then has the outer size of that box, with the goods in
    its middle, turned as ``orientation`` states. Default: none."""
    half_gap_mm = units.InUnits()
    wall_margin_mm = units.InUnits()


def without_positions(placements: Sequence[Placement]) -> bool:
    """Return whether placements name units only, without corner, extent or inner box."""
    return bool(placements) and not any(
        any(placed.corner_um) or any(placed.extent_um) or placed.inner_box_type_id for placed in placements
    )


@dataclass(frozen=True, slots=True)
class EmptySpace(Cuboid):
    """An empty cuboid in a parcel; lengths as in ``Placement``."""

    x_um: int
    y_um: int
    z_um: int
    length_um: int
    width_um: int
    height_um: int
    needs_blocking: bool = False
    """Whether a unit beside it could move into it although there is fill."""


@dataclass(frozen=True)
class Parcel:
    """A closed, packed box."""

    box_type_id: str
    """Its box type; empty for a unit in its own container."""
    placements: tuple[Placement, ...]
    """Units in pack sequence: each is lowered onto those before it."""
    packaging: tuple[PackagingComponent, ...] = ()
    """Box, wrap or pads, void fill, tape, each with material and mass."""
    net_mg: int = 0
    """Goods, in mg."""
    inner_um: tuple[int, int, int] = (0, 0, 0)
    """Inner length, width, height of the closed box in um; for a mailer, as filled."""
    inner_volume_um3: int = 0
    goods_volume_um3: int = 0
    """Inner volume of the closed box, and volume of the goods without half-gaps, in cubic um."""
    outer_um: tuple[int, int, int] = (0, 0, 0)
    """Outer length, width, height of the closed box in um."""
    chargeable: ChargeableWeight | None = None
    """Bill of the lane's carrier service; None without one."""
    footprints: tuple[Footprint, ...] = ()
    """Footprints, one per profile and allocation."""
    empty_spaces: tuple[EmptySpace, ...] | None = None
    """Cuboids without overlap that make up all empty space, largest first. None if not requested."""
    ships_in_own_container: bool = False
    """Whether this is a unit in its own container: no box, no dunnage, no inner volume."""
    started_parcel_id: str = ""
    """Started parcel that this one finishes; empty if none."""
    carriage_price: CarriagePrice | None = None
    """Price of carriage by the lane's price table; None without one."""
    carbon_cost_minor: int | None = None
    """Cost of carbon that is added in objectives in money, in minor units; None without a carbon price."""
    stack_load: StackLoad | None = None
    """Load under the policy's stacking condition; None without one."""
    box_grade: BoxGrade | None = None
    """Grade of the box certificate that its board reaches; None if the policy does not ask for it."""
    cushioning_id: str = ""
    """Wrap or pads of its fragile units; empty if it has none."""
    handling_marks: tuple[HandlingMark, ...] = ()
    """Marks by the policy's lifting profile."""
    protection: tuple[LineProtection, ...] = ()
    """Protection of each line that needs it."""
    net_g = units.InUnits()
    tare_g = units.InUnits()
    gross_g = units.InUnits()

    @property
    def tare_mg(self) -> int:
        """Box, dunnage and tape, in mg."""
        return sum(part.mass_mg for part in self.packaging)

    @property
    def gross_mg(self) -> int:
        """Goods and tare, in mg."""
        return self.net_mg + self.tare_mg

    @property
    def empty_space_ratio(self) -> float:
        """Share of the inner volume not taken by goods, 0 to 1; filler and cushioning count as empty."""
        return 1 - self.goods_volume_um3 / self.inner_volume_um3 if self.inner_volume_um3 else 0.0

    @property
    def boxed_goods_um3(self) -> int:
        """Volume of goods in a catalog box, in cubic um."""
        return 0 if self.ships_in_own_container else self.goods_volume_um3

    @cached_property
    def unit_numbers(self) -> Mapping[tuple[str, int], tuple[int, int]]:
        """Number of each unit among those of its line in the parcel, from 1 in pack sequence, and their count.

        Keys are line and unit index. Units of a line are interchangeable, so a packer counts them in pack sequence.
        """
        counts = Counter(placed.line_id for placed in self.placements)
        seen: Counter[str] = Counter()
        found = {}
        for placed in self.placements:
            seen[placed.line_id] += 1
            found[placed.line_id, placed.unit_index] = (seen[placed.line_id], counts[placed.line_id])
        return found

    def packaging_mg(self, component: Component) -> int:
        """Mass of one kind of packaging, in mg."""
        return sum(part.mass_mg for part in self.packaging if part.component is component)


@dataclass(frozen=True, slots=True)
class UnpackedUnit:
    """A unit left out of a plan."""

    line_id: str
    unit_index: int
    reason: UnpackedReason
    message: str
    """The binding rule, with its figures."""
    required_inner_um: tuple[int, int, int] | None = None
    """Minimum inner length, width and height in um that take it with its clearances in its first allowed orientation;
    None if it can be folded, or if size is not the only reason."""

    def __str__(self) -> str:
        return f"unit {self.unit_index + 1} of line {self.line_id!r}: {self.reason.value} ({self.message})"


@dataclass(frozen=True, slots=True)
class SmallestChange:
    """A change of one kind to all units of an order line.

    With this change the order fits one box of the refused type; with a change smaller by a micrometre or milligram, it
    provably does not. InvalidInputError if the change is not of exactly one kind, or changes nothing.
    """

    line_id: str
    shorten_um: tuple[int, int, int] | None = None
    """Reduction of the declared length, width and height, in um, 0 or more."""
    allow: Orientation | None = None
    lighten_mg: int | None = None
    """Reduction of the mass of a unit, in mg."""

    def __post_init__(self) -> None:
        kinds = [kind for kind in (self.shorten_um, self.allow, self.lighten_mg) if kind is not None]
        if len(kinds) != 1:
            raise InvalidInputError([FieldViolation("change", "must hold exactly one kind of change")])
        if self.shorten_um is not None and (min(self.shorten_um) < 0 or not any(self.shorten_um)):
            raise InvalidInputError(
                [FieldViolation("shorten_mm", "must be 0 or more for each edge, and above 0 for one")]
            )
        if self.lighten_mg is not None and self.lighten_mg < 1:
            raise InvalidInputError([FieldViolation("lighten_g", "must be at least 0.001 g")])

    def applied(self, order: Order) -> Order:
        """Return the order with its line changed.

        InvalidInputError if it has no such line, the line already allows the orientation, or an edge would vanish.
        """
        known = [line.line_id for line in order.lines]
        if self.line_id not in known:
            raise InvalidInputError([FieldViolation("line_id", f"must be a line of the order, got {self.line_id!r}")])
        lines = list(order.lines)
        at = known.index(self.line_id)
        lines[at] = self._changed(lines[at])
        return replace(order, lines=tuple(lines))

    def _changed(self, line: Item) -> Item:
        if self.shorten_um is not None:
            length, width, height = (edge - off for edge, off in zip(line.edges_um, self.shorten_um, strict=True))
            return changed(line, length_um=length, width_um=width, height_um=height)
        if self.lighten_mg is not None:
            return changed(line, mass_mg=line.mass_mg - self.lighten_mg)
        if self.allow in line.orientations:
            raise InvalidInputError([FieldViolation("allow", f"line {line.line_id!r} allows {self.allow} already")])
        wider = {*line.orientations, self.allow}
        return changed(line, orientations=tuple(allowed for allowed in ALL_ORIENTATIONS if allowed in wider))

    def one_less(self) -> "Iterator[SmallestChange | None]":
        """Yield every change that is smaller by one um or mg; None stands for no change at all."""
        if self.shorten_um is not None:
            for edge in range(3):
                if self.shorten_um[edge]:
                    less = [off - (at == edge) for at, off in enumerate(self.shorten_um)]
                    yield SmallestChange(self.line_id, shorten_um=(less[0], less[1], less[2])) if any(less) else None
        elif self.lighten_mg is not None:
            yield SmallestChange(self.line_id, lighten_mg=self.lighten_mg - 1) if self.lighten_mg > 1 else None
        else:
            yield None


@dataclass(frozen=True, slots=True)
class RefusedCandidate:
    """A cheaper box type that was proved too small or too weak for the whole order."""

    box_type_id: str
    proof: Proof
    message: str
    """The binding rule, with its figures."""
    smallest_change: SmallestChange | None = None
    """Smallest change that makes the order fit; None if unknown or not requested."""
    cushioning_id: str = ""
    """Cushioning with which it was refused; empty if there is no choice."""


class OpenCandidate(NamedTuple):
    """A cheaper box type that is not excluded."""

    box_type_id: str
    cushioning_id: str = ""
    """Cushioning with which it was tried; empty if there is no choice."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """Proof about the choice of boxes."""

    status: ProofStatus
    """PROVED: no plan in scope is better by the objectives. OPEN: ``open_candidates`` were not excluded."""
    scope: ProofScope
    """Plans covered by the proof: SINGLE_PARCEL, those with one box; ALL_PLANS, all of them."""
    constraints: tuple[str, ...] = ()
    """The constraint set as text; proofs of a relaxed problem hold for the constrained one."""
    objectives: tuple[str, ...] = ()
    """Objectives in order of comparison."""
    profile_id: str = ""
    """Accounting profile of the objective ``emissions``, and of a carbon price; empty otherwise."""
    allocation: str = ""
    """Allocation of transport if emissions were compared; empty otherwise."""
    refused_candidates: tuple[RefusedCandidate, ...] = ()
    """Cheaper box types, each with its proof."""
    open_candidates: tuple[OpenCandidate, ...] = ()
    """Cheaper box types that are not excluded: they were tried without success or, for an alternative, better plans may
    use them. For a search that was cut, also dearer ones that were not tried."""
    lower_bound: int = 0
    value: int = 0
    """Lower bound, and figure of the plan, by ``bounded_objective`` in its integer unit."""
    bounded_objective: str = ""
    """First objective in which bound and plan differ; the first of all if they are equal."""
    rank: int = 0
    """Rank among the plans of an order: 0 for the plan, 1 for the first alternative; alternatives are always OPEN."""
    carrier_service: str = ""
    price_table: str = ""
    price_table_hash: str = ""
    """Service, table as ``id@version`` and its hash, for the objectives ``chargeable_weight`` and ``shipping_cost``;
    empty otherwise."""

    @property
    def gap_ratio(self) -> float:
        """Distance of the plan from the bound, as a share of the plan's value; 0 when they meet."""
        return (self.value - self.lower_bound) / self.value if self.value else 0.0


@dataclass(frozen=True)
class Plan:
    """All parcels of an order."""

    order_id: str
    status: PlanStatus
    parcels: tuple[Parcel, ...]
    """Parcels, largest first."""
    unpacked: tuple[UnpackedUnit, ...] = ()
    certificate: Certificate = Certificate(ProofStatus.OPEN, ProofScope.SINGLE_PARCEL)
    footprints: tuple[Footprint, ...] = ()
    """Sums over the parcels, one per profile and allocation."""
    catalog_id: str = ""
    catalog_version: str = ""
    catalog_hash: str = ""
    data_version: str = ""
    data_hash: str = ""
    engine_version: str = ""
    """Versions that the plan was made with."""
    ship_date: datetime.date | None = None
    """Date of the carrier rules."""
    warnings: tuple[PlanWarning, ...] = ()
    """Warnings, one per kind."""
    cut_short: bool = False
    """Whether the search ended before its effort was spent."""
    effort_used: int | None = None
    """Steps of a search that was cut, which repeats the plan if given as ``max_effort``; otherwise None."""
    legs: tuple[Leg, ...] = ()
    """Legs that footprints count, in order of travel, with the derivation of derived ones."""

    @cached_property
    def inner_litres(self) -> float:
        """Inner volume of all boxes, in litres."""
        return sum(parcel.inner_volume_um3 for parcel in self.parcels) / 1e15

    @cached_property
    def gross_mg(self) -> int:
        """Gross mass of all parcels, in mg."""
        return sum(parcel.gross_mg for parcel in self.parcels)


@dataclass(frozen=True)
class StartedParcel(Ruled):
    """A partly packed box. Its units stay in place, and a plan fills it first."""

    started_parcel_id: Id
    """The caller's id of the parcel, unique in its request; the plan's parcel repeats it."""
    box_type_id: Id
    """Its box type in the catalog; the box is not taken from the stock."""
    placements: tuple[Placement, ...] = ()
    """Units of the order that are in it, in pack sequence. Default: an empty box."""


def begun_steps(parcel: Parcel, started_parcels: Iterable[StartedParcel]) -> frozenset[int]:
    """Return the steps of a parcel, from 1, whose units were in its started parcel and stay in place.

    If other units go below them, all are taken out and placed again, so that none stays in place.
    """
    if not parcel.started_parcel_id:
        return frozenset()
    same = (started for started in started_parcels if started.started_parcel_id == parcel.started_parcel_id)
    units = {(unit.line_id, unit.unit_index) for started in same for unit in started.placements}
    placed = enumerate(parcel.placements, start=1)
    steps = frozenset(step for step, unit in placed if (unit.line_id, unit.unit_index) in units)
    return steps if max(steps, default=0) == len(steps) else frozenset()


PARTIAL_HINT = "(set allow_partial to accept a plan without them)"


def by_cause(unpacked: Sequence[UnpackedUnit]) -> list[tuple[str, int]]:
    """Return, by line and reason, a sentence on the unpacked units and their number."""
    groups: dict[tuple[str, str, str], list[UnpackedUnit]] = {}
    for unit in unpacked:
        groups.setdefault((unit.line_id, unit.reason, unit.message), []).append(unit)
    return [
        (str(units[0]) if len(units) == 1 else f"{line_id}, {len(units)} units: {reason} ({rule})", len(units))
        for (line_id, reason, rule), units in groups.items()
    ]


class IncompletePlanError(BoxwrightError):
    """The order cannot be packed completely, and the policy allows no partial plan; ``unpacked`` are the units left."""

    def __init__(self, order_id: str, unpacked: Sequence[UnpackedUnit]) -> None:
        self.order_id = order_id
        self.unpacked = tuple(unpacked)
        causes = by_cause(self.unpacked)
        reasons = "; ".join(words for words, _ in causes[:5])
        left = sum(count for _, count in causes[5:])
        more = f"; and {left} more units" if left else ""
        units = "1 unit is" if len(self.unpacked) == 1 else f"{len(self.unpacked)} units are"
        start = f"order {order_id!r} cannot be packed completely, {units} left out"
        super().__init__(f"{start}: {reasons}{more} {PARTIAL_HINT}")
