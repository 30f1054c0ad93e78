"""Data for tests of pictures: random guillotine packings, and parcels made of them."""

import random
from collections.abc import Callable

import pytest

from boxwright.domain.order import Item, Order
from boxwright.domain.plan import Parcel, Placement
from boxwright.drawing.isometric import Block

Guillotine = Callable[..., list[Block]]
ParcelOf = Callable[..., tuple[Parcel, Order]]


@pytest.fixture(scope="session")
def guillotine() -> Guillotine:
    """Random disjoint blocks: a box cut repeatedly, with parts made smaller if gaps are wanted."""
    return _guillotine


@pytest.fixture(scope="session")
def parcel_of() -> ParcelOf:
    """A parcel of such blocks, from the bottom up, divided among order lines; on request the first is cushioned."""
    return _parcel_of


def _guillotine(size_um: tuple[int, int, int], cuts: int, seed: int, *, gaps: bool = False) -> list[Block]:
    rng = random.Random(seed)
    blocks = [Block((0, 0, 0), size_um)]
    for _ in range(cuts):
        block = max(blocks, key=lambda each: (_volume(each) * rng.random(), each.lo))
        axis = rng.randrange(3)
        low, high = block.lo[axis], block.hi[axis]
        if high - low < 2:
            continue
        blocks.remove(block)
        blocks += block.split(axis, rng.randrange(low + 1, high))
    if gaps:
        blocks = [_shrunk(block, rng) for block in blocks]
    rng.shuffle(blocks)
    return blocks


def _volume(block: Block) -> int:
    (x0, y0, z0), (x1, y1, z1) = block.lo, block.hi
    return (x1 - x0) * (y1 - y0) * (z1 - z0)


def _shrunk(block: Block, rng: random.Random) -> Block:
    edges = zip(block.lo, block.hi, strict=True)
    hi = [low + max(1, round((high - low) * rng.uniform(0.5, 1))) for low, high in edges]
    return Block(block.lo, (hi[0], hi[1], hi[2]))


def _parcel_of(
    blocks: list[Block], box_type_id: str, lines: int = 3, half_gap_um: int = 0, name: str = "line"
) -> tuple[Parcel, Order]:
    placements, quantity = [], [0] * lines
    for number, block in enumerate(sorted(blocks, key=lambda each: (each.lo[2], each.lo[1], each.lo[0]))):
        line = number % lines
        edges = [high - low for low, high in zip(block.lo, block.hi, strict=True)]
        cushion = half_gap_um if line == 0 else 0
        placements.append(Placement(f"{name}-{line}", quantity[line], *block.lo, *edges, half_gap_um=cushion))
        quantity[line] += 1
    items = [
        Item(f"{name}-{line}", count, 100, 100, 100, 250, description="made up")
        for line, count in enumerate(quantity)
        if count
    ]
    volume = sum(_volume(block) for block in blocks)
    parcel = Parcel(
        box_type_id, tuple(placements), net_mg=1_000_000, inner_volume_um3=volume * 2, goods_volume_um3=volume
    )
    return parcel, Order("made-up", tuple(items))
