"""What a worker does with a batch of orders: read it, plan it, and make rows of what became of it."""

from __future__ import annotations

import hashlib
import io
import json
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no type information
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # the same

from boxwright.domain.order import Order
from boxwright.domain.warning import WarningCode
from boxwright.errors import FieldViolation
from boxwright.evaluation.alike import may_be_copied, signature
from boxwright.evaluation.as_shipped import AsShipped
from boxwright.evaluation.record import STORED, Record, rank_by_chance
from boxwright.lazy import cached_property
from boxwright.planning import plan as plan_order
from boxwright.planning.many import LoneUnits

if TYPE_CHECKING:
    from boxwright.evaluation.rows import RowForm
    from boxwright.evaluation.trial import Trials
    from boxwright.orders.batches import OrderBatch

MOST_REMEMBERED = 20_000
"""Orders of other units that a worker remembers, so that alike ones are not planned again."""
_KEY = b"boxwright"


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


@dataclass
class Part:
    """What became of one batch, or of several that follow one another.

    Attributes
    ----------
    batches, rows_in, orders : int
        Batches, rows of the source in them, and orders planned.
    rejected : list of Rejected
        Orders that are not planned.
    records : list of pyarrow.Table
        What is stored of each order with each variant.
    rows : list of pyarrow.Table
        Rows in the form that was asked for; none without one.
    """

    batches: int = 0
    rows_in: int = 0
    orders: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    records: list[Any] = field(default_factory=list)
    rows: list[Any] = field(default_factory=list)

    def merge(self, other: Part) -> None:
        """Add the batches of a part that follows."""
        self.batches += other.batches
        self.rows_in += other.rows_in
        self.orders += other.orders
        self.rejected += other.rejected
        self.records += other.records
        self.rows += other.rows

    def stored(self, **more: Any) -> bytes:
        """Return the part, but for its rows, as a Parquet file that says more besides."""
        told = {"batches": self.batches, "rows_in": self.rows_in, "orders": self.orders, **more}
        told["rejected"] = [
            (each.order_id, [(broken.field, broken.rule) for broken in each.broken]) for each in self.rejected
        ]
        table, raw = pa.concat_tables(self.records), io.BytesIO()
        pq.write_table(table.replace_schema_metadata({_KEY: json.dumps(told)}), raw, compression="zstd")
        return raw.getvalue()


def stored_part(content: Any) -> tuple[Part, dict[str, Any]]:
    """Return a part without its tables, and what its file says of it; ``content`` is a path or a file.

    Raises
    ------
    ValueError, KeyError, TypeError
        If the file is not as ``Part.stored`` writes it.
    """
    told = json.loads(pq.read_schema(content).metadata[_KEY])
    rejected = [
        Rejected(order_id, tuple(FieldViolation(*each) for each in broken)) for order_id, broken in told["rejected"]
    ]
    return Part(told["batches"], told["rows_in"], told["orders"], rejected), told


class BatchJob:
    """Plans batches of orders with each variant; a ``pool.Job``.

    Parameters
    ----------
    trials : Trials
        How to plan.
    form : RowForm, optional
        Of the rows to make. Default none are made.
    most_units : int, optional
        Orders of more units are rejected. Default any number is planned.
    """

    def __init__(self, trials: Trials, form: RowForm | None = None, most_units: int | None = None) -> None:
        self._trials, self._form, self._most_units = trials, form, most_units
        self._known: dict[bytes, list[Record]] | None = None

    def __call__(self, batch: OrderBatch) -> Part:
        """Return what became of a batch."""
        records, rejected = self.records(batch)
        rows = [] if self._form is None else [self._form.table(records)]
        orders = len(records) // len(self._trials.variants)
        return Part(1, batch.rows, orders, rejected, [pa.Table.from_pylist(records, STORED)], rows)

    def records(self, batch: OrderBatch) -> tuple[list[Record], list[Rejected]]:
        """Return what is stored of each order of a batch with each variant, and the orders that are not planned."""
        orders, rejected = self.read(batch)
        if self._known is None:
            self._known = {}
            if orders:
                self._trials.warm_up(min(orders, key=lambda order: order.unit_count))
        return [each for place, order in enumerate(orders) for each in self._planned(place, order)], rejected

    def read(self, batch: OrderBatch) -> tuple[list[Order], list[Rejected]]:
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

    def _planned(self, place: int, order: Order) -> list[Record]:
        """Plan an order with each variant, or take what became of one with the same units."""
        text = "\n".join(signature(order)).encode("utf-8", "surrogatepass")
        alike, known = hashlib.blake2b(text, digest_size=16).digest(), self._known if self._known is not None else {}
        found = known.get(alike)
        copied = found is not None
        if found is None:
            found = [self._record(order, variant) | {"variant": variant} for variant in range(len(self._lone))]
            # To another planner than ours names may matter.
            copied = self._trials.plan is plan_order and all(map(may_be_copied, found))
            if copied:
                if len(known) >= MOST_REMEMBERED:
                    known.clear()
                known[alike] = found
        own = {"place": place, "alike": alike, "copied": copied, "rank": rank_by_chance(order)}
        return [each | own | {"order_id": order.order_id} for each in found]

    @cached_property
    def _lone(self) -> list[LoneUnits[Record] | None]:
        """What tells of each variant which orders of one unit have the same plan; None where each has its own boxes."""
        if self._trials.plan is not plan_order:
            return [None] * len(self._trials.variants)
        return [
            None
            if isinstance(each.catalog, AsShipped)
            else LoneUnits(each.catalog, each.policy, each.lane, self._trials.profiles)
            for each in self._trials.variants
        ]

    def _record(self, order: Order, variant: int) -> Record:
        """Plan an order with a variant, or take what became of one whose unit differs in edges alone."""
        lone, trial = self._lone[variant], self._trials.variants[variant]
        like = None if lone is None else lone.like(order)
        if lone is None or like is None:
            return self._trials.record(order, trial)
        known = lone.get(like)
        if known is not None:
            goods = math.prod(order.lines[0].edges_um)
            empty = 1 - goods / known["inner_um3"]
            if empty <= lone.emptiest:
                return known | {"goods_um3": goods, "empty": [empty]}
        found = self._trials.record(order, trial)
        hollow = any(each["code"] == WarningCode.MOSTLY_EMPTY for each in found["warnings"])
        if len(found["empty"]) == 1 and found["proof"] == "proved" and not hollow and may_be_copied(found):
            lone.note(like, found["boxes"][0], found)
        return found
