"""Finds the best plan of a tiny order by trying everything: each partition, box and place on a grid.

It shares nothing with ``packing`` and ``selection``. Half-gaps, wall margins, wrap, and the rules on sharing a parcel
and on carrying nothing are written again here, independent of the engine and the check. Edges and half-gaps are whole
cells.

Without support, a packing can be pushed to the left, to the front and down until each unit touches its margin or
another unit. Each coordinate is then a margin and some edges, and no engine can pack units that do not fit at such
places. With support, only places on the grid are tried, up to a limit. A layout that is found is possible, so an engine
must equal its plan before it may state PROVED. If none is found, nothing is known.
"""

import itertools
import math
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from boxwright import (
    BoxType,
    Catalog,
    Compartments,
    Fragility,
    Item,
    Lane,
    Leg,
    Objective,
    Order,
    Placement,
    Plan,
    Policy,
    load_catalog,
)
from boxwright.catalog import load_materials
from boxwright.checking.case import Envelope, ParcelCase, Premises
from boxwright.checking.needs import with_fragility_rules
from boxwright.checking.standing import unsteady
from boxwright.domain.dunnage import Dunnage, DunnageKind
from boxwright.domain.order import ALL_ORIENTATIONS, UPRIGHT
from boxwright.domain.plan import Parcel, PlanStatus, ProofScope, ProofStatus, UnpackedReason
from boxwright.domain.proof import Proof
from boxwright.protection import tape_mg, void_fill_mg

OBJECTIVES = (
    (Objective.PARCEL_COUNT, Objective.INNER_VOLUME),
    (Objective.INNER_VOLUME,),
    (Objective.PACKAGING_COST, Objective.PARCEL_COUNT),
    (Objective.PACKAGING_MASS,),
    (Objective.OUTER_VOLUME, Objective.PACKAGING_COST),
)
CLEARANCES_MM = {"": (0, 0), "ship_ready": (0, 0), "easy": (0, 0), "boxed": (0, 25), "fragile": (25, 25)}
"""Half-gap and wall margin of each class."""
EXPRESS_MM = 35
"""Wall margin of fragile goods with DHL Express."""
FLAT_UM = 25_000
"""Greatest height of a unit that may lie in the margin under another."""
HEAVIEST_BESIDE_MG = {"fragile": 2_000_000, "boxed": 5_000_000}
"""Maximum mass of a unit in the parcel of a fragile one, in mg, by class."""
DENSE_G_PER_CM3, HEAVY_MG = 1, 500_000
"""Least density, and mass to exceed, of equal sturdy units that count together beside a fragile one."""
LAYERS, WRAP_G_PER_M2 = 2, 90
MOST_STEPS = 1_500
"""Maximum number of placed units per set of units and box type, with support."""

Ints = npt.NDArray[np.int64]


class Spots(NamedTuple):
    """Possible places of a unit: a row for each place.

    Attributes
    ----------
    low, high : int64, (n, 3), um
        Lowest and highest corner of its envelope.
    owned : int64, (n, 3), um
        The lowest corner or, for a unit at its floor margin, the point below on the floor: only flat, sturdy units fit
        there.
    turns : int64, (n,)
        Index of the orientation.
    """

    low: Ints
    high: Ints
    owned: Ints
    turns: Ints

    def take(self, which: npt.NDArray[np.bool_] | Ints) -> "Spots":
        """Return some of the places."""
        return Spots(*(each[which] for each in self))

    def apart_from(self, place: "Spots") -> npt.NDArray[np.bool_]:
        """Return whether each place shares no space with one place."""
        return ((self.high <= place.owned) | (place.high <= self.owned)).any(axis=1)


Price = tuple[int, ...]
Unit = tuple[str, int]
"""Line id and unit index."""
Thing = TypeVar("Thing")


