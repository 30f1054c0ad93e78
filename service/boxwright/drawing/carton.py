"""The box round the goods: floor and far walls behind them, near edges open in front, its inner size in mm."""

from boxwright.domain.box import BoxStyle, BoxType, Opening
from boxwright.drawing.isometric import Point, Spot, Viewport
from boxwright.drawing.lettering import millimetres
from boxwright.drawing.svg import INK, MUTED, label, line, polygon, tag

_FLOOR, _BACK, _LEFT, _RIM, _EDGE = "#f6eddd", "#f0e3cc", "#e8d6b8", "#c19d6b", "#8a6a3c"
_FLAP_SHARE = 0.5
"""Length of an outer flap over the width of the box, for FEFCO 0201: the flaps meet in the middle."""
FLAP_REACH = (0.6, 0.5)
"""How far an open flap is drawn to reach outwards and upwards, as shares of ``flap_um``."""


def behind_goods_svg(box: BoxType, view: Viewport, *, flaps: bool = False) -> str:
    """Return floor and far walls with the thickness of the board, and the far flaps where the style has them."""
    length, width, height = box.inner_um
    wall_x, wall_y, wall_z = _walls(box)
    walls = [
        _flat((0, 0, 0), (length, width, 0), view, _FLOOR),
        _flat((0, width, 0), (length, width, height), view, _BACK),
        _flat((0, 0, 0), (0, width, height), view, _LEFT),
    ]
    rims = [
        _flat((-wall_x, 0, height), (0, width, height), view, _RIM),
        _flat((-wall_x, width, height), (length, width + wall_y, height), view, _RIM),
        _flat((-wall_x, 0, -wall_z), (0, 0, height), view, _RIM),
        _flat((length, width, -wall_z), (length, width + wall_y, height), view, _RIM),
        _flat((0, 0, -wall_z), (length, 0, 0), view, _RIM),
        _flat((length, 0, -wall_z), (length, width, 0), view, _RIM),
    ]
    corner = [
        line(view.at(0, 0, 0), view.at(0, width, 0), stroke=_EDGE, stroke_width=0.8),
        line(view.at(0, width, 0), view.at(length, width, 0), stroke=_EDGE, stroke_width=0.8),
        line(view.at(0, width, 0), view.at(0, width, height), stroke=_EDGE, stroke_width=0.8),
    ]
    raised = _flaps(box, view) if flaps else []
    rims = rims if wall_x and wall_y and wall_z else []
    return tag("g", *raised, *walls, *corner, *rims, *_compartments(box, view), class_="carton")


def _compartments(box: BoxType, view: Viewport) -> list[str]:
    """Return floor and far walls of each compartment, the farthest first."""
    drawn = []
    for x, y, z, x2, y2, z2 in sorted(box.cells_um, key=lambda cell: cell[0] - cell[1]):
        for lo, hi, fill in (
            ((x, y, z), (x2, y2, z), _FLOOR),
            ((x, y2, z), (x2, y2, z2), _BACK),
            ((x, y, z), (x, y2, z2), _LEFT),
        ):
            drawn.append(polygon(view.outline(lo, hi), fill=fill, stroke=_EDGE, stroke_width=0.6))
    return drawn


def before_goods_svg(box: BoxType, view: Viewport) -> str:
    """Return the near edges and the rims of compartments, dashed and without walls, so that one looks in."""
    length, width, height = box.inner_um
    near = [
        (view.at(0, 0, height), view.at(length, 0, height)),
        (view.at(length, 0, height), view.at(length, width, height)),
        (view.at(length, 0, 0), view.at(length, 0, height)),
    ]
    solid = [
        (view.at(0, 0, 0), view.at(length, 0, 0)),
        (view.at(length, 0, 0), view.at(length, width, 0)),
        (view.at(0, 0, 0), view.at(0, 0, height)),
        (view.at(length, width, 0), view.at(length, width, height)),
        (view.at(0, 0, height), view.at(0, width, height)),
        (view.at(0, width, height), view.at(length, width, height)),
    ]
    for x, y, _, x2, y2, z2 in box.cells_um:
        corners = [(x, y, z2), (x2, y, z2), (x2, y2, z2), (x, y2, z2)]
        near += [(view.at(*one), view.at(*two)) for one, two in zip(corners, corners[1:] + corners[:1], strict=True)]
    dashed = [line(*ends, stroke=_EDGE, stroke_width=1, stroke_dasharray="5 4") for ends in near]
    drawn = [line(*ends, stroke=_EDGE, stroke_width=1.1) for ends in solid]
    return tag("g", *dashed, *drawn, class_="near-edges")


