"""Protects text cells that a spreadsheet would run as formulas, and restores them on reading.

A cell that begins with one of these signs can run a command, or send the contents of other cells to a third party, when
a person opens the file (OWASP, CSV Injection: owasp.org/www-community/attacks/CSV_Injection). A leading apostrophe
makes it text. Text that begins with apostrophes and such a sign gets one more, so that reading restores it exactly.
"""

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


def neutral(text: str) -> str:
    """Return a text as a cell that spreadsheets do not run as a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def restored(cell: str) -> str:
    """Return the text of a cell written by ``neutral``; other cells are returned unchanged."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
