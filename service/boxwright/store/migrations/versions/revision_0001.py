"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "catalogs",
        sa.Column("catalog_hash", sa.Text(), primary_key=True),
        sa.Column("catalog_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "plans",
        sa.Column("plan_id", sa.Text(), primary_key=True),
        sa.Column("create_us", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("catalog", sa.Text(), nullable=False),
        sa.Column("catalog_hash", sa.Text(), sa.ForeignKey("catalogs.catalog_hash"), nullable=False),
        sa.Column("canonical_hash", sa.Text(), nullable=False),
        sa.Column("cut_short", sa.Boolean(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
    )
    op.create_index("plans_by_time", "plans", ["create_us", "plan_id", "bytes"])
    op.create_index("plans_by_order", "plans", ["order_id", "plan_id"])
    op.create_index("plans_by_catalog", "plans", ["catalog_hash"])
    op.create_table(
        "plan_boxes",
        sa.Column("plan_id", sa.Text(), sa.ForeignKey("plans.plan_id", ondelete="CASCADE"), primary_key=True),
        sa.Column("box_type_id", sa.Text(), primary_key=True),
    )
    op.create_index("plan_boxes_by_type", "plan_boxes", ["box_type_id", "plan_id"])
    op.create_table(
        "answers",
        sa.Column("key", sa.LargeBinary(), primary_key=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("create_us", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )
    op.create_index("answers_by_time", "answers", ["create_us"])
    op.create_table(
        "outcomes",
        sa.Column("plan_id", sa.Text(), sa.ForeignKey("plans.plan_id", ondelete="CASCADE"), primary_key=True),
        sa.Column("record_us", sa.BigInteger(), nullable=False),
        sa.Column("overridden", sa.Boolean(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )
