"""Turns one catalog entry into a BoxType: what is not given is derived from style and board, or refused."""

import difflib
import sys
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from boxwright import units
from boxwright.catalog.blank import Size, blank_of, inner_of, outer_of
from boxwright.catalog.materials import Materials
from boxwright.catalog.renamed import unknown
from boxwright.catalog.rows import wall_of
from boxwright.domain.box import BOARD_FIGURES, FLEXIBLE_SHELLS, BoxStyle, BoxType, Opening
from boxwright.domain.compartments import Compartments
from boxwright.domain.fields import is_number, is_whole
from boxwright.domain.price import PriceTier
from boxwright.domain.property_cap import PropertyCap
from boxwright.domain.reuse import MOST_IDLE_SHARE, MOST_RETURN_KM
from boxwright.domain.source_grade import SourceGrade
from boxwright.findings import Findings

LENGTHS = tuple(f"{side}_{edge}_mm" for side in ("inner", "outer") for edge in ("length", "width", "height"))
MASSES = ("tare_g", "max_gross_g", "max_net_g", "blank_g")
NUMBERS = (*BOARD_FIGURES, "recycled_content")
"""Figures of a board that a box type may give itself; BoxType has their rules."""
COUNTS = {"price_minor": 0, "minimum_order_quantity": 0, "available": 0, "trips": 1}
"""Whole numbers, with the least that each may be."""
REUSE_NUMBERS = {"idle_share": MOST_IDLE_SHARE, "return_distance_km": MOST_RETURN_KM}
"""Numbers of reuse, with the most that each may be."""
TEXTS = (
    *("box_type_id", "name", "material_id", "style", "opening", "board_id", "source", "note", "size_basis"),
    *("flute", "grade", "washing_factor_id", "source_grade"),
)
FLAGS = ("read_in_source", "tare_weighed", "trips_counted")
LISTS: dict[str, tuple[type[PriceTier] | type[PropertyCap], tuple[str, str]]] = {
    "price_tiers": (PriceTier, ("min_quantity", "price_minor")),
    "property_caps": (PropertyCap, ("property", "max_amount")),
}
"""Lists of tables, with what an entry becomes and its keys."""
GRID = "compartments"
GRID_KEYS = ("columns_mm", "rows_mm", "height_mm")
"""The table of compartments, and the keys that it must have."""
ARTICLES = "articles"
"""Its key for what the pack is for; may be left out."""
BOX_FIELDS = (*TEXTS[:1], *LENGTHS, *MASSES, *COUNTS, *REUSE_NUMBERS, *LISTS, GRID, *TEXTS[1:], *NUMBERS, *FLAGS)
"""Fields of a catalog entry, named as in BoxType."""


def read_box(
    values: Mapping[str, Any],
    materials: Materials,
    faults: Findings,
    unread: Collection[str] = frozenset(),
) -> BoxType | None:
    """Return the box type of a catalog entry, or None after noting every fault.

    Parameters
    ----------
    values : mapping of str to object
        The fields that are given, named as in BOX_FIELDS.
    materials : Materials
        Where boards and materials are looked up.
    faults : Findings
        The view of the entry, which collects what is wrong.
    unread : collection of str, optional
        Fields that are given and could not be read, which is noted already: the others are judged, no box comes of it.
    """
    before = len(faults)
    broken = _broken_fields(values, unread, materials, faults)
    given = dict(values)
    for field in sorted(LISTS.keys() & given.keys() - broken):
        given[field] = _read_list(field, given[field], faults)
    if GRID in given.keys() - broken:
        given[GRID] = _read_grid(given[GRID], materials, faults.at(GRID))
    board = None
    of_board = {"board_id", "flute", "grade", *NUMBERS}
    if not broken & of_board:
        board = _board(given, materials, faults)
    if not broken & {"style", "opening", *of_board, *LENGTHS}:
        style = BoxStyle(given.get("style", BoxStyle.RSC_0201))
        opening = Opening(given.get("opening", Opening.TOP))
        if _fill_sizes(given, style, opening, board, faults) and "tare_g" not in broken:
            _fill_tare(given, style, opening, board, materials, faults)
    if not broken & {"style", "max_net_g", *of_board}:
        _limit_contents(given, materials)
    tare, gross = given.get("tare_g"), given.get("max_gross_g")
    if len(faults) == before and tare is not None and gross is not None and gross <= tare:
        faults.add("max_gross_g", f"must be above the empty box's {tare:g} g, got {gross:g}")
    return faults.attempt(BoxType, **given) if len(faults) == before and not unread else None


