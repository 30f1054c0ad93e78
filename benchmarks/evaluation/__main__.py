"""Measures time and memory for a million orders: ``python -m benchmarks.evaluation --data DIR --orders 1000000``.

Orders and seeds are in ``orders.py``. The command writes an order file and two catalogs into a folder, then runs
``boxwright evaluate`` as a user would, once for each row of the table: with several workers, with one, with both
catalogs, with the second alone, and over the unperturbed orders, most of which repeat. The row ``report`` runs the
command of the first row again, which reads its existing rows and writes the page, and opens the page in Chromium if
that is installed. Each box has a price; carriage is 12.00 for the first kg and 2.00 for each further one, and bulky
pieces cost 1.00 a kg more, at least 20.00. Time is that of the whole command, start included. Memory is the peak of the
sum over all its processes, measured every half second; shared pages count once for each process.
"""

import argparse
import itertools
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.evaluation.orders import COLUMNS, catalogs, drawn_rows
from benchmarks.processes import family, resident_mib
from boxwright.catalog import load_materials
from boxwright.design import catalog_toml

PRICES = """\
[[price_tables]]
price_table_id = "own"
version = "2026"
carrier_service = "sf/fast"
currency = "CNY"
weight_unit = "kg"

[[price_tables.zones]]
zone = "near"
steps = [{ up_to = 1, price_minor = 1200 }]
additional = [{ per = 1, price_minor = 200 }]

[[price_tables.surcharges]]
surcharge_id = "bulky"
per_weight_minor = 100
minimum_minor = 2000
"""
_AT_ONCE = 100_000
_LOOK_S = 0.5


def main() -> None:
    """Run and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="Folder with the Olist orders.")
    parser.add_argument("--orders", type=int, default=20_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--run", action="append", choices=list(_RUNS), help="A row; repeat it. Default all of them.")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write(folder, given.data, given.orders)
        print("| run | workers | time | CPU time | orders a second | peak memory |\n|---|---|---|---|---|---|")
        for run in given.run or _RUNS:
            workers = 1 if run == "one worker" else given.workers
            seconds, cpu_s, peak = _measured(_command(folder, run, workers))
            rate = f"{given.orders / seconds:,.0f}"
            memory = f"{peak:,.0f} MB"
            print(f"| {run} | {workers} | {seconds:,.1f} s | {cpu_s:,.1f} s | {rate} | {memory} |", flush=True)
        page = folder / _PAGE
        if page.exists():
            print(f"\nThe page has {page.stat().st_size / 1e6:.2f} MB{_opened(page)}.")


_LANE = (
    *("--profile", "uk-desnz", "--leg", "road:500", "--carrier-service", "sf/fast", "--zone", "near"),
    *("--ship-date", "2026-11-01", "--json"),
)


_RUNS = {
    "one catalog": ("orders", ("olist-28",)),
    "report": ("orders", ("olist-28",)),
    "one worker": ("orders", ("olist-28",)),
    "second catalog alone": ("orders", ("other-28",)),
    "both catalogs": ("orders", ("olist-28", "other-28")),
    "unperturbed": ("repeated", ("olist-28",)),
}
"""The order file and the catalogs of each row."""
_PAGE = "page.html"


def _command(folder: Path, run: str, workers: int) -> list[str]:
    """Return the arguments of a row; the report continues from the rows of the first run."""
    orders, names = _RUNS[run]
    out = folder / "rows" / ("one catalog" if run == "report" else run)
    options = ["--orders", str(folder / f"{orders}.parquet"), "--prices", str(folder / "prices.toml")]
    options += [each for name in names for each in ("--catalog", str(folder / f"{name}.toml"))]
    options += ["--html", str(folder / _PAGE)] if run == "report" else []
    return ["evaluate", *options, "--workers", str(workers), "--out", str(out), *_LANE]


def _opened(page: Path) -> str:
    """Return the time that Chromium takes to start and open a page; empty without Chromium."""
    browser = shutil.which("chromium")
    if browser is None:
        return ""
    started = time.monotonic()
    options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--dump-dom"]
    subprocess.run([browser, *options, page.as_uri()], check=True, capture_output=True)
    return f" and opens in {time.monotonic() - started:.1f} s, the browser's start included"


def _write(folder: Path, data: Path, count: int) -> None:
    """Write orders, catalogs and prices."""
    for name, perturbed in (("orders", True), ("repeated", False)):
        rows = drawn_rows(data, count, perturbed=perturbed)
        kinds = {"order_id": pa.string(), "line_id": pa.string(), "quantity": pa.int64()}
        schema = pa.schema([(each, kinds.get(each, pa.float64())) for each in COLUMNS])
        with pq.ParquetWriter(folder / f"{name}.parquet", schema) as writer:
            while some := list(itertools.islice(rows, _AT_ONCE)):
                writer.write_table(pa.table(dict(zip(COLUMNS, zip(*some, strict=True), strict=True)), schema))
    for catalog in catalogs(data):
        (folder / f"{catalog.catalog_id}.toml").write_text(catalog_toml(catalog, load_materials()))
    (folder / "prices.toml").write_text(PRICES)


def _measured(arguments: list[str]) -> tuple[float, float, float]:
    """Return seconds, CPU seconds and peak memory in MiB of a command with its processes."""
    started, peak, before_s = time.monotonic(), 0.0, _children_s()
    process = subprocess.Popen(
        [sys.executable, "-c", "from boxwright.cli import main; main()", *arguments], stdout=subprocess.DEVNULL
    )
    while process.poll() is None:
        peak = max(peak, sum(map(resident_mib, family(process.pid))))
        time.sleep(_LOOK_S)
    if process.returncode:
        raise SystemExit(f"evaluate ended with exit code {process.returncode}")
    return time.monotonic() - started, _children_s() - before_s, peak


def _children_s() -> float:
    """Return the CPU seconds of all ended processes that this one started."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
