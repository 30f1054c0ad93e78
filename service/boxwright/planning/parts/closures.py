"""What a box of each type is closed with, in every order that has the same dunnage: worked out once, and kept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from boxwright.domain.box_component import box_component
from boxwright.domain.factor import Component
from boxwright.domain.footprint import PackagingComponent
from boxwright.planning.parts.box_facts import MOST_KEPT
from boxwright.protection import blocking_mg, label_mg, tape_mg, void_fill_mg

if TYPE_CHECKING:
    from boxwright.catalog.rows import TapeRule
    from boxwright.domain.box import BoxType
    from boxwright.domain.dunnage import Dunnage
    from boxwright.planning.request import Request


@dataclass(frozen=True, slots=True)
class Closure:
    """A closed box of a type with nothing in it.

    Attributes
    ----------
    box : PackagingComponent
        The box itself.
    bare, bare_mg : tuple of PackagingComponent, int
        Box and closing together, and what they weigh, in mg.
    closing : tuple of PackagingComponent
        Its tape and label, of those that weigh anything.
    closing_mg : int
        What these weigh, in mg.
    fullest_mg : int
        What it weighs with them, and full of the densest void fill and of blocking, in mg: no dunnage but wrap and pads
        adds to that.
    """

    box: PackagingComponent
    bare: tuple[PackagingComponent, ...]
    bare_mg: int
    closing: tuple[PackagingComponent, ...]
    closing_mg: int
    fullest_mg: int


def closures_of(request: Request) -> Closures:
    """Return the closures of box types under the dunnage of a request."""
    rule = request.materials.tape_rule(request.policy.tape_rule)
    dunnage = request.tape, request.label, request.densest_fill, request.blocking
    return _kept(rule, *dunnage, request.policy.void_fill_share)


class Closures(dict["BoxType", Closure]):
    """Closures by box type, each made when it is first asked for; used by many threads.

    Parameters
    ----------
    rule : TapeRule
        Which seams are taped.
    tape, label, fill, blocking : Dunnage or None
        What closes and fills boxes.
    share : float
        Share of the empty volume to fill, 0 to 1.
    """

    def __init__(
        self,
        rule: TapeRule,
        tape: Dunnage | None,
        label: Dunnage | None,
        fill: Dunnage | None,
        blocking: Dunnage | None,
        share: float,
    ) -> None:
        super().__init__()
        self._rule, self._tape, self._label = rule, tape, label
        self._fill, self._blocking, self._share = fill, blocking, share

    def __hash__(self) -> int:  # type: ignore[override] # there is one of each, see ``_kept``
        return id(self)

    def __missing__(self, box: BoxType) -> Closure:
        if len(self) >= MOST_KEPT:
            self.clear()
        closing = []
        if self._tape is not None and (mass := tape_mg(box, self._tape, self._rule)):
            closing.append(part_of(Component.TAPE, self._tape, mass))
        if self._label is not None and (mass := label_mg(self._label)):
            closing.append(part_of(Component.LABEL, self._label, mass))
        closing_mg = sum(part.mass_mg for part in closing)
        inside, fullest = box.inner_volume_um3, box.tare_mg + closing_mg
        if self._fill is not None and box.has_fill:
            fullest += void_fill_mg(inside, self._share, self._fill)
        if self._blocking is not None and box.has_fill:
            fullest += blocking_mg(inside, self._blocking, inside, self._fill, self._share)
        empty = box_component(box)
        bare, bare_mg = (empty, *closing), empty.mass_mg + closing_mg
        made = self[box] = Closure(empty, bare, bare_mg, tuple(closing), closing_mg, fullest)
        return made


_kept = lru_cache(maxsize=64)(Closures)


def part_of(component: Component, dunnage: Dunnage, mass_mg: int) -> PackagingComponent:
    """Return a mass of dunnage as a part of a parcel's packaging."""
    return PackagingComponent(component, dunnage.material_id, mass_mg, dunnage_id=dunnage.dunnage_id)
