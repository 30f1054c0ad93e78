"""The picture of one parcel, with figures and legend, or without them for a page that has them as text."""

import itertools
from collections.abc import Iterable

from boxwright.domain.box import BoxType
from boxwright.domain.order import Order
from boxwright.domain.plan import Parcel, StartedParcel
from boxwright.domain.steps import Step, numbers, steps_of
from boxwright.drawing.carton import FLAP_REACH, dimensions_svg, flap_um
from boxwright.drawing.isometric import SIN_30
from boxwright.drawing.legend import facts_of, facts_svg, legend_svg
from boxwright.drawing.lettering import shortened
from boxwright.drawing.scene import Scene, fitted, fitted_with_sizes, scene_of, scene_svg
from boxwright.drawing.svg import INK, document, label
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.stop import NEVER, Stop

WIDTH = 960.0
MARGIN = 24.0
_COLUMN = 340.0
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
    """Draw a parcel as an isometric SVG.

    Parameters
    ----------
    parcel : Parcel
        The parcel.
    order : Order
        Its order, for names, declared sizes and colours.
    box : BoxType
        The parcel's box type.
    step : int, optional
        Draw the box after this many units of the pack sequence, from 1; units placed together with the last one are in
        strong colour, earlier ones pale. Default: the whole parcel.
    started_parcels : iterable of StartedParcel, optional
        Started parcels of the request; units that were already in this one are grey. Default none.

    Returns
    -------
    str
        A whole SVG file. The same arguments give the same text.

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
    column = WIDTH - MARGIN - _COLUMN
    facts, y = facts_svg(facts_of(parcel, box), column, area_top, _COLUMN)
    legend, y = legend_svg(parcel, order, unseen, column, y + 14, _COLUMN, begun=scene.begun)
    return heading + picture + facts + legend, max(y, area_top + raised + height + 44)


def small_svg(parcel: Parcel, order: Order, box: BoxType) -> str:
    """Draw a parcel as one of many on a page: small, box and units without texts, sizes and numbers.

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
    """Draw a parcel for a page with its own text: whole, then each step or run of steps, small.

    Parameters
    ----------
    parcel, order, box, started_parcels : Parcel, Order, BoxType, iterable of StartedParcel
        As in ``parcel_svg``, whose errors are raised.
    stepwise : bool, optional
        Whether to draw steps, and numbers on the whole parcel, which takes about ten times as long. Default True.
    stop : Stop, optional
        Ends the drawing with SearchEndedError. Default none.

    Returns
    -------
    str, tuple of (range, str)
        The picture of the whole parcel, and the pictures of steps, each with the range of steps of ``steps_of`` that it
        adds, from 0. Units of these steps are in strong colour, earlier ones pale.
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
    """Return the pictures for a number of steps, each as the range of steps that it adds, from 0.

    Up to ``MAX_SINGLE_STEPS`` steps each have a picture; more are divided into ``MAX_GROUPS`` runs of nearly equal
    length.
    """
    pictures = count if count <= MAX_SINGLE_STEPS else MAX_GROUPS
    ends = [count * k // pictures for k in range(pictures + 1)] if pictures else []
    return tuple(range(first, last) for first, last in itertools.pairwise(ends))


def added(steps: tuple[Step, ...], run: range) -> tuple[int, int]:
    """Return the number of units in the box after a run of steps, and the number that the run adds."""
    placed = steps[run[-1]].last
    return placed, placed - steps[run[0]].number + 1
