"""The picture of a plan: each parcel when packed and step by step, and the unpacked units."""

from collections.abc import Iterator, Sequence

from boxwright.domain.bench import BenchLine, BenchWords
from boxwright.domain.box import Catalog
from boxwright.domain.order import Order
from boxwright.domain.own_container import box_of
from boxwright.domain.plan import Parcel, Plan, StartedParcel
from boxwright.domain.rounded import count
from boxwright.domain.steps import steps_of
from boxwright.drawing.lettering import shortened, wrapped
from boxwright.drawing.parcel import MARGIN, WIDTH, added, overview_svg, runs
from boxwright.drawing.scene import Scene, fitted, scene_of, scene_svg
from boxwright.drawing.svg import INK, RULE, document, label, line, stacked, tag
from boxwright.findings import Findings

_WIDE = WIDTH - 2 * MARGIN
_COLUMNS, _GAP, _PAD, _TALLEST = 3, 14.0, 10.0, 190.0
_PANEL_WIDTH = (_WIDE - (_COLUMNS - 1) * _GAP) / _COLUMNS


def plan_svg(
    plan: Plan,
    order: Order,
    catalog: Catalog,
    words: Sequence[BenchWords],
    started_parcels: Sequence[StartedParcel] = (),
) -> str:
    """Draw a plan as an SVG file: every packed parcel, then its packing steps, then the unpacked units.

    ``words`` are the packing instructions of the parcels, from ``planning.bench_words``. Units that were already in one
    of ``started_parcels`` are grey. The same arguments give the same text.

    Raises
    ------
    InvalidInputError
        If the catalog lacks a box type of the plan, or the order lacks a line.
    """
    known, found = {box.box_type_id for box in catalog.box_types}, Findings()
    for index, parcel in enumerate(plan.parcels):
        if parcel.box_type_id not in known and not parcel.ships_in_own_container:
            rule = f"must be in catalog {catalog.catalog_id}, got {parcel.box_type_id!r}"
            found.add(f"parcels[{index}].box_type_id", rule)
    found.raise_any()
    title, packed = f"Order {order.order_id}", sum(len(parcel.placements) for parcel in plan.parcels)
    said = f"{count(len(plan.parcels), 'parcel')}, {packed} of {order.unit_count} units packed, {plan.status.value}"
    body = label(MARGIN, MARGIN + 20, shortened(title, _WIDE, 20), 20, font_weight="bold", fill=INK)
    text, y = stacked([said], MARGIN, MARGIN + 25, 12, 17)
    body += text + line((MARGIN, y + 7), (WIDTH - MARGIN, y + 7), stroke=RULE)
    y += 7
    for index, (parcel, sentences) in enumerate(zip(plan.parcels, words, strict=True), start=1):
        box = box_of(parcel, catalog)
        scene = scene_of(parcel, order, box, started_parcels)
        where = "own container" if parcel.ships_in_own_container else f"box {box.box_type_id}"
        begun = f"started parcel {parcel.started_parcel_id}, " if parcel.started_parcel_id else ""
        name = f"Parcel {index} of {len(plan.parcels)}: {begun}{where}"
        overview, y = overview_svg(scene, parcel, order, name, y + 18, placed=len(parcel.placements))
        panels, y = _panels_svg(scene, list(_panels(scene, parcel, sentences, started_parcels)), y + 20)
        body += overview + panels
    unpacked, y = _unpacked_svg(plan, y)
    return document(WIDTH, y + MARGIN, title, f"{len(plan.parcels)} parcels, {plan.status.value}", body + unpacked)


def _panels(
    scene: Scene, parcel: Parcel, words: BenchWords, started_parcels: Sequence[StartedParcel]
) -> Iterator[tuple[str, list[str]]]:
    """Yield pictures with sentences: the empty box, each step or run of steps, and the full box."""

    def panel(lines: Sequence[BenchLine], placed: int, new: int, *, closed: bool = False) -> tuple[str, list[str]]:
        view, _ = fitted(scene.box, _PAD, _PAD, _PANEL_WIDTH - 2 * _PAD, _TALLEST)
        picture, _ = scene_svg(scene, view, placed=placed, new=new, closed=closed)
        said = (f"{line.numbers}. {line.sentence}" if line.step else line.sentence for line in lines)
        return picture, [text for sentence in said for text in wrapped(sentence, _PANEL_WIDTH - 2 * _PAD, 11)]

    steps = steps_of(parcel, started_parcels)
    if words.opening:
        yield panel(words.opening, 0, 0)
    for run in runs(len(steps)):
        lines = [step for at in run for step in (*words.before(at), words.steps[at])]
        yield panel(lines, *added(steps, run))
    yield panel(words.closing, len(parcel.placements), 0, closed=True)


def _panels_svg(scene: Scene, panels: list[tuple[str, list[str]]], top: float) -> tuple[str, float]:
    _, picture_height = fitted(scene.box, 0, 0, _PANEL_WIDTH - 2 * _PAD, _TALLEST)
    drawn, y = [], top
    for first in range(0, len(panels), _COLUMNS):
        row = panels[first : first + _COLUMNS]
        height = picture_height + 3 * _PAD + 14 * max(len(lines) for _, lines in row)
        for column, (picture, lines) in enumerate(row):
            frame = tag("rect", width=_PANEL_WIDTH, height=height, rx=5, fill="none", stroke=RULE)
            text, _ = stacked(lines, _PAD, picture_height + 2 * _PAD, fill=INK)
            at = f"translate({MARGIN + column * (_PANEL_WIDTH + _GAP):g} {y:g})"
            drawn.append(tag("g", frame, picture, text, class_="step", transform=at))
        y += height + _GAP
    return "".join(drawn), y


def _unpacked_svg(plan: Plan, top: float) -> tuple[str, float]:
    if not plan.unpacked:
        return "", top
    heading = f"Not packed: {len(plan.unpacked)} units"
    lines = []
    for unit in plan.unpacked:
        reason = unit.reason.value.replace("_", " ")
        lines += wrapped(f"line {unit.line_id} #{unit.unit_index + 1}: {reason} ({unit.message})", _WIDE, 12)
    text, y = stacked(lines, MARGIN, top + 24, 12, 16, INK)
    return label(MARGIN, top + 20, heading, 14, font_weight="bold", fill="#9a3412") + text, y + 4
