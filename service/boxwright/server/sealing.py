"""Stored answers of repeated calls: only who sends the same request again reads one.

An answer may hold what is not to be stored, such as an order id or a SKU in a picture. Its caller needs it again only
together with the request, so it is stored under a key made of that request, and the request is not stored. Two callers
may send the same request, and one may send it again once its answer is forgotten: a nonce and the key of the call keep
any two stored answers from being sealed by the same bytes, which would give away how they differ.

All but an order id and the end of a postal code of a stored plan's request can be read in the store, and its
``request_id`` in the log: who has both could try all that these may be. Where the operator has set a secret, it goes
into all that is made of a request.
"""

import hashlib
import hmac
import secrets

import numpy as np

FORM = "2"
"""Of what is stored; calls that were answered by a version with another form are answered anew."""

NONCE_BYTES = 16
"""Random bytes before each sealed answer."""


def call_key(caller: str, method: str, request_id: str, secret: bytes = b"") -> bytes:
    """Return the key of a call, 32 bytes: a digest, so that no address of a caller is stored; under a secret, if any.

    With another secret it is another call, which is answered anew.
    """
    text = "\0".join((FORM, caller, method, request_id)).encode()
    return hmac.digest(secret, text, "sha256") if secret else hashlib.sha256(text).digest()


def known_as(request: bytes, secret: bytes) -> bytes:
    """Return what stands for a request in what is made of it to be stored: its HMAC-SHA256 under a secret, if any."""
    return hmac.digest(secret, request, "sha256") if secret else request


def digest_of(request: bytes) -> bytes:
    """Return what two requests are compared by."""
    return hashlib.sha256(request).digest()


def sealed(answer: bytes, request: bytes, key: bytes) -> bytes:
    """Return an answer that only who knows its request can read.

    Parameters
    ----------
    answer, request : bytes
        What is sealed, and by what.
    key : bytes
        Of the call, as ``call_key`` gives it.
    """
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + _mixed(answer, nonce, key, request)


def unsealed(content: bytes, request: bytes, key: bytes) -> bytes:
    """Return the answer that was sealed for a call and its request."""
    return _mixed(content[NONCE_BYTES:], content[:NONCE_BYTES], key, request)


def _mixed(text: bytes, nonce: bytes, key: bytes, request: bytes) -> bytes:
    """Return bytes xor'ed with the output of SHAKE-256 over all else; nonce and key have one length each."""
    stream = hashlib.shake_256(b"boxwright answer\0" + nonce + key + request).digest(len(text))
    return (np.frombuffer(text, np.uint8) ^ np.frombuffer(stream, np.uint8)).tobytes()
