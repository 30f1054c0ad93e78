"""Certificates and keys as files: read, and judged before a door shows or trusts them."""

import contextlib
import ssl
from dataclasses import dataclass

from boxwright.findings import Findings
from boxwright.regular_file import read_regular

MOST_BYTES = 1 << 20
"""Longest file: the authorities of a whole operating system are shorter."""

WEAK = {
    "EE_KEY_TOO_SMALL": "has a key that is too short to be safe",
    "CA_KEY_TOO_SMALL": "has an authority whose key is too short to be safe",
    "CA_MD_TOO_WEAK": "is signed by a hash that is no longer safe",
}
"""What OpenSSL's reasons mean for a certificate."""


@dataclass(frozen=True, slots=True)
class Files:
    """Names of the files; empty where there is none."""

    certificate: str
    key: str
    client_ca: str


@dataclass(frozen=True, slots=True)
class Pems:
    """What the files hold, once it is known to fit together.

    Attributes
    ----------
    certificate, key, client_ca : bytes
        PEM; ``client_ca`` is empty where callers need no certificate.
    begins_s, expires_s : float
        When the certificate begins to be valid, and when it ends, in seconds since 1970.
    """

    certificate: bytes
    key: bytes
    client_ca: bytes
    begins_s: float
    expires_s: float


def read_pems(files: Files) -> Pems:
    """Return what the files hold.

    Raises
    ------
    InvalidInputError
        With every file that cannot be read or does not fit, by the name of its setting.
    """
    found = Findings()
    certificate = _read(files.certificate, "tls_certificate", found)
    key = _read(files.key, "tls_key", found)
    client_ca = _read(files.client_ca, "client_ca", found) if files.client_ca else b""
    if certificate is not None and key is not None:
        begins_s, expires_s = _judge(files, certificate, found)
    if client_ca:
        _judge_authority(files.client_ca, client_ca, found)
    found.raise_any()
    assert certificate is not None  # it has noted a finding otherwise, as of the others
    assert key is not None
    assert client_ca is not None
    return Pems(certificate, key, client_ca, begins_s, expires_s)


def _read(name: str, field: str, found: Findings) -> bytes | None:
    try:
        return read_regular(name, MOST_BYTES)
    except OSError as error:
        found.add(field, f"cannot be read: {error.strerror}: {name}")
        return None


def _judge(files: Files, certificate: bytes, found: Findings) -> tuple[float, float]:
    """Note what is wrong with certificate and key; return when the certificate begins and ends, in s since 1970."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        server.load_cert_chain(files.certificate, files.key, password=lambda: "")  # else it asks at the terminal
    except ssl.SSLError as error:
        found.add(*_of_pair(error, files, certificate))
        return 0.0, 0.0
    except OSError as error:  # changed since it was read
        found.add("tls_certificate", f"cannot be read: {error.strerror}")
        return 0.0, 0.0
    try:
        return _shown(server, certificate)
    except ssl.SSLCertVerificationError as error:
        found.add("tls_certificate", f"is not valid now: {error.verify_message}: {files.certificate}")
    except ssl.SSLError as error:
        found.add("tls_certificate", f"cannot be shown to a caller: {error.reason}: {files.certificate}")
    return 0.0, 0.0


def _of_pair(error: ssl.SSLError, files: Files, certificate: bytes) -> tuple[str, str]:
    """Return the setting and the rule broken where certificate and key do not load."""
    reason = error.reason or ""
    if reason in ("KEY_VALUES_MISMATCH", "KEY_TYPE_MISMATCH"):
        return "tls_key", f"is not the key of the certificate in tls_certificate: {files.key}"
    if reason in WEAK:
        return "tls_certificate", f"{WEAK[reason]}: {files.certificate}"
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=certificate.decode("ascii"))
    except (ssl.SSLError, ValueError):
        return (
            "tls_certificate",
            f"must be a certificate in PEM, with those that lead to its authority: {files.certificate}",
        )
    return "tls_key", f"must be a private key in PEM, without a passphrase: {files.key}"


def _shown(server: ssl.SSLContext, certificate: bytes) -> tuple[float, float]:
    """Return when a certificate begins and ends, by a handshake with oneself, which fails if it is not valid now."""
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
    shown = caller.getpeercert() or {}
    begins_s, expires_s = (float(ssl.cert_time_to_seconds(str(shown[key]))) for key in ("notBefore", "notAfter"))
    return begins_s, expires_s


def _judge_authority(name: str, content: bytes, found: Findings) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_verify_locations(cadata=content.decode("ascii"))
    except (ssl.SSLError, ValueError):
        found.add("client_ca", f"must be certificates of authorities in PEM: {name}")
        return
    if not context.cert_store_stats()["x509_ca"]:
        found.add("client_ca", f"must hold the certificate of an authority (CA:TRUE), not of a caller: {name}")
