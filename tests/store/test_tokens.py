"""Tokens in SQLite and PostgreSQL."""

import pytest

from boxwright.store import TokenRecord


def token(token_id="a" * 10, created="2026-01-01T00:00:00+00:00", revoked=None):
    """Return a token."""
    return TokenRecord(token_id, "hall", "0" * 64, "pack read", "", created, None, revoked)


@pytest.fixture
def book(open_store):
    """The tokens of a new database."""
    return open_store().tokens


def test_a_token_is_seen_by_all_who_read_the_store(book, open_store):
    """Other servers see new and revoked tokens."""
    one, other = open_store().tokens, open_store().tokens
    assert one.all() == ()
    at = "2026-01-02T00:00:00+00:00"
    later, earlier = token("b" * 10, at), token()
    assert book.add(later, 5)
    assert book.add(earlier, 5)
    assert one.all() == other.all() == book.all() == (earlier, later)
    assert book.revoke(later.token_id, "7") == token("b" * 10, at, "7")
    assert book.revoke(later.token_id, "9") == token("b" * 10, at, "7")
    assert book.revoke("c" * 10, "9") is None
    assert other.all() == (earlier, token("b" * 10, at, "7"))


def test_no_more_tokens_are_kept_than_may_be(book):
    """A token past the limit is not stored."""
    assert [book.add(token(str(number) * 10), 2) for number in range(3)] == [True, True, False]
    assert len(book.all()) == 2
