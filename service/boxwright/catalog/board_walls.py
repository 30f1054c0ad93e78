"""Which size of a box type follows from the walls of its board."""

from functools import lru_cache

from boxwright.catalog.derived import derived_fields
from boxwright.catalog.materials import Materials
from boxwright.domain.box import BoxType


@lru_cache(maxsize=4_096)
def unverified_walls(box: BoxType, materials: Materials) -> str:
    """Return which size of a box type, ``inner`` or ``outer``, follows from a board whose caliper is unverified.

    Empty where both sizes were given, the caliper is the caller's own, or the board was read in its source. A size that
    was given and is the board's to the last decimal counts as derived.
    """
    board = next((each for each in materials.boards if each.board_id == box.board_id), None)
    if board is None or board.read_in_source or box.caliper_mm is not None or box.outer_assumed:
        return ""
    return next((side for side in derived_fields(box, materials) if side in ("inner", "outer")), "")
