"""Audit lines on tokens, once a server lets callers in by what has changed."""

from collections.abc import Iterator, Mapping

from boxwright.server.access.token_file import Token
from boxwright.server.audit import audit


def audit_changes(before: Mapping[str, Token], after: Mapping[str, Token], kept_in: str) -> None:
    """Write a line for each token that is not what it was.

    Parameters
    ----------
    before, after : mapping of str to Token
        By id, as they let in before and do now.
    kept_in : str
        The setting that names where they are kept.
    """
    for token_id in sorted(before.keys() | after.keys()):
        for outcome, token in _changes(before.get(token_id), after.get(token_id)):
            audit("token", outcome, token.facts(outcome) | {"kept_in": kept_in})


def _changes(before: Token | None, after: Token | None) -> Iterator[tuple[str, Token]]:
    """Yield what became of a token, and the token; one that is made and revoked between two looks has two lines."""
    if before == after:
        return
    if after is None:
        assert before is not None  # it is in one of both
        yield "removed", before
        return
    if before is None:
        yield "created", after
    if after.revoked and not (before and before.revoked):
        yield "revoked", after
    elif before is not None:
        yield "changed", after
