"""Input and output of a packing engine: arrays of units, space, rules and layout."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from boxwright.domain.compartments import Cell
from boxwright.lazy import cached_property
from boxwright.packing.kernels import ORIENTATIONS

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

LARGER = 4
"""A part of some units reuses the sort orders of all units if these are at most this multiple of the part."""
FEW = 40
"""Volumes of fewer units than this are computed by unit, those of more units by kind."""
POWERS = np.array([10**power for power in range(13)], dtype=np.float64)
"""Powers of ten up to the largest finite load, in mg."""
UPRIGHT = np.array(
    [
        [any(mask >> bit & 1 and turn[2] == edge for bit, turn in enumerate(ORIENTATIONS)) for edge in range(3)]
        for mask in range(1 << len(ORIENTATIONS))
    ]
)
UPRIGHT[0] = True  # units that no cushioning protects have no orientation; another rule refuses them
"""Whether a unit can stand on each edge, by the mask of its orientations, bool (64, 3)."""


@dataclass(frozen=True)
class Units:
    """Units to pack, in canonical order.

    Attributes
    ----------
    edges_um : int64, (n, 3)
        Declared length, width and height of each envelope.
    masks : int64, (n,)
        Bit ``o`` allows orientation ``o`` (rows of ``domain.order.Orientation``).
    kinds : int64, (n,)
        Number of the unit's kind, ascending from 0 without gaps. Units of one kind are alike in all respects.
    mass_mg, max_load_mg : float64, (n,)
        Mass, and the mass that may rest on the unit (infinity: unlimited). Numbers are whole, so sums are exact.
    cushioning_mg : float64, (n,)
        Mass of the cushioning round each unit. It counts towards the parcel, not towards loads on other units.
    soft : bool, (n,), or None
        Whether the unit is soft goods. None: all units are rigid.
    margins_um : int64, (n,), or None
        Wall margin: distance that an envelope keeps from the four walls, the lid and the floor. A unit on the floor
        stands at that height. Only units at most 25 mm high that can bear the mass of all units may lie under it.
        None: all margins are 0.
    most_play_um : int64, (n,), or None
        Maximum play of a unit in its compartment, along each edge. None: unlimited.
    """

    edges_um: Ints
    masks: Ints
    kinds: Ints
    mass_mg: Floats
    max_load_mg: Floats
    cushioning_mg: Floats
    soft: npt.NDArray[np.bool_] | None = None
    margins_um: Ints | None = None
    most_play_um: Ints | None = None

    def take(self, index: Ints) -> "Units":
        """Return some of the units, with kinds renumbered from 0; ``index``, int64 (m,), ascends."""
        found = self.kinds[index]
        kinds = np.zeros(len(found), dtype=np.int64)
        np.cumsum(found[1:] != found[:-1], out=kinds[1:])
        some = self._part(index, kinds)
        if len(self) <= LARGER * len(index):
            some.__dict__["_part_of"] = self, index  # not a field, so that ``replace`` drops it
        return some

    def one(self, index: int) -> "Units":
        """Return one of the units as views of its rows, which is cheap."""
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
        """Orders in which to set units down, int64 (10, n), largest first.

        Rows 0 to 4 are by volume, largest face, longest edge, sum of edges, and mass. Rows 5 to 9 use the same keys,
        but units with a load limit come last, the weakest at the end; limits are compared by their power of ten.
        """
        if "_part_of" in self.__dict__:
            all_units, index = self.__dict__["_part_of"]
            place = np.full(len(all_units), -1)
            place[index] = np.arange(len(index))
            places: Ints = place[all_units.orders]
            return places[places >= 0].reshape(len(places), len(index))
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
        """Index of the first unit, by kind, int64 (k,)."""
        return np.flatnonzero(np.concatenate(([True], self.kinds[1:] != self.kinds[:-1])))[: len(self)]

    @cached_property
    def counts(self) -> Ints:
        """Number of units, by kind, int64 (k,)."""
        return np.diff(self.firsts, append=len(self))

    @cached_property
    def _volumes_of_kinds(self) -> list[tuple[int, int]]:
        """Volume of a unit and number of units, by kind."""
        edges = self.edges_um[self.firsts].tolist()
        counts = self.counts.tolist()
        return [(length * width * height, count) for (length, width, height), count in zip(edges, counts, strict=True)]

    @cached_property
    def volumes_um3(self) -> list[int]:
        """Volume of each envelope; Python integers cannot overflow."""
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
        """Smallest wall margin."""
        return 0 if self.margins_um is None or not len(self) else int(self.margins_um.min())

    @cached_property
    def most_margin_um(self) -> int:
        """Largest wall margin."""
        return 0 if self.margins_um is None or not len(self) else int(self.margins_um.max())

    @cached_property
    def upright_um(self) -> Ints:
        """Minimum height of each unit over its allowed orientations, int64 (n,)."""
        lowest: Ints = np.where(UPRIGHT[self.masks], self.edges_um, np.iinfo(np.int64).max).min(axis=1)
        return lowest

    @cached_property
    def clear_um(self) -> Ints:
        """Wall margin of each unit, int64 (n,)."""
        return np.zeros(len(self), dtype=np.int64) if self.margins_um is None else self.margins_um

    def margins_in(self, space: "Space") -> Ints:
        """Return, by unit, the margins to near walls and floor, and to far walls and lid, int64 (n, 2).

        At the far side, the slack of the space counts towards the margin, because a cushion can be compressed.
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
        """Return, by unit, the mass that it adds to a parcel, float64 (n,), less the void fill that it displaces."""
        weights = self.mass_mg + self.cushioning_mg
        if displaced_mg_per_um3:
            weights = weights - displaced_mg_per_um3 * np.array(self.volumes_um3, dtype=np.float64)
        return weights


