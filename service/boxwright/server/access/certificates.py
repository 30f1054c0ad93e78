"""What the doors show of themselves and whom they trust, swapped whole when the files change."""

import logging
import ssl
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import grpc

from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.server.access.pem_files import Authority, Files, Pems, read_pems
from boxwright.server.data_files import look_at
from boxwright.server.logs import log
from boxwright.server.settings import Settings

OLDEST = ssl.TLSVersion.TLSv1_2
"""Oldest version of TLS that is spoken, as gRPC's own."""

MOST_NAMED = 10
"""Most authorities that a line of the log names."""


class Certificates:
    """Certificate and key of the doors, and the authority of callers; connections begun later get what is read later.

    Parameters
    ----------
    files : Files
        Their files.

    Raises
    ------
    InvalidInputError
        If they cannot be read or do not fit together.
    """

    is_seen_whole = False
    faults: Sequence[str] = ()
    """None: they are taken over whole, or not at all."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._pems, self._contexts = self._load()
        self._credentials: Any = None
        self._warn()

    @property
    def begins_s(self) -> float:
        """From when on the certificate is valid, in seconds since 1970."""
        return self._pems.begins_s

    @property
    def expires_s(self) -> float:
        """When the certificate ends, in seconds since 1970."""
        return self._pems.expires_s

    @property
    def authority(self) -> Authority | None:
        """Of the authorities that let callers in now the one that ends first, else the last; None: none is asked of."""
        now_s = time.time()
        ending = sorted(self._pems.authorities, key=lambda each: each.expires_s)
        return next((each for each in ending if each.is_valid(now_s)), ending[-1] if ending else None)

    def stamp(self) -> object:
        """Return what the files look like now."""
        files = self._files
        return tuple(look_at(Path(each)) for each in (files.certificate, files.key, files.client_ca) if each)

    def reload(self) -> bool:
        """Take over what the files say now; return whether it is something else.

        Raises
        ------
        InvalidInputError
            If they cannot be read or do not fit together: what was shown before is shown on.
        """
        pems, contexts = self._load()
        changed = pems != self._pems
        self._pems, self._contexts = pems, contexts
        if changed:
            self._warn()
        return changed

    def for_grpc(self) -> Any:
        """Return the credentials of a gRPC server, which asks anew at each connection."""
        # Kept: the library holds it by its address alone.
        self._credentials = grpc.dynamic_ssl_server_credentials(
            _of_grpc(self._pems),
            lambda: _of_grpc(self._pems),
            require_client_authentication=bool(self._files.client_ca),
        )
        return self._credentials

    def context(self, verify: ssl.VerifyMode) -> ssl.SSLContext:
        """Return the context of the next connection, at a door that asks callers for their certificates as it says."""
        return self._contexts[verify]

    def _load(self) -> tuple[Pems, dict[ssl.VerifyMode, ssl.SSLContext]]:
        pems = read_pems(self._files)
        contexts = {verify: self._context(pems, verify) for verify in (ssl.CERT_OPTIONAL, ssl.CERT_REQUIRED)}
        if read_pems(self._files) != pems:  # contexts read the files themselves
            raise InvalidInputError([FieldViolation("tls_certificate", "changed while it was read")])
        return pems, contexts

    def _warn(self) -> None:
        """Say which authorities let nobody in: callers of them see a failed handshake, and the server no call."""
        now_s = time.time()
        over = [each.name for each in self._pems.authorities if not each.is_valid(now_s)]
        if over:
            facts = {"client_ca": self._files.client_ca, "authorities": over[:MOST_NAMED], "how_many": len(over)}
            log(logging.WARNING, "authorities of callers are not valid now: callers of theirs are not let in", facts)

    def _context(self, pems: Pems, verify: ssl.VerifyMode) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = OLDEST
        context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
        context.load_cert_chain(self._files.certificate, self._files.key, password=lambda: "")
        if pems.client_ca:
            context.load_verify_locations(cadata=pems.client_ca.decode("ascii"))
            context.verify_mode = verify
        return context


def _of_grpc(pems: Pems) -> Any:
    return grpc.ssl_server_certificate_configuration(
        [(pems.key, pems.certificate)], root_certificates=pems.client_ca or None
    )


def certificates_of(settings: Settings) -> Certificates | None:
    """Return the certificates that the settings name; None where connections are not encrypted.

    Raises
    ------
    InvalidInputError
        If a file cannot be read or does not fit.
    """
    if not settings.tls_certificate:
        return None
    return Certificates(Files(settings.tls_certificate, settings.tls_key, settings.client_ca))
