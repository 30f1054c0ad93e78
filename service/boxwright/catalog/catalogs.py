"""Loads box catalogs: shipped ones by name, anybody's by path."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from boxwright.catalog import cells
from boxwright.catalog.boxes import (
    ARTICLES,
    COUNTS,
    FLAGS,
    GRID,
    LENGTHS,
    MASSES,
    NUMBERS,
    REUSE_NUMBERS,
    TEXTS,
    read_box,
    unique_ids,
)
from boxwright.catalog.columns import REQUIRED, Column
from boxwright.catalog.documents import check_keys, parse_document, read_document, tables_of
from boxwright.catalog.folder import materials_folder
from boxwright.catalog.loader import load_materials
from boxwright.catalog.materials import Materials
from boxwright.catalog.own_dunnage import PRICED, read_own_dunnage, read_rate
from boxwright.catalog.tables import decoded_text, read_table
from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.currency import is_currency
from boxwright.domain.dunnage import Dunnage
from boxwright.domain.fields import too_long, too_wordy
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.findings import Findings

CATALOG_REQUIRED: dict[str, type] = {"catalog_id": str, "box_types": list}
CATALOG_OPTIONAL: dict[str, type] = {
    "version": str,
    "name": str,
    "source": str,
    "url": str,
    "licence": str,
    "note": str,
    "currency": str,
    "purchase_quantity": int,
    "dunnage": list,
    "defaults": dict,
}
NOT_KEPT = ("url", "licence", "note")
"""Texts of a file that say something of it and are no part of the catalog."""


def _decimal_float(cell: str) -> float:
    return float(cells.number(cell))


def _tiers(cell: str) -> list[dict[str, Any]]:
    """Return tiers written as ``QUANTITY=PRICE``, separated by semicolons."""
    return [
        {"min_quantity": cells.whole(quantity), "price_minor": cells.whole(price)}
        for quantity, price in cells.pairs(cell, "QUANTITY=PRICE, such as 100=75;500=60")
    ]


def _caps(cell: str) -> list[dict[str, Any]]:
    """Return caps written as ``NAME=MOST``, separated by semicolons."""
    return [
        {"property": name, "max_amount": _decimal_float(most)}
        for name, most in cells.pairs(cell, "NAME=MOST, such as lithium_wh=100")
    ]


def _grid(cell: str) -> dict[str, Any]:
    """Return compartments written as ``columns_mm=95 95;rows_mm=95;height_mm=340;articles=wine_bottle``."""
    form = "columns_mm=95 95;rows_mm=95;height_mm=340;articles=wine_bottle"
    found: dict[str, Any] = {}
    for name, lengths in cells.pairs(cell, f"such as {form}"):
        if name == ARTICLES:
            found[name] = lengths.split()
            continue
        numbers = [_decimal_float(each) for each in lengths.split()]
        found[name] = numbers[0] if name == "height_mm" and len(numbers) == 1 else numbers
    return found


CSV_REQUIRED = {"box_type_id": Column(cells.text, REQUIRED)}
CSV_OPTIONAL = {
    **{field: Column(_decimal_float) for field in (*LENGTHS, *MASSES, *NUMBERS, *REUSE_NUMBERS)},
    **{field: Column(cells.whole) for field in COUNTS},
    "price_tiers": Column(_tiers),
    "property_caps": Column(_caps),
    GRID: Column(_grid),
    "currency": Column(cells.text),
    **{field: Column(cells.text) for field in TEXTS if field != "box_type_id"},
    **{field: Column(cells.flag) for field in FLAGS},
}
"""Columns that a catalog in CSV may have; an empty cell is a field that is not given."""


def catalog_names() -> tuple[str, ...]:
    """Return the names of the shipped catalogs."""
    return tuple(sorted(path.stem for path in (materials_folder() / "catalogs").glob("*.toml")))


def load_catalog(name_or_path: str | os.PathLike[str], *, materials: Materials | None = None) -> Catalog:
    """Return a catalog.

    Parameters
    ----------
    name_or_path : str or path
        Name of a shipped catalog, such as ``china-post``, or a path that ends in ``.toml`` or ``.csv``.
    materials : Materials, optional
        Where boards, materials and dunnage are looked up. Default: the shipped data.

    Raises
    ------
    DataFileError
        If the file is malformed or incomplete; names file, row and field of every fault.
    InvalidInputError
        If there is no shipped catalog of that name.
    """
    path = _path_of(os.fspath(name_or_path))
    faults = Findings(file=path.name)
    catalog = _read(path, materials or load_materials(), faults)
    faults.raise_any()
    assert catalog is not None  # a catalog that cannot be read is a fault, raised above
    return catalog


def load_catalog_text(toml: str, *, materials: Materials) -> Catalog:
    """Return the catalog that a text in TOML holds; parameters and errors as for ``load_catalog``."""
    faults = Findings(file="catalog.toml")
    content = decoded_text(toml.encode(), faults)
    document = None if content is None else parse_document(content, faults)
    catalog = None if document is None else _of_document(document, materials, faults)
    faults.raise_any()
    assert catalog is not None  # as above
    return catalog


def validate_catalog_file(path: str | os.PathLike[str]) -> list[FieldViolation]:
    """Return every fault of a catalog file by row and field; none means that it loads."""
    faults = Findings()
    with faults:
        _read(Path(path), load_materials(), faults)
    return list(faults.violations)


def _path_of(name: str) -> Path:
    if name.lower().endswith((".toml", ".csv")):
        return Path(name)
    known = catalog_names()
    if name not in known:
        rule = f"must be one of {', '.join(known)}, or a path that ends in .toml or .csv, got {name!r}"
        raise InvalidInputError([FieldViolation("catalog", rule)])
    return materials_folder() / "catalogs" / f"{name}.toml"


def _read(path: Path, materials: Materials, faults: Findings) -> Catalog | None:
    suffix = path.suffix.lower()
    if suffix == ".csv":
        return _read_csv(path, materials, faults)
    if suffix == ".toml":
        return _read_toml(path, materials, faults)
    faults.add("file", "must end in .toml or .csv")
    return None


def _read_toml(path: Path, materials: Materials, faults: Findings) -> Catalog | None:
    document = read_document(path, faults)
    return None if document is None else _of_document(document, materials, faults)


def _of_document(document: dict[str, Any], materials: Materials, faults: Findings) -> Catalog | None:
    if not check_keys(document, CATALOG_REQUIRED, CATALOG_OPTIONAL, faults):
        return None
    for name in ("box_types", "dunnage"):
        if rule := too_long(name, document.get(name, ())):
            faults.add(name, rule)
            return None
    for name in NOT_KEPT:
        if rule := too_wordy(document.get(name, "")):
            faults.add(name, rule)
    defaults = document.get("defaults", {})
    boxes, given = [], []
    for at, entry in tables_of(document["box_types"], "box_types", faults):
        given.append((at, {**defaults, **entry}))
        box = read_box({**defaults, **entry}, materials, at)
        if box is not None:
            boxes.append(box)
    dunnage = _read_dunnage(document.get("dunnage", list(materials.default_dunnage)), materials, faults)
    kept = ("version", "currency", "purchase_quantity", "name", "source")
    texts: dict[str, Any] = {key: document[key] for key in kept if key in document}
    unique_ids(given)
    check_currency("currency", document.get("currency", ""), (values for _, values in given), faults)
    if not document.get("currency") and any(each.price_per_kg_minor is not None for each in dunnage):
        faults.add("currency", "is missing: dunnage has a price")
    return _build(document["catalog_id"], boxes, dunnage, texts, faults)


def _read_csv(path: Path, materials: Materials, faults: Findings) -> Catalog | None:
    """Read a catalog in CSV: a column per field that any row gives; the file's name is the catalog's."""
    boxes, given = [], []
    currency = ""
    for record in read_table(path, CSV_REQUIRED, faults, CSV_OPTIONAL, unread=True):
        values = {field: value for field, value in record.values.items() if value is not None}
        at = faults.row(record.row)
        code = values.pop("currency", "")
        currency = currency or code
        if code and code != currency:
            rule = f"must be {currency!r} as in the rows above: a catalog has one currency, got {code!r}"
            at.add("currency", rule)
        given.append((at, values))
        box = read_box(values, materials, at, record.unread)
        if box is not None:
            boxes.append(box)
    dunnage = _read_dunnage(list(materials.default_dunnage), materials, faults)
    unique_ids(given)
    check_currency("currency", currency, (values for _, values in given), faults)
    return _build(path.stem, boxes, dunnage, {"currency": currency}, faults)


def check_currency(field: str, currency: str, given: Iterable[Mapping[str, Any]], faults: Findings) -> None:
    """Note a currency that is no code, and prices of box types as given without one."""
    if currency and not is_currency(currency):
        faults.add(field, f"must be an ISO 4217 code such as EUR, got {currency!r}")
    priced = next((each for each in given if each.get("price_minor") is not None or each.get("price_tiers")), None)
    if priced is not None and not currency:
        faults.add(field, f"is missing: box type {priced.get('box_type_id')!r} has a price")


def _read_dunnage(entries: list[Any], materials: Materials, faults: Findings) -> tuple[Dunnage, ...]:
    """Return dunnage named by its id, or brought along as a table."""
    known = {each.dunnage_id: each for each in materials.dunnage}
    found = []
    for index, entry in enumerate(entries):
        at = faults.at(f"dunnage[{index}]")
        if isinstance(entry, dict) and not entry.keys() <= PRICED:
            own = read_own_dunnage(entry, materials, at)
            if own is not None:
                found.append(own)
            continue
        dunnage_id, price = entry, None
        if isinstance(entry, dict):
            dunnage_id, price = entry.get("dunnage_id"), read_rate(entry.get("price_per_kg_minor"), at)
        if isinstance(dunnage_id, str) and dunnage_id in known:
            found.append(replace(known[dunnage_id], price_per_kg_minor=price))
        else:
            names = ", ".join(sorted(known))
            rule = f"must be the id of known dunnage or a table, got {entry!r:.80}; known: {names}"
            at.add("", rule)
    return tuple(found)


def _build(
    catalog_id: str,
    boxes: list[BoxType],
    dunnage: tuple[Dunnage, ...],
    texts: Mapping[str, Any],
    faults: Findings,
) -> Catalog | None:
    if faults:
        return None
    return faults.attempt(Catalog, catalog_id, tuple(boxes), dunnage=dunnage, **texts)
