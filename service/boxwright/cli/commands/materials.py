"""``boxwright materials``: lists and extends the data behind plans."""

import contextlib
import datetime
import math
from decimal import Decimal, InvalidOperation
from pathlib import Path

import click

from boxwright.cli.failures import CommandGroup, refusal
from boxwright.cli.options import PATH


def _decimal(text: str) -> Decimal:
    with contextlib.suppress(InvalidOperation):
        number = Decimal(text)
        if number.is_finite():
            return number
    raise click.BadParameter(f"must be a number, got {text!r}")


@click.group("materials", cls=CommandGroup)
def command() -> None:
    """List the data behind plans; add your own factors and densities."""


@command.command("list")
def list_materials() -> None:
    """List materials, dunnage, boards, rules, profiles and carriers."""
    from boxwright.catalog import load_materials
    from boxwright.cli.materials_view import materials_parts
    from boxwright.cli.output import show

    show(*materials_parts(load_materials()))


@command.command("age")
@click.option(
    "--on", "day", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Day of the list.  [default: today]"
)
def age(day: datetime.datetime | None) -> None:
    """List emission factors and dunnage whose data are older than 18 months.

    The age of a row counts from the end of its year. An edition may be listed although there is a newer one.
    """
    from boxwright.catalog import load_materials
    from boxwright.cli.materials_view import old_rows
    from boxwright.cli.output import show

    show(*old_rows(load_materials(), day.date() if day else datetime.date.today()))


@command.command("unverified")
@click.option("--json", "as_json", is_flag=True, help="Print the rows as JSON.")
def unverified(as_json: bool) -> None:
    """List the figures that were not read in their source.

    For each file the command states how its rows can be verified. The grade of a row states the origin of its figures:
    a text about the source (secondary), memory (memory), or a rule, estimate or stand-in of the maintainers (own).
    """
    import itertools
    import json
    from dataclasses import asdict

    from boxwright.catalog import unverified_rows
    from boxwright.cli.output import show, table_of, titled

    rows = unverified_rows()
    if as_json:
        click.echo(json.dumps([asdict(row) for row in rows], indent=2, ensure_ascii=False))
        return
    parts = []
    for (file, verified_by), of_file in itertools.groupby(rows, key=lambda row: (row.file, row.verified_by)):
        cells = [(row.row, row.figures, row.grade, row.source, row.note) for row in of_file]
        title = f"{file}: {len(cells)} rows. To verify them: {verified_by}"
        parts.append(titled(title, table_of(["row", "figures", "grade", "source", "?note"], cells)))
    show(*parts, f"{len(rows)} rows in all", unbroken=True)


@command.command("import")
@click.argument("file", metavar="FILE.csv", type=PATH)
@click.option(
    "--into",
    "folder",
    required=True,
    metavar="FOLDER",
    type=PATH,
    help="Your data folder; a new folder starts as a copy of the shipped data.",
)
def import_factors(file: Path, folder: Path) -> None:
    """Add emission factors to your data folder.

    Rows are checked like shipped rows, but any licence is accepted. Nothing is written unless the whole folder loads
    with them. To use the folder, set BOXWRIGHT_MATERIALS to its path.
    """
    from boxwright.catalog import import_materials

    added = import_materials(file, folder)
    click.echo(f"added {len(added)} factors to {folder}: {', '.join(added)}")
    click.echo(f"use them with BOXWRIGHT_MATERIALS={folder}")


@command.command("weigh")
@click.argument("dunnage_id", metavar="DUNNAGE")
@click.option("--litres", type=_decimal, metavar="L", help="Volume that the dunnage fills.")
@click.option("--box-mm", type=_decimal, nargs=3, metavar="L W H", help="Inner edges of the box that it fills.")
@click.option("--grams", type=_decimal, required=True, metavar="G", help="Mass of the dunnage, or of the filled box.")
@click.option("--empty-grams", type=_decimal, default="0", metavar="G", help="Mass of the empty box.  [default: 0]")
@click.option(
    "--into",
    "folder",
    metavar="FOLDER",
    type=PATH,
    help="Your data folder, which gets the row; a new folder starts as a copy of the shipped data.",
)
def weigh(
    dunnage_id: str,
    litres: Decimal | None,
    box_mm: tuple[Decimal, Decimal, Decimal] | None,
    grams: Decimal,
    empty_grams: Decimal,
    folder: Path | None,
) -> None:
    """Compute the density of your dunnage from one weighed box.

    Fill a box with DUNNAGE (cushioning, void fill or blocking) as tightly as you pack it, and weigh it. Without --into
    the command prints the row of data.
    """
    from boxwright.catalog import weigh_dunnage

    if (litres is None) == (box_mm is None):
        raise refusal("--litres", "or --box-mm is required, but not both")
    if box_mm is not None and any(edge <= 0 for edge in box_mm):
        raise refusal("--box-mm", f"must be greater than 0, got {' '.join(map(str, box_mm))}")
    filled = math.prod(box_mm, start=Decimal(1)) / 1_000_000 if box_mm else litres or Decimal(0)
    if not 0 <= empty_grams < grams:
        raise refusal("--empty-grams", f"must be 0 or more and below --grams, {grams} g, got {empty_grams}")
    weighed = weigh_dunnage(dunnage_id, filled, grams - empty_grams, datetime.date.today().year, folder)
    click.echo(f"{dunnage_id}: {weighed.density_kg_per_m3} kg/m3, before {weighed.before_kg_per_m3}")
    if weighed.assumed and not weighed.assumed[0] <= weighed.density_kg_per_m3 <= weighed.assumed[1]:
        low, high = weighed.assumed
        click.echo(f"outside the assumed {low} to {high} kg/m3: check volume, mass and units")
    if folder is None:
        click.echo(f"row of {weighed.table}:\n{weighed.row}", nl=False)
    else:
        click.echo(f"put into {folder / weighed.table}; use it with BOXWRIGHT_MATERIALS={folder}")
