"""The hostile run: a small one against live servers, and its detection of faults."""

import itertools
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from types import SimpleNamespace

import pytest
from benchmarks.hostile import __main__ as hostile
from benchmarks.hostile.__main__ import FAMILIES, LEAST_ROUNDS, SHARES, Attacked, counts, main
from benchmarks.hostile.mutations import SEEDS, bytes_of, json_of
from benchmarks.hostile.results import Came, Tally, growth, logged_faults
from benchmarks.hostile.servers import Held, Target, used_s

HELD = Held(200.0, 700.0, 40, 15, 4)


@pytest.mark.long
def test_a_small_run_finds_no_fault():
    """Every kind of case is sent to real servers."""
    said = []
    assert main(["--cases", "300", "--seed", "7"], said.append) == 0, "\n".join(said)
    assert said[-1].endswith(" 0 faults")


def test_no_case_is_lost():
    """Rounds have all cases, and every kind comes before memory is compared."""
    assert all(sum(counts(each, SHARES, 10)) == each.share for each in FAMILIES)
    assert all(sum(counts(each, 10, 2)) >= 1 for each in FAMILIES)
    for rounds in (LEAST_ROUNDS, 10):
        assert all(sum(counts(each, 10, rounds)[: -(rounds // 3)]) >= 1 for each in FAMILIES)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda each: f"{each.port}: {each.name}")
def test_faults_of_the_service_are_faults_of_each_family(family):
    """Errors of the service and access without a credential are faults in every family."""
    assert all(family.is_fault(each) for each in ("INTERNAL", "UNKNOWN", "500", "timeout", "no clear error"))
    tally = Tally(family)
    tally.add(Came("500 INTERNAL", "sent"))
    assert [each.sent for each in tally.faults] == ["sent"]
    if "tokens" in family.name and "let in" not in family.name:
        assert family.is_fault("OK")
        assert family.is_fault("200")


def test_work_of_processes_behind_the_listener_is_seen():
    """A server with a busy planning process is not idle."""
    plans = "while True: pass"
    waits = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {plans!r}])"
    with subprocess.Popen([sys.executable, "-c", waits], start_new_session=True) as process:
        try:
            target = Target(SimpleNamespace(process=process))
            while used_s(target)[1] < 0.2:
                assert process.poll() is None
                time.sleep(0.01)
        finally:
            os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.parametrize(("after", "left"), [((5, 5, 4), 4), ((5,), 5)], ids=["ends", "stays"])
def test_a_process_that_has_not_begun_is_waited_for(monkeypatch, after, left):
    """A new process without CPU time is awaited; one that stays counts as growth."""
    processes = itertools.chain((4,), after, itertools.repeat(left))
    at = Attacked.__new__(Attacked)
    at.target, at.rounds = None, []
    monkeypatch.setattr(hostile, "used_s", lambda _: (0.0, 0.0))
    monkeypatch.setattr(hostile, "held_by", lambda _: replace(HELD, processes=next(processes)))
    clock = iter(range(0, 100_000, 10))  # in seconds, 10 s apart
    monkeypatch.setattr(hostile, "time", SimpleNamespace(monotonic=lambda: next(clock), sleep=lambda _: None))
    at.rest()
    at.rest()
    assert at.rounds[-1].processes == left
    assert len(list(growth(at.rounds))) == (left > 4)


def test_growth_is_seen():
    """Growth of memory, files, threads and processes is seen in the last two thirds of the rounds only."""
    assert (
        list(growth([HELD, replace(HELD, listener_mib=300.0, all_mib=800.0), replace(HELD, listener_mib=310.0)])) == []
    )
    for more in ({"listener_mib": 260.0}, {"all_mib": 800.0}, {"files": 60}, {"threads": 30}, {"processes": 5}):
        assert len(list(growth([HELD, HELD, replace(HELD, **more)]))) == 1, more


def test_faults_in_a_log_are_seen():
    """Errors, codes of faults, foreign lines and secrets in a log are reported."""
    good = '{"level": "INFO", "message": "PackingService/Pack", "code": "INVALID_ARGUMENT"}\n'
    bad = (
        '{"level": "ERROR", "message": "a fault of the service"}\n',
        '{"level": "INFO", "message": "PackingService/Pack", "code": "INTERNAL"}\n',
        '{"level": "INFO", "message": "forged"}\n',
        "forged\n",
        '{"level": "INFO", "message": "secret-1"}\n',
    )
    assert len(list(logged_faults([good, *bad], ["secret-1"]))) == len(bad)
    assert list(logged_faults([good], ["secret-1"])) == []


def test_a_seed_gives_the_same_cases():
    """Cases are repeatable."""
    first, again = (
        [(json_of(seed.data, rng), bytes_of(seed.content, rng)) for seed in (SEEDS.draw(rng) for _ in range(50))]
        for rng in (random.Random("1"), random.Random("1"))
    )
    assert first == again
    assert len({each for each, _ in first}) > 25
