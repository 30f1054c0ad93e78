"""The picture of one parcel, with figures and legend or, for a page with its own text, without them."""

import itertools
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from boxwright.domain.box import BoxType
from boxwright.domain.factor import Component
from boxwright.domain.order import Item, Order
from boxwright.domain.plan import Parcel, Placement, StartedParcel
from boxwright.domain.protection import LineProtection
from boxwright.domain.rounded import count as counted
from boxwright.domain.rounded import grams, length, size
from boxwright.domain.steps import Step, numbers, steps_of
from boxwright.drawing.carton import FLAP_REACH, dimensions_svg, flap_um
from boxwright.drawing.isometric import SIN_30
from boxwright.drawing.lettering import ranges, shortened, wrapped
from boxwright.drawing.palette import line_colour, mix
from boxwright.drawing.scene import Scene, fitted, fitted_with_sizes, scene_of, scene_svg
from boxwright.drawing.svg import INK, MUTED, WRAP_PATTERN, document, label, stacked, tag
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.stop import NEVER, Stop

WIDTH = 960.0
MARGIN = 24.0
_COLUMN = 340.0
_LEFT = WIDTH - MARGIN - _COLUMN
_SIZE, _LEADING, _NAME_WIDTH, _SWATCH = 12.0, 16.0, 92.0, 14.0
_TALLEST = 430.0
_SIDE, _TOP, _BOTTOM = 12.0, 14.0, 52.0
MAX_SINGLE_STEPS = 24
MAX_GROUPS = 12


def parcel_svg(
    parcel: Parcel,
    order: Order,
    box: BoxType,
    *,
    step: int | None = None,
    started_parcels: Iterable[StartedParcel] = (),
) -> str:
    """Draw a parcel as an SVG file, with figures and legend.

    With ``step`` the box is drawn after this many units of the pack sequence, from 1: units placed together with the
    last one are in strong colour, earlier ones pale. By default the whole parcel is drawn. Units that were already in
    one of ``started_parcels`` are grey. The same arguments give the same text.

    Raises
    ------
    InvalidInputError
        If ``step`` is not a step of the parcel, or the box or a line does not match it.
    """
    started = tuple(started_parcels)
    count, scene = len(parcel.placements), scene_of(parcel, order, box, started)
    if step is not None and not 1 <= step <= count:
        raise InvalidInputError([FieldViolation("step", f"must be from 1 to {count}, got {step}")])
    title = "Own container" if parcel.ships_in_own_container else f"Box {box.box_type_id}"
    new = None
    if step is not None:
        first = next(step_of.number for step_of in steps_of(parcel, started) if step_of.last >= step)
        new = step - first + 1
        title += f", step {numbers(first, new)}"
    body, bottom = overview_svg(scene, parcel, order, title, MARGIN, placed=step or count, new=new)
    return document(WIDTH, bottom + MARGIN, title, f"Order {order.order_id}, {count} units", body)


def overview_svg(
    scene: Scene, parcel: Parcel, order: Order, title: str, top: float, *, placed: int, new: int | None = None
) -> tuple[str, float]:
    """Return title, picture, figures and legend of a parcel, and the y below them, in px."""
    box, flaps = scene.box, new is None
    heading = label(MARGIN, top + 18, shortened(title, WIDTH - 2 * MARGIN, 18), 18, font_weight="bold", fill=INK)
    area_top, area_width = top + 40, WIDTH - 2 * MARGIN - _COLUMN - 20
    unraised, _ = fitted_with_sizes(box, MARGIN, area_top, area_width, _TALLEST, flaps=flaps)
    rise_um = flap_um(box) * (SIN_30 * FLAP_REACH[0] + FLAP_REACH[1]) if flaps else 0.0
    raised = rise_um * unraised.px_per_um
    view, height = fitted_with_sizes(box, MARGIN, area_top + raised, area_width, _TALLEST, flaps=flaps)
    picture, unseen = scene_svg(scene, view, placed=placed, new=new, flaps=flaps)
    picture += dimensions_svg(box, view)
    facts, y = _facts_svg(parcel, box, area_top)
    legend, y = _legend_svg(parcel, order, unseen, y + 14, scene.begun)
    return heading + picture + facts + legend, max(y, area_top + raised + height + 44)


