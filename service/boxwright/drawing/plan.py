"""The picture of a plan: each parcel whole and step by step, and what stayed unpacked."""

from collections.abc import Sequence

from boxwright.domain.box import Catalog
from boxwright.domain.order import Order
from boxwright.domain.own_container import box_of
from boxwright.domain.plan import Plan
from boxwright.domain.rounded import count
from boxwright.domain.started import StartedParcel
from boxwright.drawing.captions import MAX_SINGLE_STEPS
from boxwright.drawing.legend import footprint_text
from boxwright.drawing.lettering import shortened, wrapped
from boxwright.drawing.panels import panels_svg
from boxwright.drawing.parcel import MARGIN, WIDTH, overview_svg
from boxwright.drawing.scene import scene_of
from boxwright.drawing.svg import INK, RULE, document, label, line, stacked
from boxwright.findings import Findings

_WIDE = WIDTH - 2 * MARGIN


def plan_svg(plan: Plan, order: Order, catalog: Catalog, started_parcels: Sequence[StartedParcel] = ()) -> str:
    """Draw a plan: every parcel whole, then the steps that pack it, then the units that stayed out.

    Parameters
    ----------
    plan : Plan
        The plan.
    order : Order
        The order it packs.
    catalog : Catalog
        The catalog that has its box types.
    started_parcels : sequence of StartedParcel, optional
        Those of the request: units that lay in one before are grey, and said to be. Default none.

    Returns
    -------
    str
        A whole SVG file. The same arguments give the same text.

    Raises
    ------
    InvalidInputError
        If the catalog lacks a box type of the plan, or the order a line.
    """
    known, found = {box.box_type_id for box in catalog.box_types}, Findings()
    for index, parcel in enumerate(plan.parcels):
        if parcel.box_type_id not in known and not parcel.ships_in_own_container:
            rule = f"must be in catalog {catalog.catalog_id}, got {parcel.box_type_id!r}"
            found.add(f"parcels[{index}].box_type_id", rule)
    found.raise_any()
    title = f"Order {order.order_id}"
    body, y = _heading_svg(plan, order, title)
    for index, parcel in enumerate(plan.parcels, start=1):
        box = box_of(parcel, catalog)
        scene = scene_of(parcel, order, box, started_parcels)
        where = "own container" if parcel.ships_in_own_container else f"box {box.box_type_id}"
        begun = f"started parcel {parcel.started_parcel_id}, " if parcel.started_parcel_id else ""
        name = f"Parcel {index} of {len(plan.parcels)}: {begun}{where}"
        overview, y = overview_svg(scene, parcel, order, name, y + 18)
        steps = "Steps, in pack sequence"
        if len(parcel.placements) > MAX_SINGLE_STEPS:
            steps += f": {len(parcel.placements)} units, several to a picture; every unit is in one of them"
        body += overview + label(MARGIN, y + 20, steps, 13, font_weight="bold", fill=INK)
        panels, y = panels_svg(scene, parcel, order, MARGIN, y + 32, _WIDE)
        body += panels
    unpacked, y = _unpacked_svg(plan, y)
    return document(WIDTH, y + MARGIN, title, f"{len(plan.parcels)} parcels, {plan.status.value}", body + unpacked)


def _heading_svg(plan: Plan, order: Order, title: str) -> tuple[str, float]:
    packed = sum(len(parcel.placements) for parcel in plan.parcels)
    parcels = count(len(plan.parcels), "parcel")
    rows = [f"{parcels}, {packed} of {order.unit_count} units packed, {plan.status.value}"]
    if len(plan.parcels) > 1:
        rows += [f"CO2e of all parcels: {footprint_text(footprint)}" for footprint in plan.footprints]
    heading = label(MARGIN, MARGIN + 20, shortened(title, _WIDE, 20), 20, font_weight="bold", fill=INK)
    text, y = stacked([text for row in rows for text in wrapped(row, _WIDE, 12)], MARGIN, MARGIN + 25, 12, 17)
    return heading + text + line((MARGIN, y + 7), (WIDTH - MARGIN, y + 7), stroke=RULE), y + 7


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
