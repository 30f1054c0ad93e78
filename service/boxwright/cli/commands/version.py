"""``boxwright version``."""

import click


@click.command("version")
def command() -> None:
    """Print the versions of Boxwright and of its data."""
    from importlib.metadata import version

    from boxwright.catalog import load_materials
    from boxwright.cli.failures import told_to_users

    with told_to_users():
        materials = load_materials()
        click.echo(f"boxwright {version('boxwright')}")
        click.echo(f"data {materials.version} {materials.content_hash}")
