"""Loads a server for long with orders of all sizes, broken orders and cancelled calls: its resources must not grow."""

import argparse
import time

import numpy as np

from benchmarks.markdown import table
from benchmarks.service.served import loaded

SETTLED, SAMPLE_S = 0.25, 5.0
"""Share of the time before the slope is measured, and interval of samples in seconds."""
TERMS = (
    {"rate": 20.0, "large": 0.01, "watch": True},
    {"rate": 10.0, "set": "olist", "deadline_s": 0.05},
    {"in_flight": 1, "set": "olist_single_all"},
)
"""The clients: baskets with a few large orders, small orders whose callers cancel early, and a single pack station."""


def run(chosen: argparse.Namespace) -> None:
    """Load the server with several clients, and sample its resources."""
    with loaded(chosen.data, workers=chosen.workers) as server:
        server.client(seconds=min(10, chosen.seconds), in_flight=chosen.workers)
        clients = server.begin(
            *({"seconds": chosen.seconds, "seed": each, **terms} for each, terms in enumerate(TERMS))
        )
        begun, before_s, samples = time.perf_counter(), server.cpu_s(), []
        while (at := time.perf_counter() - begun) < chosen.seconds:
            samples.append((at, server.memory_mib(), server.open_files(), server.threads()))
            time.sleep(min(SAMPLE_S, chosen.seconds / 8))
        came = [server.end(each) for each in clients]
        used_s = server.cpu_s() - before_s
    settled = np.array([each for each in samples if each[0] >= SETTLED * chosen.seconds])
    first, last = settled[0], settled[-1]
    slope = np.polyfit(settled[:, 0], settled[:, 1], 1)[0] * 600 / settled[:, 1].mean()
    planned = sum(client.count(what) for client in came for what in ("small", "large"))
    print(
        f"{planned} orders planned in {chosen.seconds / 60:.1f} minutes; server {used_s:.0f} s of CPU, clients"
        f" {sum(each.cpu_s for each in came):.0f} s.\n"
    )
    names = enumerate(("memory, MiB", "open files", "threads"), 1)
    lines = [[name, *(f"{x:.0f}" for x in (first[at], last[at], settled[:, at].max()))] for at, name in names]
    print(table(["", "after a quarter of the time", "at the end", "at most"], lines))
    print(f"\nSlope of memory after a quarter of the time: {slope:+.2%} in 10 minutes (goal: below 1 %).")
