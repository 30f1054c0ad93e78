"""Commands as a user runs them."""

from typing import Any

from click.testing import CliRunner, Result

from boxwright.cli import main


def run(*arguments: object, columns: int = 120, code: int = 0, **options: Any) -> Result:
    """Run a command in a terminal of this width, and check its exit code."""
    done = CliRunner(env={"COLUMNS": str(columns)}).invoke(main, list(map(str, arguments)), **options)
    assert done.exit_code == code, done.output
    return done
