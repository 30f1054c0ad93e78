"""Converts centimetres, kilograms, inches, pounds and ounces to millimetres and grams.

The international inch is 25.4 mm and the international avoirdupois pound 453.59237 g, both by definition.
"""

import math
import re
from fractions import Fraction
from numbers import Rational, Real

MM_PER_CM = 10
G_PER_KG = 1_000
MM_PER_INCH = Fraction(254, 10)
G_PER_POUND = Fraction(45_359_237, 100_000)
OUNCES_PER_POUND = 16
LONGEST = 100
"""Most characters of a number in a text."""

_TEXT = re.compile(r"(?P<number>\d+(\.\d+)?|\.\d+)|((?P<whole>\d+)( +|-))?(?P<above>\d+)/(?P<below>\d+)", re.ASCII)


def cm(value: float | str) -> float:
    """Return a length in centimetres as mm; numbers and errors as for ``inches``."""
    return float(_exact(value) * MM_PER_CM)


def kg(value: float | str) -> float:
    """Return a mass in kilograms as g; numbers and errors as for ``inches``."""
    return float(_exact(value) * G_PER_KG)


def inches(value: float | str) -> float:
    """Return a length in inches as mm, such as ``inches(12.5)``, ``inches("1/8")`` or ``inches("12-1/2")``.

    Raises
    ------
    ValueError
        If it is neither a finite number nor such a text, without unit or sign.
    """
    return float(_exact(value) * MM_PER_INCH)


def pounds(value: float | str, ounces: float | str = 0) -> float:
    """Return a mass in pounds and ounces as g; numbers and errors as for ``inches``."""
    return float((_exact(value) + _exact(ounces) / OUNCES_PER_POUND) * G_PER_POUND)


def ounces(value: float | str) -> float:
    """Return a mass in avoirdupois ounces as g; numbers and errors as for ``inches``."""
    return float(_exact(value) * G_PER_POUND / OUNCES_PER_POUND)


def _exact(value: float | str) -> Fraction:
    """Return an exact number; a text may have a whole number, a fraction, or both."""
    if isinstance(value, str):
        if len(value) > LONGEST:
            raise ValueError(f"must be a number of at most {LONGEST} characters, got {len(value):,}")
        found = _TEXT.fullmatch(value.strip())
        if found is not None and found["below"] is None:
            return Fraction(found["number"])
        if found is not None and int(found["below"]):
            return int(found["whole"] or 0) + Fraction(int(found["above"]), int(found["below"]))
        raise ValueError(f"must be a number, a fraction such as 1/8, or both such as 12 1/2, got {value!r}")
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
        raise ValueError(f"must be a finite number or a text such as 12 1/2, got {value!r}")
    return Fraction(value) if isinstance(value, Rational) else Fraction(float(value))
