"""What a worker does with a batch of orders: read it, plan it, sum it up, write its rows."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from boxwright.domain.order import Order
from boxwright.errors import FieldViolation
from boxwright.evaluation.alike import may_be_copied, signature
from boxwright.evaluation.columns import columns_of
from boxwright.evaluation.kept import Outcomes, packed
from boxwright.evaluation.sums import Sums
from boxwright.evaluation.tally import Tally
from boxwright.planning import plan as plan_order

if TYPE_CHECKING:
    from boxwright.evaluation.rows import RowForm
    from boxwright.evaluation.trial import Trials
    from boxwright.orders.batches import OrderBatch

MOST_REMEMBERED = 20_000
"""Orders of other units that a worker remembers, so that alike ones are not planned again."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """An order that is not planned.

    Attributes
    ----------
    order_id : str
        Empty where it could not be read.
    broken : tuple of FieldViolation
        The rules that it breaks; fields begin with where it stands in its file.
    """

    order_id: str
    broken: tuple[FieldViolation, ...]


@dataclass(frozen=True, slots=True)
class _Tried:
    """An order, what became of it, and whether that serves orders with the same units.

    ``key`` is what tells its units from others; empty where nothing does.
    """

    order: Order
    key: bytes
    outcomes: Outcomes
    serves: bool


@dataclass
class Part:
    """What became of one batch, or of several that follow one another.

    Attributes
    ----------
    batches, rows_in, orders : int
        Batches, rows of the source in them, and orders planned.
    sums : Sums
        Over the orders.
    rejected : list of Rejected
        Orders that are not planned.
    outcomes : list of (bytes, int)
        Packed lists of the outcomes of so many orders with each variant; none where they are not kept.
    signatures : list of (bytes, bool)
        Of each order what tells its units from others, and whether its plan serves orders with the same.
    rows : list of bytes
        Rows in the form that was asked for; none without one.
    """

    sums: Sums
    batches: int = 0
    rows_in: int = 0
    orders: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    outcomes: list[tuple[bytes, int]] = field(default_factory=list)
    signatures: list[tuple[bytes, bool]] = field(default_factory=list)
    rows: list[bytes] = field(default_factory=list)

    def merge(self, other: Part) -> None:
        """Add the batches of a part that follows."""
        self.sums.merge(other.sums)
        self.batches += other.batches
        self.rows_in += other.rows_in
        self.orders += other.orders
        self.rejected += other.rejected
        self.outcomes += other.outcomes
        self.signatures += other.signatures
        self.rows += other.rows


class BatchJob:
    """Plans batches of orders with each variant; a ``pool.Job``.

    Parameters
    ----------
    trials : Trials
        How to plan.
    form : RowForm, optional
        Of the rows to write. Default none are written.
    most_units : int, optional
        Orders of more units are rejected. Default any number is planned.
    sampled : int, optional
        As in ``Tally``. Default 0.
    keep : bool, optional
        Whether parts hold the outcomes. Default True.
    """

    def __init__(
        self,
        trials: Trials,
        form: RowForm | None = None,
        most_units: int | None = None,
        sampled: int = 0,
        *,
        keep: bool = True,
    ) -> None:
        self._trials, self._form, self._most_units, self._sampled = trials, form, most_units, sampled
        self._keep = keep
        self._known: dict[bytes, Outcomes] | None = None
        self._counted: Tally | None = None

    def __call__(self, batch: OrderBatch) -> Part:
        """Return what became of a batch."""
        tried, rejected = self._tried(batch)
        outcomes = [each.outcomes for each in tried]
        columns = columns_of(outcomes, len(self._trials.variants))
        sums = Sums(self._trials.catalogs, self._sampled)
        sums.add([each.order for each in tried], columns, self._counted)
        self._count(sums.tally)
        signatures = [(each.key, each.serves) for each in tried]
        rows = [] if self._form is None else [self._form.rows(columns)]
        kept = [(packed(outcomes), len(outcomes))] if self._keep and outcomes else []
        return Part(sums, 1, batch.rows, len(outcomes), rejected, kept, signatures, rows)

    def _count(self, tally: Tally) -> None:
        """Remember the orders drawn so far: of a later batch, none below these will be drawn in the end."""
        if self._counted is None:
            self._counted = Tally(self._trials.catalogs, self._sampled)
        self._counted.merge(tally)

    def outcomes(self, batch: OrderBatch) -> tuple[list[Outcomes], list[Rejected]]:
        """Return what became of each order of a batch, and the orders that are not planned."""
        tried, rejected = self._tried(batch)
        return [each.outcomes for each in tried], rejected

    def _tried(self, batch: OrderBatch) -> tuple[list[_Tried], list[Rejected]]:
        """Plan the orders of a batch."""
        orders, rejected = self._read(batch)
        if self._known is None:
            self._known = {}
            if orders:
                self._trials.warm_up(min(orders, key=lambda order: order.unit_count))
        return [self._try(order, self._known) for order in orders], rejected

    def _read(self, batch: OrderBatch) -> tuple[list[Order], list[Rejected]]:
        """Return the orders of a batch to plan, and those that are not planned, with the reason."""
        orders, rejected = list[Order](), list[Rejected]()
        for reading in batch.readings():
            if not isinstance(reading, Order):
                rejected.append(Rejected("", reading))
            elif self._most_units is not None and reading.unit_count > self._most_units:
                rule = f"must have at most {self._most_units:,} units, got {reading.unit_count:,}"
                rejected.append(Rejected(reading.order_id, (FieldViolation("order", rule),)))
            else:
                orders.append(reading)
        return orders, rejected

    def _try(self, order: Order, known: dict[bytes, Outcomes]) -> _Tried:
        """Plan an order with each variant, or take what became of one with the same units."""
        if self._trials.plan is not plan_order:  # names may matter to another planner
            return _Tried(order, b"", self._trials.outcomes(order), serves=False)
        key = signature_hash(order)
        if (alike := known.get(key)) is not None:
            return _Tried(order, key, tuple(replace(each, order_id=order.order_id) for each in alike), serves=True)
        found = self._trials.outcomes(order)
        if serves := may_be_copied(found):
            if len(known) >= MOST_REMEMBERED:
                known.clear()
            known[key] = found
        return _Tried(order, key, found, serves)


def signature_hash(order: Order) -> bytes:
    """Return what tells the units of an order from others, in 16 bytes."""
    text = "\n".join(signature(order))
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
