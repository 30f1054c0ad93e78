"""Packs the orders of ``boxwright pack --orders``, and summarises the plans."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no type information
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # the same
from rich.console import RenderableType

from boxwright.cli.failures import PARTIAL_HINT
from boxwright.cli.output import lines, table_of, titled
from boxwright.cli.plan_file import view_of
from boxwright.contract.json import to_json
from boxwright.contract.pack_answer import answer_to_wire, result_to_wire, without_data
from boxwright.domain import plan as domain_plan
from boxwright.domain.box import Catalog
from boxwright.domain.lane import Lane
from boxwright.domain.order import Order
from boxwright.domain.own_container import OWN_CONTAINER
from boxwright.domain.plan import IncompletePlanError, UnpackedUnit
from boxwright.domain.policy import Policy
from boxwright.domain.rounded import count, percent
from boxwright.errors import BoxwrightError
from boxwright.evaluation import Evaluation, summary
from boxwright.evaluation.outcome import OrderStatus
from boxwright.evaluation.record import STORED, Record, record_of, record_without, unpacked_of
from boxwright.evaluation.records import Records, numbered
from boxwright.evaluation.result import CatalogResult
from boxwright.evaluation.variant import Variant
from boxwright.planning import Task, plans

_MOST_NAMED = 10
"""Maximum number of orders listed as not packed completely."""


def pack_some(
    orders: Iterable[Order], *, options: tuple[Any, ...], how: dict[str, Any], written: bool, with_data: bool
) -> tuple[list[Record], list[str]]:
    """Return a record and, if ``written``, a line of JSON per order; an order that fails does not end the batch.

    ``options`` are the arguments of ``Task`` after the order, ``how`` those of ``plans`` after the task. If
    ``with_data``, each line holds the data on profiles and sources, which are the same in all lines.
    """
    rows, results = list[Record](), list[str]()
    for order in orders:
        task, answer, reason = Task(order, *options), None, ""
        unpacked: tuple[UnpackedUnit, ...] = ()
        try:
            made = plans(task, **how)
            row = record_of(made[0], task.catalog, order.unit_count)
            if written:
                answer = answer_to_wire(tuple(made), view_of(task))
                answer = answer if with_data else without_data(answer)
        except IncompletePlanError as error:
            reason, unpacked = str(error).replace(domain_plan.PARTIAL_HINT, PARTIAL_HINT), error.unpacked
            left = unpacked_of(unpacked)
            row = record_without(order.order_id, OrderStatus.NOT_PACKED, order.unit_count, reason, unpacked=left)
        except BoxwrightError as error:
            reason = str(error)
            row = record_without(order.order_id, OrderStatus.ERROR, order.unit_count, reason)
        rows.append(row | {"variant": 0})
        if written:
            message = result_to_wire(order.order_id, answer, reason, unpacked)
            results.append(to_json(message, type(message)).decode())
    return rows, results


def evaluation_of(catalog: Catalog, policy: Policy, lane: Lane | None, results: Iterable[list[Record]]) -> Evaluation:
    """Return the evaluation of one catalog with the records of orders."""
    records, orders = Records([catalog]), 0
    with pq.ParquetWriter(records.folder / "rows", numbered(STORED.empty_table(), 0, 0, 1).schema) as file:
        for number, rows in enumerate(results):
            file.write_table(numbered(pa.Table.from_pylist(rows, STORED), orders, number, 1))
            orders += len(rows)
    records.add(records.folder / "rows", orders)
    records.open()
    (totals,), (errors,) = records.totals(common=False), records.errors()
    variant = Variant(catalog, policy, lane)
    result = CatalogResult(variant, totals, totals, errors)
    return Evaluation((result,), (), records, orders, totals.count(OrderStatus.PLANNED), None)


def batch_parts(evaluation: Evaluation) -> Iterator[RenderableType]:
    """Yield the boxes used, the orders that are not packed completely, and the figures of ``boxwright evaluate``."""
    totals, (failures,) = evaluation.results[0].totals, evaluation.records.failures()
    used = Counter(dict(totals.box_use))
    used += Counter({OWN_CONTAINER: totals.parcels - used.total()})  # the sum of counters drops entries of 0
    most_first = sorted(used.items(), key=lambda item: (-item[1], item[0]))
    rows = [(box, f"{number:,}", percent(number / totals.parcels)) for box, number in most_first]
    if rows:
        yield table_of(("Box type", ">Parcels", ">Share"), rows)
    if failures.orders:
        named = [(order.order_id, "; ".join(order.details)) for order in failures.named[:_MOST_NAMED]]
        left = failures.orders - len(named)
        more = lines([f"and {count(left, 'order')} more"] if left else [], "dim")
        yield titled("Not packed completely", table_of(("Order", "Because"), named), *more)
    yield summary(evaluation)
