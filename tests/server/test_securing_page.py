"""The page on securing a service: its commands make a server that lets in by token over TLS, and nobody else."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "deployment.md"
PORTS = ("50051", "8080", "9464")
WAIT = """
serving=$!
trap 'kill $serving' EXIT
for second in $(seq 120); do
    curl -s --cacert ca.pem https://localhost:9464/healthz | grep -q '^SERVING' && break
    sleep 0.5
done
"""
PYTHON = """
echo "--- client"; python - <<'P'
{}
P
echo "--- nobody"; curl -s --cacert ca.pem https://localhost:8080/v1/catalogs
"""


def free_ports():
    """Return ports that nobody listens on."""
    with ExitStack() as stack:
        opened = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in PORTS]
        return [str(each.getsockname()[1]) for each in opened]


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("openssl")), reason="needs curl and openssl")
def test_the_commands_work_as_they_stand(tmp_path):
    """But for the ports: an order is planned, metrics are read, the client connects, and nobody else is answered."""
    part = PAGE.read_text(encoding="utf-8").partition("## Securing a service")[2].partition("\n## ")[0]
    begin, use = re.findall(r"```sh\n(.*?)```", part, re.DOTALL)
    (client,) = re.findall(r"```python\n(.*?)```", part, re.DOTALL)
    script = f"set -eu\n{begin.rstrip()} 2> serve.log &\n{WAIT}{use}{PYTHON.format(client)}"
    ports = dict(zip(PORTS, free_ports(), strict=True))
    for usual, port in ports.items():
        script = script.replace(f":{usual}", f":{port}")
    (tmp_path / "boxwright").write_text(
        f'#!/bin/sh\nexec {sys.executable} -c "from boxwright.cli import main; main()" "$@"\n'
    )
    (tmp_path / "boxwright").chmod(0o755)
    addresses = dict(zip(("ADDRESS", "HTTP_ADDRESS", "ADMIN_ADDRESS"), ports.values(), strict=True))
    given = {f"BOXWRIGHT_{name}": f"127.0.0.1:{port}" for name, port in addresses.items()}
    path = os.pathsep.join((str(tmp_path), str(Path(sys.executable).parent), os.environ["PATH"]))
    run = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env={**os.environ, **given, "PATH": path, "BOXWRIGHT_WORKERS": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "PLAN_STATUS_COMPLETE" in run.stdout
    assert "boxwright_ready 1.0" in run.stdout
    assert "catalogs/eu-stock" in run.stdout.partition("--- client")[2]
    said = run.stdout.partition("--- nobody\n")[2]  # with lines of the audit before or after the answer
    answer, _ = json.JSONDecoder().raw_decode(said[said.index("{") :])
    assert answer["code"] == "unauthenticated"