@dataclass
class BruteForce:
    """Tries everything for one order.

    Parameters
    ----------
    order, catalog, policy
        Edges of whole cells; the policy has no clearance. It may limit parcels and allow unpacked units.
    lane : Lane or None
        Names the carrier, if it matters.
    cell_mm : int
        Edge of a cell of the grid.
    """

    order: Order
    catalog: Catalog
    policy: Policy
    lane: Lane | None = None
    cell_mm: int = 50
    _known: dict[tuple[object, ...], bool] = field(default_factory=dict)

    def units(self) -> list[Unit]:
        """Return every unit."""
        return [(line.line_id, index) for line in self.order.lines for index in range(line.quantity)]

    def fits(self, units: tuple[Unit, ...], box: BoxType, *, supported: bool) -> bool:
        """Whether units may share a parcel and fit a box type, by weight, volume and some layout."""
        if not self._admitted(units) or not self.bears(units, box) or not self.fills(units, box):
            return False
        if box.compartments is not None:
            return self._matched(units, box.cell_sizes_um)
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
        for parts in [[tuple(self.units())]] if single else partitions(self.units()):
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

    def fewest(self) -> tuple[int, int]:
        """Return the smallest number of unpacked units found, and the smallest number of parcels for it."""
        everything = self.units()
        most = self.policy.max_parcels or len(everything)
        for left in range(len(everything)):
            packed = itertools.combinations(everything, len(everything) - left)
            splits = sorted(itertools.chain.from_iterable(map(partitions, packed)), key=len)
            for parts in splits:
                if len(parts) <= most and self._boxed(parts):
                    return left, len(parts)
        return len(everything), 0

    def fullest(self) -> int:
        """Return the largest volume of envelopes found in one parcel, in cubic um."""
        everything = self.units()
        parts = [part for count in range(1, len(everything) + 1) for part in itertools.combinations(everything, count)]
        parts.sort(key=self._volume_um3, reverse=True)
        return next((self._volume_um3(part) for part in parts if self._boxed([part])), 0)

    def holds_um3(self, answer: Plan) -> int:
        """Return the volume of the envelopes in a plan."""
        places = [each for parcel in answer.parcels for each in parcel.placements]
        return self._volume_um3(tuple((each.line_id, each.unit_index) for each in places))

    def _boxed(self, parts: Sequence[tuple[Unit, ...]]) -> bool:
        """Whether each part finds a box, within the stock."""
        stock = Counter({box.box_type_id: box.available for box in self.catalog.box_types if box.available is not None})
        options = []
        for part in parts:
            options.append([box for box in self._by_size if self.fits(part, box, supported=True)])
            if not options[-1]:
                return False
        for chosen in itertools.product(*options):
            used = Counter(box.box_type_id for box in chosen if box.available is not None)
            if all(count <= stock[box_type_id] for box_type_id, count in used.items()):
                return True
        return False

    @cached_property
    def _by_size(self) -> list[BoxType]:
        return sorted(self.catalog.box_types, key=lambda box: -box.inner_volume_um3)

    def _line(self, unit: Unit) -> Item:
        return self._ruled[unit[0]]

    @cached_property
    def _ruled(self) -> dict[str, Item]:
        """Lines by id, with the mass that their units may carry."""
        return {line.line_id: line for line in with_fragility_rules(self.order, None).lines}

    def _is_fragile(self, line: Item) -> bool:
        return _class_of(line) == "fragile"

    def _clearances_um(self, line: Item) -> tuple[int, int]:
        gap, margin = CLEARANCES_MM[_class_of(line)]
        if self._is_fragile(line) and self.lane is not None and self.lane.carrier_service.startswith("dhl-express/"):
            margin = EXPRESS_MM
        return 1_000 * gap, 1_000 * margin

    def _admitted(self, units: Sequence[Unit]) -> bool:
        """Whether no unit is too heavy for a fragile or boxed one; a mass of 0 means unknown."""
        lines = [self._line(unit) for unit in units]
        delicate = [line for line in lines if _class_of(line) in HEAVIEST_BESIDE_MG and line.mass_mg]
        limits = [max(HEAVIEST_BESIDE_MG[_class_of(line)], line.mass_mg) for line in delicate]
        equal = Counter(line.line_id for line in lines)
        masses = [line.mass_mg * (equal[line.line_id] if _counts_together(line) else 1) for line in lines]
        return not limits or max(masses) <= min(limits)

    def _volume_um3(self, units: tuple[Unit, ...]) -> int:
        """Return the volume of the envelopes, to which the fill limit applies."""
        lines = [self._line(unit) for unit in units]
        return sum(math.prod(edge + 2 * self._clearances_um(line)[0] for edge in line.edges_um) for line in lines)

    def _goods_um3(self, units: tuple[Unit, ...]) -> int:
        return sum(math.prod(self._line(unit).edges_um) for unit in units)

    def _wrap_mg(self, units: tuple[Unit, ...]) -> int:
        fragile = [self._line(unit).edges_um for unit in units if self._is_fragile(self._line(unit))]
        return sum(round(2 * (a * b + a * c + b * c) * LAYERS * WRAP_G_PER_M2 / 10**9) for a, b, c in fragile)

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

    def _matched(self, units: tuple[Unit, ...], sizes_um: Sequence[tuple[int, int, int]]) -> bool:
        """Whether some assignment of compartments gives each unit one that it fits."""

        def takes(line: Item, size: tuple[int, int, int]) -> bool:
            turned = (each.rotate(*line.edges_um) for each in line.orientations)
            return any(all(edge <= most for edge, most in zip(edges, size, strict=True)) for edges in turned)

        return any(
            all(takes(self._line(unit), size) for unit, size in zip(units, chosen, strict=True))
            for chosen in itertools.permutations(sizes_um, len(units))
        )

    def _spots(self, unit: Unit, box: BoxType, starts: Sequence[int]) -> Spots:
        """Return the places of a unit with coordinates among ``starts``, each extent once."""
        line = self._line(unit)
        gap, margin = self._clearances_um(line)
        rows, seen = [], set()
        for turn, orientation in enumerate(line.orientations):
            extent = tuple(edge + 2 * gap for edge in orientation.rotate(*line.edges_um))
            if extent in seen:
                continue
            seen.add(extent)
            along = [
                [start for start in starts if margin <= start <= inner - margin - edge]
                for inner, edge in zip(box.inner_um, extent, strict=True)
            ]
            rows += [(*low, *extent, turn) for low in itertools.product(*along)]
        table = np.array(rows, dtype=np.int64).reshape(len(rows), 7)
        low = table[:, :3]
        owned = low.copy()
        owned[low[:, 2] == margin, 2] = 0
        return Spots(low, low + table[:, 3:6], owned, table[:, 6])

    def _anyhow(self, units: tuple[Unit, ...], box: BoxType) -> bool:
        """Whether the units fit without support, and without the rule that no unit may be below another's margin."""
        lines = [self._line(unit) for unit in units]
        gaps = [self._clearances_um(line) for line in lines]
        longest = max(box.inner_um)
        sums = {0}
        for line, (gap, _) in zip(lines, gaps, strict=True):
            sums |= {one + edge + 2 * gap for one in sums for edge in line.edges_um if one + edge + 2 * gap < longest}
        starts = sorted({one + margin for one in sums for _, margin in gaps})
        spots = [self._spots(unit, box, starts) for unit in units]
        if not all(len(each.low) for each in spots):
            return False
        spots = [each._replace(owned=each.low) for each in sorted(spots, key=lambda each: len(each.low))]
        mirrored = (2 * spots[0].low <= np.array(box.inner_um) - (spots[0].high - spots[0].low)).all(axis=1)
        spots[0] = spots[0].take(mirrored)  # a mirror image of a packing is a packing
        return _all_apart(spots)

    def _supported(self, units: tuple[Unit, ...], box: BoxType) -> bool:
        """Whether some tried layout obeys all rules; units are placed from the lowest up."""
        if not self._anyhow(units, box):
            return False
        cell_um = 1_000 * self.cell_mm
        margins = {self._clearances_um(self._line(unit))[1] % cell_um for unit in units} | {0}
        starts = [cell + margin for cell in range(0, max(box.inner_um), cell_um) for margin in sorted(margins)]
        found = {unit[0]: self._spots(unit, box, starts) for unit in units}
        spots = {line_id: each.take(np.lexsort(each.low.T[[1, 0, 2]])) for line_id, each in found.items()}
        return _Piling(self, box).finds(units, spots)

    def stands(self, laid: Sequence[tuple[Unit, Spots]]) -> bool:
        """Whether a layout obeys the rules of support, stability and load, in the order given."""
        envelopes = []
        for index, (unit, place) in enumerate(laid):
            line = self._ruled[unit[0]]
            low, high = place.low[0].tolist(), place.high[0].tolist()
            gap, margin = self._clearances_um(line)
            extent = [high[axis] - low[axis] for axis in range(3)]
            turned = line.orientations[int(place.turns[0])]
            placement = Placement(*unit, *low, *extent, turned, half_gap_um=gap, wall_margin_um=margin)
            borders = [value for axis in range(3) for value in (low[axis], high[axis])]
            envelopes.append(Envelope(index, index + 1, placement, line, *borders, gap, margin))
        plan = Plan(self.order.order_id, PlanStatus.NONE, ())
        case = ParcelCase(
            0, Parcel("", ()), envelopes, None, Premises(plan, self.order, self.catalog, self.policy, None, (), None)
        )
        return next(unsteady(case), None) is None