@dataclass(frozen=True, slots=True)
class Space:
    """The inside of one box.

    Attributes
    ----------
    edges_um : tuple of int
        Usable length, width and height.
    mass_limit_mg : float
        Maximum mass of the units with their cushioning; infinity: unlimited.
    volume_limit_um3 : float
        Maximum volume of the envelopes; infinity: only geometry limits the volume.
    displaced_mg_per_um3 : float
        Mass of the void fill that a unit displaces, which is subtracted from the unit's mass. 0 if all units are known,
        since the mass limit then allows for the void fill besides them.
    mass_rule : str
        Name of the rule that sets the mass limit; empty: the box itself sets it.
    encloses : bool
        Whether the space is only the hull of all shapes of a mailer, which can refuse units but is never packed.
    slack_um : int
        Slack between ``edges_um`` and the far walls and the lid; see ``Units.margins_in``.
    cells : tuple of Cell
        Compartments for one unit each; units lie only in them. Empty: an open box.
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
    """Return a space reduced by the wall margin that all units keep."""
    margin = units.least_margin_um
    if not margin:
        return space
    less = margin + max(margin - space.slack_um, 0)
    length, width, height = (max(edge - less, 0) for edge in space.edges_um)
    return replace(space, edges_um=(length, width, height), slack_um=max(space.slack_um - margin, 0))


@dataclass(frozen=True, slots=True)
class Rules:
    """Physical rules of a layout.

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
    """Units in one box with their places, in pack sequence.

    Attributes
    ----------
    units : int64, (k,)
        Index into the units of the question.
    orientations : int64, (k,)
        Row of ``domain.order.Orientation``.
    corners_um : int64, (k, 6)
        Lowest and highest corner: x, y, z, x, y, z.
    margins_um : int64, (k,), or None
        Wall margin of each unit; None: all are 0.
    shift_um : tuple of int
        Shift along x and y that centres the layout between the walls as far as margins allow.
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
        """Length, width and height of the layout from the corner of the space, far margins included."""
        highest = self.corners_um[:, 3:]
        if self.margins_um is not None:
            highest = highest + self.margins_um[:, np.newaxis]
        length, width, height = highest.max(axis=0).tolist()
        return length, width, height

    @property
    def centred(self) -> "Layout":
        """The layout, shifted by ``shift_um``."""
        if self.shift_um == (0, 0):
            return self
        corners = self.corners_um + np.array([*self.shift_um, 0] * 2)
        return Layout(self.units, self.orientations, corners, self.margins_um)
