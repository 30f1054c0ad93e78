"""Tasks in several processes: results are in order, even if a process is lost."""

import os
import signal
from pathlib import Path

import pytest

from boxwright.errors import InvalidInputError
from boxwright.evaluation.pool import MOST_TRIES, LostWorkerError, in_order, team


class Double:
    """Doubles a number."""

    def __call__(self, task: int) -> int:
        """Return twice the task."""
        return 2 * task


class LoseWorker(Double):
    """Doubles a number; one task kills its process a few times first."""

    def __init__(self, marks: Path, bad: int, times: int) -> None:
        self.marks, self.bad, self.times = marks, bad, times

    def __call__(self, task: int) -> int:
        """Return twice the task."""
        tries = len(list(self.marks.iterdir()))
        if task == self.bad and tries < self.times:
            (self.marks / str(tries)).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return super().__call__(task)


class LoseInMidAnswer(LoseWorker):
    """Doubles a number; one task kills its process with half of the answer written."""

    def __call__(self, task: int) -> int:
        """Return twice the task."""
        if task == self.bad and not list(self.marks.iterdir()):
            (self.marks / "0").touch()
            Path.write_bytes = _write_half
        return 2 * task


def _write_half(path: Path, content: bytes) -> None:
    """Write half of a file, then kill the process."""
    with path.open("wb") as file:
        file.write(content[: len(content) // 2])
    os.kill(os.getpid(), signal.SIGKILL)


class Refuse:
    """Refuses a number."""

    def __call__(self, task: int) -> int:
        """Raise for 3."""
        if task == 3:
            raise InvalidInputError([])
        return task


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_order(workers: int) -> None:
    """Each task has one result, in the order of the tasks."""
    assert list(in_order(Double(), iter(range(40)), workers)) == [2 * each for each in range(40)]
    assert list(in_order(Double(), iter([]), workers)) == []


def test_a_lost_worker_costs_its_task_a_retry(tmp_path: Path) -> None:
    """Every result appears once, and each lost process is reported."""
    said: list[str] = []
    job = LoseWorker(tmp_path, 5, 2)
    assert list(in_order(job, iter(range(12)), 2, said.append)) == [2 * each for each in range(12)]
    assert len(said) == 2


def test_the_task_behind_that_of_a_lost_worker_is_not_blamed(tmp_path: Path) -> None:
    """A waiting task is not counted as tried when the task before it is lost."""
    said: list[str] = []
    job = LoseWorker(tmp_path, 0, MOST_TRIES - 1)
    assert list(in_order(job, iter(range(3)), 2, said.append)) == [0, 2, 4]
    assert len(said) == MOST_TRIES - 1


def test_a_worker_that_is_lost_in_the_middle_of_its_answer_costs_a_retry(tmp_path: Path) -> None:
    """A half-written answer is discarded, and the task is tried again."""
    said: list[str] = []
    job = LoseInMidAnswer(tmp_path, 3, 1)
    assert list(in_order(job, iter(range(8)), 2, said.append)) == [2 * each for each in range(8)]
    assert len(said) == 1


def test_a_task_that_ends_every_worker_ends_the_run(tmp_path: Path) -> None:
    """After three lost processes the run ends with an error."""
    with pytest.raises(LostWorkerError):
        list(in_order(LoseWorker(tmp_path, 3, MOST_TRIES), iter(range(12)), 2))


def test_an_error_of_a_task_is_raised_where_results_are_awaited() -> None:
    """The caller gets the error of a task."""
    with pytest.raises(InvalidInputError):
        list(in_order(Refuse(), iter(range(9)), 2))


class Where:
    """Returns the process of a task."""

    def __call__(self, task: int) -> int:
        """Return the id of the process."""
        return os.getpid()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_team_does_one_run_after_the_other(workers: int) -> None:
    """The second run uses the processes of the first."""
    with team(Where(), workers) as done:
        first, later = list(done(iter(range(8)))), list(done(iter(range(8))))
    assert len(first) == len(later) == 8
    assert set(later) <= set(first)
    assert (os.getpid() in first) is (workers == 1)
