"""Loads box catalogs with their dunnage: shipped catalogs by name, others by path."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from boxwright.catalog.boxes import BOX_FIELDS, read_box
from boxwright.catalog.columns import (
    columns_of,
    entries,
    note_repeats,
    note_unknown,
    pairs,
    read_fields,
    read_noun,
    whole_number,
)
from boxwright.catalog.files import parse_document, read_document, read_table
from boxwright.catalog.folder import materials_folder, shipped_folder
from boxwright.catalog.loader import load_materials
from boxwright.catalog.materials import Materials
from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.currency import is_currency
from boxwright.domain.dunnage import Dunnage
from boxwright.domain.fields import Id, Label, Name, Note
from boxwright.domain.written import number
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.findings import Findings

FREE = ("dunnage_id", "price_per_kg_minor", "year", "region")
"""Fields of known dunnage that a catalog may change, besides facts about the source."""


def redefined(dunnage: Dunnage, known: Iterable[Dunnage]) -> str | None:
    """Return the rule that dunnage breaks if it has the id of known dunnage, but other figures; otherwise None.

    A plan states only the id of dunnage, from which readers would infer the known figures.
    """
    other = next((row for row in known if row.dunnage_id == dunnage.dunnage_id), None)
    if other is None:
        return None
    for name in (*(field for field in Dunnage.__annotations__ if field not in FREE), "read_in_source"):
        mine, theirs = getattr(dunnage, name), getattr(other, name)
        if mine != theirs:
            theirs, mine = ("none" if value in (None, "") else str(value).lower() for value in (theirs, mine))
            return f"must not be {dunnage.dunnage_id!r}, since its {name} in the data is {theirs}, got {mine}"
    return None


KEYS = columns_of(Dunnage, defaults={"material_id": "", "read_in_source": True})
"""Keys of a table of dunnage. By default, a caller's own figures count as verified."""

_PRICED = columns_of(Dunnage, "dunnage_id", "price_per_kg_minor")


def read_dunnage(given: Iterable[Any], materials: Materials, faults: Findings) -> tuple[Dunnage, ...]:
    """Return the dunnage of a catalog after noting every fault.

    An entry is an id or a table. A table with only id and price sets the price of known dunnage.
    """
    known = {dunnage.dunnage_id: dunnage for dunnage in materials.dunnage}
    found = []
    for at, entry in entries(list(given), "dunnage", faults):
        if isinstance(entry, dict) and not entry.keys() <= _PRICED.keys():
            if (own := read_noun(Dunnage, entry, at, KEYS)) is None:
                continue
            if own.material_id and own.material_id not in {material.material_id for material in materials.materials}:
                at.add("material_id", f"must be the id of a known material, got {own.material_id!r}")
            elif other := redefined(own, materials.dunnage):
                at.add("dunnage_id", other)
            found.append(own)
            continue
        priced = read_fields(_PRICED, entry, at) if isinstance(entry, dict) else {"dunnage_id": entry}
        if isinstance(name := priced.get("dunnage_id"), str) and name in known:
            found.append(replace(known[name], price_per_kg_minor=priced.get("price_per_kg_minor")))
        elif "dunnage_id" in priced:
            names = ", ".join(sorted(known))
            at.add("", f"must be a table, or the id of known dunnage ({names}), got {entry!r:.80}")
    return tuple(found)


@dataclass(frozen=True)
class _Document:
    """A catalog file with unread entries; ``Catalog`` lacks ``url``, ``licence`` and ``note``."""

    catalog_id: Id
    box_types: tuple[object, ...]
    version: Label = "1"
    name: Name = ""
    source: Note = ""
    url: Note = ""
    licence: Note = ""
    note: Note = ""
    currency: str = ""
    purchase_quantity: int = 0
    dunnage: tuple[object, ...] | None = None
    defaults: dict[str, Any] | None = None


CATALOG_KEYS = columns_of(_Document)
Given = list[tuple[Findings, dict[str, Any], frozenset[str]]]
"""Findings, fields, and names of fields with unreadable cells, for each box type of a file."""


def _tiers(cell: str, *_: object) -> list[dict[str, Any]]:
    found = pairs(cell, "QUANTITY=PRICE, such as 100=75;500=60")
    return [{"min_quantity": whole_number(quantity), "price_minor": whole_number(price)} for quantity, price in found]


def _caps(cell: str, *_: object) -> list[dict[str, Any]]:
    found = pairs(cell, "NAME=MOST, such as lithium_wh=100")
    return [{"property": name, "max_amount": float(number(most))} for name, most in found]


def _grid(cell: str, *_: object) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, words in pairs(
        cell, "NAME=VALUES, such as columns_mm=95 95;rows_mm=95;height_mm=340;articles=wine_bottle"
    ):
        given = words.split() if name == "articles" else [float(number(length)) for length in words.split()]
        found[name] = given[0] if name == "height_mm" and len(given) == 1 else given
    return found


