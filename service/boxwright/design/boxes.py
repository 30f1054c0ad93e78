"""Candidates as box types: existing ones, and new sizes with outer size, tare and price from board and blank."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from boxwright.catalog.blank import Blank, blank_of
from boxwright.catalog.boxes import read_box
from boxwright.design.sizes import HUGE_MM
from boxwright.domain.box import BoxStyle
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.findings import Findings
from boxwright.units import to_mm, to_um

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from boxwright.catalog.materials import Materials
    from boxwright.design.sizes import Size
    from boxwright.domain.box import BoxType
    from boxwright.domain.wishes import BoxPrice, Wishes

STYLE = BoxStyle.RSC_0201
"""Style of new sizes: the slotted carton, the most common made-to-measure style."""
MUCH_CHEAPER = 0.9
"""Share of a stocked box's price below which a new box of its size is its own candidate: our own rule."""
_MM2_PER_M2 = 1_000_000


def least_um(wishes: Wishes) -> Size:
    """Return the smallest inner edges of new sizes, in um."""
    if wishes.smallest_mm is None:
        return 0, 0, 0
    length, width, height = (to_um(edge) for edge in wishes.smallest_mm)
    return length, width, height


def may_be_made(size: Size, wishes: Wishes, materials: Materials) -> bool:
    """Return whether a new size is within the limits of the wishes with at least one board."""
    edges = [to_mm(edge) for edge in size]
    if max(edges) > HUGE_MM:
        return False
    for ends, beyond in ((wishes.smallest_mm, float.__lt__), (wishes.largest_mm, float.__gt__)):
        if ends is not None and any(beyond(float(edge), float(end)) for edge, end in zip(edges, ends, strict=True)):
            return False
    if size[2] > wishes.max_depth * min(size[:2]):
        return False
    if wishes.max_aspect is not None and max(edges) > wishes.max_aspect * min(edges):
        return False
    if wishes.pallet_share is not None:
        return bool(new_boxes(size, wishes, materials))
    return any(_on_sheet(blank_of_size(size, board, materials), wishes) for board in wishes.board_ids)


def new_boxes(size: Size, wishes: Wishes, materials: Materials) -> list[BoxType]:
    """Return a new size in each board for which its blank fits the sheet and it covers enough of a pallet."""
    found = []
    for board in wishes.board_ids:
        blank = blank_of_size(size, board, materials)
        if not _on_sheet(blank, wishes):
            continue
        length, width, height = (to_mm(edge) for edge in size)
        name = f"{length:g}x{width:g}x{height:g}"
        values = {
            "box_type_id": name if len(wishes.board_ids) == 1 else f"{name}-{board}",
            "inner_length_mm": length,
            "inner_width_mm": width,
            "inner_height_mm": height,
            "style": STYLE.value,
            "board_id": board,
        }
        if wishes.box_price is not None:
            values["price_minor"] = wishes.box_price.of(_m2(blank))
        faults = Findings()
        box = read_box(values, materials, faults)
        faults.raise_any()
        assert box is not None  # an invalid size was refused above
        if wishes.pallet_share is None or any(
            layer_share(box, pallet) >= wishes.pallet_share for pallet in wishes.pallets_mm
        ):
            found.append(box)
    return found


def priced(
    box: BoxType, field: str, price: BoxPrice | None, quantity: int, materials: Materials, *, needed: bool
) -> BoxType:
    """Return an existing box with its purchase price, or with a price by the price model if it has none.

    Raises
    ------
    InvalidInputError
        If a price is needed and the box has neither a price nor a board.
    """
    own = box.price_at(quantity)
    if own is None and price is not None:
        own = price_as_new(box, price, materials)
        if own is None and needed:
            rule = f"is missing for {box.box_type_id!r}, which has no board to compute a price from"
            raise InvalidInputError([FieldViolation(f"{field}.price_minor", rule)])
    return replace(box, price_minor=own, price_tiers=(), available=None if box.available else box.available)


def price_as_new(box: BoxType, price: BoxPrice, materials: Materials) -> int | None:
    """Return the price of an existing box by the model for new boxes, in minor units; None without board or blank."""
    caliper = materials.board(box.board_id).caliper_mm if box.board_id else None
    if caliper is None:
        return None
    inner = (Decimal(str(box.inner_length_mm)), Decimal(str(box.inner_width_mm)), Decimal(str(box.inner_height_mm)))
    blank = blank_of(box.style, inner, caliper, materials.blank_allowances, box.opening)
    return None if blank is None else price.of(_m2(blank))


def same_size(box: BoxType, existing: Iterable[BoxType]) -> BoxType | None:
    """Return the existing box with the inner size and opening of a new one; None if there is none.

    Boards must agree, unless the existing box states none.
    """
    (*base, height) = box.inner_um
    for own in existing:
        same = (sorted(own.inner_um[:2]), own.inner_um[2], own.opening) == (sorted(base), height, box.opening)
        if same and own.board_id in ("", box.board_id) and not own.flexible and own.compartments is None:
            return own
    return None


def worth_buying(box: BoxType, existing: Iterable[BoxType]) -> bool:
    """Return True unless an existing box has the size of a new box and is not much dearer."""
    own = same_size(box, existing)
    if own is None:
        return True
    if box.price_minor is None or own.price_minor is None:
        return False
    return box.price_minor < MUCH_CHEAPER * own.price_minor


def blank_of_size(size: Size, board_id: str, materials: Materials) -> Blank:
    """Return the blank of a new size."""
    board = materials.board(board_id)
    length, width, height = (Decimal(edge) / 1000 for edge in size)
    assert board.caliper_mm is not None
    blank = blank_of(STYLE, (length, width, height), board.caliper_mm, materials.blank_allowances)
    assert blank is not None  # this style has a formula for its blank
    return blank


def _m2(blank: Blank) -> float:
    return float(blank.length_mm * blank.width_mm) / _MM2_PER_M2


def _on_sheet(blank: Blank, wishes: Wishes) -> bool:
    if wishes.max_sheet_mm is None:
        return True
    longer, shorter = max(wishes.max_sheet_mm), min(wishes.max_sheet_mm)
    edges = float(blank.length_mm), float(blank.width_mm)
    return max(edges) <= longer and min(edges) <= shorter


def layer_share(box: BoxType, pallet_mm: Sequence[float]) -> float:
    """Return the share of a pallet that a layer of upright boxes covers, without overhang.

    The pallet is length and width in mm. The layer has at most two blocks, one turned by 90 degrees, so that packers
    can lay it without instructions.
    """
    length, width, _ = box.outer_um
    along, across = (round(edge * 1_000) for edge in pallet_mm)
    return most_in_layer((length, width), (along, across)) * length * width / (along * across)


def most_in_layer(box: tuple[int, int], pallet: tuple[int, int]) -> int:
    """Return the number of rectangles of one size that fit on a pallet in at most two blocks; edges in um."""
    most = 0
    for one, other in (box, box[::-1]):
        for along, across in (pallet, pallet[::-1]):
            for columns in range(along // one + 1):
                first = columns * (across // other)
                rest = (along - columns * one) // other * (across // one)
                most = max(most, first + rest)
    return most
