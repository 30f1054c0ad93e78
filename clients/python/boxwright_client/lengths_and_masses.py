"""Inches, pounds and ounces in the contract's millimetres and grams.

The international inch is 25.4 mm and the international avoirdupois pound 453.59237 g, both by definition.
"""

from fractions import Fraction

MM_PER_INCH = Fraction(254, 10)
G_PER_POUND = Fraction(45_359_237, 100_000)
OUNCES_PER_POUND = 16


def inches(value: float | str) -> float:
    """Return a length in inches as mm, such as ``inches(12.5)``, ``inches("1/8")`` or ``inches("12 1/2")``."""
    return float(_exact(value) * MM_PER_INCH)


def pounds(value: float | str, ounces: float | str = 0) -> float:
    """Return a mass in pounds, and ounces beside them, as g."""
    return float((_exact(value) + _exact(ounces) / OUNCES_PER_POUND) * G_PER_POUND)


def ounces(value: float | str) -> float:
    """Return a mass in avoirdupois ounces as g."""
    return float(_exact(value) * G_PER_POUND / OUNCES_PER_POUND)


def _exact(value: float | str) -> Fraction:
    """Return a number exactly; a text may be a fraction, or a whole number and a fraction."""
    if isinstance(value, str):
        return sum((Fraction(part) for part in value.split() or [value]), Fraction(0))
    return Fraction(value)
