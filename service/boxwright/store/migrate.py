"""Brings the tables of a store to this version of the software, step by step (Alembic)."""

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from boxwright.store.errors import StoreCorruptError

LOCK = 0x626F7877
"""Key of the advisory lock under which replicas take turns ("boxw")."""


class StoreTooNewError(StoreCorruptError):
    """A later version of the software made the tables; this one does not know them."""


def migrate(connection: Connection) -> None:
    """Bring the tables to this version, in the transaction of a connection that writes.

    Raises
    ------
    StoreTooNewError
        If the tables are of a later version.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
    config = _config()
    config.attributes["connection"] = connection
    known, newest = steps()
    at = MigrationContext.configure(connection).get_current_revision()
    if at is not None and at not in known:
        raise StoreTooNewError(
            f"the store has the tables of a later version ({at}), and this one knows them up to"
            f" {newest}: run that version, or restore a backup made before it"
        )
    if at != newest:
        command.upgrade(config, "head")


def steps() -> tuple[frozenset[str], str]:
    """Return the versions of tables that this software knows, and the newest of them."""
    scripts = ScriptDirectory.from_config(_config())
    return frozenset(each.revision for each in scripts.walk_revisions()), str(scripts.get_current_head())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "boxwright.store:migrations")
    return config
