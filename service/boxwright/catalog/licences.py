"""Which licences a row of published data may have."""

from boxwright.domain.written import CellError

ALLOWED_LICENCES = {
    "OGL-3.0": "Open Government Licence 3.0 (United Kingdom)",
    "public-domain": "public domain, such as works of the United States government",
    "etalab-2.0": "Licence Ouverte 2.0 (Etalab, France)",
    "MIT": "MIT licence",
}
"""Licence id to name. Data under them may be shipped with attribution."""

CITED_FACT = "cited-fact:"
"""Prefix of a single fact that is cited, not copied as a data set; the reason follows."""

OPERATOR = "operator:"
"""Prefix of a row that an operator brought in; the terms follow."""


def licence(value: object, *_: object) -> object:
    """Return the licence of a row: one of the list, or a prefix with what follows it; CellError for any other."""
    text = str(value)
    if text not in ALLOWED_LICENCES and not any(
        text.startswith(prefix) and text.removeprefix(prefix).strip() for prefix in (CITED_FACT, OPERATOR)
    ):
        allowed = f"{', '.join(ALLOWED_LICENCES)}, {CITED_FACT!r} with a reason, or {OPERATOR!r} with the terms"
        raise CellError(f"must be one of {allowed}, got {value!r}")
    return value
