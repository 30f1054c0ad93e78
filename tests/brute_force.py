"""Finds the best plan of a tiny order by trying everything: each partition, box and place on a grid.

It shares nothing with ``packing`` and ``selection``. Units and boxes are whole cells of a grid. Without support, every
packing can be pushed onto the grid, so no engine can pack units that this search refuses. With support, the search may
miss a packing off the grid, so its best plan is one that an engine must at least equal before it may state PROVED.
"""

import itertools
import math
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from boxwright import BoxType, Catalog, Item, Lane, Objective, Order, Orientation, Placement, Plan, Policy, load_catalog
from boxwright.catalog import load_materials
from boxwright.checking.case import Envelope, ParcelCase, Premises
from boxwright.checking.needs import with_fragility_rules
from boxwright.checking.standing import unsteady
from boxwright.domain.order import ALL_ORIENTATIONS, UPRIGHT
from boxwright.domain.plan import Parcel, PlanStatus, ProofScope, ProofStatus, UnpackedReason
from boxwright.domain.proof import Proof
from boxwright.protection import tape_mg, void_fill_mg

CELL_MM = 50
MOST_LEAVES = 200
"""Maximum number of full layouts that are tested by the physical rules, per set of units and box type."""
OBJECTIVES = (
    (Objective.PARCEL_COUNT, Objective.INNER_VOLUME),
    (Objective.INNER_VOLUME,),
    (Objective.PACKAGING_COST, Objective.PARCEL_COUNT),
    (Objective.PACKAGING_MASS,),
    (Objective.OUTER_VOLUME, Objective.PACKAGING_COST),
)

Cells = tuple[int, int, int]
Unit = tuple[str, int]
"""Line id and unit index."""
Price = tuple[int, ...]


@dataclass(frozen=True)
class Place:
    """A possible place of a unit in a box: its cells as bits, its lowest corner, extents and orientation."""

    bits: int
    low: Cells
    extent: Cells
    orientation: Orientation


