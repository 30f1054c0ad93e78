"""The tables of the first release: until then as the code has them, afterwards to be written out here."""

from alembic import op

from boxwright.store.tables import METADATA

revision = "0010"
down_revision = None


def upgrade() -> None:
    """Make them."""
    METADATA.create_all(op.get_bind())
