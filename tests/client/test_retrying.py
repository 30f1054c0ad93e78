"""The errors after which a call is repeated, and the waits."""

import grpc
import pytest
from google.rpc import error_details_pb2

from boxwright_client import ServiceError, StoreError
from boxwright_client.retrying import Attempts


def failed(code=grpc.StatusCode.UNAVAILABLE, *, kind=ServiceError, retry_s=None):
    """Return an error, with the wait that the server names."""
    details = {}
    if retry_s is not None:
        details["RetryInfo"] = error_details_pb2.RetryInfo()
        details["RetryInfo"].retry_delay.FromMilliseconds(round(retry_s * 1_000))
    return kind(code, "no", details)


def waits(error, attempts=5, time_s=100.0):
    """Return the waits before each further attempt of a call that goes on failing."""
    found, call = [], Attempts(attempts, time_s)
    while True:
        call.left_s()
        wait_s = call.wait_s(error)
        if wait_s is None:
            return found
        found.append(wait_s)


def test_waits_double_and_are_spread():
    """Each wait is between half and all of 0.1, 0.2, 0.4, 0.8, 1 and 1 s, at random."""
    found = waits(failed(), attempts=7)
    assert len(found) == 6
    assert all(most / 2 <= wait_s <= most for wait_s, most in zip(found, (0.1, 0.2, 0.4, 0.8, 1, 1), strict=True))
    assert len({waits(failed())[0] for _ in range(20)}) > 15


def test_the_wait_that_the_server_names_is_kept():
    """The wait is exact, since the server spreads its waits."""
    assert waits(failed(grpc.StatusCode.RESOURCE_EXHAUSTED, retry_s=1.25), attempts=3) == [1.25, 1.25]
    assert waits(failed(retry_s=0.5), attempts=2) == [0.5]


def test_a_wait_past_the_deadline_is_not_begun():
    """The error is raised at once if the wait would pass the deadline."""
    assert waits(failed(retry_s=50.0), time_s=49) == []
    assert waits(failed(retry_s=50.0), time_s=60, attempts=2) == [50.0]


@pytest.mark.parametrize(
    "error",
    [
        failed(kind=StoreError),
        failed(grpc.StatusCode.RESOURCE_EXHAUSTED),
        failed(grpc.StatusCode.INTERNAL),
        failed(grpc.StatusCode.DEADLINE_EXCEEDED),
    ],
)
def test_other_errors_are_the_answer(error):
    """Other errors are not repeated."""
    assert waits(error) == []


def test_the_deadline_alone_may_end_the_attempts():
    """Without a limit of attempts, only the deadline ends them."""
    call = Attempts(None, 1e6)
    for _ in range(5_000):
        call.left_s()
        assert call.wait_s(failed()) is not None


@pytest.mark.parametrize("attempts", [1, 2, 5])
def test_attempts_are_all_in_all(attempts):
    """The number of attempts includes the first."""
    assert len(waits(failed(), attempts)) == attempts - 1
