"""A box with its units after a step, drawn from farthest to nearest."""

from collections.abc import Iterable
from dataclasses import dataclass

from boxwright.domain.bench import LEAST_TOP_UM
from boxwright.domain.box import BoxType
from boxwright.domain.factor import Component
from boxwright.domain.order import Order
from boxwright.domain.plan import Parcel, Placement, StartedParcel, begun_steps
from boxwright.drawing.carton import FLAP_REACH, before_goods_svg, behind_goods_svg, drawn_box, flap_um, size_labels
from boxwright.drawing.goods import Unit, ghost_number_svg, ghost_svg, numbers_svg, piece_svg, slab_svg
from boxwright.drawing.isometric import COS_30, SIN_30, Block, Viewport
from boxwright.drawing.lettering import text_width_px
from boxwright.drawing.occlusion import Int64s, Piece, corners_of, covered_from, hides, intervals_of, paint_order
from boxwright.drawing.palette import greyed, line_colour
from boxwright.findings import Findings


@dataclass(frozen=True)
class Scene:
    """The units of one parcel in painter's order, which is computed once for all its pictures.

    Attributes
    ----------
    box : BoxType
        The parcel's box; a mailer in its filled shape.
    units : tuple of Unit
        Units in pack sequence.
    order : tuple of Piece
        Pieces of units from farthest to nearest; any subset is in a valid order too.
    covered_from : int64, (n, 3)
        For each near face of a unit: how many units have been placed when it becomes covered.
    bottom_um, top_um : int
        Depth of the fill under all units, and above the highest goods, in um; 0 if too thin to draw.
    begun : frozenset of int
        Numbers of the units that were in a started parcel.
    """

    box: BoxType
    units: tuple[Unit, ...]
    order: tuple[Piece, ...]
    covered_from: Int64s
    bottom_um: int
    top_um: int
    begun: frozenset[int]