class _Piling:
    """Places units one by one, from the lowest up, each on the floor or on enough tops of others."""

    def __init__(self, tried: BruteForce, box: BoxType) -> None:
        self._tried, self._box = tried, box
        self._millionths = round(tried.policy.support_ratio * 1_000_000)
        self._left = MOST_STEPS

    def finds(self, units: tuple[Unit, ...], spots: dict[str, Spots]) -> bool:
        """Whether it finds a layout of all units."""
        self._content_mg = sum(self._tried._line(unit).mass_mg for unit in units)
        return self._set_down(units, [], spots)

    def _set_down(self, left: tuple[Unit, ...], laid: list[tuple[Unit, Spots]], spots: dict[str, Spots]) -> bool:
        if not left:
            return self._tried.stands(laid)
        lowest = laid[-1][1].low[0, 2] if laid else 0
        for line_id in sorted({unit[0] for unit in left}):
            unit = next(each for each in left if each[0] == line_id)
            rest = tuple(each for each in left if each != unit)
            free = spots[line_id]
            rests = free.low[:, 2] >= lowest
            rests &= self._supported(free, laid)
            for row in np.flatnonzero(rests).tolist():
                if self._left <= 0:
                    return False
                self._left -= 1
                place = free.take(np.array([row]))
                others, flat = {}, self._is_flat(unit, place)
                for other in {one[0] for one in rest}:
                    compared = spots[other]._replace(owned=spots[other].low) if flat else spots[other]
                    others[other] = spots[other].take(compared.apart_from(place))
                if all(len(each.low) for each in others.values()) and self._set_down(
                    rest, [*laid, (unit, place)], others
                ):
                    return True
        return False

    def _is_flat(self, unit: Unit, place: Spots) -> bool:
        """Whether a unit may lie in the margin under others: it is at most 25 mm high and would bear all units."""
        limit = self._tried._line(unit).max_load_mg if self._tried.policy.load_bearing else None
        low = place.high[0, 2] - place.low[0, 2] <= FLAT_UM
        return bool(low) and (limit is None or limit >= self._content_mg)

    def _supported(self, free: Spots, laid: Sequence[tuple[Unit, Spots]]) -> npt.NDArray[np.bool_]:
        on_floor: npt.NDArray[np.bool_] = free.owned[:, 2] < free.low[:, 2]
        on_floor |= free.low[:, 2] == 0
        if not self._millionths:
            return np.ones_like(on_floor)
        under = np.zeros(len(free.low), dtype=np.int64)
        for _, place in laid:
            across = np.minimum(free.high, place.high)[:, :2] - np.maximum(free.low, place.low)[:, :2]
            meets = place.high[0, 2] == free.low[:, 2]
            under += np.where(meets, np.maximum(across, 0).prod(axis=1), 0)
        base = (free.high - free.low)[:, :2].prod(axis=1)
        return on_floor | ((under > 0) & (under * 1_000_000 >= self._millionths * base))


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


