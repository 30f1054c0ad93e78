"""Metrics of runs over many orders: a file that Prometheus reads, and a push gateway that gets the same."""

import json
import os
import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from click.testing import CliRunner
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from prometheus_client.parser import text_string_to_metric_families as of_text

from boxwright.cli import main
from boxwright.cli.batch_totals import BatchTotals
from boxwright.cli.plan_file import read_plan_lines
from boxwright.cli.run_figures import of_batch
from boxwright.orders import read_orders
from boxwright.server.metrics import Metrics

HEADER = "order_id,line_id,quantity,length_mm,width_mm,height_mm,mass_g"
ROWS = ["first,1,2,100,80,60,200", "second,1,1,5000,80,60,200", "third,1,3,200,150,20,300", "third,2,1,50,50,50,10"]


@pytest.fixture
def orders(tmp_path):
    """Three orders, of which the second fits no box."""
    path = tmp_path / "orders.csv"
    path.write_text("\n".join([HEADER, *ROWS]))
    return path


def run(command, *arguments):
    """Run a command."""
    return CliRunner(env={"COLUMNS": "80"}).invoke(main, [command, *map(str, arguments)])


def samples(text, parse=text_string_to_metric_families):
    """Return the values of metrics by name and labels."""
    return {(each.name, *sorted(each.labels.items())): each.value for family in parse(text) for each in family.samples}


def value(found, metric, **labels):
    """Return the one value of a metric that has these labels."""
    (found_value,) = [
        each for (name, *has), each in found.items() if name == metric and labels.items() <= dict(has).items()
    ]
    return found_value


def test_a_packed_file_of_orders_counts_as_a_server_does(orders, tmp_path):
    """Each sample has the value that a server's has after the same plans, and the purpose of the run."""
    file, out = tmp_path / "run.om", tmp_path / "plans.jsonl"
    catalog = ["--catalog", "us-stock", "--leg", "road:500", "--carrier-service", "ups/us-daily"]
    ended = run("pack", "--orders", orders, *catalog, "--metrics", file, "--out", out)
    assert ended.exit_code == 3, ended.output
    found = samples(file.read_text())
    assert value(found, "boxwright_run_orders", status="planned") == 2
    assert value(found, "boxwright_run_orders", status="not_packed", purpose="batch", catalog="us-stock") == 1
    assert value(found, "boxwright_run_duration_seconds") > 0
    server = Metrics()
    for made, _ in read_plan_lines(out, read_orders(orders)):
        if made is not None:
            server.record_plan(made, "batch", "us-stock")
    counted = {
        (each.name, *sorted({**each.labels, "catalog": "us-stock"}.items())): each.value
        for family in server.registry.collect()
        for each in family.samples
    }
    shared = {key for key in found if key in counted}
    assert {key[0] for key in shared} == {
        "boxwright_plans_total",
        "boxwright_parcels_total",
        "boxwright_packed_units_total",
        "boxwright_boxes_used_total",
        "boxwright_packaging_grams_total",
        "boxwright_co2e_grams_total",
    }
    assert {key: found[key] for key in shared} == pytest.approx({key: counted[key] for key in shared})
    assert [key for key in found if not key[0].startswith("boxwright_run_") and key not in shared] == [
        (
            "boxwright_unpacked_units_total",
            ("catalog", "us-stock"),
            ("purpose", "batch"),
            ("reason", "does_not_fit_any_box"),
        )
    ]
    _read_by_prometheus(file)


def _read_by_prometheus(file):
    """Have Prometheus' own tool read a file as OpenMetrics, into a data base, where it is installed."""
    dated = [line if line.startswith("#") else f"{line} 1764000000" for line in file.read_text().splitlines()]
    (file.parent / "dated.om").write_text("\n".join([*dated, ""]))
    _promtool("tsdb", "create-blocks-from", "openmetrics", file.parent / "dated.om", file.parent / "blocks")


def _promtool(*arguments, **given):
    if shutil.which("promtool") is None:
        assert not os.environ.get("BOXWRIGHT_TEST_TOOLS"), "promtool is not installed"
        pytest.skip("needs Debian's package prometheus")
    judged = subprocess.run(
        ["promtool", *map(str, arguments)], capture_output=True, text=True, check=False, timeout=60, **given
    )
    assert judged.returncode == 0, judged.stdout + judged.stderr
    return judged.stdout


