"""The tables of the first release. Until then they follow the code; the release must write them out here."""

from alembic import op

from boxwright.store.tables import METADATA

revision = "0011"
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    METADATA.create_all(op.get_bind())
