"""Asks the admin port whether a server serves: ``python -m boxwright.server.health``, for checks of containers."""

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
    """Return whether a server says SERVING, which needs no credential.

    Parameters
    ----------
    address : str
        Host and port of its admin port; one of all addresses is asked on this machine.
    certificate : str, optional
        File of the certificate that it must show, whoever signed it and whatever name is in it. Default: it is asked
        without TLS.
    timeout_s : float, optional
        How long to wait for the answer, in seconds. Default 2.
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
    """Return ``admin_address`` and ``tls_certificate`` of the server with this environment.

    They are read without a look at the other settings: a probe starts every few seconds, and judges nothing. A settings
    file that cannot be read says nothing, as a server with it does not start.
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
