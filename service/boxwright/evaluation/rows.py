"""An evaluation as data: a row for each order with each catalog, and the totals for a program."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from boxwright.domain.box import Catalog
from boxwright.domain.currency import minor_per_unit
from boxwright.domain.footprint import Allocation
from boxwright.domain.lane import Lane
from boxwright.domain.order import Item, Order
from boxwright.domain.policy import Plausibility, Policy
from boxwright.errors import FieldViolation, UnsupportedError, missing_extra
from boxwright.evaluation.cells import Cell, Cells, in_turn
from boxwright.evaluation.columns import Columns, columns_of
from boxwright.evaluation.outcome import Money, OrderStatus
from boxwright.evaluation.result import Evaluation
from boxwright.evaluation.row_cells import row_cells
from boxwright.evaluation.trial import Trials
from boxwright.footprint import offered_allocations
from boxwright.planning.request import Request
from boxwright.planning.task import Task
from boxwright.tabular import neutral
from boxwright.units import MG_PER_G, UM3_PER_LITRE

ROW_SUFFIXES = (".csv", ".parquet")
_ROWS_AT_ONCE = 20_000
Row = dict[str, Cell]
_KINDS = dict.fromkeys(
    (
        "order_id",
        "catalog_id",
        "policy",
        "carrier_service",
        "status",
        "reason",
        "boxes",
        "currency",
        "warnings",
        "audit",
    ),
    "string",
) | dict.fromkeys(("units", "packed_units", "parcels"), "int64")


@dataclass(frozen=True)
class RowForm:
    """How rows are written: the same columns for all orders of a run.

    Attributes
    ----------
    kind : str
        ``csv`` or ``parquet``.
    named : tuple of tuple of (str, str)
        What names each variant, by column, in their order.
    keys : tuple of (str, Allocation)
        Profiles and allocations that have columns.
    """

    kind: str
    named: tuple[tuple[tuple[str, str], ...], ...]
    keys: tuple[tuple[str, Allocation], ...]

    def dicts(self, columns: Sequence[Columns]) -> Iterator[Row]:
        """Yield a row for each order with each variant, given the columns of each variant."""
        cells = self._cells(columns)
        for row in zip(*(each.listed() for each in cells.values()), strict=True):
            yield dict(zip(cells, row, strict=True))

    def columns(self) -> dict[str, str]:
        """Return the type of each column, as Arrow names it."""
        names = self._cells([Columns.of(())] * len(self.named))
        return {name: "bool" if name == "proved" else _KINDS.get(name, "double") for name in names}

    def schema(self) -> Any:
        """Return the Arrow schema."""
        pa, _ = _pyarrow("rows")
        return pa.schema([(name, pa.type_for_alias(kind)) for name, kind in self.columns().items()])

    def rows(self, columns: Sequence[Columns]) -> bytes:
        """Return rows as bytes: lines of CSV without header, or a stream of Arrow."""
        if self.kind == "csv":
            text = io.StringIO()
            cells = (_neutral(each.listed()) for each in self._cells(columns).values())
            csv.writer(text, lineterminator="\n").writerows(zip(*cells, strict=True))
            return text.getvalue().encode()
        pa, _ = _pyarrow("rows")
        sink = io.BytesIO()
        with pa.ipc.new_stream(sink, self.schema()) as stream:
            stream.write_table(self.table(columns))
        return sink.getvalue()

    def table(self, columns: Sequence[Columns]) -> Any:
        """Return rows as an Arrow table."""
        pa, _ = _pyarrow("rows")
        cells, schema = self._cells(columns), self.schema()
        return pa.Table.from_arrays([cells[each.name].arrow(pa, each.type) for each in schema], schema=schema)

    def _cells(self, columns: Sequence[Columns]) -> dict[str, Cells]:
        """Return the cells of rows by column, those of an order next to each other."""
        each = [row_cells(one, named, self.keys) for one, named in zip(columns, self.named, strict=True)]
        return {name: in_turn([one[name] for one in each]) for name in each[0]}


def _neutral(cells: Sequence[Cell]) -> list[Cell]:
    """Return the cells of a column of CSV; ids come from outside, and are not to be calculated by a spreadsheet."""
    return [neutral(each) if isinstance(each, str) else each for each in cells]


class RowWriter:
    """Writes the rows of batches into one file, as they come.

    Parameters
    ----------
    form : RowForm
        How batches are written.
    file : binary file
        Where to.
    """

    def __init__(self, form: RowForm, file: IO[bytes]) -> None:
        self._form, self._file = form, file
        self._parquet: Any = None
        self._tables: list[Any] = []
        if form.kind == "csv":
            head = io.StringIO()
            csv.writer(head, lineterminator="\n").writerow(form.columns())
            file.write(head.getvalue().encode())
        else:
            _, pq = _pyarrow("rows")
            self._parquet = pq.ParquetWriter(file, form.schema(), compression="zstd")

    def write(self, rows: bytes) -> None:
        """Write rows, as ``RowForm.rows`` gives them."""
        if self._parquet is None:
            self._file.write(rows)
            return
        pa, _ = _pyarrow("rows")
        self._tables.append(pa.ipc.open_stream(rows).read_all())
        if sum(each.num_rows for each in self._tables) >= _ROWS_AT_ONCE:
            self._flush(pa)

    def _flush(self, pa: Any) -> None:
        if self._tables:
            self._parquet.write_table(pa.concat_tables(self._tables))
        self._tables = []

    def close(self) -> None:
        """Write what a file of the kind has at its end."""
        if self._parquet is not None:
            self._flush(_pyarrow("rows")[0])
            self._parquet.close()


def footprint_keys(
    catalog: Catalog, policy: Policy, lane: Lane | None, profiles: Sequence[str] | None
) -> tuple[tuple[str, Allocation], ...]:
    """Return the profiles and allocations that every plan under these options states; raise as ``plan`` does."""
    unit = Order("any", (Item("any", 1, 1, 1, 1, 1),))
    policy = replace(policy, plausibility=Plausibility.OFF)  # no order is asked about
    request = Request.resolve(Task(unit, catalog, policy, lane, profiles))
    return tuple(
        (profile.profile_id, allocation)
        for profile in request.profiles
        for allocation in offered_allocations(request.lane)
    )


def form_of_file(path: Path, kind: str, trials: Trials) -> RowForm:
    """Return how rows of a run are written: as the suffix of a file says, else, in a folder, as ``kind`` says."""
    suffix = path.suffix.lower()
    kind = suffix.removeprefix(".") if suffix in ROW_SUFFIXES and not path.is_dir() else kind
    return form_of_trials(kind, trials)


def form_of_trials(kind: str, trials: Trials) -> RowForm:
    """Return how rows of orders that are tried so are written."""
    keys = dict.fromkeys(
        key for each in trials.variants for key in footprint_keys(each.catalog, each.policy, each.lane, trials.profiles)
    )
    return RowForm(kind, tuple(each.named for each in trials.variants), tuple(keys))


def form_of(evaluation: Evaluation, kind: str) -> RowForm:
    """Return the form of an evaluation's rows, with the footprints that it has."""
    keys = dict.fromkeys(each.key for result in evaluation.results for each in result.totals.footprints)
    return RowForm(kind, tuple(result.variant.named for result in evaluation.results), tuple(keys))


