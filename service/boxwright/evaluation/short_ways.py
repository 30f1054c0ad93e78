"""The short ways with one variant, over one shelf of ranked boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from boxwright.evaluation.few_units import FewUnits
from boxwright.evaluation.misfits import Misfits
from boxwright.evaluation.one_unit import OneUnit
from boxwright.evaluation.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Sequence

    from boxwright.evaluation.one_unit import LoneUnit
    from boxwright.evaluation.outcome import OrderOutcome
    from boxwright.evaluation.plain import PlainOrder
    from boxwright.evaluation.variant import Variant


class ShortWays:
    """The short way for orders of one plain unit, that for more, and that for orders with units that fit no box.

    Parameters
    ----------
    variant : Variant
        What orders are tried with.
    profiles : tuple of str or None
        As in ``boxwright.planning.plan``.

    Attributes
    ----------
    one, few, misfits : OneUnit, FewUnits, Misfits
        The ways.
    """

    def __init__(self, variant: Variant, profiles: tuple[str, ...] | None) -> None:
        self._shelf = Shelf(variant, profiles)
        self.one, self.few = OneUnit(variant, self._shelf), FewUnits(variant, self._shelf)
        self.misfits = Misfits(variant, self._shelf)

    def _way(self, asked: PlainOrder) -> OneUnit | FewUnits:
        return self.few if asked.count > 1 else self.one

    def outcome(self, asked: PlainOrder) -> OrderOutcome | None:
        """Return what becomes of an order of plain units; None where it has to be planned."""
        way = self._way(asked)
        found = way.outcome(asked) if way.open else None
        return self.misfits.outcome(asked) if found is None and self.misfits.open else found

    def known(self, units: Sequence[LoneUnit]) -> list[OrderOutcome | None]:
        """Return what becomes of orders of one plain unit; None where no plan like theirs was made yet."""
        return self.one.known(units) if self.one.open else [None] * len(units)

    def learn(self, asked: PlainOrder, planned: OrderOutcome) -> None:
        """Remember what became of an order that was planned."""
        way = self._way(asked)
        if way.open:
            way.learn(asked, planned)
        if self.misfits.open:
            self.misfits.learn(asked, planned)

    def news(self) -> tuple[Any, ...]:
        """Return what was learned since this was asked last, picklable: the first time, all of it."""
        return self._shelf.news(), self.one.news(), self.few.news(), self.misfits.news()

    def hear(self, news: tuple[Any, ...]) -> None:
        """Take what was learned with the same variant in another process."""
        ranked, one, few, misfits = news
        self._shelf.hear(ranked)
        self.one.hear(one)
        self.few.hear(few)
        self.misfits.hear(misfits)
