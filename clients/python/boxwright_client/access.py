"""Credentials of a client: certificates from files, and a token."""

import ssl
from collections.abc import Sequence
from os import PathLike
from pathlib import Path

import grpc

from boxwright_client.channel import Credentials, is_url

File = str | PathLike[str] | None


def credentials_from(target: str, ca: File, certificate: File, key: File) -> Credentials:
    """Return the credentials in files, of the kind that the target needs; None without files.

    Raises
    ------
    ValueError
        If a certificate has no key or a key no certificate, or a file holds neither.
    OSError
        If a file cannot be read.
    """
    if (certificate is None) != (key is None):
        raise ValueError("certificate and key must be given together")
    if ca is None and certificate is None:
        return None
    if not is_url(target):
        held = [None if name is None else Path(name).read_bytes() for name in (ca, key, certificate)]
        return grpc.ssl_channel_credentials(*held)
    context = ssl.create_default_context(cafile=None if ca is None else str(ca))
    if certificate is not None and key is not None:
        context.load_cert_chain(certificate, key)
    return context


def metadata_with(metadata: Sequence[tuple[str, str]], token: str) -> tuple[tuple[str, str], ...]:
    """Return the metadata of every call, including the token.

    Raises
    ------
    ValueError
        If the token holds other characters than tokens do, such as a line break at its end.
    """
    if not token:
        return tuple(metadata)
    if not token.isascii() or not token.isprintable() or " " in token:
        raise ValueError("token must be printable ASCII characters without spaces: is there a line break at its end?")
    return (*metadata, ("authorization", f"Bearer {token}"))
