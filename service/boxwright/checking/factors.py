"""Factors: those of a footprint's lines are those of the data at hand, no surer and no narrower."""

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from boxwright.catalog.materials import Materials
from boxwright.checking.case import ParcelCase
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.domain.factor import EmissionFactor
from boxwright.domain.footprint import FootprintLine
from boxwright.domain.lane import TransportMode
from boxwright.errors import InvalidInputError


def wrong_factors(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield the lines whose factor the data at hand do not have, or have otherwise; a profile they lack is not judged.

    The factor of a flight may be less sure and wider than its row: its class may be a guess.
    """
    for reading in case.footprints:
        profile_id = reading.footprint.profile_id
        known = _factors(profile_id, case.premises.materials) if isinstance(profile_id, str) else {}
        for line in (each.line for each in reading.lines) if known else ():
            factor = known.get(line.factor_id) if isinstance(line.factor_id, str) else None
            detail = _difference(line, factor)
            if detail:
                text = f"{profile_id:.80}, {line.component}/{line.stage} of {line.subject} by {line.factor_id!s:.80}"
                yield case.broken(ViolationKind.WRONG_FOOTPRINT, f"{text}: {detail}")


@lru_cache(maxsize=64)
def _factors(profile_id: str, materials: Materials) -> dict[str, EmissionFactor]:
    try:
        return {each.factor_id: each for each in materials.profile(profile_id).factors}
    except InvalidInputError:
        return {}


def _difference(line: FootprintLine, factor: EmissionFactor | None) -> str:
    """Return in what a line's factor is not that of the data; empty where it is."""
    if factor is None:
        return "the data at hand have no such factor"
    if line.factor_kg_per_unit != factor.value:
        return f"its factor is {line.factor_kg_per_unit}, the data at hand have {factor.value}"
    flown = factor.mode is TransportMode.AIR
    if line.read_in_source is not factor.read_in_source and not (flown and line.read_in_source is False):
        return (
            f"it says that the factor is {_sure(line.read_in_source)}, by the data it is {_sure(factor.read_in_source)}"
        )
    low, high = line.low_kg_per_unit, line.high_kg_per_unit
    exact = (low, high) == (factor.low, factor.high)
    if not exact and not (flown and _holds(low, high, factor)):
        return f"its range is {low} to {high}, by the data {factor.low} to {factor.high}"
    return ""


def _holds(low: Decimal | None, high: Decimal | None, factor: EmissionFactor) -> bool:
    """Whether a range has both ends and holds that of a factor."""
    if low is None or high is None:
        return False
    return low <= (factor.value if factor.low is None else factor.low) and high >= (
        factor.value if factor.high is None else factor.high
    )


def _sure(read_in_source: object) -> str:
    return "verified" if read_in_source is True else "unverified"
