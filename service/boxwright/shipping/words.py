"""Carrier rules as text."""

from collections.abc import Sequence
from fractions import Fraction

from boxwright.domain.carrier import Band, BillingForm, CarrierRule


def rule_words(rule: CarrierRule, bands: Sequence[Band]) -> str:
    """Return a rule as a sentence, with the days on which it is in force."""
    length, weight = rule.length_unit, rule.weight_unit
    parts = []
    if any(band.divisor is not None for band in bands):
        sides = {"up": f"sides up to whole {length}", "nearest": f"sides to the nearest {length}"}
        parts.append(sides.get(rule.side_rounding, "sides as measured"))
    parts += [band_words(band, rule) for band in bands]
    parts.append(f"weight up to the next {rule.weight_step} {weight}")
    for heavier in rule.heavier_steps:
        way = "up to the next" if heavier.rounding == "up" else "to the nearest"
        parts.append(f"from {heavier.from_weight} {weight} {way} {heavier.step} {weight}")
    if rule.minimum_weight:
        parts.append(f"at least {rule.minimum_weight} {weight}")
    days = [f"{word} {day}" for word, day in (("from", rule.effective_from), ("to", rule.effective_to)) if day]
    return "; ".join(parts) + (f" (in force {' '.join(days)})" if days else "")


def band_words(band: Band, rule: CarrierRule) -> str:
    """Return a band and its gates as a phrase."""
    volume = f"volume over {band.divisor} {rule.length_unit}3/{rule.weight_unit}"
    form = {
        BillingForm.ACTUAL: "actual weight",
        BillingForm.DIMENSIONAL: volume,
        BillingForm.GREATER: f"the greater of actual weight and {volume}",
        BillingForm.SPLIT: f"{volume} less {band.share} of its excess over actual weight",
    }[band.form]
    gates = [gate.text for gate in band.when]
    if band.test_divisor is not None:
        gates[-1:] = [f"{gates[-1]} over {band.test_divisor}"]
    if band.zones:
        gates.append(f"zone {' or '.join(band.zones)}")
    return f"{' and '.join(gates)}: {form}" if gates else form


def decimal_text(value: Fraction) -> str:
    """Return a number with up to three decimals, marked with "about" if they round it."""
    thousandths = round(value * 1_000)
    text = f"{thousandths // 1_000}.{thousandths % 1_000:03d}".rstrip("0").rstrip(".")
    return text if Fraction(thousandths, 1_000) == value else f"about {text}"
