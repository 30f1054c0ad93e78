"""Splits orders into a half to design for, and held-out orders to evaluate the design."""

from __future__ import annotations

import datetime
import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from boxwright.evaluation.destinations import Destinations
from boxwright.evaluation.result import LEAST_DATED
from boxwright.planning.many import same_units

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from boxwright.domain.lane import Lane
    from boxwright.domain.order import Order
    from boxwright.domain.wishes import Wishes


HELD_PER_SAMPLED = 20
"""Number of orders kept in memory for each different order that a half may have."""


@dataclass(frozen=True)
class Half:
    """A part of the orders, with equal orders merged."""

    orders: tuple[Order, ...]
    """The different orders."""
    ids: tuple[tuple[str, ...], ...]
    """Ids of the orders merged into each different order, its own id first."""
    of: int
    """Number of orders of this part before sampling."""

    @property
    def weights(self) -> tuple[int, ...]:
        """Number of orders merged into each different one."""
        return tuple(map(len, self.ids))

    @property
    def every(self) -> list[Order]:
        """Each order with its own id; equal orders share their lines."""
        return [
            order if name == order.order_id else replace(order, order_id=name)
            for order, names in zip(self.orders, self.ids, strict=True)
            for name in names
        ]

    @property
    def weighted(self) -> list[tuple[Order, int]]:
        """Each different order with its weight."""
        return list(zip(self.orders, self.weights, strict=True))

    @property
    def sampled(self) -> bool:
        """Whether this is a sample of the part."""
        return sum(self.weights) < self.of


@dataclass(frozen=True)
class Halves:
    """Orders to design for, held-out orders, and how they were split."""

    design: Half
    judged: Half
    of: int
    """Total number of orders."""
    from_day: datetime.date | None
    """First day of the held-out orders; None if they were drawn at random."""
    undated: int
    """Number of orders without a date among those split."""

    @property
    def drawn(self) -> bool:
        """Whether both parts come from a random sample of the orders."""
        return self.design.of + self.judged.of < self.of

    @property
    def bound_of_sample(self) -> bool:
        """Whether bounds hold only for a sample of the design half: figures then have a sampling error."""
        return self.drawn or self.design.sampled


def halves(
    orders: Iterable[Order],
    wishes: Wishes,
    dates: Mapping[str, datetime.date] | None = None,
    lane: Lane | None = None,
) -> Halves:
    """Split orders by date, the later ones held out, or at random by the seed.

    They are split by date if at least ``LEAST_DATED`` have one; orders without a date are then designed for.

    Parameters
    ----------
    orders : iterable of Order
        All orders. If there are many, ``HELD_PER_SAMPLED`` times the sample size are drawn, to bound memory.
    wishes : Wishes
        Share of held-out orders, seed, and maximum number of different orders per half.
    dates : mapping of str to date, optional
        Date of each order by id. Default none.
    lane : Lane, optional
        If it varies by destination, orders to different destinations are not equal.
    """
    held, count = _held(orders, HELD_PER_SAMPLED * wishes.sample, wishes.seed)
    days = [(dates or {}).get(order.order_id) for order in held]
    known, from_day = sorted(day for day in days if day is not None), None

    def designed(of: int) -> int:
        return max(1, of - round(of * wishes.judged_share))

    # Orders of one day stay together; a single day cannot be split.
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
    """Return all orders, or a uniform sample if there are more than a limit, and their number.

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
    """Return a half; a sample if it has more different orders than the wishes allow.

    The sample is drawn from all orders, not from the different ones, so frequent orders stay frequent.
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
        tuple(tuple(orders[place].order_id for place in sorted(alike_ones)) for alike_ones in some),
        len(which),
    )
