"""Reads numbers as spreadsheets write them, with decimal commas, grouped digits, fractions of an inch and units."""

import re
from decimal import Decimal, InvalidOperation
from fractions import Fraction

MM_PER_UNIT = {"mm": Fraction(1), "cm": Fraction(10), "m": Fraction(1000), "in": Fraction("25.4")}
G_PER_UNIT = {"g": Fraction(1), "kg": Fraction(1000), "oz": Fraction("28.349523125"), "lb": Fraction("453.59237")}
SYNONYMS = {"inch": "in", "inches": "in", "lbs": "lb"}

_FRACTION = re.compile(r"(?:(?P<whole>\d{1,9})(?:\s+|\s*-\s*))?(?P<top>\d{1,3})\s*/\s*(?P<bottom>\d{1,3})")
_VULGAR = {"¼": "1/4", "½": "1/2", "¾": "3/4", "⅛": "1/8", "⅜": "3/8", "⅝": "5/8", "⅞": "7/8"}
_GROUPED = re.compile(r"[1-9]\d{0,2},\d{3}")
_LARGEST_EXPONENT = 18
"""Largest power of ten that is read, since computing with ``1e999999`` would never end."""
SMALLEST_EXPONENT = -18
"""Smallest power of ten that is read, since computing with a smaller one would take too long."""
DENOMINATORS = (2, 4, 8, 16, 32, 64)
"""Divisions of an inch."""


class CellError(ValueError):
    """A cell breaks a rule, which the message states with the value."""


def number(cell: str) -> Decimal:
    """Return a finite decimal number, exactly as written."""
    try:
        value = Decimal(cell)
    except InvalidOperation:
        raise CellError(f"must be a number, got {cell!r}") from None
    if not value.is_finite():
        raise CellError(f"must be finite, got {cell!r}")
    if value.adjusted() > _LARGEST_EXPONENT:
        raise CellError(f"must be below 1e{_LARGEST_EXPONENT + 1}, got {cell[:40]!r}")
    return value


def exact_number(cell: str) -> Fraction:
    """Return a number written with a decimal point, a decimal comma, or as a fraction such as ``12 1/2``.

    CellError if it is not such a number, or if it is ambiguous: ``1,200`` can mean 1200 or 1.2.
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
        raise CellError(f"must not be ambiguous: write {whole} or {part}, got {cell!r}")
    value = number(cell if "." in cell else cell.replace(",", "."))
    if value and value.adjusted() < SMALLEST_EXPONENT:
        raise CellError(f"must be 0 or above 1e{SMALLEST_EXPONENT}, got {cell[:40]!r}")
    return Fraction(value)


def with_unit(cell: str, units: dict[str, Fraction]) -> tuple[str, str]:
    """Split a cell into its number and its unit, which may be empty."""
    text = cell.strip()
    for sign in ('"', "″", "”", "''"):
        if "in" in units and text.endswith(sign):
            return text.removesuffix(sign).strip(), "in"
    match = re.fullmatch(r"(.*[\d¼½¾⅛⅜⅝⅞.])\s*(mm|cm|m|in|inch|inches|g|kg|oz|lb|lbs)", text, re.IGNORECASE)
    if match is None:
        return text, ""
    unit = SYNONYMS.get(match[2].lower(), match[2].lower())
    if unit not in units:
        raise CellError(f"must be in {', '.join(units) or 'no unit'}, got {cell!r}")
    return match[1].strip(), unit


_DIGITS_AND_MARKS = re.compile(r"[+-]?\d[\d.,'’    ]*")
_BLANK_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}([ '’   ]\d{3})+([.,]\d+)?")
_IN_DOUBT = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")


def readings(cell: str) -> tuple[str, ...]:
    """Return both readings of an ambiguous number such as ``1,200`` or ``1.200``; empty for any other text."""
    return (re.sub(r"[.,]", "", cell), cell.replace(",", ".")) if _IN_DOUBT.fullmatch(cell) else ()


def with_decimal_point(cell: str, decimal: str = "") -> str:
    """Return an unambiguous number with a decimal point and without thousands separators.

    Parameters
    ----------
    cell : str
        Such as ``12,5``, ``1.200,50``, ``1 200`` or ``1'200.5``; other strings are returned unchanged.
    decimal : str, optional
        The decimal mark, ``.`` or ``,``. Default: the only one by which the text is a number.

    Raises
    ------
    CellError
        If the number is ambiguous, as ``1,200`` and ``1.200`` are, or contradicts ``decimal``.
    """
    if not _DIGITS_AND_MARKS.fullmatch(cell):
        return cell.replace(",", ".") if decimal == "," and "." not in cell else cell
    if re.search(r"[^\d.,+-]", cell):
        if not _BLANK_GROUPS.fullmatch(cell):
            return cell
        cell = re.sub(r"[^\d.,+-]", "", cell)
        decimal = decimal or next((mark for mark in ".," if mark in cell), "")
    if not decimal:
        if both := readings(cell):
            choices = " or ".join(both)
            raise CellError(
                f"must not be ambiguous: it is {choices}; state the decimal mark by option decimal, got {cell!r}"
            )
        marks = [mark for mark in ".," if mark in cell]
        if len(marks) == 2:
            decimal = max(marks, key=cell.rindex)
        elif marks:
            # A repeated mark separates thousands.
            decimal = marks[0] if cell.count(marks[0]) == 1 else ",".replace(marks[0], ".")
        else:
            return cell
    group = "," if decimal == "." else r"\."
    if not re.fullmatch(rf"[+-]?(\d+|[1-9]\d{{0,2}}({group}\d{{3}})+)({re.escape(decimal)}\d*)?", cell):
        raise CellError(f"must be a number with the decimal mark {decimal!r}, got {cell!r}")
    return re.sub(group, "", cell).replace(",", ".")
