"""A start that fails changes nothing in the store."""

import asyncio
import contextlib
import socket
import sqlite3

import pytest

from boxwright.errors import BoxwrightError, InvalidInputError
from boxwright.server.lifecycle import Server
from boxwright.server.settings import Settings
from boxwright.store.store import Store

from .authority import Authority

NOWHERE = dict.fromkeys(("address", "admin_address", "http_address"), "127.0.0.1:0")


def made_store(folder):
    """Make a store; return its URL."""
    url = f"sqlite:///{folder}/plans.db"
    with contextlib.closing(Store(url)) as store:
        store.open()
    return url


def start(**given):
    """Build a server as its start does, and stop it."""

    async def built():
        await Server(Settings(**{**NOWHERE, "workers": "threads:1", "grace_s": 0, **given})).stop()

    asyncio.run(built())


@pytest.fixture
def faults(tmp_path):
    """Return, by name, settings that keep a server from starting, and what is said."""
    authority = Authority(tmp_path)
    one, other = authority.sign("one"), authority.sign("two")
    catalog = tmp_path / "own.toml"
    catalog.write_text("[catalog]\n", encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        yield {
            "http": ({"http_address": address}, "127.0.0.1"),
            "certificate": ({"tls_certificate": str(one.certificate), "tls_key": str(other.key)}, "tls_key"),
            "tokens": ({"tokens_file": str(tmp_path / "none.json")}, "tokens_file"),
            "catalog": ({"catalogs": (str(catalog),)}, "own.toml"),
            "default catalog": ({"default_catalog": "no-such"}, "default_catalog"),
        }


FAULTS = ("http", "certificate", "tokens", "catalog", "default catalog")


@pytest.mark.parametrize("name", FAULTS)
def test_a_start_that_fails_leaves_the_store_as_it_was(faults, name, tmp_path):
    """To the byte."""
    given, says = faults[name]
    folder = tmp_path / "store"
    folder.mkdir()
    url = made_store(folder)
    before = (folder / "plans.db").read_bytes()
    with pytest.raises((BoxwrightError, OSError), match=says):
        start(store=url, **given)
    assert (folder / "plans.db").read_bytes() == before


def test_a_start_that_fails_makes_no_store(faults, tmp_path):
    """Nor is there a file that was not there before."""
    given, says = faults["http"]
    folder = tmp_path / "store"
    folder.mkdir()
    with pytest.raises((BoxwrightError, OSError), match=says):
        start(store=f"sqlite:///{folder}/plans.db", **given)
    assert list(folder.iterdir()) == []


def test_a_store_that_is_away_is_named_and_keeps_no_server_from_its_start(tmp_path, caplog):
    """The log says at once what is wrong with it."""
    caplog.set_level("INFO", logger="boxwright.server")
    start(store=f"sqlite:///{tmp_path}/nowhere/plans.db", default_catalog="in-the-store")
    failed = [record.facts for record in caplog.records if record.getMessage() == "the store failed"]
    assert failed[0]["reason"] == "store_unreachable"
    assert f"{tmp_path}/nowhere" in failed[0]["error"]


def settings_at_fault(**given):
    """Return the settings that keep a server from starting, by which its command ends with 2 and is not repeated."""
    with pytest.raises(InvalidInputError) as caught:
        start(**given)
    return [each.field for each in caught.value.violations]


def test_doors_at_addresses_of_another_machine_are_faults_of_settings():
    """However often such a start is tried, it fails; a port that is taken may be free the next time."""
    there = {"address": "192.0.2.1:0", "admin_address": "192.0.2.1:0"}
    assert settings_at_fault(**there, allow_unauthenticated=True) == ["address", "admin_address"]


@pytest.mark.parametrize("revision", ["0007", "9999"])
def test_a_store_of_another_version_is_a_fault_of_settings(tmp_path, caplog, revision):
    """As after a rollback: who runs the server has to choose between version and store. Nothing is damaged."""
    url = made_store(tmp_path)
    with contextlib.closing(sqlite3.connect(tmp_path / "plans.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = ?", [revision])
    assert settings_at_fault(store=url) == ["store"]
    (failed,) = [record.facts for record in caplog.records if record.getMessage() == "the store failed"]
    assert failed["reason"] == "store_unsuitable"
