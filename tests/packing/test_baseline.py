"""py3dbp as a way of packing: its answers are passed on unchanged."""

import numpy as np
import pytest
from py3dbp import Bin, Item, Packer

from boxwright.domain.policy import Engine
from boxwright.packing.baseline import pack_py3dbp
from boxwright.packing.problem import Layout, Rules, Space
from boxwright.packing.question import Question
from boxwright.planning.engine import PACKERS
from strategies import units_of


def test_placements_equal_a_direct_call() -> None:
    """Corner and extents of every unit are those of py3dbp called directly."""
    edges = [(200, 150, 100), (120, 80, 60), (120, 80, 60), (90, 90, 40), (50, 30, 20)]
    units = units_of([tuple(1_000 * edge for edge in row) for row in edges], mass=[100_000.0] * 5)
    layout = pack_py3dbp(Question(units, Space((300_000, 200_000, 150_000)), Rules(), whole=False))
    direct = Packer()
    direct.add_bin(Bin("box", 300, 200, 150, 10**9))
    for index, edge in enumerate(edges):
        direct.add_item(Item(str(index), *edge, 100))
    direct.pack(bigger_first=True, distribute_items=False, number_of_decimals=3)
    expected = {
        int(item.name): [float(value) for value in (*item.position, *item.get_dimension())]
        for item in direct.bins[0].items
    }
    got = {
        unit: [value / 1_000 for value in (*corners[:3], *(corners[3 + axis] - corners[axis] for axis in range(3)))]
        for unit, corners in zip(layout.units.tolist(), layout.corners_um.tolist(), strict=True)
    }
    assert got == expected


def test_whole_is_all_or_nothing() -> None:
    """If py3dbp leaves a unit out, a whole packing is None."""
    units, space = units_of([(60_000, 60_000, 60_000)] * 3), Space((120_000, 60_000, 60_000))
    assert pack_py3dbp(Question(units, space, Rules(), whole=True)) is None
    assert len(pack_py3dbp(Question(units, space, Rules(), whole=False))) == 2


def test_fixed_units_and_margins_are_refused() -> None:
    """py3dbp starts from an empty bin and uses all of it; the packer refuses before it calls py3dbp."""
    units, space = units_of([(5, 5, 5)]), Space((9, 9, 9))
    fixed = Layout(np.array([0]), np.array([0]), np.array([[0, 0, 0, 5, 5, 5]]))
    with pytest.raises(ValueError, match="fixed"):
        pack_py3dbp(Question(units, space, Rules(), whole=True, fixed=fixed))
    object.__setattr__(units, "margins_um", np.array([1]))
    with pytest.raises(ValueError, match="margins"):
        pack_py3dbp(Question(units, space, Rules(), whole=True))
    packer = PACKERS[Engine.PY3DBP]
    assert not packer.starts_from_fixed
    assert not packer.keeps_margins
