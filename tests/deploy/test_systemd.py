"""The systemd unit and the Alertmanager example are valid and agree with the server."""

import datetime as dt
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import grpc
import pytest
import yaml
from tests.interop.running_server import running_server

from boxwright.server.access.auth import Scope
from boxwright.server.access.tokens import new_token, written
from boxwright.server.settings import Settings
from boxwright.server.settings.sources import IN_FILE, SECRETS, read_settings
from boxwright.v1.packing_service_pb2_grpc import PackingServiceStub
from server.authority import Authority
from server.live_calls import BOOK, pack_request_of

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNIT = (DEPLOY / "systemd" / "boxwright.service").read_text(encoding="utf-8")
TOML = (DEPLOY / "systemd" / "boxwright.toml").read_text(encoding="utf-8")
EXPOSED = 20
"""Maximum exposure score of the unit, from 0 to 100, as computed by systemd."""


def values(key):
    """Return the values of a key of the unit."""
    return re.findall(rf"^{key}=(.*)$", UNIT, re.MULTILINE)


def value(key):
    """Return the only value of a key."""
    (found,) = values(key)
    return found


@pytest.fixture
def unit(tmp_path):
    """Write the unit with an existing program and changed keys; return the file."""

    def made(old="", new=""):
        assert old in UNIT
        text = UNIT.replace(old, new) if old else UNIT
        file = tmp_path / "boxwright.service"
        file.write_text(text.replace("/opt/boxwright/bin/boxwright", sys.executable), encoding="utf-8")
        return str(file)

    return made


def verified(program, file):
    """Return the complaints of systemd-analyze about a unit."""
    done = subprocess.run([program, "verify", "--man=no", file], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_systemd_reads_the_unit(systemd_analyze, unit):
    """systemd-analyze accepts the unit and complains about a misspelt key."""
    assert verified(systemd_analyze, unit()) == ""
    assert "ProtectSystemm" in verified(systemd_analyze, unit("ProtectSystem", "ProtectSystemm"))


def test_systemd_finds_the_unit_hardly_exposed(systemd_analyze, unit):
    """The exposure score is low; it rises without a separate user and without a system call filter."""
    command = [systemd_analyze, "security", "--offline=true", f"--threshold={EXPOSED}", "--no-pager"]
    assert subprocess.run([*command, unit()], capture_output=True, check=False).returncode == 0
    open_to_all = unit("SystemCallFilter=@system-service\nSystemCallFilter=~@privileged\n")
    assert subprocess.run([*command, open_to_all], capture_output=True, check=False).returncode == 1


def test_a_server_ends_and_reloads_as_the_unit_asks():
    """Only the server gets the signal, and it has time to drain."""
    assert value("ExecReload") == "/bin/kill -HUP $MAINPID"
    assert (value("KillMode"), value("OOMPolicy"), value("Restart")) == ("mixed", "continue", "on-failure")
    grace_s = tomllib.loads(TOML).get("grace_s", Settings().grace_s)
    assert int(value("TimeoutStopSec")) > grace_s + 5
    assert int(value("LimitNOFILE")) >= 16_384


def test_files_of_the_settings_are_where_the_unit_lets_the_server_be(tmp_path):
    """The store is in the only writable folder, and every setting is known."""
    (tmp_path / "boxwright.toml").write_text(TOML)
    sourced = read_settings({"BOXWRIGHT_CONFIG": str(tmp_path / "boxwright.toml")}, {})
    settings = tomllib.loads(TOML)
    assert set(settings) <= set(sourced.origins)
    assert settings["store"].startswith(f"sqlite:////var/lib/{value('StateDirectory')}/")
    assert "BOXWRIGHT_CONFIG=/etc/boxwright/boxwright.toml" in values("Environment")
    credentials = dict(text.split(":") for text in values("LoadCredential"))
    named = dict(text.split("=%d/") for text in values("Environment") if "=%d/" in text)
    assert set(named.values()) == set(credentials)
    assert set(named) <= {f"BOXWRIGHT_{name}{IN_FILE}".upper() for name in SECRETS}


@pytest.mark.usefixtures("openssl")
def test_a_server_with_these_settings_plans_and_stores(tmp_path):
    """A server starts with the shipped settings file, stores plans and accepts a token."""
    authority = Authority(tmp_path)
    authority.sign("tls")
    text, token = new_token("hall", [Scope.PACK], [], dt.datetime.now(dt.UTC), None)
    (tmp_path / "tokens.json").write_text(written([token]))
    (tmp_path / "link.key").write_text("a key of at least sixteen characters")
    (tmp_path / "boxwright.toml").write_text(TOML.replace("/var/lib/boxwright", str(tmp_path)))
    given = {"config": tmp_path / "boxwright.toml", "link_key_file": tmp_path / "link.key", "workers": 1}
    with running_server(**given) as server:
        trusted = grpc.ssl_channel_credentials(authority.certificate.read_bytes())
        with grpc.secure_channel(server.address, trusted) as channel:
            asked = pack_request_of({"order": {"order_id": "o", "lines": [BOOK]}})
            metadata = (("authorization", f"Bearer {text}"),)
            made = PackingServiceStub(channel).Pack(asked, timeout=60, metadata=metadata)
    assert made.plan.name.startswith("plans/")


def test_alertmanager_reads_its_example(amtool):
    """Amtool accepts the example: critical alerts page, others wait, and every muted alert exists."""
    file = str(DEPLOY / "alertmanager.yml")
    subprocess.run([amtool, "check-config", file], check=True, capture_output=True)
    for severity, receiver in (("critical", "night"), ("warning", "day")):
        command = [amtool, "config", "routes", "test", f"--config.file={file}", f"severity={severity}"]
        assert subprocess.run(command, check=True, capture_output=True, text=True).stdout.split() == [receiver]
    alerts = set(re.findall(r"- alert: (\w+)", (DEPLOY / "alerts.yml").read_text(encoding="utf-8")))
    rules = yaml.safe_load(Path(file).read_text(encoding="utf-8"))["inhibit_rules"]
    assert set(re.findall(r"Boxwright\w+", str(rules))) <= alerts
