"""Tokens and other sources that change while a server runs."""

from dataclasses import replace

import pytest

from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.server.access.auth import Access, Scope, TokenNotValidError
from boxwright.server.access.tokens import Tokens, TokenSource, new_token, record_of
from boxwright.server.access.watching import Watch
from boxwright.server.metrics import Metrics
from boxwright.store import StoreUnreachableError

from .token_calls import NOW, refused


class Rows:
    """Tokens of a store that may be unreachable, and their watch."""

    def __init__(self, *rows, away=False):
        self.rows, self.away, self._metrics = list(rows), away, Metrics()
        self.kept = TokenSource.of_store(self.read)
        self.look = Watch("stored tokens", self.kept, self._metrics).look

    def read(self):
        """Return the rows of now."""
        if self.away:
            raise StoreUnreachableError("the store cannot be reached: it is gone")
        return tuple(self.rows)

    def failing(self):
        """Return whether the metric shows a fault."""
        return self._metrics.registry.get_sample_value("boxwright_access_reload_failing", {"what": "stored tokens"})


def test_tokens_are_read_again_once_the_store_is_back(caplog):
    """An outage is logged once and shown by the metric until it ends."""
    _, token = new_token("hall", [Scope.PACK], (), NOW, None)
    store = Rows(record_of(token), away=True)
    for _ in range(2):
        store.look()
    assert (store.failing(), store.kept.by_id) == (1, {})
    store.away = False
    for _ in range(2):
        store.look()
    assert (store.failing(), store.kept.by_id) == (0, {token.token_id: token})
    assert len([record.message for record in caplog.records if "not reloaded" in record.message]) == 1
    for store.away in (True, False):  # a second outage, with the same tokens
        store.look()
        assert store.failing() == store.away


WRONG_ROWS = [
    ({"scopes": "pack everything"}, "scopes"),
    ({"name": "hall\n"}, "name"),
    ({"created": "soon"}, "created"),
    ({"expires": "2026-11-26"}, "expires"),
    ({"revoked": 5}, "revoked"),
]
"""Rows with an error, and the field that is wrong."""


@pytest.mark.parametrize(("given", "field"), WRONG_ROWS)
def test_a_row_at_fault_changes_nothing_and_is_named(caplog, given, field):
    """A faulty row is named and blocks all changes until it is corrected; it prevents a start."""
    text, token = new_token("hall", [Scope.PACK], (), NOW, None)
    wrong = replace(record_of(token), token_id="b" * 10, **given)
    store = Rows(record_of(token))
    access = Access(Metrics(), Tokens(store.kept))
    store.rows[:] = [wrong, replace(record_of(token), revoked=NOW.isoformat())]
    store.look()
    assert store.failing() == 1
    assert refused(access, f"Bearer {text}") is None
    (said,) = {str(record.facts["faults"]) for record in caplog.records if "not reloaded" in record.message}
    assert f"tokens[{'b' * 10}].{field}: " in said
    with pytest.raises(InvalidInputError):
        Rows(wrong)
    del store.rows[0]
    store.look()
    assert store.failing() == 0
    assert refused(access, f"Bearer {text}") == (TokenNotValidError, "token_revoked")


class Written:
    """A source that the test changes."""

    def __init__(self):
        self.seen = self.state = 0
        self.error, self.tried = None, []

    def read(self):
        """Return what it holds."""
        return self.state

    def take(self, content):
        """Take over a content, or raise an error."""
        self.tried.append(content)
        if self.error is not None:
            raise self.error


@pytest.mark.parametrize("error", [InvalidInputError([FieldViolation("a", "is bad")]), RuntimeError("nobody knew")])
def test_what_is_at_fault_is_tried_again_once_it_has_changed(caplog, error):
    """A faulty content is retried when it changes, or on request."""
    written = Written()
    watching = Watch("tokens", written, Metrics())
    written.state, written.error = 1, error
    for _ in range(3):
        watching.look()
    watching.look(forced=True)
    written.state, written.error = 2, None
    for _ in range(2):
        watching.look()
    assert written.tried == [1, 1, 2]
    assert len([record for record in caplog.records if "not reloaded" in record.message]) == 2
