"""A carrier rule as integers: lengths in um, weights in ticks, fractions of a mg that make all figures whole."""

import math
from decimal import Decimal
from fractions import Fraction

from boxwright.domain.carrier import CarrierRule
from boxwright.domain.gate import MG_PER_UNIT, SIZES, UM_PER_UNIT, Gate, Measure
from boxwright.errors import FieldViolation, InvalidInputError

Cuboid = tuple[int, int, int]


class Scale:
    """A rule in a zone as exact integers; arguments and errors as for ``Biller``."""

    def __init__(self, rule: CarrierRule, zone: str) -> None:
        self.rule = rule
        self.bands = tuple(band for band in rule.bands if not band.zones or zone in band.zones)
        if not self.bands or self.bands[-1].when:
            given = f"got {zone!r}" if zone else "got none"
            listed = f"must be a zone of {rule.service_id!r} ({', '.join(rule.zones)}), {given}"
            raise InvalidInputError([FieldViolation("zone", listed)])
        self.unit_mg = MG_PER_UNIT[rule.weight_unit]
        self.unit_um = UM_PER_UNIT[rule.length_unit]
        steps = [(Fraction(0), Fraction(rule.weight_step), "up")]
        steps += [(Fraction(step.from_weight), Fraction(step.step), step.rounding) for step in rule.heavier_steps]
        minima = [Fraction(rule.minimum_weight), *(Fraction(row.minimum_weight) for row in rule.surcharges)]
        weights = [weight for step in steps for weight in step[:2]] + minima
        parts = [weight * self.unit_mg for weight in weights]
        parts += [self._mg_per_um3(divisor) for band in self.bands for divisor in (band.divisor, band.test_divisor)]
        whole = math.lcm(2, *(part.denominator for part in parts))
        self.per_mg = whole * math.lcm(*(Fraction(band.share or 0).denominator for band in self.bands))
        """Ticks per mg; a multiple of 2, since a mass is known to half a mg."""
        self.steps = tuple((self._ticks(start), self._ticks(step), way) for start, step, way in steps)
        self.minimum, *surcharge_minima = map(self._ticks, minima)
        self.surcharge_minima = tuple(surcharge_minima)
        self.volume_ticks = tuple(int(self._mg_per_um3(band.divisor) * self.per_mg) for band in self.bands)
        self.test_ticks = tuple(
            int(self._mg_per_um3(band.test_divisor or band.divisor) * self.per_mg) for band in self.bands
        )

    def _mg_per_um3(self, divisor: Decimal | None) -> Fraction:
        """Return the dimensional weight of 1 cubic um in mg; 0 without a divisor."""
        if divisor is None:
            return Fraction(0)
        return self.unit_mg / (Fraction(divisor) * self.unit_um**3)

    def _ticks(self, weight: Fraction) -> int:
        return int(weight * self.unit_mg * self.per_mg)

    def rounded(self, outer_um: Cuboid) -> Cuboid:
        """Return the sides as the rule rounds them, in um, longest first."""
        unit, way = self.unit_um, self.rule.side_rounding
        if way == "up":
            shortest, second, longest = sorted(-(-side // unit) * unit for side in outer_um)
        elif way == "nearest":
            shortest, second, longest = sorted((2 * side + unit) // (2 * unit) * unit for side in outer_um)
        else:
            shortest, second, longest = sorted(outer_um)
        return longest, second, shortest

    def mg(self, ticks: int) -> int:
        """Return a weight in mg, half up, so that a billed step is never below a mass within it."""
        return (2 * ticks + self.per_mg) // (2 * self.per_mg)

    def in_units(self, ticks: int) -> Fraction:
        """Return a weight in the rule's weight unit."""
        return Fraction(ticks, self.per_mg) / self.unit_mg

    def open(self, gate: Gate, sides_um: Cuboid, actual: int, dimensional: int, billed: int = 0) -> bool:
        """Return whether a gate is open; sides in um, longest first, weights in ticks."""
        if gate.measure in SIZES:
            return gate.open_at(size_of(gate.measure, sides_um))
        if gate.measure is Measure.RATIO:
            # Without a weight the ratio is infinite.
            return gate.open_at(dimensional, actual) if actual else gate.rises
        ticks = billed
        if gate.measure is Measure.ACTUAL:
            ticks = actual
        elif gate.measure is Measure.DIMENSIONAL:
            ticks = dimensional
        elif gate.measure is Measure.GAP:
            ticks = dimensional - actual
        return gate.open_at(ticks, self.per_mg)

    def band_of(self, sides_um: Cuboid, actual: int) -> int:
        """Return the index of the band that bills: the first whose gates are all open."""
        volume = sides_um[0] * sides_um[1] * sides_um[2]
        for index, band in enumerate(self.bands):
            dimensional = volume * self.test_ticks[index]
            if all(self.open(gate, sides_um, actual, dimensional) for gate in band.when):
                return index
        raise AssertionError("the last band has no gates")


def size_of(measure: Measure, sides_um: Cuboid) -> int:
    """Return a measure of sides, longest first, in um or cubic um."""
    longest, second, shortest = sides_um
    if measure is Measure.LONGEST:
        return longest
    if measure is Measure.SECOND:
        return second
    if measure is Measure.SHORTEST:
        return shortest
    if measure is Measure.SIDE_SUM:
        return longest + second + shortest
    if measure is Measure.LENGTH_PLUS_GIRTH:
        return longest + 2 * (second + shortest)
    return longest * second * shortest
