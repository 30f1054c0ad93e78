"""What parts of some units come to at least, each in one parcel: told of many parts at once, from sums and edges."""

import math
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
    bounds: list[Price] = []
    takes = [np.zeros((0, len(parts)), dtype=np.bool_)]
    for variant, alike in _offers(model, members, boxes):
        model.stop.look()
        bounds += [variant.lower_bound(box) for box in alike]
        takes.append(_taken(variant, members, by_kind, counts, alike))
    cheapest_first = sorted(range(len(bounds)), key=bounds.__getitem__)
    taken = np.concatenate(takes)[cheapest_first]
    firsts = taken.argmax(axis=0).tolist() if len(taken) else []
    floors = [bounds[cheapest_first[at]] if taken[at, part] else None for part, at in enumerate(firsts)]
    floors = floors or [None] * len(parts)
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


def _taken(
    model: ParcelModel, members: Ints, by_kind: list[list[Ints]], counts: Ints, boxes: Sequence[BoxType]
) -> Bools:
    """Return which parts each box may take, bool (b, parts); units measure the same in all of the boxes."""
    units = model.protect(members, boxes[0])
    bundles = [np.searchsorted(members, each[0]) for each in by_kind]
    volumes, masses, sizes = (
        counts @ np.array([figure[each].sum() for each in bundles])
        for figure in (
            np.array(units.volumes_um3, dtype=np.float64),
            units.mass_mg + units.cushioning_mg,
            np.ones(len(units), dtype=np.int64),
        )
    )
    alone = counts.sum(axis=1) == 1
    takes: Bools = (masses <= _limits(boxes)) & ((masses <= _limits([model.for_several(box) for box in boxes])) | alone)
    if boxes[0].compartments:
        takes &= sizes <= np.array([[len(box.cells_um)] for box in boxes])
    if len(model.shapes(members, units).units) > 1:
        return takes
    takes &= volumes <= np.array([[float(box.inner_volume_um3)] for box in boxes]) * SLACK
    if boxes[0].compartments:
        fits = np.array([fit_cells(units, box.compartments.sizes_um) for box in boxes if box.compartments])
    else:
        extents = units.edges_um[:, ORIENTATIONS] + 2 * units.clear_um[:, np.newaxis, np.newaxis]
        allowed = (units.masks[:, np.newaxis] >> np.arange(len(ORIENTATIONS))) & 1 == 1
        inner = np.array([box.inner_um for box in boxes], dtype=np.int64)[:, np.newaxis, np.newaxis]
        flexible = np.array([[box.flexible] for box in boxes])
        fits = ((extents <= inner).all(axis=3) & allowed).any(axis=2) | flexible
    homeless = ~np.stack([fits[:, each].all(axis=1) for each in bundles], axis=1)
    takes &= ~((homeless[:, np.newaxis] & (counts > 0)).any(axis=2))
    return takes


def _limits(boxes: Sequence[BoxType]) -> npt.NDArray[np.float64]:
    """Return what each box bears, float64 (b, 1), mg; infinity is unlimited."""
    return np.array([[math.inf if box.max_load_mg is None else float(box.max_load_mg)] for box in boxes])
