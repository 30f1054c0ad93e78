"""A parcel's picture alone, for a page that says the rest in its own words."""

from collections.abc import Iterable

from boxwright.domain.box import BoxType
from boxwright.domain.order import Order
from boxwright.domain.plan import Parcel
from boxwright.domain.started import StartedParcel
from boxwright.drawing.captions import steps
from boxwright.drawing.carton import dimensions_svg
from boxwright.drawing.scene import Scene, fitted, fitted_with_sizes, scene_of, scene_svg
from boxwright.drawing.svg import document
from boxwright.stop import NEVER, Stop

_SIDE, _TOP, _BOTTOM = 12.0, 14.0, 52.0


def thumbnail_svg(
    parcel: Parcel,
    order: Order,
    box: BoxType,
    *,
    width_px: float = 380.0,
    tallest_px: float = 260.0,
    started_parcels: Iterable[StartedParcel] = (),
) -> str:
    """Draw a parcel without figures and legend: the box, its units with their numbers, its inner size.

    The box is at most ``tallest_px`` high; other parameters and errors are those of ``parcel_svg``.
    """
    return _whole_svg(scene_of(parcel, order, box, started_parcels), parcel, order, width_px, tallest_px)


def small_svg(parcel: Parcel, order: Order, box: BoxType) -> str:
    """Draw a parcel small, as one of many on a page: the box and its units, without words, sizes and numbers.

    Parameters and errors are those of ``parcel_svg``.
    """
    scene, count = scene_of(parcel, order, box, titled=False), len(parcel.placements)
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
    """Draw a parcel for a page that says the rest in its own words: whole, then each step or run of steps, small.

    Parameters
    ----------
    parcel, order, box, started_parcels : Parcel, Order, BoxType, iterable of StartedParcel
        As in ``parcel_svg``, whose errors are raised.
    stepwise : bool, optional
        Whether steps are drawn, and the whole parcel has its numbers: that takes some ten times as long. Default True.
    stop : Stop, optional
        Ends the drawing with SearchEndedError. Default: nothing does.

    Returns
    -------
    str, tuple of (range, str)
        The whole parcel; and the steps that a picture adds, from 1, with the picture: their units in strong colour,
        the earlier ones pale.
    """
    stop.look()
    scene = scene_of(parcel, order, box, started_parcels, titled=False)
    whole = _whole_svg(scene, parcel, order, 460.0, 320.0, numbered=stepwise)
    view, height = fitted(scene.box, _SIDE, _TOP, 220.0 - 2 * _SIDE, 200.0)
    pictures = []
    for run in steps(len(parcel.placements)) if stepwise else ():
        stop.look()
        picture, _ = scene_svg(scene, view, placed=run[-1], new=len(run))
        words = f"Step {run[0]}" if len(run) == 1 else f"Steps {run[0]} to {run[-1]}"
        pictures.append((run, document(220.0, height + 2 * _TOP, f"Order {order.order_id}", words, picture)))
    return whole, tuple(pictures)


def _whole_svg(
    scene: Scene, parcel: Parcel, order: Order, width_px: float, tallest_px: float, *, numbered: bool = True
) -> str:
    view, height = fitted_with_sizes(scene.box, _SIDE, _TOP, width_px - 2 * _SIDE, tallest_px)
    picture, _ = scene_svg(scene, view, placed=len(parcel.placements), numbered=numbered)
    where = "its own container" if parcel.ships_in_own_container else f"box {parcel.box_type_id}"
    body = picture + dimensions_svg(scene.box, view)
    title, words = f"Order {order.order_id} in {where}", f"{len(parcel.placements)} units"
    return document(width_px, height + _TOP + _BOTTOM, title, words, body)