def worse(tried: BruteForce, answer: Plan | None) -> str | None:
    """Return the way in which a plan (None: a refusal) is worse than one found by the full search, or None.

    Unpacked units count first, then parcels if they are the policy's first objective. If the policy allows only one
    parcel, the volume in it counts.
    """
    if answer is not None and answer.unpacked and tried.policy.max_parcels == 1:
        holds, could = tried.holds_um3(answer), tried.fullest()
        return f"{holds / 1e12:g} ml in its parcel, {could / 1e12:g} ml go in" if holds < could else None
    found = tried.fewest()
    everything = len(tried.units())
    if answer is None:
        return "refused, and there is a plan of all units" if not found[0] else None
    own = len(answer.unpacked), len(answer.parcels)
    if own[0] + sum(len(parcel.placements) for parcel in answer.parcels) != everything:
        return "units are lost"
    counted = tried.policy.objectives[0] is Objective.PARCEL_COUNT
    if own[0] > found[0] or (own[0] == found[0] and counted and own[1] > found[1]):
        return f"{own[0]} units out and {own[1]} parcels; there is a plan with {found[0]} out and {found[1]} parcels"
    return None


def contradicted(tried: BruteForce, answer: Plan | None) -> str | None:
    """Return an error of a plan or of its certificate, or the way in which it is worse, or None."""
    found = worse(tried, answer)
    if answer is None:
        return found
    return found or beyond(tried, answer) or wrong(tried, answer)


