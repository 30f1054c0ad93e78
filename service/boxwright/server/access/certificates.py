"""The certificate of the ports and the authorities of callers, read and validated; replaced when files change."""

import contextlib
import datetime as dt
import ssl
import time
from typing import Any

import grpc

from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.findings import Findings
from boxwright.regular_file import read_regular
from boxwright.server.settings import Settings

MOST_BYTES = 1 << 20
"""Maximum size of a file; the list of authorities of an operating system is smaller."""


class Certificates:
    """Certificate and key of the ports, and the authorities of callers.

    New connections use the files that were read last. Raises InvalidInputError with the setting of every file that
    cannot be read or is not valid.

    Attributes
    ----------
    seen : tuple of bytes
        Certificate, key and authorities in use, in PEM; authorities are empty without ``client_ca``.
    expires_s : float
        End of the certificate, in seconds since 1970.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._credentials: Any = None
        self.take(self.read())

    def read(self) -> tuple[bytes, ...]:
        """Return the content of the files; raises InvalidInputError."""
        found, content = Findings(), []
        for field in ("tls_certificate", "tls_key", "client_ca"):
            name = getattr(self._settings, field)
            try:
                content.append(read_regular(name, MOST_BYTES) if name else b"")
            except OSError as error:
                found.add(field, f"cannot be read ({error.strerror}): {name}")
        found.raise_any()
        return tuple(content)

    def take(self, content: tuple[bytes, ...]) -> None:
        """Use what ``read`` returned. On InvalidInputError the earlier files stay in use."""
        found, settings = Findings(), self._settings
        certificate, _, client_ca = content
        expires_s = _certificate_end(settings, certificate, found)
        authority_ends = _authority_ends(settings.client_ca, client_ca, found) if client_ca else []
        found.raise_any()
        contexts = {verify: self._context(client_ca, verify) for verify in (ssl.CERT_OPTIONAL, ssl.CERT_REQUIRED)}
        if self.read() != content:  # ssl has read the files itself
            raise InvalidInputError([FieldViolation("tls_certificate", "changed while it was read: try again")])
        self.seen, self.expires_s, self._authority_ends, self._contexts = content, expires_s, authority_ends, contexts

    def ends(self) -> dict[tuple[str, ...], float]:
        """Return, by setting, the end of the certificate and of the valid authority that expires first.

        Times are in seconds since 1970. If no authority is valid any more, the last end counts.
        """
        ends: dict[tuple[str, ...], float] = {("tls_certificate",): self.expires_s}
        if self._authority_ends:
            valid = (end_s for end_s in self._authority_ends if end_s > time.time())
            ends["client_ca",] = min(valid, default=max(self._authority_ends))
        return ends

    def for_grpc(self) -> Any:
        """Return credentials for a gRPC server; they use the newest files at each connection."""

        def configuration() -> Any:
            certificate, key, client_ca = self.seen
            return grpc.ssl_server_certificate_configuration([(key, certificate)], root_certificates=client_ca or None)

        # The reference must stay alive: the library keeps only the address of the credentials.
        self._credentials = grpc.dynamic_ssl_server_credentials(
            configuration(), configuration, require_client_authentication=bool(self._settings.client_ca)
        )
        return self._credentials

    def context(self, verify: ssl.VerifyMode) -> ssl.SSLContext:
        """Return the TLS context of the next connection; with ``CERT_REQUIRED`` the caller must show a certificate."""
        return self._contexts[verify]

    def _context(self, client_ca: bytes, verify: ssl.VerifyMode) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2  # also the minimum of gRPC
        context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
        _load_pair(context, self._settings)
        if client_ca:
            context.load_verify_locations(cadata=client_ca.decode("ascii"))
            context.verify_mode = verify
        return context


def _certificate_end(settings: Settings, certificate: bytes, found: Findings) -> float:
    """Return the end of the certificate in seconds since 1970, or 0 after noting a fault of certificate or key."""
    server, shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), settings.tls_certificate
    try:
        _load_pair(server, settings)
    except ssl.SSLError as error:
        if _is_pem(certificate) and "TOO_" not in (error.reason or ""):  # TOO_: key or hash is too weak
            rule = f"must be the private key of tls_certificate in PEM, without a passphrase ({error.reason})"
            found.add("tls_key", f"{rule}: {settings.tls_key}")
        else:
            rule = f"must be a certificate in PEM, followed by its chain to the authority ({error.reason})"
            found.add("tls_certificate", f"{rule}: {shown}")
        return 0.0
    try:
        return _end_of(server, certificate)
    except ssl.SSLError as error:
        why = getattr(error, "verify_message", "") or error.reason
        found.add("tls_certificate", f"must be valid now ({why}): {shown}")
        return 0.0


def _load_pair(context: ssl.SSLContext, settings: Settings) -> None:
    # Without a password argument OpenSSL asks for the passphrase at the terminal.
    context.load_cert_chain(settings.tls_certificate, settings.tls_key, password=lambda: "")


def _is_pem(certificate: bytes) -> bool:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=certificate.decode("ascii"))
    except (ssl.SSLError, ValueError):
        return False
    return True


def _end_of(server: ssl.SSLContext, certificate: bytes) -> float:
    """Return the end of a certificate in seconds since 1970; raises SSLError unless it is valid now.

    The certificate is read by a handshake in memory, since ``ssl`` cannot parse the certificate of a server.
    """
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # trusts the certificate itself, not its signer
    client.load_verify_locations(cadata=certificate.decode("ascii"))
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    caller = client.wrap_bio(to_client, to_server)
    answerer = server.wrap_bio(to_server, to_client, server_side=True)
    for side in (caller, answerer, caller):
        with contextlib.suppress(ssl.SSLWantReadError):
            side.do_handshake()
    return float(ssl.cert_time_to_seconds(str((caller.getpeercert() or {})["notAfter"])))


def _authority_ends(name: str, content: bytes, found: Findings) -> list[float]:
    """Return the ends of the authorities in a file, in seconds since 1970, after noting its faults."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_verify_locations(cadata=content.decode("ascii"))
    except (ssl.SSLError, ValueError):
        found.add("client_ca", f"must hold certificates of authorities in PEM: {name}")
        return []
    ends = [float(ssl.cert_time_to_seconds(str(certificate["notAfter"]))) for certificate in context.get_ca_certs()]
    if not ends:
        found.add("client_ca", f"must hold the certificate of an authority (CA:TRUE), not of a caller: {name}")
    elif max(ends) < time.time():
        found.add("client_ca", f"must be valid now, but its last certificate expired {shown_time(max(ends))}: {name}")
    return ends


def shown_time(time_s: float) -> str:
    """Return a time in seconds since 1970 as text in UTC."""
    return f"{dt.datetime.fromtimestamp(time_s, dt.UTC):%Y-%m-%d %H:%M} UTC"