def scene_of(parcel: Parcel, order: Order, box: BoxType, started_parcels: Iterable[StartedParcel] = ()) -> Scene:
    """Return the scene of a parcel; the colour of a line follows from its position in the order.

    Raises InvalidInputError if the box or a line does not match the parcel.
    """
    lines = {line.line_id: (line, line_colour(index)) for index, line in enumerate(order.lines)}
    found = Findings()
    for index, placement in enumerate(parcel.placements):
        if placement.line_id not in lines:
            found.add(f"placements[{index}].line_id", f"must be a line of the order, got {placement.line_id!r}")
    if not parcel.ships_in_own_container and box.box_type_id != parcel.box_type_id:
        found.add("box", f"must be the parcel's box type {parcel.box_type_id!r}, got {box.box_type_id!r}")
    found.raise_any()
    begun = begun_steps(parcel, started_parcels)
    filled = any(part.component is Component.VOID_FILL for part in parcel.packaging)
    lifts = [lift for placed in parcel.placements if (lift := _lift_um(placed)) is not None]
    # No bottom layer can be added to a started box.
    bottom_um = min(lifts, default=0) if filled and not begun else 0
    tops = [placed.z_um + placed.height_um - placed.half_gap_um for placed in parcel.placements]
    top_um = box.inner_um[2] - max(tops, default=box.inner_um[2])
    wrapped = {protection.line_id for protection in parcel.protection if protection.wrap_layers}
    units = []
    for number, placement in enumerate(parcel.placements, start=1):
        line, colour = lines[placement.line_id]
        (x, y, z), (length, width, height) = placement.corner_um, placement.extent_um
        envelope = Block((x, y, z), (x + length, y + width, z + height))
        goods = envelope.shrunk(placement.half_gap_um)
        lift, gaps = _lift_um(placement), None
        bed_um = bottom_um if filled and lift is not None and lift > bottom_um else goods.lo[2]
        if placement.inner_box_type_id:
            inside = zip(goods.lo, goods.hi, placement.orientation.rotate(*line.edges_um), strict=True)
            gaps = tuple(max(high - low - edge, 0) // 2 for low, high, edge in inside)
        units.append(
            Unit(
                number=number,
                block=Block((x, y, min(z, bed_um)), envelope.hi),
                goods=goods,
                half_gap_um=placement.half_gap_um,
                line_colour=colour,
                colour=greyed(colour) if number in begun else colour,
                wrapped=placement.line_id in wrapped,
                bed_um=bed_um,
                inner_gaps_um=gaps,
            )
        )
    order_of, covered = paint_order([unit.block for unit in units]), covered_from([unit.goods for unit in units])
    top_um = top_um if filled and top_um >= LEAST_TOP_UM else 0
    return Scene(drawn_box(box, parcel), tuple(units), order_of, covered, bottom_um, top_um, begun)


def _lift_um(placement: Placement) -> int | None:
    """Return the height of the goods of a unit above the floor, in um; None if it stands on other units."""
    return placement.z_um + placement.half_gap_um if placement.z_um <= placement.wall_margin_um else None


def scene_svg(
    scene: Scene,
    view: Viewport,
    *,
    placed: int,
    new: int | None = None,
    flaps: bool = False,
    closed: bool = False,
    numbered: bool = True,
) -> tuple[str, tuple[int, ...]]:
    """Return the picture of the box with ``placed`` units, and the numbers of the units without room for a number.

    The last ``new`` units are in strong colour, with dashed edges where hidden, and only they are numbered; by default
    all units are drawn alike. On request, the far ``flaps`` are drawn, and the fill on top of a ``closed`` box,
    transparent.
    """
    units = scene.units[:placed]
    covered = scene.covered_from[:placed] <= placed
    first_new = 0 if new is None else placed - new
    body = "".join(
        piece_svg(units[piece.index], piece, covered[piece.index], view, faded=piece.index < first_new)
        for piece in scene.order
        if piece.index < placed
    )
    ghosts = ""
    if new is not None:
        intervals = intervals_of(corners_of([unit.goods for unit in units]))
        hidden = (index for index in range(first_new, placed) if hides(intervals[:first_new], intervals[index]).any())
        ghosts = "".join(ghost_svg(units[index], view) for index in hidden)
    numbers, unseen = numbers_svg(units, range(first_new, placed) if numbered else range(0), covered, view)
    if new == 1 and unseen:
        numbers += ghost_number_svg(units[-1], view)
    behind, over = behind_goods_svg(scene.box, view, flaps=flaps), ""
    length, width, height = scene.box.inner_um
    if scene.bottom_um:
        behind += slab_svg(Block((0, 0, 0), (length, width, scene.bottom_um)), view)
    if closed and scene.top_um:
        over = slab_svg(Block((0, 0, height - scene.top_um), (length, width, height)), view, opacity=0.6)
    return behind + body + over + before_goods_svg(scene.box, view) + ghosts + numbers, unseen


def fitted(box: BoxType, left: float, top: float, width: float, height: float) -> tuple[Viewport, float]:
    """Return a viewport that fits a box into an area, centred in its width, and the used height in px."""
    length_um, width_um, height_um = box.inner_um
    wide = (length_um + width_um) * COS_30
    tall = (length_um + width_um) * SIN_30 + height_um
    scale = min(width / wide, height / tall)
    x = left + (width - wide * scale) / 2
    return Viewport(scale, x, top + (width_um * SIN_30 + height_um) * scale), tall * scale


def fitted_with_sizes(
    box: BoxType, left: float, top: float, width: float, height: float, *, flaps: bool = False
) -> tuple[Viewport, float]:
    """Return a viewport like ``fitted``, with room for the sizes around the box and its far flaps."""
    along_x, along_y, along_z = (text_width_px(text, 12) + 8 for text in size_labels(box))
    before = max(along_z + 28, along_x)
    length_um, width_um, _ = box.inner_um
    y_label_at = (length_um + width_um / 2) / (length_um + width_um)
    beside_um = flap_um(box) * FLAP_REACH[0] if flaps else 0.0
    room = (width - before - 8) * (length_um + width_um) / (length_um + width_um + beside_um)
    return fitted(box, left + before, top, min(room, (width - before - along_y) / y_label_at), height)
