"""The tables of a store, and stores of other versions."""

import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from boxwright.store import StoreAbsentError, StoreUnsuitableError
from boxwright.store.store import Store
from boxwright.store.tables import METADATA

from .conftest import plan


def test_the_tables_are_those_that_the_migration_makes(open_store):
    """The tables in code and database do not differ."""
    with open_store()._database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


@pytest.mark.parametrize("revision", ["0007", "9999"])
def test_a_store_of_another_version_is_refused(open_store, revision):
    """An earlier or later version is named and left alone."""
    store = open_store()
    with store._database.writing() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision}'")
    with pytest.raises(StoreUnsuitableError, match=revision):
        open_store()
    with pytest.raises(StoreUnsuitableError, match=revision):
        open_store(make=False)


def test_a_store_that_is_not_there_is_made_by_servers_alone(url, open_store):
    """Commands that read a store do not create it."""
    for _ in range(2):
        with pytest.raises(StoreAbsentError):
            open_store(make=False)
    assert open_store().write([plan()]) == [None]
    assert open_store(make=False).read.sizes().plans == 1


def test_a_store_that_is_there_is_opened_without_what_makes_it(url, open_store):
    """An existing store opens without loading Alembic."""
    open_store().close()
    code = f"""
import sys
from boxwright.store.store import Store
Store({url!r}).open()
assert "alembic" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_database_is_opened_when_it_can_be(tmp_path):
    """A database that is down at the start is opened with the first record."""
    store = Store(f"sqlite:///{tmp_path}/later/plans.db")
    (failed,) = store.write([plan()])
    assert "later" in str(failed)
    (tmp_path / "later").mkdir()
    assert store.write([plan()]) == [None]
    store.close()
