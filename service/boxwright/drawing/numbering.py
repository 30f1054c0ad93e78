"""Places numbers on units: on a visible face, as large as possible."""

from collections.abc import Sequence

import numpy as np

from boxwright.drawing.goods import Unit
from boxwright.drawing.isometric import Face, Viewport
from boxwright.drawing.occlusion import Bools, Int64s, corners_of, hides, intervals_of
from boxwright.drawing.palette import ink_on, shaded
from boxwright.drawing.svg import number, tag

_SIZES_PX = (20.0, 16.0, 13.0, 10.0, 8.0, 6.5)
_DIGIT_WIDTH, _DIGIT_HEIGHT, _MARGIN = 0.62, 0.76, 0.3
_HALO: dict[str, str | float] = {"stroke": "#ffffff", "stroke_width": 3.0, "paint_order": "stroke"}
_SPOTS = np.array(
    sorted(((a, b) for a in range(-3, 4) for b in range(-3, 4)), key=lambda spot: (spot[0] ** 2 + spot[1] ** 2, spot)),
    dtype=np.int64,
)


def numbers_svg(
    units: Sequence[Unit], wanted: Sequence[int], covered: Bools, view: Viewport
) -> tuple[str, tuple[int, ...]]:
    """Return the numbers of the units at ``wanted`` positions, and those without room on a visible face.

    ``covered``, bool (n, 3), are the faces that others touch completely.
    """
    intervals = intervals_of(corners_of([unit.goods for unit in units]))
    written = {index: _number_svg(units[index], covered[index], intervals, view) for index in wanted}
    return "".join(written.values()), tuple(units[index].number for index, text in written.items() if not text)


def _number_svg(unit: Unit, covered: Bools, intervals: Int64s, view: Viewport) -> str:
    """Return the number of a unit, given the intervals of all; empty without room on a visible face."""
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
                return _on_face(text, spots[free[0]].mean(axis=0).tolist(), face, size, _ground(unit, face), view)
    return ""


def _ground(unit: Unit, face: Face) -> str:
    """Return the background of a number on a face: white around it where the dots of wrap would hide it."""
    return "#ffffff" if unit.wrapped else shaded(unit.colour, face)


def _spots(unit: Unit, face: Face, width_px: float, height_px: float, view: Viewport) -> Int64s:
    """Return possible positions of flat blocks of a size on a unit's face, from the middle outwards.

    Their corners, int64 (n, 2, 3), um; empty if the face is too small.
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
