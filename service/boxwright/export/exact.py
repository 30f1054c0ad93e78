"""Exact quantities as text: those that a double cannot hold."""

from decimal import Decimal

UM3_PER_MM3 = 10**9


def plain(value: Decimal) -> str:
    """Return a decimal as text without exponent or trailing zeros, so that equal values are equal texts."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def mm3(volume_um3: int) -> str:
    """Return a volume in cubic um as text in cubic mm."""
    whole, rest = divmod(volume_um3, UM3_PER_MM3)
    return f"{whole}.{rest:09d}".rstrip("0").rstrip(".")
