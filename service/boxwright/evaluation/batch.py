"""Reads and plans a batch of orders in a worker, and makes its rows."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no type information
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # pyarrow ships no type information

from boxwright.domain.order import Order
from boxwright.errors import FieldViolation
from boxwright.evaluation.destinations import lane_of
from boxwright.evaluation.record import STORED, Record, rank_by_chance, skus_of
from boxwright.findings import Findings
from boxwright.planning.many import SharedPlans, same_units

if TYPE_CHECKING:
    from boxwright.evaluation.rows import RowForm
    from boxwright.evaluation.trial import Trials
    from boxwright.orders.batches import OrderBatch

_KEY = b"boxwright"


@dataclass(frozen=True, slots=True)
class Rejected:
    """An order that is not planned because it breaks a rule."""

    order_id: str
    """Id of the order; empty if it could not be read."""
    broken: tuple[FieldViolation, ...]
    """The broken rules; each field begins with its place in the file."""


@dataclass
class Part:
    """The results of one batch, or of several consecutive ones."""

    batches: int = 0
    rows_in: int = 0
    orders: int = 0
    """Number of batches, of source rows in them, and of orders planned."""
    rejected: list[Rejected] = field(default_factory=list)
    records: list[Any] = field(default_factory=list)
    """The stored record of each order with each variant."""
    rows: list[Any] = field(default_factory=list)
    """Tables of rows for the user; empty without a row format."""

    def merge(self, other: Part) -> None:
        """Add the part that follows."""
        self.batches += other.batches
        self.rows_in += other.rows_in
        self.orders += other.orders
        self.rejected += other.rejected
        self.records += other.records
        self.rows += other.rows

    def stored(self, **more: Any) -> bytes:
        """Return the records as a Parquet file that holds the counts and rejected orders too, without the rows."""
        counts = {"batches": self.batches, "rows_in": self.rows_in, "orders": self.orders, **more}
        counts["rejected"] = [
            (rejected.order_id, [(broken.field, broken.rule) for broken in rejected.broken])
            for rejected in self.rejected
        ]
        table, raw = pa.concat_tables(self.records), io.BytesIO()
        pq.write_table(table.replace_schema_metadata({_KEY: json.dumps(counts)}), raw, compression="zstd")
        return raw.getvalue()


def stored_part(content: Any) -> tuple[Part, dict[str, Any]]:
    """Return a part without its tables, and the metadata of its file; ``content`` is a path or a file.

    ValueError, KeyError or TypeError if ``Part.stored`` did not write the file.
    """
    counts = json.loads(pq.read_schema(content).metadata[_KEY])
    rejected = [
        Rejected(order_id, tuple(FieldViolation(*pair) for pair in broken)) for order_id, broken in counts["rejected"]
    ]
    return Part(counts["batches"], counts["rows_in"], counts["orders"], rejected), counts


class BatchJob:
    """A job of ``pool`` that plans batches of orders with each variant, and makes rows if a row format is given.

    Orders of more than ``most_units`` are rejected.
    """

    def __init__(self, trials: Trials, form: RowForm | None = None, most_units: int | None = None) -> None:
        self._trials, self._form, self._most_units = trials, form, most_units
        self._plans: dict[tuple[int, int], SharedPlans[Record]] = {}

    def __call__(self, batch: OrderBatch) -> Part:
        """Return the results of a batch."""
        records, rejected = self.records(batch)
        rows = [] if self._form is None else [self._form.table(records)]
        orders = len(records) // len(self._trials.variants)
        return Part(1, batch.rows, orders, rejected, [pa.Table.from_pylist(records, STORED)], rows)

    def records(self, batch: OrderBatch) -> tuple[list[Record], list[Rejected]]:
        """Return the records of a batch, and its rejected orders."""
        orders, rejected = self.read(batch)
        if not self._plans and orders:
            self._trials.warm_up(min(orders, key=lambda order: order.unit_count))
        return [record for place, order in enumerate(orders) for record in self._planned(place, order)], rejected

    def read(self, batch: OrderBatch) -> tuple[list[Order], list[Rejected]]:
        """Return the orders of a batch to plan, and the rejected ones with the rules that they break."""
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

    def _planned(self, place: int, order: Order) -> Iterator[Record]:
        units = same_units(order)
        own = {"order_id": order.order_id, "place": place, "alike": units, "rank": rank_by_chance(order)}
        own |= {"country": order.country, "skus": skus_of(order)}
        for number, variant in enumerate(self._trials.variants):
            lane = Findings().attempt(lane_of, variant.lane, order)  # the record of the order states the error
            plans = self._plans.get((number, id(lane)))
            if plans is None:
                plans = self._plans[number, id(lane)] = self._trials.shared(variant, lane)
            record, other_edges = plans.of(order, units)
            if other_edges:
                goods = math.prod(order.lines[0].edges_um)
                record = record | {"goods_um3": goods, "empty": [1 - goods / record["inner_um3"]]}
            yield record | own | {"variant": number}
