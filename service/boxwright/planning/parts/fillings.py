"""How high a mailer can be filled: the heights that stacks of units reach.

What stands on the floor of a mailer or on other units has its top at a sum of extents, each unit's at most once. So
the filled height is one of those sums, and a layout that takes all units is found in, or excluded from, finitely many
cuboids.
"""

import math

import numpy as np

from boxwright.domain.mailer import Cuboid, Shell
from boxwright.packing.problem import UPRIGHT, Units
from boxwright.stop import NEVER, Stop

MOST_SUMS = 5_000
"""Sums of extents listed at most; of more, every height is as good as another."""
MOST_FILLINGS = 24
"""Filled heights tried at most, spread over those that are possible."""


def lowest_um(units: Units, *, whole: bool) -> int:
    """Return a height that no filling with some (or, ``whole``, all) of the units is below, in um."""
    if not len(units):
        return 1
    return int(units.upright_um.max() if whole else units.upright_um.min())


def filled_heights_um(
    units: Units, flat_um: Cuboid, shell: Shell, stop: Stop = NEVER, *, whole: bool
) -> tuple[list[int], bool]:
    """Return the heights to which some or all of the units can fill a mailer, rising, and whether those are all.

    Parameters
    ----------
    units : Units
        With their cushioning, sorted by kind.
    flat_um : tuple of int
        Usable flat length and width, and the greatest thickness, in um.
    shell : Shell
        That of the mailer.
    stop : Stop, optional
        Ends it with a SearchEndedError. Default: nothing does.
    whole : bool
        Whether all units must go in: then the heights are left out at which one is too high however it lies, or the
        cuboid has less volume than the units.
    """
    stand = [
        sorted({*edges[may].tolist()})
        for edges, may in zip(units.edges_um[units.firsts], UPRIGHT[units.masks[units.firsts]], strict=True)
    ]
    thickest = shell.thickest_um(flat_um)
    # Bit ``s`` of the sums is one of so many times what divides all extents.
    step = math.gcd(*(height for heights in stand for height in heights))
    sums, within = 1, (1 << max(thickest, 0) // max(step, 1) + 1) - 1
    every = True
    for heights, count in zip(stand, units.counts.tolist(), strict=True):
        for _ in range(count):
            stop.look()
            more = sums
            for height in heights:
                if height <= thickest:
                    more |= sums << height // step & within
            if more == sums:
                break
            sums = more
            every = every and sums.bit_count() <= MOST_SUMS
        if not every:
            break
    least = lowest_um(units, whole=whole)
    volume = units.volume_um3 if whole else 0
    if not every:
        # Listing them all is beyond the bound: spread over the whole range instead.
        heights = sorted(range(thickest, least - 1, -max((thickest - least) // MOST_FILLINGS, 1)))
    else:
        heights = [at * step for at, bit in enumerate(reversed(f"{sums:b}")) if bit == "1"]
    room = max(volume, 1)
    found = [height for height in heights if height >= least and math.prod(shell.inside_at(flat_um, height)) >= room]
    if len(found) > MOST_FILLINGS:
        every = False
        picks = np.linspace(0, len(found) - 1, MOST_FILLINGS).round().astype(int).tolist()
        found = [found[pick] for pick in picks]
    return found, every
