"""Packs orders of ``boxwright pack --orders`` in workers, and shows the summary."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no type information
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # the same
from rich.console import RenderableType
from rich.text import Text

from boxwright.cli.failures import PARTIAL_HINT
from boxwright.cli.output import lines, table_of, titled
from boxwright.cli.plan_file import view_of
from boxwright.cli.plan_view import boxes_of
from boxwright.contract.json import to_json
from boxwright.contract.pack_answer import answer_to_wire, result_to_wire, without_data
from boxwright.domain import incomplete
from boxwright.domain.box import Catalog
from boxwright.domain.factor import CARRIED
from boxwright.domain.footprint import Allocation
from boxwright.domain.incomplete import IncompletePlanError
from boxwright.domain.order import Order
from boxwright.domain.own_container import OWN_CONTAINER
from boxwright.domain.plan import UnpackedUnit
from boxwright.domain.rounded import co2e, count, grams, percent, stated, visible
from boxwright.errors import BoxwrightError
from boxwright.evaluation.outcome import OrderStatus
from boxwright.evaluation.record import STORED, Record, record_of, record_without, unpacked_of
from boxwright.evaluation.records import Records, numbered
from boxwright.evaluation.result import CatalogTotals
from boxwright.evaluation.wording import STATUS_NAMES, lacking_lines, unpacked_counts
from boxwright.planning import Task, plans

Ranges = dict[tuple[str, Allocation], tuple[int, int] | None]
"""Sums of the lower and upper ends of footprints, in mg CO2e, by profile and allocation; None if unknown."""
_MOST_NAMED = 10
"""Most orders named among those not planned whole."""
_ID_LENGTH = 14


def pack_some(
    orders: Iterable[Order], *, asked: tuple[Any, ...], how: dict[str, Any], written: bool, with_data: bool
) -> tuple[list[Record], list[str], Ranges]:
    """Return the records of orders, each with a line of JSON where ``written``, and the sums of their ranges.

    An order that fails does not end the batch. ``asked`` are the arguments of ``Task`` after the order, ``how`` the
    further ones of ``plans``. With ``with_data``, footprints in lines repeat the data on profiles and sources.
    """
    rows, said, ranges = list[Record](), list[str](), Ranges({})
    for order in orders:
        task, answer, reason = Task(order, *asked), None, ""
        unpacked: tuple[UnpackedUnit, ...] = ()
        try:
            made = plans(task, **how)
            row = record_of(made[0], task.catalog, order.unit_count)
            footprints = made[0].footprints
            add_ranges(ranges, {(sums.profile_id, sums.allocation): sums.interval_co2e_mg for sums in footprints})
            if written:
                answer = answer_to_wire(tuple(made), view_of(task, mass_data=with_data))
                answer = answer if with_data else without_data(answer)
        except IncompletePlanError as error:
            reason, unpacked = str(error).replace(incomplete.PARTIAL_HINT, PARTIAL_HINT), error.unpacked
            left = unpacked_of(unpacked)
            row = record_without(order.order_id, OrderStatus.NOT_PACKED, order.unit_count, reason, unpacked=left)
        except BoxwrightError as error:
            reason = str(error)
            row = record_without(order.order_id, OrderStatus.ERROR, order.unit_count, reason)
        rows.append(row | {"variant": 0})
        if written:
            message = result_to_wire(order.order_id, answer, reason, unpacked)
            said.append(to_json(message, type(message)).decode())
    return rows, said, ranges


def add_ranges(sums: Ranges, more: Ranges) -> None:
    """Add ranges to sums of ranges; an unknown one makes the sum unknown."""
    for key, ends in more.items():
        so_far = sums.get(key, (0, 0))
        sums[key] = (so_far[0] + ends[0], so_far[1] + ends[1]) if so_far and ends else None


def records_of(catalog: Catalog, results: Iterable[list[Record]]) -> Records:
    """Return the rows of orders, ready for queries."""
    records, orders = Records([catalog]), 0
    with pq.ParquetWriter(records.folder / "rows", numbered(STORED.empty_table(), 0, 0, 1).schema) as file:
        for number, rows in enumerate(results):
            file.write_table(numbered(pa.Table.from_pylist(rows, STORED), orders, number, 1))
            orders += len(rows)
    records.add(records.folder / "rows", orders)
    records.open()
    return records


def batch_parts(
    records: Records, totals: CatalogTotals, ranges: Ranges, catalog_id: str, examples: Sequence[Record] = ()
) -> Iterator[RenderableType]:
    """Yield some orders, statuses, boxes used, masses, emissions, units left out and warnings."""
    (failures,) = records.failures()
    if examples:
        yield _examples(examples)
    tally = [f"{number:,} {STATUS_NAMES[status]}" for status, number in totals.orders if number]
    units = f"{totals.packed_units:,} of " if totals.packed_units < totals.unit_count else ""
    units += count(totals.unit_count, "unit")
    head = [
        f": {', '.join(tally)}",
        f"{units} in {count(totals.parcels, 'parcel')}, {totals.inner_um3 / 1e15:,.1f} litres of boxes",
        *(f"{count(number, 'parcel')} marked {mark.words}" for mark, number in totals.handling_marks),
        f"{totals.proved:,} of the plans proved the best in their scope",
    ]
    text = Text(f"{count(records.orders, 'order')} with catalog {visible(catalog_id)}", style="bold")
    yield text.append("\n".join(head), style="not bold")
    if totals.parcels:
        used = Counter(dict(totals.box_use))
        used += Counter({OWN_CONTAINER: totals.parcels - used.total()})  # only boxes that are used
        most_first = sorted(used.items(), key=lambda item: (-item[1], item[0]))
        rows = [(box, f"{number:,}", percent(number / totals.parcels)) for box, number in most_first]
        yield table_of(("Box type", ">Parcels", ">Share"), rows)
        parts = ", ".join(f"{part.words} {grams(mass)}" for part, mass in totals.packaging_mg if mass)
        packaging = f", {grams(totals.packaging_total_mg)} of packaging ({parts})" if parts else ", no packaging"
        billed = "" if totals.chargeable_mg is None else f", chargeable weight {grams(totals.chargeable_mg)}"
        fill = f", boxes filled to {percent(totals.goods_um3 / totals.inner_um3)}" if totals.inner_um3 else ""
        goods = grams(totals.gross_mg - totals.packaging_total_mg)
        yield Text(f"{goods} of goods{packaging}, gross {grams(totals.gross_mg)}{billed}{fill}")
    if totals.footprints:
        yield _emissions(totals, ranges)
    if left_out := unpacked_counts(totals):
        table = table_of(("Units", "Unpacked because"), [(f"{number:,}", why) for why, number in left_out])
        yield titled("Units unpacked", table)
    if failures.orders:
        named = [(order.order_id, "; ".join(order.details)) for order in failures.named[:_MOST_NAMED]]
        left = failures.orders - len(named)
        more = lines([f"and {count(left, 'order')} more"] if left else [], "dim")
        yield titled("Not packed whole", table_of(("Order", "Because"), named), *more)
    if warned := [(kind.code, f"{kind.orders:,}", f"{kind.order_id}: {kind.text}") for kind in records.warnings()]:
        yield titled("Warnings", table_of(("Warning", ">Orders", "First example"), warned))


def _examples(records: Sequence[Record]) -> RenderableType:
    """Return some orders, one per row: boxes, fill, gross mass, and emissions by the first profile."""
    rows, title = [], "Some of the orders"
    for record in records:
        name, inner = record["order_id"], record["inner_um3"]
        short = name if len(name) <= _ID_LENGTH else f"{name[: _ID_LENGTH - 1]}…"
        fill, emitted = percent(record["goods_um3"] / inner) if inner else "", ""
        if record["footprints"]:
            first = record["footprints"][0]
            emitted, title = co2e(first["total_mg"]), f"Some of the orders (emissions by {first['profile_id']})"
        boxes = boxes_of(record["boxes"]) or record["reason"]
        mass = grams(record["gross_mg"]) if record["boxes"] else ""
        rows.append((short, f"{record['units']:,}", boxes, fill, mass, emitted))
    return titled(title, table_of(("Order", ">Units", "Boxes", ">Fill", ">Total mass", ">?g CO2e"), rows))


def _emissions(totals: CatalogTotals, ranges: Ranges) -> RenderableType:
    """Return the emissions per profile and allocation: sum, range, unverified share, and what is missing."""

    def kg(*co2e_mg: int, lacking: bool) -> str:
        return stated(" to ".join(f"{mass_mg / 1_000_000:,.1f}" for mass_mg in co2e_mg), lacking=lacking)

    planned = totals.count(OrderStatus.PLANNED) + totals.count(OrderStatus.PARTIAL)
    rows, notes = list[tuple[str | Text, ...]](), []
    for sums in totals.footprints:
        lacks, lacking = {lack.component for lack in sums.missing}, bool(sums.missing)
        packaging = kg(sums.packaging_mg, lacking=bool(lacks - CARRIED))
        transport = kg(sums.transport_mg, lacking=bool(lacks & CARRIED))
        total = Text(kg(sums.total_mg, lacking=lacking), style="bold")
        an_order = stated(co2e(round(sums.total_mg / planned)), lacking=lacking)
        rows.append((sums.profile_id, sums.allocation.words, packaging, transport, total, an_order))
        note = f"{sums.profile_id}, transport by {sums.allocation.words}: {percent(sums.unverified_share)} unverified"
        notes.append(f"{note}; range in kg: {kg(*ends, lacking=lacking)}" if (ends := ranges[sums.key]) else note)
    columns = ("=Profile", "Transport by", ">Packaging", ">Transport", ">Total", ">Per order, g")
    notes += lacking_lines(totals.footprints)
    return titled("Emissions in kg CO2e", table_of(columns, rows), *lines(notes, "dim"))
