"""An evaluation as data: a row for each order with each catalog, and the totals for a program."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from boxwright.domain.currency import minor_per_unit
from boxwright.domain.factor import Component
from boxwright.domain.footprint import Allocation
from boxwright.errors import FieldViolation, UnsupportedError, missing_extra
from boxwright.evaluation.outcome import Money, OrderOutcome, OrderStatus
from boxwright.evaluation.result import Evaluation
from boxwright.evaluation.totals import totals_of
from boxwright.units import MG_PER_G

ROW_SUFFIXES = (".csv", ".parquet")
_UM3_PER_LITRE = 10**15
_ROWS_AT_ONCE = 20_000
Row = dict[str, str | int | float | bool | None]


def order_rows(evaluation: Evaluation) -> Iterator[Row]:
    """Yield a row for each order with each catalog: in the order of the orders, then of the catalogs.

    Every row has the same keys: ``order_id``, ``catalog_id``, ``status``, ``reason``, ``units``, ``packed_units``,
    ``parcels``, ``boxes`` (ids separated by ``;``), volumes in litres, ``fill`` (share of the inner volume that goods
    take), masses in g, prices in units of ``currency``, ``proved``, ``warnings`` (codes separated by ``;``),
    ``audit`` (of boxes really used, as ``Audit``), and for each
    profile and allocation ``co2e_g`` and ``unverified_share``. What is not known is None.
    """
    keys = _footprint_keys(evaluation)
    for index in range(evaluation.order_count):
        for result in evaluation.results:
            yield _row(result.outcomes[index], result.catalog.catalog_id, keys)


def _footprint_keys(evaluation: Evaluation) -> list[tuple[str, Allocation]]:
    return list(dict.fromkeys(each.key for result in evaluation.results for each in result.totals.footprints))


def _row(outcome: OrderOutcome, catalog_id: str, keys: list[tuple[str, Allocation]]) -> Row:
    packed, packaging = bool(outcome.parcels), dict(outcome.packaging_mg)
    price = outcome.packaging_price or outcome.carriage_price
    row: Row = {
        "order_id": outcome.order_id,
        "catalog_id": catalog_id,
        "status": outcome.status.value,
        "reason": outcome.reason,
        "units": outcome.unit_count,
        "packed_units": outcome.packed_units,
        "parcels": len(outcome.parcels),
        "boxes": ";".join(parcel.box_type_id for parcel in outcome.parcels),
        "outer_litres": outcome.outer_um3 / _UM3_PER_LITRE,
        "inner_litres": outcome.inner_um3 / _UM3_PER_LITRE,
        "fill": 1 - outcome.empty_space_ratio if outcome.inner_um3 else None,
        **{f"{kind.value}_g": packaging.get(kind, 0) / MG_PER_G for kind in _PACKAGING},
        "gross_g": outcome.gross_mg / MG_PER_G,
        "billed_g": None if outcome.chargeable_mg is None else outcome.chargeable_mg / MG_PER_G,
        "packaging_price": _amount(outcome.packaging_price),
        "carriage_price": _amount(outcome.carriage_price),
        "currency": price.currency if price else "",
        "proved": None if outcome.proof is None else outcome.proof.value == "proved",
        "warnings": ";".join(each.code for each in outcome.warnings),
        "audit": "" if outcome.audit is None else outcome.audit.value,
    }
    for key in keys:
        figures, name = outcome.footprint(key), f"{key[0]}_{key[1].value}"
        row[f"co2e_g_{name}"] = figures.total_mg / MG_PER_G if figures and packed else None
        row[f"unverified_share_{name}"] = figures.unverified_share if figures and packed else None
    return row


_PACKAGING = (
    *(Component.BOX, Component.CUSHIONING, Component.VOID_FILL, Component.BLOCKING, Component.TAPE, Component.LABEL),
)


def _amount(price: Money | None) -> float | None:
    return None if price is None else price.minor / minor_per_unit(price.currency)


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
    writer = csv.DictWriter(file, list(_columns(evaluation)), lineterminator="\n")
    writer.writeheader()
    count = 0
    for row in order_rows(evaluation):
        writer.writerow(row)
        count += 1
    return count


def write_parquet_rows(evaluation: Evaluation, file: IO[bytes]) -> int:
    """Write the rows as Parquet; return how many. A column has the same type in every file."""
    pa, pq = _pyarrow("rows")
    schema = pa.schema([(name, pa.type_for_alias(kind)) for name, kind in _columns(evaluation).items()])
    rows, count = order_rows(evaluation), 0
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        while some := list(itertools.islice(rows, _ROWS_AT_ONCE)):
            writer.write_table(pa.Table.from_pylist(some, schema))
            count += len(some)
    return count


def _columns(evaluation: Evaluation) -> dict[str, str]:
    """Return the type of each column, as Arrow names it."""
    texts = ("order_id", "catalog_id", "status", "reason", "boxes", "currency", "warnings", "audit")
    kinds = dict.fromkeys(texts, "string") | dict.fromkeys(("units", "packed_units", "parcels"), "int64")
    row = _row(OrderOutcome("", OrderStatus.PLANNED, 0), "", _footprint_keys(evaluation))
    return {name: "bool" if name == "proved" else kinds.get(name, "double") for name in row}


def totals_dict(evaluation: Evaluation) -> dict[str, Any]:
    """Return the totals for a program: of each catalog over the orders that all catalogs pack whole.

    ``grams`` are g CO2e by profile and allocation; ``cost`` is None where a price is not known.
    """
    per_order = list(zip(*(result.outcomes for result in evaluation.results), strict=True))
    common = [all(each.status is OrderStatus.PLANNED for each in outcomes) for outcomes in per_order]
    catalogs = []
    for index, result in enumerate(evaluation.results):
        shared = [outcomes[index] for outcomes, whole in zip(per_order, common, strict=True) if whole]
        totals = totals_of(shared, [box.box_type_id for box in result.catalog.box_types])
        catalogs.append(
            {
                "catalog": result.catalog.catalog_id,
                "orders": evaluation.order_count,
                "orders_packed": result.totals.count(OrderStatus.PLANNED),
                "parcels": totals.parcels,
                "outer_litres": sum(each.outer_um3 for each in shared) / _UM3_PER_LITRE,
                "inner_litres": totals.inner_um3 / _UM3_PER_LITRE,
                "packaging_g": totals.packaging_total_mg / MG_PER_G,
                "billed_g": None if totals.chargeable_mg is None else totals.chargeable_mg / MG_PER_G,
                "cost": _cost(totals.packaging_price, totals.carriage_price),
                "grams": {
                    f"{each.profile_id} {each.allocation.value}": each.total_mg / MG_PER_G for each in totals.footprints
                },
                "boxes": {box: count for box, count in totals.box_use if count},
            }
        )
    return {"catalogs": catalogs, "orders": evaluation.order_count, "compared_orders": sum(common)}


def _cost(packaging: Money | None, carriage: Money | None) -> Mapping[str, Any] | None:
    known = [each for each in (packaging, carriage) if each is not None]
    currencies = {each.currency for each in known}
    if len(currencies) != 1:
        return None
    return {
        "packaging": _amount(packaging),
        "carriage": _amount(carriage),
        "total": _amount(Money(sum(each.minor for each in known), known[0].currency)),
        "currency": known[0].currency,
    }
