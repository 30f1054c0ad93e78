"""Stores as earlier versions of the software left them."""

from pathlib import Path

from alembic import command

from boxwright.store import Durability
from boxwright.store.database import Database
from boxwright.store.migrate import _config

SQLITE = "sqlite:///"


def bring_to_step(connection, step):
    """Make the tables of a step."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, step)


def make_at_step(url, step):
    """Make a store with the tables of a step."""
    if url.startswith(SQLITE):
        Path(url.removeprefix(SQLITE)).touch()
    database = Database(url, Durability.FULL)
    with database.writer.connect() as connection, connection.begin():
        bring_to_step(connection, step)
    database.close()
