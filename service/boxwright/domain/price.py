"""Prices by quantity: what one piece costs where so many are bought."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from boxwright.domain.fields import Ruled, is_whole, shown
from boxwright.errors import FieldViolation


@dataclass(frozen=True, slots=True)
class PriceTier(Ruled):
    """A price from a quantity up.

    Parameters
    ----------
    min_quantity : int
        Least number of pieces bought at a time for this price, 1 or more.
    price_minor : int
        Price of one piece in minor units of the catalog's currency (cents, fen), 0 or more.

    Raises
    ------
    InvalidInputError
        With every broken rule.
    """

    min_quantity: int
    price_minor: int

    def _broken_rules(self) -> Iterator[FieldViolation]:
        for name, value, least in (("min_quantity", self.min_quantity, 1), ("price_minor", self.price_minor, 0)):
            if not is_whole(value, least):
                yield FieldViolation(name, f"must be a whole number of {least} or more, got {shown(value)}")


def rising_tiers(field: str, tiers: tuple[PriceTier, ...]) -> list[FieldViolation]:
    """Return a violation for each tier that does not begin above the one before it."""
    return [
        FieldViolation(
            f"{field}[{index}].min_quantity",
            f"must be above {earlier.min_quantity}, where the tier before it begins, got {later.min_quantity}",
        )
        for index, (earlier, later) in enumerate(itertools.pairwise(tiers), start=1)
        if later.min_quantity <= earlier.min_quantity
    ]


def price_at(price_minor: int | None, tiers: tuple[PriceTier, ...], quantity: int) -> int | None:
    """Return the price of one piece where so many are bought; None where none is known.

    The highest tier that the quantity reaches decides, below the first the price without a tier. Where there is none
    either, the first tier is the smallest purchase that the seller names, so its price holds.
    """
    reached = [tier.price_minor for tier in tiers if tier.min_quantity <= quantity]
    if reached:
        return reached[-1]
    return tiers[0].price_minor if price_minor is None and tiers else price_minor
