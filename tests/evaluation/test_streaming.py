"""Runs over a file of any size: in parts, by any number of processes, interrupted and resumed without a loss."""

import csv
import errno
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from boxwright.cli import main
from boxwright.evaluation import folder, run
from boxwright.evaluation.batch import BatchJob, Part
from boxwright.orders.batches import OrderBatch

ORDERS = 60
KILLED = """
import os, signal
from boxwright.cli import main
from boxwright.evaluation import folder, run
run.ORDERS_OF_A_PART = 16
write = folder._write
def killed(path, content):
    if path.name == "part-00002":
        os.kill(os.getpid(), signal.SIGKILL)
    write(path, content)
folder._write = killed
if __name__ == "__main__":
    main()
"""


def orders_file(path: Path, count: int = ORDERS, seed: int = 3) -> Path:
    """Write orders of one line, few of them alike."""
    rng = random.Random(seed)
    with path.open("w") as text:
        print("order_id,line_id,quantity,length_mm,width_mm,height_mm,mass_g", file=text)
        for number in range(count):
            edges = ",".join(str(rng.randrange(40, 260)) for _ in range(3))
            print(f"o{number},1,{rng.randint(1, 2)},{edges},{rng.randrange(100, 900)}", file=text)
    return path


def options(orders: Path, out: Path, *more: object) -> list[str]:
    """Return a command."""
    both = ("--catalog", "us-stock", "--catalog", "china-post", "--profile", "uk-desnz")
    return list(map(str, ("evaluate", "--orders", orders, *both, "--out", out, "--json", *more)))


def evaluated(*arguments: object) -> dict[str, object]:
    """Run a command that must succeed; return its totals."""
    result = CliRunner().invoke(main, options(*arguments))
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def rows_in(out: Path) -> list[dict[str, object]]:
    """Return the rows of a folder."""
    return [row for part in sorted(out.glob("part-*.parquet")) for row in pq.read_table(part).to_pylist()]


def csv_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with path.open() as text:
        return list(csv.DictReader(text))


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of 16 orders."""
    monkeypatch.setattr(run, "ORDERS_OF_A_PART", 16)


def test_a_killed_run_goes_on_from_its_parts(tmp_path: Path) -> None:
    """A run killed between two files of a part and resumed by more processes gives the rows of an uninterrupted one.

    One order of the finished parts is rejected.
    """
    orders = orders_file(tmp_path / "orders.csv")
    lines = orders.read_text().splitlines(keepends=True)
    orders.write_text("".join([*lines[:6], "bad,1,1,-1,50,50,100\n", *lines[6:]]))
    whole = evaluated(orders, tmp_path / "whole", "--workers", 1)
    out = tmp_path / "killed"
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    ended = subprocess.run([sys.executable, script, *options(orders, out, "--workers", 1)], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert json.loads((out / folder.MANIFEST).read_text())["finished"] is False
    assert len(list((out / ".state").glob("part-*"))) == 2
    before = (out / "part-00000.parquet").stat().st_mtime_ns
    (out / "part-00007.parquet.unfinished").write_bytes(b"PAR1")  # left over from an interrupted write
    assert evaluated(orders, out, "--workers", 2) == whole
    assert (out / "part-00000.parquet").stat().st_mtime_ns == before
    assert rows_in(out) == rows_in(tmp_path / "whole")
    assert len(rows_in(out)) == 2 * ORDERS
    manifest = json.loads((out / folder.MANIFEST).read_text())
    assert manifest["finished"]
    assert sum(part["orders"] for part in manifest["parts"]) == ORDERS
    assert not list(out.glob("*.unfinished"))
    assert evaluated(orders, out) == whole  # a finished run is only read
    assert len(csv_rows(out / "rejected.csv")) == 1


def test_an_interrupt_keeps_what_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Finished batches are not planned again, even if the first part is not full."""
    orders, out = orders_file(tmp_path / "orders.csv", 40), tmp_path / "out"
    whole = evaluated(orders, tmp_path / "whole")
    monkeypatch.setattr(run, "ORDERS_OF_A_PART", 1_000)
    plan, planned = BatchJob.__call__, list[int]()

    def interrupted(job: BatchJob, batch: OrderBatch) -> Part:
        if len(planned) == 2:
            raise KeyboardInterrupt
        planned.append(batch.rows)
        return plan(job, batch)

    with monkeypatch.context() as patch:
        patch.setattr(BatchJob, "__call__", interrupted)
        result = CliRunner().invoke(main, options(orders, out, "--workers", 1))
    assert result.exit_code == 130
    assert f"{sum(planned)} orders" in result.stderr
    assert len(rows_in(out)) == 2 * sum(planned)
    assert evaluated(orders, out) == whole
    assert rows_in(out) == rows_in(tmp_path / "whole")


