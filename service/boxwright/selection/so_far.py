"""The best plan that a search has found so far: what it answers with if it is ended."""

from boxwright.errors import SearchEndedError
from boxwright.packing.problem import Ints
from boxwright.selection.model import PackedBox, Price
from boxwright.selection.outcome import Outcome, total
from boxwright.selection.stock import enough


class SoFar:
    """Keeps the best of the plans that it is offered.

    Parameters
    ----------
    members : int64, (n,)
        The units that are searched for.
    max_parcels : int or None
        Most parcels in the plan: of one with more, the largest boxes count.
    first : bool, optional
        Whether the search ends, with a SearchEndedError, at the first plan of all units. Default False.

    Attributes
    ----------
    parcels : list of PackedBox
        The best plan, largest box first; empty until there is one.
    single : Outcome or None
        What the single-parcel search has come to, once it has been through all box types.
    """

    def __init__(self, members: Ints, max_parcels: int | None, *, first: bool = False) -> None:
        self._count = len(members)
        self._first = first
        self._max_parcels = max_parcels
        self.parcels: list[PackedBox] = []
        self.single: Outcome | None = None

    def take(self, single: Outcome) -> Outcome:
        """Keep what the single-parcel search has come to, and its parcel as a plan; return it."""
        self.single = single
        if single.found is not None:
            self.offer([single.found])
        return single

    def offer(self, parcels: list[PackedBox]) -> None:
        """Keep a plan if there are as many boxes as it uses and it is better than what is kept."""
        kept = largest_first(parcels)[: self._max_parcels]
        if kept and enough(kept) and (not self.parcels or self._rank(kept) < self._rank(self.parcels)):
            self.parcels = kept
        if self._first and sum(len(each.members) for each in kept) == self._count:
            raise SearchEndedError("the first plan of all units is there")

    def _rank(self, parcels: list[PackedBox]) -> tuple[int, Price]:
        """Return what makes one plan better than another, smaller first: units left out, price."""
        return self._count - sum(len(each.members) for each in parcels), total(parcels)


def largest_first(parcels: list[PackedBox]) -> list[PackedBox]:
    """Return parcels in the order of a plan."""
    return sorted(parcels, key=lambda parcel: (-parcel.box.inner_volume_um3, parcel.members.min()))
