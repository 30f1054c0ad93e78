"""The painter's order, compared with single lines of sight through the blocks."""

import itertools
import random
from collections.abc import Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright.drawing.isometric import Block, project
from boxwright.drawing.occlusion import Piece, covered_from, paint_order

SIZE_UM = (300, 230, 240)
"""A small size, so that blocks often share planes and corners."""

RING = [Block((0, 6, 4), (8, 7, 5)), Block((6, 0, 3), (7, 8, 4)), Block((3, 4, 0), (4, 5, 8))]


def first_hit(blocks: Sequence[Block], along_xy: float, along_yz: float) -> int | None:
    """Return the block that a line of sight meets first: the points (a - t, t, b - t), from small t to large."""
    entries = []
    for index, block in enumerate(blocks):
        (x0, y0, z0), (x1, y1, z1) = block.lo, block.hi
        enter = max(along_xy - x1, y0, along_yz - z1)
        leave = min(along_xy - x0, y1, along_yz - z0)
        if enter < leave:
            entries.append((enter, index))
    return min(entries)[1] if entries else None


def last_painted(pieces: Sequence[Piece], along_xy: float, along_yz: float) -> int | None:
    """Return the block painted last at the point where a line of sight appears on the paper."""
    last = None
    for piece in pieces:
        if first_hit([piece.block], along_xy, along_yz) == 0:
            last = piece.index
    return last


def assert_right(blocks: Sequence[Block], seed: int, looks: int = 150) -> None:
    """Compare the block painted last with the block seen first, on lines of sight that touch no edge."""
    pieces = paint_order(blocks)
    rng = random.Random(seed)
    reach = [max(block.hi[axis] for block in blocks) for axis in range(3)]
    for _ in range(looks):
        along_xy = rng.randrange(reach[0] + reach[1]) + 0.37
        along_yz = rng.randrange(reach[1] + reach[2]) + 0.21
        assert last_painted(pieces, along_xy, along_yz) == first_hit(blocks, along_xy, along_yz)


def test_a_line_of_sight_is_one_point_on_paper() -> None:
    """The points (a - t, t, b - t), which the tests follow, all appear at one place."""
    places = {tuple(round(part, 9) for part in project(7 - t, t, 5 - t)) for t in (0.0, 1.5, 4.0)}
    assert len(places) == 1


@given(seed=st.integers(0, 10**6), cuts=st.integers(0, 25), gaps=st.booleans())
@settings(max_examples=30)
def test_what_is_in_front_is_painted_later(guillotine, seed: int, cuts: int, gaps: bool) -> None:
    """On random guillotine packings, the block seen first on a line of sight is the one painted last there."""
    assert_right(guillotine(SIZE_UM, cuts, seed, gaps=gaps), seed)


@given(seed=st.integers(0, 10**6))
@settings(max_examples=15)
def test_scattered_bars_are_painted_right(seed: int) -> None:
    """Long bars along all three axes, which sometimes hide each other in rings, are painted right too."""
    rng = random.Random(seed)
    blocks: list[Block] = []
    for _ in range(60):
        long = rng.randrange(3)
        lo = [rng.randrange(12) for _ in range(3)]
        hi = [low + (rng.randrange(4, 10) if axis == long else rng.randrange(1, 3)) for axis, low in enumerate(lo)]
        block = Block((lo[0], lo[1], lo[2]), (hi[0], hi[1], hi[2]))
        if all(_apart(block, other) for other in blocks):
            blocks.append(block)
    assert_right(blocks, seed)


def _apart(one: Block, other: Block) -> bool:
    return any(one.hi[axis] <= other.lo[axis] or other.hi[axis] <= one.lo[axis] for axis in range(3))


def test_a_ring_is_cut() -> None:
    """Three bars that hide each other in a ring are painted right by cutting one of them."""
    assert len(paint_order(RING)) > len(RING)
    assert_right(RING, seed=1, looks=600)


def test_rings_are_cut_one_after_another() -> None:
    """Eight rings beside, behind and above each other are painted right; painting continues after each cut."""
    blocks = [
        Block((each.lo[0] + x, each.lo[1] + y, each.lo[2] + z), (each.hi[0] + x, each.hi[1] + y, each.hi[2] + z))
        for x, y, z in itertools.product((0, 8), repeat=3)
        for each in RING
    ]
    pieces = paint_order(blocks)
    assert len(pieces) > len(blocks)
    assert {piece.index for piece in pieces} == set(range(len(blocks)))
    assert_right(blocks, seed=1, looks=2_000)


def test_blocks_apart_keep_their_order() -> None:
    """Blocks that do not hide each other are painted in the order given, whole."""
    blocks = [Block((0, 0, 0), (1, 1, 1)), Block((1, 1, 0), (2, 2, 1)), Block((0, 0, 5), (1, 1, 6))]
    assert [piece.index for piece in paint_order(blocks)] == [0, 1, 2]


def test_a_grid_shows_its_near_sides_only() -> None:
    """Of 3 x 3 x 3 touching cubes, exactly the faces on the three near sides are not covered."""
    cubes = [Block((x, y, z), (x + 1, y + 1, z + 1)) for x in range(3) for y in range(3) for z in range(3)]
    expected = np.array([[cube.lo[0] != 2, cube.lo[1] != 0, cube.lo[2] != 2] for cube in cubes])
    np.testing.assert_array_equal(covered_from(cubes) <= len(cubes), expected)


@given(seed=st.integers(0, 10**6), cuts=st.integers(1, 25), gaps=st.booleans())
@settings(max_examples=15)
def test_covered_blocks_are_never_seen(guillotine, seed: int, cuts: int, gaps: bool) -> None:
    """A block whose three near faces are covered is met first by no line of sight."""
    blocks = guillotine(SIZE_UM, cuts, seed, gaps=gaps)
    covered = (covered_from(blocks) <= len(blocks)).all(axis=1)
    rng = random.Random(seed)
    for _ in range(150):
        seen = first_hit(blocks, rng.randrange(530) + 0.37, rng.randrange(470) + 0.21)
        assert seen is None or not covered[seen]


def test_a_face_is_covered_by_the_last_block_that_touches_it() -> None:
    """A face is open until a block covers it; a face that is half covered stays open."""
    cube, left, right, half = (
        Block((0, 0, 0), (2, 2, 2)),
        Block((0, 0, 2), (1, 2, 3)),
        Block((1, 0, 2), (2, 2, 3)),
        Block((2, 0, 0), (3, 2, 1)),
    )
    counts = covered_from([cube, left, half, right])
    assert counts[0].tolist() == [5, 5, 4]
