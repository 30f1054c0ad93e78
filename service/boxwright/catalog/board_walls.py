"""Which size of a box type follows from the walls of its board."""

from decimal import Decimal
from functools import lru_cache

from boxwright.catalog.blank import outer_of
from boxwright.catalog.materials import Materials
from boxwright.domain.box import BoxType


@lru_cache(maxsize=4_096)
def unverified_walls(box: BoxType, materials: Materials) -> str:
    """Return which size of a box type, ``inner`` or ``outer``, follows from a board whose caliper is unverified.

    Empty where both sizes were given, the caliper is the caller's own, or the board was read in its source. A size that
    was given and is the board's to the last decimal counts as derived.
    """
    board = next((each for each in materials.boards if each.board_id == box.board_id), None)
    if board is None or board.read_in_source or box.caliper_mm is not None:
        return ""
    sides = [
        [getattr(box, f"{side}_{edge}_mm") for edge in ("length", "width", "height")] for side in ("inner", "outer")
    ]
    if None in sides[1]:
        return ""
    (length, width, height), outer = ([Decimal(str(edge)) for edge in side] for side in sides)
    if outer_of(box.style, (length, width, height), board.caliper_mm, box.opening) != tuple(outer):
        return ""
    return "inner" if box.size_basis == "outer" else "outer"
