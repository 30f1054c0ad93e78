"""Placements as people state them, turned back into what the search works on."""

from collections.abc import Mapping, Sequence

import numpy as np

from boxwright.domain.box import BoxType
from boxwright.domain.order import ALL_ORIENTATIONS
from boxwright.domain.plan import Placement
from boxwright.packing.problem import Ints
from boxwright.selection.model import PackedBox


def corners_um(placements: Sequence[Placement]) -> Ints:
    """Return the lowest and the highest corner of each envelope, int64 (n, 6), um."""
    corners = [
        (*each.corner_um, *(low + edge for low, edge in zip(each.corner_um, each.extent_um, strict=True)))
        for each in placements
    ]
    return np.array(corners, dtype=np.int64).reshape(-1, 6)


def packed_of(placements: Sequence[Placement], box: BoxType, members: Mapping[tuple[str, int], int]) -> PackedBox:
    """Return the packed box of placements; ``members`` is ``Expansion.members``. It has no price."""
    return PackedBox(
        box=box,
        members=np.array([members[each.line_id, each.unit_index] for each in placements], dtype=np.int64),
        orientations=np.array([ALL_ORIENTATIONS.index(each.orientation) for each in placements], dtype=np.int64),
        corners_um=corners_um(placements),
        price=(),
    )
