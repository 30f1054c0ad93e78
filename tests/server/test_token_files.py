"""Files of tokens: content and permissions."""

import json
import os
import re
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

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
        import subprocess
        import sys

        given = ("tokens", "create", f"hall-{number}", "--scope", "pack", "--tokens-file", str(tokens_file))
        subprocess.run([sys.executable, "-c", script, *given], check=True, capture_output=True)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(create, range(3)))
    assert {token.name for token in read_tokens(str(tokens_file))} == {f"hall-{number}" for number in range(3)}
    assert [file.name for file in tokens_file.parent.iterdir()] == ["tokens.json"]
