"""Rows of a spreadsheet file as texts: CSV of any usual separator, or an Excel workbook."""

import datetime
import re
import zipfile
from pathlib import Path
from typing import Any

from boxwright.catalog.faults import Faults, row_field
from boxwright.catalog.tables import read_rows, read_text

Rows = list[tuple[int, list[str]]]
"""Rows with their numbers as in the spreadsheet, cells stripped, blank rows left out."""

MOST_CELLS = 1_000_000
"""Cells of a sheet, blank ones included, past which it is no list of boxes."""


def read_sheet(path: Path, faults: Faults, sheet: str = "") -> Rows:
    """Return the rows of a spreadsheet; faults are added to ``faults``.

    Parameters
    ----------
    path : Path
        CSV, or a workbook that ends in ``.xlsx``, for which the extra ``xlsx`` is needed.
    faults : Faults
        Collects what is wrong.
    sheet : str, optional
        Which sheet of a workbook. Default: the only one that holds anything.
    """
    if path.suffix.lower() == ".xlsx":
        return _read_workbook(path, faults, sheet)
    if path.suffix.lower() in (".xls", ".xlsm", ".ods", ".numbers"):
        faults.add("file", f"must be .csv or .xlsx, got {path.suffix!r}: save it as one of these")
        return []
    if sheet:
        faults.add("sheet", "must not be given for a CSV file, which has one sheet")
    content = read_text(path, faults)
    return [] if content is None else read_rows(content, faults, _delimiter(content))


def _delimiter(content: str) -> str:
    """Return the separator that the first line uses most."""
    first = content.lstrip().splitlines()[0]
    return max(",;\t", key=first.count)


def _read_workbook(path: Path, faults: Faults, sheet: str) -> Rows:
    try:
        import openpyxl
    except ImportError:
        faults.add("file", "needs the extra xlsx (pip install 'boxwright[xlsx]'), or save it as CSV")
        return []
    try:
        # Formulas count as what they came to when the file was saved.
        book = openpyxl.load_workbook(path, data_only=True)
        formulas = openpyxl.load_workbook(path)
    except OSError as error:
        faults.add("file", f"cannot be read: {error.strerror or error}")
        return []
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, SyntaxError) as error:
        faults.add("file", f"must be an Excel workbook: {str(error)[:100]}")
        return []
    sheets = {each.title: each for each in book.worksheets}
    filled = [name for name, each in sheets.items() if each.max_row > 1 or each.max_column > 1 or each["A1"].value]
    if sheet and sheet not in sheets:
        faults.add("sheet", f"must be one of {', '.join(map(repr, sheets))}, got {sheet!r}")
        return []
    if not sheet and len(filled) != 1:
        named = f"the workbook has {', '.join(map(repr, filled))}" if filled else "every sheet is empty"
        faults.add("sheet", f"must be named: {named}")
        return []
    title = sheet or filled[0]
    rows = _rows_of(sheets[title], faults)
    if rows:  # else there are none, or too many cells
        _check_results(sheets[title], formulas[title], faults)
    return rows


def _check_results(results: Any, formulas: Any, faults: Faults) -> None:
    """Note formulas whose result the file does not hold; an empty text is one."""
    for row in formulas.iter_rows():
        for cell in row:
            result = results[cell.coordinate]
            if cell.data_type == "f" and result.value is None and result.data_type == "n":
                rule = "must hold the formula's result: open the file in a spreadsheet program and save it"
                faults.add(row_field(cell.row, _letter(cell.column - 1)), rule)


def _rows_of(sheet: Any, faults: Faults) -> Rows:
    if sheet.max_row * sheet.max_column > MOST_CELLS:
        faults.add("file", f"must hold at most {MOST_CELLS:,} cells, got {sheet.max_row} rows of {sheet.max_column}")
        return []
    rows: Rows = []
    width = 0
    for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        cells = [_text(value, row_field(number, _letter(at)), faults) for at, value in enumerate(values)]
        if not any(cells):
            continue
        if not rows:
            width = max(at for at, cell in enumerate(cells, start=1) if cell)
        # Cells past the last header count only where they hold something.
        while len(cells) > width and not cells[-1]:
            cells.pop()
        rows.append((number, cells))
    return rows


def _text(value: object, field: str, faults: Faults) -> str:
    """Return what a cell shows, as text: numbers in full, without a trailing ``.0``."""
    if value is None:
        return ""
    if isinstance(value, bool | datetime.date | datetime.time | datetime.timedelta):
        faults.add(field, f"must be a number or a text, got {value}: a date, maybe made of a fraction by the program")
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = re.sub(r"\s+", " ", str(value)).strip()
    if text.startswith("#") and text.endswith(("!", "?", "A")) and text.isupper():
        faults.add(field, f"must not be an error of the spreadsheet, got {text}")
        return ""
    return text


def _letter(at: int) -> str:
    """Return the letters of a column, the first being A."""
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"column {letters}"