def test_an_evaluation_has_the_sums_of_each_catalog(orders, tmp_path):
    """They are those of its JSON; catalogs are told apart by a label."""
    file = tmp_path / "run.om"
    ended = run(
        *("evaluate", "--orders", orders, "--catalog", "us-stock", "--catalog", "eu-stock"),
        *("--metrics", file, "--workers", 1, "--allow-partial"),
    )
    assert ended.exit_code == 0, ended.output
    found = samples(file.read_text())
    for catalog in ("us-stock", "eu-stock"):
        assert value(found, "boxwright_run_orders", catalog=catalog, status="planned", purpose="evaluation") == 2
        assert value(found, "boxwright_parcels_total", catalog=catalog) >= 2
        assert value(found, "boxwright_packaging_grams_total", catalog=catalog, component="box") > 0
    _read_by_prometheus(file)


def test_a_design_has_what_it_makes_of_both_halves(tmp_path):
    """Orders it was designed for, and orders that judge it."""
    orders, file = tmp_path / "orders.csv", tmp_path / "run.om"
    sizes = [(190, 140, 40), (280, 190, 90), (140, 140, 140), (240, 90, 90)]
    rows = [f"o{number},1,1,{long},{wide},{high},200" for number, (long, wide, high) in enumerate(sizes * 5)]
    orders.write_text("\n".join([HEADER, *rows]))
    given = ("--orders", orders, "--sizes", "2-3", "--json", "--metrics", file)
    ended = CliRunner().invoke(main, ["design", *map(str, given)])
    assert ended.exit_code == 0, ended.output
    made = json.loads(ended.stdout)["designs"]
    found = samples(file.read_text())
    names = sorted({dict(labels)["catalog"] for _, *labels in found if "catalog" in dict(labels)})
    assert names == ["designed-2", "designed-3"]
    for name, suite in zip(names, made, strict=True):
        judged = suite["judged"]
        assert (
            value(found, "boxwright_design_orders", catalog=name, half="judged", status="counted") == judged["orders"]
        )
        total = value(found, "boxwright_design_objective", catalog=name, half="judged", purpose="design")
        assert total == pytest.approx(judged["per_order"] * judged["orders"])
    _read_by_prometheus(file)


@pytest.fixture
def gateway():
    """A push gateway that keeps what it gets, and its address; it refuses what comes after ``refuses`` is set."""
    got = []

    class Answer(BaseHTTPRequestHandler):
        refuses = False

        def do_PUT(self):
            content = self.rfile.read(int(self.headers["Content-Length"])).decode()
            got.append((self.path, content))
            self.send_response(400 if Answer.refuses else 200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", got, Answer
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_push_gateway_gets_what_the_file_has(orders, tmp_path, gateway):
    """It is put in place of the last run of the same purpose."""
    file = tmp_path / "run.om"
    ended = run("pack", "--orders", orders, "--catalog", "us-stock", "--metrics", file, "--push-gateway", gateway[0])
    assert ended.exit_code == 3, ended.output
    ((path, content),) = gateway[1]
    assert path == "/metrics/job/boxwright/purpose/batch"
    assert samples(content, of_text) == samples(file.read_text())
    assert _promtool("check", "metrics", input=content) == ""


@pytest.mark.parametrize("answers", [True, False])
def test_a_gateway_that_takes_nothing_costs_no_plan(orders, tmp_path, gateway, answers):
    """The plans are written; the error says so, and ends the command with 1."""
    gateway[2].refuses = True
    address = gateway[0] if answers else "http://127.0.0.1:9"
    out = tmp_path / "plans.jsonl"
    ended = run("pack", "--orders", orders, "--catalog", "us-stock", "--out", out, "--push-gateway", address)
    assert ended.exit_code == 1
    assert address in ended.output
    assert len(out.read_text().splitlines()) == 3


@pytest.mark.parametrize(
    ("option", "given", "said"),
    [
        ("--metrics", "nowhere/run.om", "--metrics:"),
        ("--metrics", ".", "--metrics:"),
        ("--push-gateway", "gateway:9091", "--push-gateway:"),
        ("--push-gateway", "http://who:secret@gateway", "--push-gateway:"),
    ],
)
def test_a_place_that_cannot_be_is_refused_before_anything_is_planned(orders, option, given, said):
    """The error names the option; a password is not repeated."""
    ended = run("pack", "--orders", orders, "--catalog", "us-stock", option, given)
    assert ended.exit_code == 2
    assert said in " ".join(ended.output.split())
    assert "secret" not in ended.output


def test_metrics_of_a_single_order_are_refused(tmp_path):
    """One order is no run."""
    ended = run("pack", tmp_path / "order.json", "--catalog", "us-stock", "--metrics", tmp_path / "run.om")
    assert ended.exit_code == 2
    assert "--orders" in ended.output


def test_a_run_without_orders_has_no_empty_metrics():
    """What the sums do not hold is left out, and not shown as 0."""
    found = {
        family.name for family in of_batch(BatchTotals(), "us-stock").registry("batch").collect() if family.samples
    }
    assert found == {"boxwright_run_orders", "boxwright_parcels", "boxwright_packed_units"}
