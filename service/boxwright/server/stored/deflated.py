"""Bytes as the store has them: deflated at the least effort, which brings a plan to a fifth."""

import zlib


def packed(content: bytes) -> bytes:
    """Return bytes deflated."""
    return zlib.compress(content, 1)


def unpacked(content: bytes) -> bytes:
    """Return what was deflated."""
    return zlib.decompress(content)
