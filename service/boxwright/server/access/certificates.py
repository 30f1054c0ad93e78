"""The certificate that ports show and the authorities of callers: files, read, judged and swapped when they change."""

import contextlib
import datetime as dt
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import grpc

from boxwright.errors import FieldViolation, InvalidInputError, printable
from boxwright.findings import Findings
from boxwright.regular_file import read_regular
from boxwright.server.settings import Settings

MOST_BYTES = 1 << 20
"""Longest file: the authorities of a whole operating system are shorter."""


@dataclass(frozen=True, slots=True)
class Authority:
    """An authority of callers, by its common name or what else it is called last; times in seconds since 1970."""

    name: str
    begins_s: float
    expires_s: float

    def is_valid(self, now_s: float) -> bool:
        """Return whether callers of it are let in at a time, in seconds since 1970."""
        return self.begins_s <= now_s <= self.expires_s


class Certificates:
    """Certificate and key of the ports, and the authorities of callers; connections begun later get what is read later.

    Raises InvalidInputError with every file that cannot be read or does not fit, by the name of its setting.

    Attributes
    ----------
    seen : tuple of bytes
        Certificate, key and authorities in PEM, as they were taken over last; the last is empty where callers need no
        certificate.
    expires_s : float
        When the certificate ends, in seconds since 1970.
    authorities : tuple of Authority
        Those of ``client_ca``, one of them valid at least.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._credentials: Any = None
        self.take(self.read())

    def read(self) -> tuple[bytes, ...]:
        """Return what the files hold now; raises InvalidInputError."""
        found, content = Findings(), []
        for field in ("tls_certificate", "tls_key", "client_ca"):
            name = getattr(self._settings, field)
            try:
                content.append(read_regular(name, MOST_BYTES) if name else b"")
            except OSError as error:
                found.add(field, f"cannot be read: {error.strerror}: {name}")
        found.raise_any()
        return tuple(content)

    def take(self, content: tuple[bytes, ...]) -> None:
        """Take over what ``read`` returned; raises InvalidInputError, and what was shown before is shown on."""
        found, settings = Findings(), self._settings
        certificate, _, client_ca = content
        expires_s = _judge_pair(settings, certificate, found)
        authorities = _judge_authorities(settings.client_ca, client_ca, found) if client_ca else ()
        found.raise_any()
        contexts = {verify: self._context(client_ca, verify) for verify in (ssl.CERT_OPTIONAL, ssl.CERT_REQUIRED)}
        if self.read() != content:  # contexts read the files themselves
            raise InvalidInputError([FieldViolation("tls_certificate", "changed while it was read")])
        self.seen, self.expires_s, self.authorities, self._contexts = content, expires_s, authorities, contexts

    def ends(self) -> dict[tuple[str, ...], float]:
        """Return when they end, in seconds since 1970, by setting: of authorities the first valid one."""
        now_s = time.time()
        ends: dict[tuple[str, ...], float] = {("tls_certificate",): self.expires_s}
        if self.authorities:
            valid = [authority.expires_s for authority in self.authorities if authority.is_valid(now_s)]
            ends["client_ca",] = min(valid) if valid else max(authority.expires_s for authority in self.authorities)
        return ends

    def for_grpc(self) -> Any:
        """Return the credentials of a gRPC server, which asks anew at each connection."""

        def configuration() -> Any:
            certificate, key, client_ca = self.seen
            return grpc.ssl_server_certificate_configuration([(key, certificate)], root_certificates=client_ca or None)

        # Kept: the library holds it by its address alone.
        self._credentials = grpc.dynamic_ssl_server_credentials(
            configuration(), configuration, require_client_authentication=bool(self._settings.client_ca)
        )
        return self._credentials

    def context(self, verify: ssl.VerifyMode) -> ssl.SSLContext:
        """Return the context of the next connection, at a port that asks callers for their certificates as it says."""
        return self._contexts[verify]

    def _context(self, client_ca: bytes, verify: ssl.VerifyMode) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2  # as gRPC's own
        context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
        _load_pair(context, self._settings)
        if client_ca:
            context.load_verify_locations(cadata=client_ca.decode("ascii"))
            context.verify_mode = verify
        return context


def _judge_pair(settings: Settings, certificate: bytes, found: Findings) -> float:
    """Note what is wrong with certificate and key; return when the certificate ends, in s since 1970."""
    server, shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), settings.tls_certificate
    try:
        _load_pair(server, settings)
    except ssl.SSLError as error:
        if _is_pem(certificate) and "TOO_" not in (error.reason or ""):  # else its key or hash is not safe
            rule = f"must be the private key of tls_certificate in PEM, without a passphrase ({error.reason})"
            found.add("tls_key", f"{rule}: {settings.tls_key}")
        else:
            rule = f"must be a certificate in PEM, with those that lead to its authority ({error.reason})"
            found.add("tls_certificate", f"{rule}: {shown}")
        return 0.0
    try:
        return _end_of(server, certificate)
    except ssl.SSLError as error:
        why = getattr(error, "verify_message", "") or error.reason
        found.add("tls_certificate", f"must be valid now ({why}): {shown}")
        return 0.0


def _load_pair(context: ssl.SSLContext, settings: Settings) -> None:
    # Without a passphrase: else it is asked for at the terminal.
    context.load_cert_chain(settings.tls_certificate, settings.tls_key, password=lambda: "")


def _is_pem(certificate: bytes) -> bool:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=certificate.decode("ascii"))
    except (ssl.SSLError, ValueError):
        return False
    return True


def _end_of(server: ssl.SSLContext, certificate: bytes) -> float:
    """Return when a certificate ends, by a handshake with oneself, which fails if it is not valid now."""
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # trusted by itself, whoever signed it
    client.load_verify_locations(cadata=certificate.decode("ascii"))
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    caller = client.wrap_bio(to_client, to_server)
    answerer = server.wrap_bio(to_server, to_client, server_side=True)
    for side in (caller, answerer, caller):
        with contextlib.suppress(ssl.SSLWantReadError):
            side.do_handshake()
    return float(ssl.cert_time_to_seconds(str((caller.getpeercert() or {})["notAfter"])))


def _judge_authorities(name: str, content: bytes, found: Findings) -> tuple[Authority, ...]:
    """Return the authorities of a file; noted is one that lets nobody in."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_verify_locations(cadata=content.decode("ascii"))
    except (ssl.SSLError, ValueError):
        found.add("client_ca", f"must be certificates of authorities in PEM: {name}")
        return ()
    authorities = tuple(map(_authority, context.get_ca_certs()))
    if not authorities:
        found.add("client_ca", f"must hold the certificate of an authority (CA:TRUE), not of a caller: {name}")
    elif not any(authority.is_valid(time.time()) for authority in authorities):
        last = max(authorities, key=lambda authority: authority.expires_s)
        begins, ends = shown_time(last.begins_s), shown_time(last.expires_s)
        found.add("client_ca", f"must be valid now: {printable(last.name)} is from {begins} to {ends}: {name}")
    return authorities


def _authority(certificate: Mapping[str, Any]) -> Authority:
    begins_s, expires_s = (ssl.cert_time_to_seconds(certificate[key]) for key in ("notBefore", "notAfter"))
    named = [pair for part in certificate["subject"] for pair in part]
    names = [value for what, value in named if what == "commonName"] or [value for _, value in named]
    return Authority((names or ["without a name"])[-1], float(begins_s), float(expires_s))


def shown_time(time_s: float) -> str:
    """Return a time in seconds since 1970 for a person."""
    return f"{dt.datetime.fromtimestamp(time_s, dt.UTC):%Y-%m-%d %H:%M} UTC"
