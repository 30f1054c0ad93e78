"""An evaluation as data: rows for each order and catalog, and totals as JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no type information
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # the same

from boxwright.domain.currency import minor_per_unit
from boxwright.domain.order import Item, Order
from boxwright.domain.policy import Plausibility
from boxwright.errors import FieldViolation, UnsupportedError
from boxwright.evaluation.outcome import Money, OrderStatus
from boxwright.evaluation.record import Basis, Record, Row, row_of, row_schema
from boxwright.footprint import offered_allocations
from boxwright.planning.request import Request
from boxwright.planning.task import Task
from boxwright.tabular import neutral
from boxwright.units import MG_PER_G, UM3_PER_LITRE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from boxwright.domain.box import Catalog
    from boxwright.domain.lane import Lane
    from boxwright.domain.policy import Policy
    from boxwright.evaluation.result import Evaluation
    from boxwright.evaluation.trial import Trials

ROW_SUFFIXES = (".csv", ".parquet")
_ROWS_AT_ONCE = 20_000


@dataclass(frozen=True)
class RowForm:
    """The format of rows: the same columns for all orders of a run."""

    kind: str
    """Format: ``csv`` or ``parquet``."""
    named: tuple[tuple[tuple[str, str], ...], ...]
    """Columns that name the variant, with their values, one entry per variant."""
    bases: tuple[Basis, ...]
    """Profiles and allocations with columns of their own."""

    def rows(self, records: Iterable[Record]) -> Iterator[Row]:
        """Yield the row of each record."""
        return (row_of(record, self.named[record["variant"]], self.bases) for record in records)

    @property
    def schema(self) -> Any:
        """The Arrow schema."""
        return row_schema(self.named[0], self.bases)

    def table(self, records: Iterable[Record]) -> Any:
        """Return the rows of records as an Arrow table."""
        return pa.Table.from_pylist(list(self.rows(records)), self.schema)


class RowWriter:
    """Writes rows into a binary file."""

    def __init__(self, form: RowForm, file: IO[bytes]) -> None:
        self._form = form
        self._parquet: Any = None
        self._held: list[Any] = []
        if form.kind == "csv":
            self._text = io.TextIOWrapper(file, "utf-8", newline="", write_through=True)
            csv.writer(self._text, lineterminator="\n").writerow(form.schema.names)
        else:
            self._parquet = pq.ParquetWriter(file, form.schema, compression="zstd")

    def write(self, table: Any) -> None:
        """Write the rows of an Arrow table."""
        if self._parquet is None:
            # Callers choose the ids, and a spreadsheet must not run them as formulas.
            columns = (
                [neutral(text) if isinstance(text, str) else text for text in column.to_pylist()]
                for column in table.columns
            )
            csv.writer(self._text, lineterminator="\n").writerows(zip(*columns, strict=True))
            return
        self._held.append(table)
        if sum(table_held.num_rows for table_held in self._held) >= _ROWS_AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        if self._held:
            self._parquet.write_table(pa.concat_tables(self._held))
        self._held = []

    def close(self) -> None:
        """Write the end of the file; the file object stays open."""
        if self._parquet is None:
            self._text.detach()
        else:
            self._flush()
            self._parquet.close()


def footprint_bases(
    catalog: Catalog, policy: Policy, lane: Lane | None, profiles: Sequence[str] | None
) -> tuple[Basis, ...]:
    """Return the profiles and allocations that every plan has under these options; errors are those of ``plan``."""
    unit = Order("any", (Item("any", 1, 1, 1, 1, 1),))
    policy = replace(policy, plausibility=Plausibility.OFF)  # the unit is made up, so it may be implausible
    request = Request.resolve(Task(unit, catalog, policy, lane, profiles))
    return tuple(
        (profile.profile_id, allocation)
        for profile in request.profiles
        for allocation in offered_allocations(request.lane)
    )


def form_of_file(path: Path, kind: str, trials: Trials) -> RowForm:
    """Return the row format for a file, by its suffix, or for a folder, by ``kind``."""
    suffix = path.suffix.lower()
    kind = suffix.removeprefix(".") if suffix in ROW_SUFFIXES and not path.is_dir() else kind
    bases = dict.fromkeys(
        basis
        for variant in trials.variants
        for basis in footprint_bases(variant.catalog, variant.policy, variant.lane, trials.profiles)
    )
    return RowForm(kind, tuple(variant.named for variant in trials.variants), tuple(bases))


def _form_of(evaluation: Evaluation, kind: str) -> RowForm:
    bases = dict.fromkeys(footprint.key for result in evaluation.results for footprint in result.totals.footprints)
    return RowForm(kind, tuple(result.variant.named for result in evaluation.results), tuple(bases))


def order_rows(evaluation: Evaluation) -> Iterator[Row]:
    """Yield a row per order and variant, by order, then by result.

    Every row has the same keys: ``order_id``, ``catalog_id``, ``status``, ``reason``, ``units``, ``packed_units``,
    ``parcels``, ``boxes`` (ids separated by ``;``), volumes in litres, ``fill`` (share of the inner volume that goods
    take), masses in g, prices in units of ``currency``, ``proved``, ``warnings`` (codes separated by ``;``), ``audit``
    (of boxes really used, as ``Audit``), ``country`` that the order goes to, and for each profile and allocation
    ``co2e_g`` and ``unverified_share``; with several policies or lanes, ``policy`` and ``carrier_service`` follow
    ``catalog_id``. Unknown values are None.
    """
    form = _form_of(evaluation, "parquet")
    for records in evaluation.records.batches():
        yield from form.rows(records)


def check_row_file(path: Path) -> None:
    """Raise UnsupportedError if no row format has the suffix of a file."""
    if path.suffix.lower() not in ROW_SUFFIXES:
        rule = f"must end in one of {', '.join(ROW_SUFFIXES)}"
        raise UnsupportedError([FieldViolation(path.name, rule)])


def totals_dict(evaluation: Evaluation) -> dict[str, Any]:
    """Return the totals for JSON: per variant, over the orders that all variants pack completely.

    ``grams`` are g CO2e by profile and allocation. ``cost`` is None if no price is known, and its ``total`` if one of
    the prices is missing.
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
                    f"{footprint.profile_id} {footprint.allocation.value}": footprint.total_mg / MG_PER_G
                    for footprint in totals.footprints
                },
                "verdicts": {
                    rule: {
                        "orders_that_keep": sum(count for _, keeps, count in outcomes if keeps),
                        "orders": sum(count for *_, count in outcomes),
                        "lacking": {outcome: count for outcome, keeps, count in outcomes if not keeps},
                    }
                    for rule, outcomes in totals.verdicts
                },
                "boxes": {box: count for box, count in totals.box_use if count},
            }
        )
    return {
        "catalogs": catalogs,
        "orders": evaluation.order_count,
        "compared_orders": evaluation.compared,
        "remarks": [*evaluation.remarks],
    }


def _cost(packaging: Money | None, carriage: Money | None) -> Mapping[str, Any] | None:
    known = {name: price for name, price in (("packaging", packaging), ("carriage", carriage)) if price is not None}
    if len(currencies := {price.currency for price in known.values()}) != 1:
        return None
    (currency,) = currencies
    amounts = {name: price.minor / minor_per_unit(currency) for name, price in known.items()}
    total = sum(price.minor for price in known.values()) / minor_per_unit(currency) if len(known) > 1 else None
    return {**dict.fromkeys(("packaging", "carriage")), **amounts, "total": total, "currency": currency}
