"""Draws of emission factors from their ranges: the same factor has the same draws in every plan, on any machine.

A draw is triangular between ``low`` and ``high`` with its mode at the value, by the inverse of its distribution:
``low + sqrt(u (high - low)(mode - low))`` below the mode, ``high - sqrt((1 - u)(high - low)(high - mode))`` above it
(Johnson, The triangular distribution as a proxy for the beta distribution in risk analysis, The Statistician 46, 1997).
Square roots and the four operations are exact in IEEE 754, so that no machine draws other numbers.
"""

import functools
import hashlib
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

DRAWS = 2_000
"""Draws of each factor."""

SEED = b"boxwright paired draws 1"
"""What every draw follows from, next to the factor's id."""

TAIL = 50
"""Draws that lie below, and above, the 95 % that are inside."""

CONFIDENCE = 1 - 2 * TAIL / DRAWS


@functools.lru_cache(maxsize=4_096)
def draws_of(factor_id: str, low: Decimal, value: Decimal, high: Decimal) -> NDArray[np.float64]:
    """Return draws of a factor, in kg CO2e per unit: float64, (DRAWS,).

    Parameters
    ----------
    factor_id : str
        Seeds the draws, so that they do not depend on what else is drawn.
    low, value, high : Decimal
        Range and mode; ``low <= value <= high``.
    """
    seed = int.from_bytes(hashlib.sha256(SEED + factor_id.encode()).digest()[:16])
    uniform = np.random.Generator(np.random.PCG64(seed)).random(DRAWS)
    left, mode, right = float(low), float(value), float(high)
    if left == right:
        drawn = np.full(DRAWS, mode)
    else:
        width = right - left
        rising = left + np.sqrt(uniform * width * (mode - left))
        falling = right - np.sqrt((1 - uniform) * width * (right - mode))
        drawn = np.where(uniform * width < mode - left, rising, falling)
    drawn.setflags(write=False)
    return drawn
