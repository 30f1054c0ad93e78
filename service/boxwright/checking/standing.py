"""Checks support, stability and load of the units in a parcel, after every step of the pack sequence.

Geometry does not determine where a load acts on one of several units that share it. So stability must hold under two
assumptions: the load acts at its own combined centre of mass, or at the centroid of the contact patch.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise, product
from math import hypot
from operator import attrgetter
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from boxwright.checking.case import Envelope, ParcelCase, envelope_of
from boxwright.checking.violation import PlanViolation, ViolationKind, g, mm, percent
from boxwright.domain.order import Order
from boxwright.domain.plan import Parcel
from boxwright.lazy import cached_property
from boxwright.stop import NEVER, Stop

TOLERANCE_MG = 0.5
"""Tolerance of a load; loads are computed in floating point from masses in whole mg."""
TOLERANCE_UM = 1.0
"""Distance outside its contacts up to which a centre of mass is accepted; it is computed in floating point."""

_CELLS = 500_000
"""Pairs of units that are computed at a time, so that memory stays below 50 MB for any parcel."""
_MOST_BALANCED = 80
"""Maximum number of units for which contact forces are computed; the time grows with the cube of the number."""
_READINGS = ("their own centre of mass", "the centre of the contact")
_LOW = attrgetter("x0")

Floats = npt.NDArray[np.float64]
Rectangle = tuple[float, float, float, float]
"""x0, x1, y0, y1 in um."""


def unsteady(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield units that have too little support, are unstable or are overloaded, where the policy has the rule."""
    contacts = Contacts(case.envelopes, case.premises.stop)
    if case.premises.policy.support_ratio > 0:
        yield from _unsupported(case, contacts)
        yield from _unstable(case, contacts)
    if case.premises.policy.load_bearing:
        yield from _overloaded(case, contacts)


def loads_mg(parcel: Parcel, order: Order) -> list[int]:
    """Return, in pack sequence, the mass in mg that each unit of a valid parcel carries once all units are packed."""
    lines = {line.line_id: line for line in order.lines}
    units = enumerate(parcel.placements)
    envelopes = [envelope_of(index, index + 1, placement, lines[placement.line_id]) for index, placement in units]
    return [round(mass) for mass in Contacts(envelopes).carried_mg()]


class Contact(NamedTuple):
    """The patch where a unit rests on another: index of the unit below, area, and rectangle in um."""

    under: int
    area_um2: int
    x0: int
    x1: int
    y0: int
    y1: int


class Contacts:
    """The contacts of a parcel's envelopes, those of overlapping units included.

    By index of a unit, ``below`` lists the contacts that the unit rests on, none on the floor and in mid-air. ``above``
    lists the units that rest on the unit, as index and contact. ``area_um2`` is the sum of the areas below the unit, or
    its whole base on the floor.
    """

    def __init__(self, envelopes: Sequence[Envelope], stop: Stop = NEVER) -> None:
        self._envelopes, self.stop = envelopes, stop
        self.below: list[list[Contact]] = [[] for _ in envelopes]
        self.above: list[list[tuple[int, Contact]]] = [[] for _ in envelopes]
        self.area_um2 = [0] * len(envelopes)
        layers = _layers_by_top(envelopes)
        for unit, envelope in enumerate(envelopes):
            stop.look()
            x0, x1, y0, y1 = envelope.x0, envelope.x1, envelope.y0, envelope.y1
            if envelope.on_floor:
                self.area_um2[unit] = envelope.base_um2
                continue
            layer = layers.get(envelope.z0)
            if layer is None:
                continue
            others, lows, longest = layer
            for position in range(bisect_left(lows, x0 - longest + 1), len(others)):
                other = others[position]
                if other.x0 >= x1:
                    break
                if other.x1 > x0 and other.y0 < y1 and other.y1 > y0:
                    px0, px1 = x0 if x0 > other.x0 else other.x0, x1 if x1 < other.x1 else other.x1
                    py0, py1 = y0 if y0 > other.y0 else other.y0, y1 if y1 < other.y1 else other.y1
                    area = (px1 - px0) * (py1 - py0)
                    contact = Contact(other.index, area, px0, px1, py0, py1)
                    self.below[unit].append(contact)
                    self.above[other.index].append((unit, contact))
                    self.area_um2[unit] += area

    def carried_mg(self) -> list[float]:
        """Return, by index, the mass in mg that a unit carries.

        A unit passes its own mass and its load to the units below, in proportion to contact area.
        """
        carried = [0.0] * len(self._envelopes)
        # Contacts lead strictly down. In the order of descending bottoms, a load is complete before it is passed on.
        for upper in sorted(self._envelopes, key=lambda envelope: -envelope.z0):
            self.stop.look()
            mass_mg = upper.item.mass_mg + carried[upper.index]
            for contact in self.below[upper.index]:
                carried[contact.under] += mass_mg * contact.area_um2 / self.area_um2[upper.index]
        return carried


