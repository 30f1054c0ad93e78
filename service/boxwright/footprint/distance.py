"""The distance that transport activity counts."""

from fractions import Fraction

from boxwright.catalog.materials import Materials
from boxwright.catalog.rows import DistanceAdjustment
from boxwright.domain.lane import DistanceKind, Leg
from boxwright.errors import FieldViolation, InvalidInputError


def adjusted_km(leg: Leg, materials: Materials) -> Fraction:
    """Return the distance travelled on a leg in km, exactly.

    A planned distance (SFD or GCD) is multiplied by, or lengthened by, the ISO 14083 distance adjustment of
    its mode, because the factors are per kilometre travelled. An actual distance stays as it is.

    Parameters
    ----------
    leg : Leg
        Mode, distance and what the distance measures.
    materials : Materials
        Holds the distance adjustments.

    Raises
    ------
    InvalidInputError
        If the mode has no adjustment for that kind of distance.
    """
    # The shortest decimal that names the float is the number that the caller wrote.
    distance = Fraction(str(leg.distance_km))
    rule = _adjustment(leg, materials)
    return distance if rule is None else distance * Fraction(rule.multiplier) + Fraction(rule.addend_km)


def adjustment_rule(leg: Leg, materials: Materials) -> str:
    """Return in words how a leg's distance is adjusted; raises as ``adjusted_km`` does."""
    rule = _adjustment(leg, materials)
    if rule is None:
        return "actual distance, not adjusted (ISO 14083)"
    addend = f" + {rule.addend_km} km" if rule.addend_km else ""
    return f"ISO 14083 distance adjustment: {rule.distance_kind.value} x {rule.multiplier}{addend}"


def _adjustment(leg: Leg, materials: Materials) -> DistanceAdjustment | None:
    """Return the adjustment of a leg's distance; None for an actual distance."""
    if leg.distance_kind is DistanceKind.ACTUAL:
        return None
    for rule in materials.distance_adjustments:
        if rule.mode is leg.mode and rule.distance_kind is leg.distance_kind:
            return rule
    known = [rule.distance_kind.value for rule in materials.distance_adjustments if rule.mode is leg.mode] + [
        DistanceKind.ACTUAL.value
    ]
    got = "" if leg.distance_kind is None else leg.distance_kind.value
    raise InvalidInputError(
        [FieldViolation("distance_kind", f"must be {' or '.join(known)} for {leg.mode.value}, got {got!r}")]
    )
