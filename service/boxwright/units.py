"""Lengths and masses: exact integers inside, millimetres and grams outside.

Inside, a length is an integer number of micrometres and a mass an integer number of milligrams, so that one eighth
of an inch (3,175 um) is exact and ``n`` units of ``x`` inches fit a box of ``n * x`` inches. Outside they are
numbers of millimetres and grams, rounded once to the nearest micrometre and milligram.
"""

import math
from fractions import Fraction
from typing import Any, Generic, Self, TypeVar, overload

Whole = TypeVar("Whole", int, int | None)

UM_PER_MM = 1_000
MG_PER_G = 1_000
MG_PER_KG = 1_000_000
MG_PER_TONNE = 1_000_000_000
UM_PER_INCH = 25_400
MG_PER_LB = Fraction(45_359_237, 100)
"""The international pound is 0.45359237 kg by definition."""
OUNCES_PER_LB = 16
UM3_PER_MM3 = 10**9
UM3_PER_LITRE = 10**15
UM3_KG_PER_M3_PER_MG = 10**12
"""Cubic um times kg/m3 that make one mg: 1 kg/m3 is 1e6 mg per 1e18 cubic um."""
LEAST = 0.001
"""One um in mm, and one mg in g."""

MAX_LENGTH_MM = 10_000.0
"""Maximum edge of a unit or box, in mm: ten metres, more than any parcel has, so that areas fit 64 bits."""
MAX_MASS_G = 1_000_000.0
"""Maximum mass of a unit and maximum limit of a box, in g: one tonne."""

MAX_STATED = 1e9
"""Maximum length in mm or mass in g in a plan to be checked: a thousand of the heaviest parcels."""


def to_um(length_mm: float) -> int:
    """Return a length in mm as micrometres, rounded to the nearest."""
    return round(length_mm * UM_PER_MM)


def to_mg(mass_g: float) -> int:
    """Return a mass in g as milligrams, rounded to the nearest."""
    return round(mass_g * MG_PER_G)


def to_mm(length_um: int) -> float:
    """Return micrometres as mm."""
    return length_um / UM_PER_MM


def to_g(mass_mg: int) -> float:
    """Return milligrams as g."""
    return mass_mg / MG_PER_G


def whole_name(name: str) -> str:
    """Return the name in um or mg of a field in mm or g: ``mass_mg`` for ``mass_g``."""
    stem, unit = name.rsplit("_", 1)
    return f"{stem}_{'um' if unit == 'mm' else 'mg'}"


class InUnits:
    """An attribute that converts a field of its class to mm or g: ``x_mm`` is ``x_um`` in mm."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._field = whole_name(name)

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type) -> float: ...
    def __get__(self, instance: Any, owner: type) -> float | Self | None:
        if instance is None:
            return self
        whole = getattr(instance, self._field)
        return None if whole is None else whole / 1_000


class InWhole(Generic[Whole]):
    """The value in um or mg that a dataclass decorated with ``holds_whole`` keeps for a field in mm or g."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type) -> Whole: ...
    def __get__(self, instance: Any, owner: type) -> Whole | Self:
        if instance is None:
            return self
        raise AttributeError(f"{self._name} is read before it is held")  # a stored value would hide this descriptor


def half_even(above: int, below: int) -> int:
    """Return ``above / below`` rounded half to even; ``below`` is greater than 0."""
    whole, rest = divmod(above, below)
    twice = 2 * rest
    return whole + (twice > below or (twice == below and whole & 1))


def exact(parts: int, of_one: int = 1_000) -> str:
    """Return a whole number of parts as text in units, without rounding.

    ``of_one`` is the number of parts in a unit, a power of ten. By default um become mm, and mg become g.
    """
    whole, rest = divmod(abs(parts), of_one)
    text = f"{whole}.{rest:0{len(str(of_one)) - 1}d}".rstrip("0").rstrip(".")
    return f"-{text}" if parts < 0 else text


def length_rule(value_mm: object, *, zero: bool = False) -> str | None:
    """Return the rule that a length in mm breaks, or None; ``zero`` allows 0."""
    return _rule(value_mm, MAX_LENGTH_MM, "mm", "um", zero=zero)


def mass_rule(value_g: object, *, zero: bool = True) -> str | None:
    """Return the rule that a mass in g breaks, or None; ``zero`` allows 0."""
    return _rule(value_g, MAX_MASS_G, "g", "mg", zero=zero)


def _rule(value: object, limit: float, unit: str, grain: str, *, zero: bool) -> str | None:
    if type(value) is float and LEAST <= value <= limit:  # most values
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"must be a number of {unit}, got {value!r}"
    if isinstance(value, int) and abs(value) > 10**18:
        return f"must be at most {limit:,.0f} {unit}, got a number of more than 18 digits"
    if isinstance(value, float) and not math.isfinite(value):
        return f"must be finite, got {value}"
    if value < 0 or (value == 0 and not zero):
        return f"must be {'zero or more' if zero else 'greater than 0'} {unit}, got {value}"
    if value > limit:
        return f"must be at most {limit:,.0f} {unit}, got {value}"
    if value > 0 and round(value * 1_000) == 0:
        return f"must be at least 1 {grain} (0.001 {unit}), got {value:g}"
    return None
