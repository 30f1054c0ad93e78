"""Finds the data folder: that of the operator, of the wheel or of a checkout."""

import os
from functools import cache
from pathlib import Path

from boxwright.errors import FieldViolation, InvalidInputError

FOLDER_VARIABLE = "BOXWRIGHT_MATERIALS"
"""Environment variable that names a data folder to use in place of the shipped one."""

_PACKAGE = Path(__file__).resolve().parents[1]


@cache
def shipped_folder() -> Path:
    """Return the shipped data folder: ``boxwright/_data``, or ``materials`` of a checkout."""
    installed = _PACKAGE / "_data"
    return installed if installed.is_dir() else _PACKAGE.parents[1] / "materials"


def materials_folder() -> Path:
    """Return the folder that BOXWRIGHT_MATERIALS names, by default the shipped one.

    Raises InvalidInputError if the folder does not exist.
    """
    named = os.environ.get(FOLDER_VARIABLE)
    if not named:
        return shipped_folder()
    folder = Path(named)
    if not folder.is_dir():
        raise InvalidInputError([FieldViolation(FOLDER_VARIABLE, f"must name a folder that exists, got {named!r}")])
    return folder
