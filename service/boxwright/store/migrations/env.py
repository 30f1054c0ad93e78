"""Runs migrations on the connection that the store passes in."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
