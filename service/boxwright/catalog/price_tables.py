"""Reads price tables: TOML, or CSV with a row per price."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from os import PathLike
from pathlib import Path
from typing import Any

from boxwright.catalog import cells
from boxwright.catalog.columns import REQUIRED, Column
from boxwright.catalog.documents import check_keys, read_document, tables_of
from boxwright.catalog.tables import read_table
from boxwright.domain.price_table import (
    UNPRICED,
    AdditionalWeight,
    PriceTable,
    SurchargePrice,
    WeightPrice,
    ZonePrices,
)
from boxwright.findings import Findings

_TABLE = {
    "price_table_id": str,
    "version": str,
    "carrier_service": str,
    "currency": str,
    "weight_unit": str,
    "zones": list,
}
_TABLE_MORE = {
    "fuel_percent": object,
    "round_to_minor": int,
    "rounding": str,
    "effective_from": date,
    "effective_to": date,
    "surcharges": list,
}
_KINDS = ("step", "additional", "surcharge", "fuel", "rounding")
_COLUMNS = {
    "price_table_id": Column(cells.text, REQUIRED),
    "version": Column(cells.text, REQUIRED),
    "carrier_service": Column(cells.text, REQUIRED),
    "currency": Column(cells.text, REQUIRED),
    "weight_unit": Column(cells.one_of("kg", "lb"), REQUIRED),
    "kind": Column(cells.one_of(*_KINDS), REQUIRED),
}
_MORE_COLUMNS = {
    "effective_from": Column(cells.day, None),
    "effective_to": Column(cells.day, None),
    "zone": Column(cells.text, ""),
    "up_to": Column(cells.positive, None),
    "per": Column(cells.positive, None),
    "price_minor": Column(cells.whole, None),
    "surcharge_id": Column(cells.text, ""),
    "per_weight_minor": Column(cells.whole, None),
    "minimum_minor": Column(cells.whole, None),
    "percent": Column(cells.number, None),
}
_AMOUNTS = frozenset({"amount_minor", "per_weight_minor", "minimum_minor"})
_HEAD = (
    *("price_table_id", "version", "carrier_service", "currency", "weight_unit"),
    *("effective_from", "effective_to"),
)


def load_price_tables(path: str | PathLike[str]) -> tuple[PriceTable, ...]:
    """Return the price tables of a file, as it lists them.

    Parameters
    ----------
    path : str or path
        ``.toml``: a list ``price_tables``. ``.csv``: a row per step, further weight, surcharge, fuel percentage or
        rounding; rows of one ``price_table_id`` and ``version`` are a table.

    Raises
    ------
    DataFileError
        If the file is malformed; names every fault by path or row. Tables of one service may not overlap in time.
    """
    path = Path(path)
    faults = Findings(file=path.name)
    if path.suffix.lower() == ".csv":
        tables = _of_csv(path, faults)
    elif path.suffix.lower() == ".toml":
        tables = _of_toml(path, faults)
    else:
        faults.add("file", f"must end in .toml or .csv, got {path.name!r}")
        tables = []
    faults.raise_any()
    for place, index in _clashes([table for _, table in tables]):
        earlier = tables[place][1].name
        tables[index][0].add("", f"must not hold on a day of {earlier!r} for the same carrier service")
    faults.raise_any()
    return tuple(table for _, table in tables)


def _clashes(tables: Sequence[PriceTable]) -> Iterable[tuple[int, int]]:
    for index, later in enumerate(tables):
        for place, earlier in enumerate(tables[:index]):
            if earlier.carrier_service == later.carrier_service and overlap(earlier, later):
                yield place, index


def overlap(one: PriceTable, other: PriceTable) -> bool:
    """Whether two tables hold on a common day."""
    starts = [each.effective_from or date.min for each in (one, other)]
    ends = [each.effective_to or date.max for each in (one, other)]
    return max(starts) <= min(ends)


def _of_toml(path: Path, faults: Findings) -> list[tuple[Findings, PriceTable]]:
    document = read_document(path, faults)
    if document is None or not check_keys(document, {"price_tables": list}, {}, faults):
        return []
    found = []
    for at, raw in tables_of(document["price_tables"], "price_tables", faults):
        if check_keys(raw, _TABLE, _TABLE_MORE, at):
            found += _built(raw, at)
    if not document["price_tables"]:
        faults.add("price_tables", "must hold at least one table")
    return found


def _built(raw: Mapping[str, Any], faults: Findings) -> list[tuple[Findings, PriceTable]]:
    before = len(faults)
    zones = []
    for at, each in tables_of(raw["zones"], "zones", faults):
        if check_keys(each, {"steps": list}, {"zone": str, "additional": list}, at):
            steps = _rows(each["steps"], "steps", WeightPrice, ("up_to",), ("up_to", "price_minor"), at)
            more = each.get("additional", [])
            further = _rows(more, "additional", AdditionalWeight, ("per", "up_to"), ("per", "price_minor"), at)
            zones.append(ZonePrices(each.get("zone", ""), tuple(steps), tuple(further)))
    listed = raw.get("surcharges", [])
    surcharges = _rows(listed, "surcharges", SurchargePrice, (), ("surcharge_id",), faults)
    for index, each in enumerate(listed):
        if isinstance(each, dict) and not _AMOUNTS & each.keys():
            faults.add(f"surcharges[{index}].amount_minor", UNPRICED)
    fields = {key: raw[key] for key in raw if key not in ("zones", "surcharges", "fuel_percent")}
    if "fuel_percent" in raw:
        fields["fuel_percent"] = _decimal(raw["fuel_percent"], "fuel_percent", faults)
    return _table(fields, zones, surcharges, faults) if len(faults) == before else []


def _table(
    fields: Mapping[str, Any], zones: Sequence[ZonePrices], surcharges: Sequence[SurchargePrice], faults: Findings
) -> list[tuple[Findings, PriceTable]]:
    table = faults.attempt(PriceTable, **fields, zones=tuple(zones), surcharges=tuple(surcharges))
    return [] if table is None else [(faults, table)]


def _rows(
    values: Iterable[object],
    name: str,
    kind: Any,
    decimals: Sequence[str],
    required: Sequence[str],
    faults: Findings,
) -> list[Any]:
    """Return parts of a table; keys are the fields of the part."""
    kinds = dict.fromkeys(kind.__dataclass_fields__, object)
    found = []
    for at, each in tables_of(values, name, faults):
        if check_keys(each, dict.fromkeys(required, object), kinds, at):
            read = {key: _decimal(value, key, at) if key in decimals else value for key, value in each.items()}
            read = {key: tuple(value) if isinstance(value, list) else value for key, value in read.items()}
            found.append(kind(**read))
    return found


def _decimal(value: object, name: str, faults: Findings) -> Decimal:
    """Return a number given as number or text, exactly as written."""
    try:
        if not isinstance(value, bool) and isinstance(value, int | float | str):
            return Decimal(str(value))
    except InvalidOperation:
        pass
    faults.add(name, f"must be a number, got {value!r}")
    return Decimal(0)


def _of_csv(path: Path, faults: Findings) -> list[tuple[Findings, PriceTable]]:
    records = read_table(path, _COLUMNS, faults, _MORE_COLUMNS)
    if faults:
        return []
    tables: dict[tuple[str, str], list[tuple[int, dict[str, Any]]]] = {}
    for record in records:
        values = {**{name: column.default for name, column in _MORE_COLUMNS.items()}, **record.values}
        tables.setdefault((values["price_table_id"], values["version"]), []).append((record.row, values))
    found = []
    for rows in tables.values():
        found += _of_rows(rows, faults)
    return found


def _of_rows(rows: Sequence[tuple[int, dict[str, Any]]], faults: Findings) -> list[tuple[Findings, PriceTable]]:
    before = len(faults)
    first, head = rows[0][0], {name: rows[0][1][name] for name in _HEAD}
    steps: dict[str, list[WeightPrice]] = {}
    more: dict[str, list[AdditionalWeight]] = {}
    surcharges = []
    for row, values in rows:
        at = faults.row(row)
        for name in _HEAD:
            if values[name] != head[name]:
                at.add(name, f"must be as in row {first}, {head[name]}, got {values[name]}")
        kind, zone, minor = values["kind"], values["zone"], values["price_minor"]
        for name in _NEEDS[kind]:
            if values[name] in (None, ""):
                at.add(name, f"must not be empty for {kind}")
        amounts = (values["price_minor"], values["per_weight_minor"], values["minimum_minor"])
        if kind == "surcharge" and all(each is None for each in amounts):
            at.add("price_minor", UNPRICED)
        if len(faults) != before:
            continue
        if kind == "step":
            steps.setdefault(zone, []).append(WeightPrice(values["up_to"], minor))
        elif kind == "additional":
            more.setdefault(zone, []).append(AdditionalWeight(values["per"], minor, values["up_to"]))
        elif kind == "surcharge":
            by_weight, least = values["per_weight_minor"] or 0, values["minimum_minor"] or 0
            zones_of = (zone,) if zone else ()
            surcharges.append(SurchargePrice(values["surcharge_id"], minor or 0, by_weight, least, zones_of))
        elif kind == "fuel":
            head["fuel_percent"] = values["percent"]
        else:
            head["round_to_minor"] = minor
    if len(faults) != before:
        return []
    zones = [ZonePrices(zone, tuple(steps.get(zone, ())), tuple(more.get(zone, ()))) for zone in {**steps, **more}]
    return _table(head, zones, surcharges, faults.at(f"row {first}"))


_NEEDS = {
    "step": ("up_to", "price_minor"),
    "additional": ("per", "price_minor"),
    "surcharge": ("surcharge_id",),
    "fuel": ("percent",),
    "rounding": ("price_minor",),
}
"""Columns that a kind of row needs."""
