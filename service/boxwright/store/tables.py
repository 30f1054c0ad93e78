"""The tables. A change here needs a step of ``migrations``; a test compares both."""

from collections.abc import Iterable

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text

METADATA = MetaData()

CATALOGS = Table(
    "catalogs",
    METADATA,
    Column("catalog_hash", Text, primary_key=True),
    Column("catalog_id", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
)
"""What plans were made with: each content once."""

VERSIONS = Table(
    "catalog_versions",
    METADATA,
    Column("catalog_id", Text, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("create_us", BigInteger, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("version", Text, nullable=False),
    Column("catalog_hash", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
)
"""Catalogs that were written over the wire; the newest version of each holds."""

TEXTS = Table(
    "footprint_texts",
    METADATA,
    Column("texts_hash", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
"""What footprints of many plans say in the same words, notes and sources above all: each content once."""

PLANS = Table(
    "plans",
    METADATA,
    Column("plan_id", Text, primary_key=True),
    Column("create_us", BigInteger, nullable=False),
    Column("order_id", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("catalog", Text, nullable=False),
    Column("catalog_hash", Text, ForeignKey(CATALOGS.c.catalog_hash), nullable=False),
    Column("site", Text, nullable=False),
    Column("canonical_hash", Text, nullable=False),
    Column("cut_short", Boolean, nullable=False),
    Column("box_type_ids", Text, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("request", LargeBinary, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("texts_hash", Text, ForeignKey(TEXTS.c.texts_hash)),
    # The bytes are in it, so that they are summed without reading the plans.
    Index("plans_by_time", "create_us", "plan_id", "bytes"),
    Index("plans_by_order", "order_id", "plan_id"),
    Index("plans_by_catalog", "catalog_hash"),
    Index("plans_by_texts", "texts_hash"),
)
"""A row is some 450 bytes and its request and answer, which are deflated where they are long. Where there is a hash of
texts, these belong into the answer. The box types of its parcels stand each between two line ends."""

ANSWERS = Table(
    "answers",
    METADATA,
    Column("key", LargeBinary, primary_key=True),
    Column("digest", LargeBinary, nullable=False),
    Column("create_us", BigInteger, nullable=False),
    Column("plan_id", Text, ForeignKey(PLANS.c.plan_id, ondelete="CASCADE")),
    Column("answer", LargeBinary, nullable=False),
    Index("answers_by_time", "create_us"),
    Index("answers_by_plan", "plan_id"),
)
"""What came of calls that may be repeated."""

TOKENS = Table(
    "tokens",
    METADATA,
    Column("token_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("sites", Text, nullable=False),
    Column("create_us", BigInteger, nullable=False),
    Column("expire_us", BigInteger),
    Column("revoke_us", BigInteger),
)
"""Tokens that let callers in: a hash of each. Whoever writes here decides who gets in."""

OUTCOMES = Table(
    "outcomes",
    METADATA,
    Column("plan_id", Text, ForeignKey(PLANS.c.plan_id, ondelete="CASCADE"), primary_key=True),
    Column("record_us", BigInteger, nullable=False),
    Column("overridden", Boolean, nullable=False),
    Column("content", LargeBinary, nullable=False),
)
"""What was recorded of a plan."""

OPERATIONS = Table(
    "operations",
    METADATA,
    Column("operation_id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("create_us", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("holder", Text, nullable=False),
    Column("beat", BigInteger, nullable=False),
    Column("cancelled", Boolean, nullable=False),
    Column("start_us", BigInteger),
    Column("end_us", BigInteger),
    Column("stage", Text, nullable=False),
    Column("done", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("request", LargeBinary, nullable=False),
    Column("result", LargeBinary, nullable=False),
    Index("operations_by_state", "state", "create_us"),
    Index("operations_by_time", "create_us", "operation_id"),
)
"""Long-running operations: what was asked until it has ended, then what came of it."""


def boxes_text(box_type_ids: Iterable[str]) -> str:
    """Return box types as a plan has them."""
    return "".join(f"\n{box_type_id}\n" for box_type_id in box_type_ids)
