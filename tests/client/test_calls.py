"""Deadlines, retries and metadata of calls, sync and async, over gRPC and over HTTP."""

import asyncio

import grpc
import pytest

from boxwright.v1.packing_service_pb2 import BatchPackRequest, PackRequest
from boxwright_client import (
    AsyncClient,
    Client,
    NotAllowedError,
    NotSupportedError,
    OverloadedError,
    ServiceError,
    StoreError,
    TooCostlyError,
    UnavailableError,
)


def call(kind, target, method="pack", request=None, timeout_s=None, **options):
    """Call a method of a client of a kind and return its answer."""
    request = request or PackRequest()
    if kind == "sync":
        with Client(target, **options) as client:
            return getattr(client, method)(request, timeout_s=timeout_s)

    async def scene():
        async with AsyncClient(target, **options) as client:
            return await getattr(client, method)(request, timeout_s=timeout_s)

    return asyncio.run(scene())


both = pytest.mark.parametrize("kind", ["sync", "async"])
protocols = pytest.mark.parametrize("protocol", ["grpc", "http"])


@pytest.fixture
def target(stand_in, protocol):
    """The target of the stand-in for a protocol."""
    return stand_in.targets[protocol]


@both
@protocols
def test_every_call_has_a_deadline(stand_in, target, kind):
    """A call's own deadline comes before the client's, which is 10 s by default; a batch has six times the client's."""
    call(kind, target)
    call(kind, target, timeout_s=2)
    call(kind, target, "batch_pack", BatchPackRequest())
    upper = [10, 2, 60]
    assert all(most / 2 < left < most + 1 for left, most in zip(stand_in.remaining_s, upper, strict=True))


@both
@protocols
def test_a_deadline_of_zero_is_refused(stand_in, target, kind):
    """A deadline of 0 s is refused, not replaced by the client's."""
    for method, request in (("pack", PackRequest()), ("batch_pack", BatchPackRequest())):
        with pytest.raises(ValueError, match="timeout_s"):
            call(kind, target, method, request, timeout_s=0)
    assert stand_in.remaining_s == []


@both
@protocols
def test_a_server_that_is_away_is_tried_again(stand_in, target, kind):
    """Two failures with UNAVAILABLE, then an answer."""
    stand_in.failures = 2
    call(kind, target)
    assert len(stand_in.remaining_s) == 3


@both
@protocols
def test_a_server_that_restarts_is_reached(restarting, protocol, kind):
    """A call is repeated until the server listens."""
    call(kind, restarting.targets[protocol], timeout_s=60)
    assert len(restarting.remaining_s) == 1


@both
@protocols
def test_metadata_goes_with_every_call(stand_in, target, kind):
    """A token for a proxy arrives with the call."""
    call(kind, target, metadata=[("authorization", "Bearer x")])
    assert stand_in.metadata[0]["authorization"] == "Bearer x"


@both
@protocols
def test_a_server_that_says_when_to_come_back_is_called_then(stand_in, target, kind):
    """A busy server names a wait, and the call is repeated after it."""
    stand_in.failures, stand_in.code = 2, grpc.StatusCode.RESOURCE_EXHAUSTED
    stand_in.details = [stand_in.reason("OVERLOADED"), stand_in.retry_info(0.05)]
    call(kind, target)
    assert len(stand_in.remaining_s) == 3


@both
@protocols
def test_attempts_share_the_deadline(stand_in, target, kind):
    """Each attempt has the time that the earlier ones left."""
    stand_in.failures = 3
    call(kind, target, timeout_s=5)
    first, *_, last = stand_in.remaining_s
    assert last < first - 0.1


@both
@protocols
@pytest.mark.parametrize(
    ("code", "reason", "error"),
    [
        (grpc.StatusCode.UNAVAILABLE, "STORE_FULL", StoreError),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, "MEMORY_CEILING", TooCostlyError),
        (grpc.StatusCode.FAILED_PRECONDITION, "CPU_CEILING", TooCostlyError),
        (grpc.StatusCode.FAILED_PRECONDITION, "STORE_OFF", NotSupportedError),
        (grpc.StatusCode.UNIMPLEMENTED, "NOT_IN_THIS_VERSION", NotSupportedError),
        (grpc.StatusCode.UNAUTHENTICATED, "", NotAllowedError),
        (grpc.StatusCode.INTERNAL, "PLANNING_LOST", ServiceError),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, "", OverloadedError),
    ],
)
def test_what_another_attempt_does_not_mend_is_not_tried_again(stand_in, target, kind, code, reason, error):
    """Errors that another attempt cannot change are raised at once, by kind."""
    stand_in.failures, stand_in.code, stand_in.details = 99, code, [stand_in.reason(reason)]
    with pytest.raises(ServiceError) as caught:
        call(kind, target)
    assert type(caught.value) is error
    assert (caught.value.reason, caught.value.code) == (reason, code)
    assert len(stand_in.remaining_s) == 1


@both
@pytest.mark.parametrize("target", ["127.0.0.1:1", "http://127.0.0.1:1", "https://127.0.0.1:1"])
def test_a_missing_server_is_unavailable_within_the_deadline(kind, target):
    """A closed port gives UnavailableError."""
    with pytest.raises(UnavailableError):
        call(kind, target, timeout_s=0.5)


def test_no_attempt_is_refused():
    """The number of attempts includes the first."""
    with pytest.raises(ValueError, match="attempts"):
        Client("http://127.0.0.1:1", attempts=0)
