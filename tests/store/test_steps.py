"""The tables of a store, in both databases, and the steps that bring those of earlier versions to today's."""

import contextlib
import subprocess
import sys
from dataclasses import asdict

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, func, select

from boxwright.store import (
    Durability,
    Keep,
    StoreCorruptError,
    StoredPlan,
    StoreFullError,
    StoreUnreachableError,
    StoreUnsuitableError,
)
from boxwright.store.archive import Archive
from boxwright.store.database import Database
from boxwright.store.migrate import NEWEST, migrate, steps
from boxwright.store.tables import BOXES, METADATA

from .conftest import CATALOG, plan, until
from .earlier import bring_to_step, make_at_step

SECOND_US = 1_000_000


def test_the_tables_are_those_of_the_steps(url, open_store):
    """The code's tables and those that the migrations make do not differ."""
    open_store()
    database = Database(url, Durability.FULL)
    with database.reader.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    database.close()


def test_the_newest_step_is_the_last_one():
    """By which a store is known that needs none."""
    assert steps()[1] == NEWEST


def test_a_store_of_each_earlier_step_gets_the_tables_of_today(url):
    """Not only one that is new: a step that is not taken leaves a table out."""
    first, *later = sorted(steps()[0])[:-1]
    make_at_step(url, first)
    database = Database(url, Durability.FULL)
    for step in later:
        with database.writer.connect() as connection, connection.begin():
            assert compare_metadata(MigrationContext.configure(connection), METADATA) != [], step
            bring_to_step(connection, step)
    with database.writer.connect() as connection, connection.begin():
        migrate(connection)
    with database.writer.connect() as connection, connection.begin():
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    database.close()


def test_tables_that_could_not_be_upgraded_are_no_damage(url, open_store, monkeypatch):
    """Who reads one that an earlier version lacks hears of the version, and of what kept it from being upgraded."""
    make_at_step(url, "0001")
    with contextlib.closing(Archive(url)) as archive, pytest.raises(StoreUnreachableError, match="0001"):
        archive.read.versions.newest()

    def full(connection):
        raise StoreFullError("disk")

    with monkeypatch.context() as patch:
        patch.setattr("boxwright.store.writer.migrate", full)
        store = open_store(every_s=3_600)
        assert isinstance(store.store.error, StoreFullError)
        with pytest.raises(StoreFullError, match=f"0001.*{NEWEST}.*disk"):
            store.read.versions.newest()
    assert store.write(plan()) == [None]
    assert store.read.versions.newest() == {}
    with store.store._database.writer.connect() as connection, connection.begin():
        BOXES.drop(connection)
    with pytest.raises(StoreCorruptError):
        store.read.plans([], [], 5)


def write_at_step(connection, step, *entries):
    """Make the tables of an earlier step, and write plans as the software of then did."""
    then = MetaData()
    bring_to_step(connection, step)
    then.reflect(connection)
    plans = then.tables["plans"]
    connection.execute(then.tables["catalogs"].insert(), asdict(CATALOG))
    for each in entries:
        row = {**asdict(each.plan), "bytes": 1}
        connection.execute(plans.insert(), {name: value for name, value in row.items() if name in plans.c})
        for box_type_id in each.plan.box_type_ids:
            box = {"plan_id": each.plan.plan_id, "box_type_id": box_type_id}
            connection.execute(then.tables["plan_boxes"].insert(), box)


def test_plans_from_before_texts_were_shared_are_read_as_they_were(url, tmp_path, open_store):
    """They hold all of their own words."""
    if url.startswith("sqlite"):
        (tmp_path / "plans.db").touch()
    database, old = Database(url, Durability.FULL), plan()
    with database.writer.connect() as connection, connection.begin():
        write_at_step(connection, "0006", old)
    database.close()
    store = open_store()
    assert store.read.plan(old.plan.plan_id) == StoredPlan(old.plan, None, None)
    assert store.heard.migrations == [("0006", NEWEST)]


def test_tables_are_made_once(open_store):
    """Who opens the store next finds them."""
    for made in ([(None, NEWEST)], []):
        store = open_store()
        store.close()
        assert store.heard.migrations == made


def test_box_types_of_plans_outlive_the_step_that_makes_their_table_anew(url, tmp_path, open_store):
    """They are found by filters as before, and go with their plan."""
    if url.startswith("sqlite"):
        (tmp_path / "plans.db").touch()
    database, kept, gone = Database(url, Durability.FULL), plan(), plan(create_us=1)
    with database.writer.connect() as connection:
        with connection.begin():
            write_at_step(connection, "0005", kept, gone)
        with connection.begin():
            migrate(connection)
    store = open_store(keep=Keep(plan_us=SECOND_US * 86_400))
    until(lambda: store.read.sizes().plans == 1)
    assert [each.plan for each in store.read.page("box_type_id = small", "", None, 9)] == [kept.plan]
    with database.reader.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(BOXES)) == len(kept.plan.box_type_ids)
        if database.is_sqlite:
            made = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'plan_boxes'").scalar()
            assert made.strip().endswith("WITHOUT ROWID")
    database.close()


def test_a_store_without_steps_to_take_is_opened_without_what_takes_them(url, open_store):
    """Alembic takes longer to load than all else that opening needs."""
    open_store().close()
    code = f"""
import sys
from boxwright.store.database import Database
from boxwright.store.migrate import migrate
from boxwright.store.records import Durability
from boxwright.store.store import Store
with Database({url!r}, Durability.FULL).writer.begin() as connection:
    migrate(connection)
assert "alembic" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_store_of_a_later_version_is_refused(url, open_store):
    """A version that does not know the tables does not touch them, and says so."""
    open_store().close()
    database = Database(url, Durability.FULL)
    with database.writer.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    with pytest.raises(StoreUnsuitableError, match="9999"):
        open_store()
