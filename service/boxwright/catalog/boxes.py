"""Makes a BoxType from a catalog entry; size and tare that are not stated are derived from style and board."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from boxwright import units
from boxwright.catalog.blank import Size, blank_of, inner_of, outer_of
from boxwright.catalog.columns import columns_of, note_unknown, read_fields, unknown
from boxwright.catalog.materials import Materials
from boxwright.catalog.rows import wall_of
from boxwright.domain.box import FLEXIBLE_SHELLS, BoxStyle, BoxType, Opening
from boxwright.findings import Findings

LENGTHS = tuple(f"{side}_{edge}_mm" for side in ("inner", "outer") for edge in ("length", "width", "height"))
BOARD_FIGURES = ("caliper_mm", "grammage_g_per_m2", "edge_crush_kn_per_m")
"""Figures of a board that a box type may state itself."""
_OF_BOARD = {"board_id", "flute", "grade", "recycled_content", *BOARD_FIGURES}
_COLUMNS = {name: column for name, column in columns_of(BoxType).items() if name != "tare_basis"}
BOX_FIELDS = tuple(_COLUMNS)
"""Fields of a catalog entry, those of BoxType."""


def read_box(
    values: Mapping[str, Any],
    materials: Materials,
    faults: Findings,
    unread: Collection[str] = frozenset(),
) -> BoxType | None:
    """Return the box type of a catalog entry, or None after noting every fault.

    ``values`` holds the stated fields, of BOX_FIELDS. If ``unread`` names fields whose cells could not be read, the
    others are checked and the result is None.
    """
    before = len(faults)
    given = {field: value for field, value in values.items() if value is not None}
    note_unknown(given, BOX_FIELDS, faults)
    columns = {field: _COLUMNS[field] for field in given if field in _COLUMNS and field not in unread}
    broken = {*unread, *given} - {*(given := read_fields(columns, given, faults))}
    broken |= _unknown_ids(given, materials, faults) | _missing(given, broken, faults)
    caliper = grammage = None
    if not broken & _OF_BOARD:
        caliper, grammage = _board(given, materials, faults)
    if not broken & {"style", "opening", *_OF_BOARD, *LENGTHS}:
        style = given.setdefault("style", BoxStyle.RSC_0201)
        opening = given.setdefault("opening", Opening.TOP)
        _fill_size(given, style, opening, caliper, faults)
        inner = _size(given, "inner")
        if inner is not None and "tare_g" not in (*broken, *given):
            known = caliper is not None or style in (BoxStyle.FLAT_MAILER, BoxStyle.BAG)
            blank = blank_of(style, inner, caliper or Decimal(0), materials.blank_allowances, opening)
            if blank is None or grammage is None or not known:
                faults.add("tare_g", f"is missing and cannot be derived for {style.value}: give it, or a board_id")
            else:
                given |= {"tare_g": float(blank.mass_g(grammage)), "tare_basis": "board"}
                if blank.length_mm * blank.width_mm > blank.net_mm2:
                    given.setdefault("blank_g", float(blank.untrimmed_g(grammage)))
    if "fit_clearance_mm" not in given and given.get("style") is BoxStyle.RSC_0201 and not given.get("compartments"):
        given["fit_clearance_mm"] = float(materials.blank_allowances["rsc_fit_clearance"])
    if not broken & {"style", "max_net_g", *_OF_BOARD}:
        _limit_contents(given, materials)
    tare, gross = given.get("tare_g"), given.get("max_gross_g")
    if len(faults) == before and tare is not None and gross is not None and gross <= tare:
        faults.add("max_gross_g", f"must be above the empty box's {tare:g} g, got {gross:g}")
    return faults.attempt(BoxType, **given) if len(faults) == before and not unread else None


def _unknown_ids(given: Mapping[str, Any], materials: Materials, faults: Findings) -> set[str]:
    """Note unknown ids; return their fields."""
    found = set()
    for field, rows in (("board_id", materials.boards), ("material_id", materials.materials)):
        ids = sorted(getattr(row, field) for row in rows)
        if given.get(field) and given[field] not in ids:
            faults.add(field, f"must be one of {', '.join(ids)}, got {given[field]!r}")
            found.add(field)
    grid = given.get("compartments")
    for index, article in enumerate(grid.articles if grid else ()):
        if article not in materials.articles:
            faults.add(f"compartments.articles[{index}]", unknown(article, materials.articles))
    return found


def _missing(given: Mapping[str, Any], broken: Collection[str], faults: Findings) -> set[str]:
    """Note a missing id and the missing edges of a partly stated size; return these edges."""
    if "box_type_id" not in {*given, *broken}:
        faults.add("box_type_id", "is missing")
    found = set()
    for side in ("inner", "outer"):
        edges = [field for field in LENGTHS if field.startswith(side)]
        missing = [field for field in edges if field not in given and field not in broken]
        if len(missing) < len(edges):
            for field in missing:
                faults.add(field, f"is missing: the other {side} edges are given")
            found.update(missing)
    return found


def _board(given: dict[str, Any], materials: Materials, faults: Findings) -> tuple[Decimal | None, Decimal | None]:
    """Return caliper (mm) and grammage (g/m2), the entry's own or those of the board; None if unknown.

    The board is named by ``board_id``, or is the only one with the stated flute and grade. An entry with both figures
    of its own needs no board.
    """
    own = {field: Decimal(str(given[field])) for field in BOARD_FIGURES if given.get(field) is not None}
    needs_none = {"caliper_mm", "grammage_g_per_m2"} <= own.keys()
    flute, grade = given.get("flute", ""), given.get("grade", "")
    if not given.get("board_id") and flute and not needs_none:
        meant = [board for board in materials.boards if (board.flute, board.grade) == (flute, grade)]
        if len(meant) != 1:
            known = ", ".join(sorted({f"{board.flute} {board.grade}".strip() for board in materials.boards}))
            rule = f"must name one board of {known} with its grade, or come with caliper_mm and grammage_g_per_m2"
            faults.add("flute", f"{rule}, got {f'{flute} {grade}'.strip()!r}")
            return None, None
        given["board_id"] = meant[0].board_id
    if given.get("board_id"):
        board = materials.board(given["board_id"])
        if flute and flute != board.flute and not needs_none:
            rule = f"must be that of board_id, {board.flute!r}, or come with caliper_mm and grammage_g_per_m2"
            faults.add("flute", f"{rule}, got {flute!r}")
            return None, None
        given.setdefault("material_id", board.material_id)
        for field in ("flute", "grade"):
            if given.get(field) == getattr(board, field):  # messages show both in the same form
                del given[field]
        own = {"caliper_mm": board.caliper_mm, "grammage_g_per_m2": board.grammage_g_per_m2} | own
    return own.get("caliper_mm"), own.get("grammage_g_per_m2")


def _fill_size(
    given: dict[str, Any], style: BoxStyle, opening: Opening, caliper: Decimal | None, faults: Findings
) -> None:
    """Derive the missing one of inner and outer size where possible."""
    inner, outer = _size(given, "inner"), _size(given, "outer")
    if inner is None and outer is None:
        faults.add("inner_length_mm", "is missing: give the inner size, or the outer size with a board_id")
    elif inner is None and outer is not None:
        inner = None if caliper is None else inner_of(style, outer, caliper, opening)
        if inner is None:
            faults.add("inner_length_mm", f"cannot be derived for {style.value} without a board_id; give it")
        elif min(inner) <= 0:
            walls = f"board {given['board_id']!r}" if given.get("board_id") else f"{caliper} mm"
            faults.add("outer_length_mm", f"must leave space inside walls of {walls}")
        else:
            given |= zip(LENGTHS[:3], map(float, inner), strict=True)
            given.setdefault("size_basis", "outer")
    elif outer is None and inner is not None and caliper is not None:
        outer = outer_of(style, inner, caliper, opening)
        if outer is not None:
            given |= zip(LENGTHS[3:], map(float, outer), strict=True)


def _size(given: Mapping[str, Any], side: str) -> Size | None:
    """Return the inner or outer size in mm, or None unless all edges are stated."""
    edges = [given.get(field) for field in LENGTHS if field.startswith(side)]
    if None in edges:
        return None
    length, width, height = (Decimal(str(edge)) for edge in edges)
    return length, width, height


def _limit_contents(given: dict[str, Any], materials: Materials) -> None:
    """Limit the contents to the parcel limit of the box's board.

    The limit of a known grade applies in addition to a stated one; that of a wall only where no limit is stated.
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


