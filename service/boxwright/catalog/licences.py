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


def licence(cell: str) -> str:
    """Return the licence of a shipped row.

    Raises
    ------
    CellError
        If it is not on the allow-list and is not ``cited-fact:`` with a reason.
    """
    if cell in ALLOWED_LICENCES:
        return cell
    if cell.startswith(CITED_FACT):
        if not cell.removeprefix(CITED_FACT).strip():
            raise CellError(f"must give a reason after {CITED_FACT!r}")
        return cell
    if cell.startswith(OPERATOR):
        if not cell.removeprefix(OPERATOR).strip():
            raise CellError(f"must name the terms after {OPERATOR!r}")
        return cell
    allowed = ", ".join(ALLOWED_LICENCES)
    raise CellError(
        f"must be one of {allowed}, {CITED_FACT!r} with a reason, or {OPERATOR!r} with the terms, got {cell!r}"
    )
