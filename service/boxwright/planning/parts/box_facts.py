"""What holds of a box type in every order: worked out once for each, since every order asks it of every box type."""

import math
from functools import lru_cache

from boxwright.domain.box import BoxType
from boxwright.domain.policy import Objective
from boxwright.packing.problem import Space
from boxwright.selection.model import Price

MOST_KEPT = 4_096
"""Box types, times settings of policies, of which facts are kept."""
BY_SIZE = frozenset({Objective.PARCEL_COUNT, Objective.INNER_VOLUME, Objective.OUTER_VOLUME})
"""Objectives that the size of a rigid box settles, whatever is in it."""


@lru_cache(maxsize=MOST_KEPT)
def price_by_size(box: BoxType, objectives: tuple[Objective, ...]) -> Price:
    """Return the price of a rigid box under objectives that are all among ``BY_SIZE``."""
    sizes = {
        Objective.PARCEL_COUNT: 1,
        Objective.INNER_VOLUME: math.prod(box.inner_um),
        Objective.OUTER_VOLUME: math.prod(box.outer_um),
    }
    return tuple(sizes[each] for each in objectives)


@lru_cache(maxsize=MOST_KEPT)
def empty_space(box: BoxType, clearance_um: int, fill_millionths: int, closing_mg: int, mass_rule: str) -> Space:
    """Return the usable inside of a box with no void fill in it; of a mailer, of the cuboid that it never passes.

    Parameters
    ----------
    box : BoxType
        The type.
    clearance_um, fill_millionths : int
        Slack kept along each inner edge, and the largest share of the inner volume that envelopes may take.
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
    return Space((length, width, height), mass_limit, volume_limit, mass_rule=mass_rule, encloses=box.flexible)
