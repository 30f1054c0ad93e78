"""``boxwright version``."""

import click

from boxwright.cli.failures import Command


@click.command("version", cls=Command)
def command() -> None:
    """Print the versions of Boxwright and of its data."""
    from importlib.metadata import version

    from boxwright.catalog import load_materials

    materials = load_materials()
    click.echo(f"boxwright {version('boxwright')}")
    click.echo(f"data {materials.version} {materials.content_hash}")
