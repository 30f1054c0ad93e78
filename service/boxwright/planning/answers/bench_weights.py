"""What the scale shows while a parcel is packed, and which goods it does not miss."""

import math
from collections.abc import Mapping
from fractions import Fraction
from itertools import accumulate, pairwise

from boxwright.domain.bench import BenchFilling
from boxwright.domain.factor import Component
from boxwright.domain.order import Item
from boxwright.domain.plan import Parcel, Placement
from boxwright.planning.answers.bench_inner import InnerBoxes
from boxwright.planning.answers.bench_place import Places
from boxwright.units import UM3_KG_PER_M3_PER_MG


class Weights:
    """The weights of a parcel: goods, cushioning and fill as they go in.

    Parameters
    ----------
    parcel : Parcel
        The parcel.
    lines : mapping of str to Item
        Lines of the order, by id.
    inner : InnerBoxes
        Its inner boxes.
    places : Places
        Where its units go, and on how much fill.
    fill : BenchFilling or None
        Its void fill; None where there is none.
    fill_kg_per_m3 : Fraction
        What a void weighs that is filled as the policy says.

    Attributes
    ----------
    bottom_mg : int
        Fill under all units, in mg.
    after_mg : tuple of int
        Goods, cushioning, and fill so far after each step, in mg.
    laid_mg : int
        Fill that lies in the parcel after the last step, in mg: the rest is for the gaps.
    """

    def __init__(
        self,
        parcel: Parcel,
        lines: Mapping[str, Item],
        inner: InnerBoxes,
        places: Places,
        fill: BenchFilling | None,
        fill_kg_per_m3: Fraction,
    ) -> None:
        self._parcel, self._lines = parcel, lines
        self._fill_kg_per_m3 = fill_kg_per_m3
        self._protection = {each.line_id: each for each in parcel.protection}
        most_mg = 0 if fill is None else fill.mass_mg
        length_um, width_um, _ = parcel.inner_um
        self.bottom_mg = min(self._filled_mg(length_um * width_um * places.bottom_um), most_mg)
        under = (self._under_mg(each, places.fill_under_um(at)) for at, each in enumerate(parcel.placements))
        laid = [min(mass_mg, most_mg) for mass_mg in accumulate(under, initial=self.bottom_mg)]
        self.laid_mg = laid[-1]
        self._cushioning_mg = self._shared_out()
        goods = (lines[each.line_id].mass_mg + inner.added_mg(each) for each in parcel.placements)
        self.after_mg = tuple(map(sum, zip(accumulate(goods), accumulate(self._cushioning_mg), laid[1:], strict=True)))

    def unseen(self, tolerance_mg: int) -> list[str]:
        """Return the lines of which a unit too few stays within the range of the scale.

        Its wrap is missing too, but fill may have taken its place.
        """
        held = zip(self._parcel.placements, self._cushioning_mg, strict=True)
        lacking = {each.line_id for each, cushioning_mg in held if self._lost_mg(each, cushioning_mg) <= tolerance_mg}
        return [name for name in dict.fromkeys(each.line_id for each in self._parcel.placements) if name in lacking]

    def _lost_mg(self, placed: Placement, cushioning_mg: int) -> int:
        """Return by how much a parcel is at least lighter without a unit, in mg; below 0 where it may be heavier."""
        length, width, height = self._goods_um(placed)
        refill_mg = self._filled_mg(length * width * height) if not placed.compartment else 0
        return self._lines[placed.line_id].mass_mg + min(0, cushioning_mg - refill_mg)

    def _under_mg(self, placed: Placement, depth_um: int) -> int:
        """Return the fill that lies under a unit, in mg: under an inner box as large as that is."""
        length, width, _ = (edge - 2 * placed.half_gap_um for edge in placed.extent_um)
        return self._filled_mg(length * width * depth_um)

    def _filled_mg(self, volume_um3: int) -> int:
        return math.floor(volume_um3 * self._fill_kg_per_m3 / UM3_KG_PER_M3_PER_MG)

    def _shared_out(self) -> list[int]:
        """Return the cushioning of each unit, in mg: that of the parcel by the surface of each."""
        cushioning_mg = self._parcel.packaging_mg(Component.CUSHIONING)
        surfaces = list(accumulate((self._surface(each) for each in self._parcel.placements), initial=0))
        shares = [cushioning_mg * each // (surfaces[-1] or 1) for each in surfaces]
        return [after - before for before, after in pairwise(shares)]

    def _surface(self, placed: Placement) -> int:
        """Return the layers of wrap or the pads of a unit, in um2 or um3: a parcel has one of the two."""
        rule = self._protection.get(placed.line_id)
        if rule is None:
            return 0
        if rule.pad_edge_um:
            return rule.pad_edge_um**2 * rule.half_gap_um
        x, y, z = self._goods_um(placed)
        return rule.wrap_layers * (x * y + y * z + z * x)

    def _goods_um(self, placed: Placement) -> tuple[int, int, int]:
        """Return the edges of the goods of a unit as they lie, also within an inner box."""
        if placed.inner_box_type_id:
            return self._lines[placed.line_id].edges_um
        x, y, z = (edge - 2 * placed.half_gap_um for edge in placed.extent_um)
        return x, y, z
