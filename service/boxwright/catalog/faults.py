"""Every fault of a file, collected before the file is refused."""

from pathlib import Path

from boxwright.errors import MOST_VIOLATIONS, DataFileError, FieldViolation


class Faults:
    """Collects the faults of one file, each with its row and field.

    Parameters
    ----------
    path : Path
        The file; its name is used in the error.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.violations: list[FieldViolation] = []

    def add(self, field: str, rule: str) -> None:
        """Add one fault; ``field`` names row and field, such as ``row 7, value``.

        Raises
        ------
        DataFileError
            Where there are more than an error lists: whatever else is wrong is not looked for.
        """
        self.violations.append(FieldViolation(field, rule))
        if len(self.violations) > MOST_VIOLATIONS:
            raise self.error()

    def error(self) -> DataFileError:
        """Return the error that names the file and all its faults."""
        return DataFileError(self.path.name, self.violations)

    def raise_any(self) -> None:
        """Raise if there is any fault.

        Raises
        ------
        DataFileError
            With every fault.
        """
        if self.violations:
            raise self.error()


RENAMED = {"verified": "read_in_source", "strength_verified": "strength_read_in_source"}
"""Names of fields that changed, with the new ones."""


def unknown(name: str, rule: str) -> str:
    """Return that a field has another name now, where it was renamed; else the rule on unknown ones."""
    return f"is called {RENAMED[name]} now" if name in RENAMED else rule


def row_field(row: int, column: str) -> str:
    """Return how a cell of a table is named in errors; the header is row 1, as in a spreadsheet."""
    return f"row {row}, {column}" if column else f"row {row}"


def member_field(path: str, field: str) -> str:
    """Return how a field of a table in a document is named in errors, such as ``box_types[3].tare_g``."""
    return f"{path}.{field}" if field else path
