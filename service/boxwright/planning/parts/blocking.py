"""Which empty spaces of a parcel need blocking, and what that comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from boxwright.lazy import cached_property
from boxwright.packing.voids import Flags, beside_one_um3, to_block, voids
from boxwright.protection import blocking_limits, blocking_mg, void_fill_mg

if TYPE_CHECKING:
    from boxwright.domain.box import BoxType
    from boxwright.domain.dunnage import Dunnage
    from boxwright.domain.mailer import Cuboid
    from boxwright.packing.problem import Ints
    from boxwright.planning.request import Request


def spaces_to_block_um3(corners_um: Ints, inner_um: Cuboid, heavy: Flags, gap_um: int) -> int:
    """Return the volume of the spaces of a box that need blocking, in cubic um.

    Parameters
    ----------
    corners_um : int64, (n, 6), um
        Lowest and highest corner of each envelope.
    inner_um : tuple of int
        Inner edges of the box.
    heavy : bool, (n,)
        Which units are heavy.
    gap_um : int
        How wide a space is beside a heavy unit that needs blocking.
    """
    if len(corners_um) == 1:
        return beside_one_um3(corners_um[0].tolist(), inner_um, gap_um) if heavy[0] else 0
    spaces = voids(corners_um, inner_um)
    chosen = spaces[to_block(spaces, corners_um, heavy, gap_um)]
    return sum((x2 - x) * (y2 - y) * (z2 - z) for x, y, z, x2, y2, z2 in chosen.tolist())


class Blocking:
    """The rule on blocking, over the units of one order.

    Parameters
    ----------
    request : Request
        What blocks, and the rule's limits.
    mass_mg : float64, (n,)
        Mass of each unit of the order, in mg.
    """

    def __init__(self, request: Request, mass_mg: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
        self._request = request
        self._mass_mg = mass_mg

    @cached_property
    def _heavy(self) -> Flags:
        return np.asarray(self._mass_mg >= blocking_limits(self._request.materials).least_mg)

    def possible(self, box: BoxType, members: Ints | None = None) -> bool:
        """Whether a parcel of some units, or of any, can have blocking: then its layout decides what it weighs."""
        if self._request.blocking is None or not box.has_fill:
            return False
        return bool(self._heavy.any() if members is None else self._heavy[members].any())

    def spaces_um3(self, box: BoxType, members: Ints, corners_um: Ints) -> int:
        """Return the volume of the spaces that need blocking, in cubic um; 0 for a mailer, which lies close."""
        heavy = self._heavy[members]
        if not box.has_fill or not heavy.any():
            return 0
        return spaces_to_block_um3(corners_um, box.inner_um, heavy, blocking_limits(self._request.materials).gap_um)

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