def _broken_fields(
    values: Mapping[str, Any], unread: Collection[str], materials: Materials, faults: Findings
) -> set[str]:
    """Note the rule that each field breaks on its own; return those fields, and those that could not be read."""
    allowed = {
        "board_id": {each.board_id for each in materials.boards},
        "material_id": {each.material_id for each in materials.materials},
        "style": {each.value for each in BoxStyle},
        "opening": {each.value for each in Opening},
        "source_grade": {each.value for each in SourceGrade},
    }
    broken = set(unread)
    if "box_type_id" not in {*values, *unread}:
        faults.add("box_type_id", "is missing")
    for field, value in values.items():
        rule = _rule(field, value)
        if rule is None and field in allowed and value and value not in allowed[field]:
            rule = f"must be one of {', '.join(sorted(allowed[field]))}, got {value!r}"
        if rule is not None:
            faults.add(field, rule)
            broken.add(field)
    for side in ("inner", "outer"):
        edges = [field for field in LENGTHS if field.startswith(side)]
        missing = [field for field in edges if values.get(field) is None and field not in unread]
        if len(missing) < len(edges):
            for field in missing:
                faults.add(field, f"is missing: the other {side} edges are given")
            broken.update(missing)
    return broken


def _rule(field: str, value: object) -> str | None:
    if field in LENGTHS:
        return units.length_rule(value)
    if field in MASSES:
        return units.mass_rule(value)
    if field in TEXTS:
        return None if isinstance(value, str) else f"must be a text, got {value!r}"
    if field in NUMBERS:
        return None if is_number(value, -sys.float_info.max, sys.float_info.max) else f"must be a number, got {value!r}"
    if field in FLAGS:
        return None if isinstance(value, bool) else f"must be true or false, got {value!r}"
    if field in LISTS:
        return None if isinstance(value, list | tuple) else f"must be a list of tables, got {value!r}"
    if field == GRID:
        fits = isinstance(value, dict | Compartments)
        return None if fits else f"must be a table of {', '.join(GRID_KEYS)}, got {value!r}"
    if field in REUSE_NUMBERS:
        fits = is_number(value, 0, REUSE_NUMBERS[field])
        return None if fits else f"must be from 0 to {REUSE_NUMBERS[field]:,}, got {value!r}"
    if field in COUNTS:
        return (
            None
            if is_whole(value, COUNTS[field])
            else f"must be a whole number of {COUNTS[field]} or more, got {value!r}"
        )
    return unknown(field, f"is unknown; known: {', '.join(BOX_FIELDS)}")


def _read_list(field: str, entries: Iterable[Any], faults: Findings) -> tuple[Any, ...]:
    """Return the entries of a list field, those left out that break a rule, each noted by its place and key."""
    kind, keys = LISTS[field]
    found = []
    for index, entry in enumerate(entries):
        at = faults.at(f"{field}[{index}]")
        if isinstance(entry, kind):
            found.append(entry)
        elif not isinstance(entry, dict):
            at.add("", f"must be a table of {' and '.join(keys)}, got {entry!r}")
        elif wrong := [key for key in (*entry, *keys) if (key in entry) != (key in keys)]:
            for key in wrong:
                at.add(key, "is missing" if key in keys else f"is unknown; known: {', '.join(keys)}")
        else:
            with at:
                found.append(kind(**entry))
    return tuple(found)


def _read_grid(table: Mapping[str, Any] | Compartments, materials: Materials, at: Findings) -> Compartments | None:
    if isinstance(table, Compartments):
        return table
    known = (*GRID_KEYS, ARTICLES)
    wrong = [*(key for key in table if key not in known), *(key for key in GRID_KEYS if key not in table)]
    for key in wrong:
        at.add(key, "is missing" if key in GRID_KEYS else f"is unknown; known: {', '.join(known)}")
    grid = None if wrong else at.attempt(Compartments, **table)
    for index, article in enumerate(() if grid is None else grid.articles):
        if article not in materials.articles:
            near = difflib.get_close_matches(article, materials.articles) or sorted(materials.articles)
            rule = f"must be an article of the materials data, such as {', '.join(near)}, got {article!r}"
            at.add(f"{ARTICLES}[{index}]", rule)
    return grid


@dataclass(frozen=True, slots=True)
class _Board:
    """The board that sizes and tare are derived from, as far as it is known."""

    caliper_mm: Decimal | None
    grammage_g_per_m2: Decimal | None


def _board(given: dict[str, Any], materials: Materials, faults: Findings) -> _Board | None:
    """Return the board that is named, or meant by its flute and grade, with the entry's own figures before its own.

    A flute means the one board of the materials that has it and no grade, with a grade the one that has both. An entry
    that gives thickness and mass per area itself needs no board.
    """
    own = {field: Decimal(str(given[field])) for field in BOARD_FIGURES if given.get(field) is not None}
    flute, grade = given.get("flute", ""), given.get("grade", "")
    if not given.get("board_id") and flute and not {"caliper_mm", "grammage_g_per_m2"} <= own.keys():
        meant = [each for each in materials.boards if (each.flute, each.grade) == (flute, grade)]
        if len(meant) != 1:
            known = ", ".join(sorted({" ".join(filter(None, (each.flute, each.grade))) for each in materials.boards}))
            rule = f"must name one board of {known} with its grade, or come with caliper_mm and grammage_g_per_m2"
            faults.add("flute", f"{rule}, got {' '.join(filter(None, (flute, grade)))!r}")
            return None
        given["board_id"] = meant[0].board_id
    if not given.get("board_id"):
        return _Board(own.get("caliper_mm"), own.get("grammage_g_per_m2")) if own else None
    board = materials.board(given["board_id"])
    if flute and flute != board.flute and not {"caliper_mm", "grammage_g_per_m2"} <= own.keys():
        rule = f"must be that of board_id, {board.flute!r}, or come with caliper_mm and grammage_g_per_m2"
        faults.add("flute", f"{rule}, got {flute!r}")
        return None
    given.setdefault("material_id", board.material_id)
    return _Board(own.get("caliper_mm", board.caliper_mm), own.get("grammage_g_per_m2", board.grammage_g_per_m2))


