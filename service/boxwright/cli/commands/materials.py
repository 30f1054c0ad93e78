"""``boxwright materials``: the data that plans rest on."""

from pathlib import Path

import click

from boxwright.cli.failures import told_to_users


@click.group("materials")
def command() -> None:
    """List the data behind plans; add your own factors."""


@command.command("list")
def list_materials() -> None:
    """List materials, dunnage, handling profiles, fragility classes, boards, profiles and carrier services."""
    from boxwright.catalog import load_materials
    from boxwright.cli.console import output
    from boxwright.cli.materials_view import materials_parts

    with told_to_users():
        console = output()
        for part in materials_parts(load_materials()):
            console.print(part)
            console.print()


@command.command("import")
@click.argument("file", metavar="FILE.csv", type=click.Path(path_type=Path))
@click.option(
    "--into",
    "folder",
    required=True,
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="Data folder of your own; a new one starts as a copy of the shipped data.",
)
def import_factors(file: Path, folder: Path) -> None:
    """Add the emission factors of a file to a data folder of your own.

    The rows pass the checks of shipped rows, and any licence is accepted. Nothing is written unless the whole
    folder loads with them. Set BOXWRIGHT_MATERIALS to the folder to use it.
    """
    from boxwright.catalog import import_materials

    with told_to_users():
        added = import_materials(file, folder)
        click.echo(f"added {len(added)} factors to {folder}: {', '.join(added)}")
        click.echo(f"use them with BOXWRIGHT_MATERIALS={folder}")
