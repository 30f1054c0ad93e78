"""Two catalogs by cost, with prices of boxes and carriage: one answer, whoever planned the orders.

One process, two, and a worker that is killed.
"""

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from benchmarks.dirty_export import TARIFF
from click.testing import CliRunner

from boxwright.cli import main
from boxwright.evaluation import run

SHELVES = {
    "today": (("S", 250, 175, 100, 0.28), ("M", 350, 250, 150, 0.49), ("L", 600, 400, 400, 1.62)),
    "designed": (("S", 220, 160, 90, 0.26), ("M", 300, 260, 170, 0.51), ("L", 450, 350, 250, 0.94)),
}
"""Id, inner edges in mm and price in EUR of the boxes of two shelves."""
ORDERS = 32
PART = 16
SMALL_PARTS = f"""
from boxwright.cli import main
from boxwright.evaluation import batch, run
import multiprocessing, os, signal
from pathlib import Path
run.ORDERS_OF_A_PART = {PART}
"""
LOSES_A_WORKER = """
plan = batch.BatchJob.__call__
def once_lost(job, task):
    mark = Path(__file__).with_suffix(".lost")
    if multiprocessing.parent_process() and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return plan(job, task)
batch.BatchJob.__call__ = once_lost
"""
STARTS = 'if __name__ == "__main__":\n    main()\n'


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """A command without its outputs: orders of one unit, some, or two lines; one that fits no box."""
    folder = tmp_path_factory.mktemp("asked")
    rng = random.Random(15)
    rows = ["order_id,line_id,quantity,length_mm,width_mm,height_mm,mass_g"]
    for number in range(ORDERS):
        for line in range(1 + (number % 8 == 5)):
            edges = ",".join(str(rng.randrange(30, 180)) for _ in range(3))
            rows.append(f"o{number},{line},{1 + number % 2},{edges},{rng.randrange(50, 900)}")
    rows.append("huge,1,1,900,800,700,4000")
    (folder / "orders.csv").write_text("\n".join(rows) + "\n")
    (folder / "tariff.toml").write_text(TARIFF)
    catalogs = []
    for name, boxes in SHELVES.items():
        header = "id;inner length (mm);inner width (mm);inner height (mm);price\n"
        lines = (";".join(map(str, box)) + "\n" for box in boxes)
        (folder / f"{name}.csv").write_text(header + "".join(lines))
        catalogs += ["--catalog", str(folder / f"{name}.toml")]
        convert = [
            "catalog",
            "convert",
            f"{folder / name}.csv",
            "--catalog-id",
            name,
            "--board",
            "b-flute",
            "--currency",
            "EUR",
        ]
        made = CliRunner().invoke(main, [*convert, "--out", catalogs[-1]])
        assert made.exit_code == 0, made.output
    way = ["--carrier-service", "dhl-express/international", "--prices", str(folder / "tariff.toml")]
    way += ["--leg", "road:500", "--profile", "uk-desnz", "--ship-date", "2026-06-01"]
    return ["evaluate", "--orders", str(folder / "orders.csv"), *catalogs, *way, "--json"]


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of a few orders."""
    monkeypatch.setattr(run, "ORDERS_OF_A_PART", PART)


def answer(asked: list[str], out: Path, *more: str) -> tuple[dict[str, Any], pa.Table]:
    """Return totals and rows of a run that ends well."""
    result = CliRunner().invoke(main, [*asked, "--out", str(out), *more])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout), rows_in(out)


def rows_in(folder: Path) -> pa.Table:
    """Return the rows of a folder, in the order of its parts."""
    return pa.concat_tables([pq.read_table(each) for each in sorted(folder.glob("part-*.parquet"))])


@pytest.fixture(scope="module")
def alone(asked: list[str], tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], pa.Table]:
    """The answer of one process in one go."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "ORDERS_OF_A_PART", PART)
        return answer(asked, tmp_path_factory.mktemp("alone") / "rows", "--workers", "1")


def scripted(tmp_path: Path, text: str, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run a command in a process of its own, with what a script does to it."""
    script = tmp_path / "script.py"
    script.write_text(SMALL_PARTS + text + STARTS)
    return subprocess.run([sys.executable, script, *words], capture_output=True, text=True, timeout=300, check=False)


def test_money_is_in_the_answer(alone: tuple[dict[str, Any], pa.Table]) -> None:
    """Each order with each catalog has a row, those planned with what box and carriage cost; totals have the sums."""
    totals, rows = alone
    assert rows.num_rows == 2 * (ORDERS + 1)
    planned = [row for row in rows.to_pylist() if row["status"] == "planned"]
    assert len(planned) > ORDERS
    assert all(row["packaging_price"] and row["carriage_price"] for row in planned)
    assert all(each["cost"]["total"] for each in totals["catalogs"])


def test_two_processes_give_the_answer_of_one(asked: list[str], alone: Any, tmp_path: Path) -> None:
    """Totals and rows."""
    totals, rows = answer(asked, tmp_path / "rows", "--workers", "2")
    assert totals == alone[0]
    assert rows.equals(alone[1])


@pytest.mark.long
def test_a_worker_that_is_killed_changes_nothing(asked: list[str], alone: Any, tmp_path: Path) -> None:
    """The run says that it lost one and ends well."""
    done = scripted(tmp_path, LOSES_A_WORKER, *asked, "--out", str(tmp_path / "rows"), "--workers", "2")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "script.lost").exists()
    assert "worker" in done.stderr
    assert json.loads(done.stdout) == alone[0]
    assert rows_in(tmp_path / "rows").equals(alone[1])
