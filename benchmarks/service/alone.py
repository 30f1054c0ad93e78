"""Planning without a server, in several processes at once: what the machine itself gives a second core."""

import gc
import multiprocessing
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.service.orders import small_orders
from boxwright.planning import plan
from boxwright.server.pack_request import read_pack_request
from boxwright.server.settings import Settings
from boxwright.server.shelf import Shelf
from boxwright.server.warm_up import warm_up


def _plan_when_asked(link: Connection, data: Path, names: Sequence[str]) -> None:
    """Plan whole sets as often as asked; answer with seconds and CPU seconds of an order."""
    shelf, today = Shelf.load(Settings()), datetime.now(UTC).date()
    tasks = {name: [read_pack_request(each, shelf, today).task for each in small_orders(data, name)] for name in names}
    warm_up()
    gc.collect()
    gc.freeze()  # as planning processes do
    link.send(None)
    while (asked := link.recv()) is not None:
        name, passes = asked
        begun, begun_cpu = time.perf_counter(), time.process_time()
        for task in tasks[name] * passes:
            plan(task.order, task.catalog, task.policy, task.lane, task.profiles, materials=task.materials)
        orders = len(tasks[name]) * passes
        link.send(((time.perf_counter() - begun) / orders, (time.process_time() - begun_cpu) / orders))


class Alone:
    """Processes that plan and do nothing else.

    Parameters
    ----------
    links : sequence of Connection
        One to each.
    """

    def __init__(self, links: Sequence[Connection]) -> None:
        self._links = links

    def turn(self, name: str, passes: int, processes: int) -> tuple[float, float]:
        """Let some plan a set at once, each all of it; return orders a second of all, and CPU seconds of an order."""
        asked = self._links[:processes]
        for link in asked:
            link.send((name, passes))
        taken = [link.recv() for link in asked]
        return sum(1 / seconds for seconds, _ in taken), statistics.fmean(cpu_s for _, cpu_s in taken)


@contextmanager
def alone(data: Path, names: Sequence[str], processes: int) -> Iterator[Alone]:
    """Start processes that plan these sets, ready once they are yielded."""
    context = multiprocessing.get_context("spawn")
    links = []
    with ExitStack() as stack:
        for _ in range(processes):
            ours, theirs = context.Pipe()
            process = context.Process(target=_plan_when_asked, args=(theirs, data, names), daemon=True)
            process.start()
            stack.callback(process.join)
            stack.callback(ours.send, None)
            links.append(ours)
        for link in links:
            link.recv()
        yield Alone(links)