def beyond(tried: BruteForce, answer: Plan) -> str | None:
    """Return the index of a parcel that is impossible even without support, or None."""
    for parcel in answer.parcels:
        units = tuple((each.line_id, each.unit_index) for each in parcel.placements)
        if not tried.fits(units, tried.catalog.box_type(parcel.box_type_id), supported=False):
            return f"{parcel.box_type_id} takes {units} in no way"
    return None


def partitions(things: Sequence[Thing]) -> Iterator[list[tuple[Thing, ...]]]:
    """Yield every way to divide things among parcels."""
    if not things:
        yield []
        return
    first = things[0]
    for others in partitions(things[1:]):
        yield [(first,), *others]
        for at, part in enumerate(others):
            yield [*others[:at], (first, *part), *others[at + 1 :]]


def tiny_case(draw: random.Random) -> BruteForce:
    """Return an order of 2 to 4 units and 1 to 3 box types on the grid, with stock, limits, dunnage and objectives."""
    lines: list[Item] = []
    wanted = draw.choice([2, 3, 3, 4])
    while wanted:
        count = draw.choice([1, 1, 2])
        count = min(count, wanted)
        wanted -= count
        edges = [50 * draw.choice([1, 2, 2, 3]) for _ in range(3)]
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
        inner = [50 * draw.choice([2, 3, 3, 4]) for _ in range(3)]
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


def pack_case(draw: random.Random) -> BruteForce:
    """Return an order of 2 to 4 units, boxes with compartments, and one open box, in cells of 10 mm."""
    lines = [
        Item(
            f"line-{number}",
            1,
            *(10 * draw.choice([3, 4, 6, 9]) for _ in range(3)),
            draw.choice([50, 300]),
            orientations=draw.choice([ALL_ORIENTATIONS, UPRIGHT]),
        )
        for number in range(draw.choice([2, 3, 4, 4]))
    ]
    boxes = [BoxType("single", *[10 * draw.choice([6, 9])] * 3, tare_g=draw.choice([30, 90, 150]))]
    for number in range(draw.choice([1, 2, 3])):
        columns, rows = ([10 * draw.choice([3, 4, 6, 9]) for _ in range(draw.choice([1, 2]))] for _ in range(2))
        grid = Compartments(columns, rows, 10 * draw.choice([3, 6, 9]))
        inner = (edge + draw.choice([0, 7]) for edge in (sum(columns), sum(rows), grid.height_mm))
        tare, limit, available = (
            draw.choice([20, 60, 110]),
            draw.choice([None, None, 400]),
            draw.choice([None, None, 1]),
        )
        boxes.append(
            BoxType(f"pack-{number}", *inner, tare_g=tare, max_net_g=limit, available=available, compartments=grid)
        )
    policy = Policy(
        objectives=draw.choice([OBJECTIVES[3], *OBJECTIVES[:2]]),
        allow_partial=True,
        support_ratio=0,
        load_bearing=False,
    )
    return BruteForce(Order("order", lines), Catalog("catalog", boxes), policy, cell_mm=10)


