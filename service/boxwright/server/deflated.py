"""Bytes as the store has them."""

import zlib

LEVEL = 1
"""Of deflating: a plan comes to a fifth in 0.05 ms; more effort would save little."""

SHORT = 4_096
"""Bytes below which nothing is deflated but only put into the same form: a row would be shorter by half a page at most,
and deflating takes a twentieth of the time that planning a small order does."""


def packed(content: bytes) -> bytes:
    """Return bytes deflated."""
    return zlib.compress(content, LEVEL if len(content) >= SHORT else 0)


def unpacked(content: bytes) -> bytes:
    """Return what was deflated."""
    return zlib.decompress(content)