def dimensions_svg(box: BoxType, view: Viewport) -> str:
    """Return the inner length (x), width (y) and height (z) in mm along the box, and a dot at its origin."""
    length, width, height = box.inner_um
    wall = max(_walls(box)) * view.px_per_um
    x0, y0 = view.at(0, 0, 0)
    down, out = 16 + wall, 12 + wall
    along_x, along_y, along_z = size_labels(box)
    corner, right, up = view.at(length, 0, 0), view.at(length, width, 0), view.at(0, 0, height)
    sides: list[tuple[Point, Point, Point, str, str]] = [
        ((x0, y0), corner, (0.0, down), "end", along_x),
        (corner, right, (0.0, down), "start", along_y),
        ((x0, y0), up, (-out, 0.0), "end", along_z),
    ]
    drawn = [_dimension(*side) for side in sides]
    dot = tag("circle", cx=x0, cy=y0, r=2.6, fill=INK)
    return tag("g", *drawn, dot, class_="dimensions")


def size_labels(box: BoxType) -> tuple[str, str, str]:
    """Return the texts of the inner length, width and height, with the axis that each lies along."""
    return (
        f"x {millimetres(box.inner_length_mm)} mm",
        f"y {millimetres(box.inner_width_mm)} mm",
        f"z {millimetres(box.inner_height_mm)} mm",
    )


def _dimension(start: Point, end: Point, offset: Point, anchor: str, text: str) -> str:
    """Return a dimension line parallel to an edge, with end ticks, and its text beside the middle."""
    (x1, y1), (x2, y2) = ((x + offset[0], y + offset[1]) for x, y in (start, end))
    tick_x, tick_y = (0.0, 4.0) if offset[1] else (4.0, 0.0)
    ticks = [line((x - tick_x, y - tick_y), (x + tick_x, y + tick_y)) for x, y in ((x1, y1), (x2, y2))]
    gap_x, gap_y = (6.0 if anchor == "start" else -6.0), (13.0 if offset[1] else 4.0)
    middle = label((x1 + x2) / 2 + gap_x, (y1 + y2) / 2 + gap_y, text, 12, text_anchor=anchor)
    return tag("g", line((x1, y1), (x2, y2)), *ticks, stroke=MUTED, stroke_width=0.8) + middle


def _walls(box: BoxType) -> tuple[float, float, float]:
    """Return the thickness of one wall along x, y, z in um; 0 where inner and outer size agree."""
    x, y, z = ((outer - inner) / 2 for inner, outer in zip(box.inner_um, box.outer_um, strict=True))
    return x, y, z


def flap_um(box: BoxType) -> float:
    """Return the length of an open far flap as drawn, in um; 0 without flaps."""
    has_flaps = box.style is BoxStyle.RSC_0201 and box.opening is Opening.TOP
    length, width, height = box.inner_um
    return min(width * _FLAP_SHARE, 0.35 * min(length + width, 2 * height)) if has_flaps else 0.0


def _flaps(box: BoxType, view: Viewport) -> list[str]:
    length, width, height = box.inner_um
    reach = flap_um(box)
    if not reach:
        return []
    inset, out, rise = reach * 0.12, reach * FLAP_REACH[0], reach * FLAP_REACH[1]
    back = [
        view.at(0, width, height),
        view.at(length, width, height),
        view.at(length - inset, width + out, height + rise),
        view.at(inset, width + out, height + rise),
    ]
    left = [
        view.at(0, 0, height),
        view.at(0, width, height),
        view.at(-out, width - inset, height + rise),
        view.at(-out, inset, height + rise),
    ]
    return [polygon(flap, fill=fill, stroke=_EDGE, stroke_width=0.8) for flap, fill in ((back, _BACK), (left, _LEFT))]


def _flat(lo: Spot, hi: Spot, view: Viewport, fill: str) -> str:
    return polygon(view.outline(lo, hi), fill=fill)
