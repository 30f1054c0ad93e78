"""What holds of a box type in every order: worked out once for each, since every order asks it of every box type."""

import math
from functools import lru_cache

from boxwright.domain.box import BoxType
from boxwright.packing.problem import Space

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
