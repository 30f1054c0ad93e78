"""A box with the units that are in it after some step, drawn from the farthest to the nearest."""

from collections.abc import Sequence
from dataclasses import dataclass

from boxwright.domain.box import BoxType
from boxwright.domain.order import Order
from boxwright.domain.plan import Parcel
from boxwright.drawing.captions import unit_caption
from boxwright.drawing.carton import FLAP_REACH, before_goods_svg, behind_goods_svg, flap_um, size_labels
from boxwright.drawing.filled import drawn_box
from boxwright.drawing.goods import Unit, ghost_number_svg, ghost_svg, piece_svg, unit_of
from boxwright.drawing.isometric import COS_30, SIN_30, Viewport
from boxwright.drawing.lettering import text_width_px
from boxwright.drawing.numbering import numbers_svg
from boxwright.drawing.occlusion import Int64s, Piece, Sightings, covered_from, paint_order
from boxwright.drawing.palette import line_colour


@dataclass(frozen=True)
class Scene:
    """The units of one parcel with their painter's order, found once and used by every picture of it.

    Attributes
    ----------
    box : BoxType
        The parcel's box, a mailer as it is filled.
    units : tuple of Unit
        In pack sequence.
    order : tuple of Piece
        From the farthest to the nearest; any subset of it is in a valid order too.
    covered_from : int64, (n, 3)
        How many units must be placed before each near face is covered.
    """

    box: BoxType
    units: tuple[Unit, ...]
    order: tuple[Piece, ...]
    covered_from: Int64s


def scene_of(parcel: Parcel, order: Order, box: BoxType) -> Scene:
    """Return the scene of a parcel; a line's colour follows from its position in the order."""
    colours = {line.line_id: line_colour(index) for index, line in enumerate(order.lines)}
    units = tuple(
        unit_of(placement, number, colours[placement.line_id], unit_caption(placement, number, order))
        for number, placement in enumerate(parcel.placements, start=1)
    )
    blocks = [unit.block for unit in units]
    return Scene(drawn_box(box, parcel), units, paint_order(blocks), covered_from(blocks))


def scene_svg(
    scene: Scene, view: Viewport, *, placed: int, new: int | None = None, flaps: bool = False
) -> tuple[str, tuple[int, ...]]:
    """Return the box after some steps, and the numbers of the units that no visible face has room to show.

    Parameters
    ----------
    scene : Scene
        The parcel.
    view : Viewport
        Where to draw.
    placed : int
        How many units are in the box.
    new : int, optional
        How many of these are newly placed: they are in strong colour, with dashed edges where others hide them,
        and only they are numbered. Default: no difference is made.
    flaps : bool, optional
        Whether the far flaps are drawn. Default False.
    """
    units = scene.units[:placed]
    covered = scene.covered_from[:placed] <= placed
    first_new = 0 if new is None else placed - new
    body = "".join(
        piece_svg(units[piece.index], piece, covered[piece.index], view, faded=piece.index < first_new)
        for piece in scene.order
        if piece.index < placed
    )
    ghosts = "" if new is None else _ghosts(units, first_new, view)
    numbers, unseen = numbers_svg(units, range(first_new, placed), covered, view)
    if new == 1 and unseen:
        numbers += ghost_number_svg(units[-1], view)
    behind = behind_goods_svg(scene.box, view, flaps=flaps)
    return behind + body + before_goods_svg(scene.box, view) + ghosts + numbers, unseen


def _ghosts(units: Sequence[Unit], first_new: int, view: Viewport) -> str:
    sightings = Sightings([unit.block for unit in units])
    return "".join(
        ghost_svg(units[each], view)
        for each in range(first_new, len(units))
        if sightings.hiding(sightings, each)[:first_new].any()
    )


def fitted(box: BoxType, left: float, top: float, width: float, height: float) -> tuple[Viewport, float]:
    """Return a viewport that shows a box as large as an area allows, centred in width, and the height used, in px."""
    length_um, width_um, height_um = box.inner_um
    wide = (length_um + width_um) * COS_30
    tall = (length_um + width_um) * SIN_30 + height_um
    scale = min(width / wide, height / tall)
    x = left + (width - wide * scale) / 2
    return Viewport(scale, x, top + (width_um * SIN_30 + height_um) * scale), tall * scale


def fitted_with_sizes(
    box: BoxType, left: float, top: float, width: float, height: float, *, flaps: bool = False
) -> tuple[Viewport, float]:
    """Return a viewport as ``fitted`` does, with room in the area for the sizes round the box and its far flaps."""
    along_x, along_y, along_z = (text_width_px(text, 12) + 8 for text in size_labels(box))
    before = max(along_z + 28, along_x)
    length_um, width_um, _ = box.inner_um
    y_label_at = (length_um + width_um / 2) / (length_um + width_um)
    beside_um = flap_um(box) * FLAP_REACH[0] if flaps else 0.0
    room = (width - before - 8) * (length_um + width_um) / (length_um + width_um + beside_um)
    return fitted(box, left + before, top, min(room, (width - before - along_y) / y_label_at), height)
