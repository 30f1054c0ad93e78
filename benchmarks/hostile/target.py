"""The servers that are attacked: processes of their own, on free ports of loopback, with their logs in a file."""

import datetime as dt
import json
import os
import runpy
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from boxwright.server.access.scopes import Scope
from boxwright.server.access.token_file import Token, new_token, written

ROOT = Path(__file__).parents[2]
START = "from boxwright.server import Settings, serve; serve(Settings.from_environment())"
AUTHORITY = ROOT / "tests" / "server" / "authority.py"
START_S = 120.0


@dataclass(frozen=True)
class Target:
    """A server.

    Attributes
    ----------
    port, http_port, admin_port : int
        Its doors, at 127.0.0.1.
    process : Popen
        The process that listens.
    log : Path
        What it writes.
    authority : bytes
        Certificate of the authority that its doors are trusted by; empty where it speaks no TLS.
    tokens : mapping of str to str
        Tokens by what they are, such as ``pack`` or ``revoked``; empty where it needs none.
    """

    port: int
    http_port: int
    admin_port: int
    process: "subprocess.Popen[bytes]"
    log: Path
    authority: bytes = b""
    tokens: Mapping[str, str] | None = None

    def context(self) -> ssl.SSLContext:
        """Return what trusts the server."""
        return ssl.create_default_context(cadata=self.authority.decode())

    def lines(self) -> Iterator[str]:
        """Yield the lines of its log."""
        with self.log.open(encoding="utf-8", newline="\n") as log:
            yield from log


@contextmanager
def opened(folder: Path) -> Iterator[Target]:
    """Start a server that anybody may call, with a store."""
    store = f"sqlite:///{folder / 'plans.db'}"
    with _started(folder / "open.log", {"default_catalog": "china-post", "store": store}) as target:
        yield target


@contextmanager
def secured(folder: Path) -> Iterator[Target]:
    """Start a server with TLS at all doors that lets in whoever has a token."""
    authority = runpy.run_path(str(AUTHORITY))["Authority"](folder)
    pair = authority.sign("shown")
    file = folder / "tokens.json"
    given = {"tls_certificate": pair.certificate, "tls_key": pair.key, "tokens_file": file}
    tokens = make_tokens(file)
    with _started(folder / "secured.log", {"default_catalog": "china-post", **given}) as target:
        yield replace(target, authority=authority.certificate.read_bytes(), tokens=tokens)


def make_tokens(file: Path) -> dict[str, str]:
    """Write a file of tokens; return their texts by what they are, and those that let nobody in."""
    now = dt.datetime.now(dt.UTC)
    day = dt.timedelta(days=1)
    texts: dict[str, str] = {}
    kept: list[Token] = []
    for name, scope, expires in (
        *(("pack", Scope.PACK, None), ("read", Scope.READ, None), ("admin", Scope.ADMIN, None)),
        *(("expired", Scope.PACK, now - day), ("revoked", Scope.PACK, None)),
    ):
        texts[name], token = new_token(name, [scope], (), now - 2 * day, expires)
        kept.append(replace(token, revoked=now - day) if name == "revoked" else token)
    texts["of another server"], _ = new_token("pack", [Scope.PACK], (), now, None)
    file.write_text(written(kept), encoding="utf-8")
    file.chmod(0o600)
    return texts


@contextmanager
def _started(log: Path, settings: Mapping[str, object]) -> Iterator[Target]:
    free = dict.fromkeys(("address", "http_address", "admin_address"), "127.0.0.1:0")
    given = {**free, "log_format": "json", "workers": 1, "grace_s": 5, **settings}
    environment = {**os.environ, **{f"BOXWRIGHT_{name.upper()}": str(value) for name, value in given.items()}}
    environment.setdefault("GRPC_VERBOSITY", "NONE")  # as `boxwright serve` sets it
    with log.open("wb") as out, subprocess.Popen([sys.executable, "-c", START], env=environment, stderr=out) as process:
        try:
            ports = _wait(process, log)
            yield Target(ports["grpc_port"], ports["http_port"], ports["admin_port"], process, log)
            process.send_signal(signal.SIGTERM)
            process.wait(60)
        finally:
            process.kill()


def _wait(process: "subprocess.Popen[bytes]", log: Path) -> dict[str, int]:
    """Return its ports once a server serves."""
    until_s = time.monotonic() + START_S
    while process.poll() is None and time.monotonic() < until_s:
        entries = [json.loads(each) for each in log.read_text().splitlines() if each.startswith("{")]
        if any(each.get("message") == "serving" for each in entries):
            return next(each for each in entries if "grpc_port" in each)
        time.sleep(0.05)
    raise RuntimeError(f"the server did not start:\n{log.read_text()}")
