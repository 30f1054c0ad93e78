"""One unit in a picture: three shaded faces, dotted where it is wrapped, in the hatched shell of its half-gap."""

from dataclasses import dataclass

from boxwright.domain.order import Item
from boxwright.domain.plan import Placement
from boxwright.drawing.isometric import Block, Face, Spot, Viewport, outline
from boxwright.drawing.occlusion import Bools, Piece
from boxwright.drawing.palette import begun, mix, pale, shaded
from boxwright.drawing.svg import DOTS, FILL, hatch_id, label, line, polygon, safe, tag

_PAINTED = (Face.TOP, Face.RIGHT, Face.FRONT)
_LEAST_FOR_NUMBER_PX = 32.0
_BOARD = "#d9c3a0"
_BED, _BED_EDGE = "#efe7d4", "#b9a57f"


@dataclass(frozen=True, slots=True)
class Unit:
    """A placed unit as the pictures need it.

    Attributes
    ----------
    number : int
        Its step in the pack sequence, from 1.
    block : Block
        Its envelope, half-gap included, down to what it stands on: where no other unit is.
    goods : Block
        The goods in it.
    half_gap_um : int
        Half-gap on every side, in um; 0 draws no shell.
    colour : str
        Colour of its order line, ``#rrggbb``.
    title : str
        What a pointer over it shows.
    wrapped : bool
        Whether wrap goes round it.
    begun : bool
        Whether it lay in a started parcel before.
    bed_um : int
        Height at which fill under it begins, in um; that of the goods where there is none.
    inner_gaps_um : tuple of int or None
        Of a unit in an inner box, which ``goods`` then is: from that to the goods on either side, in um.
    """

    number: int
    block: Block
    goods: Block
    half_gap_um: int
    colour: str
    title: str
    wrapped: bool
    begun: bool
    bed_um: int
    inner_gaps_um: tuple[int, int, int] | None = None

    def sheet(self, face: Face) -> Block:
        """Return where the goods show on a face, as a flat block: on an inner box as if one saw into it."""
        whole = self.goods.face(face)
        if self.inner_gaps_um is not None:
            for axis in face.text_axes:
                whole = whole.shrunk(self.inner_gaps_um[axis], (axis,))
        return whole

    @property
    def bed(self) -> Block:
        """The fill under it; flat where there is none."""
        (x, y, z), (x2, y2, _) = self.goods.lo, self.goods.hi
        return Block((x, y, self.bed_um), (x2, y2, z))


def unit_of(
    placement: Placement,
    line: Item,
    number: int,
    colour: str,
    title: str,
    *,
    wrapped: bool,
    begun: bool,
    bed_um: int | None,
) -> Unit:
    """Return a placement of a unit of a line to draw; ``bed_um`` is None where no fill of its own is under it."""
    (x, y, z), (length, width, height) = placement.corner_um, placement.extent_um
    envelope = Block((x, y, z), (x + length, y + width, z + height))
    goods = envelope.shrunk(placement.half_gap_um)
    base = goods.lo[2] if bed_um is None else bed_um
    block = Block((x, y, min(z, base)), envelope.hi)
    gaps = None
    if placement.inner_box_type_id:
        inside = placement.orientation.rotate(*line.edges_um)
        gaps_x, gaps_y, gaps_z = (
            max(high - low - edge, 0) // 2 for low, high, edge in zip(goods.lo, goods.hi, inside, strict=True)
        )
        gaps = gaps_x, gaps_y, gaps_z
    return Unit(number, block, goods, placement.half_gap_um, colour, title, wrapped, begun, base, gaps)


def piece_svg(unit: Unit, piece: Piece, covered: Bools, view: Viewport, *, faded: bool) -> str:
    """Return a piece of a unit: fill under it, the goods, and the shell of its half-gap.

    Its colour is pale where it is ``faded``. Faces made by a cut are not drawn, nor those of goods that others touch
    all over: ``covered``, bool (3,), says so of x high, y low and z high.
    """
    colour = begun(unit.colour) if unit.begun else unit.colour
    colour = pale(colour) if faded else colour
    strength = 0.35 if faded else 1.0
    shapes: list[str] = []
    if unit.bed.lo[2] < unit.bed.hi[2]:
        shapes += [
            shape for face in (Face.RIGHT, Face.FRONT) for shape in _bed_svg(unit.bed, face, piece, view, strength)
        ]
    for face in _PAINTED:
        if covered[face.axis]:
            continue
        whole = unit.goods.face(face)
        part = whole.clipped(piece.block)
        if part is None:
            continue
        edge = mix(shaded(colour, face), "#000000", 0.25 if faded else 0.55)
        if unit.inner_gaps_um is not None:
            board = mix(_BOARD, "#ffffff", 0.5 if faded else 0)
            shapes.append(_face_svg(part, whole, view, shaded(board, face), edge))
            whole = unit.sheet(face)
            part = whole.clipped(piece.block)
            if part is None:
                continue
        shapes.append(_face_svg(part, whole, view, shaded(colour, face), edge))
        if unit.wrapped:
            shapes.append(_pattern_svg(part, view, DOTS, strength))
    if unit.half_gap_um:
        shapes += _shell_svg(unit, piece, colour, view, strength)
    if not unit.title:
        return "".join(shapes)
    return tag("g", f"<title>{safe(unit.title)}</title>", *shapes) if shapes else ""


