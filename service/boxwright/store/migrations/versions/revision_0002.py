"""The site of a plan."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add it: empty for plans of before."""
    op.add_column("plans", sa.Column("site", sa.Text(), nullable=False, server_default=""))
