"""Plain data to an order: every violation at once, each with the path of its field."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from boxwright.domain.fields import MAX_ID_LENGTH, own_number, too_long
from boxwright.domain.order import DimensionStatus, Fragility, Item, Order
from boxwright.domain.property_cap import PropertyAmount
from boxwright.domain.sales_packaging import MaterialMass, SalesPackaging
from boxwright.domain.soft_goods import SoftGoods
from boxwright.errors import MOST_VIOLATIONS, FieldViolation, InvalidInputError
from boxwright.orders.fields import EDGES, LINE_FIELDS

_LINE_KEYS = tuple(dict.fromkeys(field.inside or field.name for field in LINE_FIELDS))
_SALES_KEYS = tuple(field.json_key for field in LINE_FIELDS if field.inside == "sales_packaging")
_FRAGILITY_KEYS = tuple(field.name for field in LINE_FIELDS if field.inside == "fragility")
_SOFT_KEYS = tuple(field.name for field in LINE_FIELDS if field.inside == "soft")
_REQUIRED = tuple(field.name for field in LINE_FIELDS if field.required)
_STAND_IN = {"line_id": "line", "quantity": 1, "mass_g": 0.0, **dict.fromkeys(EDGES, 1.0)}
EDGE_REQUIRED = "is required, unless dimension_status is missing"
_LARGEST_WHOLE = 10**18


def order_from_dict(data: object) -> Order:
    """Return the order that plain data, such as parsed JSON, describes.

    Parameters
    ----------
    data : object
        ``{"order_id": ..., "lines": [{"line_id": ..., "quantity": ..., "length_mm": ...}]}``; a line has the
        fields of :class:`boxwright.domain.order.Item`; ``fragility`` is ``{"fragility_class": ...}`` or
        ``{"g_level": ...}``, ``soft`` is ``{"min_thickness_mm": ..., "max_folds": ...}``, and ``sales_packaging`` is
        ``{"cushion_mm": ..., "cushion_material_id": ..., "materials": {...}}`` with g by material. A null is the
        same as an absent field.

    Raises
    ------
    InvalidInputError
        With every broken rule, each field named by its path, such as ``lines[3].mass_g``. Unknown fields,
        numbers given as text and missing required fields are among them.
    """
    if not isinstance(data, Mapping):
        raise InvalidInputError([FieldViolation("order", f"must be an object, got {kind_of(data)}")])
    violations = list(_unknown(data, ("order_id", "lines"), "an order"))
    order_id = data.get("order_id")
    violations += _text_rules("order_id", order_id, required=True)
    lines = data.get("lines")
    items: list[Item] = []
    if not isinstance(lines, list | tuple):
        rule = "is required" if lines is None else f"must be a list of order lines, got {kind_of(lines)}"
        violations.append(FieldViolation("lines", rule))
    else:
        if long := too_long("lines", lines):
            violations.append(FieldViolation("lines", long))
            lines = ()
        for index, line in enumerate(lines):
            if len(violations) > MOST_VIOLATIONS:
                break
            try:
                items.append(item_from_dict(line))
            except InvalidInputError as error:
                violations += (violation.under(f"lines[{index}]") for violation in error.violations)
    if violations:
        raise InvalidInputError(violations)
    return Order(str(order_id), tuple(items))


def item_from_dict(data: object) -> Item:
    """Return the order line that plain data describes.

    Raises
    ------
    InvalidInputError
        With every broken rule; paths start at the line.
    """
    if not isinstance(data, Mapping):
        raise InvalidInputError([FieldViolation("", f"must be an object, got {kind_of(data)}")])
    violations = list(_unknown(data, _LINE_KEYS, "an order line"))
    values: dict[str, Any] = {key: tame(data[key]) for key in _LINE_KEYS if data.get(key) is not None}
    missing = values.get("dimension_status") == DimensionStatus.MISSING.value
    violations += (
        FieldViolation(name, "is required" if name not in EDGES else EDGE_REQUIRED)
        for name in _REQUIRED
        if name not in values and not (missing and name in EDGES)
    )
    for name in ("line_id", "sku", "description", "keep_together_group", "keep_apart_group"):
        if name in values:
            violations += _text_rules(name, values[name], required=name == "line_id")
    if "fragility" in values:
        try:
            values["fragility"] = _fragility(values["fragility"])
        except InvalidInputError as error:
            violations += error.violations
            del values["fragility"]
    if "soft" in values:
        try:
            values["soft"] = _soft_goods(values["soft"])
        except InvalidInputError as error:
            violations += error.violations
            del values["soft"]
    if "sales_packaging" in values:
        try:
            values["sales_packaging"] = _sales_packaging(values["sales_packaging"])
        except InvalidInputError as error:
            violations += error.violations
            del values["sales_packaging"]
    if "property_amounts" in values:
        try:
            values["property_amounts"] = _property_amounts(values["property_amounts"])
        except InvalidInputError as error:
            violations += error.violations
            del values["property_amounts"]
    # A field already refused gets a harmless stand-in, so that the rules of the other fields still speak.
    refused = {violation.field for violation in violations}
    for name in refused:
        values.pop(name, None)
    stand_ins = {name: value for name, value in _STAND_IN.items() if name in refused}
    try:
        item = Item(**{**values, **stand_ins})
    except InvalidInputError as error:
        violations += error.violations
    if violations:
        raise InvalidInputError(violations)
    return item


def _fragility(data: object) -> Fragility:
    """Return the fragility of a line."""
    if not isinstance(data, Mapping):
        raise InvalidInputError([FieldViolation("fragility", f"must be an object, got {kind_of(data)}")])
    violations = [each.under("fragility") for each in _unknown(data, _FRAGILITY_KEYS, "a fragility")]
    if isinstance(data.get("g_level"), bool):
        violations.append(FieldViolation("fragility.g_level", "must be a number, got true or false"))
    if violations:
        raise InvalidInputError(violations)
    try:
        return Fragility(data.get("fragility_class"), tame(data.get("g_level")))
    except InvalidInputError as error:
        raise InvalidInputError(
            [each if each.field == "fragility" else each.under("fragility") for each in error.violations]
        ) from None


def _soft_goods(data: object) -> SoftGoods:
    """Return how far the goods of a line fold and give way."""
    if not isinstance(data, Mapping):
        raise InvalidInputError([FieldViolation("soft", f"must be an object, got {kind_of(data)}")])
    if unknown := [each.under("soft") for each in _unknown(data, _SOFT_KEYS, "soft goods")]:
        raise InvalidInputError(unknown)
    folds = data.get("max_folds")
    try:
        return SoftGoods(tame(data.get("min_thickness_mm")), 0 if folds is None else tame(folds))
    except InvalidInputError as error:
        raise InvalidInputError([each.under("soft") for each in error.violations]) from None


def _sales_packaging(data: object) -> SalesPackaging:
    """Return the sales packaging of a line."""
    at = "sales_packaging"
    if not isinstance(data, Mapping):
        raise InvalidInputError([FieldViolation(at, f"must be an object, got {kind_of(data)}")])
    violations = [each.under(at) for each in _unknown(data, _SALES_KEYS, "a sales packaging")]
    masses: list[MaterialMass] = []
    given = data.get("materials")
    if given is not None and not isinstance(given, Mapping):
        rule = f"must give g by material (in CSV as corrugated-board=80;eps=12), got {kind_of(given)}"
        violations.append(FieldViolation(f"{at}.materials", rule))
    elif given is not None and (long := too_long("materials", given)):
        violations.append(FieldViolation(f"{at}.materials", long))
    elif given is not None:
        for name, mass_g in given.items():
            try:
                masses.append(MaterialMass(name, tame(mass_g)))
            except InvalidInputError as error:
                violations += (
                    FieldViolation(f"{at}.materials.{name}", f"{each.field} {each.rule}") for each in error.violations
                )
    cushion, material = data.get("cushion_mm"), data.get("cushion_material_id")
    try:
        found = SalesPackaging(
            0.0 if cushion is None else tame(cushion), "" if material is None else material, tuple(masses)
        )
    except InvalidInputError as error:
        violations += [each.under(at) for each in error.violations]
    if violations:
        raise InvalidInputError(violations)
    return found


def _property_amounts(data: object) -> tuple[PropertyAmount, ...]:
    """Return the property amounts of a line."""
    if not isinstance(data, Mapping):
        rule = f"must give numbers by property (in CSV as lithium_wh=20;liquid_ml=500), got {kind_of(data)}"
        raise InvalidInputError([FieldViolation("property_amounts", rule)])
    if long := too_long("property_amounts", data):
        raise InvalidInputError([FieldViolation("property_amounts", long)])
    amounts: list[PropertyAmount] = []
    violations: list[FieldViolation] = []
    for name, amount in data.items():
        if broken := list(_text_rules("property_amounts", name, required=True)):
            violations += broken
            continue
        try:
            amounts.append(PropertyAmount(name, tame(amount)))
        except InvalidInputError as error:
            violations += (FieldViolation(f"property_amounts.{name}", each.rule) for each in error.violations)
    if violations:
        raise InvalidInputError(violations)
    return tuple(amounts)


def _unknown(data: Mapping[Any, Any], known: tuple[str, ...], owner: str) -> Iterator[FieldViolation]:
    """Yield a violation per key that is not known."""
    for key in data:
        if key not in known:
            yield FieldViolation(str(key), f"is not a field of {owner}; its fields are {', '.join(known)}")


def _text_rules(name: str, value: object, *, required: bool) -> Iterator[FieldViolation]:
    """Yield the rules of a text: a text at all, valid Unicode, not longer than an identifier may be."""
    if value is None:
        if required:
            yield FieldViolation(name, "is required")
    elif not isinstance(value, str):
        yield FieldViolation(name, f"must be a text, got {kind_of(value)}")
    elif any("\ud800" <= letter <= "\udfff" for letter in value):
        yield FieldViolation(name, "must be valid Unicode, got half of a surrogate pair")
    elif required and not value.strip():
        yield FieldViolation(name, "must be a non-empty text")
    elif len(value) > MAX_ID_LENGTH:
        yield FieldViolation(name, f"must have at most {MAX_ID_LENGTH} characters, got {len(value)}")


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
