"""A start that fails changes nothing in the store."""

import asyncio
import contextlib
import socket
import sqlite3

import pytest
from tests.store.earlier import make_at_step

from boxwright.errors import BoxwrightError, InvalidInputError
from boxwright.server.lifecycle import Server
from boxwright.server.settings import Settings
from boxwright.store import Durability
from boxwright.store.database import Database
from boxwright.store.migrate import NEWEST, revision_of

from .authority import Authority

NOWHERE = dict.fromkeys(("address", "admin_address", "http_address"), "127.0.0.1:0")


def old_store(folder):
    """Make a store with tables of the first version; return its URL."""
    url = f"sqlite:///{folder}/plans.db"
    make_at_step(url, "0001")
    return url


def revision(url):
    """Return the version of the tables of a store."""
    database = Database(url, Durability.FULL)
    with contextlib.closing(database), database.reader.connect() as connection:
        return revision_of(connection)


def start(**given):
    """Build a server as its start does, and stop it."""

    async def built():
        await Server(Settings(**{**NOWHERE, "workers": "1", "grace_s": 0, **given})).stop()

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
    """The tables of an earlier version stay, to the byte: the earlier version can go on."""
    given, says = faults[name]
    folder = tmp_path / "store"
    folder.mkdir()
    url = old_store(folder)
    before = (folder / "plans.db").read_bytes()
    with pytest.raises((BoxwrightError, OSError), match=says):
        start(store=url, **given)
    assert (folder / "plans.db").read_bytes() == before
    assert revision(url) == "0001"


def test_a_start_that_fails_makes_no_store(faults, tmp_path):
    """Nor is there a file that was not there before."""
    given, says = faults["http"]
    folder = tmp_path / "store"
    folder.mkdir()
    with pytest.raises((BoxwrightError, OSError), match=says):
        start(store=f"sqlite:///{folder}/plans.db", **given)
    assert list(folder.iterdir()) == []


def test_a_start_that_does_not_fail_brings_the_store_to_its_version(tmp_path):
    """An old store and a new one have the tables of today once a server has started."""
    url = old_store(tmp_path)
    start(store=url)
    assert revision(url) == NEWEST


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


def test_a_store_of_a_later_version_is_a_fault_of_settings(tmp_path, caplog):
    """As after a rollback: who runs the server has to choose between version and store. Nothing is damaged."""
    url = old_store(tmp_path)
    with contextlib.closing(sqlite3.connect(tmp_path / "plans.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    assert settings_at_fault(store=url) == ["store"]
    (failed,) = [record.facts for record in caplog.records if record.getMessage() == "the store failed"]
    assert failed["reason"] == "store_unsuitable"
