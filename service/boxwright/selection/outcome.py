"""The outcome of a search for a candidate, a parcel or a plan."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from boxwright.domain.plan import OpenCandidate, ProofScope, ProofStatus, RefusedCandidate
from boxwright.packing.problem import Ints
from boxwright.selection.model import PackedBox, Price, add

NO_UNITS: Ints = np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class Outcome:
    """Parcels, the largest box first, with proofs about them.

    Attributes
    ----------
    refused, left_open : tuple of RefusedCandidate, tuple of (Price, OpenCandidate)
        Candidates for all units in one box, refused with a proof, or open with a lower bound on their price. If a plan
        was found, only cheaper candidates are listed.
    left : int64, (k,)
        Units without a parcel.
    bound, scope : Price or None, ProofScope
        Lower bound on the price of every plan in scope, or None.
    cut : bool
        Whether the search was ended early.
    begun : int
        Number of parcels that were started before the plan; they come first in ``parcels``.
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
        """Sum of the prices of all parcels; empty without parcels."""
        return total(self.parcels)

    @property
    def open_candidates(self) -> tuple[OpenCandidate, ...]:
        """Candidates for a cheaper single box that no proof refused."""
        return tuple(candidate for _, candidate in self.left_open)

    @property
    def first_open(self) -> Price | None:
        """Lower bound on the prices of all open candidates; None if there are none."""
        return min((price for price, _ in self.left_open), default=None)

    @property
    def least(self) -> Price | None:
        """Lower bound on the price of one parcel for all units; None if every candidate is refused."""
        return self.first_open or (self.price or None)

    @property
    def status(self) -> ProofStatus:
        """PROVED if no plan in scope is cheaper, otherwise OPEN."""
        proved = self.parcels and not len(self.left) and not self.left_open and self.bound == self.price
        return ProofStatus.PROVED if proved else ProofStatus.OPEN


def total(parcels: Sequence[PackedBox]) -> Price:
    """Return the sum of the prices of some parcels; empty without parcels."""
    return add([parcel.price for parcel in parcels]) if parcels else ()


def left_of(members: Ints, parcels: Sequence[PackedBox]) -> Ints:
    """Return the members, ascending, that are in no parcel."""
    return np.setdiff1d(members, np.concatenate([parcel.members for parcel in parcels])) if parcels else members