def _bed_svg(bed: Block, face: Face, piece: Piece, view: Viewport, strength: float) -> list[str]:
    whole = bed.face(face)
    part = whole.clipped(piece.block)
    if part is None:
        return []
    return [_face_svg(part, whole, view, _BED, _BED_EDGE), _pattern_svg(part, view, FILL, strength)]


def _shell_svg(unit: Unit, piece: Piece, colour: str, view: Viewport, strength: float) -> list[str]:
    """Return the near faces of what is kept free round the goods: hatched, so that the goods show through."""
    shapes = []
    edge = mix(colour, "#000000", 0.45)
    envelope = Block((*unit.block.lo[:2], unit.goods.lo[2] - unit.half_gap_um), unit.block.hi)
    for face in _PAINTED:
        part = envelope.face(face).clipped(piece.block)
        if part is None or part.side(face) != envelope.side(face):
            continue
        hatch = f"url(#{hatch_id(face.name)})"
        shapes.append(
            polygon(
                view.outline(part.lo, part.hi),
                fill=hatch,
                fill_opacity=0.4 * strength,
                stroke=edge,
                stroke_width=0.7,
                stroke_opacity=0.8 * strength,
                stroke_dasharray="2 2",
            )
        )
    return shapes


def slab_svg(slab: Block, view: Viewport, *, opacity: float = 1.0) -> str:
    """Return a layer of fill over the whole box, as a block that one looks at from outside."""
    shapes = []
    for face in _PAINTED:
        flat = slab.face(face)
        corners = view.outline(flat.lo, flat.hi)
        fill = shaded(_BED, face) if face is not Face.TOP else _BED
        shapes.append(polygon(corners, fill=fill, stroke=_BED_EDGE, stroke_width=0.8))
        shapes.append(_pattern_svg(flat, view, FILL, 1.0))
    return tag("g", *shapes, class_="fill", opacity=None if opacity == 1.0 else opacity)


def _pattern_svg(part: Block, view: Viewport, pattern: str, opacity: float) -> str:
    return polygon(view.outline(part.lo, part.hi), fill=f"url(#{pattern})", fill_opacity=opacity)


def _face_svg(part: Block, whole: Block, view: Viewport, fill: str, edge: str) -> str:
    """Return a flat block, its own edges drawn and the edges made by cuts left out."""
    if part == whole:
        return polygon(view.outline(part.lo, part.hi), fill=fill, stroke=edge, stroke_width=0.8)
    seamless = polygon(view.outline(part.lo, part.hi), fill=fill, stroke=fill, stroke_width=0.5)
    corners = outline(part.lo, part.hi)
    sides = zip(corners, (*corners[1:], corners[0]), strict=True)
    return seamless + "".join(
        line(view.at(*start), view.at(*end), stroke=edge, stroke_width=0.8)
        for start, end in sides
        if _on_rim(start, end, whole)
    )


def _on_rim(start: Spot, end: Spot, whole: Block) -> bool:
    """Whether the side of a flat block lies on the rim of the whole flat block."""
    return any(
        start[axis] == end[axis] and start[axis] in (whole.lo[axis], whole.hi[axis])
        for axis in range(3)
        if whole.lo[axis] != whole.hi[axis]
    )


def ghost_svg(unit: Unit, view: Viewport) -> str:
    """Return the dashed edges of a unit that others hide, drawn over them."""
    edge = mix(unit.colour, "#000000", 0.35)
    shown = (unit.goods.face(face) for face in _PAINTED)
    shapes = (polygon(view.outline(face.lo, face.hi)) for face in shown)
    return tag("g", *shapes, fill="none", stroke=edge, stroke_width=1.1, stroke_dasharray="4 2.5", class_="ghost")


def ghost_number_svg(unit: Unit, view: Viewport) -> str:
    """Return the number of a unit that no visible face has room for: over its dashed edges, or above it if small."""
    corners = view.outline(unit.goods.lo, unit.goods.hi)
    left, right = min(x for x, _ in corners), max(x for x, _ in corners)
    top, bottom = min(y for _, y in corners), max(y for _, y in corners)
    small = bottom - top < _LEAST_FOR_NUMBER_PX or right - left < _LEAST_FOR_NUMBER_PX
    return label(
        (left + right) / 2,
        top - 4 if small else (top + bottom) / 2 + 5,
        str(unit.number),
        14,
        text_anchor="middle",
        font_weight="bold",
        fill=mix(unit.colour, "#000000", 0.6),
        stroke="#ffffff",
        stroke_width=3,
        paint_order="stroke",
    )
