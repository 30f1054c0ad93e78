"""Small pictures of the steps, side by side, each with its caption."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from boxwright.domain.order import Order
from boxwright.domain.plan import Parcel
from boxwright.drawing.captions import group_caption, named, steps, whereabouts
from boxwright.drawing.filling import whole
from boxwright.drawing.lettering import shortened, wrapped
from boxwright.drawing.scene import Scene, fitted, scene_svg
from boxwright.drawing.svg import INK, MUTED, RULE, label, tag

COLUMNS = 4
_GAP = 14.0
_PAD = 10.0
_TALLEST = 190.0
_HEADING = 12.5
"""Size by which the heading of a caption is measured: it is bold and so wider than its 12 px."""


@dataclass(frozen=True, slots=True)
class Panel:
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
        height = picture_height + 3 * _PAD + 14 * max(len(each.lines) for each in row)
        for column, panel in enumerate(row):
            x = left + column * (panel_width + _GAP)
            frame = tag("rect", x=x, y=y, width=panel_width, height=height, rx=5, fill="none", stroke=RULE)
            view, _ = fitted(scene.box, x + _PAD, y + _PAD, inner_width, picture_height)
            picture, _ = scene_svg(scene, view, placed=panel.placed, new=panel.new, closed=panel.closed)
            text = caption_svg(panel.lines, x + _PAD, y + picture_height + 2 * _PAD)
            drawn.append(tag("g", frame, picture, text, class_="step"))
        y += height + _GAP
    return "".join(drawn), y


def _panels(scene: Scene, parcel: Parcel, order: Order, width: float) -> Iterator[Panel]:
    """Yield the bottom layer where there is one, each step or run of steps, and the filling where there is one."""
    filling, count = scene.filling, len(parcel.placements)
    if filling is not None and filling.bottom_um:
        yield Panel(0, 0, _worded("First: fill on the floor", f"{whole(filling.bottom_um)} mm, under all units", width))
    for run in steps(count):
        yield Panel(run[-1], len(run), caption(run, parcel, order, width, begun=scene.begun))
    if filling is not None:
        lines = [*_worded("Last: fill", filling.words, width), *wrapped(filling.where, width, 11)]
        yield Panel(count, 0, lines, closed=True)


def _worded(heading: str, text: str, width: float) -> list[str]:
    return [heading, *wrapped(text, width, 11)]


def caption(
    run: range, parcel: Parcel, order: Order, width: float, *, begun: Collection[int] = frozenset()
) -> list[str]:
    """Return the caption of a run of steps as lines that fit a width; the first line says which steps."""
    there = ("already in the box",) if begun and set(run) <= set(begun) else ()
    if len(run) == 1:
        placement = parcel.placements[run[0] - 1]
        name, which = named(placement, order, parcel)
        return [
            shortened(f"{run[0]}. {name}", width, _HEADING),
            *([which.strip()] if which else []),
            *there,
            *(text for part in whereabouts(placement, order, parcel) for text in wrapped(part, width, 11)),
        ]
    added = zip(run, parcel.placements[run[0] - 1 : run[-1]], strict=True)
    heading = f"{run[0]}–{run[-1]} of {len(parcel.placements)}: {len(run)} units"
    return [heading, *there, *(text for part in group_caption(added) for text in wrapped(part, width, 11))]


def caption_svg(lines: list[str], left: float, top: float) -> str:
    """Return caption lines, the first in bold."""
    return "".join(
        label(
            left,
            top + 12 + 14 * row,
            text,
            12 if row == 0 else 11,
            font_weight="bold" if row == 0 else None,
            fill=INK if row == 0 else MUTED,
        )
        for row, text in enumerate(lines)
    )