def test_processes_and_parts_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows of one and two processes, in a file or a folder, are equal."""
    orders = orders_file(tmp_path / "orders.csv")
    one = evaluated(orders, tmp_path / "one.parquet", "--workers", 1)
    assert evaluated(orders, tmp_path / "two", "--workers", 2) == one
    assert pq.read_table(tmp_path / "one.parquet").to_pylist() == rows_in(tmp_path / "two")
    evaluated(orders, tmp_path / "text", "--format", "csv")
    text = [row for part in sorted((tmp_path / "text").glob("*.csv")) for row in csv_rows(part)]
    assert [row["boxes"] for row in text] == [row["boxes"] for row in rows_in(tmp_path / "two")]


def test_a_folder_of_other_input_is_refused(tmp_path: Path) -> None:
    """The error names the option or the orders that differ; a folder with other files is refused."""
    orders, out = orders_file(tmp_path / "orders.csv", 20), tmp_path / "out"
    evaluated(orders, out)
    result = CliRunner().invoke(main, options(orders, out, "--support-ratio", "0.5"))
    assert result.exit_code == 2
    assert "--support-ratio" in result.stderr
    orders_file(orders, 20, seed=4)
    result = CliRunner().invoke(main, options(orders, out))
    assert result.exit_code == 2
    assert "--orders" in result.stderr
    other = tmp_path / "other"
    other.mkdir()
    (other / "notes.txt").touch()
    result = CliRunner().invoke(main, options(orders, other))
    assert result.exit_code == 2
    assert [each.name for each in other.iterdir()] == ["notes.txt"]


def test_a_part_that_changed_is_named_and_one_that_is_gone_is_made_again(tmp_path: Path) -> None:
    """A changed file is an error; a missing one is written again."""
    orders, out = orders_file(tmp_path / "orders.csv"), tmp_path / "out"
    whole = evaluated(orders, out)
    part = out / "part-00001.parquet"
    content = part.read_bytes()
    part.write_bytes(content[:-9])
    result = CliRunner().invoke(main, options(orders, out))
    assert result.exit_code == 2
    assert "part-00001.parquet" in result.stderr
    part.unlink()
    assert evaluated(orders, out) == whole
    assert part.read_bytes() == content
    state = out / ".state" / "part-00000"
    state.write_bytes(part.read_bytes())  # not the state file of a part
    result = CliRunner().invoke(main, options(orders, out))
    assert result.exit_code == 2
    assert "part-00000" in result.stderr


def test_a_full_disk_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the file, nothing half-written stays, and the run can resume."""
    orders, out = orders_file(tmp_path / "orders.csv"), tmp_path / "out"
    real, calls = os.fsync, []

    def full(handle: int) -> None:
        calls.append(handle)
        if len(calls) == 4:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(handle)

    monkeypatch.setattr(os, "fsync", full)
    result = CliRunner().invoke(main, options(orders, out, "--workers", "1"))
    assert result.exit_code == 2
    assert "part-00001.parquet" in result.stderr
    assert not list(out.rglob("*.unfinished"))
    evaluated(orders, out)
    assert len(rows_in(out)) == 2 * ORDERS


def test_orders_that_cannot_be_planned_are_listed(tmp_path: Path) -> None:
    """A row that breaks a rule and an order above the limit are in ``rejected.csv``; all others are planned."""
    orders, out = orders_file(tmp_path / "orders.csv", 20), tmp_path / "out"
    with orders.open("a") as text:
        text.write("bad,1,1,100,-3,50,200\nhuge,1,2001,100,30,50,200\nlast,1,1,100,30,50,200\n")
    result = CliRunner().invoke(main, options(orders, out))
    assert result.exit_code == 0, result.output
    assert str(out / "rejected.csv") in result.stderr
    assert [tuple(row.values())[:3] for row in csv_rows(out / "rejected.csv")] == [
        ("", "row 22", "width_mm"),
        ("huge", "order", ""),
    ]
    assert {row["order_id"] for row in rows_in(out)} == {*(f"o{each}" for each in range(20)), "last"}
    stopped = CliRunner().invoke(main, options(orders, tmp_path / "other", "--on-bad-rows", "stop"))
    assert stopped.exit_code == 2
    assert "row 22, width_mm" in stopped.stderr
    assert not (tmp_path / "other").exists()
    listed = CliRunner().invoke(main, ["evaluate", "--orders", str(orders), "--catalog", "us-stock"])
    assert "row 22, width_mm" in listed.stderr


def test_two_runs_do_not_write_into_one_folder(tmp_path: Path) -> None:
    """The second is refused while the first runs."""
    form = run.RowForm("csv", ((("catalog_id", "c"),),), ())
    first = folder.Folder(tmp_path / "out", form, {})
    with pytest.raises(OSError):
        folder.Folder(tmp_path / "out", form, {})
    first.close()
    folder.Folder(tmp_path / "out", form, {}).close()


HEARS_INTERRUPTS = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
"""Makes a command hear interrupts as from a terminal: commands in the background of a shell ignore them."""


@pytest.mark.parametrize("command", [pytest.param("evaluate", marks=pytest.mark.long), "pack"])
def test_an_interrupt_has_its_exit_code(tmp_path: Path, command: str) -> None:
    """It is 130, without a traceback, and no process survives."""
    orders = orders_file(tmp_path / "orders.csv", 4_000)
    catalog, out = ["--catalog", "us-stock"], tmp_path / "out.jsonl"
    where = ["--out", tmp_path / "out"] if command == "evaluate" else ["--out", out]
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            HEARS_INTERRUPTS + "from boxwright.cli import main; main()",
            command,
            "--orders",
            orders,
            *catalog,
            *where,
            "--workers",
            "2",
        ],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while len(children_of(process.pid)) < 2 and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.05)
    time.sleep(1)
    os.killpg(process.pid, signal.SIGINT)  # a terminal sends it to the whole group
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 130, said
    assert "Interrupted" in said
    assert "Traceback" not in said, said
    assert not out.exists()
    assert none_lives(process.pid)


def none_lives(group: int) -> bool:
    """Return whether all processes of a group end."""
    for _ in range(200):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def children_of(pid: int) -> list[str]:
    """Return the processes that a process started."""
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return path.read_text().split() if path.exists() else []
