"""Figures for people, with thousands separators and units, rounded to meaningful digits."""

from collections.abc import Sequence

_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))}


def visible(text: str) -> str:
    """Return a string with control characters escaped, so that none reaches the terminal."""
    return text.translate(_CONTROLS)


def grams(mass_mg: int) -> str:
    """Return a mass in mg as text: grams, with one decimal below 100 g; kilograms with one decimal from 10 kg."""
    value = mass_mg / 1_000
    if abs(value) >= 10_000:
        return f"{value / 1_000:,.1f} kg"
    return f"{value:,.1f} g" if 0 < abs(value) < 100 else f"{value:,.0f} g"


def co2e(co2e_mg: int) -> str:
    """Return an emission in mg CO2e as a number of g with one decimal."""
    return f"{co2e_mg / 1_000:,.1f}"


def stated(number: str, *, lacking: bool) -> str:
    """Return a sum as text, marked with "?" if it is ``lacking`` a part that has no factor."""
    if not lacking:
        return number
    return f"{number} + ?" if number.strip("0.") else "?"


def length(value_mm: float) -> str:
    """Return a length in mm as text, to tenths if needed."""
    return f"{value_mm:.1f}".removesuffix(".0")


def size(edges_mm: Sequence[float]) -> str:
    """Return edges in mm as text, to tenths."""
    return " × ".join(length(edge) for edge in edges_mm)


def percent(share: float) -> str:
    """Return a share as text in percent."""
    return f"{share:z.1%}".replace("%", " %")


def count(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
