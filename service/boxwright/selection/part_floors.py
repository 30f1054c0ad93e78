"""What parts of some units come to at least, each in one parcel: told of many parts at once, from sums and edges."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from boxwright.domain.box import BoxType
from boxwright.packing.cells import fit_cells
from boxwright.packing.kernels import ORIENTATIONS
from boxwright.packing.problem import Ints, Units
from boxwright.selection.model import ParcelModel, Price
from boxwright.selection.partition import Counts

SLACK = 1 + 1e-9
"""Sums of volumes are of floats: what is larger by less than this may fit."""


def part_floors(
    model: ParcelModel, members: Ints, boxes: Sequence[BoxType], by_kind: list[list[Ints]], parts: Sequence[Counts]
) -> list[Price | None]:
    """Return for each part a price that no single parcel of it undercuts; None where no box can take it.

    Units count as they are in company of all, where they need least cushioning; void fill and tape weigh nothing.

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
    columns: list[tuple[Price, npt.NDArray[np.bool_]]] = []
    for variant, alike in _offers(model, members, boxes):
        units = variant.protect(members, alike[0])
        rigid = len(variant.shapes(members, units).units) == 1
        first = [np.searchsorted(members, bundles[0]) for bundles in by_kind]
        volumes, masses = (
            counts @ np.array([each[units_of_one].sum() for units_of_one in first])
            for each in (np.array(units.volumes_um3, dtype=np.float64), units.mass_mg + units.cushioning_mg)
        )
        sizes = counts @ np.array([len(units_of_one) for units_of_one in first])
        for box, fits in zip(alike, _fit(units, alike), strict=True):
            takes = np.ones(len(parts), dtype=np.bool_)
            if box.compartments is not None:
                takes &= sizes <= len(box.compartments)
            if box.max_load_mg is not None:
                takes &= masses <= box.max_load_mg
            several = variant.for_several(box)
            if several is not box:
                takes &= (masses <= (several.max_load_mg or 0)) | alone
            if rigid:
                takes &= volumes <= box.inner_volume_um3 * SLACK
            if rigid and not box.flexible:
                homeless = [not fits[units_of_one].all() for units_of_one in first]
                takes &= ~(counts[:, homeless] > 0).any(axis=1)
            columns.append((variant.lower_bound(box), takes))
    columns.sort(key=lambda column: column[0], reverse=True)
    cheapest = np.full(len(parts), -1)
    for at, (_, takes) in enumerate(columns):
        cheapest[takes] = at
    floors = [None if at < 0 else columns[at][0] for at in cheapest.tolist()]
    for part, each in enumerate(parts):
        if sum(each) == 1:
            alone = model.as_it_is(by_kind[each.index(1)][0])
            if alone is not None:
                floors[part] = min(alone.price, floors[part] or alone.price)
    return floors


def _offers(model: ParcelModel, members: Ints, boxes: Sequence[BoxType]) -> Iterator[tuple[ParcelModel, list[BoxType]]]:
    """Yield open boxes with each cushioning, and once those with compartments, which need none."""
    variants = model.variants(members)
    alike = [(variant, [box for box in boxes if not box.compartments]) for variant in variants]
    alike.append((variants[0], [box for box in boxes if box.compartments]))
    yield from ((variant, some) for variant, some in alike if some)


def _fit(units: Units, boxes: Sequence[BoxType]) -> list[npt.NDArray[np.bool_]]:
    """Return for each box which units fit into it alone in an orientation that they allow, bool (n,)."""
    extents = units.edges_um[:, ORIENTATIONS] + 2 * units.clear_um[:, np.newaxis, np.newaxis]
    allowed = (units.masks[:, np.newaxis] >> np.arange(len(ORIENTATIONS))) & 1 == 1
    return [
        fit_cells(units, box.compartments.sizes_um)
        if box.compartments is not None
        else ((extents <= np.array(box.inner_um)).all(axis=2) & allowed).any(axis=1)
        for box in boxes
    ]