def _fill_sizes(
    given: dict[str, Any],
    style: BoxStyle,
    opening: Opening,
    board: _Board | None,
    faults: Findings,
) -> bool:
    """Complete inner and outer size; return whether both are there."""
    before = len(faults)
    inner, outer = _size(given, "inner"), _size(given, "outer")
    if inner is None and outer is None:
        faults.add("inner_length_mm", "is missing: give the inner size, or the outer size with a board_id")
    elif inner is None and outer is not None:
        thick = board.caliper_mm if board else None
        derived = None if thick is None else inner_of(style, outer, thick, opening)
        if derived is None:
            faults.add("inner_length_mm", f"cannot be derived for {style.value} without a board_id; give it")
        elif min(derived) <= 0:
            walls = f"board {given['board_id']!r}" if given.get("board_id") else f"{thick} mm"
            faults.add("outer_length_mm", f"must leave room inside walls of {walls}")
        else:
            _put(given, "inner", derived)
            given.setdefault("size_basis", "outer")
    elif outer is None and inner is not None and board is not None and board.caliper_mm is not None:
        derived = outer_of(style, inner, board.caliper_mm, opening)
        if derived is not None:
            _put(given, "outer", derived)
    return len(faults) == before


def _size(given: Mapping[str, Any], side: str) -> Size | None:
    """Return the inner or outer size, or None if it is not given; a part of one is a fault noted before."""
    edges = [given.get(field) for field in LENGTHS if field.startswith(side)]
    if None in edges:
        return None
    length, width, height = (Decimal(str(edge)) for edge in edges)
    return length, width, height


def _put(given: dict[str, Any], side: str, size: Size) -> None:
    for edge, value in zip(("length", "width", "height"), size, strict=True):
        given[f"{side}_{edge}_mm"] = float(value)


def _fill_tare(
    given: dict[str, Any],
    style: BoxStyle,
    opening: Opening,
    board: _Board | None,
    materials: Materials,
    faults: Findings,
) -> None:
    if given.get("tare_g") is not None:
        return
    inner = tuple(Decimal(str(given[f"inner_{edge}_mm"])) for edge in ("length", "width", "height"))
    blank = None
    grammage = board.grammage_g_per_m2 if board else None
    if board is not None and grammage is not None and (board.caliper_mm is not None or style is BoxStyle.FLAT_MAILER):
        size = (inner[0], inner[1], inner[2])
        blank = blank_of(style, size, board.caliper_mm or Decimal(0), materials.blank_allowances, opening)
    if grammage is None or blank is None:
        faults.add("tare_g", f"is missing and cannot be derived for {style.value}: give it, or a board_id")
        return
    given["tare_g"] = float(blank.mass_g(grammage))
    given["tare_basis"] = "board"
    if given.get("blank_g") is None and blank.length_mm * blank.width_mm > blank.net_mm2:
        given["blank_g"] = float(blank.untrimmed_g(grammage))


def _limit_contents(given: dict[str, Any], materials: Materials) -> None:
    """Limit the contents to what a single parcel may hold in a box of its board.

    The limit of a grade binds beside a stated one; without a known grade a stated limit, net or gross, is the maker's.
    """
    if given.get("style") in FLEXIBLE_SHELLS:
        return
    board = materials.board(given["board_id"]) if given.get("board_id") else None
    limit = materials.parcel_limits.get(given.get("grade") or (board.grade if board else ""))
    stated = given.get("max_net_g")
    if limit is None and stated is None and given.get("max_gross_g") is None:
        limit = materials.parcel_limits.get(wall_of(given.get("flute") or (board.flute if board else "")) or "")
    if limit is not None:
        most_g = units.to_g(limit.max_contents_mg)
        given["max_net_g"] = most_g if stated is None else min(most_g, stated)


def unique_ids(given: Iterable[tuple[Findings, Mapping[str, Any]]]) -> None:
    """Note every box type whose id an earlier one has, whatever else is wrong with either; each with its view."""
    first: dict[str, Findings] = {}
    for at, values in given:
        box_type_id = values.get("box_type_id")
        if isinstance(box_type_id, str) and (other := first.setdefault(box_type_id, at)) is not at:
            at.add("box_type_id", f"must be unique, {box_type_id!r} is at {other.path('box_type_id')} already")