@dataclass
class BruteForce:
    """Tries everything for one order.

    Parameters
    ----------
    order, catalog, policy
        Whole cells, no fragile units; the policy has no clearance.
    lane : Lane or None
        Names the carrier, if it matters.
    """

    order: Order
    catalog: Catalog
    policy: Policy
    lane: Lane | None = None
    _known: dict[tuple[object, ...], bool] = field(default_factory=dict)

    def units(self) -> list[Unit]:
        """Return every unit."""
        return [(line.line_id, index) for line in self.order.lines for index in range(line.quantity)]

    def fits(self, units: tuple[Unit, ...], box: BoxType, *, supported: bool) -> bool:
        """Whether units fit a box type, by weight, volume and some layout on the grid."""
        if not self.bears(units, box) or not self.fills(units, box):
            return False
        lines = tuple(sorted(line_id for line_id, _ in units))
        key = (lines, box.box_type_id, supported)
        if key not in self._known:
            self._known[key] = self._supported(units, box) if supported else self._anyhow(units, box)
        return self._known[key]

    def bears(self, units: tuple[Unit, ...], box: BoxType) -> bool:
        """Whether units and packaging are within the limits of the box: net is goods and void fill, gross is all."""
        tare, fill, tape = self._packaging_mg(units, box)
        net = sum(self._line(unit).mass_mg for unit in units) + fill
        limits = [
            box.max_net_g is None or net <= round(box.max_net_g * 1_000),
            box.max_gross_g is None or net + tare + tape <= round(box.max_gross_g * 1_000),
        ]
        return all(limits)

    def fills(self, units: tuple[Unit, ...], box: BoxType) -> bool:
        """Whether the units take no more of the box than the fill limit allows."""
        limit = box.inner_volume_um3 * round(self.policy.fill_limit * 1_000_000)
        return self._volume_um3(units) * 1_000_000 <= limit

    def price(self, units: tuple[Unit, ...], box: BoxType) -> Price:
        """Return the objectives of one parcel."""
        values = {
            Objective.PARCEL_COUNT: 1,
            Objective.INNER_VOLUME: box.counted_um3(box.inner_volume_um3),
            Objective.OUTER_VOLUME: math.prod(box.outer_um),
            Objective.PACKAGING_COST: box.price_minor or 0,
            Objective.PACKAGING_MASS: sum(self._packaging_mg(units, box)),
        }
        return tuple(values[objective] for objective in self.policy.objectives)

    def best(self, *, single: bool) -> Price | None:
        """Return the price of the cheapest plan found, of one parcel or of any number; None if there is none."""
        prices = []
        for parts in [[tuple(self.units())]] if single else _partitions(self.units()):
            options = [
                [(self.price(part, box), box) for box in self.catalog.box_types if self.fits(part, box, supported=True)]
                for part in parts
            ]
            for chosen in itertools.product(*options):
                used = Counter(box.box_type_id for _, box in chosen)
                if all(box.available is None or used[box.box_type_id] <= box.available for _, box in chosen):
                    prices.append(tuple(sum(part) for part in zip(*(price for price, _ in chosen), strict=True)))
        return min(prices, default=None)

    def price_of(self, answer: Plan) -> Price:
        """Return the objectives of a plan, computed again from the contents of its boxes."""
        prices = [
            self.price(
                tuple((each.line_id, each.unit_index) for each in parcel.placements),
                self.catalog.box_type(parcel.box_type_id),
            )
            for parcel in answer.parcels
        ]
        return tuple(sum(part) for part in zip(*prices, strict=True))

    def _line(self, unit: Unit) -> Item:
        return self._ruled[unit[0]]

    @cached_property
    def _ruled(self) -> dict[str, Item]:
        """Lines by id, with the mass that their units may carry."""
        return {line.line_id: line for line in with_fragility_rules(self.order, None).lines}

    def _volume_um3(self, units: tuple[Unit, ...]) -> int:
        """Return the volume to which the fill limit applies."""
        return self._goods_um3(units)

    def _goods_um3(self, units: tuple[Unit, ...]) -> int:
        return sum(math.prod(self._line(unit).edges_um) for unit in units)

    def _wrap_mg(self, units: tuple[Unit, ...]) -> int:
        """Return the mass of the wrap around the units."""
        return 0

    def _packaging_mg(self, units: tuple[Unit, ...], box: BoxType) -> tuple[int, int, int]:
        """Return the masses of box, of wrap and void fill, and of tape."""
        fill, tape = self._wrap_mg(units), 0
        empty = box.inner_volume_um3 - self._goods_um3(units)
        for each in self.catalog.dunnage:
            if each.kind == "void_fill" and empty > 0:
                fill += void_fill_mg(empty, self.policy.void_fill_share, each)
            if each.kind == "tape":
                tape = tape_mg(box, each, load_materials().tape_rule(self.policy.tape_rule))
        return round(box.tare_g * 1_000), fill, tape

    def _places(self, unit: Unit, box: BoxType) -> list[Place]:
        inner = _cells(box.inner_um)
        line = self._line(unit)
        found: dict[tuple[Cells, Cells], Place] = {}
        for orientation in line.orientations:
            extent = _cells(orientation.rotate(*line.edges_um))
            for low in itertools.product(*(range(inner[axis] - extent[axis] + 1) for axis in range(3))):
                bits = 0
                for cell in itertools.product(*(range(low[axis], low[axis] + extent[axis]) for axis in range(3))):
                    bits |= 1 << (cell[0] + inner[0] * (cell[1] + inner[1] * cell[2]))
                found.setdefault((low, extent), Place(bits, low, extent, orientation))
        return list(found.values())

    def _anyhow(self, units: tuple[Unit, ...], box: BoxType) -> bool:
        """Whether the units fit without support."""
        options = [self._places(unit, box) for unit in units]

        def place(index: int, taken: int) -> bool:
            if index == len(options):
                return True
            return any(not each.bits & taken and place(index + 1, taken | each.bits) for each in options[index])

        return place(0, 0)

    def _supported(self, units: tuple[Unit, ...], box: BoxType) -> bool:
        """Whether some layout on the grid obeys all physical rules; units are placed from the lowest base up."""
        options = {unit: self._places(unit, box) for unit in units}
        ratio = self.policy.support_ratio
        leaves = [MOST_LEAVES]

        def place(left: tuple[Unit, ...], laid: list[tuple[Unit, Place]], taken: int) -> bool:
            if not left:
                leaves[0] -= 1
                return self._stands(laid)
            tried: set[str] = set()
            for unit in left:
                if unit[0] in tried:  # units of one line are equal
                    continue
                tried.add(unit[0])
                for each in options[unit]:
                    if leaves[0] <= 0:
                        return False
                    low_enough = not laid or each.low[2] >= laid[-1][1].low[2]
                    if not low_enough or each.bits & taken or not _rests(each, [one for _, one in laid], ratio):
                        continue
                    rest = tuple(other for other in left if other != unit)
                    if place(rest, [*laid, (unit, each)], taken | each.bits):
                        return True
            return False

        return place(units, [], 0)

    def _stands(self, laid: list[tuple[Unit, Place]]) -> bool:
        """Whether a layout, in the order given, passes the independent check."""
        envelopes = []
        for index, (unit, each) in enumerate(laid):
            low = [1_000 * CELL_MM * edge for edge in each.low]
            extent = [1_000 * CELL_MM * edge for edge in each.extent]
            placement = Placement(*unit, *low, *extent, each.orientation)
            borders = [value for axis in range(3) for value in (low[axis], low[axis] + extent[axis])]
            envelopes.append(Envelope(index, index + 1, placement, self._line(unit), *borders, 0))
        plan = Plan(self.order.order_id, PlanStatus.NONE, ())
        premises = Premises(plan, self.order, self.catalog, self.policy, None, (), None)
        case = ParcelCase(0, Parcel("", ()), envelopes, None, premises)
        return next(unsteady(case), None) is None


