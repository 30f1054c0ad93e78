"""Regions of postal codes."""

import re

REGION_CHARACTERS = 3
"""Number of characters at the start of a postal code that name the region."""

OUTWARD = frozenset({"GB", "GG", "IM", "JE"})
"""Countries whose codes begin with an outward part of two to four characters, which is the region."""

INWARD = re.compile(r"^([A-Z]{1,2}[0-9][0-9A-Z]?)([0-9][A-Z]{2})?$")
"""Outward and optional inward part of a British postal code without blanks."""


def region_of(country: str, postal_code: str) -> str:
    """Return the region of a postal code in any case: the outward part in Britain, elsewhere three characters.

    Blanks, hyphens, ``CEDEX`` and a leading country code (``L-1111``, ``LV-1001``) do not count. Empty if the code has
    no region.
    """
    code = re.sub(r"[^A-Z0-9]", "", re.sub(r"\s*CEDEX.*", "", postal_code.upper()))
    if country in OUTWARD:
        parts = INWARD.match(code)
        return parts.group(1) if parts else ""
    for prefix in (country, country[0]):
        if code.startswith(prefix) and code[len(prefix) :].isdigit():
            code = code[len(prefix) :]
    return code[:REGION_CHARACTERS] if len(code) >= REGION_CHARACTERS else ""
