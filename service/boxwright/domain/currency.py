"""Currencies and their minor units."""

import re

NO_MINOR_UNIT = {
    *("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF"),
    *("XOF", "XPF"),
}
"""Currencies of ISO 4217 (list one) with exponent 0."""
THOUSANDTHS = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}
"""Currencies of ISO 4217 (list one) with exponent 3."""


def is_currency(code: str) -> bool:
    """Return whether a text has the form of an ISO 4217 code: three capital letters."""
    return re.fullmatch("[A-Z]{3}", code) is not None


def minor_per_unit(currency: str) -> int:
    """Return how many minor units (cents, fen) make one unit of a currency; 100 where none is named."""
    if currency in NO_MINOR_UNIT:
        return 1
    return 1_000 if currency in THOUSANDTHS else 100
