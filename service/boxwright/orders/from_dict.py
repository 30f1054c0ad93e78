"""Plain data to an order: every violation at once, each with the path of its field."""

import difflib
import functools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from boxwright.domain.fields import MAX_ID_LENGTH, own_number, too_long
from boxwright.domain.order import ECHOED, DimensionStatus, Fragility, Item, Order
from boxwright.domain.property_cap import PropertyAmount
from boxwright.domain.sales_packaging import MaterialMass, SalesPackaging
from boxwright.domain.soft_goods import SoftGoods
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.findings import Findings
from boxwright.orders.fields import EDGES, LINE_FIELDS

_LINE_KEYS = tuple(dict.fromkeys(field.inside or field.name for field in LINE_FIELDS))
_REQUIRED = tuple(field.name for field in LINE_FIELDS if field.required)
_STAND_IN = {"line_id": "line", "quantity": 1, "mass_g": 0.0, **dict.fromkeys(EDGES, 1.0)}
EDGE_REQUIRED = "is required, unless dimension_status is missing"
_LARGEST_WHOLE = 10**18

_OF_REQUESTS = {
    "order": "this is a request to a server; the command line reads its order alone, with fields by other names",
    "cuboid": "requests to a server state sizes so; here length_mm, width_mm and height_mm stand in the line",
}
"""Keys of requests to a server, by what to write instead."""


def order_from_dict(data: object) -> Order:
    """Return the order that plain data, such as parsed JSON, describes.

    Parameters
    ----------
    data : object
        ``{"order_id": ..., "lines": [{"line_id": ..., "quantity": ..., "length_mm": ...}]}``; a line has the
        fields of :class:`boxwright.domain.order.Item`; ``fragility`` is ``{"fragility_class": ..., "g_level": ...}``
        with one of them or both, ``soft_goods`` is ``{"min_thickness_mm": ..., "max_folds": ...}``, and
        ``sales_packaging`` is ``{"cushion_mm": ..., "cushion_material_id": ..., "materials": {...}}`` with g by
        material. A null is the same as an absent field.

    Raises
    ------
    InvalidInputError
        With every broken rule, each field named by its path, such as ``lines[3].mass_g``. Unknown fields,
        numbers given as text and missing required fields are among them.
    """
    found = Findings()
    if not isinstance(data, Mapping):
        raise InvalidInputError([FieldViolation("order", f"must be an object, got {kind_of(data)}")])
    _refuse_unknown(data, ("order_id", "lines"), "an order", found)
    order_id, lines = data.get("order_id"), data.get("lines")
    _check_text("order_id", order_id, found, required=True)
    items: list[Item] = []
    if not isinstance(lines, list | tuple):
        found.add("lines", "is required" if lines is None else f"must be a list of order lines, got {kind_of(lines)}")
    elif long := too_long("lines", lines):
        found.add("lines", long)
    else:
        for index, line in enumerate(lines):
            with found.at(f"lines[{index}]"):
                items.append(item_from_dict(line))
    found.raise_any()
    return Order(str(order_id), tuple(items))


def item_from_dict(data: object) -> Item:
    """Return the order line that plain data describes.

    Raises
    ------
    InvalidInputError
        With every broken rule; paths start at the line.
    """
    found = Findings()
    if not isinstance(data, Mapping):
        raise InvalidInputError([FieldViolation("", f"must be an object, got {kind_of(data)}")])
    _refuse_unknown(data, _LINE_KEYS, "an order line", found)
    values = {key: tame(value) for key, value in data.items() if value is not None and key in _LINE_KEYS}
    missing = values.get("dimension_status") == DimensionStatus.MISSING.value
    for name in _REQUIRED:
        if name not in values and not (missing and name in EDGES):
            found.add(name, "is required" if name not in EDGES else EDGE_REQUIRED)
    for name in ("line_id", *ECHOED, "article", "keep_together_group", "keep_apart_group"):
        if name in values:
            _check_text(name, values[name], found, required=name == "line_id")
    for name, read in _INNER.items():
        if name in values:
            values[name] = read(values[name], found)
            if values[name] is None:
                del values[name]
    # A field already refused gets a harmless stand-in, so that the rules of the other fields still speak.
    refused = {violation.field for violation in found.violations}
    for name in refused:
        values.pop(name, None)
    stand_ins = {name: value for name, value in _STAND_IN.items() if name in refused}
    item = found.attempt(Item, **{**values, **stand_ins})
    found.raise_any()
    assert item is not None  # else a rule is broken, which is raised above
    return item


def _object(data: object, name: str, owner: str, found: Findings) -> Mapping[Any, Any] | None:
    """Return an inner object of a line, or None after noting why not: it is none, or has unknown keys."""
    if not isinstance(data, Mapping):
        found.add(name, f"must be an object, got {kind_of(data)}")
        return None
    keys = tuple(field.json_key for field in LINE_FIELDS if field.inside == name)
    return None if _refuse_unknown(data, keys, owner, found.at(name)) else data


