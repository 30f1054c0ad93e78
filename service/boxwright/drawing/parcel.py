"""The picture of one parcel: the packed box, its figures and its legend."""

from collections.abc import Iterable

from boxwright.domain.box import BoxType
from boxwright.domain.order import Order
from boxwright.domain.plan import Parcel
from boxwright.domain.started import StartedParcel
from boxwright.drawing.captions import unit_caption
from boxwright.drawing.carton import FLAP_REACH, dimensions_svg, flap_um
from boxwright.drawing.isometric import SIN_30
from boxwright.drawing.legend import facts_of, facts_svg, legend_svg
from boxwright.drawing.lettering import shortened
from boxwright.drawing.scene import Scene, fitted_with_sizes, scene_of, scene_svg
from boxwright.drawing.svg import INK, document, label
from boxwright.errors import FieldViolation, InvalidInputError

WIDTH = 960.0
MARGIN = 24.0
_COLUMN = 340.0
_TALLEST = 430.0


def parcel_svg(
    parcel: Parcel,
    order: Order,
    box: BoxType,
    *,
    step: int | None = None,
    started_parcels: Iterable[StartedParcel] = (),
) -> str:
    """Draw a parcel as an isometric SVG.

    Parameters
    ----------
    parcel : Parcel
        The parcel.
    order : Order
        Its order: names, declared sizes and colours come from it.
    box : BoxType
        The parcel's box type.
    step : int, optional
        Draw the box after so many steps of the pack sequence, from 1, with the unit of that step in strong colour and
        the earlier ones pale. Default: the whole parcel.
    started_parcels : iterable of StartedParcel, optional
        Those of the request: units that lay in this one before are grey. Default none.

    Returns
    -------
    str
        A whole SVG file. The same arguments give the same text.

    Raises
    ------
    InvalidInputError
        If ``step`` is not a step of the parcel, or the box or a line is not that of the parcel.
    """
    count, scene = len(parcel.placements), scene_of(parcel, order, box, started_parcels)
    if step is not None and not 1 <= step <= count:
        raise InvalidInputError([FieldViolation("step", f"must be from 1 to {count}, got {step}")])
    title = "Own container" if parcel.ships_in_own_container else f"Box {box.box_type_id}"
    if step is not None:
        title += f", step {unit_caption(parcel.placements[step - 1], step, order, parcel)}"
    body, bottom = overview_svg(scene, parcel, order, title, MARGIN, step=step)
    return document(WIDTH, bottom + MARGIN, title, f"Order {order.order_id}, {count} units", body)


def overview_svg(
    scene: Scene, parcel: Parcel, order: Order, title: str, top: float, *, step: int | None = None
) -> tuple[str, float]:
    """Return title, picture, figures and legend of a parcel, and the y below them, in px."""
    box = scene.box
    heading = label(MARGIN, top + 18, shortened(title, WIDTH - 2 * MARGIN, 18), 18, font_weight="bold", fill=INK)
    area_top, area_width = top + 40, WIDTH - 2 * MARGIN - _COLUMN - 20
    flaps = step is None
    unraised, _ = fitted_with_sizes(box, MARGIN, area_top, area_width, _TALLEST, flaps=flaps)
    rise_um = flap_um(box) * (SIN_30 * FLAP_REACH[0] + FLAP_REACH[1]) if flaps else 0.0
    raised = rise_um * unraised.px_per_um
    view, height = fitted_with_sizes(box, MARGIN, area_top + raised, area_width, _TALLEST, flaps=flaps)
    placed = len(parcel.placements) if step is None else step
    picture, unseen = scene_svg(scene, view, placed=placed, new=None if flaps else 1, flaps=flaps)
    picture += dimensions_svg(box, view)
    column = WIDTH - MARGIN - _COLUMN
    facts, y = facts_svg(facts_of(parcel, box), column, area_top, _COLUMN)
    legend, y = legend_svg(parcel, order, unseen, column, y + 14, _COLUMN, begun=scene.begun)
    return heading + picture + facts + legend, max(y, area_top + raised + height + 44)
