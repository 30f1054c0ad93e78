"""Marks text cells that a spreadsheet would run as formulas, and restores them on reading.

When a person opens the file, a formula can run a command, or send other cells to a third party (OWASP, CSV Injection:
owasp.org/www-community/attacks/CSV_Injection). A leading apostrophe makes it text. Text that already begins with
apostrophes gets another, so that reading restores every text exactly.
"""

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


def neutral(text: str) -> str:
    """Return the cell of a text, which spreadsheets do not run as a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def restored(cell: str) -> str:
    """Return the text of a cell that ``neutral`` made; other cells unchanged."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
