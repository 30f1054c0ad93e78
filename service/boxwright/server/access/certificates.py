"""The certificate that ports show and the authorities of callers: files, read, judged and swapped when they change."""

import contextlib
import datetime as dt
import logging
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc

from boxwright.errors import FieldViolation, InvalidInputError, printable
from boxwright.findings import Findings
from boxwright.regular_file import read_regular
from boxwright.server.data_files import look_at
from boxwright.server.logs import log
from boxwright.server.settings import Settings

MOST_BYTES = 1 << 20
"""Longest file: the authorities of a whole operating system are shorter."""

WEAK = {
    "EE_KEY_TOO_SMALL": "has a key that is too short to be safe",
    "CA_KEY_TOO_SMALL": "has an authority whose key is too short to be safe",
    "CA_MD_TOO_WEAK": "is signed by a hash that is no longer safe",
}
"""What OpenSSL's reasons mean for a certificate."""


@dataclass(frozen=True, slots=True)
class Authority:
    """An authority of callers, by its common name or what else it is called last; times in seconds since 1970."""

    name: str
    begins_s: float
    expires_s: float

    def is_valid(self, now_s: float) -> bool:
        """Return whether callers of it are let in at a time, in seconds since 1970."""
        return self.begins_s <= now_s <= self.expires_s


@dataclass(frozen=True, slots=True)
class Pems:
    """What the files hold, once it is known to fit together.

    Attributes
    ----------
    certificate, key, client_ca : bytes
        PEM; ``client_ca`` is empty where callers need no certificate.
    expires_s : float
        When the certificate ends, in seconds since 1970.
    authorities : tuple of Authority
        Those of ``client_ca``, one of them valid at least; none where callers need no certificate.
    """

    certificate: bytes
    key: bytes
    client_ca: bytes
    expires_s: float
    authorities: tuple[Authority, ...]


def read_pems(settings: Settings) -> Pems:
    """Return what the files hold that settings name, of which ``tls_certificate`` is one.

    Raises
    ------
    InvalidInputError
        With every file that cannot be read or does not fit, by the name of its setting.
    """
    found = Findings()
    content = dict.fromkeys(("tls_certificate", "tls_key", "client_ca"), b"")
    for field in content:
        if name := getattr(settings, field):
            try:
                content[field] = read_regular(name, MOST_BYTES)
            except OSError as error:
                found.add(field, f"cannot be read: {error.strerror}: {name}")
    certificate, key, client_ca = content.values()
    at_fault = {fault.field for fault in found.violations}
    expires_s = 0.0 if at_fault & {"tls_certificate", "tls_key"} else _judge(settings, certificate, found)
    reads_ca = settings.client_ca and "client_ca" not in at_fault
    authorities = _judge_authorities(settings.client_ca, client_ca, found) if reads_ca else ()
    found.raise_any()
    return Pems(certificate, key, client_ca, expires_s, authorities)


def _judge(settings: Settings, certificate: bytes, found: Findings) -> float:
    """Note what is wrong with certificate and key; return when the certificate ends, in s since 1970."""
    server, shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), settings.tls_certificate
    try:
        _load_pair(server, settings)
    except ssl.SSLError as error:
        found.add(*_of_pair(error, settings, certificate))
        return 0.0
    except OSError as error:  # changed since it was read
        found.add("tls_certificate", f"cannot be read: {error.strerror}")
        return 0.0
    try:
        return _end_of(server, certificate)
    except ssl.SSLError as error:
        if isinstance(error, ssl.SSLCertVerificationError):
            found.add("tls_certificate", f"is not valid now: {error.verify_message}: {shown}")
        else:
            found.add("tls_certificate", f"cannot be shown to a caller: {error.reason}: {shown}")
        return 0.0


def _load_pair(context: ssl.SSLContext, settings: Settings) -> None:
    # Without a passphrase: else it is asked for at the terminal.
    context.load_cert_chain(settings.tls_certificate, settings.tls_key, password=lambda: "")


