"""The picture of a plan: each parcel whole and step by step, and what stayed unpacked."""

from collections.abc import Sequence

from boxwright.domain.box import Catalog
from boxwright.domain.order import Order
from boxwright.domain.own_container import box_of
from boxwright.domain.plan import Plan
from boxwright.domain.started import StartedParcel
from boxwright.drawing.captions import MAX_SINGLE_STEPS
from boxwright.drawing.legend import footprint_text
from boxwright.drawing.lettering import shortened, wrapped
from boxwright.drawing.panels import panels_svg
from boxwright.drawing.parcel import MARGIN, WIDTH, overview_svg, validated
from boxwright.drawing.scene import scene_of
from boxwright.drawing.svg import INK, MUTED, RULE, document, label, line
from boxwright.findings import Findings


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
    known = {box.box_type_id for box in catalog.box_types}
    found = Findings()
    for index, parcel in enumerate(plan.parcels):
        if parcel.box_type_id not in known and not parcel.ships_in_own_container:
            rule = f"must be in catalog {catalog.catalog_id}, got {parcel.box_type_id!r}"
            found.add(f"parcels[{index}].box_type_id", rule)
    found.raise_any()
    title = f"Order {order.order_id}"
    body, y = _heading_svg(plan, order, title)
    for index, parcel in enumerate(plan.parcels, start=1):
        box = box_of(parcel, catalog)
        validated(parcel, order, box)
        scene = scene_of(parcel, order, box, started_parcels)
        where = "own container" if parcel.ships_in_own_container else f"box {box.box_type_id}"
        begun = f"started parcel {parcel.started_parcel_id}, " if parcel.started_parcel_id else ""
        name = f"Parcel {index} of {len(plan.parcels)}: {begun}{where}"
        overview, y = overview_svg(scene, parcel, order, name, y + 18)
        steps = "Steps, in pack sequence"
        if len(parcel.placements) > MAX_SINGLE_STEPS:
            steps += f": {len(parcel.placements)} units, several to a picture; every unit is in one of them"
        body += overview + label(MARGIN, y + 20, steps, 13, font_weight="bold", fill=INK)
        panels, y = panels_svg(scene, parcel, order, MARGIN, y + 32, WIDTH - 2 * MARGIN)
        body += panels
    unpacked, y = _unpacked_svg(plan, y)
    return document(WIDTH, y + MARGIN, title, f"{len(plan.parcels)} parcels, {plan.status.value}", body + unpacked)


def _heading_svg(plan: Plan, order: Order, title: str) -> tuple[str, float]:
    parcels = f"{len(plan.parcels)} parcel{'' if len(plan.parcels) == 1 else 's'}"
    packed = sum(len(parcel.placements) for parcel in plan.parcels)
    rows = [f"{parcels}, {packed} of {order.unit_count} units packed, {plan.status.value}"]
    if len(plan.parcels) > 1:
        rows += [f"CO2e of all parcels: {footprint_text(footprint)}" for footprint in plan.footprints]
    y = MARGIN + 20
    body = label(MARGIN, y, shortened(title, WIDTH - 2 * MARGIN, 20), 20, font_weight="bold", fill=INK)
    for row in rows:
        for text in wrapped(row, WIDTH - 2 * MARGIN, 12):
            y += 17
            body += label(MARGIN, y, text, 12, fill=MUTED)
    return body + line((MARGIN, y + 12), (WIDTH - MARGIN, y + 12), stroke=RULE), y + 12


def _unpacked_svg(plan: Plan, top: float) -> tuple[str, float]:
    if not plan.unpacked:
        return "", top
    y = top + 20
    body = label(MARGIN, y, f"Not packed: {len(plan.unpacked)} units", 14, font_weight="bold", fill="#9a3412")
    for unit in plan.unpacked:
        reason = unit.reason.value.replace("_", " ")
        text = f"line {unit.line_id} #{unit.unit_index + 1}: {reason} ({unit.message})"
        for part in wrapped(text, WIDTH - 2 * MARGIN, 12):
            y += 16
            body += label(MARGIN, y, part, 12)
    return body, y + 8
