"""Short runs of the load benchmarks, without checking times."""

import json
import re
import sys

import pytest
from benchmarks.service import kills, workers
from benchmarks.service.__main__ import main


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A folder with two small baskets."""
    folder = tmp_path_factory.mktemp("data")
    items = [{"id": f"p{n}", "qty": 1, "l": 150 + n, "w": 120, "h": 60 + n, "g": 300, "cat": "x"} for n in range(4)]
    content = {
        "catalog": [
            {"id": "b", **dict.fromkeys("lwh", 300), "ol": 310, "ow": 310, "oh": 310, "empty": 9, "max_weight": 9}
        ],
        "orders": [{"id": "one", "items": items[:1]}, {"id": "four", "items": items}],
    }
    for name in ("olist", "olist_mix", "olist_single_all"):
        (folder / f"{name}.json").write_text(json.dumps(content))
    for name in ("olist_3d", "supported_olist_3d", "olist_mix_3d", "supported_olist_mix_3d"):
        (folder / f"best_known_{name}.json").write_text("{}")
    return folder


def printed(monkeypatch, capsys, *arguments):
    """Run the command; return what it prints."""
    monkeypatch.setattr(sys, "argv", ["service", *map(str, arguments)])
    main()
    return capsys.readouterr().out


@pytest.mark.long
def test_mixed_sizes(monkeypatch, capsys, data):
    """Small orders and health checks are timed alone and together with large orders."""
    said = printed(monkeypatch, capsys, "mixed", "--data", data, "--seconds", 1, "--workers", 1)
    rows = dict(re.findall(r"^\| ([a-z, ]+?) \| (\d+) \|", said, re.M))
    assert int(rows["small, alone"]) > 0
    assert int(rows["small, among large ones"]) > 0


@pytest.mark.long
def test_overload(monkeypatch, capsys, data):
    """The CPU time of planned and refused orders is printed."""
    said = printed(monkeypatch, capsys, "overload", "--data", data, "--seconds", 1, "--workers", 1)
    rows = dict(re.findall(r"^\| ([a-z ]+?) \| (\d+) \|", said, re.M))
    assert int(rows["planned before"]) > 0
    assert int(rows["planned"]) > 0
    assert re.search(r"refusals \S+ s: \d+\.\d+ ms each", said)


@pytest.mark.long
def test_soak(monkeypatch, capsys, data):
    """Memory, open files and threads are printed."""
    said = printed(monkeypatch, capsys, "soak", "--data", data, "--seconds", 1, "--workers", 1)
    assert re.search(r"^[1-9]\d* orders planned", said)
    assert "| open files |" in said


@pytest.mark.long
def test_restart(monkeypatch, capsys):
    """A killed server is started again and plans."""
    monkeypatch.setattr(kills, "STARTS", 1)
    assert len(re.findall(r"\d+\.\d\d", printed(monkeypatch, capsys, "restart", "--workers", 1))) == 1


def test_overhead(monkeypatch, capsys, data):
    """The CPU of Pack beyond that of the plan is printed for gRPC and HTTP."""
    said = printed(monkeypatch, capsys, "overhead", "--data", data)
    assert re.search(r"^\| gRPC \| \d", said, re.M)
    assert re.search(r"^\| HTTP \| \d", said, re.M)


@pytest.mark.long
def test_split(monkeypatch, capsys, data):
    """The parts of a Pack and an empty call are printed beside plan() for the same orders."""
    said = printed(monkeypatch, capsys, "split", "--data", data)
    ms = [float(each) for each in re.findall(r"^\|.*\| (-?\d+\.\d+) \| -?\d+\.\d+ \|$", said, re.M)]
    again, *parts, server, more, _ = ms
    assert server == pytest.approx(sum(parts), abs=0.05)
    assert more == pytest.approx(server - again, abs=0.02)


@pytest.mark.long
def test_workers(monkeypatch, capsys, data):
    """One process and two processes plan the same orders."""
    monkeypatch.setattr(workers, "ROUNDS", 1)
    said = printed(monkeypatch, capsys, "workers", "--data", data, "--seconds", 2)
    assert said.count("| 2 |") == 2


@pytest.mark.long
def test_deadlines(monkeypatch, capsys, data):
    """Every call is answered, with one and with several in flight."""
    said = printed(monkeypatch, capsys, "deadlines", "--data", data, "--repeats", 1, "--workers", 1)
    for calls, *answers in re.findall(r"^\| all " + 5 * r"\| (\d+) " + r"\|", said, re.M):
        assert int(calls) == sum(map(int, answers))
    assert said.count("| all |") == 2


@pytest.mark.long
def test_finish(monkeypatch, capsys, data):
    """Measured and expected times of finishing are printed."""
    said = printed(monkeypatch, capsys, "finish", "--data", data, "--repeats", 1)
    assert re.search(r"^\| 800 \| \d", said, re.M)
