"""Small pictures of the steps, side by side, each with its caption."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from boxwright.domain.order import Order
from boxwright.domain.plan import Parcel
from boxwright.drawing.captions import group_caption, named, steps, whereabouts
from boxwright.drawing.filling import whole
from boxwright.drawing.lettering import shortened, wrapped
from boxwright.drawing.scene import Scene, fitted, scene_svg
from boxwright.drawing.svg import RULE, label, stacked, tag

COLUMNS = 4
_GAP = 14.0
_PAD = 10.0
_TALLEST = 190.0
_HEADING = 12.5
"""Size by which the heading of a caption is measured: it is bold and so wider than its 12 px."""


class Panel(NamedTuple):
    """One small picture: how many units are in the box, how many of them are new, and its caption."""

    placed: int
    new: int
    lines: list[str]
    closed: bool = False


def panels_svg(scene: Scene, parcel: Parcel, order: Order, left: float, top: float, width: float) -> tuple[str, float]:
    """Return the step pictures of a parcel with their captions, and the y below them, in px."""
    panel_width = (width - (COLUMNS - 1) * _GAP) / COLUMNS
    inner_width = panel_width - 2 * _PAD
    panels = list(_panels(scene, parcel, order, inner_width))
    _, picture_height = fitted(scene.box, 0, 0, inner_width, _TALLEST)
    drawn, y = [], top
    for first in range(0, len(panels), COLUMNS):
        row = panels[first : first + COLUMNS]
        height = picture_height + 3 * _PAD + 14 * max(len(panel.lines) for panel in row)
        for column, panel in enumerate(row):
            x = left + column * (panel_width + _GAP)
            frame = tag("rect", x=x, y=y, width=panel_width, height=height, rx=5, fill="none", stroke=RULE)
            view, _ = fitted(scene.box, x + _PAD, y + _PAD, inner_width, picture_height)
            picture, _ = scene_svg(scene, view, placed=panel.placed, new=panel.new, closed=panel.closed)
            left_px, top_px = x + _PAD, y + picture_height + 2 * _PAD
            heading = label(left_px, top_px + 12, panel.lines[0], 12, font_weight="bold")
            text, _ = stacked(panel.lines[1:], left_px, top_px + 15)
            drawn.append(tag("g", frame, picture, heading + text, class_="step"))
        y += height + _GAP
    return "".join(drawn), y


def _panels(scene: Scene, parcel: Parcel, order: Order, width: float) -> Iterator[Panel]:
    """Yield the bottom layer where there is one, each step or run of steps, and the filling where there is one."""
    filling, count = scene.filling, len(parcel.placements)
    if filling is not None and filling.bottom_um:
        said = f"{whole(filling.bottom_um)} mm, under all units"
        yield Panel(0, 0, ["First: fill on the floor", *wrapped(said, width, 11)])
    for run in steps(count):
        yield Panel(run[-1], len(run), caption(run, parcel, order, width, scene.begun))
    if filling is not None:
        lines = ["Last: fill", *wrapped(filling.words, width, 11), *wrapped(filling.where, width, 11)]
        yield Panel(count, 0, lines, closed=True)


def caption(run: range, parcel: Parcel, order: Order, width: float, begun: Collection[int] = ()) -> list[str]:
    """Return the caption of a run of steps as lines that fit a width; the first line says which steps."""
    placement = parcel.placements[run[0] - 1]
    if len(run) == 1:
        name, which = named(placement, order, parcel)
        lines = [shortened(f"{run[0]}. {name}", width, _HEADING), *filter(None, [which.strip()])]
        parts = whereabouts(placement, order, parcel)
    else:
        lines = [f"{run[0]}–{run[-1]} of {len(parcel.placements)}: {len(run)} units"]
        parts = group_caption(zip(run, parcel.placements[run[0] - 1 : run[-1]], strict=True))
    lines += ["already in the box"] if begun and set(run) <= set(begun) else []
    return [*lines, *(text for part in parts for text in wrapped(part, width, 11))]
