"""What no plan of an order can undercut, unit by unit: its least size and mass, and the boxes it could ever be in."""

import math

import numpy as np
import numpy.typing as npt

from boxwright.domain.box import BoxType
from boxwright.lazy import cached_property
from boxwright.packing.cells import fit_alone
from boxwright.packing.kernels import ORIENTATIONS
from boxwright.packing.problem import Floats, Ints, Space, Units
from boxwright.selection.model import ParcelModel, Shapes

Bools = npt.NDArray[np.bool_]


class Conceivable:
    """Facts about units that hold in every parcel: as in a box where they need least cushioning, without other dunnage.

    Parameters
    ----------
    model : ParcelModel
        Rules.
    members : int64, (n,)
        All units, ascending.

    Attributes
    ----------
    units : Units
        All units.
    volumes_um3 : float64, (n,)
        Volume of each.
    boxes : tuple of BoxType
        ``model.box_types()``; arrays over box types are in their order, and ``rank`` has the place of each by its id.
    spaces : list of Space
        The inside of each box type with some units in it.
    """

    def __init__(self, model: ParcelModel, members: Ints) -> None:
        self.units = model.protect(members)
        self.volumes_um3: Floats = np.array(self.units.volumes_um3, dtype=np.float64)
        self.boxes = model.box_types()
        self._model = model
        self._members = members
        self._takers: dict[int, Bools] = {}

    def at(self, members: Ints) -> Ints:
        """Return the places of some members among all."""
        return np.searchsorted(self._members, members)

    @cached_property
    def rank(self) -> dict[str, int]:
        """Rank of each box type, by its id."""
        return {box.box_type_id: rank for rank, box in enumerate(self.boxes)}

    @cached_property
    def spaces(self) -> list[Space]:
        """The inside of each box type with some units in it."""
        return [self._model.space(box, self.units, whole=False, several=False) for box in self.boxes]

    @cached_property
    def _edges_um(self) -> Ints:
        return np.array([space.edges_um for space in self.spaces], dtype=np.int64).reshape(-1, 3)

    @cached_property
    def celled(self) -> Bools:
        """Which box types have compartments, bool (b,)."""
        return np.array([bool(box.compartments) for box in self.boxes], dtype=np.bool_)

    @cached_property
    def limits_mg(self) -> Floats:
        """What units may weigh in each box type with as much void fill as it can hold, float64 (b,)."""
        return np.array([space.mass_limit_mg for space in self.spaces])

    @cached_property
    def _loads_mg(self) -> Floats:
        return np.array(list(map(load_limit_mg, self.boxes)))

    def takers(self, member: int) -> Bools:
        """Return the box types outside of which no plan has this unit, bool (b,)."""
        at = int(np.searchsorted(self._members, member))
        kind = int(self.units.kinds[at])
        known = self._takers.get(kind)
        if known is None:
            self._model.stop.look()
            alone = self.units.take(np.array([at], dtype=np.int64))
            one = self._model.shapes(self._members[at : at + 1], alone)
            known = self._takers[kind] = self.fits(one, self._loads_mg >= alone.total_mg)
        return known

    def takers_of_each(self, members: Ints) -> Bools:
        """Return the takers of one unit of each kind among some, bool (k, b)."""
        firsts = np.unique(self.units.kinds[self.at(members)], return_index=True)[1]
        return np.array([self.takers(member) for member in members[firsts].tolist()])

    def fits(self, one: Shapes, among: Bools) -> Bools:
        """Return which of some box types a unit may go into, by its edges, bool (b,); see ``may_go_in``."""
        if not one.every:
            return among
        fits: Bools = among & np.any([fit_inside(each, self._edges_um)[0] for each in one.units], axis=0)
        for rank, space in enumerate(self.spaces):
            if space.encloses or space.cells:  # what encloses a mailer depends on what is in it
                fits[rank] = among[rank] and may_go_in(self._model, self.boxes[rank], one)
        return fits


def fit_inside(units: Units, inside_um: Ints) -> Bools:
    """Return which insides, int64 (b, 3), take each unit by itself in an orientation that it allows, bool (n, b)."""
    extents = units.edges_um[:, ORIENTATIONS] + 2 * units.clear_um[:, np.newaxis, np.newaxis]
    allowed = (units.masks[:, np.newaxis] >> np.arange(len(ORIENTATIONS))) & 1 == 1
    fits: Bools = ((extents[:, np.newaxis] <= inside_um[:, np.newaxis]).all(axis=3) & allowed[:, np.newaxis]).any(
        axis=2
    )
    return fits


def may_go_in(model: ParcelModel, box: BoxType, one: Shapes) -> bool:
    """Whether a unit goes into a box in some shape; of a mailer, into what encloses all that it can hold."""
    return not one.every or any(
        fit_alone(each, model.space(box, each, whole=True, several=False)) for each in one.units
    )


def load_limit_mg(box: BoxType) -> float:
    """Return what a box bears; infinity is unlimited."""
    return math.inf if box.max_load_mg is None else float(box.max_load_mg)
