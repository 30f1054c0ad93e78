"""Warnings about files that other users may read or write."""

import json
import os

import pytest

from boxwright.server.settings import Settings
from boxwright.server.settings.sources import exposed_files, exposure, read_settings

from .here import server_here


@pytest.mark.parametrize(
    ("modes", "exposed"),
    [((0o600, 0o400, 0o700), False), ((0o640, 0o620, 0o660, 0o604, 0o602, 0o664, 0o666), True)],
)
def test_a_file_that_others_may_use_is_named(tmp_path, modes, exposed):
    """Every right of group or others gives a warning with the remedy."""
    path = tmp_path / "key"
    path.touch()
    for mode in modes:
        path.chmod(mode)
        assert (f"chmod go-rwx {path}" in exposure(str(path))) == bool(exposure(str(path))) == exposed


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root gives files to other groups")
def test_a_group_that_root_gave_a_file_to_may_read_it(tmp_path):
    """Systemd and Kubernetes pass secrets this way; the group may not write."""
    path = tmp_path / "key"
    path.touch()
    os.chown(path, 0, 10_001)
    path.chmod(0o440)
    assert exposure(str(path)) == ""
    path.chmod(0o664)
    assert f"chmod g-wx,o-rwx {path}" in exposure(str(path))


def test_a_file_that_is_not_there_is_not_named(tmp_path):
    """Other checks report a missing file."""
    assert exposure(str(tmp_path / "none")) == ""


def test_a_folder_is_not_to_be_closed_to_others(tmp_path):
    """A store that names a folder such as /tmp must not lead to a chmod of it."""
    tmp_path.chmod(0o777)
    assert exposure(str(tmp_path)) == ""


@pytest.fixture
def files(tmp_path):
    """A key, a file of tokens and a store with its log, readable by the group."""
    made = {name: tmp_path / name for name in ("key", "tokens.json", "plans.db", "plans.db-wal")}
    for each in made.values():
        each.touch()
        each.chmod(0o640)
    return made


def settings_of(files):
    """Return settings with these files."""
    store = f"sqlite:///{files['plans.db']}"
    return Settings(tls_certificate="c", tls_key=str(files["key"]), tokens_file=str(files["tokens.json"]), store=store)


def test_each_file_of_the_settings_is_looked_at(files):
    """Key and store must be private; a group may read tokens, not write them."""
    settings = settings_of(files)
    assert [name for name, _ in exposed_files(settings)] == ["tls_key", "store", "store"]
    files["tokens.json"].chmod(0o660)
    assert [name for name, _ in exposed_files(settings)] == ["tls_key", "tokens_file", "store", "store"]
    for file in files.values():
        file.chmod(0o600)
    assert list(exposed_files(settings)) == []


@pytest.mark.parametrize("name", ["link_key", "order_id_key", "store"])
def test_a_file_of_a_secret_is_looked_at_where_it_is_read(tmp_path, name):
    """Options and environment are checked alike, and the warning does not show the secret."""
    holder = tmp_path / "secret"
    holder.write_text("postgresql://user:pass-word@host/database\n")
    for environment, given in (
        ({f"BOXWRIGHT_{name.upper()}_FILE": str(holder)}, {}),
        ({}, {f"{name}_file": str(holder)}),
    ):
        holder.chmod(0o600)
        assert read_settings(environment, given).warnings == ()
        holder.chmod(0o644)
        (warning,) = read_settings(environment, given).warnings
        assert f"chmod go-rwx {holder}" in warning
        assert "pass-word" not in warning


def test_a_start_names_the_files_that_others_may_use(tmp_path):
    """The log has a warning; a store made by the server is private."""
    tokens = tmp_path / "tokens.json"
    tokens.write_text('{"tokens": []}')
    tokens.chmod(0o644)
    with server_here(tokens_file=tokens, store=f"sqlite:///{tmp_path}/plans.db") as server:
        lines = [line for line in map(json.loads, server.log) if "exposed" in line]
    assert [(line["level"], line["setting"]) for line in lines] == [("WARNING", "tokens_file")]
    assert f"chmod g-wx,o-rwx {tokens}" in lines[0]["exposed"]
