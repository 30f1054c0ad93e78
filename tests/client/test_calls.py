"""Deadlines, retries and metadata of calls, sync and async alike."""

import asyncio
import subprocess
import sys

import grpc
import pytest

from boxwright.v1.packing_service_pb2 import BatchPackRequest, PackRequest
from boxwright_client import AsyncClient, Client, OverloadedError, ServiceError, UnavailableError


def call(kind, port, method="pack", request=None, timeout_s=None, **options):
    """Call a method of a client of a kind and return its answer."""
    request = request or PackRequest()
    if kind == "sync":
        with Client(f"127.0.0.1:{port}", **options) as client:
            return getattr(client, method)(request, timeout_s=timeout_s)

    async def scene():
        async with AsyncClient(f"127.0.0.1:{port}", **options) as client:
            return await getattr(client, method)(request, timeout_s=timeout_s)

    return asyncio.run(scene())


both = pytest.mark.parametrize("kind", ["sync", "async"])


@both
def test_every_call_has_a_deadline(stand_in, kind):
    """10 s where nothing is said, the client's, or the call's own; a batch gets six times the client's."""
    call(kind, stand_in.port)
    call(kind, stand_in.port, timeout_s=2)
    call(kind, stand_in.port, "batch_pack", BatchPackRequest())
    upper = [10, 2, 60]
    assert all(most / 2 < left < most + 1 for left, most in zip(stand_in.remaining_s, upper, strict=True))


@both
def test_no_time_is_no_time(stand_in, kind):
    """A deadline of 0 s is refused, not taken for the client's."""
    for method, request in (("pack", PackRequest()), ("batch_pack", BatchPackRequest())):
        with pytest.raises(ValueError, match="timeout_s must be above 0 s, got 0"):
            call(kind, stand_in.port, method, request, timeout_s=0)
    assert stand_in.remaining_s == []


@both
def test_a_server_that_is_away_is_tried_again(stand_in, kind):
    """Two failures with UNAVAILABLE, then an answer."""
    stand_in.failures = 2
    call(kind, stand_in.port)
    assert len(stand_in.remaining_s) == 3


@both
@pytest.mark.parametrize("attempts", [1, 3])
def test_attempts_are_counted(stand_in, kind, attempts):
    """After as many attempts as allowed the failure is told."""
    stand_in.failures = 99
    with pytest.raises(UnavailableError, match="not now"):
        call(kind, stand_in.port, attempts=attempts)
    assert len(stand_in.remaining_s) == attempts


@both
@pytest.mark.parametrize("code", [grpc.StatusCode.INTERNAL, grpc.StatusCode.RESOURCE_EXHAUSTED])
def test_other_failures_are_not_tried_again(stand_in, kind, code):
    """Only UNAVAILABLE is."""
    stand_in.failures, stand_in.code = 99, code
    with pytest.raises(ServiceError) as caught:
        call(kind, stand_in.port)
    assert len(stand_in.remaining_s) == 1
    assert caught.value.code is code
    assert isinstance(caught.value, OverloadedError) == (code is grpc.StatusCode.RESOURCE_EXHAUSTED)


@both
def test_metadata_goes_with_every_call(stand_in, kind):
    """A token for a proxy in front arrives."""
    call(kind, stand_in.port, metadata=[("authorization", "Bearer x")])
    assert stand_in.metadata[0]["authorization"] == "Bearer x"


@both
def test_nobody_there_is_unavailable_within_the_deadline(kind):
    """A closed port is an error of its own kind."""
    with pytest.raises(UnavailableError):
        call(kind, 1, timeout_s=0.5)


@pytest.mark.parametrize("attempts", [0, 6])
def test_attempts_out_of_range_are_refused(attempts):
    """GRPC makes at most five attempts, so more is not promised."""
    with pytest.raises(ValueError, match="1 to 5"):
        Client("127.0.0.1:1", attempts=attempts)


def test_the_client_loads_neither_numpy_nor_numba():
    """A warehouse system pays for grpc and protobuf only."""
    script = "import sys, boxwright_client; print(sorted({'numpy', 'numba', 'boxwright.planning'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert run.stdout.strip() == "[]"
