"""Writes a catalog to a file from which ``load_catalog`` reads the same box types and dunnage."""

from __future__ import annotations

import dataclasses
import enum
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from boxwright.catalog.boxes import BOX_FIELDS, LENGTHS
from boxwright.catalog.catalogs import KEYS
from boxwright.domain.box import BoxType
from boxwright.domain.compartments import Compartments
from boxwright.domain.dunnage import Dunnage

if TYPE_CHECKING:
    from boxwright.catalog import Materials
    from boxwright.domain.box import Catalog

_DEFAULTS = {field.name: field.default for field in dataclasses.fields(BoxType)}
_OF_DUNNAGE = {field.name: field.default for field in dataclasses.fields(Dunnage)}
_DERIVED = ("tare_g", "blank_g")
"""Fields that are derived from style and board if the tare is."""


def catalog_toml(catalog: Catalog, materials: Materials, remarks: tuple[str, ...] = ()) -> str:
    """Return a catalog as TOML, with remarks as comments above it.

    Dunnage that the materials contain is written as its id.
    """
    head = {"catalog_id": catalog.catalog_id, "version": catalog.version, "currency": catalog.currency}
    head |= {"name": catalog.name, "source": catalog.source}
    known = {dunnage.dunnage_id: dunnage for dunnage in materials.dunnage}
    parts = ["\n".join(f"# {line}" for line in remarks), _lines({key: text for key, text in head.items() if text})]
    parts.append(f"dunnage = [{', '.join(_dunnage(dunnage, known) for dunnage in catalog.dunnage)}]")
    parts += [f"[[box_types]]\n{_lines(_box(box))}" for box in catalog.box_types]
    return "\n\n".join(part for part in parts if part) + "\n"


def _box(box: BoxType) -> dict[str, Any]:
    derived = set(_DERIVED) if box.tare_basis == "board" else set()
    given = {name: getattr(box, name) for name in BOX_FIELDS if name not in derived}
    return {
        name: value
        for name, value in given.items()
        if name in LENGTHS or (value != _DEFAULTS.get(name, dataclasses.MISSING) and value not in ((), None))
    }


def _dunnage(dunnage: Dunnage, known: dict[str, Dunnage]) -> str:
    same = known.get(dunnage.dunnage_id)
    if same is not None:
        if dunnage.price_per_kg_minor is None:
            return _value(dunnage.dunnage_id)
        return _table({"dunnage_id": dunnage.dunnage_id, "price_per_kg_minor": dunnage.price_per_kg_minor})
    given = {name: getattr(dunnage, name) for name in KEYS}
    return _table(
        {
            name: value
            for name, value in given.items()
            if value != _OF_DUNNAGE.get(name, dataclasses.MISSING) and value not in (None, "")
        }
    )


def _lines(fields: dict[str, Any]) -> str:
    return "\n".join(f"{key} = {_value(value)}" for key, value in fields.items())


def _table(fields: dict[str, Any]) -> str:
    return f"{{ {', '.join(f'{key} = {_value(value)}' for key, value in fields.items())} }}"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, enum.StrEnum):
        return _value(value.value)
    if isinstance(value, str):
        # A JSON string is a valid TOML basic string, except for DEL.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Compartments):
        grid = {"columns_mm": value.columns_mm, "rows_mm": value.rows_mm, "height_mm": value.height_mm}
        return _table({**grid, **({"articles": value.articles} if value.articles else {})})
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _table({field.name: getattr(value, field.name) for field in dataclasses.fields(value)})
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return f"{value:g}" if isinstance(value, float) and value == int(value) and abs(value) < 1e6 else repr(value)
