"""What holds of a store in PostgreSQL alone: replicas that write to it, and connections that end."""

import os
import secrets
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from urllib.parse import quote

import psycopg
import pytest

from boxwright.store import Keep, StoreBusyError, StoreSilentError, StoreUnreachableError
from boxwright.store import database as databases
from boxwright.store.statements import Statements
from boxwright.store.writer import Writer

from .conftest import CATALOG, Opened, answered, plan, until

SECOND_US = 1_000_000


@pytest.fixture
def url(postgresql):
    """The URL of an empty database."""
    return postgresql.make_database(f"alone_{secrets.token_hex(4)}")


def test_a_catalog_that_another_server_needs_in_the_moment_in_which_it_is_swept_stays(open_store, url):
    """A plan of it is on its way; the sweep ends for now, and plans are written after it."""
    with psycopg.connect(url) as other:
        before = open_store()
        before.write(plan(create_us=1))
        before.close()
        other.execute("CREATE TEMP TABLE made AS SELECT * FROM plans")
        other.execute("UPDATE made SET plan_id = 'made', create_us = %s", [time.time_ns() // 1_000])
        other.execute("INSERT INTO plans SELECT * FROM made")
        sweeping = open_store(keep=Keep(plan_us=3_600 * SECOND_US))
        waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        with psycopg.connect(url, autocommit=True) as looking:
            until(lambda: looking.execute(waits).fetchone() == (1,))
    assert sweeping.write(plan()) == [None]
    assert not [each for each in sweeping.heard.errors if "IntegrityError" in str(each)]
    assert sweeping.read.catalog("sha256:c") == CATALOG


def test_plans_that_another_server_deletes_in_the_same_moment_are_not_counted(open_store, url):
    """Both choose the same rows: who finds them deleted has deleted those alone that were left."""
    with psycopg.connect(url) as other:
        before = open_store()
        before.write(*[plan(create_us=at) for at in range(1, 6)])
        before.close()
        other.execute("DELETE FROM plans WHERE create_us < 4")
        sweeping = open_store(keep=Keep(plan_us=3_600 * SECOND_US))
        waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        with psycopg.connect(url, autocommit=True) as looking:
            until(lambda: looking.execute(waits).fetchone() == (1,))
    until(lambda: sweeping.read.sizes().plans == 0 and sweeping.swept.rounds)
    assert sweeping.swept.gone == [("age", 2)]
    assert sweeping.swept.rounds[0] == {"age": 2}


def test_a_plan_is_kept_although_the_server_ended_the_connection_before(open_store, url):
    """As one that was begun anew does, or one that keeps no idle connections: another connection takes it at once."""
    store = open_store(every_s=3_600)
    for entries in ([plan()], [plan(), answered()]):
        with psycopg.connect(url, autocommit=True) as other:
            ours = "application_name = 'boxwright' AND datname = current_database()"
            other.execute(f"SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity WHERE {ours}")
        assert store.write(*entries, must=False) == [None] * len(entries)
        assert store.read.plan(entries[0].plan.plan_id).plan == entries[0].plan
    assert store.heard.errors == []


def test_a_server_that_is_back_is_noticed_though_nobody_plans(open_store, url, postgresql):
    """By the next round of sweeping, whatever it finds to take out."""
    store, name = open_store(), url.rpartition("/")[2]
    assert store.write(plan()) == [None]
    ours = f"SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity WHERE datname = '{name}'"
    postgresql.psql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    postgresql.psql(ours)
    (lost,) = store.write(plan())
    assert isinstance(lost, StoreUnreachableError)
    assert store.heard.recoveries == 0
    postgresql.psql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    until(lambda: store.heard.recoveries == 1)
    assert store.store.error is None


def test_a_plan_whose_connection_ends_as_it_is_written_is_kept_once(open_store, url, monkeypatch):
    """Whether it was written is not known then, so it is looked for."""
    store, entry = open_store(every_s=3_600), plan()
    write, lost = Statements.write, []

    def write_and_lose(statements, connection, entries):
        write(statements, connection, entries)
        if not lost:
            lost.append(1)
            driver = connection.connection.driver_connection
            driver.commit()  # the server has it, and its word for it is lost
            driver.close()

    monkeypatch.setattr(Statements, "write", write_and_lose)
    assert store.write(entry) == [None]
    assert store.read.sizes().plans == 1
    assert store.heard.errors == []


def test_a_server_that_takes_connections_and_stays_silent_is_out_of_reach():
    """It is not locked: nobody holds a lock that could be found. Where the server says that, it is."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        store = Opened(f"postgresql://nobody@127.0.0.1:{silent.getsockname()[1]}/plans", wait_s=0.2)
        (late,) = store.write(plan())
        assert type(store.store.late("")) is StoreSilentError
        store.close()
    assert isinstance(late, StoreUnreachableError)


def test_a_server_that_says_that_a_table_is_locked_is_locked(open_store, url, monkeypatch):
    """So are records that wait meanwhile, and those that come next."""
    monkeypatch.setattr(databases, "LOCK_S", 0.1)
    store = open_store(wait_s=2.0, every_s=3_600)
    assert store.write(plan()) == [None]
    with psycopg.connect(url) as other:
        other.execute("LOCK TABLE plans")
        (first,) = store.write(plan())
        assert isinstance(first, StoreBusyError)
        assert type(store.store.late("")) is StoreBusyError


def test_a_host_that_is_gone_is_noticed(open_store):
    """Also while its answer is awaited: the system looks after ten seconds, and not after two hours."""
    with open_store().read._connection() as connection:
        number = connection.connection.driver_connection.fileno()
        with socket.socket(fileno=os.dup(number)) as looked_at:
            assert looked_at.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 10


@pytest.mark.parametrize("by", ["url", "environment"])
def test_options_that_an_operator_gives_hold_beside_ours(url, monkeypatch, by):
    """Such as the schema; a time that we set is ours. What else the URL says of a connection holds as well."""
    options = "-csearch_path=whs -clock_timeout=1"
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("CREATE SCHEMA whs")
        if by == "url":
            given = f"{url}?options={quote(options)}&application_name=theirs"
        else:
            given = url
            monkeypatch.setenv("PGOPTIONS", options)
        store = Opened(given)
        assert store.write(plan()) == [None]
        with store.read._connection() as connection:
            shown = [connection.exec_driver_sql(f"SHOW {each}").scalar() for each in ("search_path", "lock_timeout")]
            named = connection.exec_driver_sql("SHOW application_name").scalar()
        store.close()
        assert shown == ["whs", "7500ms"]
        assert named == ("theirs" if by == "url" else "boxwright")
        assert other.execute("SELECT count(*) FROM whs.plans").fetchone() == (1,)


def test_letters_of_any_language_are_kept(open_store, monkeypatch):
    """Whatever encoding the environment gives to clients."""
    monkeypatch.setenv("PGCLIENTENCODING", "LATIN1")
    store, entry = open_store(), plan(order_id="注文-2")
    assert store.write(entry) == [None]
    assert [each.plan for each in store.read.page('order_id = "注文-2"', "", None, 10)] == [entry.plan]


def of_a_catalog(name):
    """Return an entry with a plan of a catalog that no other entry has."""
    entry = plan(catalog_hash=name)
    return replace(entry, catalog=replace(CATALOG, catalog_hash=name))


@pytest.mark.parametrize(
    ("entry", "statement"),
    [
        (of_a_catalog, "INSERT INTO catalogs VALUES (%s, '', '', '')"),
        (lambda name: answered(key=name.encode()), "INSERT INTO answers VALUES (%s::bytea, '', 0, '')"),
    ],
    ids=["catalogs", "answers"],
)
def test_replicas_that_write_the_same_rows_do_not_wait_for_each_other(open_store, url, monkeypatch, entry, statement):
    """Another one has written the first row and is to write the others; none is written before the first is there."""
    names = [f"{number:02}" for number in range(20)]
    monkeypatch.setattr(databases, "LOCK_S", 20.0)  # so that waiting for the test itself is no error
    take = Writer._take

    def take_all(writer, wait_s):
        """Take entries once all of them wait, so that they go into one transaction."""
        until(lambda: writer.waiting == len(names) or writer._closed)
        return take(writer, wait_s)

    monkeypatch.setattr(Writer, "_take", take_all)
    store = open_store(every_s=3_600, wait_s=20.0)
    with ThreadPoolExecutor(1) as pool, psycopg.connect(url) as other:
        other.execute(statement, [names[0]])
        writing = pool.submit(store.write, *map(entry, reversed(names)))
        waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        with psycopg.connect(url, autocommit=True) as looking:
            until(lambda: looking.execute(waits).fetchone() == (1,) or writing.done())
        for name in names[1:]:
            other.execute(statement, [name])
    found = [type(each) for each in writing.result()]
    assert StoreBusyError not in found
