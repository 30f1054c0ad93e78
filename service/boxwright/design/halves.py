"""Orders to design for, and orders to judge the design by."""

from __future__ import annotations

import datetime
import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from boxwright.evaluation.destinations import Destinations
from boxwright.evaluation.yearly import LEAST_DATED
from boxwright.planning.many import same_units

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from boxwright.domain.lane import Lane
    from boxwright.domain.order import Order
    from boxwright.domain.wishes import Wishes


HELD_PER_SAMPLED = 20
"""Orders that are held at most, for each different one that a half may have."""


@dataclass(frozen=True)
class Half:
    """A part of the orders, alike ones once."""

    orders: tuple[Order, ...]
    weights: tuple[int, ...]
    """The different orders, and how many have the units of each."""
    ids: tuple[tuple[str, ...], ...]
    """The ids of these, for each different order; its own is the first."""
    of: int
    """Orders that the part has in all."""

    @property
    def every(self) -> list[Order]:
        """Each order by its own id; alike ones have the lines of one of them."""
        return [
            order if name == order.order_id else replace(order, order_id=name)
            for order, names in zip(self.orders, self.ids, strict=True)
            for name in names
        ]

    @property
    def weighted(self) -> list[tuple[Order, int]]:
        """Each different order with how many it stands for."""
        return list(zip(self.orders, self.weights, strict=True))

    @property
    def sampled(self) -> bool:
        """Whether the orders are a sample of the part."""
        return sum(self.weights) < self.of


@dataclass(frozen=True)
class Halves:
    """Orders to design for and orders to judge by, and how they were parted."""

    design: Half
    judged: Half
    """The two parts."""
    of: int
    """Orders that there are in all."""
    from_day: datetime.date | None
    """First day of the orders to judge by; None where they were drawn."""
    undated: int
    """Orders without a date, of those that were parted."""

    @property
    def drawn(self) -> bool:
        """Whether the two parts are of orders drawn from more of them."""
        return self.design.of + self.judged.of < self.of

    @property
    def bound_of_sample(self) -> bool:
        """Whether a bound on the orders designed for is one of a sample alone: then figures have an error."""
        return self.drawn or self.design.sampled


def halves(
    orders: Iterable[Order],
    wishes: Wishes,
    dates: Mapping[str, datetime.date] | None = None,
    lane: Lane | None = None,
) -> Halves:
    """Part orders: the later ones are to judge by where most orders have a date, else as many drawn by the seed.

    Where at least ``LEAST_DATED`` have one, those without are to design for.

    Parameters
    ----------
    orders : iterable of Order
        All orders. Of many, ``HELD_PER_SAMPLED`` times the sample are drawn as they pass, so that memory is bounded.
    wishes : Wishes
        Says the share that the design is judged on, the seed, and the most different orders of a half.
    dates : mapping of str to date, optional
        Day of each order by its id. Default none.
    lane : Lane, optional
        Where it differs by destination, orders of other destinations are not alike.
    """
    held, count = _held(orders, HELD_PER_SAMPLED * wishes.sample, wishes.seed)
    days = [(dates or {}).get(order.order_id) for order in held]
    known, from_day = sorted(day for day in days if day is not None), None

    def designed(of: int) -> int:
        return max(1, of - round(of * wishes.judged_share))

    # Orders of a day stay together; without two days there is nothing to part by.
    if known and len(known) >= LEAST_DATED * len(held) and known[0] != known[-1]:
        from_day = known[min(designed(len(known)), len(known) - 1)]
        if from_day == known[0]:
            from_day = next(day for day in known if day > from_day)
        first = np.array([day is None or day < from_day for day in days])
    else:
        first = np.zeros(len(held), dtype=np.bool_)
        first[np.random.default_rng(wishes.seed).permutation(len(held))[: designed(len(held))]] = True
    first_of: dict[tuple[bytes, str], int] = {}
    exactly = isinstance(lane, Destinations)
    alike = [
        first_of.setdefault((same_units(order), order.destination if exactly else order.country), index)
        for index, order in enumerate(held)
    ]
    return Halves(
        _half(held, alike, np.flatnonzero(first).tolist(), wishes, 1),
        _half(held, alike, np.flatnonzero(~first).tolist(), wishes, 2),
        count,
        from_day,
        days.count(None),
    )


def _held(orders: Iterable[Order], most: int, seed: int) -> tuple[list[Order], int]:
    """Return orders, or as many drawn from more, each as likely, and how many there are.

    Vitter's algorithm R: *Random sampling with a reservoir*, ACM Transactions on Mathematical Software 11(1), 1985.
    """
    held: list[Order] = []
    count, draw = 0, random.Random(seed)
    for order in orders:
        count += 1
        if len(held) < most:
            held.append(order)
        elif (place := draw.randrange(count)) < most:
            held[place] = order
    return held, count


def _half(orders: Sequence[Order], alike: Sequence[int], which: list[int], wishes: Wishes, part: int) -> Half:
    """Return a half, as a sample where it has more different orders than are asked for.

    A sample is drawn from the orders, not from the different ones, so that frequent ones stay as frequent.
    """
    of_each: dict[int, list[int]] = {}
    if len({alike[place] for place in which}) > wishes.sample:
        drawn = np.random.default_rng([wishes.seed, part]).permutation(which).tolist()
    else:
        drawn = which
    for place in drawn:
        if len(of_each) == wishes.sample and alike[place] not in of_each:
            break
        of_each.setdefault(alike[place], []).append(place)
    some = [of_each[first] for first in sorted(of_each)]
    return Half(
        tuple(orders[min(alike_ones)] for alike_ones in some),
        tuple(map(len, some)),
        tuple(tuple(orders[place].order_id for place in sorted(alike_ones)) for alike_ones in some),
        len(which),
    )