def _of_pair(error: ssl.SSLError, settings: Settings, certificate: bytes) -> tuple[str, str]:
    """Return the setting and the rule broken where certificate and key do not load."""
    reason = error.reason or ""
    if reason in ("KEY_VALUES_MISMATCH", "KEY_TYPE_MISMATCH"):
        return "tls_key", f"is not the key of the certificate in tls_certificate: {settings.tls_key}"
    if reason in WEAK:
        return "tls_certificate", f"{WEAK[reason]}: {settings.tls_certificate}"
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=certificate.decode("ascii"))
    except (ssl.SSLError, ValueError):
        rule = "must be a certificate in PEM, with those that lead to its authority"
        return "tls_certificate", f"{rule}: {settings.tls_certificate}"
    return "tls_key", f"must be a private key in PEM, without a passphrase: {settings.tls_key}"


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
    now_s = time.time()
    if not authorities:
        found.add("client_ca", f"must hold the certificate of an authority (CA:TRUE), not of a caller: {name}")
    elif not any(authority.is_valid(now_s) for authority in authorities):
        last = max(authorities, key=lambda authority: authority.expires_s)
        what, time_s = ("ended", last.expires_s) if last.expires_s < now_s else ("begins", last.begins_s)
        whose = f"authority {printable(last.name)} {what} {shown_time(time_s)}"
        found.add("client_ca", f"is not valid now: {whose}: {name}")
    return authorities


def _authority(certificate: Mapping[str, Any]) -> Authority:
    begins_s, expires_s = (ssl.cert_time_to_seconds(certificate[key]) for key in ("notBefore", "notAfter"))
    named = [pair for part in certificate["subject"] for pair in part]
    names = [value for what, value in named if what == "commonName"] or [value for _, value in named]
    return Authority((names or ["without a name"])[-1], float(begins_s), float(expires_s))


def shown_time(time_s: float) -> str:
    """Return a time in seconds since 1970 for a person."""
    return f"{dt.datetime.fromtimestamp(time_s, dt.UTC):%Y-%m-%d %H:%M} UTC"


class Certificates:
    """Certificate and key of the ports, and the authority of callers; connections begun later get what is read later.

    Raises InvalidInputError if their files cannot be read or do not fit together.
    """

    faults: Sequence[str] = ()
    """None: they are taken over whole, or not at all."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._pems, self._contexts = self._load()
        self._credentials: Any = None
        self._warn()

    @property
    def expires_s(self) -> float:
        """When the certificate ends, in seconds since 1970."""
        return self._pems.expires_s

    @property
    def authority(self) -> Authority | None:
        """Of the authorities that let callers in now the one that ends first, else the last; None: none is asked of."""
        now_s = time.time()
        ending = sorted(self._pems.authorities, key=lambda authority: authority.expires_s)
        valid = [authority for authority in ending if authority.is_valid(now_s)]
        return next(iter([*valid, *reversed(ending)]), None)

    def stamp(self) -> object:
        """Return what the files look like now."""
        named = (self._settings.tls_certificate, self._settings.tls_key, self._settings.client_ca)
        return tuple(look_at(Path(name)) for name in named if name)

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
            require_client_authentication=bool(self._settings.client_ca),
        )
        return self._credentials

    def context(self, verify: ssl.VerifyMode) -> ssl.SSLContext:
        """Return the context of the next connection, at a port that asks callers for their certificates as it says."""
        return self._contexts[verify]

    def _load(self) -> tuple[Pems, dict[ssl.VerifyMode, ssl.SSLContext]]:
        pems = read_pems(self._settings)
        contexts = {verify: self._context(pems, verify) for verify in (ssl.CERT_OPTIONAL, ssl.CERT_REQUIRED)}
        if read_pems(self._settings) != pems:  # contexts read the files themselves
            raise InvalidInputError([FieldViolation("tls_certificate", "changed while it was read")])
        return pems, contexts

    def _warn(self) -> None:
        """Say which authorities let nobody in: callers of them see a failed handshake, and the server no call."""
        now_s = time.time()
        over = [found.name for found in self._pems.authorities if not found.is_valid(now_s)]
        if over:
            facts = {"client_ca": self._settings.client_ca, "authorities": over[:10], "how_many": len(over)}
            log(logging.WARNING, "authorities of callers are not valid now: callers of theirs are not let in", facts)

    def _context(self, pems: Pems, verify: ssl.VerifyMode) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2  # as gRPC's own
        context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
        _load_pair(context, self._settings)
        if pems.client_ca:
            context.load_verify_locations(cadata=pems.client_ca.decode("ascii"))
            context.verify_mode = verify
        return context


def _of_grpc(pems: Pems) -> Any:
    return grpc.ssl_server_certificate_configuration(
        [(pems.key, pems.certificate)], root_certificates=pems.client_ca or None
    )
