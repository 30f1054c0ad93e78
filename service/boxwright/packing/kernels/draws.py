"""Random numbers that are the same on every machine; ``random``, uint64 (1,), is the state of a generator."""

import numpy as np

from boxwright.packing.compiled import inner, maker


@maker
def generator(state):
    """Return a generator that starts with a state."""
    random = np.empty(1, dtype=np.uint64)
    random[0] = state
    return random


@inner
def draw(random):
    """Advance a 64-bit linear congruential generator (constants of Knuth's MMIX); return its upper 31 bits."""
    random[0] = random[0] * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
    return np.int64(random[0] >> np.uint64(33))


@inner
def one_orientation(mask, number):
    """Return the mask of one orientation of a mask, chosen by a number."""
    choices = 0
    for o in range(6):
        choices += (mask >> o) & 1
    wanted = number % choices
    for o in range(6):
        if (mask >> o) & 1:
            if wanted == 0:
                return np.int64(1) << o
            wanted -= 1
    return mask


@inner
def mixed(value):
    """Return a 64-bit number with its bits mixed (finaliser of splitmix64)."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))
