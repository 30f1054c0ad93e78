"""A parcel's picture alone, for a page that says the rest in its own words."""

from collections.abc import Iterable
from dataclasses import replace

from boxwright.domain.box import BoxType
from boxwright.domain.order import Order
from boxwright.domain.plan import Parcel
from boxwright.domain.started import StartedParcel
from boxwright.drawing.captions import steps
from boxwright.drawing.carton import dimensions_svg
from boxwright.drawing.parcel import validated
from boxwright.drawing.scene import fitted, fitted_with_sizes, scene_of, scene_svg
from boxwright.drawing.svg import document

_SIDE, _TOP, _BOTTOM = 12.0, 14.0, 52.0
_NARROW = 8.0


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

    Parameters
    ----------
    parcel, order, box : Parcel, Order, BoxType
        As in ``parcel_svg``.
    width_px : float, optional
        Width of the picture. Default 380.
    tallest_px : float, optional
        Most height that the box takes. Default 260.
    started_parcels : iterable of StartedParcel, optional
        As in ``parcel_svg``.

    Raises
    ------
    InvalidInputError
        If the box or a line is not that of the parcel.
    """
    validated(parcel, order, box)
    scene = scene_of(parcel, order, box, started_parcels)
    view, height = fitted_with_sizes(scene.box, _SIDE, _TOP, width_px - 2 * _SIDE, tallest_px)
    picture, _ = scene_svg(scene, view, placed=len(parcel.placements))
    where = "its own container" if parcel.ships_in_own_container else f"box {box.box_type_id}"
    title = f"Order {order.order_id} in {where}"
    body = picture + dimensions_svg(scene.box, view)
    return document(width_px, height + _TOP + _BOTTOM, title, f"{len(parcel.placements)} units", body)


def small_svg(parcel: Parcel, order: Order, box: BoxType, *, width_px: float = 200.0, tallest_px: float = 140.0) -> str:
    """Draw a parcel small, as one of many on a page: the box and its units, without words, sizes and numbers.

    Parameters
    ----------
    parcel, order, box : Parcel, Order, BoxType
        As in ``parcel_svg``.
    width_px : float, optional
        Width of the picture. Default 200.
    tallest_px : float, optional
        Most height that the box takes. Default 140.

    Raises
    ------
    InvalidInputError
        If the box or a line is not that of the parcel.
    """
    validated(parcel, order, box)
    scene = scene_of(parcel, order, box, ())
    scene = replace(scene, units=tuple(replace(unit, title="") for unit in scene.units))
    view, height = fitted(scene.box, _NARROW, _NARROW, width_px - 2 * _NARROW, tallest_px)
    picture, _ = scene_svg(scene, view, placed=len(parcel.placements), numbered=False)
    words = f"{len(parcel.placements)} units"
    title, patterned = f"Order {order.order_id}", "url(#" in picture
    return document(width_px, height + 2 * _NARROW, title, words, picture, patterned=patterned)


def step_pictures(
    parcel: Parcel,
    order: Order,
    box: BoxType,
    *,
    width_px: float = 220.0,
    tallest_px: float = 200.0,
    started_parcels: Iterable[StartedParcel] = (),
) -> tuple[tuple[range, str], ...]:
    """Draw each step of a parcel, or each run of steps where there are many, small and without words.

    Parameters
    ----------
    parcel, order, box : Parcel, Order, BoxType
        As in ``parcel_svg``.
    width_px : float, optional
        Width of each picture. Default 220.
    tallest_px : float, optional
        Most height that the box takes. Default 200.
    started_parcels : iterable of StartedParcel, optional
        As in ``parcel_svg``.

    Returns
    -------
    tuple of (range, str)
        The steps that a picture adds, from 1, and the picture: their units in strong colour, the earlier ones pale.

    Raises
    ------
    InvalidInputError
        If the box or a line is not that of the parcel.
    """
    validated(parcel, order, box)
    scene = scene_of(parcel, order, box, started_parcels)
    view, height = fitted(scene.box, _SIDE, _TOP, width_px - 2 * _SIDE, tallest_px)
    pictures = []
    for run in steps(len(parcel.placements)):
        picture, _ = scene_svg(scene, view, placed=run[-1], new=len(run))
        words = f"Step {run[0]}" if len(run) == 1 else f"Steps {run[0]} to {run[-1]}"
        pictures.append((run, document(width_px, height + 2 * _TOP, f"Order {order.order_id}", words, picture)))
    return tuple(pictures)
