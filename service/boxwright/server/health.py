"""Health probe of containers: ``python -m boxwright.server.health`` asks the admin port whether the server serves."""

import contextlib
import http.client
import os
import ssl
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

DEFAULT_ADMIN = "127.0.0.1:9464"


def probe(address: str, certificate: str = "", *, timeout_s: float = 2.0) -> bool:
    """Return whether a server answers SERVING; needs no credential.

    Parameters
    ----------
    address : str
        Host and port of the admin port; for a wildcard address, this machine is asked.
    certificate : str, optional
        File of the certificate that the server must present; its signer and names are not checked. Default: no TLS.
    timeout_s : float, optional
        Timeout of the answer, in seconds. Default 2.
    """
    host, _, port = address.rpartition(":")
    host = "127.0.0.1" if host in ("0.0.0.0", "[::]", "") else host.strip("[]")
    try:
        asking = http.client.HTTPConnection(host, int(port), timeout=timeout_s)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
            context.load_verify_locations(cadata=Path(certificate).read_text(encoding="ascii"))
            asking = http.client.HTTPSConnection(host, int(port), timeout=timeout_s, context=context)
        with contextlib.closing(asking):
            asking.request("GET", "/healthz")
            return asking.getresponse().status == 200
    except (OSError, ValueError, http.client.HTTPException):
        return False


def addressed(environment: Mapping[str, str]) -> tuple[str, str]:
    """Return ``admin_address`` and ``tls_certificate`` from an environment or its settings file.

    Other settings are not read, since a probe runs every few seconds. An unreadable settings file is ignored, since
    no server starts with it.
    """
    config, values = environment.get("BOXWRIGHT_CONFIG", ""), {}
    if config:
        with contextlib.suppress(OSError, ValueError):
            values = tomllib.loads(Path(config).read_text(encoding="utf-8"))
    certificate = str(values.get("tls_certificate", ""))
    return (
        environment.get("BOXWRIGHT_ADMIN_ADDRESS", str(values.get("admin_address", DEFAULT_ADMIN))),
        environment.get("BOXWRIGHT_TLS_CERTIFICATE", certificate and str(Path(config).parent / certificate)),
    )


if __name__ == "__main__":
    address, certificate = addressed(os.environ)
    serving = probe(address, certificate)
    print(f"{address} {'SERVING' if serving else 'NOT_SERVING'}")
    sys.exit(0 if serving else 1)
