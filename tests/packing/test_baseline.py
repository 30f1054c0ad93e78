"""py3dbp as a baseline: what it says is what we say."""

import numpy as np
from py3dbp import Bin, Item, Packer

from boxwright.packing.baseline import pack_py3dbp
from boxwright.packing.problem import Rules, Space, Units
from boxwright.packing.question import Question


def test_placements_equal_a_direct_call() -> None:
    """Corner and extents of every unit are those of py3dbp called directly."""
    edges = [(200, 150, 100), (120, 80, 60), (120, 80, 60), (90, 90, 40), (50, 30, 20)]
    units = Units(
        np.array(edges, dtype=np.int64) * 1_000,
        np.full(5, 63, dtype=np.int64),
        np.array([0, 1, 1, 2, 3], dtype=np.int64),
        np.full(5, 100_000.0),
        np.full(5, np.inf),
        np.zeros(5),
    )
    layout = pack_py3dbp(Question(units, Space((300_000, 200_000, 150_000)), Rules(), whole=False, effort=0))
    direct = Packer()
    direct.add_bin(Bin("box", 300, 200, 150, 10**9))
    for index, edge in enumerate(edges):
        direct.add_item(Item(str(index), *edge, 100))
    direct.pack(bigger_first=True, distribute_items=False, number_of_decimals=3)
    expected = {
        int(item.name): [float(value) for value in (*item.position, *item.get_dimension())]
        for item in direct.bins[0].items
    }
    assert layout is not None
    got = {
        unit: [value / 1_000 for value in (*corners[:3], *(corners[3 + axis] - corners[axis] for axis in range(3)))]
        for unit, corners in zip(layout.units.tolist(), layout.corners_um.tolist(), strict=True)
    }
    assert got == expected


def test_whole_is_all_or_nothing() -> None:
    """Where py3dbp leaves a unit out, a whole packing is None."""
    units = Units(
        np.full((3, 3), 60_000, dtype=np.int64),
        np.full(3, 63, dtype=np.int64),
        np.zeros(3, dtype=np.int64),
        np.zeros(3),
        np.full(3, np.inf),
        np.zeros(3),
    )
    space = Space((120_000, 60_000, 60_000))
    assert pack_py3dbp(Question(units, space, Rules(), whole=True, effort=0)) is None
    partial = pack_py3dbp(Question(units, space, Rules(), whole=False, effort=0))
    assert partial is not None
    assert len(partial) == 2
