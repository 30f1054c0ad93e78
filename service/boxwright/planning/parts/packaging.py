"""What a parcel is packed with: box, cushioning, void fill, blocking, tape and label, each with its mass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxwright.domain.factor import Component
from boxwright.planning.parts.closures import part_of
from boxwright.protection import cushion_mg

if TYPE_CHECKING:
    from boxwright.domain.box import BoxType
    from boxwright.domain.footprint import PackagingComponent
    from boxwright.packing.problem import Ints
    from boxwright.planning.parts.cushioned import Wrappings
    from boxwright.planning.parts.dunnage import DunnageMasses
    from boxwright.planning.parts.expansion import Expansion
    from boxwright.planning.parts.spaces import Spaces
    from boxwright.planning.request import Request
    from boxwright.selection.admission import Admission


class Packaging:
    """The packaging of parcels of one order.

    Parameters
    ----------
    request : Request
        Which dunnage is chosen.
    expansion, wrappings : Expansion, Wrappings
        The units; they in the cushioning of these parcels.
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
        closure = self._masses.closures[box]
        return (closure.box, *closure.closing)

    def of(self, box: BoxType, members: Ints, corners_um: Ints | None = None) -> tuple[PackagingComponent, ...]:
        """Return all that a parcel of these units is packed with; blocking only where their corners are known."""
        if box.compartments:
            return self._of(box, members, 0, None, None)  # nothing cushions or fills it
        wrapping = self._wrappings.at(self._expansion.goods_mg(members))
        envelopes_um3 = sum(wrapping.envelopes_um3[member] for member in members.tolist())
        cushioned = wrapping.cushions_um[members].any()
        cushioning_mg = int(wrapping.masses_mg[members].sum()) if cushioned else None
        return self._of(box, members, envelopes_um3, cushioning_mg, corners_um)

    def as_laid(
        self, box: BoxType, members: Ints, goods_um3: list[int], cushions_um: list[int], corners_um: Ints
    ) -> tuple[PackagingComponent, ...]:
        """Return the packaging of a parcel whose goods take as much and whose cushioning is as thick, per unit."""
        cushioning = self._wrappings.cushioning
        mass, envelopes = 0, 0
        for member, volume, thickness in zip(members.tolist(), goods_um3, cushions_um, strict=True):
            line, padding = self._expansion.units[member][0], 2 * thickness
            length, width, height = line.edges_um
            cushioned = (length + padding) * (width + padding) * (height + padding)
            envelopes += cushioned if thickness else volume
            if thickness and cushioning is not None:
                mass += cushion_mg(line, thickness, cushioning)
        return self._of(box, members, envelopes, mass if any(cushions_um) else None, corners_um)

    def _of(
        self, box: BoxType, members: Ints, envelopes_um3: int, cushioning_mg: int | None, corners_um: Ints | None
    ) -> tuple[PackagingComponent, ...]:
        parts = [self._masses.closures[box].box]
        if self._wrappings.cushioning is not None and cushioning_mg is not None:
            parts.append(part_of(Component.CUSHIONING, self._wrappings.cushioning, cushioning_mg))
        empty = box.inner_volume_um3 - envelopes_um3
        blocked, blocking = 0, self._masses.blocking
        if corners_um is not None and blocking.possible(box, members):
            blocked = blocking.spaces_um3(box, members, corners_um)
            bound, _ = self._spaces.bound(box, several=self._admission.several(members))
            limit = bound.load_limit_mg(self._masses.closures[box].closing_mg)
            envelopes_mg = self._expansion.goods_mg(members) + sum(part.mass_mg for part in parts[1:])
            if not blocking.within(limit, envelopes_mg, blocked, empty):
                blocked = 0  # the plan warns of spaces that nothing blocks
        return (*parts, *self._dunnage(box, empty, blocked))

    def _dunnage(self, box: BoxType, empty_um3: int, blocked_um3: int) -> tuple[PackagingComponent, ...]:
        """Fill of an empty volume but for what is blocked, blocking, tape, label; a mailer lies close, unfilled."""
        request, masses = self._request, self._masses
        beside = (
            (Component.VOID_FILL, request.void_fill, masses.void_fill_mg(box, empty_um3 - blocked_um3)),
            (Component.BLOCKING, request.blocking, masses.blocking.mass_mg(blocked_um3, empty_um3)),
        )
        filling = [part_of(component, each, mass) for component, each, mass in beside if each is not None and mass]
        return (*filling, *masses.closures[box].closing)
