"""Help is quick and complete; a mistyped name gets a suggestion."""

import runpy
import subprocess
import sys
from pathlib import Path

import click

from boxwright.cli.main import main

from .running import run

commands = runpy.run_path(str(Path(__file__).parents[2] / "docs" / "reference_pages.py"))["commands"]


def test_every_option_has_its_help():
    """Every command and option has a help text."""
    for path, command in commands(main, "boxwright"):
        assert command.help, path
        for option in command.params:
            assert not isinstance(option, click.Option) or option.help, f"{path} {option.name}"


def test_a_mistyped_command_or_option_gets_a_suggestion():
    """The error suggests the right name, with exit code 2."""
    for words, meant in ([["pak"], "pack"], [["materials", "lst"], "list"], [["pack", "--catlog", "x"], "--catalog"]):
        assert meant in run(*words, code=2).stderr


def test_shells_complete_commands_and_options():
    """Completion works by the protocol of click."""
    words = {"COMP_WORDS": "boxwright pack --mo", "COMP_CWORD": "2", "_BOXWRIGHT_COMPLETE": "bash_complete"}
    assert "plain,--mode" in run(env=words, prog_name="boxwright").output.splitlines()


def test_no_help_is_wider_than_a_terminal():
    """Help fits 80 columns."""
    for path, command in commands(main, "boxwright"):
        text = command.get_help(click.Context(command, info_name=path, terminal_width=80, **main.context_settings))
        assert [line for line in text.splitlines() if len(line) > 80] == [], path


def test_help_loads_no_heavy_package():
    """Help imports neither numpy, numba, grpc nor rich."""
    code = """
import sys
from boxwright.cli.main import main
try:
    main(["pack", "--help"])
except SystemExit:
    pass
print([name for name in ("numpy", "numba", "grpc", "rich", "google.protobuf") if name in sys.modules])
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == "[]"


def test_reading_settings_does_not_change_the_help_of_serve():
    """`config show` leaves the help options alone that click caches for `serve`."""
    code = """
from click.testing import CliRunner
from boxwright.cli.main import main
assert CliRunner().invoke(main, ["config", "show"]).exit_code == 0
print(CliRunner().invoke(main, ["serve", "--help"]).output)
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "-h, --help" in result.stdout


def test_the_error_about_a_missing_catalog_names_the_command_that_lists_catalogs():
    """The command is `boxwright catalog list`."""
    for words in (["pack", "order.json"], ["evaluate", "--orders", "orders.csv"]):
        assert "boxwright catalog list" in run(*words, code=2).stderr