def wrong(tried: BruteForce, answer: Plan) -> str | None:
    """Return a statement of a plan that the full search shows to be wrong, or None."""
    everything = tuple(tried.units())
    certificate = answer.certificate
    for unit in answer.unpacked:
        if unit.reason in (UnpackedReason.DOES_NOT_FIT_ANY_BOX, UnpackedReason.TOO_HEAVY_FOR_ANY_BOX):
            alone = ((unit.line_id, unit.unit_index),)
            if any(tried.fits(alone, box, supported=True) for box in tried.catalog.box_types):
                return f"{unit} fits a box alone"
    if answer.status is not PlanStatus.COMPLETE:
        return None
    for refused in certificate.refused_candidates:
        box = tried.catalog.box_type(refused.box_type_id)
        if tried.fits(everything, box, supported=False):
            return f"{refused}, but the units fit, support aside"
        if refused.proof is Proof.WEIGHT and tried.bears(everything, box):
            return f"{refused}, but the box bears the units"
    price = tried.price_of(answer)
    if (
        certificate.value
        != price[[each.value for each in tried.policy.objectives].index(certificate.bounded_objective)]
    ):
        return f"the certificate states {certificate.value}, the price is {price}"
    if certificate.status is ProofStatus.PROVED:
        best = tried.best(single=certificate.scope is ProofScope.SINGLE_PARCEL)
        if best is not None and price > best:
            return f"proved {price}, and there is a plan of {best}"
    return None


def _cells(edges_um: tuple[int, int, int]) -> Cells:
    return tuple(edge // (CELL_MM * 1_000) for edge in edges_um)


def _rests(place: Place, laid: list[Place], ratio: float) -> bool:
    """Whether enough of the base lies on the floor or on tops."""
    if place.low[2] == 0 or ratio == 0:
        return True
    under = 0
    for each in laid:
        if each.low[2] + each.extent[2] == place.low[2]:
            across = [
                min(place.low[axis] + place.extent[axis], each.low[axis] + each.extent[axis])
                - max(place.low[axis], each.low[axis])
                for axis in range(2)
            ]
            under += max(across[0], 0) * max(across[1], 0)
    base = place.extent[0] * place.extent[1]
    return under > 0 and under * 1_000_000 >= round(ratio * 1_000_000) * base


def _partitions(units: list[Unit]) -> Iterator[list[tuple[Unit, ...]]]:
    """Yield every way to divide units among parcels."""
    if not units:
        yield []
        return
    first, rest = units[0], units[1:]
    for count in range(len(rest) + 1):
        for company in itertools.combinations(rest, count):
            left = [unit for unit in rest if unit not in company]
            for others in _partitions(left):
                yield [(first, *company), *others]


def tiny_case(draw: random.Random) -> BruteForce:
    """Return an order of 2 to 4 units and 1 to 3 box types on the grid, with stock, limits, dunnage and objectives."""
    lines: list[Item] = []
    wanted = draw.choice([2, 3, 3, 4])
    while wanted:
        count = draw.choice([1, 1, 2])
        count = min(count, wanted)
        wanted -= count
        edges = [CELL_MM * draw.choice([1, 2, 2, 3]) for _ in range(3)]
        lines.append(
            Item(
                f"line-{len(lines)}",
                count,
                *edges,
                draw.choice([10, 100, 500]),
                orientations=draw.choice(
                    [ALL_ORIENTATIONS, ALL_ORIENTATIONS, UPRIGHT, (draw.choice(ALL_ORIENTATIONS),)]
                ),
                max_load_g=draw.choice([None, None, 0, 100]),
            )
        )
    boxes = []
    for number in range(draw.choice([1, 2, 3, 3])):
        inner = [CELL_MM * draw.choice([2, 3, 3, 4]) for _ in range(3)]
        wall = draw.choice([0, 4])
        boxes.append(
            BoxType(
                f"box-{number}",
                *inner,
                *(edge + wall for edge in inner),
                tare_g=draw.choice([20, 50, 90]),
                max_gross_g=draw.choice([None] * 5 + [400, 800]),
                max_net_g=draw.choice([None] * 5 + [500]),
                material_id="corrugated-board",
                price_minor=draw.choice([10, 20, 35]),
                available=draw.choice([None, None, None, 1, 2]),
            )
        )
    policy = Policy(
        objectives=draw.choice(OBJECTIVES),
        support_ratio=draw.choice([0.75, 0.75, 0.5, 1.0, 0.0]),
        load_bearing=draw.random() < 0.7,
        fill_limit=draw.choice([1.0, 1.0, 1.0, 0.7]),
        allow_partial=True,
        mode="fast",
        void_fill_share=draw.choice([1.0, 0.5]),
    )
    dunnage = load_catalog("us-stock").dunnage if draw.random() < 0.4 else ()
    return BruteForce(Order("order", lines), Catalog("catalog", boxes, dunnage=dunnage), policy)