def _facts_svg(parcel: Parcel, box: BoxType, top: float) -> tuple[str, float]:
    """Return names and values of the figures of a parcel in two columns, and the y below them, in px."""
    own, inner = parcel.ships_in_own_container, (box.inner_length_mm, box.inner_width_mm, box.inner_height_mm)
    of = {part.component: part.dunnage_id for part in parcel.packaging}
    of[Component.CUSHIONING] = parcel.cushioning_id
    weights = [(part, parcel.packaging_mg(part)) for part in Component]
    used = [f"{part.words} {grams(weight)} {of.get(part, '')}".strip() for part, weight in weights if weight]
    rows = [
        ("unit as it is" if own else "inside", f"{size(inner)} mm"),
        ("gross weight", f"{grams(parcel.gross_mg)}, goods {grams(parcel.net_mg)}"),
        ("marks", ", ".join(mark.words for mark in parcel.handling_marks)),
        ("packaging", ", ".join(used)),
    ]
    y, written = top, []
    for name, value in rows:
        if not value:
            continue
        written.append(label(_LEFT, y + _SIZE, name, _SIZE, fill=MUTED))
        lines = wrapped(value, _COLUMN - _NAME_WIDTH, _SIZE)
        text, y = stacked(lines, _LEFT + _NAME_WIDTH, y, _SIZE, _LEADING, INK)
        written.append(text)
        y += 2
    return "".join(written), y


def _legend_svg(
    parcel: Parcel, order: Order, unseen: tuple[int, ...], top: float, begun: Collection[int]
) -> tuple[str, float]:
    """Return the legend of a parcel by pack sequence, with the ``unseen`` numbers, and the y below it, in px."""
    numbered: dict[str, dict[int, Placement]] = {}
    for number, placement in enumerate(parcel.placements, start=1):
        numbered.setdefault(placement.line_id, {})[number] = placement
    rules = {rule.line_id: rule for rule in parcel.protection}
    y, written, room = top, [], _COLUMN - _SWATCH - 8
    lines = {line.line_id: (index, line) for index, line in enumerate(order.lines)}
    for line_id, units in numbered.items():
        (index, line), rule = lines[line_id], rules.get(line_id)
        first = next(iter(units.values()))
        square: dict[str, Any] = {"x": _LEFT, "y": y + 1, "width": _SWATCH, "height": _SWATCH, "rx": 2}
        colour = line_colour(index)
        swatch = tag("rect", **square, fill=colour, stroke=mix(colour, "#000000", 0.45))
        if rule is not None and rule.wrap_layers:
            swatch += tag("rect", **square, fill=f"url(#{WRAP_PATTERN})")
        for at, text in enumerate(wrapped(ranges(units), room, _SIZE + 1)):
            written.append(label(_LEFT + _SWATCH + 8, y + _SIZE + 1 + _LEADING * at, text, _SIZE, font_weight="bold"))
        y += _LEADING * (at + 1)
        rows = [text for part in _said(line, units, first, rule, parcel, begun) for text in wrapped(part, room, 11)]
        text, y = stacked(rows, _LEFT + _SWATCH + 8, y)
        written.append(swatch + text)
        y += 7
    if unseen:
        said = f"Without a number in the picture, because hidden or too thin: {ranges(unseen)}"
        text, y = stacked(wrapped(said, _COLUMN, 11), _LEFT, y)
        written.append(text)
    return "".join(written), y


