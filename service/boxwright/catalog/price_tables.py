"""Reads price tables in TOML, or in CSV with a row per price."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from os import PathLike
from pathlib import Path
from typing import Annotated, Any

from boxwright.catalog.columns import columns_of, entries, nouns_of, read_noun
from boxwright.catalog.files import read_document, read_table
from boxwright.domain.fields import Positive, one_of, some
from boxwright.domain.price_table import (
    UNPRICED,
    AdditionalWeight,
    PriceTable,
    SurchargePrice,
    WeightPrice,
    ZonePrices,
)
from boxwright.findings import Findings

NEEDS = {
    "step": ("up_to", "price_minor"),
    "additional": ("per", "price_minor"),
    "surcharge": ("surcharge_id",),
    "fuel": ("percent",),
    "rounding": ("price_minor",),
}
"""Required columns by kind of row."""


@dataclass(frozen=True)
class _Row:
    price_table_id: str
    version: str
    carrier_service: str
    currency: str
    weight_unit: Annotated[str, one_of("kg", "lb")]
    kind: Annotated[str, one_of(*NEEDS)]
    effective_from: datetime.date | None = None
    effective_to: datetime.date | None = None
    zone: str = ""
    up_to: Positive | None = None
    per: Positive | None = None
    price_minor: int | None = None
    surcharge_id: str = ""
    per_weight_minor: int | None = None
    minimum_minor: int | None = None
    percent: Decimal | None = None


_COLUMNS = columns_of(_Row)
_NAMED = ("price_table_id", "version", "carrier_service", "currency", "weight_unit")
_HEAD = (*_NAMED, "effective_from", "effective_to")
"""Columns whose value must be the same in all rows of a table."""


@dataclass(frozen=True)
class _Document:
    price_tables: Annotated[tuple[object, ...], some("must hold at least one table")]


def load_price_tables(path: str | PathLike[str]) -> tuple[PriceTable, ...]:
    """Return the price tables of a file, in the order of the file.

    Parameters
    ----------
    path : str or path
        ``.toml`` has a list ``price_tables``. ``.csv`` has a row per step, additional weight, surcharge, fuel
        percentage or rounding; rows with the same ``price_table_id`` and ``version`` form a table.

    Raises
    ------
    DataFileError
        With every fault by path or row; also if tables of a carrier service overlap in time.
    """
    path = Path(path)
    faults = Findings(file=path.name)
    tables: list[tuple[Findings, PriceTable]] = []
    if path.suffix.lower() == ".csv":
        tables += _of_csv(path, faults)
    elif path.suffix.lower() == ".toml":
        tables += _of_toml(path, faults)
    else:
        faults.add("file", f"must end in .toml or .csv, got {path.name!r}")
    faults.raise_any()
    for index, (at, later) in enumerate(tables):
        for _, earlier in tables[:index]:
            begin = max(table.effective_from or datetime.date.min for table in (earlier, later))
            end = min(table.effective_to or datetime.date.max for table in (earlier, later))
            if earlier.carrier_service == later.carrier_service and begin <= end:
                at.add("", f"must not overlap in time with {earlier.name!r} of the same carrier service")
    faults.raise_any()
    return tuple(table for _, table in tables)


def _surcharges(given: Any, key: str, at: Findings) -> tuple[SurchargePrice, ...]:
    for place, table in entries(given, key, at):
        if isinstance(table, dict) and not {"amount_minor", "per_weight_minor", "minimum_minor"} & table.keys():
            place.add("amount_minor", UNPRICED)
    return nouns_of(SurchargePrice)(given, key, at)


_ZONE = columns_of(ZonePrices, defaults={"zone": ""})
_TABLE = columns_of(PriceTable, read={"zones": nouns_of(ZonePrices, _ZONE), "surcharges": _surcharges})


def _of_toml(path: Path, faults: Findings) -> Iterator[tuple[Findings, PriceTable]]:
    listed = read_noun(_Document, read_document(path, faults), faults)
    for at, raw in entries(listed.price_tables if listed else (), "price_tables", faults):
        if (table := read_noun(PriceTable, raw, at, _TABLE)) is not None:
            yield at, table


def _of_csv(path: Path, faults: Findings) -> Iterator[tuple[Findings, PriceTable]]:
    needed = {name: column for name, column in _COLUMNS.items() if name in (*_NAMED, "kind")}
    tables: dict[tuple[str, str], list[tuple[int, _Row]]] = {}
    for record in read_table(path, needed, faults, _COLUMNS):
        row = _Row(**record.values)
        tables.setdefault((row.price_table_id, row.version), []).append((record.row, row))
    for rows in () if faults else tables.values():
        yield from _of_rows(rows, faults)


def _of_rows(rows: Sequence[tuple[int, Any]], faults: Findings) -> Iterator[tuple[Findings, PriceTable]]:
    before = len(faults)
    first, head = rows[0]
    stated: dict[str, Any] = {name: getattr(head, name) for name in _HEAD}
    steps: dict[str, list[Any]] = {}
    more: dict[str, list[Any]] = {}
    surcharges: list[Any] = []
    for number, row in rows:
        at, noted = faults.row(number, {"amount_minor": "price_minor"}), len(faults)
        for name in _HEAD:
            if getattr(row, name) != stated[name]:
                at.add(name, f"must be {stated[name]} as in row {first}, got {getattr(row, name)}")
        for name in NEEDS[row.kind]:
            if getattr(row, name) in (None, ""):
                at.add(name, f"must not be empty for {row.kind}")
        amounts = (row.price_minor, row.per_weight_minor, row.minimum_minor)
        if row.kind == "surcharge" and all(amount is None for amount in amounts):
            at.add("price_minor", UNPRICED)
        if len(faults) > noted:
            continue
        if row.kind == "step":
            steps.setdefault(row.zone, []).append(at.attempt(WeightPrice, row.up_to, row.price_minor))
        elif row.kind == "additional":
            further = at.attempt(AdditionalWeight, row.per, row.price_minor, row.up_to)
            more.setdefault(row.zone, []).append(further)
        elif row.kind == "surcharge":
            terms: Any = (*(amount or 0 for amount in amounts), (row.zone,) if row.zone else ())
            surcharges.append(at.attempt(SurchargePrice, row.surcharge_id, *terms))
        elif row.kind == "fuel":
            stated["fuel_percent"] = row.percent
        else:
            stated["round_to_minor"] = row.price_minor
    at = faults.at(f"row {first}")
    zones = {**steps, **more}
    if len(faults) == before:
        stated["zones"] = [
            at.at(f"zones[{index}]").attempt(ZonePrices, zone, tuple(steps.get(zone, ())), tuple(more.get(zone, ())))
            for index, zone in enumerate(zones)
        ]
    if len(faults) == before and (table := at.attempt(PriceTable, **stated, surcharges=tuple(surcharges))):
        yield at, table
