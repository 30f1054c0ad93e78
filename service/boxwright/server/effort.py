"""What planning a request is estimated to cost, before any of it is planned: the one place that says so.

The estimate is CPU time on the machine that it was fitted on, as seconds there. It follows from what a request holds
and asks for, so that it is the same on every machine; ``Admission`` learns how long orders take on this one.
"""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from boxwright.errors import FieldViolation, LimitExceededError
from boxwright.planning import MAX_ALTERNATIVES
from boxwright.server.pack_request import EMPTY_SPACES, SMALLEST_CHANGES
from boxwright.v1 import policy_pb2

if TYPE_CHECKING:
    from collections.abc import Mapping

    from boxwright.server.shelf import Shelf
    from boxwright.v1.packing_service_pb2 import CheckPlanRequest, PackRequest

FILLED = 0.6
"""Share of a box that orders of several parcels fill, and of what it may weigh."""

HEAVIEST_G = 23_000
"""What a parcel weighs at most, where nothing else is said of it: by the lifting profile that is the default."""

WORTH_WHILE = 0.8
"""Share of the estimate that is left at most where a field is named as one to reduce."""

MODES = {
    policy_pb2.SOLVING_MODE_UNSPECIFIED: "balanced",
    policy_pb2.SOLVING_MODE_FAST: "fast",
    policy_pb2.SOLVING_MODE_BALANCED: "balanced",
    policy_pb2.SOLVING_MODE_THOROUGH: "thorough",
}
CHECK_S, CHECK_S_PER_UNIT = 0.003, 0.001
"""CPU time that judging a packing takes, and more of it for each unit, in seconds."""

READ_S_PER_BYTE, VALIDATE_S_PER_BYTE = 1e-7, 1.5e-6
"""CPU time that reading a message takes for each byte, and judging a catalog, in seconds."""

PATHS = {EMPTY_SPACES: "empty_spaces", SMALLEST_CHANGES: "explain", "drawings": "drawings"}


@dataclass(frozen=True, slots=True)
class Size:
    """What of a request decides how long it takes.

    Attributes
    ----------
    mode : str
        ``fast``, ``balanced`` or ``thorough``.
    units, lines, boxes : int
        Units, order lines and box types, each at least 1.
    parcels : float
        About how many parcels the units fill, by volume and mass, at least 1.
    soft, fragile : float
        Share of the lines that are soft goods, and of those that state a fragility, 0 to 1.
    inline : bool
        Whether the box types were sent along, to be read first.
    alternatives : int
        Further plans asked for.
    cushionings : int
        Wraps to choose from, at least 1.
    explain, empty_spaces, drawings : bool
        Whether each is asked for.
    """

    mode: str
    units: int
    lines: int
    boxes: int
    parcels: float
    soft: float
    fragile: float = 0.0
    inline: bool = False
    alternatives: int = 0
    cushionings: int = 1
    explain: bool = False
    empty_spaces: bool = False
    drawings: bool = False


COEFFICIENTS: Mapping[str, float] = {
    "alternatives": 0.654,
    "boxes": 0.286,
    "cushionings": 1.560,
    "drawings, units": 0.271,
    "empty spaces": -0.045,
    "explain": 0.516,
    "explain, boxes": 0.236,
    "explain, fast": -0.189,
    "explain, thorough": -0.748,
    "explain, units": -0.011,
    "fast": -0.548,
    "fast, boxes": 0.102,
    "fast, units": 0.055,
    "fragile": 0.311,
    "inline, boxes": 0.085,
    "lines": 0.509,
    "one": -5.824,
    "parcels": 0.782,
    "parcels squared": -0.076,
    "soft": -0.599,
    "soft, units": 0.231,
    "thorough": -0.623,
    "thorough, boxes": 0.071,
    "thorough, units": 0.392,
    "units": 0.078,
    "units squared": 0.034,
}
"""What the logarithm of the seconds is made of, by the names of ``terms``."""


def terms(size: Size) -> dict[str, float]:
    """Return what the logarithm of the estimate is a sum of, each to be weighed by its coefficient."""
    units, boxes = math.log(size.units), math.log(size.boxes)
    many = math.log(size.parcels)
    found = {
        "one": 1.0,
        "units": units,
        "units squared": units * units,
        "lines": math.log(size.lines),
        "boxes": boxes,
        "inline, boxes": boxes * size.inline,
        "parcels": many,
        "parcels squared": many * many,
        "soft": size.soft,
        "soft, units": size.soft * units,
        "alternatives": math.log1p(size.alternatives),
        "fragile": size.fragile,
        "cushionings": math.log(size.cushionings) * (size.fragile > 0),
    }
    if size.mode != "balanced":
        found |= {size.mode: 1.0, f"{size.mode}, units": units, f"{size.mode}, boxes": boxes}
    if size.explain:
        found |= {"explain": 1.0, "explain, units": units, "explain, boxes": boxes}
        if size.mode != "balanced":
            found[f"explain, {size.mode}"] = 1.0
    if size.empty_spaces:
        found["empty spaces"] = 1.0
    if size.drawings:
        found["drawings, units"] = units
    return found


def estimated_s(size: Size) -> float:
    """Return the CPU time that planning a request of a size is estimated to take, in seconds."""
    found = terms(size)
    return math.exp(sum(map(operator.mul, map(COEFFICIENTS.__getitem__, found), found.values())))


def size_of(request: PackRequest, shelf: Shelf) -> Size:
    """Return what decides how long a request takes; what is wrong with it is left to whoever reads it."""
    paths = request.read_mask.paths
    alternatives = min(max(request.alternative_count, 0), MAX_ALTERNATIVES)
    asked: dict[str, Any] = {name: path in paths or "*" in paths for path, name in PATHS.items()} if paths else {}
    return _size(request, shelf, alternatives=alternatives, **asked)


