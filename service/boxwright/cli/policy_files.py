"""Policies of one run: each a file of what it states, above what the options say of all."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from boxwright.cli.failures import refusal
from boxwright.cli.option_rows import POLICY_ROWS
from boxwright.cli.options import read_field, take_policy
from boxwright.cli.remote import FileName, fetched
from boxwright.domain.policy import Policy
from boxwright.errors import DataFileError, FieldViolation, InvalidInputError

POLICY = click.option(
    "--policy",
    "policy_files",
    multiple=True,
    metavar="FILE.toml",
    type=FileName(),
    help="Policy to evaluate each catalog under, called as its file; repeat it. The options below say what a file does"
    " not state.",
)
_FIELD_OF_FLAG = {row.flag: row.field for row in POLICY_ROWS}
_FIELDS = [field.name for field in dataclasses.fields(Policy)]


def take_policies(given: dict[str, Any], files: Sequence[Path]) -> tuple[dict[str, Policy], list[str]]:
    """Take the policy options out of a command's parameters.

    Parameters
    ----------
    given : dict
        Parameters of the command.
    files : sequence of Path
        Of the policies. None: the options are the policy.

    Returns
    -------
    tuple of (dict of str to Policy, list of str)
        The policies by name, which is empty for that of the options; and the names of those without objectives.

    Raises
    ------
    InvalidInputError
        With every broken rule of the options, or of a file, which it names.
    """
    stated = {"": {}} if not files else dict(_read(files))
    open_ones = [name for name, fields in stated.items() if not (fields.get("objectives") or given["objectives"])]
    policies = {}
    for name, fields in stated.items():
        try:
            policies[name] = take_policy(dict(given), fields)
        except InvalidInputError as error:
            if own := [each for each in map(_by_field, error.violations) if _field(each) in fields]:
                raise DataFileError(f"{name}.toml", own) from None
            raise
    for place, one in enumerate(names := list(policies)):
        same = next((other for other in names[:place] if policies[other] == policies[one]), None)
        if same is not None:
            raise refusal("--policy", f"must differ from each other, {one!r} is the same as {same!r}")
    for row in POLICY_ROWS:
        given.pop(row.field, None)
    return policies, open_ones


def _by_field(broken: FieldViolation) -> FieldViolation:
    """Return a broken rule under the field of its option, as files call it."""
    return replace(broken, field=_FIELD_OF_FLAG.get(broken.field, broken.field))


def _field(broken: FieldViolation) -> str:
    return broken.field.partition("[")[0].partition(".")[0]


def _read(files: Sequence[Path]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the name of each policy, and the fields that its file states."""
    from boxwright.catalog.columns import note_unknown
    from boxwright.catalog.documents import read_document
    from boxwright.findings import Findings

    names = [file.stem for file in files]
    for place, (name, file) in enumerate(zip(names, files, strict=True)):
        if file.suffix.lower() != ".toml":
            raise refusal("--policy", f"must end in .toml, got {file.name!r}")
        if name in names[:place]:
            raise refusal("--policy", f"must not repeat a name, {name!r} does")
        found = Findings(file=file.name)
        document = read_document(fetched(file), found)
        fields = document or {}
        note_unknown(fields, _FIELDS, found)
        if not found:
            fields = {field: found.at(field).attempt(read_field, field, value) for field, value in fields.items()}
        found.raise_any()
        yield name, fields
