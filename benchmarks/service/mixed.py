"""Measures small orders among 1 % of orders with 500 units, at 40 % of the capacity of the server."""

import argparse
from collections import Counter

from benchmarks.markdown import table
from benchmarks.service.served import Came, Loaded, loaded

LARGE = 0.01
"""Share of the orders that have 500 units."""
USED = 0.4
"""Share of the capacity, in CPU time, that is used."""
ROUNDS, ROUND_S = 4, 15
"""Maximum number of rounds, and seconds of load per round."""
WARM_S, LARGE_MEASURED_S = 5.0, 20.0
"""Seconds for which small and large orders are sent to measure their CPU time."""


def run(chosen: argparse.Namespace) -> None:
    """Measure both kinds, then send small orders alone and among large ones in turns."""
    with loaded(chosen.data, workers=chosen.workers) as server:
        small_s, large_s = (
            _taken(server, 0.0, min(WARM_S, chosen.seconds)),
            _taken(server, 1.0, min(LARGE_MEASURED_S, chosen.seconds)),
        )
        rate = USED * chosen.workers / ((1 - LARGE) * small_s + LARGE * large_s)
        print(
            f"An order takes {small_s * 1e3:.1f} ms of the server's CPU, one of 500 units {large_s:.2f} s;"
            f" {rate:.1f} orders a second are sent.\n"
        )
        alone, among = [], []
        rounds = min(ROUNDS, 1 + int(chosen.seconds // ROUND_S))
        for number in range(rounds):
            terms = {"seconds": chosen.seconds / rounds / 2, "seed": number, "watch": True, "set": "olist_mix"}
            alone.append(server.client(rate=rate * (1 - LARGE), **terms))
            among.append(server.client(rate=rate, large=LARGE, **terms))
    titles = ("orders sent", "count", "p50 ms", "p99 ms", "max ms", "health p50 ms", "p99 ms", "max ms", "failed")
    sent = (("small, alone", "small", alone), ("small, among large ones", "small", among), ("large", "large", among))
    print(table([*titles, "client CPU s"], [_row(name, what, came) for name, what, came in sent]))
    ratio = middle(among, "small", "p99_ms") / middle(alone, "small", "p99_ms")
    print(f"\np99 of small orders among large ones to alone: {ratio:.2f} (middle of the rounds; goal: 3).")


def _taken(server: Loaded, large: float, seconds: float) -> float:
    """Return the CPU time of the server for an order, in seconds, with one order in flight."""
    before_s = server.cpu_s()
    came = server.client(large=large, seconds=seconds, in_flight=1, set="olist_mix")
    return (server.cpu_s() - before_s) / max(1, sum(came.sent.values()))


def middle(came: list[Came], what: str, name: str) -> float:
    """Return the median of a figure over the rounds."""
    figures = sorted(each.figure(what, name) for each in came if each.count(what))
    return figures[len(figures) // 2] if figures else float("nan")


def _row(name: str, what: str, came: list[Came]) -> list[str]:
    count = sum(client.count(what) for client in came)
    failed = Counter[str]()
    for client in came:
        failed.update(
            {code: int(ends["count"]) for (of, code), ends in client.came.items() if of == what and code != "OK"}
        )
    figures = []
    for of in (what, "health"):
        greatest = max((client.figure(of, "max_ms") for client in came if client.count(of)), default=float("nan"))
        figures += [middle(came, of, "p50_ms"), middle(came, of, "p99_ms"), greatest]
    shown = (f"{figure:.1f}" for figure in figures)
    return [
        name,
        str(count),
        *shown,
        ", ".join(f"{many} {code}" for code, many in failed.items()) or "0",
        f"{sum(client.cpu_s for client in came):.1f}",
    ]