def _layers_by_top(envelopes: Sequence[Envelope]) -> dict[int, tuple[list[Envelope], list[int], int]]:
    """Return, by height, the units whose tops lie there, sorted by x; their values of x; and their greatest length."""
    tops: defaultdict[int, list[Envelope]] = defaultdict(list)
    for envelope in envelopes:
        tops[envelope.z1].append(envelope)
    layers = {}
    for top, units in tops.items():
        units.sort(key=_LOW)
        layers[top] = units, [envelope.x0 for envelope in units], max([envelope.x1 - envelope.x0 for envelope in units])
    return layers


def _unsupported(case: ParcelCase, contacts: Contacts) -> Iterator[PlanViolation]:
    """Yield the units with less support than ``policy.support_ratio``, and the units in mid-air."""
    policy = case.premises.policy
    millionths = policy.support_millionths
    for unit, envelope in enumerate(case.envelopes):
        case.premises.stop.look()
        if envelope.on_floor:
            continue
        base = envelope.base_um2
        # Support can only grow after the step that sets a unit down.
        early = sum([contact.area_um2 for contact in contacts.below[unit] if contact.under < unit])
        if early and early * 1_000_000 >= millionths * base:
            continue
        for area, step in ((contacts.area_um2[unit], None), (early, envelope.step)):
            if area == 0 or area * 1_000_000 < millionths * base:
                rests = f"{percent(area / base)} of its base at z {mm(envelope.z0)} is supported"
                detail = f"{rests}, support_ratio requires {percent(policy.support_ratio)}"
                yield case.broken(ViolationKind.UNSUPPORTED, detail, envelope, step)
                break


def _overloaded(case: ParcelCase, contacts: Contacts) -> Iterator[PlanViolation]:
    """Yield the units that carry more than ``max_load_g``."""
    need = case.premises.need
    # A load would press pads beyond their curve, so units on pads carry nothing. Loads only grow in the pack sequence.
    limits = [envelope.item.max_load_mg if need(envelope.item).pads is None else 0 for envelope in case.envelopes]
    if all(limit is None for limit in limits):
        return
    for envelope, limit, load in zip(case.envelopes, limits, contacts.carried_mg(), strict=True):
        if limit is not None and load > limit + TOLERANCE_MG:
            yield case.broken(ViolationKind.OVERLOADED, f"carries {g(load)}, at most {g(limit)} allowed", envelope)


