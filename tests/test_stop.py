"""Planning ends by limits that a loop or a thread checks, by other threads or processes, or by counted effort."""

import contextlib
import threading
import time

import numpy as np
import pytest

from boxwright import InvalidInputError, Stop
from boxwright import stop as stops
from boxwright.errors import CpuCeilingError, DeadlineError, SearchEndedError
from boxwright.stop import MOST_PHASES


def burn(seconds: float) -> None:
    """Use the processor for a number of seconds of this thread's CPU time."""
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


def look_on(stop: Stop) -> None:
    """Check the stop until it raises an error."""
    while True:
        stop.look()


def is_let_go(stop: Stop) -> bool:
    """Whether a check raises nothing."""
    with contextlib.suppress(SearchEndedError):
        stop.look()
        return True
    return False


def test_the_search_ends_before_the_whole_does(monkeypatch) -> None:
    """The search ends at three quarters of the CPU time, and planning at the limit."""
    now = [0.0]
    monkeypatch.setattr(stops, "_thread_clock_s", lambda: lambda: now[0])
    stop = Stop(cpu_s=10)
    for now[0], ended in ((0.0, (False, False)), (7.4, (False, False)), (7.5, (True, False)), (10.0, (True, True))):
        stop.check_clocks()
        assert (stop.ended, stop.cancelled) == ended
    with pytest.raises(CpuCeilingError, match="10 s"):
        stop.look()


def test_a_deadline_leaves_the_time_that_finishing_takes() -> None:
    """Once there is a plan, the search ends early enough to finish it; the deadline ends everything."""
    stop = Stop(time.monotonic() + 0.3)
    stop.finish_s = 0.28
    stop.look()
    time.sleep(0.03)
    stop.look()  # nothing could be finished yet
    stop.arm()
    with pytest.raises(DeadlineError, match="no time to finish"):
        stop.look()
    with stop.finishing():
        stop.look()
        time.sleep(max(stop.left_s, 0))
        with pytest.raises(DeadlineError, match="came before"):
            stop.look()


def test_a_loop_meets_its_limits_by_itself() -> None:
    """A loop ends at its limits without a second thread."""
    for stop, error in ((Stop(time.monotonic() + 0.01), DeadlineError), (Stop(cpu_s=0.01), CpuCeilingError)):
        with pytest.raises(error):
            look_on(stop)


def test_limits_set_the_flag_while_nothing_looks() -> None:
    """The flag for kernels is set at the limit, also if another limit is longer."""
    for stop, error in ((Stop(time.monotonic() + 0.05), DeadlineError), (Stop(cpu_s=0.01), CpuCeilingError)):
        with Stop(cpu_s=1_000).search(), stop.search():
            while not stop.flag[0]:
                pass
        assert isinstance(stop.why, error)


def test_cpu_time_is_that_of_the_thread_that_plans() -> None:
    """CPU time of other threads does not count."""
    stop = Stop(cpu_s=0.1)
    stop.look()
    other = threading.Thread(target=burn, args=(0.2,))
    other.start()
    other.join()
    assert is_let_go(stop)
    burn(0.1)
    assert not is_let_go(stop)


@pytest.mark.parametrize("seconds", [0, -1, float("inf"), float("nan"), 10**400, True, "2"])
def test_cpu_time_is_a_number_above_0(seconds) -> None:
    """Other values are refused; the error names the argument."""
    with pytest.raises(InvalidInputError, match="cpu_s"):
        Stop(cpu_s=seconds)


def test_who_ends_a_search_lets_it_be_finished_and_who_cancels_it_does_not() -> None:
    """Another thread may end or cancel a search; the first error counts."""
    stop = Stop()
    for end in (stop.end, stop.cancel):
        for why in ("first", "second"):
            thread = threading.Thread(target=end, args=(SearchEndedError(why),))
            thread.start()
            thread.join()
        with pytest.raises(SearchEndedError, match="first"):
            stop.look()
        with stop.finishing():
            assert is_let_go(stop) is not stop.cancelled


def test_another_process_ends_what_it_shares_memory_with() -> None:
    """A shared stop ends in both processes, until the memory is released."""
    memory = np.zeros(2, dtype=np.int64)
    there, here = Stop(), Stop()
    there.end()
    there.share(memory)
    here.share(memory)
    assert not is_let_go(here)
    with here.finishing():
        assert is_let_go(here)
        there.cancel()
        assert not is_let_go(here)
    memory[:] = 0
    there.share(np.zeros(2, dtype=np.int64))
    there.cancel()
    assert is_let_go(here)


def test_what_cannot_look_is_called_when_its_search_ends() -> None:
    """A callback runs repeatedly in another thread once the search ends, and not after it is done."""
    for memory in (None, np.zeros(2, dtype=np.int64)):
        stop, called = Stop(), threading.Semaphore(0)
        if memory is not None:
            stop.share(memory)
        with stop.timed(called.release):
            assert not called.acquire(timeout=0.01)
            if memory is None:
                stop.end()
            else:
                memory[0] = 1
            assert called.acquire(timeout=20)
            assert called.acquire(timeout=20)
        while called.acquire(blocking=False):
            pass
        assert not called.acquire(timeout=0.02)


def test_effort_ends_a_search_once_there_is_something_to_finish() -> None:
    """Steps of finishing do not count; the next search restarts or continues the count."""
    stop = Stop()
    with stop.search(2_500):
        for _ in range(1_200):
            stop.look()
        with stop.finishing():
            stop.look()
        stop.arm()
        for _ in range(1_299):
            stop.look()
        for _ in range(2):
            with pytest.raises(SearchEndedError, match="2500"):
                stop.look()
        with stop.finishing():
            stop.look()
    stop.look()
    assert stop.effort_used == 2_500
    with stop.search(2_502, goes_on=True):
        stop.look()
        assert not is_let_go(stop)
    assert stop.effort_used == 2_502
    with stop.search():
        stop.look()
    assert stop.effort_used == 1


def test_phases_are_noted_in_the_order_of_their_ends() -> None:
    """Phases are limited in number; a failed phase is recorded."""
    stop = Stop()
    with contextlib.suppress(ValueError), stop.phase("search"):
        raise ValueError
    for _ in range(2 * MOST_PHASES):
        with stop.phase("check"):
            pass
    assert [name for name, _, _ in stop.phases] == ["search"] + ["check"] * (MOST_PHASES - 1)
    assert all(begun <= ended for _, begun, ended in stop.phases)
