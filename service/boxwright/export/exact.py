"""Exact quantities as text: those that a double cannot hold."""

from decimal import Decimal


def plain(value: Decimal) -> str:
    """Return a decimal as text without exponent or trailing zeros, so that equal values are equal texts."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
