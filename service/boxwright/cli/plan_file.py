"""A plan from a JSON file."""

from pathlib import Path

from boxwright.domain.plan import Plan
from boxwright.errors import DataFileError, FieldViolation, InvalidInputError
from boxwright.export import plan_from_dict
from boxwright.orders.json_text import parse_json


def read_plan(path: Path) -> Plan:
    """Return the plan of a JSON file.

    Raises
    ------
    DataFileError
        With every broken rule.
    """
    try:
        return plan_from_dict(parse_json(path.read_text(encoding="utf-8-sig")))
    except InvalidInputError as error:
        raise DataFileError(path.name, error.violations) from None
    except UnicodeDecodeError as error:
        rule = f"must be UTF-8, byte {error.start} is not"
        raise DataFileError(path.name, [FieldViolation("file", rule)]) from None
