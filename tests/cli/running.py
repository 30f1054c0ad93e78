"""Commands as a user runs them."""

from typing import Any

from click.testing import CliRunner, Result

from boxwright.cli import main


def run(*arguments: object, columns: int = 120, **options: Any) -> Result:
    """Run a command in a terminal of this width."""
    return CliRunner(env={"COLUMNS": str(columns)}).invoke(main, list(map(str, arguments)), **options)
