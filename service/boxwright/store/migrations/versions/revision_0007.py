"""What footprints of many plans say in the same words, kept once."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make its table; plans of before hold all of their own words."""
    op.create_table(
        "footprint_texts",
        sa.Column("texts_hash", sa.Text(), primary_key=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )
    # Alembic adds no column with a foreign key in SQLite, which takes this as PostgreSQL does.
    op.execute("ALTER TABLE plans ADD COLUMN texts_hash TEXT REFERENCES footprint_texts (texts_hash)")
    op.create_index("plans_by_texts", "plans", ["texts_hash"])
