"""One unit in a picture: three shaded faces, dotted if wrapped, in the hatched shell of its half-gap."""

from dataclasses import dataclass, replace

from boxwright.drawing.isometric import Block, Face, Spot, Viewport, outline
from boxwright.drawing.occlusion import Bools, Piece
from boxwright.drawing.palette import mix, pale, shaded
from boxwright.drawing.svg import FILL_PATTERN, HATCH_PATTERN, WRAP_PATTERN, label, line, polygon, tag

_PAINTED = (Face.TOP, Face.RIGHT, Face.FRONT)
_LEAST_FOR_NUMBER_PX = 32.0
_BOARD = "#d9c3a0"
_BED, _BED_EDGE = "#efe7d4", "#b9a57f"


@dataclass(frozen=True, slots=True)
class Unit:
    """A placed unit, prepared for drawing.

    Attributes
    ----------
    number : int
        Position in the pack sequence, from 1.
    block : Block
        Its envelope with the half-gap, down to its support: no other unit enters it.
    goods : Block
        The goods inside.
    half_gap_um : int
        Half-gap on every side, in um; 0 draws no shell.
    line_colour, colour : str
        Colour of its order line, ``#rrggbb``, and its own, greyed if it lay in a started parcel.
    wrapped : bool
        Whether it is wrapped.
    bed_um : int
        Bottom of the fill under it, in um; that of the goods if there is none.
    inner_gaps_um : tuple of int or None
        For a unit in an inner box, which ``goods`` then is: the gaps from the box to its goods per axis, in um.
    """

    number: int
    block: Block
    goods: Block
    half_gap_um: int
    line_colour: str
    colour: str
    wrapped: bool
    bed_um: int
    inner_gaps_um: tuple[int, ...] | None = None

    def sheet(self, face: Face) -> Block:
        """Return the visible goods on a face as a flat block; an inner box appears transparent."""
        whole, gaps = self.goods.face(face), self.inner_gaps_um
        for axis in face.text_axes:
            whole = whole if gaps is None else whole.shrunk(gaps[axis], (axis,))
        return whole


def piece_svg(unit: Unit, piece: Piece, covered: Bools, view: Viewport, *, faded: bool) -> str:
    """Return a piece of a unit: fill under it, the goods, and the shell of its half-gap.

    ``faded`` makes its colour pale. Faces made by a cut are not drawn, nor faces of the goods that others touch
    completely: ``covered``, bool (3,), for x high, y low and z high.
    """
    colour, strength = (pale(unit.colour), 0.35) if faded else (unit.colour, 1.0)
    board = mix(_BOARD, "#ffffff", 0.5 if faded else 0)
    shapes: list[str] = []

    def paint(whole: Block, fill: str, edge: str, pattern: str = "") -> None:
        if (part := whole.clipped(piece.block)) is not None:
            shapes.append(_face_svg(part, whole, view, fill, edge))
            shapes.extend([_pattern_svg(part, view, pattern, strength)] if pattern else [])

    (x, y, z), (x2, y2, _) = unit.goods.lo, unit.goods.hi
    if unit.bed_um < z:
        bed = Block((x, y, unit.bed_um), (x2, y2, z))
        paint(bed.face(Face.RIGHT), _BED, _BED_EDGE, FILL_PATTERN)
        paint(bed.face(Face.FRONT), _BED, _BED_EDGE, FILL_PATTERN)
    for face in _PAINTED:
        if covered[face.axis]:
            continue
        edge = mix(shaded(colour, face), "#000000", 0.25 if faded else 0.55)
        if unit.inner_gaps_um is not None:
            paint(unit.goods.face(face), shaded(board, face), edge)
        paint(unit.sheet(face), shaded(colour, face), edge, WRAP_PATTERN if unit.wrapped else "")
    # The clearance is hatched, so that the goods show through.
    envelope = replace(unit.block, lo=(*unit.block.lo[:2], z - unit.half_gap_um))
    for face in _PAINTED if unit.half_gap_um else ():
        part = envelope.face(face).clipped(piece.block)
        if part is not None and part.side(face) == envelope.side(face):
            shapes.append(
                polygon(
                    view.outline(part),
                    fill=f"url(#{HATCH_PATTERN}-{face.name.lower()})",
                    fill_opacity=0.4 * strength,
                    stroke=mix(colour, "#000000", 0.45),
                    stroke_width=0.7,
                    stroke_opacity=0.8 * strength,
                    stroke_dasharray="2 2",
                )
            )
    return "".join(shapes)


def slab_svg(slab: Block, view: Viewport, *, opacity: float = 1.0) -> str:
    """Return a layer of fill across the whole box, as a block seen from outside."""
    shapes = []
    for face in _PAINTED:
        flat, fill = slab.face(face), shaded(_BED, face) if face is not Face.TOP else _BED
        shapes.append(polygon(view.outline(flat), fill=fill, stroke=_BED_EDGE, stroke_width=0.8))
        shapes.append(_pattern_svg(flat, view, FILL_PATTERN, 1.0))
    return tag("g", *shapes, class_="fill", opacity=None if opacity == 1.0 else opacity)


def _pattern_svg(part: Block, view: Viewport, pattern: str, opacity: float) -> str:
    return polygon(view.outline(part), fill=f"url(#{pattern})", fill_opacity=opacity)


def _face_svg(part: Block, whole: Block, view: Viewport, fill: str, edge: str) -> str:
    """Return a flat block with its own edges, without edges made by cuts."""
    if part == whole:
        return polygon(view.outline(part), fill=fill, stroke=edge, stroke_width=0.8)
    seamless = polygon(view.outline(part), fill=fill, stroke=fill, stroke_width=0.5)
    corners = outline(part.lo, part.hi)
    sides = zip(corners, (*corners[1:], corners[0]), strict=True)
    return seamless + "".join(
        line(view.at(*start), view.at(*end), stroke=edge, stroke_width=0.8)
        for start, end in sides
        if _on_rim(start, end, whole)
    )


def _on_rim(start: Spot, end: Spot, whole: Block) -> bool:
    """Return whether a side of a flat block lies on the rim of the whole flat block."""
    return any(
        start[axis] == end[axis] and start[axis] in (whole.lo[axis], whole.hi[axis])
        for axis in range(3)
        if whole.lo[axis] != whole.hi[axis]
    )


def ghost_svg(unit: Unit, view: Viewport) -> str:
    """Return the dashed edges of a hidden unit, drawn over those that hide it."""
    edge = mix(unit.line_colour, "#000000", 0.35)
    shapes = (polygon(view.outline(unit.goods.face(face))) for face in _PAINTED)
    return tag("g", *shapes, fill="none", stroke=edge, stroke_width=1.1, stroke_dasharray="4 2.5", class_="ghost")


def ghost_number_svg(unit: Unit, view: Viewport) -> str:
    """Return the number of a unit without room on a visible face: over its dashed edges, or above it if small."""
    across, down = zip(*view.outline(unit.goods), strict=True)
    left, right, top, bottom = min(across), max(across), min(down), max(down)
    small = min(bottom - top, right - left) < _LEAST_FOR_NUMBER_PX
    return label(
        (left + right) / 2,
        top - 4 if small else (top + bottom) / 2 + 5,
        str(unit.number),
        14,
        text_anchor="middle",
        font_weight="bold",
        fill=mix(unit.line_colour, "#000000", 0.6),
        stroke="#ffffff",
        stroke_width=3,
        paint_order="stroke",
    )