def order_rows(evaluation: Evaluation) -> Iterator[Row]:
    """Yield a row for each order with each variant: in the order of the orders, then of the results.

    Every row has the same keys: ``order_id``, ``catalog_id``, ``status``, ``reason``, ``units``, ``packed_units``,
    ``parcels``, ``boxes`` (ids separated by ``;``), volumes in litres, ``fill`` (share of the inner volume that goods
    take), masses in g, prices in units of ``currency``, ``proved``, ``warnings`` (codes separated by ``;``),
    ``audit`` (of boxes really used, as ``Audit``), and for each
    profile and allocation ``co2e_g`` and ``unverified_share``; of several policies or lanes also ``policy`` and
    ``carrier_service``, after ``catalog_id``. What is not known is None.
    """
    form = form_of(evaluation, "parquet")
    for some in _batched(evaluation):
        yield from form.dicts(some)


def check_row_file(path: Path) -> None:
    """Raise UnsupportedError for a file of rows that cannot be written: its suffix, or the extra ``batch``."""
    if path.suffix.lower() not in ROW_SUFFIXES:
        rule = f"must end in one of {', '.join(ROW_SUFFIXES)}"
        raise UnsupportedError([FieldViolation(path.name, rule)])
    if path.suffix.lower() == ".parquet":
        _pyarrow(path.name)