def _unstable(case: ParcelCase, contacts: Contacts) -> Iterator[PlanViolation]:
    """Yield the units that would topple. Units in mid-air have no contacts; ``_unsupported`` yields them."""
    envelopes = case.envelopes
    hulls = {}
    for envelope, below in zip(envelopes, contacts.below, strict=True):
        if envelope.on_floor:
            hulls[envelope.index] = _Hull([(envelope.x0, envelope.x1, envelope.y0, envelope.y1)])
        elif below:
            hulls[envelope.index] = _Hull([(contact.x0, contact.x1, contact.y0, contact.y1) for contact in below])
    steady = _steady(envelopes, contacts, hulls)
    doubtful = [unit for unit in hulls if unit not in steady]
    if not doubtful:
        return
    falls = list(_falls(case, contacts, doubtful, hulls))
    if falls:
        # Steady units are stable only if no unit above them falls, so they are examined too.
        falls += _falls(case, contacts, [unit for unit in hulls if unit in steady], hulls)
    kind, counts = ViolationKind.UNSTABLE, sorted({count for *_, moments in falls for count in moments})
    if counts and counts[-1] <= _MOST_BALANCED and all(_balances(envelopes[:count], contacts) for count in counts):
        kind = ViolationKind.COUNTERBALANCED
    for unit, detail, step, _ in falls:
        yield case.broken(kind, detail, envelopes[unit], step)


def _balances(envelopes: Sequence[Envelope], contacts: Contacts) -> bool:
    """Return whether forces in the contacts can keep all units at rest.

    Four upward forces at its corners stand for any pressure on a contact patch. Non-negative least squares look for
    forces that balance weight and moments of every unit (Lawson, Hanson: Solving Least Squares Problems, 1974, ch. 23).
    """
    count, columns = len(envelopes), []
    for unit, envelope in enumerate(envelopes):
        patches = [(patch.under, *patch[2:]) for patch in contacts.below[unit] if patch.under < count]
        if envelope.on_floor:
            patches = [(unit, envelope.x0, envelope.x1, envelope.y0, envelope.y1)]
        for under, x0, x1, y0, y1 in patches:
            for x, y in product((x0, x1), (y0, y1)):
                column = np.zeros((count, 3))
                for pressed, sign in ((under, -1), (unit, 1)):  # on the floor the second entry replaces the first
                    middle_x, middle_y = envelopes[pressed].centre_um
                    column[pressed] = sign, sign * (x - middle_x) / 1e5, sign * (y - middle_y) / 1e5
                columns.append(column.ravel())
    masses = np.array([envelope.item.mass_mg for envelope in envelopes], dtype=np.float64)
    if not columns or not masses.any():
        return False
    matrix, weights = np.array(columns).T, np.zeros((count, 3))
    weights[:, 0] = masses / masses.sum()
    forces, pressing, rest = np.zeros(len(columns)), np.zeros(len(columns), dtype=np.bool_), weights.ravel()
    for _ in range(3 * len(columns)):
        contacts.stop.look()
        gain = np.where(pressing, 0.0, matrix.T @ rest)
        if np.abs(rest).max() < 1e-7 or gain.max() < 1e-9:
            break
        pressing[gain.argmax()] = True
        while True:
            wanted = np.zeros(len(columns))
            wanted[pressing] = np.linalg.lstsq(matrix[:, pressing], weights.ravel(), rcond=None)[0]
            pulling = pressing & (wanted <= 0)
            if not pulling.any():
                break
            forces += (forces[pulling] / (forces[pulling] - wanted[pulling])).min() * (wanted - forces)
            pressing &= forces > 1e-12
        forces = wanted
        rest = weights.ravel() - matrix @ forces
    return bool(np.abs(rest).max() < 1e-7)