def protected_case(draw: random.Random) -> BruteForce:
    """Return an order of 1 to 4 units of mixed classes and 1 to 4 box types, with limits on parcels, stock, mass."""
    lines: list[Item] = []
    wanted = draw.choice([1, 2, 3, 3, 4, 4])
    while wanted:
        count = min(draw.choice([1, 1, 2]), wanted)
        wanted -= count
        chosen = draw.choice(["", "ship_ready", "easy", "boxed", "boxed", "fragile", "fragile"])
        longest = 4 if chosen == "fragile" else 7
        lines.append(
            Item(
                f"line-{len(lines)}",
                count,
                *(25 * draw.randint(1, longest) for _ in range(3)),
                draw.choice([0, 50, 300, 300, 1_000, 4_000, 6_000]),
                orientations=draw.choice([ALL_ORIENTATIONS, ALL_ORIENTATIONS, UPRIGHT]),
                max_load_g=draw.choice([None, None, None, 0, 400]),
                fragility=Fragility(chosen) if chosen else None,
            )
        )
    boxes = [_box(draw, number) for number in range(draw.choice([1, 2, 3, 4]))]
    support_ratio = draw.choice([0.75, 0.75, 0.75, 0.5, 1.0, 0.0])
    policy = Policy(
        objectives=draw.choice([OBJECTIVES[0], OBJECTIVES[0], *OBJECTIVES[1:3]]),
        support_ratio=support_ratio,
        # Without support a unit could hover over one that carries nothing.
        load_bearing=support_ratio > 0 and draw.random() < 0.9,
        max_parcels=draw.choice([None, None, None, 1, 2]),
        allow_partial=draw.random() < 0.75,
        mode=draw.choice(["fast", "balanced"]),
    )
    express = draw.random() < 0.2
    lane = Lane([Leg("road", 500)], carrier_service="dhl-express/international") if express else None
    dunnage = _dunnage()
    if draw.random() < 0.5:
        dunnage = tuple(each for each in dunnage if each.kind is DunnageKind.CUSHIONING)
    return BruteForce(Order("order", lines), Catalog("catalog", boxes, dunnage=dunnage), policy, lane, cell_mm=25)


@cache
def _dunnage() -> tuple[Dunnage, ...]:
    """Return a wrap, a fill that cushions, and a tape. Blocking of heavy goods is not modelled here."""
    return tuple(each for each in load_catalog("eu-webshop").dunnage if each.kind is not DunnageKind.BLOCKING)


def _box(draw: random.Random, number: int) -> BoxType:
    inner = [25 * draw.choice([6, 6, 7, 8, 8, 9, 10]) for _ in range(3)]
    wall = draw.choice([0, 4])
    return BoxType(
        f"box-{number}",
        *inner,
        *(edge + wall for edge in inner),
        tare_g=draw.choice([20, 90, 200]),
        max_gross_g=draw.choice([None] * 5 + [2_000, 5_000]),
        material_id="corrugated-board",
        price_minor=draw.choice([10, 20, 35]),
        available=draw.choice([None, None, None, 1, 2]),
    )


def _counts_together(line: Item) -> bool:
    """Whether the units of a line count together beside a fragile one."""
    dense = line.mass_mg * 10**9 >= DENSE_G_PER_CM3 * math.prod(line.edges_um)
    return dense and line.mass_mg > HEAVY_MG and _class_of(line) not in HEAVIEST_BESIDE_MG


def _class_of(line: Item) -> str:
    if line.fragility is None or line.fragility.fragility_class is None:
        return ""
    return line.fragility.fragility_class.value


def _all_apart(spots: Sequence[Spots]) -> bool:
    """Whether each unit finds a place that shares no space with those of the others."""
    first, *others = spots
    if not others:
        return bool(len(first.low))
    if len(others) == 1:
        return any(others[0].apart_from(first.take(np.array([row]))).any() for row in range(len(first.low)))
    for row in range(len(first.low)):
        place = first.take(np.array([row]))
        left = [each.take(each.apart_from(place)) for each in others]
        if all(len(each.low) for each in left) and _all_apart(sorted(left, key=lambda each: len(each.low))):
            return True
    return False
