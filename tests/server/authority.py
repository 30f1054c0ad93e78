"""A certificate authority for tests, made with openssl as by an operator."""

import subprocess
from pathlib import Path
from typing import NamedTuple

ON_LOOPBACK = "subjectAltName=DNS:localhost,IP:127.0.0.1"


def run(*arguments, cwd=None):
    """Run openssl."""
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, cwd=cwd)


NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


class Pair(NamedTuple):
    """Files of a certificate and its key."""

    certificate: Path
    key: Path


class Authority:
    """Signs certificates of servers and callers in a folder; its own certificate is valid for some days."""

    def __init__(self, folder: Path, name: str = "authority", days: int = 30) -> None:
        self.folder = folder
        self.certificate, self._key = folder / f"{name}.pem", folder / f"{name}.key"
        subject = ("-subj", f"/CN={name}", "-days", days)
        run("req", "-x509", *NEW_KEY, *subject, "-keyout", self._key, "-out", self.certificate)

    def sign(self, name: str, common: str | None = None, extension: str = ON_LOOPBACK, *, days: int = 10) -> Pair:
        """Return a certificate that is valid for some days, and its key."""
        pair = Pair(self.folder / f"{name}.pem", self.folder / f"{name}.key")
        request, extensions = self.folder / f"{name}.csr", self.folder / f"{name}.ext"
        extensions.write_text(extension + "\n")
        run("req", *NEW_KEY, "-subj", f"/CN={common or name}", "-keyout", pair.key, "-out", request)
        signer = ("-CA", self.certificate, "-CAkey", self._key, "-CAcreateserial", "-days", days)
        run("x509", "-req", "-in", request, *signer, "-extfile", extensions, "-out", pair.certificate)
        return pair
