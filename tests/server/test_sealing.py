"""Stored answers are for who sends the same request again."""

from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright.server.sealing import NONCE_BYTES, call_key, digest_of, known_as, sealed, unsealed

CALLS = st.tuples(st.sampled_from(["token:a", "token:b"]), st.sampled_from(["Pack", "BatchPack"]), st.text(max_size=3))
KEY = call_key("token:a", "Pack", "1")


@settings(max_examples=20)
@given(answer=st.binary(max_size=2_000), request_bytes=st.binary(max_size=200), other=st.binary(max_size=200))
def test_the_same_request_opens_an_answer_and_no_other_does(answer, request_bytes, other):
    """Under another request, or the key of another call, something else comes out, but for a lucky few bytes."""
    closed = sealed(answer, request_bytes, KEY)
    assert len(closed) == NONCE_BYTES + len(answer)
    assert unsealed(closed, request_bytes, KEY) == answer
    if len(answer) > 8:
        assert unsealed(closed, request_bytes, call_key("token:b", "Pack", "1")) != answer
        assert answer not in closed
        assert digest_of(request_bytes) not in closed
        if other != request_bytes:
            assert unsealed(closed, other, KEY) != answer


@settings(max_examples=20)
@given(calls=st.lists(CALLS, min_size=2, max_size=8), request_bytes=st.binary(max_size=50))
def test_no_two_stored_answers_are_sealed_by_the_same_bytes(calls, request_bytes):
    """Calls of one request by several callers, and one call that is answered again: sealed zeros are those bytes."""
    nothing = bytes(32)
    streams = [sealed(nothing, request_bytes, call_key(*call))[NONCE_BYTES:] for call in calls]
    assert len(set(streams)) == len(calls)


@settings(max_examples=20)
@given(first=CALLS, second=CALLS, request_bytes=st.binary(max_size=50))
def test_each_caller_has_bytes_of_its_own_whatever_the_nonce(first, second, request_bytes):
    """A system that gives the same random bytes twice does not make two callers share them."""
    content = bytes(NONCE_BYTES + 32)
    one, other = (unsealed(content, request_bytes, call_key(*call)) for call in (first, second))
    assert (one == other) == (first == second)


def test_a_key_is_of_caller_method_and_id():
    """None of them is read off it, and texts that join alike have keys of their own."""
    assert call_key("a", "Pack", "1") == call_key("a", "Pack", "1")
    assert (
        len({call_key("a", "b", "c"), call_key("ab", "", "c"), call_key("a", "bc", ""), call_key("", "ab", "c")}) == 4
    )


def test_with_a_secret_nothing_stored_can_be_made_of_request_and_call_alone():
    """Who knows both, but for a postal code to be tried, makes neither digest nor key, and opens no answer."""
    request_bytes, answer, secret = b"order 4711 to 79117", b"a plan in one box" * 4, b"a secret of some length"
    known, key = known_as(request_bytes, secret), call_key("a", "Pack", "1", secret)
    assert digest_of(known) != digest_of(known_as(request_bytes, b""))
    assert key != call_key("a", "Pack", "1")
    closed = sealed(answer, known, key)
    assert unsealed(closed, known, key) == answer
    assert unsealed(closed, request_bytes, key) != answer
    assert known != known_as(request_bytes, b"another secret")