class _Hull:
    """The convex hull of rectangles with areas above 0."""

    def __init__(self, rectangles: Sequence[Rectangle]) -> None:
        self._rectangles = rectangles
        self.bounds: Rectangle = rectangles[0]
        if len(rectangles) > 1:
            x0s, x1s, y0s, y1s = zip(*rectangles, strict=True)
            self.bounds = (min(x0s), max(x1s), min(y0s), max(y1s))

    def contains(self, rectangle: Rectangle) -> bool:
        """Whether a rectangle lies in the hull, its border included."""
        x0, x1, y0, y1 = rectangle
        left, right, front, back = self.bounds
        if not (left <= x0 and x1 <= right and front <= y0 and y1 <= back):
            return False
        for left, right, front, back in self._rectangles:
            if left <= x0 and x1 <= right and front <= y0 and y1 <= back:
                return True
        for nx, ny, offset in self._sides:
            # The corner that lies farthest along the normal of the side decides.
            if nx * (x1 if nx > 0 else x0) + ny * (y1 if ny > 0 else y0) > offset:
                return False
        return True

    def outside_um(self, points: Floats) -> Floats:
        """Return, for points, float64 (2, k), um, the distance outside the hull in um; negative inside."""
        sides = np.array(self._sides)
        distances: Floats = (sides[:, :2] @ points - sides[:, 2:]).max(axis=0)
        return distances

    @cached_property
    def _sides(self) -> list[tuple[float, float, float]]:
        """The sides as outward unit normal (nx, ny) and offset; ``nx x + ny y <= offset`` holds inside."""
        if len(self._rectangles) == 1:
            x0, x1, y0, y1 = self.bounds
            return [(1.0, 0.0, x1), (-1.0, 0.0, -x0), (0.0, 1.0, y1), (0.0, -1.0, -y0)]
        corners = sorted({(x, y) for x0, x1, y0, y1 in self._rectangles for x in (x0, x1) for y in (y0, y1)})
        vertices = [*_chain(corners), *_chain(corners[::-1])]
        sides = []
        for (ax, ay), (bx, by) in pairwise([*vertices, vertices[0]]):
            length = hypot(bx - ax, by - ay)
            nx, ny = (by - ay) / length, (ax - bx) / length
            sides.append((nx, ny, nx * ax + ny * ay))
        return sides


