"""What no plan of an order can undercut, unit by unit: its least size and mass, and the boxes it could ever be in."""

import math
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from boxwright.domain.box import BoxType
from boxwright.lazy import cached_property
from boxwright.packing.cells import fit_alone
from boxwright.packing.kernels import ORIENTATIONS
from boxwright.packing.problem import Ints, Space, Units
from boxwright.selection.model import ParcelModel, Shapes

Bools = npt.NDArray[np.bool_]


class Conceivable:
    """Facts about units that hold in every parcel: as in a box where they need least cushioning, without other dunnage.

    Sets of box types are integers, since there may be thousands of both units and box types: bit ``r`` is the type of
    rank ``r`` in ``model.box_types()``.

    Parameters
    ----------
    model : ParcelModel
        Rules.
    members : int64, (n,)
        All units, ascending.

    Attributes
    ----------
    boxes : tuple of BoxType
        ``model.box_types()``.
    """

    def __init__(self, model: ParcelModel, members: Ints) -> None:
        self.units = model.protect(members)
        self.boxes = model.box_types()
        self._model = model
        self._members = members
        self._takers: dict[int, int] = {}

    def at(self, members: Ints) -> Ints:
        """Return the places of some members among all."""
        return np.searchsorted(self._members, members)

    def one_of_each(self, members: Ints) -> list[int]:
        """Return the first unit of each kind."""
        firsts = np.unique(self.units.kinds[self.at(members)], return_index=True)[1]
        return [int(member) for member in members[firsts]]

    @cached_property
    def rank(self) -> dict[str, int]:
        """Rank of each box type, by its id."""
        return {box.box_type_id: rank for rank, box in enumerate(self.boxes)}

    def among(self, boxes: Iterable[BoxType]) -> int:
        """Return some box types as a set."""
        found = 0
        for box in boxes:
            found |= 1 << self.rank[box.box_type_id]
        return found

    @cached_property
    def _spaces(self) -> list[Space]:
        return [self._model.space(box, self.units, whole=False, several=False) for box in self.boxes]

    @cached_property
    def _edges_um(self) -> Ints:
        return np.array([space.edges_um for space in self._spaces], dtype=np.int64).reshape(-1, 3)

    @cached_property
    def _asked_singly(self) -> list[int]:
        """Ranks of mailers, for what encloses them depends on what is in them, and of boxes with compartments."""
        return [rank for rank, space in enumerate(self._spaces) if space.encloses or space.cells]

    @cached_property
    def celled(self) -> Bools:
        """Which box types have compartments, bool (b,)."""
        return np.array([bool(box.compartments) for box in self.boxes], dtype=np.bool_)

    @cached_property
    def limits_mg(self) -> npt.NDArray[np.float64]:
        """What units may weigh in each box type with as much void fill as it can hold, float64 (b,)."""
        return np.array([space.mass_limit_mg for space in self._spaces])

    @cached_property
    def _loads_mg(self) -> npt.NDArray[np.float64]:
        return np.array([math.inf if box.max_load_mg is None else box.max_load_mg for box in self.boxes])

    def takers(self, member: int) -> int:
        """Return the set of box types outside of which no plan has this unit."""
        at = int(np.searchsorted(self._members, member))
        kind = int(self.units.kinds[at])
        known = self._takers.get(kind)
        if known is None:
            self._model.stop.look()
            alone = self.units.take(np.array([at], dtype=np.int64))
            one = self._model.shapes(self._members[at : at + 1], alone)
            bears = self._loads_mg >= alone.total_mg
            known = self._takers[kind] = set_of(self.fits(one, bears))
        return known

    def fits(self, one: Shapes, among: Bools) -> Bools:
        """Return which of some box types a unit may go into, by its edges, bool (b,); see ``may_go_in``."""
        if not one.every:
            return among
        fits: Bools = among & np.array([self._fit(each) for each in one.units]).any(axis=0)
        for rank in self._asked_singly:
            fits[rank] = among[rank] and may_go_in(self._model, self.boxes[rank], one)
        return fits

    def _fit(self, one: Units) -> Bools:
        """Return which box types take a unit by itself in an orientation that it allows, bool (b,)."""
        allowed = (int(one.masks[0]) >> np.arange(len(ORIENTATIONS))) & 1 == 1
        extents = one.edges_um[0][ORIENTATIONS[allowed]] + 2 * int(one.clear_um[0])
        fits: Bools = (extents[np.newaxis] <= self._edges_um[:, np.newaxis]).all(axis=2).any(axis=1)
        return fits

    def volume_um3(self, members: Ints) -> int:
        """Return the volume that these units have at least."""
        volumes = self.units.volumes_um3
        return sum(map(volumes.__getitem__, self.at(members).tolist()))

    def mass_mg(self, members: Ints) -> int:
        """Return the mass of these units without dunnage."""
        return int(self.units.mass_mg[self.at(members)].sum())


def may_go_in(model: ParcelModel, box: BoxType, one: Shapes) -> bool:
    """Whether a unit goes into a box in some shape; of a mailer, into what encloses all that it can hold."""
    return not one.every or any(
        fit_alone(each, model.space(box, each, whole=True, several=False)) for each in one.units
    )


def set_of(which: Bools) -> int:
    """Return the set of the box types that are marked by rank."""
    return int.from_bytes(np.packbits(which, bitorder="little").tobytes(), "little")


def held(some: int, count: int) -> Bools:
    """Return which of so many box types, by rank, are in a set, bool (count,)."""
    bits = np.frombuffer(some.to_bytes(-(-count // 8), "little"), dtype=np.uint8)
    found: Bools = np.unpackbits(bits, count=count, bitorder="little").astype(np.bool_)
    return found
