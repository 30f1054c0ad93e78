"""Prometheus from Debian, with the project's configuration; only target, token and intervals are changed."""

import json
import re
import shutil
import socket
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from load import ROOT, Secured

DEPLOY = ROOT / "deploy"
START_S = 30


def configured(secured: Secured, folder: Path) -> Path:
    """Write configuration and rules of deploy/ into a folder, changed for a check of a minute."""
    text = (DEPLOY / "prometheus.yml").read_text(encoding="utf-8")
    found = re.sub(r"    static_configs:\n(?: {6,}.*\n)+", _target(secured), text)
    if found == text:
        raise RuntimeError("deploy/prometheus.yml has no static_configs to put another target in place of")
    found = found.replace("scrape_interval: 15s", "scrape_interval: 1s")
    found = found.replace("evaluation_interval: 15s", "evaluation_interval: 1s")
    (folder / "prometheus.yml").write_text(found, encoding="utf-8")
    rules = (DEPLOY / "alerts.yml").read_text(encoding="utf-8")
    (folder / "alerts.yml").write_text(re.sub(r"for: \d+[smhd]", "for: 3s", rules), encoding="utf-8")
    return folder / "prometheus.yml"


def _target(secured: Secured) -> str:
    return (
        "    scheme: https\n"
        f"    authorization: {{credentials_file: {secured.token_file}}}\n"
        f"    tls_config: {{ca_file: {secured.authority}}}\n"
        f"    static_configs: [{{targets: ['{secured.server.admin_address}']}}]\n"
    )


class Prometheus:
    """A Prometheus server, queried over HTTP."""

    def __init__(self, origin: str) -> None:
        self._origin = origin

    def get(self, path: str, **given: object) -> Any:
        """Return the data of an answer; raise RuntimeError with the message of an error."""
        url = f"{self._origin}/api/v1/{path}?{urllib.parse.urlencode(given)}"
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{given.get('query', path)}: {error.read().decode()}") from None

    def series(self, query: str, start_s: float, end_s: float, step_s: float) -> list[dict[str, Any]]:
        """Return the series of a query over a period."""
        found: list[dict[str, Any]] = self.get("query_range", query=query, start=start_s, end=end_s, step=step_s)[
            "result"
        ]
        return found

    def ready(self) -> bool:
        """Return whether it answers."""
        try:
            with urllib.request.urlopen(f"{self._origin}/-/ready", timeout=5):
                return True
        except OSError:
            return False


@contextmanager
def running_prometheus(configuration: Path) -> Iterator[Prometheus]:
    """Run Prometheus with a configuration; its data are in a folder next to it."""
    program = shutil.which("prometheus")
    if program is None:
        raise RuntimeError("prometheus is not installed: apt-get install prometheus")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        program,
        f"--config.file={configuration}",
        f"--storage.tsdb.path={configuration.parent / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
    ]
    log = configuration.with_suffix(".log")
    with log.open("w", encoding="utf-8") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said)
    try:
        found, end_s = Prometheus(f"http://127.0.0.1:{port}"), time.monotonic() + START_S
        while not found.ready():
            if process.poll() is not None or time.monotonic() > end_s:
                raise RuntimeError(f"Prometheus did not start:\n{log.read_text(encoding='utf-8')}")
            time.sleep(0.1)
        yield found
    finally:
        process.terminate()
        process.wait(timeout=30)
