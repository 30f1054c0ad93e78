"""What no plan of an order can undercut, unit by unit: its least size and mass, and the boxes it could ever be in."""

import numpy as np

from boxwright.packing.problem import Ints
from boxwright.selection.forms import may_go_in
from boxwright.selection.model import ParcelModel


class Conceivable:
    """Facts about units that hold in any company: cushioning as thin as in the heaviest, and no other dunnage.

    Parameters
    ----------
    model : ParcelModel
        Rules.
    members : int64, (n,)
        All units, ascending.
    """

    def __init__(self, model: ParcelModel, members: Ints) -> None:
        self.units = model.protect(members)
        self._model = model
        self._members = members
        self._takers: dict[int, frozenset[str]] = {}

    def at(self, members: Ints) -> Ints:
        """Return the places of some members among all."""
        return np.searchsorted(self._members, members)

    def one_of_each(self, members: Ints) -> list[int]:
        """Return the first unit of each kind."""
        firsts = np.unique(self.units.kinds[self.at(members)], return_index=True)[1]
        return [int(member) for member in members[firsts]]

    def takers(self, member: int) -> frozenset[str]:
        """Return the ids of the box types outside of which no plan has this unit."""
        at = int(np.searchsorted(self._members, member))
        kind = int(self.units.kinds[at])
        known = self._takers.get(kind)
        if known is None:
            alone = self.units.take(np.array([at], dtype=np.int64))
            one = self._model.shapes(self._members[at : at + 1], alone)
            known = self._takers[kind] = frozenset(
                box.box_type_id
                for box in self._model.box_types()
                if (box.max_load_mg is None or alone.total_mg <= box.max_load_mg) and may_go_in(self._model, box, one)
            )
        return known

    def volume_um3(self, members: Ints) -> int:
        """Return the volume that these units have at least."""
        volumes = self.units.volumes_um3
        return sum(map(volumes.__getitem__, self.at(members).tolist()))

    def mass_mg(self, members: Ints) -> int:
        """Return the mass of these units without dunnage."""
        return int(self.units.mass_mg[self.at(members)].sum())
