"""What the scale shows while a parcel is packed, its inner boxes among it, and which goods it does not miss."""

import math
from collections.abc import Mapping
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import NamedTuple

from boxwright.domain.dunnage import Dunnage
from boxwright.domain.factor import Component
from boxwright.domain.order import Item
from boxwright.domain.plan import Parcel
from boxwright.planning.answers.bench_place import Places
from boxwright.planning.rules.inner_boxes import inner_box
from boxwright.planning.task import Task
from boxwright.protection import InnerBox
from boxwright.units import UM3_KG_PER_M3_PER_MG


class Weights(NamedTuple):
    """The weights of a parcel: goods, cushioning and fill as they go in, in mg.

    Attributes
    ----------
    bottom_mg : int
        Fill under all units.
    after_mg : list of int
        Goods, cushioning, and fill so far after each step.
    laid_mg : int
        Fill that lies in the parcel after the last step: the rest is for the gaps.
    lost_mg : list of int
        By how much the parcel is at least lighter without each unit; below 0 where it may be heavier. Its wrap is
        missing too, but fill may have taken its place.
    """

    bottom_mg: int
    after_mg: list[int]
    laid_mg: int
    lost_mg: list[int]


def weights_of(
    parcel: Parcel,
    lines: Mapping[str, Item],
    inner: Mapping[tuple[str, str], InnerBox],
    places: Places,
    fill_mg: int,
    fill_kg_per_m3: Fraction,
) -> Weights:
    """Return the weights of a parcel with its void fill, and what a void weighs that is filled as the policy says."""

    def filled_mg(volume_um3: int) -> int:
        return math.floor(volume_um3 * fill_kg_per_m3 / UM3_KG_PER_M3_PER_MG)

    protection = {each.line_id: each for each in parcel.protection}
    bottom_mg = min(filled_mg(parcel.inner_um[0] * parcel.inner_um[1] * places.bottom_um), fill_mg)
    goods, refills, under, surfaces = [], [], [], []
    for at, placed in enumerate(parcel.placements):
        line, box = lines[placed.line_id], inner.get((placed.line_id, placed.inner_box_type_id))
        x, y, z = (edge - 2 * placed.half_gap_um for edge in placed.extent_um)
        under.append(filled_mg(x * y * places.fill_under_um(at)))
        if box is not None:
            x, y, z = line.edges_um
        goods.append(line.mass_mg + (0 if box is None else box.added_mg))
        refills.append(0 if placed.compartment else filled_mg(x * y * z))
        rule = protection.get(placed.line_id)
        wrapped = rule.wrap_layers * (x * y + y * z + z * x) if rule else 0
        # Layers in um2 or pads in um3: a parcel has one of the two.
        surfaces.append(rule.pad_edge_um**2 * rule.half_gap_um if rule and rule.pad_edge_um else wrapped)
    laid = [min(mass_mg, fill_mg) for mass_mg in accumulate(under, initial=bottom_mg)]
    # The cushioning of the parcel is shared out by the surface of each unit.
    shares = list(accumulate(surfaces, initial=0))
    cushioned = [parcel.packaging_mg(Component.CUSHIONING) * each // (shares[-1] or 1) for each in shares]
    cushions = (after - before for before, after in pairwise(cushioned))
    lost = [
        lines[placed.line_id].mass_mg + min(0, cushion - refill)
        for placed, cushion, refill in zip(parcel.placements, cushions, refills, strict=True)
    ]
    after = [sum(each) for each in zip(accumulate(goods), cushioned[1:], laid[1:], strict=True)]
    return Weights(bottom_mg, after, laid[-1], lost)


def inner_boxes(parcel: Parcel, lines: Mapping[str, Item], task: Task) -> dict[tuple[str, str], InnerBox]:
    """Return the inner boxes of a parcel by line id and box type id; ``lines`` are those of the order, by id."""
    gaps_um = {each.line_id: each.inner_gap_um for each in parcel.protection}
    fill, tape = (dunnage_of(parcel, each, task) for each in (Component.VOID_FILL, Component.TAPE))
    data = task.policy, task.materials, fill, tape
    found = {}
    for placed in parcel.placements:
        if placed.inner_box_type_id:
            line, box = lines[placed.line_id], task.catalog.box_type(placed.inner_box_type_id)
            inner = inner_box(line, box, gaps_um.get(line.line_id, 0), *data, stated=placed.orientation)
            assert inner is not None  # it lies as stated
            found[line.line_id, box.box_type_id] = inner
    return found


def dunnage_of(parcel: Parcel, component: Component, task: Task) -> Dunnage | None:
    """Return the dunnage that a component of a parcel is of, the catalog's own before ours; None without it."""
    name = next((each.dunnage_id for each in parcel.packaging if each.component is component), "")
    own = (each for each in task.catalog.dunnage if each.dunnage_id == name)
    return (next(own, None) or task.materials.dunnage_of(name)) if name else None