def _pyarrow(name: str) -> tuple[Any, Any]:
    try:
        import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no type information
        import pyarrow.parquet as pq  # type: ignore[import-untyped]  # the same
    except ImportError:
        raise missing_extra(name, "Parquet files need pyarrow", "batch") from None
    return pa, pq


def write_csv_rows(evaluation: Evaluation, file: IO[str]) -> int:
    """Write the rows as CSV, UTF-8 with a header; return how many."""
    raw = io.BytesIO()
    form = form_of(evaluation, "csv")
    RowWriter(form, raw)
    file.write(raw.getvalue().decode())
    count = 0
    for some in _batched(evaluation):
        file.write(form.rows(some).decode())
        count += sum(map(len, some))
    return count


def write_parquet_rows(evaluation: Evaluation, file: IO[bytes]) -> int:
    """Write the rows as Parquet; return how many. A column has the same type in every file."""
    form = form_of(evaluation, "parquet")
    writer, count = RowWriter(form, file), 0
    for some in _batched(evaluation):
        writer.write(form.rows(some))
        count += sum(map(len, some))
    writer.close()
    return count


def _batched(evaluation: Evaluation) -> Iterator[list[Columns]]:
    """Yield the outcomes of some orders after the other, as the columns of each variant."""
    outcomes = zip(*(result.outcomes for result in evaluation.results), strict=True)
    while some := list(itertools.islice(outcomes, _ROWS_AT_ONCE)):
        yield columns_of(some, len(evaluation.results))


def totals_dict(evaluation: Evaluation) -> dict[str, Any]:
    """Return the totals for a program: of each variant over the orders that all of them pack whole.

    ``grams`` are g CO2e by profile and allocation; ``cost`` is None where neither price is known, and its ``total``
    where one is not.
    """
    catalogs = []
    for result in evaluation.results:
        totals = result.common
        catalogs.append(
            {
                "catalog": result.catalog.catalog_id,
                **dict(result.variant.named[1:]),
                "orders": evaluation.order_count,
                "orders_packed": result.totals.count(OrderStatus.PLANNED),
                "parcels": totals.parcels,
                "outer_litres": totals.outer_um3 / UM3_PER_LITRE,
                "inner_litres": totals.inner_um3 / UM3_PER_LITRE,
                "packaging_g": totals.packaging_total_mg / MG_PER_G,
                "billed_g": None if totals.chargeable_mg is None else totals.chargeable_mg / MG_PER_G,
                "cost": _cost(totals.packaging_price, totals.carriage_price),
                "grams": {
                    f"{each.profile_id} {each.allocation.value}": each.total_mg / MG_PER_G for each in totals.footprints
                },
                "boxes": {box: count for box, count in totals.box_use if count},
            }
        )
    return {
        "catalogs": catalogs,
        "orders": evaluation.order_count,
        "compared_orders": evaluation.tally.common,
        "remarks": [*evaluation.remarks],
    }


def _amount(price: Money | None) -> float | None:
    return None if price is None else price.minor / minor_per_unit(price.currency)


def _cost(packaging: Money | None, carriage: Money | None) -> Mapping[str, Any] | None:
    known = [each for each in (packaging, carriage) if each is not None]
    currencies = {each.currency for each in known}
    if len(currencies) != 1:
        return None
    return {
        "packaging": _amount(packaging),
        "carriage": _amount(carriage),
        "total": _amount(Money(sum(each.minor for each in known), known[0].currency)) if len(known) > 1 else None,
        "currency": known[0].currency,
    }
