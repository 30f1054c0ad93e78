"""What a search comes to: of one candidate, of one parcel, or of a plan."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from boxwright.domain.plan import OpenCandidate, ProofScope, ProofStatus, RefusedCandidate
from boxwright.packing.problem import Ints
from boxwright.selection.model import PackedBox, Price, add

NO_UNITS: Ints = np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class Outcome:
    """Parcels, the largest box first, and what was proved about them.

    Attributes
    ----------
    refused, left_open : tuple of RefusedCandidate, tuple of (Price, OpenCandidate)
        Candidates of one box for all units that would be cheaper (or all, if none was found): with a proof, or with a
        price that no parcel of it undercuts.
    left : int64, (k,)
        Units that found no parcel within the effort.
    bound, scope : Price or None, ProofScope
        Lower bound on the price of every plan in scope; None if none was worked out.
    cut : bool
        Whether the search was ended: this is the best that it had found until then.
    begun : int
        How many of the parcels, the first ones, were started before the plan.
    """

    parcels: Sequence[PackedBox] = ()
    refused: tuple[RefusedCandidate, ...] = ()
    left_open: tuple[tuple[Price, OpenCandidate], ...] = ()
    left: Ints = field(default_factory=lambda: NO_UNITS)
    bound: Price | None = None
    scope: ProofScope = ProofScope.SINGLE_PARCEL
    cut: bool = False
    begun: int = 0

    @property
    def found(self) -> PackedBox | None:
        """The first parcel, or None."""
        return self.parcels[0] if self.parcels else None

    @property
    def price(self) -> Price:
        """Price of all parcels; empty where there are none."""
        return total(self.parcels)

    @property
    def open_candidates(self) -> tuple[OpenCandidate, ...]:
        """Cheaper single boxes that are not excluded."""
        return tuple(candidate for _, candidate in self.left_open)

    @property
    def first_open(self) -> Price | None:
        """A price that no parcel of any of them undercuts; None where there are none."""
        return min((price for price, _ in self.left_open), default=None)

    @property
    def least(self) -> Price | None:
        """Of one parcel for all units: a price that none undercuts; None where every candidate is refused."""
        return self.first_open or (self.price or None)

    @property
    def status(self) -> ProofStatus:
        """Whether no plan in scope is cheaper."""
        proved = self.parcels and not len(self.left) and not self.left_open and self.bound == self.price
        return ProofStatus.PROVED if proved else ProofStatus.OPEN


def total(parcels: Sequence[PackedBox]) -> Price:
    """Return the price of some parcels together; empty where there are none."""
    return add([each.price for each in parcels]) if parcels else ()


def left_of(members: Ints, parcels: Sequence[PackedBox]) -> Ints:
    """Return the members, ascending, that are in no parcel."""
    return np.setdiff1d(members, np.concatenate([each.members for each in parcels])) if parcels else members
