"""Files of tokens, the commands that change them, and their lines in the system log."""

import datetime as dt
import json
import os
import pwd
import re
import socket
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from boxwright.cli.commands import tokens as tokens_command
from boxwright.errors import InvalidInputError
from boxwright.server.access.tokens import Tokens, read_tokens

from .token_calls import cli, make


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ("", "tokens"),
        ("[" * 100_000, "tokens"),
        ("[]", "tokens"),
        ('{"tokens": {}}', "tokens"),
        ('{"tokens": [1]}', "tokens[0]"),
        ('{"tokens": [{"id": "a"}]}', "tokens[0]"),
    ],
)
def test_a_file_that_is_not_one_of_tokens_is_refused(tokens_file, content, field):
    """The error names the malformed part."""
    tokens_file.write_text(content)
    with pytest.raises(InvalidInputError, match=rf"tokens.json: {re.escape(field)}: "):
        read_tokens(str(tokens_file))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("id", "A"),
        ("name", "a b"),
        ("name", "a\n"),
        ("sha256", "a"),
        ("scopes", ["all"]),
        ("scopes", "pack"),
        ("sites", [1]),
        ("created", None),
        ("expires", "2026-11-26"),
        ("revoked", 5),
    ],
)
def test_each_fault_of_a_token_is_named(tokens_file, key, value):
    """A faulty token makes the whole file invalid, by row and field."""
    make(tokens_file)
    rows = json.loads(tokens_file.read_text())
    rows["tokens"][0][key] = value
    tokens_file.write_text(json.dumps(rows))
    with pytest.raises(InvalidInputError, match=rf"tokens.json: tokens\[0\]\.{key}: "):
        read_tokens(str(tokens_file))


def test_two_tokens_of_one_id_are_refused(tokens_file):
    """An id must be unique."""
    make(tokens_file)
    rows = json.loads(tokens_file.read_text())
    tokens_file.write_text(json.dumps({"tokens": rows["tokens"] * 2}))
    with pytest.raises(InvalidInputError, match=": tokens: "):
        read_tokens(str(tokens_file))


def test_a_world_writable_file_is_refused(tokens_file):
    """A world-writable or missing file is refused."""
    make(tokens_file)
    tokens_file.chmod(0o666)
    with pytest.raises(InvalidInputError, match=r"^tokens_file: .*chmod o-w"):
        Tokens(str(tokens_file))
    tokens_file.unlink()
    with pytest.raises(InvalidInputError, match=r"^tokens_file: "):
        Tokens(str(tokens_file))


def test_who_could_read_the_file_still_can_after_a_change(tokens_file):
    """A change keeps owner and group, and the group's right to read."""
    owner = (12_345, 54_321) if os.geteuid() == 0 else (os.geteuid(), os.getegid())
    cli("tokens", "create", "hall", "--scope", "pack", "--tokens-file", tokens_file)
    assert stat.S_IMODE(tokens_file.stat().st_mode) == 0o600
    for mode, kept in ((0o640, 0o640), (0o644, 0o640), (0o600, 0o600)):
        tokens_file.chmod(mode)
        os.chown(tokens_file, *owner)
        cli("tokens", "create", "wms", "--scope", "pack", "--tokens-file", tokens_file)
        assert (stat.S_IMODE(tokens_file.stat().st_mode), tokens_file.stat().st_uid, tokens_file.stat().st_gid) == (
            kept,
            *owner,
        )


def test_commands_at_once_lose_no_token(tokens_file):
    """Concurrent commands lose no token and leave no other file."""
    if not hasattr(os, "fork"):
        pytest.skip("no locks of this kind")
    script = "from boxwright.cli import main; main()"

    def create(number):
        given = ("tokens", "create", f"hall-{number}", "--scope", "pack", "--tokens-file", str(tokens_file))
        subprocess.run([sys.executable, "-c", script, *given], check=True, capture_output=True)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(create, range(3)))
    assert {token.name for token in read_tokens(str(tokens_file))} == {f"hall-{number}" for number in range(3)}
    assert [file.name for file in tokens_file.parent.iterdir()] == ["tokens.json"]