CSV_COLUMNS = columns_of(
    BoxType,
    *BOX_FIELDS,
    defaults=dict.fromkeys(BOX_FIELDS),
    read={"price_tiers": _tiers, "property_caps": _caps, "compartments": _grid},
) | columns_of(Catalog, "currency")
"""Columns of a catalog in CSV; a field whose cell is empty is not stated."""


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
        Data with the boards, materials and dunnage. Default: the shipped data.

    Raises
    ------
    DataFileError
        If the file is malformed or incomplete, with file, row and field of every fault.
    InvalidInputError
        If no shipped catalog has this name.
    """
    name = os.fspath(name_or_path)
    if name.lower().endswith((".toml", ".csv")):
        path = Path(name)
    elif name in (known := catalog_names()):
        path = materials_folder() / "catalogs" / f"{name}.toml"
    else:
        rule = f"must be one of {', '.join(known)}, or a path that ends in .toml or .csv, got {name!r}"
        raise InvalidInputError([FieldViolation("catalog", rule)])
    faults = Findings(file=path.name)
    return _loaded(_read(path, materials or load_materials(), faults), faults)


def load_catalog_text(toml: str, *, materials: Materials) -> Catalog:
    """Return the catalog that a TOML string contains; errors as for ``load_catalog``."""
    faults = Findings(file="catalog.toml")
    return _loaded(_of_document(parse_document(toml.removeprefix("\ufeff"), faults), materials, faults), faults)


def _loaded(catalog: Catalog | None, faults: Findings) -> Catalog:
    faults.raise_any()
    assert catalog is not None  # otherwise a fault was raised above
    return catalog


def validate_catalog_file(path: str | os.PathLike[str]) -> list[FieldViolation]:
    """Return every fault of a catalog file, by row and field; none for a valid file."""
    faults = Findings()
    with faults:
        _read(Path(path), load_materials(), faults)
    return list(faults.violations)


def _read(path: Path, materials: Materials, faults: Findings) -> Catalog | None:
    suffix = path.suffix.lower()
    if suffix == ".csv":
        return _of_csv(path, materials, faults)
    if suffix == ".toml":
        return _of_document(read_document(path, faults), materials, faults)
    faults.add("file", "must end in .toml or .csv")
    return None


def _of_document(document: dict[str, Any] | None, materials: Materials, faults: Findings) -> Catalog | None:
    if document is None:
        return None
    note_unknown(document, CATALOG_KEYS, faults)
    values = read_fields(CATALOG_KEYS, document, faults)
    if faults:
        return None
    listed, defaults = values.pop("box_types"), values.pop("defaults") or {}
    given: Given = []
    for at, entry in entries(listed, "box_types", faults):
        if isinstance(entry, dict):
            given.append((at, {**defaults, **entry}, frozenset()))
        else:
            at.add("", f"must be a table, got {entry!r}")
    kept = {key: value for key, value in values.items() if key not in ("url", "licence", "note")}
    return _made(kept, given, materials, faults)


def _of_csv(path: Path, materials: Materials, faults: Findings) -> Catalog | None:
    given = []
    currency = ""
    needed = {"box_type_id": CSV_COLUMNS["box_type_id"]}
    records = read_table(path, needed, faults, CSV_COLUMNS, unread=True)
    if faults and not records:
        faults.add("file", "is not a catalog; `boxwright catalog convert` makes a catalog from a list of boxes")
    for record in records:
        values = {field: value for field, value in record.values.items() if value is not None}
        at = faults.row(record.row)
        code = values.pop("currency", "")
        currency = currency or code
        if code and code != currency:
            at.add("currency", f"must be {currency!r} as in the rows above, got {code!r}")
        given.append((at, values, record.unread))
    return _made({"catalog_id": path.stem, "currency": currency}, given, materials, faults)


def _made(head: dict[str, Any], given: Given, materials: Materials, faults: Findings) -> Catalog | None:
    boxes = [read_box(values, materials, at, unread) for at, values, unread in given]
    brought = head.pop("dunnage", None)
    dunnage = read_dunnage(materials.default_dunnage if brought is None else brought, materials, faults)
    note_repeats(((at, values) for at, values, _ in given), "box_type_id")
    check_currency(head["currency"], (values for _, values, _ in given), faults)
    if not head["currency"] and any(row.price_per_kg_minor is not None for row in dunnage):
        faults.add("currency", "is required, since dunnage has a price")
    return None if faults else faults.attempt(Catalog, box_types=tuple(filter(None, boxes)), dunnage=dunnage, **head)


def check_currency(currency: str, given: Iterable[Mapping[str, Any]], faults: Findings) -> None:
    """Note an invalid currency, and a missing currency if a box type has a price."""
    if currency and not is_currency(currency):
        faults.add("currency", f"must be an ISO 4217 code such as EUR, got {currency!r}")
    priced = next((box for box in given if box.get("price_minor") is not None or box.get("price_tiers")), None)
    if priced is not None and not currency:
        faults.add("currency", f"is required, since box type {priced.get('box_type_id')!r} has a price")


def is_shipped_data(materials: Materials) -> bool:
    """Return whether the data have the content of the shipped data."""
    return materials.content_hash == load_materials(shipped_folder()).content_hash


def is_shipped_catalog(catalog: Catalog) -> bool:
    """Return whether a catalog has the content of the shipped catalog of its id."""
    return catalog.content_hash == _shipped_hash(catalog.catalog_id)


@lru_cache(maxsize=64)
def _shipped_hash(catalog_id: str) -> str:
    folder = shipped_folder()
    # No path is made from the id, which may come from a request.
    for path in (folder / "catalogs").glob("*.toml"):
        if path.stem == catalog_id:
            return load_catalog(path, materials=load_materials(folder)).content_hash
    return ""
