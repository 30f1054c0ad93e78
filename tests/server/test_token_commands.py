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
)
from boxwright.store import opened

from .token_calls import cli


@pytest.fixture(params=["--tokens-file", "--store"])
def place(request, tokens_file, tmp_path):
    """The option of a place of tokens, its path, and a function that reads its tokens."""
    if request.param == "--tokens-file":
        return (request.param, tokens_file), tokens_file, lambda: TokenSource.of_file(str(tokens_file))
    url = f"sqlite:///{tmp_path}/plans.db"

    def read():
        with opened(url) as store:
            return TokenSource.of_store(store.tokens.all)

    return (request.param, url), tmp_path / "plans.db", read


def test_tokens_are_made_listed_and_revoked(place):
    """A new file or store is private and holds only hashes; a token is printed once."""
    where, path, read = place
    text = cli("tokens", "create", "hall-2", "--scope", "pack", "--scope", "read", "--site", "sites/dallas",
               "--expires-days", 90, *where).strip()  # fmt: skip
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    prefix, number, secret = text.split("_", 2)
    assert prefix == "bxw"
    assert len(secret) >= 43
    assert all(secret.encode() not in file.read_bytes() for file in path.parent.iterdir())
    token = Tokens(read()).found(text)
    assert (token.token_id, token.name, token.sites, token.scopes) == (number, "hall-2", {"dallas"}, {"pack", "read"})
    assert token.expires - token.created == dt.timedelta(days=90)
    listed = cli("tokens", "list", *where)
    assert all(part in listed for part in (number, "hall-2", "pack", "read", "dallas"))
    assert secret not in listed
    assert {number, "hall-2"} <= set(cli("tokens", "revoke", number, *where).split())
    assert "revoked" in cli("tokens", "list", *where)
    at = read().by_id[number].revoked
    cli("tokens", "revoke", number, *where)
    assert read().by_id[number].revoked == at
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
    monkeypatch.delenv("BOXWRIGHT_STORE", raising=False)
    assert "--tokens-file: " in cli("tokens", "list", code=2)
    assert "--store: " in cli("tokens", "list", "--tokens-file", tokens_file, "--store", "sqlite:////a.db", code=2)
    assert "store: " in cli("tokens", "list", "--store", "plans.db", code=2)


def test_a_file_of_tokens_comes_before_a_store(tokens_file, tmp_path, monkeypatch):
    """If the environment names both, commands use the file."""
    store = f"sqlite:///{tmp_path}/plans.db"
    stored = cli("tokens", "create", "hall-2", "--scope", "pack", "--store", store).split("_")[1]
    monkeypatch.setenv("BOXWRIGHT_STORE", store)
    monkeypatch.setenv("BOXWRIGHT_TOKENS_FILE", str(tokens_file))
    assert stored not in cli("tokens", "create", "other", "--scope", "pack") + cli("tokens", "list")
    monkeypatch.delenv("BOXWRIGHT_TOKENS_FILE")
    assert stored in cli("tokens", "list")


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
