"""Fit what planning a request is estimated to cost, which admission goes by (``boxwright.server.effort``).

    python -m benchmarks.service.fit_effort --minutes 20 --keep costs.jsonl
    python -m benchmarks.service.fit_effort --minutes 5 --most-units 60 --seed 2 --keep costs.jsonl

Draws requests of all sizes and options with a seed, plans each as a planning thread of the server does, and appends
what it took to the file of ``--keep``, in CPU seconds of the thread. Then it fits to all that the file holds, prints
the constants to put into ``COEFFICIENTS``, and how far the estimates are off: each eighth of the requests is estimated
by constants fitted to the others. ``--minutes 0`` only fits. Searches end after ``--cpu-s``: such a request is taken to
have gone on for as long as is estimated, if that is more.
"""

import argparse
import json
import math
import random
import time
from pathlib import Path

import numpy as np

from benchmarks.service.drawn_requests import drawn_request
from boxwright.errors import BoxwrightError, CpuCeilingError
from boxwright.packing.own import warm_up
from boxwright.planning import cpu_ceiling
from boxwright.server.effort import size_of, terms
from boxwright.server.metrics import Metrics
from boxwright.server.pack import PackAnswers
from boxwright.server.settings import Settings
from boxwright.server.shelf import Shelf
from boxwright.v1.packing_service_pb2 import PackRequest

CUT_SHARE = 0.7
"""Share of the CPU limit from which on a request counts as cut, if parts of its answer may have been."""
PARTS, ROUNDS, RIDGE = 8, 20, 1.0
"""Parts that are estimated by the others; rounds of the fit, for what was cut; weight of small constants."""

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


def draw(shelf: Shelf, keep: Path, chosen: argparse.Namespace) -> None:
    """Plan drawn requests for a time, and append what each took."""
    warm_up()
    answers, source = PackAnswers(shelf, Metrics()), random.Random(chosen.seed)
    until = time.monotonic() + 60 * chosen.minutes
    with keep.open("a") as file:
        while time.monotonic() < until:
            request = drawn_request(source, chosen.most_units)
            begun = time.thread_time()
            try:
                with cpu_ceiling(chosen.cpu_s):
                    answers.answer(request)
                cut = False
            except CpuCeilingError:
                cut = True
            except BoxwrightError:
                continue
            taken_s = time.thread_time() - begun
            cut = cut or taken_s > CUT_SHARE * chosen.cpu_s
            row = {"taken_s": taken_s, "cut": cut, "request": request.SerializeToString().hex()}
            file.write(json.dumps(row) + "\n")


def fitted(rows: Floats, logs: Floats, cut: Floats) -> Floats:
    """Return the constants of least squares; what was cut is taken to have gone on for as long as is estimated."""
    found, target = np.zeros(rows.shape[1]), logs
    for _ in range(ROUNDS):
        found = np.linalg.solve(rows.T @ rows + RIDGE * np.eye(rows.shape[1]), rows.T @ target)
        target = np.where(cut, np.maximum(logs, rows @ found), logs)
    return found


def misses(rows: Floats, logs: Floats, cut: Floats) -> Floats:
    """Return by what factors requests that were not cut took longer than estimated from the others, as logarithms."""
    part = np.random.default_rng(0).permutation(len(logs)) % PARTS
    off = np.concatenate(
        [
            (logs - rows @ fitted(rows[part != each], logs[part != each], cut[part != each]))[(part == each) & ~cut]
            for each in range(PARTS)
        ]
    )
    return np.asarray(off)


def main() -> None:
    """Run the fit; see the module."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.service.fit_effort", description=__doc__.split("\n")[0])
    parser.add_argument("--keep", type=Path, required=True, metavar="FILE", help="what requests took, as JSON lines")
    parser.add_argument("--minutes", type=float, default=20, help="how long to draw and plan requests")
    parser.add_argument("--seed", type=int, default=1, help="of the draw")
    parser.add_argument("--most-units", type=int, default=600, help="units of the largest order")
    parser.add_argument("--cpu-s", type=float, default=12, help="CPU seconds after which a search ends")
    chosen = parser.parse_args()
    shelf = Shelf.load(Settings())
    if chosen.minutes:
        draw(shelf, chosen.keep, chosen)
    kept = [json.loads(line) for line in chosen.keep.read_text().splitlines()]
    sizes = [terms(size_of(PackRequest.FromString(bytes.fromhex(each["request"])), shelf)) for each in kept]
    names = sorted({name for size in sizes for name in size})
    rows = np.array([[size.get(name, 0.0) for name in names] for size in sizes])
    logs = np.array([math.log(each["taken_s"]) for each in kept])
    cut = np.array([each["cut"] for each in kept])
    for name, value in zip(names, fitted(rows, logs, cut), strict=True):
        print(f'    "{name}": {value:.3f},')
    low, middle, high = np.exp(np.quantile(misses(rows, logs, cut), (0.1, 0.5, 0.9)))
    print(
        f"{len(kept)} requests, {cut.sum()} of them cut. Taken to estimated: a tenth below {low:.2f}, half below"
        f" {middle:.2f}, a tenth above {high:.2f}."
    )


if __name__ == "__main__":
    main()
