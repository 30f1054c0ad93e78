"""Stored answers are for who sends the same request again."""

from hypothesis import given
from hypothesis import strategies as st

from boxwright.server.sealing import call_key, digest_of, sealed


@given(answer=st.binary(max_size=2_000), request_bytes=st.binary(max_size=200), other=st.binary(max_size=200))
def test_the_same_request_opens_an_answer_and_no_other_does(answer, request_bytes, other):
    """Sealing twice is opening; under another request something else comes out, but for a lucky few bytes."""
    closed = sealed(answer, request_bytes)
    assert len(closed) == len(answer)
    assert sealed(closed, request_bytes) == answer
    if len(answer) > 8 and other != request_bytes:
        assert sealed(closed, other) != answer
    if len(answer) > 8:
        assert answer not in closed
        assert digest_of(request_bytes) not in closed


def test_a_key_is_of_caller_method_and_id():
    """None of them is read off it, and texts that join alike have keys of their own."""
    assert call_key("a", "Pack", "1") == call_key("a", "Pack", "1")
    assert (
        len({call_key("a", "b", "c"), call_key("ab", "", "c"), call_key("a", "bc", ""), call_key("", "ab", "c")}) == 4
    )
