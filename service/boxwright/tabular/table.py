"""Reads the rows of tables in CSV, in Excel workbooks, in Parquet and in data frames."""

import csv
import io
import itertools
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from boxwright.domain.written import CellError
from boxwright.errors import DataFileError, FieldViolation, UnsupportedError, missing_extra

SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".parquet")
"""Suffixes of readable files."""

_OTHER_SUFFIXES = (".ods", ".numbers")

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError, SyntaxError, RuntimeError, LookupError),
    *(AttributeError, TypeError, ValueError, ArithmeticError),
)
"""Errors of openpyxl and Arrow for damaged files."""
_SAMPLE_LINES = 50
_BATCH_ROWS = 4_096


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell that cannot be read, and the rule that it breaks."""

    rule: str


@dataclass(frozen=True, slots=True)
class Torn:
    """A row that does not match the header: the rule that it breaks, and the cells that could be separated."""

    rule: str
    cells: list[Any]


Numbered = tuple[int, list[Any] | Torn]
"""A row with its number."""


@dataclass(slots=True)
class Table:
    """A table with unparsed rows."""

    name: str
    """File name for messages."""
    header: list[str]
    rows: Iterator[Numbered]
    """Row numbers and rows. Numbers are those in a spreadsheet; rows of Parquet and frames count from 1. A row has a
    cell per column, None if it is empty, or is ``Torn``. Blank rows are left out."""
    form: str = ""
    """Detected format, such as ``cp1252, semicolons``."""


def open_table(source: Any, *, encoding: str = "", sheet: str = "") -> Table:
    """Return the table of a source.

    Parameters
    ----------
    source : Path, (str, bytes) or object with ``__arrow_c_stream__``
        A file; name and content of a file; or a data frame or Arrow table.
    encoding : str, optional
        Encoding of a CSV file. Default: UTF-8, or UTF-16 with a byte order mark, or otherwise Windows-1252.
    sheet : str, optional
        Sheet of a workbook. Default: the only sheet with content.

    Raises
    ------
    DataFileError
        If the file as a whole cannot be read.
    UnsupportedError
        For another kind of file, or if a package is missing.
    """
    if hasattr(source, "__arrow_c_stream__"):
        pa, _ = _pyarrow()
        return _arrow_table("frame", pa.table(source))
    name, content = source if isinstance(source, tuple) else (source.name or str(source), _content(source))
    if name.lower().endswith(_OTHER_SUFFIXES):
        rule = f"must be .csv, .xlsx or .parquet, got '{Path(name).suffix}': save it as one of these"
        raise DataFileError(name, [FieldViolation("file", rule)])
    if not content.strip():
        raise DataFileError(name, [FieldViolation("file", "must not be empty")])
    if content.startswith(b"PAR1") or name.lower().endswith(".parquet"):
        return _parquet(name, content)
    if content.startswith(b"PK\x03\x04") or name.lower().endswith(".xlsx"):
        return _workbook(name, content, sheet)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        rule = "is an old Excel workbook or a locked one: save it as .xlsx without a password, or as CSV"
        raise DataFileError(name, [FieldViolation("file", rule)])
    return _csv(name, content, encoding)


def number_text(cell: Any) -> str:
    """Return the text of a number; raises CellError for an unreadable cell, date, flag or list."""
    if isinstance(cell, Unreadable):
        raise CellError(cell.rule)
    if isinstance(cell, bool) or not isinstance(cell, str | int | float | Decimal):
        raise CellError(f"must be a number, got {cell} ({type(cell).__name__})")
    return str(cell)


def plain_text(cell: Any) -> str:
    """Return the text of a cell, of whole numbers without decimal point; raises CellError for an unreadable cell."""
    if isinstance(cell, Unreadable):
        raise CellError(cell.rule)
    return str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        rule = f"cannot be read: {(error.strerror or str(error)).lower()}"
        raise DataFileError(path.name or str(path), [FieldViolation("file", rule)]) from None


def _csv(name: str, content: bytes, encoding: str) -> Table:
    codec, head = _decoded(name, content, encoding)
    delimiter = _delimiter(head)
    # Decoding while reading keeps the text of a large file out of memory.
    lines = io.TextIOWrapper(io.BytesIO(content), encoding=codec, newline="")
    rows = _csv_rows(csv.reader(lines, delimiter=delimiter, strict=True))
    return _headed(name, rows, f"{codec.removesuffix('-sig')}, {DELIMITERS[delimiter]}")


def _headed(name: str, rows: Iterator[Numbered], form: str, *, padded: bool = False) -> Table:
    """Return the table of rows that are not blank; if ``padded``, empty cells are added to short rows."""
    first = list(itertools.islice(rows, _SAMPLE_LINES))
    above = _above_header([row for _, row in first])
    number, cells = first[above] if first else (1, Torn("there are none", []))
    if isinstance(cells, Torn):
        rule = f"must begin with the names of the columns: {cells.rule}"
        raise DataFileError(name, [FieldViolation(f"row {number}", rule)])
    header = _headers([None if isinstance(cell, Unreadable) else cell for cell in cells])
    width = len(header)

    def fitted() -> Iterator[Numbered]:
        for number, row in itertools.chain(first[above + 1 :], rows):
            if padded and not isinstance(row, Torn):
                row += [None] * (width - len(row))
            yield number, row if isinstance(row, Torn) else _fitted(row, width)

    return Table(name, header, fitted(), form)


def _decoded(name: str, content: bytes, encoding: str) -> tuple[str, list[str]]:
    """Return the encoding of a file, as given or the first that decodes all of the file, and its first lines."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        tried = ["utf-16"]
    else:
        tried = [encoding] if encoding else ["utf-8-sig", "cp1252"]
    for wanted in tried:
        codec = "utf-8-sig" if wanted.lower() in ("utf-8", "utf8") else wanted
        try:
            text = content.decode(codec)
        except LookupError:
            raise UnsupportedError([FieldViolation("encoding", f"is not known: {codec!r}")]) from None
        except UnicodeDecodeError as error:
            at = error.start
        else:
            if "\0" in text:
                break
            return codec, list(itertools.islice(io.StringIO(text, newline=""), _SAMPLE_LINES))
    else:
        row = content.count(b"\n", 0, at) + 1
        rule = f"must be {' or '.join(tried)}, but byte 0x{content[at]:02x} is not: give the encoding, such as gb18030"
        raise DataFileError(name, [FieldViolation(f"row {row}", rule)])
    raise DataFileError(name, [FieldViolation("file", "must be text, got NUL characters: give the encoding")])


