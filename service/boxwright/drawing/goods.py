"""One unit in a picture: three shaded faces, and the hatched shell of its half-gap."""

from dataclasses import dataclass

from boxwright.domain.plan import Placement
from boxwright.drawing.isometric import Block, Face, Spot, Viewport, outline
from boxwright.drawing.occlusion import Bools, Piece
from boxwright.drawing.palette import mix, pale, shaded
from boxwright.drawing.svg import hatch_id, label, line, polygon, safe, tag

_PAINTED = (Face.TOP, Face.RIGHT, Face.FRONT)
_LEAST_FOR_NUMBER_PX = 32.0


@dataclass(frozen=True, slots=True)
class Unit:
    """A placed unit as the pictures need it.

    Attributes
    ----------
    number : int
        Its step in the pack sequence, from 1.
    block : Block
        Its envelope, half-gap included.
    half_gap_um : int
        Half-gap on every side, in um; 0 draws no shell.
    colour : str
        Colour of its order line, ``#rrggbb``.
    title : str
        What a pointer over it shows.
    """

    number: int
    block: Block
    half_gap_um: int
    colour: str
    title: str


def envelope(placement: Placement) -> Block:
    """Return the block that a placement takes."""
    (x, y, z), (length, width, height) = placement.corner_um, placement.extent_um
    return Block((x, y, z), (x + length, y + width, z + height))


def unit_of(placement: Placement, number: int, colour: str, title: str) -> Unit:
    """Return a placement as a unit to draw."""
    return Unit(number, envelope(placement), placement.half_gap_um, colour, title)


def piece_svg(unit: Unit, piece: Piece, covered: Bools, view: Viewport, *, faded: bool) -> str:
    """Return a piece of a unit: the faces that the viewer can see, in a pale colour where it is ``faded``.

    Faces made by a cut are not drawn, nor those that others touch all over: ``covered``, bool (3,), says so of x high,
    y low and z high.
    """
    colour = pale(unit.colour) if faded else unit.colour
    shapes: list[str] = []
    for face in _PAINTED:
        whole = unit.block.face(face)
        part = None if covered[face.axis] else whole.clipped(piece.block)
        if part is None or piece.block.side(face) != unit.block.side(face):
            continue
        edge = mix(shaded(colour, face), "#000000", 0.25 if faded else 0.55)
        if not unit.half_gap_um:
            shapes.append(_face_svg(part, whole, view, shaded(colour, face), edge))
            continue
        goods = whole.shrunk(unit.half_gap_um, face.text_axes)
        inner = goods.clipped(piece.block)
        shell = mix(shaded(colour, face), "#ffffff", 0.72)
        shapes.append(_face_svg(part, whole, view, shell, edge))
        shapes.append(
            polygon(
                view.outline(part.lo, part.hi), fill=f"url(#{hatch_id(face.name)})", fill_opacity=0.35 if faded else 1
            )
        )
        if inner is not None:
            shapes.append(_face_svg(inner, goods, view, shaded(colour, face), edge))
    return tag("g", f"<title>{safe(unit.title)}</title>", *shapes) if shapes else ""


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
    shown = (unit.block.face(face) for face in _PAINTED)
    shapes = (polygon(view.outline(face.lo, face.hi)) for face in shown)
    return tag("g", *shapes, fill="none", stroke=edge, stroke_width=1.1, stroke_dasharray="4 2.5", class_="ghost")


def ghost_number_svg(unit: Unit, view: Viewport) -> str:
    """Return the number of a unit that no visible face has room for: over its dashed edges, or above it if small."""
    corners = view.outline(unit.block.lo, unit.block.hi)
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
