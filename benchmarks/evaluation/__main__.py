"""How long a million orders take, and how much memory: ``python -m benchmarks.evaluation --data DIR --orders 1000000``.

Orders and seeds are in ``orders.py``. The command writes an order file and two catalogs into a folder, then runs
``boxwright evaluate`` as a user would, once for each row of the table: with one and two workers, with both catalogs,
and over the unperturbed orders, most of which repeat. Prices: each box has one; carriage is 12.00 for the first kg and
2.00 for each further one, and of bulky pieces 1.00 a kg more, at least 20.00. Time is that of the whole command, start
included. Memory is the peak of the sum over all its processes, looked at each half second; pages that processes share
count once for each.
"""

import argparse
import itertools
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.evaluation.orders import COLUMNS, catalogs, drawn_rows
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
    parser.add_argument("--only", default="", help="Run the rows whose name has this in it.")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write(folder, given.data, given.orders)
        print("| run | time | orders a second | peak memory |\n|---|---|---|---|")
        for run, options in _runs(folder, given.workers).items():
            if given.only in run:
                seconds, peak = _measured(["evaluate", *options, "--out", str(folder / "rows" / run), *_LANE])
                print(
                    f"| {run} | {seconds:,.1f} s | {given.orders / seconds:,.0f} | {peak / 2**20:,.0f} MB |", flush=True
                )


_LANE = (
    *("--profile", "uk-desnz", "--leg", "road:500", "--carrier-service", "sf/fast", "--zone", "near"),
    *("--ship-date", "2026-11-01", "--json"),
)


def _runs(folder: Path, workers: int) -> dict[str, list[str]]:
    """Return the options of each run, by its name."""
    first, second = (["--catalog", str(folder / f"{name}.toml")] for name in ("olist-28", "other-28"))
    prices = ["--prices", str(folder / "prices.toml")]
    orders = ["--orders", str(folder / "orders.parquet"), *prices]
    repeated = ["--orders", str(folder / "repeated.parquet"), *prices]
    return {
        f"{workers} workers": [*orders, *first, "--workers", str(workers)],
        "1 worker": [*orders, *first, "--workers", "1"],
        f"two catalogs, {workers} workers": [*orders, *first, *second, "--workers", str(workers)],
        f"unperturbed, {workers} workers": [*repeated, *first, "--workers", str(workers)],
    }


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


def _measured(arguments: list[str]) -> tuple[float, int]:
    """Return how many seconds a command takes, and the most bytes that its processes hold together."""
    started, peak = time.monotonic(), 0
    process = subprocess.Popen(
        [sys.executable, "-c", "from boxwright.cli import main; main()", *arguments], stdout=subprocess.DEVNULL
    )
    while process.poll() is None:
        peak = max(peak, sum(map(_resident, _family(process.pid))))
        time.sleep(_LOOK_S)
    if process.returncode:
        raise SystemExit(f"evaluate ended with exit code {process.returncode}")
    return time.monotonic() - started, peak


def _family(pid: int) -> list[int]:
    """Return a process and those that it started."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return [pid]
    return [pid, *(each for child in children for each in _family(int(child)))]


def _resident(pid: int) -> int:
    """Return the bytes that a process holds in memory; 0 if it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize()
    except (OSError, IndexError):
        return 0


if __name__ == "__main__":
    main()
