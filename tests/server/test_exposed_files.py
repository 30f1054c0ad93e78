"""Files that others than the server's user may read or write are named."""

import json
import os

import pytest

from boxwright.server.doctor.files import look_at_files
from boxwright.server.doctor.finding import Level
from boxwright.server.exposed_files import exposed_files, exposure
from boxwright.server.settings import Settings
from boxwright.server.settings_sources import read_settings

from .here import server_here


@pytest.mark.parametrize(
    ("modes", "exposed"),
    [((0o600, 0o400, 0o700), False), ((0o640, 0o620, 0o660, 0o604, 0o602, 0o664, 0o666), True)],
)
def test_a_file_that_others_may_use_is_named(tmp_path, modes, exposed):
    """Each of four rights of others, and how they are taken away."""
    path = tmp_path / "key"
    path.touch()
    for mode in modes:
        path.chmod(mode)
        assert (f"chmod go-rwx {path}" in exposure(str(path))) == bool(exposure(str(path))) == exposed


def test_of_a_store_that_is_not_there_yet_nothing_is_said_but_that(tmp_path):
    """Nobody can read it; of a key that lacks, the line on certificates speaks."""
    store = f"sqlite:///{tmp_path}/plans.db"
    settings = Settings(tls_certificate="c", tls_key=str(tmp_path / "none.key"), store=store)
    (found,) = look_at_files(settings)
    assert (found.level, f"{tmp_path}/plans.db" in found.says) == (Level.OK, True)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root gives files to other groups")
def test_a_group_that_root_gave_a_file_to_may_read_it(tmp_path):
    """As systemd and Kubernetes hand a key to a service; nobody else may, and the group may not write."""
    path = tmp_path / "key"
    path.touch()
    os.chown(path, 0, 10_001)
    path.chmod(0o440)
    assert exposure(str(path)) == ""
    path.chmod(0o664)
    assert f"chmod g-wx,o-rwx {path}" in exposure(str(path))


def test_a_file_that_is_not_there_is_not_named(tmp_path):
    """What is wrong with it is said elsewhere."""
    assert exposure(str(tmp_path / "none")) == ""


def test_a_folder_is_not_to_be_closed_to_others(tmp_path):
    """A store that names a folder, such as /tmp, is wrong; closing that folder to others would break the machine."""
    tmp_path.chmod(0o777)
    assert exposure(str(tmp_path)) == ""


@pytest.fixture
def files(tmp_path):
    """A key, a file of tokens and a store with its log, open to others."""
    made = {name: tmp_path / name for name in ("key", "tokens.json", "plans.db", "plans.db-wal")}
    for each in made.values():
        each.touch()
        each.chmod(0o640)
    return made


def settings_of(files):
    """Return settings that name the files."""
    store = f"sqlite:///{files['plans.db']}"
    return Settings(tls_certificate="c", tls_key=str(files["key"]), tokens_file=str(files["tokens.json"]), store=store)


def test_each_file_of_the_settings_is_looked_at(files):
    """The doctor has a line for each; only those that others may use are to be mended. A group may read tokens."""
    settings = settings_of(files)
    assert [name for name, _ in exposed_files(settings)] == ["tls_key", "store", "store"]
    assert [each.level for each in look_at_files(settings)] == [Level.WARN, Level.OK, Level.WARN, Level.WARN]
    files["tokens.json"].chmod(0o660)
    assert [name for name, _ in exposed_files(settings)] == ["tls_key", "tokens_file", "store", "store"]
    found = list(look_at_files(settings))
    assert [each.level for each in found] == [Level.WARN] * 4
    assert str(files["tokens.json"]) in found[1].says
    assert found[0].mend == f"chmod go-rwx {files['key']}"
    for each in files.values():
        each.chmod(0o600)
    assert list(exposed_files(settings)) == []
    assert [each.level for each in look_at_files(settings)] == [Level.OK] * 4


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root gives files to other users")
def test_a_store_of_another_user_than_its_folder_is_named(tmp_path):
    """As one that root restored, which the server's user may not write; a folder of root's says nothing."""
    folder = tmp_path / "kept"
    folder.mkdir()
    file = folder / "plans.db"
    file.touch(0o600)
    settings = Settings(store=f"sqlite:///{file}")
    assert [each.level for each in look_at_files(settings)] == [Level.OK]
    os.chown(folder, 64_000, 64_000)
    found, _ = look_at_files(settings)
    assert found.level is Level.WARN
    assert all(part in found.says for part in (str(file), "0", "64000"))
    assert found.mend == f"chown --reference {folder} {file}"
    os.chown(file, 64_000, 64_000)
    assert [each.level for each in look_at_files(settings)] == [Level.OK]


def test_a_store_in_a_folder_that_may_not_be_entered_is_looked_at(monkeypatch):
    """What is wrong with it is said where the store is examined; pathlib would raise here."""

    def denied(path, **_):
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "stat", denied)
    assert [each.level for each in look_at_files(Settings(store="sqlite:////closed/plans.db"))] == [Level.OK]


@pytest.mark.parametrize("name", ["link_key", "order_id_key", "store"])
def test_a_file_of_a_secret_is_looked_at_where_it_is_read(tmp_path, name):
    """From an option and from the environment; its content is not shown."""
    holder = tmp_path / "secret"
    holder.write_text("postgresql://user:pass-word@host/database\n")
    for environment, given in (
        ({f"BOXWRIGHT_{name.upper()}_FILE": str(holder)}, {}),
        ({}, {f"{name}_file": str(holder)}),
    ):
        holder.chmod(0o600)
        assert read_settings(Settings, environment, given).warnings == ()
        holder.chmod(0o644)
        (warning,) = read_settings(Settings, environment, given).warnings
        assert f"chmod go-rwx {holder}" in warning
        assert "pass-word" not in warning


def test_a_start_names_the_files_that_others_may_use(tmp_path):
    """In the log; a store that the server makes is for its user alone."""
    tokens = tmp_path / "tokens.json"
    tokens.write_text('{"tokens": []}')
    tokens.chmod(0o644)
    with server_here(tokens_file=tokens, store=f"sqlite:///{tmp_path}/plans.db") as server:
        lines = [line for line in map(json.loads, server.log) if "exposed" in line]
    assert [(line["level"], line["setting"]) for line in lines] == [("WARNING", "tokens_file")]
    assert f"chmod g-wx,o-rwx {tokens}" in lines[0]["exposed"]
