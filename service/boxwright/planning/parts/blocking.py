"""Which empty spaces of a parcel need blocking, and what that comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxwright.packing.voids import beside_one_um3, to_block, voids
from boxwright.protection import blocking_limits, blocking_mg, void_fill_mg

if TYPE_CHECKING:
    from boxwright.domain.box import BoxType
    from boxwright.domain.dunnage import Dunnage
    from boxwright.domain.mailer import Cuboid
    from boxwright.packing.problem import Ints
    from boxwright.planning.parts.expansion import Expansion
    from boxwright.planning.request import Request


def spaces_to_block_um3(corners_um: Ints, inner_um: Cuboid, gap_um: int) -> int:
    """Return the volume of the spaces of a box with heavy contents that need blocking, in cubic um.

    Parameters
    ----------
    corners_um : int64, (n, 6), um
        Lowest and highest corner of each envelope.
    inner_um : tuple of int
        Inner edges of the box.
    gap_um : int
        A space that is wider beside a unit needs blocking.
    """
    if len(corners_um) == 1:
        return beside_one_um3(corners_um[0].tolist(), inner_um, gap_um)
    spaces = voids(corners_um, inner_um)
    chosen = spaces[to_block(spaces, corners_um, gap_um)]
    return sum((x2 - x) * (y2 - y) * (z2 - z) for x, y, z, x2, y2, z2 in chosen.tolist())


class Blocking:
    """The rule on blocking, over the units of one order.

    Parameters
    ----------
    request : Request
        What blocks, and the rule's limits.
    expansion : Expansion
        The units.
    """

    def __init__(self, request: Request, expansion: Expansion) -> None:
        self._request, self._expansion = request, expansion
        self._limits = blocking_limits(request.materials)

    def _heavy(self, members: Ints) -> bool:
        return self._expansion.goods_mg(members) >= self._limits.least_mg

    def possible(self, box: BoxType, members: Ints) -> bool:
        """Whether a parcel of some units can have blocking: then its layout decides what it weighs."""
        return self._request.blocking is not None and box.has_fill and self._heavy(members)

    def spaces_um3(self, box: BoxType, members: Ints, corners_um: Ints) -> int:
        """Return the volume of the spaces that need blocking, in cubic um; 0 for a mailer, which lies close."""
        if not box.has_fill or not self._heavy(members):
            return 0
        return spaces_to_block_um3(corners_um, box.inner_um, self._limits.gap_um)

    def mass_mg(self, blocked_um3: int, empty_um3: int, fill: Dunnage | None) -> int:
        """Return the mass of blocking in a parcel with a void fill, in mg; 0 where nothing blocks."""
        request = self._request
        if request.blocking is None or not blocked_um3:
            return 0
        return blocking_mg(blocked_um3, request.blocking, empty_um3, fill, request.policy.void_fill_share)

    def within(
        self, limit_mg: int | None, envelopes_mg: int, blocked_um3: int, empty_um3: int, fill: Dunnage | None
    ) -> bool:
        """Whether a box bears goods, cushions, blocking and the fill of the rest; ``limit_mg`` None is unlimited."""
        if limit_mg is None:
            return True
        share = self._request.policy.void_fill_share
        rest = 0 if fill is None else void_fill_mg(empty_um3 - blocked_um3, share, fill)
        return envelopes_mg + rest + self.mass_mg(blocked_um3, empty_um3, fill) <= limit_mg
