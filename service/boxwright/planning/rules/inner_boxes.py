"""The inner boxes of very fragile goods: chosen before anything is packed, the smallest that is good enough."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from boxwright.domain.box import BoxType
from boxwright.domain.order import DimensionStatus, FragilityClass, Item
from boxwright.domain.plan import UnpackedReason
from boxwright.protection import Care, InnerBox, held_in, tape_mg, void_fill_mg, wrap_mg
from boxwright.units import exact

if TYPE_CHECKING:
    from boxwright.planning.request import Request

Refusal = tuple[UnpackedReason, str]


@dataclass
class InnerBoxes:
    """Which boxes the very fragile lines of an order are packed in first.

    Attributes
    ----------
    of_line : dict of str to InnerBox
        By line id.
    refused : dict of str to (UnpackedReason, str)
        Lines for which there is none, each with the rule that binds.
    used : Counter of str
        How many boxes of each type these are.
    """

    of_line: dict[str, InnerBox] = field(default_factory=dict)
    refused: dict[str, Refusal] = field(default_factory=dict)
    used: Counter[str] = field(default_factory=Counter)

    def left(self, box: BoxType) -> float:
        """Return how many boxes of a type are not yet inner boxes."""
        return math.inf if box.available is None else box.available - self.used[box.box_type_id]


class InnerBoxRule:
    """By what the inner boxes of a request are chosen and packed.

    Parameters
    ----------
    request : Request
        Holds the catalog, the rules on materials, and what fills, closes and wraps.
    """

    def __init__(self, request: Request) -> None:
        self._request = request

    def choose(self, for_packs: Collection[str]) -> InnerBoxes:
        """Return the inner boxes of the order: largest goods first, by id where alike.

        Inner boxes that no box for a parcel takes are none that parcels lack: their line stays out, with the reason.
        ``for_packs`` are ids of very fragile lines that go into packs.
        """
        request, chosen = self._request, InnerBoxes()
        parcels = [box for box in request.box_types if not box.compartments and not box.flexible]
        asking = []
        for line in request.order.lines:
            self._request.stop.look()
            if line.care_field and line.dimension_status is not DimensionStatus.MISSING:
                care = self._request.care(line)
                if care.fragility_class is FragilityClass.VERY_FRAGILE and line.line_id not in for_packs:
                    asking.append((line, care))
        cartons = sorted(
            (box for box in self._request.catalog.box_types if box.is_carton),
            key=lambda box: (math.prod(box.outer_um), box.box_type_id),
        )
        for line, care in sorted(asking, key=lambda each: (-math.prod(each[0].edges_um), each[0].line_id)):
            found = self._choose(line, care, cartons, chosen, parcels)
            if isinstance(found, InnerBox):
                chosen.of_line[line.line_id] = found
                if self._ships(found, care, parcels):
                    chosen.used[found.box.box_type_id] += line.quantity
            else:
                chosen.refused[line.line_id] = found
        return chosen

    def pack(self, line: Item, box: BoxType) -> InnerBox | None:
        """Return a line's inner box where it is of this type; None where the goods do not fit with their gap."""
        care = self._request.care(line)
        orientation = held_in(line, box, care.inner_gap_um, self._request.policy.fit_clearance_um)
        if orientation is None:
            return None
        empty = box.inner_volume_um3 - math.prod(line.edges_um)
        request, filled = self._request, 0
        if request.cushion_fill is not None:
            filled = void_fill_mg(empty, request.policy.void_fill_share, request.cushion_fill)
        taped = 0
        if request.tape is not None:
            taped = tape_mg(box, request.tape, request.materials.tape_rule(request.policy.tape_rule))
        return InnerBox(line, box, orientation, care.inner_gap_um, filled, taped)

    def _ships(self, found: InnerBox, care: Care, parcels: Sequence[BoxType]) -> bool:
        """Whether some box takes an inner box with its gaps to the walls, and bears it; fill round it not counted."""
        around = 2 * (care.half_gap_um + care.wall_margin_um) + self._request.policy.fit_clearance_um
        turns = {each.rotate(*found.edges_um) for each in found.goods.orientations}
        for box in parcels:
            self._request.stop.look()
            limit = box.load_limit_mg(0)
            if (limit is None or found.goods.mass_mg + found.added_mg <= limit) and any(
                all(edge + around <= room for edge, room in zip(each, box.inner_um, strict=True)) for each in turns
            ):
                return True
        return False

    def _choose(
        self, line: Item, care: Care, cartons: Sequence[BoxType], chosen: InnerBoxes, parcels: Sequence[BoxType]
    ) -> InnerBox | Refusal:
        in_no_parcel: InnerBox | None = None
        weak: list[tuple[int, str, int]] = []
        gone: list[str] = []
        barred: list[str] = []
        wraps = self._request.cushionings if care.wrap_layers else ()
        wrapped = max((wrap_mg(line, care.wrap_layers, each) for each in wraps), default=0)
        for box in cartons:
            self._request.stop.look()
            found = self.pack(line, box)
            if found is None:
                continue
            over = self._too_weak(found, wrapped)
            if over is not None:
                weak.append(over)
            elif broken := self._request.material_policy.broken(box):
                barred.append(
                    f"{box.box_type_id!r} misses " + ", ".join(f"{name} ({why})" for name, why in broken.items())
                )
            elif chosen.left(box) < line.quantity:
                gone.append(f"{box.box_type_id!r}, of which {max(chosen.left(box), 0):g} are left")
            elif not self._ships(found, care, parcels):
                in_no_parcel = in_no_parcel or found
            else:
                return found
        if in_no_parcel is not None and not gone:
            return in_no_parcel
        what = (
            f"it is very_fragile, so that each of {line.quantity} units"
            if line.quantity > 1
            else "it is very_fragile, so that it"
        )
        what += " is packed in an inner box"
        if gone:
            return UnpackedReason.NO_BOX_AVAILABLE, f"{what}, and there are too few that take it: {', '.join(gone)}"
        if barred:
            return UnpackedReason.MATERIAL_REQUIREMENTS, f"{what}, and none may be used: {'; '.join(barred)}"
        if weak:
            most, box_type_id, load = max(weak)
            limit = f"{box_type_id!r} bears the most, {exact(most)} g, and would hold {exact(load)} g"
            return UnpackedReason.TOO_HEAVY_FOR_ANY_BOX, f"{what}; of those that take it {limit}"
        return UnpackedReason.DOES_NOT_FIT_ANY_BOX, f"{what}; {self._too_small(line, care, cartons)}"

    def _too_weak(self, found: InnerBox, wrapped_mg: int) -> tuple[int, str, int] | None:
        """Return what a box bears, its id and what would be in it, in mg; None where it bears that."""
        box, goods = found.box, found.goods
        amounts = {each.property: each.millionths() for each in goods.property_amounts}
        if any(amounts.get(cap.property, 0) > cap.millionths() for cap in box.property_caps):
            return 0, box.box_type_id, 0
        limit, load = box.load_limit_mg(found.tape_mg), goods.mass_mg + wrapped_mg + found.fill_mg
        return None if limit is None or load <= limit else (limit, box.box_type_id, load)

    def _too_small(self, line: Item, care: Care, cartons: Sequence[BoxType]) -> str:
        """Return in words what an inner box must have inside, and which carton lacks least of it."""
        around = 2 * care.inner_gap_um + self._request.policy.fit_clearance_um
        need = " x ".join(exact(edge + around) for edge in line.edges_um)
        catalog = f"catalog {self._request.catalog.catalog_id!r}"
        words = f"with {exact(care.inner_gap_um)} mm on each side it needs {need} mm inside"
        lacking = [
            (
                sum(
                    max(edge + around - room, 0)
                    for edge, room in zip(turned.rotate(*line.edges_um), box.inner_um, strict=True)
                ),
                box,
            )
            for box in cartons
            for turned in line.orientations
        ]
        if not lacking:
            return f"{words}, and {catalog} has no carton without compartments"
        least, nearest = min(lacking, key=lambda each: (each[0], each[1].box_type_id))
        inside = " x ".join(exact(edge) for edge in nearest.inner_um)
        nearest_words = f"the nearest, {nearest.box_type_id!r}, has {inside} mm and lacks {exact(least)} mm in all"
        return f"{words}, and no carton of {catalog} has that ({nearest_words})"
