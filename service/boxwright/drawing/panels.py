"""Small pictures of the steps, side by side, each with its caption."""

from boxwright.domain.order import Order
from boxwright.domain.plan import Parcel
from boxwright.drawing.captions import group_caption, steps, unit_name, whereabouts
from boxwright.drawing.lettering import wrapped
from boxwright.drawing.scene import Scene, fitted, scene_svg
from boxwright.drawing.svg import INK, MUTED, RULE, label, tag

COLUMNS = 4
_GAP = 14.0
_PAD = 10.0
_TALLEST = 190.0


def panels_svg(scene: Scene, parcel: Parcel, order: Order, left: float, top: float, width: float) -> tuple[str, float]:
    """Return the step pictures of a parcel with their captions, and the y below them, in px."""
    runs = steps(len(parcel.placements))
    panel_width = (width - (COLUMNS - 1) * _GAP) / COLUMNS
    inner_width = panel_width - 2 * _PAD
    _, picture_height = fitted(scene.box, 0, 0, inner_width, _TALLEST)
    drawn, y = [], top
    for row in range(0, len(runs), COLUMNS):
        captions = [caption(run, parcel, order, inner_width) for run in runs[row : row + COLUMNS]]
        height = picture_height + 3 * _PAD + 14 * max(len(lines) for lines in captions)
        for column, (run, lines) in enumerate(zip(runs[row : row + COLUMNS], captions, strict=True)):
            x = left + column * (panel_width + _GAP)
            frame = tag("rect", x=x, y=y, width=panel_width, height=height, rx=5, fill="none", stroke=RULE)
            view, _ = fitted(scene.box, x + _PAD, y + _PAD, inner_width, picture_height)
            picture, _ = scene_svg(scene, view, placed=run[-1], new=len(run))
            text = caption_svg(lines, x + _PAD, y + picture_height + 2 * _PAD)
            drawn.append(tag("g", frame, picture, text, class_="step"))
        y += height + _GAP
    return "".join(drawn), y


def caption(run: range, parcel: Parcel, order: Order, width: float) -> list[str]:
    """Return the caption of a run of steps as lines that fit a width; the first line says which steps."""
    if len(run) == 1:
        placement = parcel.placements[run[0] - 1]
        return [
            *wrapped(f"{run[0]}. line {unit_name(placement, order)}", width, 12)[:2],
            *(text for part in whereabouts(placement) for text in wrapped(part, width, 11)),
        ]
    added = zip(run, parcel.placements[run[0] - 1 : run[-1]], strict=True)
    heading = f"{run[0]}–{run[-1]} of {len(parcel.placements)}: {len(run)} units"
    return [heading, *(text for part in group_caption(added) for text in wrapped(part, width, 11))]


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
