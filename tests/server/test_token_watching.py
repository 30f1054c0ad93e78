"""Tokens that change while a server runs: what is read again, and what is at fault."""

from dataclasses import replace

import pytest

from boxwright.errors import InvalidInputError
from boxwright.server.access.auth import Gate, Scope, TokenNotValidError
from boxwright.server.access.tokens import StoredTokens, Tokens, new_token, record_of
from boxwright.server.access.watching import Watch
from boxwright.server.metrics import Metrics
from boxwright.store import StoreUnreachableError

from .token_calls import NOW, refused


def test_tokens_are_read_again_once_the_store_is_back(caplog):
    """It is said once that it is away, however often it is looked at; and the metric shows it until then."""
    _, token = new_token("hall", [Scope.PACK], (), NOW, None)
    away = [True]

    def read():
        if away[0]:
            raise StoreUnreachableError("the store cannot be reached: it is gone")
        return (record_of(token),)

    metrics, kept = Metrics(), StoredTokens(read)
    watching = Watch("stored tokens", kept, metrics)

    def failing():
        return metrics.registry.get_sample_value("boxwright_access_reload_failing", {"what": "stored tokens"})

    watching.look()
    watching.look()
    assert failing() == 1
    assert not kept.by_id
    away[0] = False
    watching.look()
    watching.look()
    assert failing() == 0
    assert kept.by_id == {token.token_id: token}
    said = [each.message for each in caplog.records if "not reloaded" in each.message]
    assert len(said) == 1
    away[0] = True
    watching.look()
    assert failing() == 1
    away[0] = False
    watching.look()  # with the same tokens
    assert failing() == 0


WRONG_ROWS = [
    ({"scopes": "pack everything"}, "scopes"),
    ({"scopes": 5}, "scopes"),
    ({"sites": None}, "sites"),
    ({"name": b"hall"}, "name"),
    ({"create_us": 10**30}, "created"),
    ({"expire_us": "soon"}, "expires"),
    ({"revoke_us": float("nan")}, "revoked"),
]
"""What a row may hold that others have written, and the field that is wrong."""


def watched_store(rows):
    """Return stored tokens, their watcher, one look of it, and whether the metric shows a fault."""
    metrics, kept = Metrics(), StoredTokens(lambda: tuple(rows))
    watching = Watch("stored tokens", kept, metrics)

    def look():
        watching.look()

    def failing():
        return metrics.registry.get_sample_value("boxwright_access_reload_failing", {"what": "stored tokens"})

    return kept, look, failing


@pytest.mark.parametrize(("given", "field"), WRONG_ROWS)
@pytest.mark.parametrize("at_the_start", [True, False])
def test_a_row_at_fault_lets_nobody_in_and_keeps_no_other_out(caplog, given, field, at_the_start):
    """It is named by its id; tokens beside it are made and revoked as ever."""
    text, token = new_token("hall", [Scope.PACK], (), NOW, None)
    wrong = replace(record_of(token), token_id="b" * 10, **given)
    rows = [wrong] if at_the_start else []
    kept, look, failing = watched_store(rows)
    gate = Gate(Metrics(), Tokens(kept))
    assert failing() == at_the_start
    rows[:] = [wrong, record_of(token)]
    look()
    assert failing() == 1
    assert refused(gate, f"Bearer {text}") is None
    assert set(kept.by_id) == {token.token_id}
    (said,) = {str(each.facts["faults"]) for each in caplog.records if "at fault" in each.message}
    assert f"tokens[{'b' * 10}].{field}: " in said
    rows[1] = replace(rows[1], revoke_us=1)
    look()
    assert refused(gate, f"Bearer {text}") == (TokenNotValidError, "token_revoked")
    del rows[0]
    look()
    assert failing() == 0


def test_a_revocation_in_a_busy_store_takes_hold_at_the_next_look():
    """Rows are read as they are at one time: nothing is gained by another look."""
    text, token = new_token("hall", [Scope.PACK], (), NOW, None)
    rows = [record_of(token)]
    kept, look, _ = watched_store(rows)
    gate = Gate(Metrics(), Tokens(kept))
    rows[0] = replace(rows[0], revoke_us=1)
    look()
    assert refused(gate, f"Bearer {text}") == (TokenNotValidError, "token_revoked")


class Written:
    """What changes as it is told to, and can be read or not."""

    faults = ()

    def __init__(self):
        self.state = 0
        self.read = []
        self.error = None

    def stamp(self):
        """Return what it looks like."""
        return self.state

    def reload(self):
        """Read it."""
        if self.error is not None:
            raise self.error
        self.read.append(self.state)
        return True


@pytest.mark.parametrize("error", [StoreUnreachableError("the store is gone"), RuntimeError("nobody foresaw it")])
def test_what_could_not_be_read_is_read_at_the_next_look(caplog, error):
    """Whatever kept it from being read; it is said once."""
    written = Written()
    watching = Watch("tokens", written, Metrics())
    written.state, written.error = 1, error
    for _ in range(4):
        watching.look()
    assert not written.read
    written.error = None
    watching.look()
    watching.look()
    assert written.read == [1]
    assert len([each for each in caplog.records if "not reloaded" in each.message]) == 1


def test_a_file_at_fault_is_not_read_over_and_over():
    """It is read again once it has changed."""
    written = Written()
    watching = Watch("tokens", written, Metrics())
    written.state, written.error = 1, InvalidInputError([])
    for _ in range(3):
        watching.look()
    written.error = None
    watching.look()
    assert not written.read
    written.state = 2
    watching.look()
    watching.look()
    assert written.read == [2]
