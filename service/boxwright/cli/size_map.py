"""Which column of a spreadsheet of boxes is which field, for ``boxwright catalog convert``."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from boxwright.catalog import size_columns
from boxwright.cli.failures import refusal
from boxwright.cli.files import shown, tell_of, write_whole
from boxwright.cli.options import headers_named
from boxwright.domain.rounded import visible
from boxwright.errors import DataFileError, FieldViolation
from boxwright.tabular import ColumnMap, map_text, read_maps

_TABLE = "boxes"
"""How the columns are called in a file of maps."""
_RULE = "FIELD=HEADER, each field and each header once"


def settled(file: Path, map_file: Path | None, named: Sequence[str], how: Mapping[str, str]) -> ColumnMap:
    """Return how columns are read: as a map says, else as guessed with what ``--column`` names.

    Raises
    ------
    InvalidInputError
        For options that are wrong, files that cannot be read and columns that are not there.
    """
    if map_file is None:
        taken = ("basis", "length_unit", "mass_unit", "encoding", "sheet")
        return size_columns(file, given=_headers(named), **{name: how[name] for name in taken})
    if named:
        raise refusal("--column", "must not be given with --map, which says that")
    mapping = read_maps(map_file, (_TABLE,)).get(_TABLE)
    if mapping is None or mapping.decimal:
        rule = "is required" if mapping is None else "must have no decimal mark"
        raise DataFileError(map_file.name, [FieldViolation(_TABLE, rule)])
    return mapping


def _headers(texts: Sequence[str]) -> dict[str, str]:
    """Return headers by field, as ``--column`` names them."""
    given = headers_named(texts, _RULE)
    headers = list(given.values())
    for place, (name, header) in enumerate(given.items()):
        if header in headers[:place]:
            raise refusal("--column", f"must be {_RULE}, got {f'{name}={header}'!r}")
    return given


def show(file: Path, mapping: ColumnMap, *, aside: bool) -> None:
    """Print how the columns are read; ``aside``: on standard error."""
    click.echo(f"columns of {file.name}:", err=aside)
    for each in mapping.columns:
        if each.field:
            unit = f", in {each.unit}" if each.unit else ""
            click.echo(visible(f"  {each.header} -> {each.field}{unit}"), err=aside)
    if left := [each.header for each in mapping.columns if not each.field]:
        click.echo(visible(f"  left out: {', '.join(left)}"), err=aside)


def save(mapping: ColumnMap, path: Path, *, aside: bool) -> None:
    """Write how the columns were read, for ``--map``."""
    write_whole(path, map_text({_TABLE: mapping}))
    tell_of(path, f"wrote {shown(path)}", err=aside)
