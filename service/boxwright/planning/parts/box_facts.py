"""What holds of a box type in every order: worked out once for each, since every order asks it of every box type."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from boxwright.catalog.rows import TapeRule
from boxwright.domain.box import BoxType
from boxwright.domain.box_component import box_component
from boxwright.domain.dunnage import Dunnage
from boxwright.domain.factor import Component
from boxwright.domain.footprint import PackagingComponent
from boxwright.domain.mailer import Cuboid
from boxwright.packing.problem import Space
from boxwright.protection import blocking_mg, label_mg, tape_mg, void_fill_mg

if TYPE_CHECKING:
    from boxwright.planning.request import Request

MOST_KEPT = 4_096
"""Box types, times settings of policies, of which facts are kept."""


@lru_cache(maxsize=MOST_KEPT)
def empty_space(box: BoxType, clearance_um: int, fill_millionths: int, closing_mg: int, mass_rule: str) -> Space:
    """Return the usable inside of a box with no void fill in it; of a mailer, of the cuboid that it never passes.

    Parameters
    ----------
    box : BoxType
        The type.
    clearance_um, fill_millionths : int
        Slack kept along each inner edge, also of compartments, and the largest share of the inner volume that envelopes
        may take.
    closing_mg : int
        Mass of tape and label.
    mass_rule : str
        What sets the mass limit, where that is not the catalog's.
    """
    length, width, height = (max(edge - clearance_um, 0) for edge in box.inner_um)
    limit_mg = box.load_limit_mg(closing_mg)
    volume_limit = float("inf")
    if fill_millionths < 1_000_000 or box.flexible:
        # The float below: past 53 bits it would else round up, and the check is exact.
        exact = box.inner_volume_um3 * fill_millionths // 1_000_000
        volume_limit = float(exact)
        if volume_limit > exact:
            volume_limit = math.nextafter(volume_limit, 0.0)
    mass_limit = float("inf") if limit_mg is None else float(limit_mg)
    cells = tuple(
        (x, y, z, x2 - clearance_um, y2 - clearance_um, z2 - clearance_um) for x, y, z, x2, y2, z2 in box.cells_um
    )
    edges = (length, width, height)
    return Space(edges, mass_limit, volume_limit, mass_rule=mass_rule, encloses=box.flexible, cells=cells)


def closed_size(box: BoxType, extents_um: Cuboid | None) -> tuple[Cuboid, Cuboid]:
    """Return inner and outer edges of a closed box, in um; of a mailer the inner ones of the cuboid that it then is.

    Parameters
    ----------
    box : BoxType
        Its type.
    extents_um : tuple of int or None
        Extents of what is in it, from its corner; of no account for a rigid box.
    """
    if not box.ours:
        return (0, 0, 0), box.outer_um
    if extents_um is None:
        return box.inner_um, box.outer_um
    shell = box.shell
    return shell.inside_at(box.inner_um, extents_um[2]), shell.outside_um(box.inner_um, box.outer_um, extents_um)


@dataclass(frozen=True, slots=True)
class Closure:
    """A closed box of a type with nothing in it.

    Attributes
    ----------
    parts, bare_mg : tuple of PackagingComponent, int
        The box, its tape and its label, those that weigh anything, and what they weigh together, in mg.
    closing_mg : int
        What tape and label weigh, in mg.
    fullest_mg : int
        What all weigh with the densest void fill and blocking of all the inside, in mg: no dunnage but wrap and pads
        adds to that.
    """

    parts: tuple[PackagingComponent, ...]
    bare_mg: int
    closing_mg: int
    fullest_mg: int


def closures_of(request: Request) -> Callable[[BoxType], Closure]:
    """Return what gives the closure of a box type under the dunnage of a request: the same for the same dunnage."""
    rule = request.materials.tape_rule(request.policy.tape_rule)
    dunnage = request.tape, request.label, request.densest_fill, request.blocking
    return _closures(rule, *dunnage, request.policy.void_fill_share)


@lru_cache(maxsize=64)
def _closures(
    rule: TapeRule,
    tape: Dunnage | None,
    label: Dunnage | None,
    fill: Dunnage | None,
    blocking: Dunnage | None,
    share: float,
) -> Callable[[BoxType], Closure]:
    def closure(box: BoxType) -> Closure:
        closing = []
        if tape is not None and (mass := tape_mg(box, tape, rule)):
            closing.append(part_of(Component.TAPE, tape, mass))
        if label is not None and (mass := label_mg(label)):
            closing.append(part_of(Component.LABEL, label, mass))
        closing_mg = sum(part.mass_mg for part in closing)
        inside, fullest = box.inner_volume_um3, box.tare_mg + closing_mg
        if fill is not None and box.has_fill:
            fullest += void_fill_mg(inside, share, fill)
        if blocking is not None and box.has_fill:
            fullest += blocking_mg(inside, blocking, inside, fill, share)
        empty = box_component(box)
        return Closure((empty, *closing), empty.mass_mg + closing_mg, closing_mg, fullest)

    return lru_cache(maxsize=MOST_KEPT)(closure)


def part_of(component: Component, dunnage: Dunnage, mass_mg: int) -> PackagingComponent:
    """Return a mass of dunnage as a part of a parcel's packaging."""
    return PackagingComponent(component, dunnage.material_id, mass_mg, dunnage_id=dunnage.dunnage_id)
