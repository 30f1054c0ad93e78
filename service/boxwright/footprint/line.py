"""A line of a footprint: an amount of activity times a factor."""

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

from boxwright.domain.factor import Component, EmissionFactor, Stage
from boxwright.domain.footprint import FootprintLine, MassPart
from boxwright.units import MG_PER_KG, half_even

AMOUNTS = Context(prec=34, rounding=ROUND_HALF_EVEN)
"""Precision of amounts, which are only displayed; grams are computed exactly, without a decimal context."""


class Rate:
    """A line of a footprint for any mass.

    Grams are the exact product, rounded half to even, once, to a whole mg CO2e. Fractions are computed once, so that a
    line for a mass is a few products of integers.

    Parameters
    ----------
    component : Component
        What is counted.
    factor : EmissionFactor
        kg CO2e per unit.
    per_mg : Fraction
        Amount per mg in the factor's unit; by ``VOLUME_SHARE`` per cubic um.
    fixed : Fraction, optional
        Further amount that does not depend on the mass. Default 0.
    leg_index : int or None, optional
        Index of the lane's leg. Default: packaging.
    rule : str, optional
        The computation of the amount, as text.
    stage : Stage or None, optional
        Default: the factor's.
    biogenic_per_mg : Fraction or None, optional
        Biogenic CO2 per mg. Default: unknown.
    data : tuple of str, optional
        Ids of the data behind the whole amount, in addition to those behind the mass. Default: none.
    """

    __slots__ = ("_above", "_below", "_biogenic", "_fixed", "_grams", "_upper", "component", "data", "factor", "labels")

    def __init__(
        self,
        component: Component,
        factor: EmissionFactor,
        per_mg: Fraction,
        *,
        fixed: Fraction = Fraction(0),
        leg_index: int | None = None,
        rule: str = "",
        stage: Stage | None = None,
        biogenic_per_mg: Fraction | None = None,
        data: tuple[str, ...] = (),
    ) -> None:
        self.component, self.factor, self.data = component, factor, data
        self.labels = (stage or factor.stage, leg_index, rule)
        below = per_mg.denominator * fixed.denominator
        self._above, self._fixed, self._below = int(per_mg * below), int(fixed * below), below
        high = factor.value if factor.read_in_source or factor.high is None else factor.high
        self._grams, self._upper = (
            (Fraction(value) * MG_PER_KG / below).as_integer_ratio() for value in (factor.value, high)
        )
        self._biogenic = None if biogenic_per_mg is None else biogenic_per_mg.as_integer_ratio()

    def co2e_mg(self, mass_mg: int, *, upper: bool = False) -> int:
        """Return the emission of a mass in mg CO2e; ``upper`` takes an unverified factor at its upper end."""
        above, below = self._upper if upper else self._grams
        return half_even((mass_mg * self._above + self._fixed) * above, below)

    def line(self, mass_mg: int, mass_parts: Iterable[tuple[tuple[str, ...], int]] = ()) -> FootprintLine:
        """Return the line of a mass in mg, or of a volume in cubic um by ``VOLUME_SHARE``.

        ``mass_parts`` are parts of the mass that depend on data, each with the ids of its data.
        """
        factor = self.factor
        stage, leg_index, rule = self.labels
        below = Decimal(self._below)
        amount = AMOUNTS.divide(Decimal(mass_mg * self._above + self._fixed), below)
        return FootprintLine(
            self.component,
            stage,
            factor.subject,
            amount,
            factor.unit,
            factor.factor_id,
            factor.value,
            self.co2e_mg(mass_mg),
            factor.source,
            factor.read_in_source,
            leg_index,
            rule,
            factor.low,
            factor.high,
            factor.range_assumed,
            None if self._biogenic is None else half_even(mass_mg * self._biogenic[0], self._biogenic[1]),
            self._parts(mass_mg, tuple(mass_parts)),
            factor.source_grade,
        )

    def _parts(self, mass_mg: int, mass_parts: tuple[tuple[tuple[str, ...], int], ...]) -> tuple[MassPart, ...]:
        """Return the parts of the amount that depend on data of the mass, of the rate, or of both."""
        below = Decimal(self._below)
        held = [((*data, *self.data), part * self._above) for data, part in mass_parts]
        rest = mass_mg * self._above + self._fixed - sum(above for _, above in held)
        if self.data and (rest or not held):
            held.append((self.data, rest))
        return tuple(MassPart(data, AMOUNTS.divide(Decimal(above), below)) for data, above in held)
