"""Lengths, masses and prices as people write them in spreadsheets: decimal commas, fractions of an inch, units."""

import re
from fractions import Fraction

from boxwright.catalog.cells import CellError, number

_FRACTION = re.compile(r"(?:(?P<whole>\d{1,9})(?:\s+|\s*-\s*))?(?P<top>\d{1,3})\s*/\s*(?P<bottom>\d{1,3})")
_VULGAR = {"¼": "1/4", "½": "1/2", "¾": "3/4", "⅛": "1/8", "⅜": "3/8", "⅝": "5/8", "⅞": "7/8"}
_GROUPED = re.compile(r"[1-9]\d{0,2},\d{3}")
SMALLEST_EXPONENT = -18
"""Power of ten below which no figure lies: ``1e-999999`` is short to write and endless as a fraction."""
DENOMINATORS = (2, 4, 8, 16, 32, 64)
"""How an inch is divided on a ruler."""


def exact_number(cell: str) -> Fraction:
    """Return a number written with a decimal point, a decimal comma, or as a fraction such as ``12 1/2``.

    Raises
    ------
    CellError
        If it is none, or could be read in two ways: ``1,200`` is 1200 to some and 1.2 to others.
    """
    for sign, written in _VULGAR.items():
        cell = re.sub(rf"\s*{sign}", f" {written}", cell).strip()
    fraction = _FRACTION.fullmatch(cell)
    if fraction is not None:
        top, bottom = int(fraction["top"]), int(fraction["bottom"])
        if bottom not in DENOMINATORS or top >= bottom:
            allowed = ", ".join(map(str, DENOMINATORS))
            raise CellError(f"must be a proper fraction of {allowed}, got {cell!r}")
        return int(fraction["whole"] or 0) + Fraction(top, bottom)
    if _GROUPED.fullmatch(cell):
        whole, part = cell.replace(",", ""), cell.replace(",", ".")
        raise CellError(f"must not be in doubt: write {whole}, or {part} if that is meant, got {cell!r}")
    value = number(cell if "." in cell else cell.replace(",", "."))
    if value and value.adjusted() < SMALLEST_EXPONENT:
        raise CellError(f"must be 0 or above 1e{SMALLEST_EXPONENT}, got {cell[:40]!r}")
    return Fraction(value)


def with_unit(cell: str, units: dict[str, Fraction]) -> tuple[str, str]:
    """Return a cell without the unit that it ends in, and that unit; empty where it has none."""
    text = cell.strip()
    for sign, unit in (('"', "in"), ("″", "in"), ("”", "in"), ("''", "in")):
        if "in" in units and text.endswith(sign):
            return text.removesuffix(sign).strip(), unit
    match = re.fullmatch(r"(.*[\d¼½¾⅛⅜⅝⅞.])\s*(mm|cm|m|in|inch|inches|g|kg|oz|lb|lbs)", text, re.IGNORECASE)
    if match is None:
        return text, ""
    unit = SYNONYMS.get(match[2].lower(), match[2].lower())
    if unit not in units:
        raise CellError(f"must be in {', '.join(units) or 'no unit'}, got {cell!r}")
    return match[1].strip(), unit


SYNONYMS = {"inch": "in", "inches": "in", "lbs": "lb"}
