"""The box around the goods: floor and far walls behind them, near edges in front of them, and its inner size in mm."""

from boxwright.domain import rounded
from boxwright.domain.box import BoxStyle, BoxType, Opening
from boxwright.domain.fields import changed
from boxwright.domain.plan import Parcel
from boxwright.drawing.isometric import Point, Spot, Viewport, outline
from boxwright.drawing.svg import MUTED, label, line, polygon, tag

_FLOOR, _BACK, _LEFT, _RIM, _EDGE = "#f6eddd", "#f0e3cc", "#e8d6b8", "#c19d6b", "#8a6a3c"
_FLAP_SHARE = 0.5
"""Ratio of the length of an outer flap to the box width for FEFCO 0201, whose outer flaps meet in the middle."""
FLAP_REACH = (0.6, 0.5)
"""Reach of an open flap in the drawing, outwards and upwards, as shares of ``flap_um``."""


def drawn_box(box: BoxType, parcel: Parcel) -> BoxType:
    """Return a parcel's box for drawing: a rigid box unchanged, a mailer as high as its content.

    Seams, corners and empty parts of a mailer are not drawn. A mailer whose content exceeds its girth is drawn flat and
    as high as the content, so that the picture shows the error.
    """
    if not box.flexible or not parcel.placements:
        return box
    height = max(placed.corner_um[2] + placed.extent_um[2] for placed in parcel.placements)
    inner = box.shell.inside_at(box.inner_um, height)
    if not all(inner):
        inner = (box.inner_um[0], box.inner_um[1], height)
    walls = box.outer_um[2] - box.inner_um[2]
    sizes = {f"inner_{edge}_um": size for edge, size in zip(("length", "width", "height"), inner, strict=True)}
    return changed(box, **sizes, **{name.replace("inner", "outer"): size + walls for name, size in sizes.items()})


def behind_goods_svg(box: BoxType, view: Viewport, *, flaps: bool = False) -> str:
    """Return the floor, the far walls with the thickness of the board, compartments and, on request, far flaps."""

    def flat(lo: Spot, hi: Spot, fill: str, **attributes: str | float) -> str:
        return polygon([view.at(*corner) for corner in outline(lo, hi)], fill=fill, **attributes)

    def far_sides(lo: Spot, hi: Spot, **attributes: str | float) -> list[str]:
        (x, _, z), (x2, y2, z2) = lo, hi
        floor, back = flat(lo, (x2, y2, z), _FLOOR, **attributes), flat((x, y2, z), hi, _BACK, **attributes)
        return [floor, back, flat(lo, (x, y2, z2), _LEFT, **attributes)]

    length, width, height = box.inner_um
    wall_x, wall_y, wall_z = _walls(box)
    rims: list[tuple[Spot, Spot]] = [
        ((-wall_x, 0, height), (0, width, height)),
        ((-wall_x, width, height), (length, width + wall_y, height)),
        ((-wall_x, 0, -wall_z), (0, 0, height)),
        ((length, width, -wall_z), (length, width + wall_y, height)),
        ((0, 0, -wall_z), (length, 0, 0)),
        ((length, 0, -wall_z), (length, width, 0)),
    ]
    drawn = _flaps(box, view) if flaps else []
    drawn += far_sides((0, 0, 0), (length, width, height))
    corner = view.at(0, width, 0)
    for start, end in (
        (view.at(0, 0, 0), corner),
        (corner, view.at(length, width, 0)),
        (corner, view.at(0, width, height)),
    ):
        drawn.append(line(start, end, stroke=_EDGE, stroke_width=0.8))
    drawn += [flat(*rim, _RIM) for rim in rims] if wall_x and wall_y and wall_z else []
    for x, y, z, x2, y2, z2 in sorted(
        box.cells_um[: len(box.compartments or ())], key=lambda cell: cell[0] - cell[1]
    ):  # farthest first
        drawn += far_sides((x, y, z), (x2, y2, z2), stroke=_EDGE, stroke_width=0.6)
    return tag("g", *drawn, class_="carton")