def _chain(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return one half of the hull without its last point (Andrew's monotone chain)."""
    chain: list[tuple[float, float]] = []
    for x, y in points:
        while len(chain) > 1:
            (ax, ay), (bx, by) = chain[-2:]
            if (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0:
                break
            chain.pop()
        chain.append((x, y))
    return chain[:-1]


def _steady(envelopes: Sequence[Envelope], contacts: Contacts, hulls: dict[int, _Hull]) -> set[int]:
    """Return the units that are stable whatever the masses, as long as all units above them are stable.

    A combined centre of mass lies between the centres of its parts. So a unit is steady if its own centre, the
    centroids of the patches on its top, and all possible centres of mass of its loads lie over its contacts.
    """
    steady: set[int] = set()
    places: list[Rectangle] = [(0.0, 0.0, 0.0, 0.0)] * len(envelopes)
    for envelope in sorted(envelopes, key=lambda envelope: -envelope.z0):
        contacts.stop.look()
        unit = envelope.index
        x, y = envelope.centre_um
        place, loads = (x, x, y, y), contacts.above[unit]
        if loads:
            x0s, x1s, y0s, y1s = zip(place, *[places[load] for load, _ in loads], strict=True)
            place = min(x0s), max(x1s), min(y0s), max(y1s)
        places[unit] = place
        hull = hulls.get(unit)
        if hull is None:
            continue
        # Patches on a unit that stands on the floor always lie over its base.
        if hull.contains(place) and (envelope.on_floor or all(hull.contains(_centroid(patch)) for _, patch in loads)):
            steady.add(unit)
        else:
            x0, x1, y0, y1 = hull.bounds
            places[unit] = max(place[0], x0), min(place[1], x1), max(place[2], y0), min(place[3], y1)
    return steady


def _centroid(patch: Contact) -> Rectangle:
    x, y = (patch.x0 + patch.x1) / 2, (patch.y0 + patch.y1) / 2
    return x, x, y, y


def _falls(
    case: ParcelCase, contacts: Contacts, units: Sequence[int], hulls: dict[int, _Hull]
) -> Iterator[tuple[int, str, int | None, list[int]]]:
    """Yield, for each unit that topples, its index, a text, the step, and how many units are set down by then.

    The step is None if the packed parcel topples. There is one number of units for each moment at which it topples.
    """
    for unit, centres in _combined_centres(units, case.envelopes, contacts):
        case.premises.stop.look()
        outside = hulls[unit].outside_um(centres.reshape(2, -1)).reshape(2, -1)
        broken = (outside.max(axis=0) > TOLERANCE_UM).nonzero()[0].tolist()
        if not broken:
            continue
        last = broken[-1] == outside.shape[1] - 1
        moment = broken[-1] if last else broken[0]
        reading = int(outside[:, moment].argmax())
        where = f"({mm(*centres[:, reading, moment])}) lies {mm(outside[reading, moment])} outside its contacts"
        detail = f"combined centre of mass with its load at {where}, if loads act at {_READINGS[reading]}"
        step = None if last else case.envelopes[unit + moment].step
        yield unit, detail, step, [unit + at + 1 for at in broken]


def _combined_centres(
    units: Sequence[int], envelopes: Sequence[Envelope], contacts: Contacts
) -> Iterator[tuple[int, Floats]]:
    """Yield some units, each with the combined centres of mass of the unit and its load, from its own step on.

    Centres are float64, (2, 2, k), um, by coordinate (x, y), assumption (see the module) and step.
    """
    masses = np.array([envelope.item.mass_mg for envelope in envelopes], dtype=np.float64)[:, np.newaxis]
    centres = np.array([envelope.centre_um for envelope in envelopes], dtype=np.float64)
    upwards = sorted(range(len(envelopes)), key=lambda unit: envelopes[unit].z0)
    at_once = max(1, _CELLS // len(envelopes))
    for start in range(0, len(units), at_once):
        chosen = units[start : start + at_once]
        shares = _shares(chosen, centres, upwards, contacts)
        mass = masses * shares[:, 0]
        moments = np.stack([centres[:, :1] * mass, masses * shares[:, 1], centres[:, 1:] * mass, masses * shares[:, 2]])
        mass.cumsum(axis=0, out=mass)
        moments.cumsum(axis=1, out=moments)
        for column, unit in enumerate(chosen):
            carried = mass[unit:, column]
            found = moments[:, unit:, column].reshape(2, 2, -1)
            if carried.all():
                yield unit, found / carried
            else:
                own = centres[unit][:, np.newaxis, np.newaxis]
                yield unit, np.where(carried > 0, found / np.where(carried > 0, carried, 1.0), own)


def _shares(chosen: Sequence[int], centres: Floats, upwards: Sequence[int], contacts: Contacts) -> Floats:
    """Return, by unit and ``chosen`` unit, the share of the unit's mass that the chosen unit carries, and its moments.

    The result is float64, (n, 3, c): mg per mg, and um along x and y, with loads at the contact patches. A combined
    centre of mass is linear in the masses, so the shares of a unit follow from those of the units that carry it.
    """
    middles = centres.tolist()
    column_of = {unit: column for column, unit in enumerate(chosen)}
    shares = np.zeros((len(upwards), 3, len(chosen)))
    touched = set()
    for unit in upwards:
        for contact in contacts.below[unit]:
            if contact.under not in touched:
                continue
            touched.add(unit)
            row = shares[unit]
            part = contact.area_um2 / contacts.area_um2[unit]
            row += part * shares[contact.under]
            column = column_of.get(contact.under)
            if column is not None:
                # The row of the unit below assumes a load at that unit's centre; here it acts at the patch.
                row[1, column] += part * ((contact.x0 + contact.x1) / 2 - middles[contact.under][0])
                row[2, column] += part * ((contact.y0 + contact.y1) / 2 - middles[contact.under][1])
        if unit in column_of:
            touched.add(unit)
            shares[unit, :, column_of[unit]] = (1.0, *middles[unit])
    return shares
