"""The walk-through in docs/, each command run as it stands, with fewer orders and candidates."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "walkthrough.md"
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FEWER = {"--orders 1000": "--orders 90", "--sizes 4-8": "--sizes 4-8 --candidates 60"}
"""What is asked of the machine in the test: each must stand on the page."""
COMMAND = "import sys; from boxwright.cli import main; sys.exit(main())"
"""``boxwright``, whether it is installed or not."""


def run(command: str, folder: Path) -> str:
    """Run a command of the page in a folder, in a process of its own, and return what it prints."""
    words = shlex.split(command)
    words[:1] = [sys.executable] if words[0] == "python" else [sys.executable, "-c", COMMAND]
    path = os.pathsep.join([str(ROOT), *sys.path])
    environment = os.environ | {"PYTHONPATH": path, "COLUMNS": "100"}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def walked(tmp_path_factory) -> tuple[Path, dict[str, str]]:
    """Return the folder in which all commands of the page were run, and what each printed."""
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
            printed[command] = run(command, folder)
    return folder, printed


def of(printed: dict[str, str], *words: str) -> str:
    """Return what the one command printed that has these words, in one line."""
    (found,) = (text for command, text in printed.items() if all(word in command for word in words))
    return " ".join(found.split())


def test_rows_in_are_rows_written_and_rejected(walked) -> None:
    """The export has faults, and the data report has each."""
    folder, printed = walked
    report = json.loads((folder / "data.json").read_text())
    assert 0 < report["rows_rejected"] < 0.3 * report["rows"]
    assert report["rows"] == report["rows_written"] + report["rows_rejected"]
    assert f"{report['rows']} rows in = {report['rows_written']} written" in of(printed, "orders convert")


def test_the_baseline_is_the_boxes_really_used(walked) -> None:
    """They are audited, some are proved impossible, and the same shelf used better costs less."""
    _, printed = walked
    said = of(printed, "--html today.html")
    assert "A: as-shipped" in said
    assert "the box recorded holds the goods" in said
    assert "today instead of the boxes really used costs" in said


def test_the_design_costs_less_than_today(walked) -> None:
    """A catalog for each number of sizes is written, and the report compares each with the boxes really used."""
    folder, printed = walked
    assert [path.name for path in sorted(folder.glob("designed-*.toml"))] == [f"designed-{n}.toml" for n in range(4, 9)]
    assert re.search(r"8 \d+\.\d\d \d+\.\d\d \d+\.\d % −\d+\.\d %", of(printed, "boxwright design"))
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert re.search(r"designed-\d instead of the boxes really used costs \d+\.\d\d EUR less an order", page)
    assert "Packaging and carriage by number of box types" in page
    assert '<a href="rows">rows</a>' in page
    assert list((folder / "rows").glob("*.parquet"))
