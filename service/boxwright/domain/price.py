"""Prices by quantity: what one piece costs where so many are bought."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from boxwright.domain.fields import Ruled, within


@dataclass(frozen=True, slots=True)
class PriceTier(Ruled):
    """A price from a quantity up."""

    min_quantity: Annotated[int, within(1)]
    """Least number of pieces bought at a time for this price, 1 or more."""
    price_minor: Annotated[int, within(0)]
    """Price of one piece in minor units of the catalog's currency (cents, fen), 0 or more."""


def _rising(tiers: tuple[PriceTier, ...]) -> Iterator[tuple[str, str]]:
    for index, (earlier, later) in enumerate(itertools.pairwise(tiers), start=1):
        if later.min_quantity <= earlier.min_quantity:
            begins = f"{earlier.min_quantity}, where the tier before it begins"
            yield f"[{index}].min_quantity", f"must be above {begins}, got {later.min_quantity}"


Tiers = Annotated[tuple[PriceTier, ...], _rising]


def price_at(price_minor: int | None, tiers: tuple[PriceTier, ...], quantity: int) -> int | None:
    """Return the price of one piece where so many are bought; None where none is known.

    The highest tier that the quantity reaches decides, below the first the price without a tier. Where there is none
    either, the first tier is the smallest purchase that the seller names, so its price holds.
    """
    reached = [tier.price_minor for tier in tiers if tier.min_quantity <= quantity]
    if reached:
        return reached[-1]
    return tiers[0].price_minor if price_minor is None and tiers else price_minor
