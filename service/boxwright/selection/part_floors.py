"""What parts of some units come to at least, each in one parcel: told of many parts at once, from sums and edges."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from boxwright.domain.box import BoxType
from boxwright.packing.cells import fit_cells
from boxwright.packing.kernels import ORIENTATIONS
from boxwright.packing.problem import Ints
from boxwright.selection.model import ParcelModel, Price
from boxwright.selection.partition import Counts

Bools = npt.NDArray[np.bool_]
SLACK = 1 + 1e-9
"""Sums of volumes are of floats: what is larger by less than this may fit."""


def part_floors(
    model: ParcelModel, members: Ints, boxes: Sequence[BoxType], by_kind: list[list[Ints]], parts: Sequence[Counts]
) -> list[Price | None]:
    """Return for each part a price that no single parcel of it undercuts; None where no box can take it.

    Units count with what protects them in each box; void fill and tape weigh nothing.

    Parameters
    ----------
    model, members : ParcelModel, int64 (n,)
        Rules and prices; all units.
    boxes : sequence of BoxType
        Among which to choose.
    by_kind : list of list of int64 arrays
        The bundles of each kind.
    parts : sequence of Counts
        How many bundles of each kind each has.
    """
    counts = np.array(parts, dtype=np.int64).reshape(len(parts), len(by_kind))
    alone = counts.sum(axis=1) == 1
    candidates = []
    for variant, alike in _offers(model, members, boxes):
        needs = _PartNeeds(variant, members, by_kind, counts, alike[0])
        candidates += [(variant.lower_bound(box), needs, box) for box in alike]
    candidates.sort(key=lambda candidate: candidate[0], reverse=True)
    cheapest = np.full(len(parts), -1)
    for at, (_, need, box) in enumerate(candidates):
        model.stop.look()
        cheapest[need.taken_by(box, alone)] = at
    floors = [None if at < 0 else candidates[at][0] for at in cheapest.tolist()]
    for part, each in enumerate(parts):
        if sum(each) == 1:
            as_it_is = model.as_it_is(by_kind[each.index(1)][0])
            if as_it_is is not None:
                floors[part] = min(as_it_is.price, floors[part] or as_it_is.price)
    return floors


def _offers(model: ParcelModel, members: Ints, boxes: Sequence[BoxType]) -> Iterator[tuple[ParcelModel, list[BoxType]]]:
    """Yield open boxes with each cushioning, and once those with compartments, which need none."""
    variants = model.variants(members)
    alike = [(variant, [box for box in boxes if not box.compartments]) for variant in variants]
    alike.append((variants[0], [box for box in boxes if box.compartments]))
    yield from ((variant, some) for variant, some in alike if some)


class _PartNeeds:
    """What parts need of boxes in which units measure what they do in ``box``."""

    def __init__(
        self, model: ParcelModel, members: Ints, by_kind: list[list[Ints]], counts: Ints, box: BoxType
    ) -> None:
        self._model = model
        self._counts = counts
        self._units = units = model.protect(members, box)
        self._rigid = len(model.shapes(members, units).units) == 1
        self._first = [np.searchsorted(members, bundles[0]) for bundles in by_kind]
        self._volumes, self._masses = (
            counts @ np.array([each[units_of_one].sum() for units_of_one in self._first])
            for each in (np.array(units.volumes_um3, dtype=np.float64), units.mass_mg + units.cushioning_mg)
        )
        self._sizes = counts @ np.array([len(units_of_one) for units_of_one in self._first])
        self._extents = units.edges_um[:, ORIENTATIONS] + 2 * units.clear_um[:, np.newaxis, np.newaxis]
        self._allowed = (units.masks[:, np.newaxis] >> np.arange(len(ORIENTATIONS))) & 1 == 1

    def taken_by(self, box: BoxType, alone: Bools) -> Bools:
        """Return which parts a box may take, bool (parts,); ``alone`` are those of one bundle."""
        takes = np.ones(len(self._counts), dtype=np.bool_)
        if box.compartments is not None:
            takes &= self._sizes <= len(box.compartments)
        if box.max_load_mg is not None:
            takes &= self._masses <= box.max_load_mg
        several = self._model.for_several(box)
        if several is not box:
            takes &= (self._masses <= (several.max_load_mg or 0)) | alone
        if self._rigid:
            takes &= self._volumes <= box.inner_volume_um3 * SLACK
        if self._rigid and not box.flexible:
            fits = self._fit_alone(box)
            homeless = [not fits[units_of_one].all() for units_of_one in self._first]
            takes &= ~(self._counts[:, homeless] > 0).any(axis=1)
        return takes

    def _fit_alone(self, box: BoxType) -> Bools:
        """Return which units fit into a box alone in an orientation that they allow, bool (n,)."""
        if box.compartments is not None:
            return fit_cells(self._units, box.compartments.sizes_um)
        fits: Bools = ((self._extents <= np.array(box.inner_um)).all(axis=2) & self._allowed).any(axis=1)
        return fits
