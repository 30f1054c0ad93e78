"""Turns one catalog entry into a BoxType: what is not given is derived from style and board, or refused."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from boxwright import units
from boxwright.catalog.blank import Size, blank_of, inner_of, outer_of
from boxwright.catalog.faults import Faults
from boxwright.catalog.materials import Materials
from boxwright.domain.box import BoxStyle, BoxType, Opening
from boxwright.domain.material import Board
from boxwright.domain.price import PriceTier
from boxwright.domain.property_cap import PropertyCap
from boxwright.errors import InvalidInputError

LENGTHS = tuple(f"{side}_{edge}_mm" for side in ("inner", "outer") for edge in ("length", "width", "height"))
MASSES = ("tare_g", "max_gross_g", "max_net_g")
COUNTS = {"price_minor": 0, "minimum_order_quantity": 0, "available": 0, "trips": 1}
"""Whole numbers, with the least that each may be."""
TEXTS = ("box_type_id", "name", "material_id", "style", "opening", "board_id", "source", "note", "size_basis")
FLAGS = ("verified",)
LISTS: dict[str, tuple[type[PriceTier] | type[PropertyCap], tuple[str, str]]] = {
    "price_tiers": (PriceTier, ("min_quantity", "price_minor")),
    "property_caps": (PropertyCap, ("property", "max_amount")),
}
"""Lists of tables, with what an entry becomes and its keys."""
BOX_FIELDS = (*TEXTS[:1], *LENGTHS, *MASSES, *COUNTS, *LISTS, *TEXTS[1:], *FLAGS)
"""Fields of a catalog entry, named as in BoxType."""

FieldName = Callable[[str], str]


def read_box(values: Mapping[str, Any], name: FieldName, materials: Materials, faults: Faults) -> BoxType | None:
    """Return the box type of a catalog entry, or None after noting every fault.

    Parameters
    ----------
    values : mapping of str to object
        The fields that are given, named as in BOX_FIELDS.
    name : callable
        How a field is called in errors, such as ``box_types[3].tare_g``.
    materials : Materials
        Where boards and materials are looked up.
    faults : Faults
        Collects what is wrong.
    """
    before = len(faults.violations)
    broken = _broken_fields(values, name, materials, faults)
    given = dict(values)
    for field in LISTS.keys() & given.keys() - broken:
        given[field] = _read_list(field, given[field], name, faults)
    board = None
    if given.get("board_id") and "board_id" not in broken:
        board = materials.board(given["board_id"])
        given.setdefault("material_id", board.material_id)
    if not broken & {"style", "opening", "board_id", *LENGTHS}:
        style = BoxStyle(given.get("style", BoxStyle.RSC_0201))
        opening = Opening(given.get("opening", Opening.TOP))
        if _fill_sizes(given, style, opening, board, name, faults):
            _fill_tare(given, style, opening, board, materials, name, faults)
    tare, gross = given.get("tare_g"), given.get("max_gross_g")
    if len(faults.violations) == before and tare is not None and gross is not None and gross <= tare:
        faults.add(name("max_gross_g"), f"must be above the empty box's {tare:g} g, got {gross:g}")
    return _build(given, name, faults) if len(faults.violations) == before else None


def _broken_fields(values: Mapping[str, Any], name: FieldName, materials: Materials, faults: Faults) -> set[str]:
    """Note the rule that each field breaks on its own; return those fields."""
    allowed = {
        "board_id": {each.board_id for each in materials.boards},
        "material_id": {each.material_id for each in materials.materials},
        "style": {each.value for each in BoxStyle},
        "opening": {each.value for each in Opening},
    }
    broken = set()
    if "box_type_id" not in values:
        faults.add(name("box_type_id"), "is missing")
    for field, value in values.items():
        rule = _rule(field, value)
        if rule is None and field in allowed and value and value not in allowed[field]:
            rule = f"must be one of {', '.join(sorted(allowed[field]))}, got {value!r}"
        if rule is not None:
            faults.add(name(field), rule)
            broken.add(field)
    return broken


def _rule(field: str, value: object) -> str | None:
    if field in LENGTHS:
        return units.length_rule(value)
    if field in MASSES:
        return units.mass_rule(value)
    if field in TEXTS:
        return None if isinstance(value, str) else f"must be a text, got {value!r}"
    if field in FLAGS:
        return None if isinstance(value, bool) else f"must be true or false, got {value!r}"
    if field in LISTS:
        return None if isinstance(value, list | tuple) else f"must be a list of tables, got {value!r}"
    if field in COUNTS:
        whole = isinstance(value, int) and not isinstance(value, bool) and value >= COUNTS[field]
        return None if whole else f"must be a whole number of {COUNTS[field]} or more, got {value!r}"
    return f"is unknown; known: {', '.join(BOX_FIELDS)}"


def _read_list(field: str, entries: Iterable[Any], name: FieldName, faults: Faults) -> tuple[Any, ...]:
    """Return the entries of a list field, those left out that break a rule, each noted by its place and key."""
    kind, keys = LISTS[field]
    found = []
    for index, entry in enumerate(entries):
        at = f"{field}[{index}]"
        if isinstance(entry, kind):
            found.append(entry)
            continue
        if not isinstance(entry, dict):
            faults.add(name(at), f"must be a table of {' and '.join(keys)}, got {entry!r}")
            continue
        wrong = [(key, f"is unknown; known: {', '.join(keys)}") for key in entry if key not in keys]
        wrong += [(key, "is missing") for key in keys if key not in entry]
        for key, rule in wrong:
            faults.add(name(f"{at}.{key}"), rule)
        if wrong:
            continue
        try:
            found.append(kind(**entry))
        except InvalidInputError as error:
            for violation in error.violations:
                faults.add(name(f"{at}.{violation.field}"), violation.rule)
    return tuple(found)


def _fill_sizes(
    given: dict[str, Any],
    style: BoxStyle,
    opening: Opening,
    board: Board | None,
    name: FieldName,
    faults: Faults,
) -> bool:
    """Complete inner and outer size; return whether both are there."""
    before = len(faults.violations)
    inner, outer = (_size(given, side, name, faults) for side in ("inner", "outer"))
    if len(faults.violations) > before:
        return False
    if inner is None and outer is None:
        faults.add(name("inner_length_mm"), "is missing: give the inner size, or the outer size with a board_id")
    elif inner is None and outer is not None:
        derived = inner_of(style, outer, board.caliper_mm, opening) if board else None
        if derived is None:
            faults.add(name("inner_length_mm"), f"cannot be derived for {style.value} without a board_id; give it")
        elif min(derived) <= 0:
            faults.add(name("outer_length_mm"), f"must leave room inside walls of board {given['board_id']!r}")
        else:
            _put(given, "inner", derived)
            given.setdefault("size_basis", "outer")
    elif outer is None and inner is not None and board is not None:
        derived = outer_of(style, inner, board.caliper_mm, opening)
        if derived is not None:
            _put(given, "outer", derived)
    return len(faults.violations) == before


def _size(given: Mapping[str, Any], side: str, name: FieldName, faults: Faults) -> Size | None:
    """Return the inner or outer size, or None if it is not given or, after noting so, given in part."""
    fields = [f"{side}_{edge}_mm" for edge in ("length", "width", "height")]
    missing = [field for field in fields if given.get(field) is None]
    if missing:
        for field in missing if len(missing) < len(fields) else ():
            faults.add(name(field), f"is missing beside the other {side} edges")
        return None
    length, width, height = (Decimal(str(given[field])) for field in fields)
    return length, width, height


def _put(given: dict[str, Any], side: str, size: Size) -> None:
    for edge, value in zip(("length", "width", "height"), size, strict=True):
        given[f"{side}_{edge}_mm"] = float(value)


def _fill_tare(
    given: dict[str, Any],
    style: BoxStyle,
    opening: Opening,
    board: Board | None,
    materials: Materials,
    name: FieldName,
    faults: Faults,
) -> None:
    if given.get("tare_g") is not None:
        return
    inner = tuple(Decimal(str(given[f"inner_{edge}_mm"])) for edge in ("length", "width", "height"))
    blank = None
    if board is not None:
        size = (inner[0], inner[1], inner[2])
        blank = blank_of(style, size, board.caliper_mm, materials.blank_allowances, opening)
    if board is None or blank is None:
        faults.add(name("tare_g"), f"is missing and cannot be derived for {style.value}: give it, or a board_id")
        return
    given["tare_g"] = float(blank.mass_g(board.grammage_g_per_m2))


def _build(given: Mapping[str, Any], name: FieldName, faults: Faults) -> BoxType | None:
    try:
        return BoxType(**given)
    except InvalidInputError as error:
        for violation in error.violations:
            faults.add(name(violation.field), violation.rule)
        return None


def unique_ids(boxes: Iterable[tuple[str, BoxType]], faults: Faults) -> None:
    """Note every box type whose id an earlier one has; each comes with the name of its field."""
    first: dict[str, str] = {}
    for field, box in boxes:
        if first.setdefault(box.box_type_id, field) != field:
            faults.add(field, f"must be unique, {box.box_type_id!r} is at {first[box.box_type_id]} already")
