"""Chargeable weight of one parcel, in exact rational arithmetic."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from boxwright.domain.carrier import CarrierRule, ChargeableWeight
from boxwright.shipping.limits import exceeded_limits
from boxwright.units import UM_PER_INCH

if TYPE_CHECKING:
    import datetime as dt

    from boxwright.catalog.materials import Materials

UM_PER_UNIT = {"in": UM_PER_INCH, "cm": 10_000}
"""Micrometres in a length unit of a carrier rule."""
MG_PER_UNIT = {"lb": Fraction(45_359_237, 100), "kg": Fraction(1_000_000)}
"""Milligrams in a weight unit of a carrier rule; the international pound is 0.45359237 kg by definition."""

HALF = Fraction(1, 2)


def chargeable_weight(
    outer_um: tuple[int, int, int], gross_mg: int, service_id: str, day: dt.date, materials: Materials
) -> ChargeableWeight:
    """Return what a carrier service bills for a parcel shipped on a day.

    Parameters
    ----------
    outer_um : tuple of int
        Outer length, width and height in um.
    gross_mg : int
        Goods, dunnage and box in mg.
    service_id : str
        Such as ``usps/ground-advantage``.
    day : datetime.date
        Ship date; it picks the rule.
    materials : Materials
        Holds the carrier rules.

    Raises
    ------
    InvalidInputError
        If the service is unknown or has no rule in force on that day.
    """
    return bill(outer_um, gross_mg, materials.carrier_rule(service_id, day))


def bill(outer_um: tuple[int, int, int], gross_mg: int, rule: CarrierRule) -> ChargeableWeight:
    """Return what one rule bills for a parcel: the greater of actual and dimensional weight, rounded.

    Parameters
    ----------
    outer_um : tuple of int
        Outer length, width and height in um.
    gross_mg : int
        Goods, dunnage and box in mg.
    rule : CarrierRule
        The rule in force.
    """
    unit_mg = MG_PER_UNIT[rule.weight_unit]
    actual = gross_mg / unit_mg
    divisor = _divisor(actual, rule)
    dimensional = None if divisor is None else _dimensional(outer_um, divisor, rule)
    billed = _stepped(actual, dimensional, rule)
    counts = divisor is not None and dimensional is not None
    return ChargeableWeight(
        service_id=rule.service_id,
        dimensional_mg=None if dimensional is None else _nearest_mg(dimensional, unit_mg),
        chargeable_mg=_nearest_mg(billed, unit_mg),
        divisor=f"{divisor} {rule.length_unit}3/{rule.weight_unit}" if counts else "",
        rule=_in_words(rule),
        verified=rule.verified,
        exceeded_limits=exceeded_limits(outer_um, gross_mg, rule),
    )


def _divisor(actual: Fraction, rule: CarrierRule) -> Fraction | None:
    """Return the divisor that holds at an actual weight, in length units cubed per weight unit."""
    second, switch = rule.divisor_above_switch, rule.divisor_switch_weight
    if second is not None and switch is not None and actual >= Fraction(switch):
        return Fraction(second)
    return None if rule.divisor is None else Fraction(rule.divisor)


def _dimensional(outer_um: tuple[int, int, int], divisor: Fraction, rule: CarrierRule) -> Fraction | None:
    """Return the dimensional weight in weight units; None at or below the volume trigger."""
    length, width, height = (_side(um, rule) for um in outer_um)
    volume = length * width * height
    if rule.volume_trigger is not None and volume <= Fraction(rule.volume_trigger):
        return None
    return volume / divisor


def _side(side_um: int, rule: CarrierRule) -> Fraction:
    """Return a side in length units, rounded as the rule says."""
    side = Fraction(side_um, UM_PER_UNIT[rule.length_unit])
    if rule.side_rounding == "up":
        return Fraction(math.ceil(side))
    if rule.side_rounding == "nearest":
        return Fraction(math.floor(side + HALF))
    return side


def _stepped(actual: Fraction, dimensional: Fraction | None, rule: CarrierRule) -> Fraction:
    """Return the greater weight on the rule's step, not below its minimum, in weight units."""
    volume_weight = Fraction(0) if dimensional is None else dimensional
    weight = max(actual, volume_weight)
    step, rounding = Fraction(rule.weight_step), "up"
    for heavier in rule.heavier_steps:
        if weight >= Fraction(heavier.from_weight):
            step, rounding = Fraction(heavier.step), heavier.rounding
    if rounding == "nearest":
        steps = math.floor(weight / step + HALF)
    else:
        # A mass is snapped to the nearest mg: 5 lb arrive as 2,267,962 mg, 0.15 mg above, and are still 5 lb.
        snapped = HALF / MG_PER_UNIT[rule.weight_unit]
        steps = math.ceil(max(actual - snapped, volume_weight) / step)
    return max(steps * step, Fraction(rule.minimum_weight))


def _nearest_mg(weight: Fraction, unit_mg: Fraction) -> int:
    """Return a weight in mg, half up, so that a billed step is never below a mass that it covers."""
    return math.floor(weight * unit_mg + HALF)


def _in_words(rule: CarrierRule) -> str:
    """Return the rule as one sentence, with the days on which it holds."""
    length, weight = rule.length_unit, rule.weight_unit
    parts = []
    if rule.divisor is None:
        parts.append("actual weight only")
    else:
        sides = {"up": f"sides up to whole {length}", "nearest": f"sides to the nearest {length}"}
        parts.append(sides.get(rule.side_rounding, "sides as measured"))
        parts.append(f"volume over {rule.divisor} {length}3/{weight}")
    if rule.divisor_above_switch is not None:
        parts.append(f"{rule.divisor_above_switch} from {rule.divisor_switch_weight} {weight} actual")
    if rule.volume_trigger is not None:
        parts.append(f"only above {rule.volume_trigger} {length}3")
    parts.append(f"weight up to the next {rule.weight_step} {weight}")
    for heavier in rule.heavier_steps:
        way = "up to the next" if heavier.rounding == "up" else "to the nearest"
        parts.append(f"from {heavier.from_weight} {weight} {way} {heavier.step} {weight}")
    if rule.minimum_weight:
        parts.append(f"at least {rule.minimum_weight} {weight}")
    days = [f"{word} {day}" for word, day in (("from", rule.effective_from), ("to", rule.effective_to)) if day]
    return "; ".join(parts) + (f" (in force {' '.join(days)})" if days else "")
