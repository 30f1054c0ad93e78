"""What parcels can weigh at most, and how many there must be for that: of one bundle of units, and of several."""

import math
from collections.abc import Sequence

import numpy as np

from boxwright.domain.box import BoxType
from boxwright.packing.problem import Floats, Ints
from boxwright.selection.model import ParcelModel

MOST_THRESHOLDS = 100
"""Most masses that the bound on the number of parcels is worked out for; any of them gives a bound."""


def most_loads_mg(model: ParcelModel, members: Ints, boxes: Sequence[BoxType]) -> list[float]:
    """Return what goods and dunnage of a parcel of these units can weigh at most in each box type; infinity: no limit.

    A bundle by itself is bound by the box type alone, several are bound more closely: a parcel then weighs no more than
    several may, or than the heaviest bundle does.
    """
    limits = [_limit(box) for box in boxes]
    closer = [model.for_several(box) for box in boxes]
    if all(one is other for one, other in zip(closer, boxes, strict=True)):
        return limits
    # What is round the units of a bundle adds to what it weighs; limits here are compared with goods alone.
    heaviest = float(bundle_masses_mg(model, members).max(initial=0))
    return [max(_limit(one), min(limit, heaviest)) for one, limit in zip(closer, limits, strict=True)]


def bundle_masses_mg(model: ParcelModel, members: Ints) -> Floats:
    """Return the mass of the goods of each inseparable bundle of units, float64 (n,), whole mg."""
    masses = model.protect(members).mass_mg
    bundles = model.admission.bundles(members)
    if len(bundles) == len(members):
        return masses
    return np.array([masses[np.searchsorted(members, bundle)].sum() for bundle in bundles], dtype=np.float64)


def forced_alone(model: ParcelModel, members: Ints, boxes: Sequence[BoxType]) -> list[Ints]:
    """Return the bundles that are too heavy to go with another into any of some boxes; none without such a limit."""
    most = _most_of_several(model, boxes)
    if math.isinf(most):
        return []
    bundles = model.admission.bundles(members)
    heavy = bundle_masses_mg(model, members) > most
    return [bundles[at] for at in np.flatnonzero(heavy).tolist()]


def fewest_parcels(model: ParcelModel, members: Ints, boxes: Sequence[BoxType]) -> int:
    """Return a number of parcels that no plan of these units undercuts, by what several may weigh; 0 without a limit.

    The bound of Martello and Toth (Lower bounds and reduction procedures for the bin packing problem, Discrete Applied
    Mathematics 28, 1990): for each threshold, bundles that leave less than it have a parcel each, so have those above
    half, and what the latter leave is all that the middling ones can share with them. A bundle heavier than several may
    be is by itself.
    """
    most = _most_of_several(model, boxes)
    if math.isinf(most):
        return 0
    masses = np.sort(bundle_masses_mg(model, members))
    if most <= 0:
        return len(masses)
    small = np.unique(masses[masses <= most / 2])
    chosen = small[np.unique(np.linspace(0, len(small) - 1, min(len(small), MOST_THRESHOLDS)).astype(np.int64))]
    return max(_fewest_at(masses, most, threshold) for threshold in (0.0, *chosen.tolist()))


def _fewest_at(masses: Floats, most: float, threshold: float) -> int:
    full = masses > most - threshold
    large = (masses > most / 2) & ~full
    middling = float(masses[(masses >= threshold) & ~large & ~full].sum())
    alone = int(full.sum()) + int(large.sum())
    left = int(large.sum()) * most - float(masses[large].sum())
    return alone + max(0, math.ceil((middling - left) / most))


def _most_of_several(model: ParcelModel, boxes: Sequence[BoxType]) -> float:
    """Return what several units can weigh at most in any of some boxes, infinity where their own limits are all."""
    closer = [model.for_several(box) for box in boxes]
    if all(one is other for one, other in zip(closer, boxes, strict=True)):
        return math.inf
    return max(map(_limit, closer))


def _limit(box: BoxType) -> float:
    return math.inf if box.max_load_mg is None else float(box.max_load_mg)