def test_tokens_are_made_listed_and_revoked(tokens_file):
    """A new file is private and holds only hashes; a token is printed once."""
    where = "--tokens-file", tokens_file
    text = cli("tokens", "create", "hall-2", "--scope", "pack", "--scope", "read", "--site", "sites/dallas",
               "--expires-days", 90, *where).strip()  # fmt: skip
    assert stat.S_IMODE(tokens_file.stat().st_mode) == 0o600
    prefix, number, secret = text.split("_", 2)
    assert prefix == "bxw"
    assert len(secret) >= 43
    assert secret not in tokens_file.read_text()
    token = Tokens(str(tokens_file)).found(text)
    assert (token.token_id, token.name, token.sites, token.scopes) == (number, "hall-2", {"dallas"}, {"pack", "read"})
    assert token.expires - token.created == dt.timedelta(days=90)
    listed = cli("tokens", "list", *where)
    assert all(part in listed for part in (number, "hall-2", "pack", "read", "dallas"))
    assert secret not in listed
    assert {number, "hall-2"} <= set(cli("tokens", "revoke", number, *where).split())
    assert "revoked" in cli("tokens", "list", *where)
    before = read_tokens(str(tokens_file))
    cli("tokens", "revoke", number, *where)
    assert read_tokens(str(tokens_file)) == before
    assert "ID: " in cli("tokens", "revoke", "b", *where, code=2)


def test_wrong_arguments_are_named(tokens_file, monkeypatch):
    """Wrong arguments are named, and nothing is written."""
    create = ("tokens", "create", "--scope", "pack", "--tokens-file", tokens_file)
    assert "NAME: " in cli(*create, "hall\n2", code=2)
    assert "--site: " in cli(*create, "a", "--site", "../a", code=2)
    assert "--scope" in cli("tokens", "create", "a", "--scope", "all", "--tokens-file", tokens_file, code=2)
    assert not tokens_file.exists()
    cli(*create, "a")
    monkeypatch.delenv("BOXWRIGHT_TOKENS_FILE", raising=False)
    assert "--tokens-file" in cli("tokens", "list", code=2)
    monkeypatch.setenv("BOXWRIGHT_TOKENS_FILE", str(tokens_file))
    assert "pack" in cli("tokens", "list")


def test_the_system_hears_who_made_or_revoked_a_token(tokens_file, tmp_path, monkeypatch):
    """The system log names the user of the process and the token, without its secret."""
    monkeypatch.setattr(tokens_command, "SYSTEM_LOG", str(tmp_path / "log"))
    monkeypatch.setenv("LOGNAME", "somebody-else")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
        log.bind(str(tmp_path / "log"))
        log.settimeout(20)
        text = cli("tokens", "create", "hall-2", "--scope", "pack", "--tokens-file", tokens_file).strip()
        _, number, secret = text.split("_", 2)
        cli("tokens", "revoke", number, "--tokens-file", tokens_file)
        heard = [log.recv(4_096).decode() for _ in range(2)]
    assert all(line.startswith("<85>boxwright: {") and secret not in line for line in heard)
    made, revoked = (json.loads(line.partition(" ")[2]) for line in heard)
    who = f"user:{pwd.getpwuid(os.getuid()).pw_name}"
    for line, outcome in ((made, "created"), (revoked, "revoked")):
        assert (line["message"], line["what"], line["outcome"], line["who"]) == ("audit", "token", outcome, who)
        assert (line["credential"], line["token"], line["scopes"]) == (number, "hall-2", ["pack"])
        assert dt.datetime.fromisoformat(line["at"]).tzinfo is not None


@pytest.mark.parametrize("content", ["nothing", "a file", "a closed socket"])
def test_a_token_counts_where_the_system_has_no_log(tokens_file, tmp_path, monkeypatch, content):
    """Without a system log, as in containers, commands work."""
    path = tmp_path / "log"
    monkeypatch.setattr(tokens_command, "SYSTEM_LOG", str(path))
    if content == "a file":
        path.touch()
    elif content == "a closed socket":
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
            log.bind(str(path))
    text = cli("tokens", "create", "hall-2", "--scope", "pack", "--tokens-file", tokens_file).strip()
    assert Tokens(str(tokens_file)).found(text).name == "hall-2"
