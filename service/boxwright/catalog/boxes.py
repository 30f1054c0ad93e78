"""Reads the box types of catalogs; a size or tare that is not stated follows from style and board."""

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
"""Figures that a box type may state in place of those of its board."""
_OF_BOARD = {"board_id", "flute", "grade", "recycled_content", *BOARD_FIGURES}
_COLUMNS = {name: column for name, column in columns_of(BoxType).items() if name != "tare_basis"}
BOX_FIELDS = tuple(_COLUMNS)
"""Fields of a box type in a catalog."""


def read_box(
    values: Mapping[str, Any],
    materials: Materials,
    faults: Findings,
    unread: Collection[str] = frozenset(),
) -> BoxType | None:
    """Return the box type that a catalog describes, or None after noting every fault.

    ``values`` are the stated fields of BOX_FIELDS, ``unread`` the names of fields whose cells could not be read. If
    there are unread fields, the other fields are checked and the result is None.
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
                faults.add("tare_g", f"is required for {style.value}, unless it follows from a board_id")
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
        faults.add("max_gross_g", f"must be above the mass of the empty box, {tare:g} g, got {gross:g}")
    return faults.attempt(BoxType, **given) if len(faults) == before and not unread else None


def _unknown_ids(given: Mapping[str, Any], materials: Materials, faults: Findings) -> set[str]:
    """Return the fields with unknown ids after noting these."""
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
    """Return the missing edges of a partly stated size after noting these and a missing id."""
    if "box_type_id" not in {*given, *broken}:
        faults.add("box_type_id", "is missing")
    found = set()
    for side in ("inner", "outer"):
        edges = [field for field in LENGTHS if field.startswith(side)]
        missing = [field for field in edges if field not in given and field not in broken]
        if len(missing) < len(edges):
            for field in missing:
                faults.add(field, f"is required, since other {side} edges are given")
            found.update(missing)
    return found


def _board(given: dict[str, Any], materials: Materials, faults: Findings) -> tuple[Decimal | None, Decimal | None]:
    """Return caliper (mm) and grammage (g/m2), as stated or by the board; None for an unknown figure.

    The board is that of ``board_id``, or the only board with the stated flute and grade. If both figures are stated, no
    board is needed.
    """
    own = {field: Decimal(str(given[field])) for field in BOARD_FIGURES if given.get(field) is not None}
    needs_none = {"caliper_mm", "grammage_g_per_m2"} <= own.keys()
    flute, grade = given.get("flute", ""), given.get("grade", "")
    if not given.get("board_id") and flute and not needs_none:
        meant = [board for board in materials.boards if (board.flute, board.grade) == (flute, grade)]
        if len(meant) != 1:
            known = ", ".join(sorted({f"{board.flute} {board.grade}".strip() for board in materials.boards}))
            rule = f"must name a known board together with grade ({known})"
            faults.add(
                "flute",
                f"{rule}, unless caliper_mm and grammage_g_per_m2 are given, got {f'{flute} {grade}'.strip()!r}",
            )
            return None, None
        given["board_id"] = meant[0].board_id
    if given.get("board_id"):
        board = materials.board(given["board_id"])
        if flute and flute != board.flute and not needs_none:
            rule = f"must be {board.flute!r}, the flute of board_id, unless caliper_mm and grammage_g_per_m2 are given"
            faults.add("flute", f"{rule}, got {flute!r}")
            return None, None
        given.setdefault("material_id", board.material_id)
        for field in ("flute", "grade"):
            if given.get(field) == getattr(board, field):  # messages repeat these strings of the board
                del given[field]
        own = {"caliper_mm": board.caliper_mm, "grammage_g_per_m2": board.grammage_g_per_m2} | own
    return own.get("caliper_mm"), own.get("grammage_g_per_m2")


def _fill_size(
    given: dict[str, Any], style: BoxStyle, opening: Opening, caliper: Decimal | None, faults: Findings
) -> None:
    """Add the inner or outer size that is not stated, if it follows from the other."""
    inner, outer = _size(given, "inner"), _size(given, "outer")
    if inner is None and outer is None:
        faults.add("inner_length_mm", "is required like the other inner edges; or give the outer size and a board_id")
    elif inner is None and outer is not None:
        inner = None if caliper is None else inner_of(style, outer, caliper, opening)
        if inner is None:
            faults.add("inner_length_mm", f"is required for {style.value}, unless it follows from a board_id")
        elif min(inner) <= 0:
            walls = f"board {given['board_id']!r}" if given.get("board_id") else f"{caliper} mm"
            faults.add("outer_length_mm", f"must be larger, so that there is space between walls of {walls}")
        else:
            given |= zip(LENGTHS[:3], map(float, inner), strict=True)
            given.setdefault("size_basis", "outer")
    elif outer is None and inner is not None and caliper is not None:
        outer = outer_of(style, inner, caliper, opening)
        if outer is not None:
            given |= zip(LENGTHS[3:], map(float, outer), strict=True)


def _size(given: Mapping[str, Any], side: str) -> Size | None:
    edges = [given.get(field) for field in LENGTHS if field.startswith(side)]
    if None in edges:
        return None
    length, width, height = (Decimal(str(edge)) for edge in edges)
    return length, width, height


def _limit_contents(given: dict[str, Any], materials: Materials) -> None:
    """Limit the contents to the parcel limit of the box's board.

    The limit of a grade applies in addition to a stated limit; that of a wall applies if no limit is stated.
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
    """Return those of ``inner``, ``outer``, ``tare_g`` and ``blank_g`` that follow from other fields of a box type.

    A stated size that equals the derived size counts as derived. So does an unknown outer size, for which the inner
    size is used.
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
    """Return the derived size, ``inner`` or ``outer``, that follows from an unverified caliper of a board.

    The result is empty if there is none, or if the catalog states the caliper.
    """
    board = next((row for row in materials.boards if row.board_id == box.board_id), None)
    if board is None or board.read_in_source or box.caliper_mm is not None or box.outer_assumed:
        return ""
    return next((side for side in derived_fields(box, materials) if side in ("inner", "outer")), "")
