"""Identifiers of stored plans: by time, and nobody guesses one."""

import secrets
import time

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32 (crockford.com/base32.html), in small letters: none is read as another."""

_PAIRS = tuple(first + second for first in _DIGITS for second in _DIGITS)

LENGTH = 26
"""Characters of an identifier: 48 bits of time in ms and 80 of chance, as a ULID has (github.com/ulid/spec)."""


def new_plan_id() -> str:
    """Return an identifier that no other plan has; one that was made in a later ms is greater."""
    number = time.time_ns() // 1_000_000 << 80 | secrets.randbits(80)
    return "".join([_PAIRS[number >> 10 * place & 1_023] for place in reversed(range(LENGTH // 2))])


def is_plan_id(text: str) -> bool:
    """Return whether a text has the form of an identifier."""
    return len(text) == LENGTH and set(text) <= set(_DIGITS)
