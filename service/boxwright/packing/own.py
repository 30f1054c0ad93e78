"""Boxwright's own engine behind the ``Packer`` interface."""

import numpy as np

from boxwright.packing import bars, bounds, dual, exact, fuse, kernels, reach
from boxwright.packing.problem import Layout, Rules, Space, Units
from boxwright.packing.state import Packing, Problem

SEED = 1
"""Fixed, so that the same order gives the same plan on every machine."""
NO_ORDERS = np.empty((0, 0), dtype=np.int64)
NOTHING = Packing(np.empty((0, 6), dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))


class OwnPacker:
    """Maximal empty spaces with support at every step; see ``kernels``."""

    name = "boxwright"
    starts_from_fixed = True
    solver = True

    def pack(
        self,
        units: Units,
        space: Space,
        rules: Rules,
        *,
        whole: bool,
        effort: int,
        fixed: Layout | None = None,
        seed: int = SEED,
    ) -> Layout | None:
        """See ``Packer.pack``."""
        n = len(units)
        problem = Problem(
            units.edges_um,
            units.masks,
            units.kinds,
            units.mass_mg,
            units.weights_mg(space.displaced_mg_per_um3),
            units.max_load_mg,
            units.orders if n > 2 else NO_ORDERS,
            np.array(space.edges_um, dtype=np.int64),
            space.mass_limit_mg,
            space.volume_limit_um3,
            rules.support_millionths,
            rules.bearing,
            NOTHING if fixed is None else Packing(fixed.corners_um, fixed.units, fixed.orientations),
        )
        out = Packing(np.empty((n, 6), np.int64), np.empty(n, np.int64), np.empty(n, np.int64))
        placed = kernels.search(problem, whole, effort, seed, out, np.zeros(1, dtype=np.int64), fuse.flag())
        fuse.check()
        if placed == 0:
            return None
        return Layout(out.unit[:placed], out.turn[:placed], out.at[:placed])


def warm_up() -> None:
    """Compile (or load from the cache) every kernel, by packing three small units into a box."""
    units = Units(
        np.array([[30, 20, 10]] * 3, dtype=np.int64),
        np.array([63] * 3, dtype=np.int64),
        np.array([0, 0, 1], dtype=np.int64),
        np.ones(3),
        np.full(3, np.inf),
        np.zeros(3),
    )
    space = Space((60, 40, 20))
    bounds.misfit(units, space)
    bounds.conflict(units, space)
    lengths = reach.grown(units, space)
    reach.overfull(lengths)
    dual.overfull(lengths)
    bars.too_many(units, space)
    exact.feasible(units, space, 100)
    OwnPacker().pack(units, space, Rules(), whole=True, effort=1_000)
