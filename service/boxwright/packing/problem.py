"""What a packing engine is given and what it returns: arrays of units, the rules, a layout."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from boxwright.domain.compartments import Cell
from boxwright.lazy import cached_property
from boxwright.packing.kernels import ORIENTATIONS

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

LARGER = 4
"""Orders of a part of some units are those of all without the others, if these are at most so many times as many."""
FEW = 40
"""Up to so many units volumes are multiplied one by one, of more kind by kind."""
POWERS = np.array([10**power for power in range(13)], dtype=np.float64)
"""Powers of ten up to the largest finite load, in mg."""
UPRIGHT = np.array(
    [
        [any(mask >> bit & 1 and turn[2] == edge for bit, turn in enumerate(ORIENTATIONS)) for edge in range(3)]
        for mask in range(1 << len(ORIENTATIONS))
    ]
)
UPRIGHT[0] = True  # one that no cushioning protects is refused for that, not here
"""Which of its edges a unit can have upwards, by the mask of its orientations, bool (64, 3)."""


@dataclass(frozen=True)
class Units:
    """Units to pack, in canonical order.

    Attributes
    ----------
    edges_um : int64, (n, 3)
        Declared length, width, height of each envelope.
    masks : int64, (n,)
        Bit ``o`` allows orientation ``o`` (rows of ``domain.order.Orientation``).
    kinds : int64, (n,)
        Same number: same unit in all respects. Ascending from 0 without gaps.
    mass_mg, max_load_mg : float64, (n,)
        Mass, and mass that may rest on it (infinity: unlimited). Whole numbers, so sums are exact.
    cushioning_mg : float64, (n,)
        Mass of the cushioning round each unit; it counts to the parcel, not to what is carried.
    soft : int64, (n,), or None
        0: rigid. 1: soft, with a load limit. 2: soft, carries soft units of any mass and nothing else; its
        ``max_load_mg`` is 0. None: all are rigid.
    margins_um : int64, (n,), or None
        Wall margin: what each envelope keeps from the four walls, the lid and the floor. One on the floor stands at
        that height, and the space under it is its own. None: all are 0.
    most_play_um : int64, (n,), or None
        How much longer than a unit, along each of its edges, the compartment may be that holds it. None: any is held.
    """

    edges_um: Ints
    masks: Ints
    kinds: Ints
    mass_mg: Floats
    max_load_mg: Floats
    cushioning_mg: Floats
    soft: Ints | None = None
    margins_um: Ints | None = None
    most_play_um: Ints | None = None

    def take(self, index: Ints) -> "Units":
        """Return some of the units; ``index`` ascends, and kinds are numbered anew from 0."""
        found = self.kinds[index]
        kinds = np.zeros(len(found), dtype=np.int64)
        np.cumsum(found[1:] != found[:-1], out=kinds[1:])
        some = self._part(index, kinds)
        if len(self) <= LARGER * len(index):
            some.__dict__["_part_of"] = self, index  # no field: what is derived from these units is no part of all
        return some

    def one(self, index: int) -> "Units":
        """Return one of the units: views of it, so that asking of each unit by itself costs little."""
        return self._part(slice(index, index + 1), np.zeros(1, dtype=np.int64))

    def _part(self, index: Ints | slice, kinds: Ints) -> "Units":
        return Units(
            self.edges_um[index],
            self.masks[index],
            kinds,
            self.mass_mg[index],
            self.max_load_mg[index],
            self.cushioning_mg[index],
            None if self.soft is None else self.soft[index],
            None if self.margins_um is None else self.margins_um[index],
            None if self.most_play_um is None else self.most_play_um[index],
        )

    def __len__(self) -> int:
        return len(self.masks)

    @cached_property
    def orders(self) -> Ints:
        """Orders in which to set units down, int64 (10, n), each largest first.

        Rows 0 to 4: by volume, largest face, longest edge, sum of edges, mass. Rows 5 to 9: the same with units that
        bear only a limited load after all others, the weakest last, by the power of ten: within one the size counts.
        """
        if "_part_of" in self.__dict__:
            return _orders_of(*self.__dict__["_part_of"])
        low, middle, high = np.sort(self.edges_um, axis=1).astype(np.float64).T
        keys = (low * middle * high, middle * high, high, low + middle + high, self.mass_mg)
        free = [np.argsort(-key, kind="stable") for key in keys]
        if np.isinf(self.max_load_mg).all():
            return np.array([*free, *free], dtype=np.int64)
        strength = np.searchsorted(POWERS, self.max_load_mg, side="right")
        late = [np.lexsort((-key, -strength)) for key in keys]
        return np.array([*free, *late], dtype=np.int64)

    @cached_property
    def firsts(self) -> Ints:
        """The first unit of each kind, int64 (k,)."""
        return np.flatnonzero(np.concatenate(([True], self.kinds[1:] != self.kinds[:-1])))[: len(self)]

    @cached_property
    def counts(self) -> Ints:
        """How many units there are of each kind, int64 (k,)."""
        return np.diff(self.firsts, append=len(self))

    @cached_property
    def _volumes_of_kinds(self) -> list[tuple[int, int]]:
        """Volume of a unit of each kind as Python integers, which cannot overflow, and how many there are."""
        edges = self.edges_um[self.firsts].tolist()
        counts = self.counts.tolist()
        return [(length * width * height, count) for (length, width, height), count in zip(edges, counts, strict=True)]

    @cached_property
    def volumes_um3(self) -> list[int]:
        """Volume of each envelope as Python integers, which cannot overflow."""
        if len(self) < FEW:
            return [length * width * height for length, width, height in self.edges_um.tolist()]
        return [volume for volume, count in self._volumes_of_kinds for _ in range(count)]

    @cached_property
    def volume_um3(self) -> int:
        """Volume of all envelopes."""
        if len(self) < FEW:
            return sum(self.volumes_um3)
        return sum(volume * count for volume, count in self._volumes_of_kinds)

    @cached_property
    def least_margin_um(self) -> int:
        """Wall margin that all units keep."""
        return 0 if self.margins_um is None or not len(self) else int(self.margins_um.min())

    @cached_property
    def most_margin_um(self) -> int:
        """The largest wall margin among them."""
        return 0 if self.margins_um is None or not len(self) else int(self.margins_um.max())

    @cached_property
    def upright_um(self) -> Ints:
        """The least height that each unit can have in an orientation that it allows, int64 (n,)."""
        lowest: Ints = np.where(UPRIGHT[self.masks], self.edges_um, np.iinfo(np.int64).max).min(axis=1)
        return lowest

    @cached_property
    def clear_um(self) -> Ints:
        """Wall margin of each unit, int64 (n,), zeros where none is kept."""
        return np.zeros(len(self), dtype=np.int64) if self.margins_um is None else self.margins_um

    def margins_in(self, space: "Space") -> Ints:
        """Return the wall margins of each unit in a space, int64 (n, 2): near walls and floor, then far walls and lid.

        At the far side the slack of the space counts towards the margin: a cushion gives way.
        """
        return np.stack([self.clear_um, np.maximum(self.clear_um - space.slack_um, 0)], axis=1)

    @cached_property
    def total_mg(self) -> int:
        """Mass of all units without cushioning."""
        return int(self.mass_mg.sum())

    @cached_property
    def packed_mg(self) -> int:
        """Mass of all units with their cushioning."""
        return int(self.mass_mg.sum() + self.cushioning_mg.sum())

    def weights_mg(self, displaced_mg_per_um3: float) -> Floats:
        """What each unit adds to its parcel, float64 (n,): itself, its cushioning, less the void fill it displaces."""
        weights = self.mass_mg + self.cushioning_mg
        if displaced_mg_per_um3:
            weights = weights - displaced_mg_per_um3 * np.array(self.volumes_um3, dtype=np.float64)
        return weights


def _orders_of(all_units: Units, index: Ints) -> Ints:
    """Return the orders of some units: those of all, without the others."""
    place = np.full(len(all_units), -1)
    place[index] = np.arange(len(index))
    places: Ints = place[all_units.orders]
    return places[places >= 0].reshape(len(places), len(index))


@dataclass(frozen=True, slots=True)
class Space:
    """The inside of one box.

    Attributes
    ----------
    edges_um : tuple of int
        Usable length, width, height.
    mass_limit_mg : float
        Most the units may weigh with their cushioning; infinity is unlimited.
    volume_limit_um3 : float
        Most the envelopes may take; infinity where geometry alone limits.
    displaced_mg_per_um3 : float
        Void fill that a unit displaces; it counts against what the unit weighs. 0 where the limit is of all units
        together and the void fill beside them is known.
    mass_rule : str
        What sets the mass limit, for people; empty where it is the box's own.
    encloses : bool
        Whether it only encloses what a mailer can become, so that it may refuse units and nothing is packed into it.
    slack_um : int
        Slack between ``edges_um`` and the far walls and the lid; see ``Units.margins_in``.
    cells : tuple of Cell
        Compartments, each of which takes one unit, outside of which there is none; empty of an open box.
    """

    edges_um: tuple[int, int, int]
    mass_limit_mg: float = float("inf")
    volume_limit_um3: float = float("inf")
    displaced_mg_per_um3: float = 0.0
    mass_rule: str = ""
    encloses: bool = False
    slack_um: int = 0
    cells: tuple[Cell, ...] = ()

    @property
    def cell_sizes(self) -> list[tuple[int, int, int]]:
        """Length, width and height of each compartment."""
        return [(x2 - x, y2 - y, z2 - z) for x, y, z, x2, y2, z2 in self.cells]


def within(units: Units, space: Space) -> Space:
    """Return a space without the margin that all units keep from its walls."""
    margin = units.least_margin_um
    if not margin:
        return space
    less = margin + max(margin - space.slack_um, 0)
    length, width, height = (max(edge - less, 0) for edge in space.edges_um)
    return replace(space, edges_um=(length, width, height), slack_um=max(space.slack_um - margin, 0))


@dataclass(frozen=True, slots=True)
class Rules:
    """Physical rules of a placement.

    Attributes
    ----------
    support_millionths : int
        Support ratio in millionths; 0 switches support and stability off.
    bearing : bool
        Whether ``max_load_mg`` is obeyed.
    """

    support_millionths: int = 750_000
    bearing: bool = True


@dataclass(frozen=True)
class Layout:
    """Where units lie in one box, in pack sequence.

    Attributes
    ----------
    units : int64, (k,)
        Index into the units given.
    orientations : int64, (k,)
        Row of ``domain.order.Orientation``.
    corners_um : int64, (k, 6)
        Lowest and highest corner: x, y, z, x, y, z.
    margins_um : int64, (k,), or None
        Wall margin of each; None where all are 0.
    shift_um : tuple of int
        How far the layout may go along x and y to stand in the middle of the room that its margins leave.
    """

    units: Ints
    orientations: Ints
    corners_um: Ints
    margins_um: Ints | None = None
    shift_um: tuple[int, int] = (0, 0)

    def __len__(self) -> int:
        return len(self.units)

    @property
    def extents_um(self) -> tuple[int, int, int]:
        """Length, width and height that the layout takes of the space, from its corner, with its margins."""
        highest = self.corners_um[:, 3:]
        if self.margins_um is not None:
            highest = highest + self.margins_um[:, np.newaxis]
        length, width, height = highest.max(axis=0).tolist()
        return length, width, height

    @property
    def centred(self) -> "Layout":
        """The layout in the middle of the room that its margins leave along x and y."""
        if self.shift_um == (0, 0):
            return self
        corners = self.corners_um + np.array([*self.shift_um, 0] * 2)
        return Layout(self.units, self.orientations, corners, self.margins_um)