def _delimiter(lines: Sequence[str]) -> str:
    """Return the delimiter that gives the fewest title rows and, on a tie, the most rows as long as the header."""

    def score(delimiter: str) -> tuple[bool, int, int, int]:
        rows = []
        reader = csv.reader(lines, delimiter=delimiter)
        while True:
            try:
                rows.append([cell.strip() or None for cell in next(reader)])
            except csv.Error:
                continue
            except StopIteration:
                break
        rows = [row for row in rows if any(row)]
        above = _above_header(rows)
        wide = len(rows[above]) if rows else 1
        return wide > 1, -above, sum(len(row) == wide for row in rows if wide > 1), wide

    return max(DELIMITERS, key=score)


def _above_header(rows: Sequence[list[Any] | Torn]) -> int:
    """Return the number of rows above the header, the first row with over half as many cells as the fullest row."""
    filled = [0 if isinstance(row, Torn) else sum(cell is not None for cell in row) for row in rows]
    return next((above for above, count in enumerate(filled) if 2 * count > max(filled)), 0)


def _csv_rows(reader: Any) -> Iterator[Numbered]:
    for number in itertools.count(1):
        first = reader.line_num + 1
        try:
            cells = [cell.strip() or None for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            yield number, Torn(f"must be CSV, lines {first} to {reader.line_num}: {error}", [])
        else:
            if any(cells):
                yield number, cells


def _fitted(cells: list[Any], width: int) -> list[Any] | Torn:
    """Return the row without trailing empty cells, ``Torn`` unless it has a cell per column."""
    while len(cells) > width and cells[-1] is None:
        cells.pop()
    return cells if len(cells) == width else Torn(f"must have {width} cells, got {len(cells)}", cells)


def _headers(cells: list[Any]) -> list[str]:
    """Return column names: a column without a name gets its number, or is dropped at the end of the row."""
    names = ["" if cell is None else " ".join(str(cell).split()) for cell in cells]
    while names and not names[-1]:
        names.pop()
    return [name or f"(column {at})" for at, name in enumerate(names, start=1)]


def _workbook(name: str, content: bytes, sheet: str) -> Table:
    try:
        import openpyxl
    except ImportError:
        raise missing_extra(name, "Excel workbooks need openpyxl", "xlsx") from None
    with _readable(name, "must be an Excel workbook that is whole"):
        # The value of a formula is that which was saved with it.
        results = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        formulas = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    titles = [page.title for page in results.worksheets]
    if sheet and sheet not in titles:
        rule = f"must be one of {', '.join(map(repr, titles))}, got {sheet!r}"
        raise DataFileError(name, [FieldViolation("sheet", rule)])
    filled = [page.title for page in results.worksheets if next(_sheet_rows(name, page, page), None) is not None]
    if not sheet and len(filled) != 1:
        named = f"the workbook has {', '.join(map(repr, filled))}" if filled else "every sheet is empty"
        raise DataFileError(name, [FieldViolation("sheet", f"must be named: {named}")])
    title = sheet or filled[0]
    rows = _sheet_rows(name, results[title], formulas[title])
    if sheet and sheet not in filled:
        raise DataFileError(name, [FieldViolation("sheet", f"{title!r} is empty")])
    return _headed(name, rows, f"sheet {title!r}", padded=True)


@contextmanager
def _readable(name: str, rule: str) -> Iterator[None]:
    try:
        yield
    except _DAMAGED as error:
        raise DataFileError(name, [FieldViolation("file", f"{rule}: {str(error)[:100]}")]) from None


def _sheet_rows(name: str, results: Any, formulas: Any) -> Iterator[tuple[int, list[Any]]]:
    with _readable(name, "must be an Excel workbook that is whole"):
        results.reset_dimensions()
        formulas.reset_dimensions()
        pairs = zip(results.iter_rows(), formulas.iter_rows(), strict=True)
        for number, (found, written) in enumerate(pairs, start=1):
            cells = [_cell(result, formula) for result, formula in zip(found, written, strict=True)]
            if any(cell is not None for cell in cells):
                yield number, cells


def _cell(result: Any, formula: Any) -> Any:
    value = result.value
    if value is None and formula.data_type == "f":
        return Unreadable("must hold the formula's result: open the file in a spreadsheet program and save it")
    if result.data_type == "e":
        return Unreadable(f"must not be an error of the spreadsheet, got {value}")
    return (" ".join(value.split()) or None) if isinstance(value, str) else value


def _parquet(name: str, content: bytes) -> Table:
    _, pq = _pyarrow()
    with _readable(name, "must be a whole Parquet file"), closing(pq.ParquetFile(io.BytesIO(content))) as file:
        return _arrow_table(name, file.read())


def _arrow_table(name: str, table: Any) -> Table:
    named = [header for header in table.column_names if not header.startswith("__index_level_")]
    table = table.select(named)

    def rows() -> Iterator[Numbered]:
        number = 0
        for batch in table.to_batches(max_chunksize=_BATCH_ROWS):
            with _readable(name, "must be whole"):
                columns = [column.to_pylist() for column in batch.columns]
            for cells in zip(*columns, strict=True):
                number += 1
                kept = [_arrow_cell(cell) for cell in cells]
                if any(cell is not None for cell in kept):
                    yield number, kept

    return Table(name, _headers(named), rows(), "Arrow")


def _arrow_cell(value: Any) -> Any:
    if isinstance(value, float) and value != value:  # pandas writes this for missing values
        return None
    return (value.strip() or None) if isinstance(value, str) else value


def _pyarrow() -> tuple[Any, Any]:
    import pyarrow as pa  # type: ignore[import-untyped]  # no type information; loaded where it is needed
    import pyarrow.parquet as pq  # type: ignore[import-untyped]  # the same

    return pa, pq
