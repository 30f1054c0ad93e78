"""Texts that a spreadsheet program would take for formulas: written so that it does not, and read back.

A cell that begins with one of these signs may run a command or send other cells away once a person opens the file
(OWASP, CSV Injection: owasp.org/www-community/attacks/CSV_Injection). An apostrophe before it makes it a text. One more
is written before a text that begins with apostrophes and such a sign, so that reading takes away what writing added.
"""

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


def neutral(text: str) -> str:
    """Return a text as a cell that no spreadsheet program calculates."""
    return f"'{text}" if _FORMULA.match(text) else text


def restored(cell: str) -> str:
    """Return the text that ``neutral`` made a cell of; any other cell as it is."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
