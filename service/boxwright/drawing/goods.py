"""A unit in a picture: three shaded faces, dotted if wrapped, the hatched shell of its half-gap, and its number."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from boxwright.drawing.isometric import Block, Face, Spot, Viewport, outline
from boxwright.drawing.occlusion import Bools, Int64s, Piece, corners_of, hides, intervals_of
from boxwright.drawing.palette import ink_on, mix, pale, shaded
from boxwright.drawing.svg import FILL_PATTERN, HATCH_PATTERN, WRAP_PATTERN, label, line, number, polygon, tag

_PAINTED = (Face.TOP, Face.RIGHT, Face.FRONT)
_LEAST_FOR_NUMBER_PX = 32.0
_SIZES_PX = (20.0, 16.0, 13.0, 10.0, 8.0, 6.5)
_DIGIT_WIDTH, _DIGIT_HEIGHT, _MARGIN = 0.62, 0.76, 0.3
_HALO: dict[str, str | float] = {"stroke": "#ffffff", "stroke_width": 3.0, "paint_order": "stroke"}
_SPOTS = np.array(
    sorted(((a, b) for a in range(-3, 4) for b in range(-3, 4)), key=lambda spot: (spot[0] ** 2 + spot[1] ** 2, spot)),
    dtype=np.int64,
)
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
        Its envelope with the half-gap, down to its support, which no other unit enters.
    goods : Block
        The goods inside.
    half_gap_um : int
        Half-gap on every side, in um; no shell is drawn for 0.
    line_colour, colour : str
        Colour of its order line, ``#rrggbb``, and of the unit, which is greyed if it was already in a started parcel.
    wrapped : bool
        Whether it is wrapped.
    bed_um : int
        Bottom of the fill under it, in um; that of the goods if there is none.
    inner_gaps_um : tuple of int or None
        For a unit in an inner box: the gaps between that box and its goods per axis, in um. ``goods`` is then the inner
        box.
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
        """Return the goods that a face shows, as a flat block; the walls of an inner box are transparent."""
        whole, gaps = self.goods.face(face), self.inner_gaps_um
        for axis in face.text_axes:
            whole = whole if gaps is None else whole.shrunk(gaps[axis], (axis,))
        return whole


def piece_svg(unit: Unit, piece: Piece, covered: Bools, view: Viewport, *, faded: bool) -> str:
    """Return a piece of a unit: fill under it, the goods, and the shell of its half-gap.

    ``faded`` makes its colour pale. Faces made by a cut are not drawn. ``covered``, bool (3,), names the faces of the
    goods at x high, y low and z high that other goods cover completely; these are not drawn either.
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
    # The half-gap is hatched so that the goods can be seen.
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
    """Return a layer of fill across the whole box as a block seen from outside."""
    shapes = []
    for face in _PAINTED:
        flat, fill = slab.face(face), shaded(_BED, face) if face is not Face.TOP else _BED
        shapes.append(polygon(view.outline(flat), fill=fill, stroke=_BED_EDGE, stroke_width=0.8))
        shapes.append(_pattern_svg(flat, view, FILL_PATTERN, 1.0))
    return tag("g", *shapes, class_="fill", opacity=None if opacity == 1.0 else opacity)


def _pattern_svg(part: Block, view: Viewport, pattern: str, opacity: float) -> str:
    return polygon(view.outline(part), fill=f"url(#{pattern})", fill_opacity=opacity)


def _face_svg(part: Block, whole: Block, view: Viewport, fill: str, edge: str) -> str:
    """Return a flat block with its edges, but without those that cuts made."""
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
    return any(
        start[axis] == end[axis] and start[axis] in (whole.lo[axis], whole.hi[axis])
        for axis in range(3)
        if whole.lo[axis] != whole.hi[axis]
    )


def ghost_svg(unit: Unit, view: Viewport) -> str:
    """Return the dashed edges of a hidden unit, drawn over the units that hide it."""
    edge = mix(unit.line_colour, "#000000", 0.35)
    shapes = (polygon(view.outline(unit.goods.face(face))) for face in _PAINTED)
    return tag("g", *shapes, fill="none", stroke=edge, stroke_width=1.1, stroke_dasharray="4 2.5", class_="ghost")


def ghost_number_svg(unit: Unit, view: Viewport) -> str:
    """Return the number of a unit without room on a face: on its dashed edges or, if it is small, above them."""
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


def numbers_svg(
    units: Sequence[Unit], wanted: Sequence[int], covered: Bools, view: Viewport
) -> tuple[str, tuple[int, ...]]:
    """Return the drawn numbers of the units at ``wanted`` positions, and the numbers without room on any face.

    ``covered``, bool (n, 3), states which faces other goods cover completely.
    """
    intervals = intervals_of(corners_of([unit.goods for unit in units]))
    written = {index: _number_svg(units[index], covered[index], intervals, view) for index in wanted}
    return "".join(written.values()), tuple(units[index].number for index, text in written.items() if not text)


def _number_svg(unit: Unit, covered: Bools, intervals: Int64s, view: Viewport) -> str:
    """Return the drawn number of a unit, empty if no face has room; ``intervals`` are those of all units."""
    text = str(unit.number)
    faces = sorted((face for face in Face if not covered[face.axis]), key=lambda face: -unit.goods.area(face))
    hiding = [intervals[hides(intervals, intervals_of(corners_of([unit.goods.face(face)])))] for face in faces]
    for size in _SIZES_PX:
        for face, others in zip(faces, hiding, strict=True):
            spots = _spots(
                unit, face, size * (_DIGIT_WIDTH * len(text) + _MARGIN), size * (_DIGIT_HEIGHT + _MARGIN), view
            )
            free = np.flatnonzero(~np.any(hides(others, intervals_of(spots)[:, None]), axis=1))
            if len(free):
                # Dots of wrap would hide a number without a white outline.
                ground = "#ffffff" if unit.wrapped else shaded(unit.colour, face)
                return _on_face(text, spots[free[0]].mean(axis=0).tolist(), face, size, ground, view)
    return ""


def _spots(unit: Unit, face: Face, width_px: float, height_px: float, view: Viewport) -> Int64s:
    """Return possible positions of a flat block of a given size on a face of a unit, from the middle outwards.

    The result has their low and high corners, int64 (n, 2, 3), um; it is empty if the face is too small.
    """
    sheet = unit.sheet(face)
    half = [int(extent / view.px_per_um / 2) + 1 for extent in (width_px, height_px)]
    room = [(sheet.hi[axis] - sheet.lo[axis]) // 2 - need for axis, need in zip(face.text_axes, half, strict=True)]
    spots = np.tile(corners_of([sheet]), (len(_SPOTS) if min(room) >= 0 else 0, 1, 1))
    for axis, need, space, step in zip(face.text_axes, half, room, _SPOTS.T, strict=True):
        middle = (sheet.lo[axis] + sheet.hi[axis]) // 2 + space * step[: len(spots)] // 3
        spots[:, 0, axis], spots[:, 1, axis] = middle - need, middle + need
    return spots


def _on_face(text: str, middle: Sequence[float], face: Face, size_px: float, colour: str, view: Viewport) -> str:
    x, y = view.at(*middle)
    matrix = " ".join(number(part) for part in (*face.text_matrix, x, y))
    return tag(
        "text",
        text,
        transform=f"matrix({matrix})",
        y=size_px * _DIGIT_HEIGHT / 2,
        font_size=size_px,
        font_weight="bold",
        text_anchor="middle",
        fill=ink_on(colour),
        **_HALO if colour == "#ffffff" else {},
        pointer_events="none",
    )
