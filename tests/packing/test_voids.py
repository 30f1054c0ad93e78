"""The empty space of a packed box: disjoint, complete, and cut so that large spaces stay whole."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright.packing.voids import beside_one_um3, to_block, voids

Box = tuple[int, int, int]


@st.composite
def packed_boxes(draw: st.DrawFn) -> tuple[Box, np.ndarray]:
    """Return a box and disjoint units in it: some of the pieces that it is cut into, where they lie."""
    box = tuple(draw(st.integers(20, 300)) for _ in range(3))
    pieces = [(0, 0, 0, *box)]
    for _ in range(draw(st.integers(0, 12))):
        index, axis = draw(st.integers(0, len(pieces) - 1)), draw(st.integers(0, 2))
        piece = pieces[index]
        if piece[axis + 3] - piece[axis] < 2:
            continue
        at = draw(st.integers(piece[axis] + 1, piece[axis + 3] - 1))
        pieces[index] = (*piece[: axis + 3], at, *piece[axis + 4 :])
        pieces.append((*piece[:axis], at, *piece[axis + 1 :]))
    units = [piece for piece in pieces if draw(st.booleans())]
    return box, np.array(units, dtype=np.int64).reshape(-1, 6)


@given(packed_boxes())
@settings(max_examples=150, deadline=None)
def test_every_point_is_in_one_unit_or_one_space(packed: tuple[Box, np.ndarray]) -> None:
    """On the grid of all coordinates, units and spaces cover each cell of the box once."""
    box, units = packed
    spaces = voids(units, box)
    cuboids = np.concatenate([units, spaces])
    edges = [np.unique(np.concatenate([[0, box[axis]], cuboids[:, axis], cuboids[:, axis + 3]])) for axis in range(3)]
    covered = np.zeros([len(each) - 1 for each in edges], dtype=int)
    for cuboid in cuboids:
        cells = tuple(
            slice(np.searchsorted(edges[axis], cuboid[axis]), np.searchsorted(edges[axis], cuboid[axis + 3]))
            for axis in range(3)
        )
        covered[cells] += 1
    assert (covered == 1).all()
    volumes = np.prod(spaces[:, 3:] - spaces[:, :3], axis=1)
    assert (np.diff(volumes) <= 0).all()
    assert np.array_equal(voids(units[::-1], box), spaces), "prices would depend on the pack sequence"
    # The check accepts at most 100 spaces per unit.
    assert len(spaces) <= 20 * (len(units) + 1)


@pytest.mark.parametrize(
    ("units", "box", "spaces"),
    [
        ([(x, y, 0, x + 50, y + 40, 30) for x in (0, 50) for y in (0, 40)], (100, 80, 100), [[0, 0, 30, 100, 80, 100]]),
        ([(0, 0, 0, 60, 50, 50)], (200, 100, 50), [[60, 0, 0, 200, 100, 50], [0, 50, 0, 60, 100, 50]]),
        ([(0, 0, 0, 7, 8, 9)], (7, 8, 9), []),
        ([], (7, 8, 9), [[0, 0, 0, 7, 8, 9]]),
    ],
    ids=["one slab above a layer", "the long side stays whole", "full", "empty"],
)
def test_spaces_stay_as_large_as_possible(units: list[tuple[int, ...]], box: Box, spaces: list[list[int]]) -> None:
    """Columns above a layer are joined, and the cut with the largest piece is chosen."""
    assert voids(np.array(units, dtype=np.int64).reshape(-1, 6), box).tolist() == spaces


def test_the_widest_space_beside_a_unit_stays_whole() -> None:
    """A cube in a corner leaves the larger half of the box in one piece, then a quarter, then an eighth."""
    spaces = voids(np.array([[0, 0, 0, 50, 50, 50]], dtype=np.int64), (100, 100, 100))
    assert np.prod(spaces[:, 3:] - spaces[:, :3], axis=1).tolist() == [500_000, 250_000, 125_000]


def test_volumes_beyond_64_bits_are_compared_exactly() -> None:
    """Boxes of many cubic metres have volumes in cubic um that no int64 holds."""
    spaces = voids(np.array([[0, 0, 0, 10, 10, 10]], dtype=np.int64), (10_000_000, 9_000_000, 8_000_000))
    volume = sum((x2 - x) * (y2 - y) * (z2 - z) for x, y, z, x2, y2, z2 in spaces.tolist())
    assert volume == 10_000_000 * 9_000_000 * 8_000_000 - 1_000


@st.composite
def units_alone(draw: st.DrawFn) -> tuple[tuple[int, ...], Box]:
    """Return the corners of a unit and its box; the unit lies in a corner or elsewhere, or fills an axis."""
    gaps = [(draw(st.sampled_from((0, 0, 1, 5, 60))), draw(st.sampled_from((0, 1, 5, 60, 61)))) for _ in range(3)]
    extents = [draw(st.sampled_from((1, 7, 60, 200))) for _ in range(3)]
    low = [gap for gap, _ in gaps]
    high = [gap + extent for gap, extent in zip(low, extents, strict=True)]
    return (*low, *high), tuple(top + gap for top, (_, gap) in zip(high, gaps, strict=True))


@given(units_alone(), st.integers(0, 70))
@settings(max_examples=400, deadline=None)
def test_spaces_beside_a_unit_alone_are_those_of_the_long_way(packed: tuple[tuple[int, ...], Box], gap_um: int) -> None:
    """The volume that needs blocking is that of the spaces cut, joined and marked one by one."""
    corners, box = packed
    unit = np.array([corners], dtype=np.int64)
    spaces = voids(unit, box)
    marked = spaces[to_block(spaces, unit, gap_um)]
    assert beside_one_um3(corners, box, gap_um) == int(np.prod(marked[:, 3:] - marked[:, :3], axis=1).sum())
