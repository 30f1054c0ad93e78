"""A disk that is full in the middle of an output: the output is named, and it is whole or not there."""

import subprocess
import sys
from pathlib import Path

import pytest

FULL = """
import resource, sys
from pathlib import Path
from boxwright.cli import atomic, main
class Full(atomic._Named):
    def write(self, data):
        left, _ = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, resource.RLIM_INFINITY))
        try:
            return super().write(data)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (left, resource.RLIM_INFINITY))
atomic._Named = Full
if __name__ == "__main__":
    main()
"""
"""Outputs end at 2,000 bytes, by the limit of the system; other files, such as compiled code, do not."""
HEADER = "order_id,line_id,quantity,length_mm,width_mm,height_mm,mass_g,description\n"
CATALOG = ["--catalog", "eu-webshop", "--workers", "1"]


def run(folder: Path, *arguments: str, script: str = FULL) -> "subprocess.CompletedProcess[str]":
    """Run a command in a folder of a few orders, in a process of its own."""
    rows = (f"o{n},1,1,{100 + n},80,60,300,{'long ' * 20}{n}\n" for n in range(60))
    (folder / "orders.csv").write_text(HEADER + "".join(rows))
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of this kind")
@pytest.mark.parametrize(
    ("arguments", "out"),
    [
        (["orders", "convert", "orders.csv", "--out", "out.csv"], "out.csv"),
        (["orders", "convert", "orders.csv", "--out", "out.parquet"], "out.parquet"),
        (["pack", "--orders", "orders.csv", *CATALOG, "--out", "out.jsonl"], "out.jsonl"),
        (["evaluate", "--orders", "orders.csv", *CATALOG, "--out", "out.csv"], "out.csv"),
        (["evaluate", "--orders", "orders.csv", *CATALOG, "--out", "out.parquet"], "out.parquet"),
        (["evaluate", "--orders", "orders.csv", *CATALOG, "--html", "out.html"], "out.html"),
    ],
    ids=lambda value: value if isinstance(value, str) else value[0],
)
def test_an_output_that_the_disk_has_no_room_for_is_named_and_not_there(
    tmp_path: Path, arguments: list[str], out: str
) -> None:
    """What was there before stays, no half of a new file does, and the error is one line with the name."""
    (tmp_path / out).write_text("before")
    done = run(tmp_path, *arguments)
    assert done.returncode == 2, done.stdout + done.stderr
    said = "is not written: file too large" if out == "out.html" else "file too large"
    assert done.stderr.splitlines()[-1] == f"Error: {out}: {said}"
    assert "Traceback" not in done.stderr
    assert (tmp_path / out).read_text() == "before"
    assert not list(tmp_path.glob(".*.part"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_device_and_a_full_standard_output_are_said(tmp_path: Path) -> None:
    """A device is named; standard output has no name, and the error says which files that may be."""
    plain = "from boxwright.cli import main; main()"
    device = run(tmp_path, "pack", "--orders", "orders.csv", *CATALOG, "--out", "/dev/full", script=plain)
    assert (device.returncode, device.stderr.splitlines()[-1]) == (2, "Error: /dev/full: no space left on device")
    to_full = "import os, sys; os.dup2(os.open('/dev/full', os.O_WRONLY), 1); " + plain
    output = run(tmp_path, "evaluate", "--orders", "orders.csv", *CATALOG, "--json", script=to_full)
    assert output.returncode == 2
    assert "Error: standard output, or a temporary file in " in output.stderr
    assert "Traceback" not in output.stderr
