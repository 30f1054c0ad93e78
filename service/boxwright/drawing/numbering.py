"""Numbers on the units: each lies on a face, where nothing hides it, as large as fits."""

from collections.abc import Sequence

import numpy as np

from boxwright.drawing.goods import Unit
from boxwright.drawing.isometric import Face, Viewport
from boxwright.drawing.occlusion import Bools, Int64s, Sightings
from boxwright.drawing.palette import begun, ink_on, shaded
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
    """Return the numbers of the units at ``wanted`` positions, and those for which no visible face has room.

    ``covered``, bool (n, 3), are the faces that others touch all over.
    """
    sightings = Sightings([unit.goods for unit in units])
    written, unseen = [], []
    for each in wanted:
        text = _number_svg(units[each], covered[each], sightings, view)
        written.append(text or "")
        if text is None:
            unseen.append(units[each].number)
    return "".join(written), tuple(unseen)


def _number_svg(unit: Unit, covered: Bools, sightings: Sightings, view: Viewport) -> str | None:
    text = str(unit.number)
    faces = sorted((face for face in Face if not covered[face.axis]), key=lambda face: -_area(unit, face))
    hiding = [sightings.only(sightings.hiding(Sightings([unit.goods.face(face)]), 0)) for face in faces]
    for size in _SIZES_PX:
        for face, others in zip(faces, hiding, strict=True):
            spots = _spots(unit, face, size * (_DIGIT_WIDTH * len(text)), size * _DIGIT_HEIGHT, size, view)
            if spots is None:
                continue
            lo, hi = spots
            hidden_at = np.any(others.hiding(Sightings.of(lo, hi), slice(None)), axis=1)
            first = int(np.argmin(hidden_at))
            if not hidden_at[first]:
                middle = ((lo[first] + hi[first]) / 2).tolist()
                return _on_face(text, middle, face, size, _ground(unit, face), view)
    return None


def _ground(unit: Unit, face: Face) -> str:
    """Return the colour that a number on a face stands on: white round the number where dots of wrap would hide it."""
    return "#ffffff" if unit.wrapped else shaded(begun(unit.colour) if unit.begun else unit.colour, face)


def _area(unit: Unit, face: Face) -> int:
    along, up = face.text_axes
    return (unit.goods.hi[along] - unit.goods.lo[along]) * (unit.goods.hi[up] - unit.goods.lo[up])


def _spots(
    unit: Unit, face: Face, width_px: float, height_px: float, size_px: float, view: Viewport
) -> tuple[Int64s, Int64s] | None:
    """Return flat blocks on a face of a unit that are as large as the text, from the middle outwards.

    They are two corners each, int64 (n, 3), um; None where the face has no room for one.
    """
    sheet = unit.sheet(face)
    margin = _MARGIN * size_px
    half = [int((extent + margin) / view.px_per_um / 2) + 1 for extent in (width_px, height_px)]
    room = [(sheet.hi[axis] - sheet.lo[axis]) // 2 - need for axis, need in zip(face.text_axes, half, strict=True)]
    if min(room) < 0:
        return None
    lo, hi = (np.tile(np.array(corner, dtype=np.int64), (len(_SPOTS), 1)) for corner in (sheet.lo, sheet.hi))
    for axis, need, space, step in zip(face.text_axes, half, room, _SPOTS.T, strict=True):
        middle = (sheet.lo[axis] + sheet.hi[axis]) // 2 + space * step // 3
        lo[:, axis], hi[:, axis] = middle - need, middle + need
    return lo, hi


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
