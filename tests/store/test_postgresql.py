"""PostgreSQL only: concurrent replicas and lost connections."""

import contextlib
import os
import secrets
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from urllib.parse import quote

import psycopg
import pytest

from boxwright.store import Keep, StoreBusyError, StoreUnreachableError
from boxwright.store.store import Store

from .conftest import CATALOG, answered, plan

SECOND_US = 1_000_000


@pytest.fixture
def url(postgresql):
    """The URL of an empty database."""
    return postgresql.make_database(f"alone_{secrets.token_hex(4)}")


WAITS = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
OLD = Keep(plan_us=3_600 * SECOND_US)


def until_one_waits(url):
    """Wait until a connection waits for a lock."""
    with psycopg.connect(url, autocommit=True) as looking:
        end_s = time.monotonic() + 20
        while looking.execute(WAITS).fetchone() != (1,):
            assert time.monotonic() < end_s, "nobody waits"
            time.sleep(0.01)


def test_a_catalog_that_another_server_needs_in_the_moment_in_which_it_is_pruned_stays(open_store, url):
    """A catalog survives pruning if another server stores a plan with it meanwhile."""
    store = open_store()
    store.write([plan(create_us=1)])
    with ThreadPoolExecutor(1) as pool:
        with psycopg.connect(url) as other:
            other.execute("CREATE TEMP TABLE made AS SELECT * FROM plans")
            other.execute("UPDATE made SET plan_id = 'made', create_us = %s", [time.time_ns() // 1_000])
            other.execute("INSERT INTO plans SELECT * FROM made")
            pruning = pool.submit(store.prune, OLD)
            until_one_waits(url)
        assert pruning.result() == 1
    assert store.read.catalog("sha256:c") == CATALOG


def test_plans_that_another_server_deletes_in_the_same_moment_are_not_counted(open_store, url):
    """Of two simultaneous deletions each plan counts once."""
    store = open_store()
    store.write([plan(create_us=at) for at in range(1, 6)])
    with ThreadPoolExecutor(1) as pool:
        with psycopg.connect(url) as other:
            other.execute("DELETE FROM plans WHERE create_us < 4")
            pruning = pool.submit(store.prune, OLD)
            until_one_waits(url)
        assert pruning.result() == 2
    assert store.read.sizes().plans == 0


def test_a_server_that_ended_the_connections_is_used_again(open_store, url):
    """New connections replace those that the database closed."""
    store = open_store()
    with psycopg.connect(url, autocommit=True) as other:
        ours = "application_name = 'boxwright' AND datname = current_database()"
        other.execute(f"SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity WHERE {ours}")
    assert store.write([plan()]) == [None]


def test_a_server_that_refuses_connections_is_out_of_reach_until_it_takes_them(open_store, url, postgresql):
    """The store recovers without a restart."""
    store, name = open_store(), url.rpartition("/")[2]
    postgresql.psql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    postgresql.psql(f"SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity WHERE datname = '{name}'")
    (lost,) = store.write([plan()])
    assert isinstance(lost, StoreUnreachableError)
    postgresql.psql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    assert store.write([plan()]) == [None]


def test_a_server_that_says_that_a_table_is_locked_is_locked(open_store, url):
    """Lock timeouts are StoreBusyError for every waiting caller."""
    store = open_store(wait_s=0.1)
    with psycopg.connect(url) as other:
        other.execute("LOCK TABLE plans")
        (failed,) = store.write([plan()])
    assert isinstance(failed, StoreBusyError)


def test_a_store_takes_five_connections_at_most(open_store, url):
    """A sixth reader waits and then gets StoreBusyError."""
    store = open_store(wait_s=0.1)
    with contextlib.ExitStack() as held:
        for _ in range(5):
            held.enter_context(store._database.reading())
        with pytest.raises(StoreBusyError):
            store.read.sizes()
    assert store.read.sizes().plans == 0


def test_a_host_that_is_gone_is_noticed(open_store):
    """TCP keepalives start after ten seconds instead of two hours."""
    with open_store()._database.reading() as connection:
        number = connection.connection.driver_connection.fileno()
        with socket.socket(fileno=os.dup(number)) as looked_at:
            assert looked_at.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 10


@pytest.mark.parametrize("by", ["url", "environment"])
def test_options_of_an_operator_hold_beside_the_default_ones(url, monkeypatch, by):
    """Connection options in the URL are used, except for the timeouts that we set."""
    options = "-csearch_path=whs -clock_timeout=1"
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("CREATE SCHEMA whs")
        if by == "url":
            given = f"{url}?options={quote(options)}&application_name=theirs"
        else:
            given = url
            monkeypatch.setenv("PGOPTIONS", options)
        store = Store(given, 7.5)
        assert store.write([plan()]) == [None]
        with store._database.reading() as connection:
            shown = [connection.exec_driver_sql(f"SHOW {name}").scalar() for name in ("search_path", "lock_timeout")]
            named = connection.exec_driver_sql("SHOW application_name").scalar()
        store.close()
        assert shown == ["whs", "7500ms"]
        assert named == ("theirs" if by == "url" else "boxwright")
        assert other.execute("SELECT count(*) FROM whs.plans").fetchone() == (1,)


def test_letters_of_any_language_are_kept(open_store, monkeypatch):
    """Texts survive whatever client encoding the environment sets."""
    monkeypatch.setenv("PGCLIENTENCODING", "LATIN1")
    store, entry = open_store(), plan(order_id="注文-2")
    assert store.write([entry]) == [None]
    assert [stored.plan for stored in store.read.plans('order_id = "注文-2"', "")] == [entry.plan]


def of_a_catalog(name):
    """Return an entry with a plan of a new catalog."""
    entry = plan(catalog_hash=name)
    return replace(entry, catalog=replace(CATALOG, catalog_hash=name))


@pytest.mark.parametrize(
    ("entry", "statement"),
    [
        (of_a_catalog, "INSERT INTO catalogs VALUES (%s, '', '', '')"),
        (lambda name: answered(key=name.encode()), "INSERT INTO answers VALUES (%s::bytea, '', 0, NULL, '')"),
    ],
    ids=["catalogs", "answers"],
)
def test_replicas_that_write_the_same_rows_do_not_wait_for_each_other(open_store, url, entry, statement):
    """Rows are written in one order, so two replicas do not deadlock."""
    names = [f"{number:02}" for number in range(20)]
    store = open_store(wait_s=20.0)
    with ThreadPoolExecutor(1) as pool, psycopg.connect(url) as other:
        other.execute(statement, [names[0]])
        writing = pool.submit(store.write, list(map(entry, reversed(names))))
        until_one_waits(url)
        for name in names[1:]:
            other.execute(statement, [name])
    assert StoreBusyError not in [type(result) for result in writing.result()]