def _size(request: PackRequest | CheckPlanRequest, shelf: Shelf, **asked: Any) -> Size:
    """Return the size of an order with its boxes, and of what else is asked for."""
    units = soft = fragile = 0
    volume_mm3 = mass_g = 0.0
    most = shelf.settings.max_units_per_order  # what has more is refused unplanned
    lines = request.order.lines[:most]
    for line in lines:
        quantity = min(max(line.quantity, 1), most)
        units += quantity
        folds = line.HasField("soft_goods")
        soft += folds
        fragile += line.HasField("fragility")
        edges = line.soft_goods.dimensions if folds else line.cuboid.dimensions
        volume_mm3 += quantity * edges.length_mm * edges.width_mm * edges.height_mm
        mass_g += quantity * line.mass_g
    boxes, largest_mm3 = _boxes(request, shelf)
    by_volume = volume_mm3 / (FILLED * largest_mm3) if largest_mm3 else 1.0
    return Size(
        mode=MODES.get(request.policy.mode, "balanced"),
        units=max(units, 1),
        lines=max(len(lines), 1),
        boxes=max(boxes, 1),
        parcels=_bounded(max(by_volume, mass_g / (FILLED * HEAVIEST_G)), max(units, 1)),
        soft=soft / len(lines) if lines else 0.0,
        fragile=fragile / len(lines) if lines else 0.0,
        inline=request.HasField("inline_catalog"),
        cushionings=max(len(request.policy.cushioning_ids), 1),
        **asked,
    )


def _bounded(parcels: float, units: int) -> float:
    """Return a number of parcels from 1 to that of the units, whatever sizes and masses were sent."""
    return min(max(parcels, 1.0), float(units)) if parcels == parcels else 1.0


def _boxes(request: PackRequest | CheckPlanRequest, shelf: Shelf) -> tuple[int, float]:
    """Return how many box types there are to choose from, and the volume of the largest in mm3, 0 if not known."""
    if request.HasField("inline_catalog"):
        boxes = request.inline_catalog.box_types
        inner = (box.inner if box.HasField("inner") else box.outer for box in boxes)
        return len(boxes), max((each.length_mm * each.width_mm * each.height_mm for each in inner), default=0.0)
    site = shelf.sites.get(request.site.removeprefix("sites/"))
    at_site = site.catalog_id if site else ""
    name = request.catalog.removeprefix("catalogs/") or at_site or shelf.settings.default_catalog
    catalog = shelf.catalogs.get(name)
    return (1, 0.0) if catalog is None else (len(catalog.box_types), shelf.largest_mm3[name])


class CostLimitError(LimitExceededError):
    """An order that is estimated to take more than one may."""


def effort_of(request: PackRequest, shelf: Shelf) -> float:
    """Return the CPU time that planning a request is estimated to take, in seconds.

    Raises
    ------
    CostLimitError
        If that is more than the setting ``max_estimated_s`` allows; it names the fields to reduce.
    """
    size = size_of(request, shelf)
    seconds = estimated_s(size)
    if not request.validate_only:
        _check_cost(request, size, seconds, shelf)
    return seconds


def effort_of_check(request: CheckPlanRequest, shelf: Shelf) -> float:
    """Return the CPU time that judging a packing is estimated to take, in seconds, and planning it where that is asked.

    Raises
    ------
    CostLimitError
        As ``effort_of`` does.
    """
    size = _size(request, shelf)
    seconds = CHECK_S + size.units * CHECK_S_PER_UNIT
    if request.compare:
        seconds += estimated_s(size)
        _check_cost(request, size, seconds, shelf)
    return seconds


def _check_cost(request: PackRequest | CheckPlanRequest, size: Size, seconds: float, shelf: Shelf) -> None:
    most_s = shelf.settings.max_estimated_s
    if seconds > most_s:
        raise CostLimitError(_cures(request, size, seconds, most_s))


def _cures(request: PackRequest | CheckPlanRequest, size: Size, seconds: float, most_s: float) -> list[FieldViolation]:
    """Return what would make an order cheaper by a fifth or more, the most helpful first."""
    options = ("explain", SMALLEST_CHANGES), ("empty_spaces", EMPTY_SPACES), ("drawings", "drawings")
    ways: list[tuple[str, str, dict[str, Any]]] = [
        *(("read_mask", f"without {path}", {name: False}) for name, path in options if getattr(size, name)),
        ("alternative_count", "without alternatives", {"alternatives": 0}),
        ("policy.mode", "in the mode fast", {"mode": "fast"}),
        ("policy.cushioning_ids", "with one cushioning", {"cushionings": 1}),
        ("order.lines", "with half of the lines", _halved(size)),
    ]
    if request.HasField("inline_catalog"):
        ways.append(("inline_catalog.box_types", "with half of the box types", {"boxes": max(1, size.boxes // 2)}))
    found = [(estimated_s(replace(size, **change)), field, words) for field, words, change in ways]
    cures = [(left_s, field, words) for left_s, field, words in sorted(found) if left_s <= seconds * WORTH_WHILE]
    return [
        FieldViolation(
            field,
            f"makes this order too costly: it is estimated at {seconds:.0f} s of CPU, and this server grants"
            f" {most_s:g} s to one; {words} it is {left_s:.3g} s",
        )
        for left_s, field, words in cures or sorted(found)[:1]
    ]


def _halved(size: Size) -> dict[str, Any]:
    return {
        "units": max(1, size.units // 2),
        "lines": max(1, size.lines // 2),
        "parcels": max(1.0, size.parcels / 2),
    }
