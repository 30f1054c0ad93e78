"""Postal codes, and the regions that they lie in."""

import re

REGION_CHARACTERS = 3
"""First characters of a postal code that name its region."""

OUTWARD = frozenset({"GB", "GG", "IM", "JE"})
"""Countries whose codes have an outward part of two to four characters; it is the region."""

INWARD = re.compile(r"^([A-Z]{1,2}[0-9][0-9A-Z]?)([0-9][A-Z]{2})?$")
"""Outward part and, where it is given, inward part of a British postal code without blanks."""


def region_of(country: str, postal_code: str) -> str:
    """Return the region of a postal code; empty where the code has none.

    Blanks, hyphens and a leading country code (``L-1111``, ``LV-1001``) do not count, nor does ``CEDEX``. British
    codes: the outward part. Others: the first three characters.

    Parameters
    ----------
    country : str
        ISO 3166-1 alpha-2.
    postal_code : str
        As written in that country, in any case.
    """
    code = re.sub(r"[^A-Z0-9]", "", re.sub(r"\s*CEDEX.*", "", postal_code.upper()))
    if country in OUTWARD:
        parts = INWARD.match(code)
        return parts.group(1) if parts else ""
    for prefix in (country, country[0]):
        if code.startswith(prefix) and code[len(prefix) :].isdigit():
            code = code[len(prefix) :]
    return code[:REGION_CHARACTERS] if len(code) >= REGION_CHARACTERS else ""