@lru_cache(maxsize=4_096)
def derived_fields(box: BoxType, materials: Materials) -> tuple[str, ...]:
    """Return which of ``inner``, ``outer``, ``tare_g`` and ``blank_g`` follow from the other fields of a box type.

    A stated size that equals the derived one counts as derived, as does an outer size that is set to the inner size
    because it is unknown.
    """
    board = next((row for row in materials.boards if row.board_id == box.board_id), None)
    caliper = Decimal(str(box.caliper_mm)) if box.caliper_mm is not None else board.caliper_mm if board else None
    given = {field: getattr(box, field) for field in LENGTHS}
    inner, outer = _size(given, "inner"), _size(given, "outer")
    assert inner is not None  # each box type has both sizes
    assert outer is not None
    derived = []
    if box.outer_assumed:
        derived.append("outer")
    elif caliper is not None and box.size_basis == "outer":
        derived += ["inner"] if inner_of(box.style, outer, caliper, box.opening) == inner else []
    elif caliper is not None:
        derived += ["outer"] if outer_of(box.style, inner, caliper, box.opening) == outer else []
    if box.tare_basis == "board":
        derived.append("tare_g")
        own = box.grammage_g_per_m2
        grammage = Decimal(str(own)) if own is not None else board.grammage_g_per_m2 if board else Decimal(0)
        blank = blank_of(box.style, inner, caliper or Decimal(0), materials.blank_allowances, box.opening)
        if blank is not None and box.blank_mg == units.to_mg(float(blank.untrimmed_g(grammage))):
            derived.append("blank_g")
    return tuple(derived)


@lru_cache(maxsize=4_096)
def unverified_walls(box: BoxType, materials: Materials) -> str:
    """Return the size, ``inner`` or ``outer``, that rests on a board's unverified caliper; empty if none.

    A caliper that the catalog states does not count. Sizes count as derived as in ``derived_fields``.
    """
    board = next((row for row in materials.boards if row.board_id == box.board_id), None)
    if board is None or board.read_in_source or box.caliper_mm is not None or box.outer_assumed:
        return ""
    return next((side for side in derived_fields(box, materials) if side in ("inner", "outer")), "")
