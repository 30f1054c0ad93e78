"""The commands for tokens in files and stores, and their lines in the system log."""

import datetime as dt
import json
import os
import pwd
import socket
import stat

import pytest

from boxwright.cli.commands import tokens as tokens_command
from boxwright.server.access.tokens import (
    Tokens,
    TokenSource,
    read_tokens,
    record_of,
    tokens_of,
)
from boxwright.store import opened

from .token_calls import cli


def test_tokens_are_made_listed_and_revoked(tokens_file):
    """The file is private and holds no token; a token is printed once."""
    text = cli("tokens", "create", "hall-2", "--scope", "pack", "--scope", "read", "--site", "sites/dallas",
               "--expires-days", 90, "--tokens-file", tokens_file).strip()  # fmt: skip
    assert stat.S_IMODE(tokens_file.stat().st_mode) == 0o600
    prefix, number, secret = text.split("_", 2)
    assert prefix == "bxw"
    assert len(secret) >= 43
    assert secret not in tokens_file.read_text()
    (token,) = read_tokens(str(tokens_file))
    assert (token.token_id, token.name, token.sites) == (number, "hall-2", {"dallas"})
    assert token.expires - token.created == dt.timedelta(days=90)
    assert Tokens(TokenSource.of_file(str(tokens_file))).found(text) == token
    listed = cli("tokens", "list", "--tokens-file", tokens_file)
    assert all(each in listed for each in (number, "hall-2", "pack", "read", "dallas"))
    assert secret not in listed
    assert {number, "hall-2"} <= set(cli("tokens", "revoke", number, "--tokens-file", tokens_file).split())
    assert "revoked" in cli("tokens", "list", "--tokens-file", tokens_file)
    at = read_tokens(str(tokens_file))[0].revoked
    cli("tokens", "revoke", number, "--tokens-file", tokens_file)
    assert read_tokens(str(tokens_file))[0].revoked == at


def test_wrong_arguments_are_named(tokens_file, monkeypatch):
    """Wrong arguments are named, and nothing is written."""
    create = ("tokens", "create", "--scope", "pack", "--tokens-file", tokens_file)
    assert "NAME: " in cli(*create, "hall\n2", code=2)
    assert "--site: " in cli(*create, "a", "--site", "../a", code=2)
    assert "--scope" in cli("tokens", "create", "a", "--scope", "all", "--tokens-file", tokens_file, code=2)
    assert not tokens_file.exists()
    cli(*create, "a")
    assert "ID: " in cli("tokens", "revoke", "b", "--tokens-file", tokens_file, code=2)
    monkeypatch.delenv("BOXWRIGHT_TOKENS_FILE", raising=False)
    monkeypatch.delenv("BOXWRIGHT_STORE", raising=False)
    assert "--tokens-file: " in cli("tokens", "list", code=2)
    assert "--store: " in cli("tokens", "list", "--tokens-file", tokens_file, "--store", "sqlite:////a.db", code=2)
    assert "store: " in cli("tokens", "list", "--store", "plans.db", code=2)


def test_tokens_in_a_store_are_made_listed_and_revoked(tokens_file, tmp_path, monkeypatch):
    """A missing store is created, and holds only hashes."""
    path = tmp_path / "plans.db"
    store = f"sqlite:///{path}"
    text = cli("tokens", "create", "hall-2", "--scope", "pack", "--scope", "read", "--site", "dallas",
               "--expires-days", 90, "--store", store).strip()  # fmt: skip
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    _, number, secret = text.split("_", 2)
    assert all(secret.encode() not in each.read_bytes() for each in tmp_path.iterdir())
    with opened(store, make=True) as kept_there:
        book = kept_there.tokens
        (token,) = tokens_of(book.all())
        kept = TokenSource.of_store(book.all)
        assert record_of(token) == book.all()[0]
    assert (token.token_id, token.name, token.sites, sorted(token.scopes)) == (
        number,
        "hall-2",
        {"dallas"},
        ["pack", "read"],
    )
    assert token.expires - token.created == dt.timedelta(days=90)
    assert Tokens(kept).found(text) == token
    listed = cli("tokens", "list", "--store", store)
    assert all(each in listed for each in (number, "hall-2", "pack", "read", "dallas"))
    monkeypatch.setenv("BOXWRIGHT_STORE", store)
    monkeypatch.setenv("BOXWRIGHT_TOKENS_FILE", str(tokens_file))
    assert number not in cli("tokens", "create", "other", "--scope", "pack") + cli("tokens", "list")
    monkeypatch.delenv("BOXWRIGHT_TOKENS_FILE")
    assert {number, "hall-2"} <= set(cli("tokens", "revoke", number).split())
    assert "revoked" in cli("tokens", "list")
    cli("tokens", "revoke", number)
    assert "ID: " in cli("tokens", "revoke", "b", code=2)


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
    assert all(each.startswith("<85>boxwright: {") and secret not in each for each in heard)
    made, revoked = (json.loads(each.partition(" ")[2]) for each in heard)
    who = f"user:{pwd.getpwuid(os.getuid()).pw_name}"
    for line, outcome in ((made, "created"), (revoked, "revoked")):
        assert (line["message"], line["what"], line["outcome"], line["who"]) == ("audit", "token", outcome, who)
        assert (line["credential"], line["token"], line["scopes"], line["kept_in"]) == (
            number,
            "hall-2",
            ["pack"],
            "file",
        )
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
    assert Tokens(TokenSource.of_file(str(tokens_file))).found(text).name == "hall-2"


def test_no_password_of_a_store_is_an_option_of_tokens(tmp_path, monkeypatch):
    """A password in an option is refused; the URL may come from a file."""
    wrong = cli("tokens", "list", "--store", "postgresql://u:hunter2@127.0.0.1:1/plans", code=2)
    assert "--store: " in wrong
    assert "hunter2" not in wrong
    store = f"sqlite:///{tmp_path / 'plans.db'}"
    (tmp_path / "url").write_text(f"{store}\n")
    monkeypatch.delenv("BOXWRIGHT_TOKENS_FILE", raising=False)
    monkeypatch.delenv("BOXWRIGHT_STORE", raising=False)
    monkeypatch.setenv("BOXWRIGHT_STORE_FILE", str(tmp_path / "url"))
    cli("tokens", "create", "hall-2", "--scope", "pack")
    assert "hall-2" in cli("tokens", "list", "--store", store)
