"""What rests on what: computed once for a parcel, then read by support, load bearing and stability."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from operator import attrgetter
from typing import NamedTuple

from boxwright.checking.envelope import Envelope
from boxwright.stop import NEVER, Stop

TOLERANCE_MG = 0.5
"""Loads are fractions of masses in whole mg, computed in floating point: half a mg decides nothing real."""


class Contact(NamedTuple):
    """The patch on which a unit rests on another one.

    Attributes
    ----------
    under : int
        Index of the unit below.
    area_um2 : int
        Area of the patch, in square um.
    x0, x1, y0, y1 : int
        The patch, in um.
    """

    under: int
    area_um2: int
    x0: int
    x1: int
    y0: int
    y1: int


class Contacts:
    """The contacts of a parcel's envelopes.

    Parameters
    ----------
    envelopes : sequence of Envelope
        Units that overlap are taken as they are: each contact counts.

    Attributes
    ----------
    below : list of list of Contact
        For each unit, what it rests on; empty on the floor and in mid-air.
    above : list of list of (int, Contact)
        For each unit, indices of what rests on it, with the patch.
    area_um2 : list of int
        For each unit, the sum of its contacts' areas; on the floor its whole base.
    """

    def __init__(self, envelopes: Sequence[Envelope], stop: Stop = NEVER) -> None:
        self._envelopes, self.stop = envelopes, stop
        self.below: list[list[Contact]] = [[] for _ in envelopes]
        self.above: list[list[tuple[int, Contact]]] = [[] for _ in envelopes]
        self.area_um2 = [0] * len(envelopes)
        layers = _layers_by_top(envelopes)
        for unit, each in enumerate(envelopes):
            self.stop.look()
            x0, x1, y0, y1 = each.x0, each.x1, each.y0, each.y1
            if each.on_floor:
                self.area_um2[unit] = each.base_um2
                continue
            layer = layers.get(each.z0)
            if layer is None:
                continue
            for position in range(bisect_left(layer.lows, x0 - layer.longest + 1), len(layer.units)):
                other = layer.units[position]
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

    def carried_mg(self, *, soft: bool = True) -> list[float]:
        """Return the mass in mg that each unit carries; without ``soft`` that of rigid goods alone.

        Each unit passes its own mass and its load on to what it rests on, in proportion to contact area. Contacts lead
        strictly down, so that going by descending bottom each load is whole before it is passed on.
        """
        carried = [0.0] * len(self._envelopes)
        for each in sorted(self._envelopes, key=lambda envelope: -envelope.z0):
            self.stop.look()
            own = each.item.mass_mg if soft or each.item.soft_goods is None else 0
            for contact in self.below[each.index]:
                passed_on = (own + carried[each.index]) * contact.area_um2 / self.area_um2[each.index]
                carried[contact.under] += passed_on
        return carried


_LOW = attrgetter("x0")


class _Layer(NamedTuple):
    """The units whose tops lie at one height, by ascending x."""

    units: list[Envelope]
    lows: list[int]
    longest: int


def _layers_by_top(envelopes: Sequence[Envelope]) -> dict[int, _Layer]:
    tops: defaultdict[int, list[Envelope]] = defaultdict(list)
    for each in envelopes:
        tops[each.z1].append(each)
    layers = {}
    for top, units in tops.items():
        units.sort(key=_LOW)
        layers[top] = _Layer(units, [each.x0 for each in units], max([each.x1 - each.x0 for each in units]))
    return layers
