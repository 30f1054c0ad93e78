"""Results over a Dask cluster and by the function over Arrow tables: those of a run on one machine."""

import random
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from tests.evaluation.test_pool import Double, LoseWorker

from boxwright.cli import main
from boxwright.errors import DataFileError
from boxwright.evaluation.pool import team

distributed = pytest.importorskip("distributed")
COLUMNS = ("order_id", "line_id", "quantity", "length_mm", "width_mm", "height_mm", "mass_g")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of a scheduler with two workers."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs="CRITICAL"
    ) as cluster:
        yield cluster.scheduler_address


def orders_table(count: int) -> pa.Table:
    """Return rows of orders of one or two lines."""
    rng = random.Random(8)
    rows = [
        (f"o{order}", str(line), 1, *(float(rng.randrange(40, 250)) for _ in range(3)), float(rng.randrange(50, 900)))
        for order in range(count)
        for line in range(rng.randint(1, 2))
    ]
    return pa.Table.from_pylist([dict(zip(COLUMNS, row, strict=True)) for row in rows])


@pytest.mark.long
@pytest.mark.filterwarnings("ignore")  # Dask's threads and sockets warn when a worker is killed
def test_a_worker_of_a_cluster_that_is_killed_loses_nothing(tmp_path: Path, address: str) -> None:
    """Results are complete and in order after a worker was killed."""
    with team(LoseWorker(tmp_path, 5, 1), 1, cluster=address) as done:
        assert list(done(iter(range(30)))) == [2 * each for each in range(30)]
    assert len(list(tmp_path.iterdir())) == 1
    with team(Double(), 1, cluster=address) as done:
        assert list(done(iter(range(5)))) == [0, 2, 4, 6, 8]


@pytest.mark.filterwarnings("ignore")  # Dask's warnings, as above
def test_rows_over_a_cluster_are_those_of_one_machine(tmp_path: Path, address: str) -> None:
    """Rows and totals are equal, with several carriers and policies."""
    orders, bare, tight = (tmp_path / name for name in ("orders.parquet", "bare.toml", "tight.toml"))
    pq.write_table(orders_table(12), orders)
    bare.write_text('void_fill_id = "none"')
    tight.write_text("fill_limit = 0.6")
    options = [
        "evaluate",
        "--orders",
        str(orders),
        "--catalog",
        "us-stock",
        "--policy",
        str(bare),
        "--policy",
        str(tight),
    ]
    options += ["--carrier-service", "sf/fast", "--carrier-service", "ups/us-daily", "--json", "--out"]
    here = CliRunner().invoke(main, [*options, str(tmp_path / "here.parquet"), "--workers", "1"])
    there = CliRunner().invoke(main, [*options, str(tmp_path / "there.parquet"), "--cluster", address])
    assert (here.exit_code, there.exit_code) == (0, 0), here.output + there.output
    assert here.stdout == there.stdout
    assert pq.read_table(tmp_path / "here.parquet").equals(pq.read_table(tmp_path / "there.parquet"))


def test_an_address_without_a_cluster_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the option."""
    monkeypatch.setattr("boxwright.evaluation.pool._WAIT_S", 1)
    with pytest.raises(DataFileError, match="--cluster"), team(Double(), 1, cluster="tcp://127.0.0.1:9"):
        pass