def _said(
    line: Item,
    units: dict[int, Placement],
    first: Placement,
    rule: LineProtection | None,
    parcel: Parcel,
    begun: Collection[int],
) -> Iterator[str]:
    """Yield the labels of a line: name, units, wrap or pads, inner box, and distances."""
    yield line.description or line.sku or f"line {line.line_id}"
    edges = size((line.length_mm, line.width_mm, line.height_mm))
    total = f" of {line.quantity}" if len(units) < line.quantity else ""
    yield f"{f'{len(units)}{total} units, each ' if line.quantity > 1 else ''}{edges} mm, {grams(line.mass_mg)}"
    gap, margin = first.half_gap_mm, first.wall_margin_mm
    if rule is not None and rule.pad_edge_um:
        yield f"pads of {parcel.cushioning_id}, {length(gap)} mm thick, on each face (hatched)"
    else:
        if rule is not None and rule.wrap_layers:
            yield f"wrap: {counted(rule.wrap_layers, 'layer')} of {parcel.cushioning_id} (dotted)"
        if first.inner_box_type_id:
            yield f"in inner box {first.inner_box_type_id} (brown)"
        if gap:
            yield f"{length(2 * gap)} mm apart (hatched: half of it)"
    if margin:
        yield f"at least {length(gap + margin)} mm from the walls"
    if there := units.keys() & begun:
        yield f"already in the box (grey): {ranges(there)}"


def small_svg(parcel: Parcel, order: Order, box: BoxType) -> str:
    """Draw a parcel as one of many on a page: small, box and units without labels, sizes and numbers.

    Parameters and errors are those of ``parcel_svg``.
    """
    scene, count = scene_of(parcel, order, box), len(parcel.placements)
    view, height = fitted(scene.box, 8.0, 8.0, 184.0, 140.0)
    picture, _ = scene_svg(scene, view, placed=count, numbered=False)
    return document(200.0, height + 16.0, f"Order {order.order_id}", f"{count} units", picture)


def page_pictures(
    parcel: Parcel,
    order: Order,
    box: BoxType,
    *,
    stepwise: bool = True,
    started_parcels: Iterable[StartedParcel] = (),
    stop: Stop = NEVER,
) -> tuple[str, tuple[tuple[range, str], ...]]:
    """Draw a parcel for a page with its own text: the whole parcel, then each step or run of steps, small.

    The pictures of steps come with the range of the steps, from 0, that they add; these are in strong colour. Without
    ``stepwise`` there are no steps and no numbers, which takes about a tenth of the time. Errors are those of
    ``parcel_svg``, and SearchEndedError if ``stop`` ends the drawing.
    """
    stop.look()
    started = tuple(started_parcels)
    scene, steps = scene_of(parcel, order, box, started), steps_of(parcel, started) if stepwise else ()
    title, count = f"Order {order.order_id}", len(parcel.placements)
    view, height = fitted_with_sizes(scene.box, _SIDE, _TOP, 460.0 - 2 * _SIDE, 320.0)
    picture, _ = scene_svg(scene, view, placed=count, numbered=stepwise)
    body, said = picture + dimensions_svg(scene.box, view), f"{count} units"
    whole = document(460.0, height + _TOP + _BOTTOM, title, said, body)
    view, height = fitted(scene.box, _SIDE, _TOP, 220.0 - 2 * _SIDE, 200.0)
    pictures = []
    for run in runs(len(steps)):
        stop.look()
        placed, new = added(steps, run)
        picture, _ = scene_svg(scene, view, placed=placed, new=new)
        pictures.append((run, document(220.0, height + 2 * _TOP, title, f"After {placed} units", picture)))
    return whole, tuple(pictures)


def runs(count: int) -> tuple[range, ...]:
    """Return the steps that each picture adds, counted from 0.

    Up to ``MAX_SINGLE_STEPS`` steps have one picture each; more are divided into ``MAX_GROUPS`` runs of nearly equal
    length.
    """
    pictures = count if count <= MAX_SINGLE_STEPS else MAX_GROUPS
    ends = [count * k // pictures for k in range(pictures + 1)] if pictures else []
    return tuple(range(first, last) for first, last in itertools.pairwise(ends))


def added(steps: tuple[Step, ...], run: range) -> tuple[int, int]:
    """Return the number of units in the box after a run of steps, and the number that the run adds."""
    placed = steps[run[-1]].last
    return placed, placed - steps[run[0]].number + 1
