"""How many connections a store takes of a PostgreSQL server, and what it does where the server allows fewer."""

import contextlib
import secrets
import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from boxwright.store import StoreBusyError, StoreUnreachableError, postgresql
from boxwright.store import database as databases
from boxwright.store.database import READERS
from boxwright.store.postgresql import _Places

from .conftest import plan, until
from .test_operations import NEW


@pytest.fixture
def role():
    """The name of a user who may have a limit of connections: the one of the other tests may have any number."""
    return f"role_{secrets.token_hex(4)}"


@pytest.fixture
def url(postgresql, role):
    """The URL of an empty database of this user."""
    postgresql.psql(f"CREATE ROLE {role} LOGIN")
    postgresql.psql(f"CREATE DATABASE {role} OWNER {role}")
    return f"postgresql://{role}@127.0.0.1:{postgresql.port}/{role}"


@pytest.fixture
def looking(postgresql):
    """A connection of another user, who looks."""
    with psycopg.connect(postgresql.url(), autocommit=True) as connection:
        yield connection


def taken(looking, role):
    """Return how many connections a user has."""
    return looking.execute("SELECT count(*) FROM pg_stat_activity WHERE usename = %s", [role]).fetchone()[0]


def end(looking, role, *, but=0):
    """End the connections of a user, but for one of them."""
    ours = "SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity WHERE usename = %s AND pid <> %s"
    looking.execute(ours, [role, but])


def opened(open_store):
    """Return a store whose next round is far away: the first gives idle connections back."""
    store = open_store(every_s=3_600)
    until(lambda: store.swept.rounds)
    assert store.write(plan()) == [None]
    return store


def pid(connection):
    """Return the process of the server that serves a connection."""
    return connection.connection.driver_connection.info.backend_pid


def test_a_store_takes_as_many_connections_as_are_known(open_store, looking, role, monkeypatch):
    """One that writes, and four for all else: operations are written over these, and wait where all are in use."""
    monkeypatch.setattr(postgresql, "PLACE_S", 0.1)
    store = opened(open_store)
    with contextlib.ExitStack() as stack:
        for _ in range(READERS):
            stack.enter_context(store.read._connection())
        assert store.write(plan(), plan()) == [None, None]
        for asked in (store.read.sizes, lambda: store.store.operations.add(NEW, 10, 10)):
            with pytest.raises(StoreBusyError):
                asked()
        assert taken(looking, role) == 1 + READERS
    assert store.store.operations.add(NEW, 10, 10) is not None


def test_plans_are_kept_where_connections_that_read_have_the_last_places(open_store, looking, role):
    """The one that writes takes the place of one of them."""
    store = opened(open_store)
    with store.read._connection() as reading:
        kept = pid(reading)
    looking.execute(f"ALTER ROLE {role} CONNECTION LIMIT 1")
    end(looking, role, but=kept)
    assert store.write(plan()) == [None]
    assert store.write(plan()) == [None]
    assert taken(looking, role) == 1
    with pytest.raises(StoreUnreachableError):
        store.read.sizes()
    looking.execute(f"ALTER ROLE {role} CONNECTION LIMIT 2")
    assert store.read.sizes().plans == 3


def test_where_the_server_allows_fewer_connections_those_that_read_go_round(open_store, looking, role, monkeypatch):
    """Who comes while all are in use waits for the next that is not."""
    store = opened(open_store)
    looking.execute(f"ALTER ROLE {role} CONNECTION LIMIT 2")
    refused, wait = threading.Event(), _Places._next

    def wait_and_say_so(places, until_s):
        refused.set()
        return wait(places, until_s)

    monkeypatch.setattr(_Places, "_next", wait_and_say_so)
    with ThreadPoolExecutor(1) as pool:
        with store.read._connection():
            waiting = pool.submit(store.read.sizes)
            until(lambda: refused.is_set() or waiting.done())
        assert waiting.result().plans == 1


def test_connections_that_nobody_uses_are_given_back(open_store, looking, role):
    """With the next round, so that other replicas have their places."""
    store = open_store(every_s=0.05)
    with contextlib.ExitStack() as stack:
        for _ in range(READERS):
            stack.enter_context(store.read._connection())
        assert taken(looking, role) == 1 + READERS
    until(lambda: taken(looking, role) == 1)
    assert store.read.sizes().plans == 0


def test_a_lock_of_another_takes_no_connection_away(open_store, looking, role, url, monkeypatch):
    """It is sound; another might not be had."""
    monkeypatch.setattr(databases, "LOCK_S", 0.1)
    store = open_store(wait_s=2.0, every_s=3_600)
    assert store.write(plan()) == [None]
    before = pid(store.store._writer._connection)
    with psycopg.connect(url) as other:
        other.execute("LOCK TABLE plans")
        (failed,) = store.write(plan())
        assert isinstance(failed, StoreBusyError)
    assert store.write(plan()) == [None]
    assert pid(store.store._writer._connection) == before
