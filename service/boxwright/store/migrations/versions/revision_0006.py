"""The box types of a plan in one tree: each stored plan writes two pages less."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Drop the index by box type, which no filter of SQLite uses, and there the numbers of rows as well."""
    op.drop_index("plan_boxes_by_type", "plan_boxes")
    if op.get_bind().dialect.name != "sqlite":
        return
    op.rename_table("plan_boxes", "plan_boxes_0005")
    op.create_table(
        "plan_boxes",
        sa.Column("plan_id", sa.Text(), sa.ForeignKey("plans.plan_id", ondelete="CASCADE"), primary_key=True),
        sa.Column("box_type_id", sa.Text(), primary_key=True),
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO plan_boxes SELECT plan_id, box_type_id FROM plan_boxes_0005")
    op.drop_table("plan_boxes_0005")