def before_goods_svg(box: BoxType, view: Viewport) -> str:
    """Return the near edges and compartment rims, dashed and without walls, so that the inside shows."""
    length, width, height = box.inner_um
    near: list[tuple[Spot, Spot]] = [
        ((0, 0, height), (length, 0, height)),
        ((length, 0, height), (length, width, height)),
        ((length, 0, 0), (length, 0, height)),
    ]
    solid: list[tuple[Spot, Spot]] = [
        ((0, 0, 0), (length, 0, 0)),
        ((length, 0, 0), (length, width, 0)),
        ((0, 0, 0), (0, 0, height)),
        ((length, width, 0), (length, width, height)),
        ((0, 0, height), (0, width, height)),
        ((0, width, height), (length, width, height)),
    ]
    for x, y, _, x2, y2, z2 in box.cells_um[: len(box.compartments or ())]:
        corners = [(x, y, z2), (x2, y, z2), (x2, y2, z2), (x, y2, z2)]
        near += zip(corners, corners[1:] + corners[:1], strict=True)
    dashed = [line(view.at(*a), view.at(*b), stroke=_EDGE, stroke_width=1, stroke_dasharray="5 4") for a, b in near]
    drawn = [line(view.at(*a), view.at(*b), stroke=_EDGE, stroke_width=1.1) for a, b in solid]
    return tag("g", *dashed, *drawn, class_="near-edges")


def dimensions_svg(box: BoxType, view: Viewport) -> str:
    """Return the dimension lines of the inner length, width and height."""
    length, width, height = box.inner_um
    wall = max(_walls(box)) * view.px_per_um
    origin, corner = view.at(0, 0, 0), view.at(length, 0, 0)
    down, out = (0.0, 16 + wall), (-12 - wall, 0.0)
    along_x, along_y, along_z = size_labels(box)
    drawn = _dimension(origin, corner, down, "end", along_x)
    drawn += _dimension(corner, view.at(length, width, 0), down, "start", along_y)
    drawn += _dimension(origin, view.at(0, 0, height), out, "end", along_z)
    return tag("g", drawn, class_="dimensions")


def size_labels(box: BoxType) -> tuple[str, str, str]:
    """Return the inner length, width and height as strings."""
    length, width, height = (
        f"{rounded.length(edge)} mm" for edge in (box.inner_length_mm, box.inner_width_mm, box.inner_height_mm)
    )
    return length, width, height


def _dimension(start: Point, end: Point, offset: Point, anchor: str, text: str) -> str:
    (x1, y1), (x2, y2) = ((x + offset[0], y + offset[1]) for x, y in (start, end))
    tick_x, tick_y = (0.0, 4.0) if offset[1] else (4.0, 0.0)
    ticks = [line((x - tick_x, y - tick_y), (x + tick_x, y + tick_y)) for x, y in ((x1, y1), (x2, y2))]
    gap_x, gap_y = (6.0 if anchor == "start" else -6.0), (13.0 if offset[1] else 4.0)
    middle = label((x1 + x2) / 2 + gap_x, (y1 + y2) / 2 + gap_y, text, 12, text_anchor=anchor)
    return tag("g", line((x1, y1), (x2, y2)), *ticks, stroke=MUTED, stroke_width=0.8) + middle


def _walls(box: BoxType) -> tuple[float, float, float]:
    """Return the wall thickness along x, y, z in um; 0 where inner and outer size are equal."""
    x, y, z = ((outer - inner) / 2 for inner, outer in zip(box.inner_um, box.outer_um, strict=True))
    return x, y, z


def flap_um(box: BoxType) -> float:
    """Return the drawn length of an open far flap, in um; 0 for a box without flaps."""
    has_flaps = box.style is BoxStyle.RSC_0201 and box.opening is Opening.TOP
    length, width, height = box.inner_um
    return min(width * _FLAP_SHARE, 0.35 * min(length + width, 2 * height)) if has_flaps else 0.0


def _flaps(box: BoxType, view: Viewport) -> list[str]:
    length, width, height = box.inner_um
    reach = flap_um(box)
    inset, out, top = reach * 0.12, reach * FLAP_REACH[0], height + reach * FLAP_REACH[1]
    back = (0, width, height), (length, width, height), (length - inset, width + out, top), (inset, width + out, top)
    left = (0, 0, height), (0, width, height), (-out, width - inset, top), (-out, inset, top)
    return [
        polygon([view.at(*corner) for corner in flap], fill=fill, stroke=_EDGE, stroke_width=0.8)
        for flap, fill in ((back, _BACK), (left, _LEFT))
        if reach
    ]