def _fragility(data: object, found: Findings) -> Fragility | None:
    given = _object(data, "fragility", "a fragility", found)
    if given is None:
        return None
    if isinstance(given.get("g_level"), bool):
        found.add("fragility.g_level", "must be a number, got true or false")
        return None
    at = found.at("fragility", lambda field: "" if field == "fragility" else field)
    return at.attempt(Fragility, given.get("fragility_class"), tame(given.get("g_level")))


def _soft_goods(data: object, found: Findings) -> SoftGoods | None:
    given = _object(data, "soft_goods", "soft goods", found)
    if given is None:
        return None
    folds = given.get("max_folds")
    return found.at("soft_goods").attempt(
        SoftGoods, tame(given.get("min_thickness_mm")), 0 if folds is None else tame(folds)
    )


def _sales_packaging(data: object, found: Findings) -> SalesPackaging | None:
    before = len(found)
    given = _object(data, "sales_packaging", "a sales packaging", found)
    if given is None:
        return None
    at = found.at("sales_packaging")
    masses: list[MaterialMass] = []
    named = given.get("materials")
    if named is not None and not isinstance(named, Mapping):
        at.add("materials", f"must give g by material (in CSV as corrugated-board=80;eps=12), got {kind_of(named)}")
    elif named is not None and (long := too_long("materials", named)):
        at.add("materials", long)
    elif named is not None:
        for name, mass_g in named.items():
            with at.field(f"materials.{name}"):
                masses.append(MaterialMass(name, tame(mass_g)))
    cushion, material = given.get("cushion_mm"), given.get("cushion_material_id")
    read = at.attempt(
        SalesPackaging, 0.0 if cushion is None else tame(cushion), "" if material is None else material, tuple(masses)
    )
    return read if len(found) == before else None


def _property_amounts(data: object, found: Findings) -> tuple[PropertyAmount, ...] | None:
    before, name = len(found), "property_amounts"
    amounts: list[PropertyAmount] = []
    if not isinstance(data, Mapping):
        found.add(name, f"must give numbers by property (in CSV as lithium_wh=20;liquid_ml=500), got {kind_of(data)}")
    elif long := too_long(name, data):
        found.add(name, long)
    else:
        for key, amount in data.items():
            if not _check_text(name, key, found, required=True):
                with found.field(f"{name}.{key}"):
                    amounts.append(PropertyAmount(key, tame(amount)))
    return tuple(amounts) if len(found) == before else None


_INNER: Mapping[str, Callable[[object, Findings], Any]] = {
    "fragility": _fragility,
    "soft_goods": _soft_goods,
    "sales_packaging": _sales_packaging,
    "property_amounts": _property_amounts,
}
"""Readers of the objects inside a line."""


def _refuse_unknown(data: Mapping[Any, Any], known: Sequence[str], owner: str, found: Findings) -> bool:
    """Note every key that is not known; return whether there is any."""
    unknown = [key for key in data if key not in known]
    for key in unknown:
        found.add(str(key), f"is not a field of {owner}; {_hint(str(key)[:MAX_ID_LENGTH], tuple(known))}")
    return bool(unknown)


@functools.lru_cache(maxsize=256)
def _hint(key: str, known: tuple[str, ...]) -> str:
    """Return where a key may belong: a file may have many lines, and all with the same slip."""
    if key in _OF_REQUESTS:
        return _OF_REQUESTS[key]
    like = {name.replace("_", ""): name for name in known}
    near = difflib.get_close_matches(key.replace("_", "").lower(), like, 1, 0.75)
    return f"do you mean {like[near[0]]}?" if near else f"its fields are {', '.join(known)}"


def _check_text(name: str, value: object, found: Findings, *, required: bool) -> bool:
    """Note the rule that a text breaks: a text at all, valid Unicode, as long as an identifier; return whether any."""
    rule = ""
    if value is None:
        rule = "is required" if required else ""
    elif not isinstance(value, str):
        rule = f"must be a text, got {kind_of(value)}"
    elif any("\ud800" <= letter <= "\udfff" for letter in value):
        rule = "must be valid Unicode, got half of a surrogate pair"
    elif required and not value.strip():
        rule = "must be a non-empty text"
    elif len(value) > MAX_ID_LENGTH:
        rule = f"must have at most {MAX_ID_LENGTH} characters, got {len(value)}"
    if rule:
        found.add(name, rule)
    return bool(rule)


def tame(value: Any) -> Any:
    """Return a number as Python's own; a whole one past 18 digits as a float, so that no rule formats thousands."""
    value = own_number(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > _LARGEST_WHOLE:
        try:
            return float(value)
        except OverflowError:
            return math.inf if value > 0 else -math.inf
    return value


def kind_of(value: object) -> str:
    """Return what a value is, in the words of JSON."""
    value = own_number(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return f"the number {tame(value):g}"
    if isinstance(value, str):
        return f"the text {value[:40]!r}"
    return "a list" if isinstance(value, list | tuple) else "an object"
