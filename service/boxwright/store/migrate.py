"""Brings the tables of a store to this version of the software, step by step (Alembic).

Alembic is loaded where there are steps to take: most starts find none, and loading it takes a tenth of a start.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect

from boxwright.store.errors import StoreUnsuitableError

if TYPE_CHECKING:
    from alembic.config import Config

_STEP = "revision_"

NEWEST = max(each.stem for each in (Path(__file__).parent / "migrations/versions").glob(f"{_STEP}*.py"))[len(_STEP) :]
"""The last step, by the names of their files: Alembic is not loaded to know it."""

LOCK = 0x626F7877
"""Key of the advisory lock under which replicas take turns ("boxw")."""


def migrate(connection: Connection) -> str | None:
    """Bring the tables to this version, in the transaction of a connection that writes.

    Returns the step at which they were; None where there were none.

    Raises
    ------
    StoreUnsuitableError
        If the tables are of a later version.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
    at = revision_of(connection)
    if at != NEWEST:
        _upgrade(connection, at)
    return at


def revision_of(connection: Connection) -> str | None:
    """Return the step at which the tables are, as Alembic has written it down; None where there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return found


def check_known(at: str | None) -> None:
    """Raise if tables are at a step that this version does not know: nothing is to be read of them, or deleted.

    Raises
    ------
    StoreUnsuitableError
        If a later version made them.
    """
    if at is None or at == NEWEST:
        return
    known, newest = steps()
    if at not in known:
        raise StoreUnsuitableError(
            f"the store has the tables of a later version ({at}), and this one knows them up to"
            f" {newest}: run that version, or restore a backup made before it"
        )


def _upgrade(connection: Connection, at: str | None) -> None:
    from alembic import command

    check_known(at)
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def steps() -> tuple[frozenset[str], str]:
    """Return the versions of tables that this software knows, and the newest of them."""
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(_config())
    return frozenset(each.revision for each in scripts.walk_revisions()), str(scripts.get_current_head())


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "boxwright.store:migrations")
    return config
