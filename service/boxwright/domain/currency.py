"""Currencies and their minor units."""

import re
from decimal import Decimal

NO_MINOR_UNIT = {
    *("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF"),
    *("XOF", "XPF"),
}
"""Currencies of ISO 4217 (list one) with exponent 0."""
THOUSANDTHS = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}
"""Currencies of ISO 4217 (list one) with exponent 3."""


def is_currency(code: str) -> bool:
    """Return whether a string has the form of an ISO 4217 code: three capital letters."""
    return re.fullmatch("[A-Z]{3}", code) is not None


def money(minor: int, currency: str) -> str:
    """Return a price in units of its currency with all its decimals, such as ``0.58 EUR``."""
    per_unit = minor_per_unit(currency)
    return f"{Decimal(minor) / per_unit:,.{len(str(per_unit)) - 1}f} {currency}".rstrip()


def minor_per_unit(currency: str) -> int:
    """Return the number of minor units (cents, fen) in a unit of a currency; 100 without a currency."""
    if currency in NO_MINOR_UNIT:
        return 1
    return 1_000 if currency in THOUSANDTHS else 100
