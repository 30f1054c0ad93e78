"""What a parcel is packed with: box, cushioning, void fill, blocking, tape and label, each with its mass."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from boxwright.domain.box_component import box_component
from boxwright.domain.factor import Component
from boxwright.lazy import cached_property
from boxwright.planning.parts.closures import part_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from boxwright.domain.box import BoxType
    from boxwright.domain.dunnage import Dunnage
    from boxwright.domain.footprint import PackagingComponent
    from boxwright.packing.problem import Ints
    from boxwright.planning.parts.cushioned import Wrappings
    from boxwright.planning.parts.dunnage import DunnageMasses
    from boxwright.planning.parts.expansion import Expansion
    from boxwright.planning.parts.spaces import Spaces
    from boxwright.planning.request import Request
    from boxwright.protection import InnerBox
    from boxwright.selection.admission import Admission


class Packaging:
    """The packaging of parcels of one order.

    Parameters
    ----------
    request : Request
        Which dunnage is chosen.
    expansion, wrappings : Expansion, Wrappings
        The units; they with what protects them in these parcels.
    masses, spaces : DunnageMasses, Spaces
        What dunnage weighs; what boxes bear.
    admission : Admission
        Whose weight limits bind.
    """

    def __init__(
        self,
        request: Request,
        expansion: Expansion,
        wrappings: Wrappings,
        masses: DunnageMasses,
        spaces: Spaces,
        admission: Admission,
    ) -> None:
        self._request = request
        self._expansion = expansion
        self._wrappings = wrappings
        self._masses = masses
        self._spaces = spaces
        self._admission = admission

    def bare(self, box: BoxType) -> tuple[PackagingComponent, ...]:
        """Return the packaging of a box with nothing in it and nothing to fill it."""
        return self._masses.closures[box].bare

    @cached_property
    def always_bare(self) -> bool:
        """Whether no parcel of the order holds anything but its goods: then all of one box type are packed alike."""
        request = self._request
        nothing = request.void_fill is None and request.cushion_fill is None and request.blocking is None
        return nothing and not self._wrappings.any and not self._expansion.inner_boxes

    def bare_mg(self, box: BoxType) -> int:
        """Return the mass of the packaging of a box with nothing in it, in mg."""
        return self._masses.closures[box].bare_mg

    def of(self, box: BoxType, members: Ints, corners_um: Ints | None = None) -> tuple[PackagingComponent, ...]:
        """Return all that a parcel of these units is packed with; blocking only where their corners are known."""
        if box.compartments or self.always_bare:
            return self.bare(box)  # nothing wraps or fills it
        taken = self._wrappings.taken_um3
        return self._of(box, members, sum(taken[member] for member in members.tolist()), corners_um)

    def as_laid(
        self, box: BoxType, members: Ints, goods_um3: list[int], corners_um: Ints
    ) -> tuple[PackagingComponent, ...]:
        """Return the packaging of a parcel whose goods take as much, soft goods as they lie."""
        if box.compartments:
            return self.bare(box)
        wrappings, everywhere = self._wrappings, zip(members.tolist(), goods_um3, strict=True)
        inner, units = self._expansion.inner_boxes, self._expansion.units
        taken = (
            wrappings.taken_um3[member]
            if wrappings.any and (wrappings.pads_mg[member] or units[member][0].line_id in inner)
            else volume
            for member, volume in everywhere
        )
        return self._of(box, members, sum(taken), corners_um)

    def _of(
        self, box: BoxType, members: Ints, taken_um3: int, corners_um: Ints | None
    ) -> tuple[PackagingComponent, ...]:
        inner = sorted(self._expansion.in_boxes(members), key=lambda each: each.box.box_type_id)
        inner_boxes = [box_component(each.box, inner=True) for each in inner]
        cushioning = list(self._cushioning(members))
        empty = box.inner_volume_um3 - taken_um3
        fill = self._request.fill(cushions=self._wrappings.fills_cushioning(members))
        blocked, blocking = 0, self._masses.blocking
        if corners_um is not None and blocking.possible(box, members):
            blocked = blocking.spaces_um3(box, members, corners_um)
            bound, _ = self._spaces.bound(box, several=self._admission.several(members))
            limit = bound.load_limit_mg(self._masses.closures[box].closing_mg)
            envelopes_mg = self._expansion.placed_mg(members) + sum(part.mass_mg for part in cushioning)
            if not blocking.within(limit, envelopes_mg, blocked, empty, fill):
                blocked = 0  # the plan warns of spaces that nothing blocks
        dunnage = self._dunnage(box, empty, blocked, fill)
        if inner:
            dunnage = tuple(self._with_inner(dunnage, inner, fill))
        return (self._masses.closures[box].box, *inner_boxes, *cushioning, *dunnage)

    def _with_inner(
        self, dunnage: tuple[PackagingComponent, ...], inner: Sequence[InnerBox], fill: Dunnage | None
    ) -> Iterator[PackagingComponent]:
        """Yield the dunnage of a parcel with the void fill and the tape of its inner boxes added to its own."""
        more = {
            Component.VOID_FILL: (fill, sum(each.fill_mg for each in inner)),
            Component.TAPE: (self._request.tape, sum(each.tape_mg for each in inner)),
        }
        own = {part.component: part for part in dunnage}
        for component in (Component.VOID_FILL, Component.BLOCKING, Component.TAPE, Component.LABEL):
            each, mass_mg = more.get(component, (None, 0))
            if component in own:
                yield dataclasses.replace(own[component], mass_mg=own[component].mass_mg + mass_mg)
            elif each is not None and mass_mg:
                yield part_of(component, each, mass_mg)

    def _cushioning(self, members: Ints) -> Iterator[PackagingComponent]:
        """Yield the wrap round some units, and their pads."""
        wrappings = self._wrappings
        if not wrappings.any:
            return
        for each, masses in ((wrappings.wrap, wrappings.wraps_mg), (self._request.pads, wrappings.pads_mg)):
            mass = int(masses[members].sum())
            if each is not None and mass:
                yield part_of(Component.CUSHIONING, each, mass)

    def _dunnage(
        self, box: BoxType, empty_um3: int, blocked_um3: int, fill: Dunnage | None
    ) -> tuple[PackagingComponent, ...]:
        """Fill of an empty volume but for what is blocked, blocking, tape, label; a mailer lies close, unfilled."""
        request, masses = self._request, self._masses
        beside = (
            (Component.VOID_FILL, fill, masses.void_fill_mg(box, empty_um3 - blocked_um3, fill)),
            (Component.BLOCKING, request.blocking, masses.blocking.mass_mg(blocked_um3, empty_um3, fill)),
        )
        filling = [part_of(component, each, mass) for component, each, mass in beside if each is not None and mass]
        return (*filling, *masses.closures[box].closing)
