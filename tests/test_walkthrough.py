"""The walk-through in docs/, each command run as it stands, with fewer orders and candidates."""

import contextlib
import importlib
import json
import re
import shlex
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from boxwright.cli import main

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "walkthrough.md"
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FEWER = {
    "--orders 1000": "--orders 40",
    "--sizes 4-8": "--sizes 4-8 --candidates 20",
    "boxwright evaluate": "boxwright evaluate --workers 1",
    "boxwright design": "boxwright design --workers 1",
}
"""Smaller arguments for the test; each original must be on the page."""


def run(command: str) -> str:
    """Run a command of the page and return what it prints."""
    name, *words = shlex.split(command)
    if name == "python":
        _, module, *words = words
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(sys, "argv", [module, *words])
            importlib.import_module(module).main()
        return ""
    done = CliRunner(env={"COLUMNS": "100"}).invoke(main, words)
    assert done.exit_code == 0, f"{command}\n{done.output}"
    return done.stdout


@pytest.fixture(scope="module")
def walked(tmp_path_factory) -> tuple[Path, dict[str, str]]:
    """Return the folder in which all commands of the page were run, and the output of each."""
    folder = tmp_path_factory.mktemp("fresh")
    printed = {}
    text = PAGE.read_text(encoding="utf-8")
    for long, short in FEWER.items():
        assert long in text
        text = text.replace(long, short)
    for command in "".join(BLOCK.findall(text)).splitlines():
        if command.startswith("cd "):
            folder = folder / command.removeprefix("cd ")
        else:
            with contextlib.chdir(folder):
                printed[command] = run(command)
    return folder, printed


def of(printed: dict[str, str], *words: str) -> str:
    """Return the output, as one line, of the only command with these words."""
    (found,) = (text for command, text in printed.items() if all(word in command for word in words))
    return " ".join(found.split())


def test_rows_in_are_rows_written_and_rejected(walked) -> None:
    """The data report has every fault of the export."""
    folder, printed = walked
    report = json.loads((folder / "data.json").read_text())
    assert 0 < report["rows_rejected"] < 0.3 * report["rows"]
    assert report["rows"] == report["rows_written"] + report["rows_rejected"]
    assert f"{report['rows']} rows in = {report['rows_written']} " in of(printed, "orders convert")


def test_the_baseline_is_the_boxes_really_used(walked) -> None:
    """Boxes really used are compared with today's catalog."""
    folder, printed = walked
    assert "as-shipped" in of(printed, "--html today.html")
    assert "as-shipped" in (folder / "today.html").read_text(encoding="utf-8")


def test_the_design_costs_less_than_today(walked) -> None:
    """Each number of sizes has a catalog, which the report compares with the boxes really used."""
    folder, printed = walked
    assert [path.name for path in sorted(folder.glob("designed-*.toml"))] == [f"designed-{n}.toml" for n in range(4, 9)]
    assert re.search(r"8 \d+\.\d\d \d+\.\d\d \d+\.\d % \d+\.\d\d −\d+\.\d %", of(printed, "boxwright design"))
    assert re.search(r"designed-\d .* \d+\.\d\d EUR", (folder / "report.html").read_text(encoding="utf-8"))
    assert list((folder / "rows").glob("*.parquet"))
