"""A maker's minimum order: new sizes that too few orders use make way for others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from boxwright.design.median import greedy, swap

if TYPE_CHECKING:
    from boxwright.design.choice import Flags, Prices, Room
    from boxwright.packing.problem import Floats, Ints


@dataclass(frozen=True)
class LeastUsed:
    """How often each new size has to be used.

    Attributes
    ----------
    orders : float
        Orders that each new size has to serve at least.
    new : bool, (candidates,)
        Which candidates are new.
    """

    orders: float
    new: Flags

    def kept_to(self, prices: Prices, room: Room, chosen: Ints) -> Ints:
        """Return a choice without new sizes that too few orders use; the least used goes first, and others may come.

        Where nothing can make way, some stay: ``too_few`` has them. The choice may lose orders that ``chosen`` takes.
        """
        hopeless = self.new & room.free & (np.isfinite(prices.price).T @ prices.weight < self.orders)
        barred = _without(room, np.flatnonzero(hopeless))
        while few := self.too_few(prices, room, chosen):
            out = self._to_go(prices, room, barred, chosen, few[0])
            if out is None:
                return chosen
            barred = _without(barred, np.array([out]))
            chosen = swap(prices, barred, greedy(prices, barred, chosen[chosen != out]))
        return chosen

    def too_few(self, prices: Prices, room: Room, chosen: Ints) -> list[int]:
        """Return the new candidates of a choice that too few orders use, the least used first."""
        served = zip(_served(prices, chosen).tolist(), chosen.tolist(), strict=True)
        return [each for orders, each in sorted(served) if self.new[each] and room.free[each] and orders < self.orders]

    def _to_go(self, prices: Prices, room: Room, barred: Room, chosen: Ints, least_used: int) -> int | None:
        """Return the candidate that makes way for one that too few orders use: itself, or one whose orders it can take.

        Where an order goes into no other candidate that is left, it is the other one, of the new ones that whose orders
        pay least for it; None where there is none.
        """
        left = _may_be_taken(_without(barred, np.array([least_used])))
        if not (np.isinf(prices.price[:, left]).all(axis=1) & np.isfinite(prices.price[:, least_used])).any():
            return least_used
        others = [each for each in chosen.tolist() if self.new[each] and room.free[each] and each != least_used]
        totals = [(prices.total(chosen[chosen != each]), each) for each in others]
        total, out = min(totals, default=(np.inf, -1))
        return out if np.isfinite(total) else None


def _may_be_taken(room: Room) -> Ints:
    """Return the candidates that are forced, or of a group of which some may be taken."""
    most = np.array(room.most)
    return np.flatnonzero(~room.free | (most[room.group] > 0))


def _without(room: Room, columns: Ints) -> Room:
    """Return a room in which some more candidates are of a group of which none may be taken."""
    group = room.group.copy()
    group[columns] = len(room.most)
    return replace(room, group=group, most=(*room.most, 0))


def _served(prices: Prices, chosen: Ints) -> Floats:
    """Return how many orders have each chosen candidate as their cheapest, float64 (k,)."""
    own = prices.price[:, chosen]
    cheapest = own.argmin(axis=1)
    taken = np.isfinite(own.min(axis=1, initial=np.inf))
    return np.bincount(cheapest[taken], weights=prices.weight[taken], minlength=len(chosen)).astype(np.float64)
