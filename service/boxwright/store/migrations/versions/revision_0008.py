"""The tables of the first release."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy import BigInteger, Boolean, LargeBinary, Text

revision = "0008"
down_revision = None


def column(name: str, kind: Any, *rules: Any, **given: Any) -> Any:
    """Return a column that always has a value, unless it is said otherwise."""
    return sa.Column(name, kind(), *rules, **{"nullable": False, **given})


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "catalogs",
        column("catalog_hash", Text, primary_key=True),
        column("catalog_id", Text),
        column("version", Text),
        column("content", LargeBinary),
    )
    op.create_table(
        "catalog_versions",
        column("catalog_id", Text, primary_key=True),
        column("revision", BigInteger, primary_key=True),
        column("create_us", BigInteger),
        column("deleted", Boolean),
        column("version", Text),
        column("catalog_hash", Text),
        column("content", LargeBinary),
    )
    op.create_table("footprint_texts", column("texts_hash", Text, primary_key=True), column("content", LargeBinary))
    op.create_table(
        "plans",
        column("plan_id", Text, primary_key=True),
        column("create_us", BigInteger),
        column("order_id", Text),
        column("purpose", Text),
        column("status", Text),
        column("catalog", Text),
        column("catalog_hash", Text, sa.ForeignKey("catalogs.catalog_hash")),
        column("site", Text),
        column("canonical_hash", Text),
        column("cut_short", Boolean),
        column("box_type_ids", Text),
        column("request", LargeBinary),
        column("answer", LargeBinary),
        column("texts_hash", Text, sa.ForeignKey("footprint_texts.texts_hash"), nullable=True),
        column("bytes", BigInteger),
    )
    op.create_index("plans_by_time", "plans", ["create_us", "plan_id", "bytes"])
    op.create_index("plans_by_order", "plans", ["order_id", "plan_id"])
    op.create_index("plans_by_catalog", "plans", ["catalog_hash"])
    op.create_index("plans_by_texts", "plans", ["texts_hash"])
    op.create_table(
        "answers",
        column("key", LargeBinary, primary_key=True),
        column("digest", LargeBinary),
        column("create_us", BigInteger),
        column("plan_id", Text, sa.ForeignKey("plans.plan_id", ondelete="CASCADE"), nullable=True),
        column("answer", LargeBinary),
    )
    op.create_index("answers_by_time", "answers", ["create_us"])
    op.create_index("answers_by_plan", "answers", ["plan_id"])
    op.create_table(
        "tokens",
        column("token_id", Text, primary_key=True),
        column("name", Text),
        column("sha256", Text),
        column("scopes", Text),
        column("sites", Text),
        column("create_us", BigInteger),
        column("expire_us", BigInteger, nullable=True),
        column("revoke_us", BigInteger, nullable=True),
    )
    op.create_table(
        "outcomes",
        column("plan_id", Text, sa.ForeignKey("plans.plan_id", ondelete="CASCADE"), primary_key=True),
        column("record_us", BigInteger),
        column("overridden", Boolean),
        column("content", LargeBinary),
    )
    op.create_table(
        "operations",
        column("operation_id", Text, primary_key=True),
        column("kind", Text),
        column("who", Text),
        column("digest", LargeBinary),
        column("create_us", BigInteger),
        column("state", Text),
        column("attempts", BigInteger),
        column("holder", Text),
        column("beat", BigInteger),
        column("cancelled", Boolean),
        column("start_us", BigInteger, nullable=True),
        column("end_us", BigInteger, nullable=True),
        column("stage", Text),
        column("done", BigInteger),
        column("total", BigInteger),
        column("request", LargeBinary),
        column("result", LargeBinary),
    )
    op.create_index("operations_by_state", "operations", ["state", "create_us"])
    op.create_index("operations_by_time", "operations", ["create_us", "operation_id"])
