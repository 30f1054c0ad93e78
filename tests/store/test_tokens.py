"""Tokens in SQLite and PostgreSQL: made, revoked, and seen by whoever reads them."""

import pytest

from boxwright.store import StoreUnsuitableError, TokenRecord
from boxwright.store.tokens import TokenBook


def token(token_id="a" * 10, create_us=1, revoke_us=None):
    """Return a token."""
    return TokenRecord(token_id, "hall", "0" * 64, "pack read", "", create_us, None, revoke_us)


@pytest.fixture
def book(url):
    """The tokens of an empty database, which is made."""
    opened = TokenBook(url)
    yield opened
    opened.close()


def test_a_token_is_seen_by_all_who_read_the_store(book, open_store):
    """By servers that opened it before, too; those that were revoked are listed as well."""
    one, other = open_store(), open_store()
    assert one.read.tokens.all() == ()
    later, earlier = token("b" * 10, 2), token()
    assert book.add(later, 5)
    assert book.add(earlier, 5)
    assert one.read.tokens.all() == other.read.tokens.all() == book.all() == (earlier, later)
    assert book.revoke(later.token_id, 7) == token("b" * 10, 2, 7)
    assert book.revoke(later.token_id, 9) == token("b" * 10, 2, 7)
    assert book.revoke("c" * 10, 9) is None
    assert other.read.tokens.all() == (earlier, token("b" * 10, 2, 7))


def test_no_more_tokens_are_kept_than_may_be(book):
    """The one past them is not kept."""
    assert [book.add(token(str(number) * 10), 2) for number in range(3)] == [True, True, False]
    assert len(book.all()) == 2


def test_tables_of_a_later_version_are_left_alone(url, open_store):
    """A command of an earlier version does not write into them, and says so."""
    open_store()
    book = TokenBook(url)
    with book._database.writer.connect() as connection, connection.begin():
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    book.close()
    with pytest.raises(StoreUnsuitableError, match="9999"):
        TokenBook(url)
