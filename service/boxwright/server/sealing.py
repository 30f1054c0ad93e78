"""Stored answers of repeated calls: only who sends the same request again reads one.

An answer may hold what is not to be stored, such as an order id or a SKU in a picture. Its caller needs it again only
together with the request, so it is stored under a key made of that request, and the request is not stored.
"""

import hashlib

import numpy as np


def call_key(caller: str, method: str, request_id: str) -> bytes:
    """Return the key of a call: a digest, so that no address of a caller is stored."""
    return hashlib.sha256("\0".join((caller, method, request_id)).encode()).digest()


def digest_of(request: bytes) -> bytes:
    """Return what two requests are compared by."""
    return hashlib.sha256(request).digest()


def sealed(answer: bytes, request: bytes) -> bytes:
    """Return an answer xor'ed with the output of SHAKE-256 over its request; the same of that is the answer again.

    A request with its id is answered once, so no two answers share a key.
    """
    key = hashlib.shake_256(b"boxwright answer\0" + request).digest(len(answer))
    return (np.frombuffer(answer, np.uint8) ^ np.frombuffer(key, np.uint8)).tobytes()
