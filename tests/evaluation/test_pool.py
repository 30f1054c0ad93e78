"""Tasks over processes: in order, whoever is lost."""

import os
import signal
from pathlib import Path

import pytest

from boxwright.errors import InvalidInputError
from boxwright.evaluation.pool import MOST_TRIES, LostWorkerError, in_order


class Double:
    """Doubles a number."""

    def __call__(self, task: int) -> int:
        """Return twice the task."""
        return 2 * task


class LoseWorker(Double):
    """Doubles a number, but for one that ends its process some times first, as kill -9 does."""

    def __init__(self, marks: Path, bad: int, times: int) -> None:
        self.marks, self.bad, self.times = marks, bad, times

    def __call__(self, task: int) -> int:
        """Return twice the task."""
        tries = len(list(self.marks.iterdir()))
        if task == self.bad and tries < self.times:
            (self.marks / str(tries)).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return super().__call__(task)


class Refuse:
    """Refuses a number."""

    def __call__(self, task: int) -> int:
        """Raise for 3."""
        if task == 3:
            raise InvalidInputError([])
        return task


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_order(workers: int) -> None:
    """Each task once, in the order of the tasks."""
    assert list(in_order(Double(), iter(range(40)), workers)) == [2 * each for each in range(40)]
    assert list(in_order(Double(), iter([]), workers)) == []


def test_a_lost_worker_costs_its_task_a_retry(tmp_path: Path) -> None:
    """Every result is there once, and it is said that a process was ended."""
    said: list[str] = []
    job = LoseWorker(tmp_path, 5, 2)
    assert list(in_order(job, iter(range(12)), 2, said.append)) == [2 * each for each in range(12)]
    assert said == ["a worker process was ended by signal 9; its orders are planned again"] * 2


def test_a_task_that_ends_every_worker_ends_the_run(tmp_path: Path) -> None:
    """After three processes it is said, and nothing waits."""
    with pytest.raises(LostWorkerError, match=r"task 4 ended 3 worker processes in a row.*signal 9"):
        list(in_order(LoseWorker(tmp_path, 3, MOST_TRIES), iter(range(12)), 2))


def test_an_error_of_a_task_is_raised_where_results_are_awaited() -> None:
    """Not in a process that nobody looks at."""
    with pytest.raises(InvalidInputError):
        list(in_order(Refuse(), iter(range(9)), 2))
