"""What a parcel is packed with: box, cushioning, void fill, blocking, tape and label, each with its mass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from boxwright.domain.box import BoxType
from boxwright.domain.box_component import box_component
from boxwright.domain.factor import Component
from boxwright.domain.footprint import PackagingComponent
from boxwright.packing.problem import Ints
from boxwright.packing.voids import beside_one_um3, to_block, voids
from boxwright.planning.parts.cushioned import Wrappings
from boxwright.planning.parts.expansion import Expansion
from boxwright.planning.parts.spaces import Spaces, part_of
from boxwright.protection import blocking_limits, blocking_mg, void_fill_mg
from boxwright.selection.admission import Admission

if TYPE_CHECKING:
    from boxwright.planning.request import Request


@dataclass(eq=False)
class Packaging:
    """The packaging of parcels of one order: ``wrappings`` protect its units, ``spaces`` say what boxes bear."""

    request: Request
    expansion: Expansion
    wrappings: Wrappings
    spaces: Spaces
    admission: Admission

    def __post_init__(self) -> None:
        request = self.request
        self._limits = blocking_limits(request.materials)
        nothing = request.void_fill is None and request.cushion_fill is None and request.blocking is None
        self.always_bare = nothing and not self.wrappings.any and not self.expansion.inner_boxes

    def of(
        self,
        box: BoxType,
        members: Ints,
        corners_um: Ints | None = None,
        volumes_um3: list[int] | None = None,
    ) -> tuple[PackagingComponent, ...]:
        """Return all that a parcel of some units is packed with.

        Without the ``corners_um`` of its envelopes, int64 (n, 6), nothing is blocked. ``volumes_um3`` are what the
        goods of each take, soft goods as they lie; by default pressed.
        """
        request, wrappings, expansion = self.request, self.wrappings, self.expansion
        closure = request.closures(box)
        if box.compartments or self.always_bare:
            return closure.parts  # nothing wraps or fills it
        dunnage = []
        for wrap, each_mg in ((wrappings.wrap, wrappings.wraps_mg), (request.pads, wrappings.pads_mg)):
            if wrap is not None and wrappings.any and (mass := int(each_mg[members].sum())):
                dunnage.append(part_of(Component.CUSHIONING, wrap, mass))
        fill, share = request.fill(cushions=wrappings.fills_cushioning(members)), request.policy.void_fill_share
        inner = sorted(expansion.in_boxes(members), key=lambda each: each.box.box_type_id)
        filled, taped = sum(each.fill_mg for each in inner), sum(each.tape_mg for each in inner)
        blocks = 0
        if box.has_fill:
            empty = box.inner_volume_um3 - self._taken_um3(members, volumes_um3)
            beside = 0 if fill is None else void_fill_mg(max(empty, 0), share, fill)
            if corners_um is not None and request.blocking is not None:
                blocked = self.to_block_um3(box, members, corners_um)
                blocks = blocking_mg(blocked, request.blocking, empty, fill, share) if blocked else 0
            if blocks:
                rest = 0 if fill is None else void_fill_mg(max(empty - blocked, 0), share, fill)
                bound, _ = self.spaces.bound(box, several=self.admission.several(members))
                limit = bound.load_limit_mg(closure.closing_mg)
                envelopes_mg = expansion.placed_mg(members) + sum(part.mass_mg for part in dunnage)
                if limit is None or envelopes_mg + rest + blocks <= limit:
                    beside = rest
                else:
                    blocks = 0  # the plan warns of spaces that nothing blocks
            filled += beside
        if fill is not None and filled:
            dunnage.append(part_of(Component.VOID_FILL, fill, filled))
        if request.blocking is not None and blocks:
            dunnage.append(part_of(Component.BLOCKING, request.blocking, blocks))
        closing = closure.parts[1:]
        if request.tape is not None and taped:
            taped += sum(part.mass_mg for part in closing if part.component is Component.TAPE)
            others = (part for part in closing if part.component is not Component.TAPE)
            closing = (part_of(Component.TAPE, request.tape, taped), *others)
        return (closure.parts[0], *(box_component(each.box, inner=True) for each in inner), *dunnage, *closing)

    def _taken_um3(self, members: Ints, volumes_um3: list[int] | None) -> int:
        taken = self.wrappings.taken_um3
        if volumes_um3 is None or self.expansion.arrays.soft is None:
            return sum(taken[member] for member in members.tolist())
        soft = self.expansion.arrays.soft[members].tolist()
        each = zip(members.tolist(), soft, volumes_um3, strict=True)
        return sum(volume if is_soft else taken[member] for member, is_soft, volume in each)

    def may_block(self, box: BoxType, members: Ints) -> bool:
        """Whether a parcel of some units can have spaces that need blocking: not a mailer, which lies close."""
        return box.has_fill and self.expansion.goods_mg(members) >= self._limits.least_mg

    def to_block_um3(self, box: BoxType, members: Ints, corners_um: Ints) -> int:
        """Return the volume of the spaces that need blocking, in cubic um: wider than the limit, beside a unit."""
        gap_um = self._limits.gap_um
        if not self.may_block(box, members):
            return 0
        if len(corners_um) == 1:
            return beside_one_um3(corners_um[0].tolist(), box.inner_um, gap_um)
        spaces = voids(corners_um, box.inner_um)
        chosen = spaces[to_block(spaces, corners_um, gap_um)]
        return sum((x2 - x) * (y2 - y) * (z2 - z) for x, y, z, x2, y2, z2 in chosen.tolist())
