"""Units as they stand in compartments, without cushioning, and what holds of them in any box."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from boxwright.lazy import cached_property
from boxwright.packing.cells import fit_cells
from boxwright.planning.parts.cushioned import least_of
from boxwright.planning.parts.packs import as_in_cells

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from boxwright.packing.problem import Ints, Units
    from boxwright.planning.parts.cushioned import Wrappings
    from boxwright.planning.parts.expansion import Expansion
    from boxwright.planning.request import Request


class Bare:
    """The units of an order as they are, which is how compartments take them.

    Parameters
    ----------
    request, expansion, wrappings : Request, Expansion, Wrappings
        Holds the box types; the units; they in their cushioning.
    """

    def __init__(self, request: Request, expansion: Expansion, wrappings: Wrappings) -> None:
        self._request = request
        self._expansion = expansion
        self._wrappings = wrappings

    @cached_property
    def _units(self) -> Units:
        return as_in_cells(self._expansion, self._request)

    def least(self, members: Ints, protected: Iterable[Units], *, in_cells: bool | None) -> Units:
        """Return units that are no larger and no heavier than with any cushioning.

        Parameters
        ----------
        members, protected : int64 (n,), iterable of Units
            Which units, and they with each cushioning.
        in_cells : bool or None
            Whether they stand in compartments, as they are. None is in any box: as they are if a compartment takes
            them.
        """
        if in_cells:
            return self._bare(members)
        each = list(protected)
        units = each[0] if len(each) == 1 else least_of(each)
        if in_cells is not None or not self._wrappings.any or not (which := self._fit_cells[members]).any():
            return units
        bare = self._bare(members)
        return dataclasses.replace(
            units,
            edges_um=np.where(which[:, np.newaxis], bare.edges_um, units.edges_um),
            masks=np.where(which, bare.masks, units.masks),
            max_load_mg=np.where(which, bare.max_load_mg, units.max_load_mg),
            cushioning_mg=np.where(which, bare.cushioning_mg, units.cushioning_mg),
            margins_um=None if units.margins_um is None else np.where(which, 0, units.margins_um),
        )

    def _bare(self, members: Ints) -> Units:
        return self._units if len(members) == len(self._units) else self._units.take(members)

    @cached_property
    def _fit_cells(self) -> npt.NDArray[np.bool_]:
        """Which units fit a compartment of some box type, bool (n,)."""
        grids = [box.compartments for box in self._request.box_types if box.compartments is not None]
        return fit_cells(self._units, [size for grid in grids for size in grid.sizes_um])
