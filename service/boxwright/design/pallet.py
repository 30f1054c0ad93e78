"""How much of a pallet's layer closed boxes of one size cover."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from boxwright.domain.box import BoxType

Footprint = tuple[float, float]
"""Length and width of a pallet in mm."""


def layer_share(box: BoxType, pallet_mm: Footprint) -> float:
    """Return the share of a pallet that upright boxes of one type cover in a layer, none reaching past the edge.

    They stand in two blocks at most, turned by a quarter against each other: a layer that a packer lays without a plan.
    """
    length, width, _ = box.outer_um
    along, across = (round(edge * 1_000) for edge in pallet_mm)
    return most_in_layer((length, width), (along, across)) * length * width / (along * across)


def most_in_layer(box: tuple[int, int], pallet: tuple[int, int]) -> int:
    """Return how many rectangles of one size two blocks hold, edges in um."""
    most = 0
    for one, other in (box, box[::-1]):
        for along, across in (pallet, pallet[::-1]):
            for columns in range(along // one + 1):
                first = columns * (across // other)
                rest = (along - columns * one) // other * (across // one)
                most = max(most, first + rest)
    return most
