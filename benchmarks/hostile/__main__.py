"""Sends hostile requests to new servers, and prints results and faults.

    python -m benchmarks.hostile [--cases 100000] [--seed 1] [--only TEXT]

Two servers are started: an open one for malformed requests, and one with TLS and tokens for unknown callers. Cases are
drawn with the seed and sent in rounds. After each round the servers become idle, and their resources are recorded;
health is checked throughout, from another address. Ends with status 1 if an answer was not a clear error, a caller got
access, a log reports a fault of the service, health failed, or memory, open files or threads grew.
"""

import argparse
import itertools
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from benchmarks.hostile import requests
from benchmarks.hostile.credentials import CREDENTIALS
from benchmarks.hostile.results import EXAMPLES, Family, Tally, growth, logged_faults
from benchmarks.hostile.servers import Health, Held, Target, held_by, opened, secured, used_s
from benchmarks.markdown import head, row

FAMILIES: Sequence[Family] = (*requests.FAMILIES, *CREDENTIALS)
"""All families, in the order of the table."""

CASES, SHARES = 100_000, sum(family.share for family in FAMILIES)
ROUNDS, LEAST_ROUNDS, ROUND_CASES = 10, 3, 1_000
"""Maximum and minimum number of rounds (the last comes after each kind of case), and minimum number of cases in one."""

REST_S, IDLE_LISTENER_S, IDLE_OTHERS_S = 60.0, 0.15, 0.02
"""Maximum time until a server is idle after a round, and the CPU time in half a second up to which its listener, which
still answers health checks, and all its other processes count as idle."""


class Attacked:
    """A server under attack, with its resources after each round.

    Parameters
    ----------
    name : str
        Name of the server.
    target : Target
        The server.
    """

    def __init__(self, name: str, target: Target) -> None:
        self.name = name
        self.target = target
        self.health = Health(target)
        self.rounds: list[Held] = []

    def rest(self) -> None:
        """Wait until the server is idle, and record its resources."""
        until_s = time.monotonic() + REST_S
        calm = 0
        while (calm < 2 or self._has_more_processes()) and time.monotonic() < until_s:
            before = used_s(self.target)
            time.sleep(0.5)
            doors_s, others_s = (now - then for now, then in zip(used_s(self.target), before, strict=True))
            calm = calm + 1 if doors_s <= IDLE_LISTENER_S and abs(others_s) <= IDLE_OTHERS_S else 0
        self.rounds.append(held_by(self.target))

    def _has_more_processes(self) -> bool:
        """Whether there are more than at first; processes of operations that yield look idle too."""
        return bool(self.rounds) and held_by(self.target).processes > self.rounds[0].processes

    def faults(self) -> list[str]:
        """Return the faults that the server shows."""
        server, secrets = self.target.server, [token.split("_", 2)[2] for token in self.target.tokens.values()]
        ended = [] if server.process.poll() is None else ["the server has ended"]
        return [*ended, *self.health.faults, *growth(self.rounds), *logged_faults(server.log, secrets)]

    @property
    def row(self) -> str:
        """The server's resources, as a row of a table."""
        first, third, last = self.rounds[0], self.rounds[len(self.rounds) // 3], self.rounds[-1]
        health = self.health
        cells = (
            self.name,
            f"{first.listener_mib:.0f} / {third.listener_mib:.0f} / {last.listener_mib:.0f}",
            f"{first.all_mib:.0f} / {health.most_mib:.0f} / {last.all_mib:.0f}",
            f"{first.files} / {health.most_files} / {last.files}",
            f"{first.threads} / {health.most_threads} / {last.threads}",
            f"{health.asked:,}",
            f"{health.failed}",
            f"{health.longest_s * 1_000:.0f}",
        )
        return row(cells)


def counts(family: Family, cases: int, rounds: int) -> list[int]:
    """Return the number of cases of a family in each round."""
    count = max(1, round(family.share * cases / SHARES))
    done = [-(-count * number // rounds) for number in range(rounds + 1)]
    return [after - before for before, after in itertools.pairwise(done)]


def run(cases: int, seed: int, only: str, say: Callable[[str], None]) -> int:
    """Run some cases; return the number of faults."""
    families = [each for each in FAMILIES if only in f"{each.port}: {each.name}"]
    tallies = [Tally(each) for each in families]
    rounds = max(LEAST_ROUNDS, min(ROUNDS, cases // ROUND_CASES))
    begun_s = time.monotonic()
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        servers = {
            False: Attacked("open", stack.enter_context(opened(Path(name)))),
            True: Attacked("TLS, tokens", stack.enter_context(secured(Path(name)))),
        }
        try:
            for number in range(rounds):
                for family, tally in zip(families, tallies, strict=True):
                    rng = random.Random(f"{seed} {family.port} {family.name} {number}")
                    if count := counts(family, cases, rounds)[number]:
                        for came in family.run(servers[family.secured].target, rng, count):
                            tally.add(came)
                for each in servers.values():
                    each.rest()
        finally:
            for each in servers.values():
                each.health.stop()
        faults = [f"{each.name} server: {fault}" for each in servers.values() for fault in each.faults()]
        _show(say, tallies, list(servers.values()))
    total = sum(tally.came.total() for tally in tallies)
    found = [f"{each.family.port}, {each.family.name}: {came}" for each in tallies for came in each.faults[:EXAMPLES]]
    for each in (*found, *faults[: 4 * EXAMPLES]):
        say(each)
    broken = sum(len(each.faults) for each in tallies) + len(faults)
    say(f"\n{total:,} cases with seed {seed} in {time.monotonic() - begun_s:.0f} s: {broken} faults")
    return broken


def _show(say: Callable[[str], None], tallies: Sequence[Tally], servers: Sequence[Attacked]) -> None:
    say(head(("what is sent", "port", "server", "cases", "answers", "faults")))
    for tally in tallies:
        say(tally.row)
    titles = ("server", "listener, MiB: first / third / last", "all processes, MiB: first / most / last")
    say("\n" + head((*titles, "open files", "threads", "health asked", "failed", "longest ms")))
    for each in servers:
        say(each.row)


def main(arguments: Sequence[str] | None = None, say: Callable[[str], None] = print) -> int:
    """Run; see the module. Returns the number of faults."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hostile", description=__doc__.split("\n")[0])
    parser.add_argument("--cases", type=int, default=CASES, help=f"about so many; default {CASES}")
    parser.add_argument("--seed", type=int, default=1, help="default 1")
    parser.add_argument(
        "--only", default="", metavar="TEXT", help="only families whose port and name have this in them"
    )
    chosen = parser.parse_args(arguments)
    return run(chosen.cases, chosen.seed, chosen.only, say)


if __name__ == "__main__":
    sys.exit(bool(main()))
