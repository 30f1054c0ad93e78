"""What of a box type follows from the rest of it."""

from decimal import Decimal
from functools import lru_cache

from boxwright import units
from boxwright.catalog.blank import Size, blank_of, inner_of, outer_of
from boxwright.catalog.materials import Materials
from boxwright.domain.box import BoxType


@lru_cache(maxsize=4_096)
def derived_fields(box: BoxType, materials: Materials) -> tuple[str, ...]:
    """Return which of ``inner``, ``outer``, ``tare_g`` and ``blank_g`` follow from the rest of a box type.

    A size that was given and is the board's to the last decimal counts as derived; so does an outer size that was read
    as the inner.
    """
    board = next((row for row in materials.boards if row.board_id == box.board_id), None)
    caliper = _decimal(box.caliper_mm) if box.caliper_mm is not None else board.caliper_mm if board else None
    inner, outer = _size(box, "inner"), _size(box, "outer")
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
        grammage = _decimal(own) if own is not None else board.grammage_g_per_m2 if board else Decimal(0)
        blank = blank_of(box.style, inner, caliper or Decimal(0), materials.blank_allowances, box.opening)
        if blank is not None and box.blank_mg == units.to_mg(float(blank.untrimmed_g(grammage))):
            derived.append("blank_g")
    return tuple(derived)


def _size(box: BoxType, side: str) -> Size:
    length, width, height = (_decimal(getattr(box, f"{side}_{edge}_mm")) for edge in ("length", "width", "height"))
    return length, width, height


def _decimal(value: float | None) -> Decimal:
    return Decimal(str(value))


@lru_cache(maxsize=4_096)
def unverified_walls(box: BoxType, materials: Materials) -> str:
    """Return which size of a box type, ``inner`` or ``outer``, follows from a board whose caliper is unverified.

    Empty where both sizes were given, the caliper is the caller's own, or the board was read in its source. A size that
    was given and is the board's to the last decimal counts as derived.
    """
    board = next((row for row in materials.boards if row.board_id == box.board_id), None)
    if board is None or board.read_in_source or box.caliper_mm is not None or box.outer_assumed:
        return ""
    return next((side for side in derived_fields(box, materials) if side in ("inner", "outer")), "")
