"""A lower bound of bills, which need not rise with size or weight."""

from functools import lru_cache

from boxwright.domain.gate import SIZES, Gate, Measure
from boxwright.shipping.biller import Billed, Biller
from boxwright.shipping.scale import Cuboid

CERTAIN, POSSIBLE, IMPOSSIBLE = 2, 1, 0
_MOST_KEPT = 4_096
"""Size of the cache: every order needs the bound of each empty box type."""


@lru_cache(maxsize=_MOST_KEPT)
def least_billed(biller: Biller, outer_um: Cuboid, gross_mg: int, *, size_fixed: bool) -> Billed:
    """Return a lower bound of the bills of all parcels of at least a weight, and the surcharges that all of them bear.

    A rule may bill a heavier or larger parcel less. Within a band the bill rises with size and weight, so the minimum
    over the bands that may apply, each at the smallest parcel, is a bound. ``outer_um`` are the sides of all parcels if
    ``size_fixed``, otherwise their minimum sides; ``gross_mg`` is the minimum gross weight.
    """
    scale = biller.scale
    sides = scale.rounded(outer_um)
    actual = gross_mg * scale.per_mg
    volume = sides[0] * sides[1] * sides[2]
    least: int | None = None
    for index, band in enumerate(scale.bands):
        dimensional = volume * scale.test_ticks[index]
        held = min(
            (_outlook(gate, scale.open(gate, sides, actual, dimensional), size_fixed) for gate in band.when),
            default=CERTAIN,
        )
        if held == IMPOSSIBLE:
            continue
        here = biller.stepped(sides, gross_mg, index)
        least = here if least is None else min(least, here)
        if held == CERTAIN:
            break
    assert least is not None  # the last band has no gates, so it always applies
    outlooks = {
        surcharge.surcharge_id: max(
            min(_outlook(gate, scale.open(gate, sides, actual, 0, least), size_fixed=size_fixed) for gate in gates)
            for gates in surcharge.any_of
        )
        for surcharge in biller.rule.surcharges
    }
    borne = tuple(
        index
        for index, surcharge in enumerate(biller.rule.surcharges)
        if outlooks[surcharge.surcharge_id] == CERTAIN
        and all(outlooks[other] == IMPOSSIBLE for other in surcharge.unless)
    )
    for index in borne:
        least = max(least, scale.surcharge_minima[index])
    return Billed(scale.mg(least), borne)


def _outlook(gate: Gate, is_open: bool, size_fixed: bool) -> int:
    """Return whether a gate is open for all, some or none of the parcels, from its state for the smallest one."""
    if gate.measure in SIZES or gate.measure is Measure.DIMENSIONAL:
        if size_fixed:
            return CERTAIN if is_open else IMPOSSIBLE
        rises = gate.rises
    elif gate.measure in (Measure.GAP, Measure.RATIO):
        if not size_fixed:
            return POSSIBLE
        rises = not gate.rises  # weight lowers gap and ratio
    else:
        rises = gate.rises
    if rises:
        return CERTAIN if is_open else POSSIBLE
    return POSSIBLE if is_open else IMPOSSIBLE
