"""The tables: a column for each field of a record. A change needs a step of ``migrations``; a test compares both."""

import types
from collections.abc import Iterable
from typing import Any, get_args, get_type_hints

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, LargeBinary, MetaData, Table, Text

from boxwright.store import (
    AnswerRecord,
    CatalogRecord,
    OperationRecord,
    OutcomeRecord,
    PlanRecord,
    TokenRecord,
    VersionRecord,
)

METADATA = MetaData()

_KINDS = {int: BigInteger, bool: Boolean, bytes: LargeBinary}
"""Types of columns; any other field is a text."""


def _table(name: str, record: type, *more: Any, key: int = 1, foreign: dict[str, ForeignKey] | None = None) -> Table:
    """Return the table of records, whose first fields are the key; ``more`` are further columns and indexes."""
    columns: list[Column[Any]] = []
    for at, (field, kind) in enumerate(get_type_hints(record).items()):
        is_optional = isinstance(kind, types.UnionType)
        made = _KINDS.get(get_args(kind)[0] if is_optional else kind, Text)
        rules = [foreign[field]] if foreign and field in foreign else []
        columns.append(Column(field, made, *rules, primary_key=at < key, nullable=is_optional))
    return Table(name, METADATA, *columns, *more)


CATALOGS = _table("catalogs", CatalogRecord)
"""What plans were made with: each content once."""

VERSIONS = _table("catalog_versions", VersionRecord, key=2)
"""Catalogs that were written over the wire; the newest version of each holds."""

PLANS = _table(
    "plans",
    PlanRecord,
    Column("bytes", BigInteger, nullable=False),
    # The bytes are in it, so that they are summed without reading the plans.
    Index("plans_by_time", "create_us", "plan_id", "bytes"),
    Index("plans_by_order", "order_id", "plan_id"),
    Index("plans_by_catalog", "catalog_hash"),
    foreign={"catalog_hash": ForeignKey(CATALOGS.c.catalog_hash)},
)
"""The box types of a plan's parcels stand each between two line ends."""


def _of_plan() -> dict[str, ForeignKey]:
    return {"plan_id": ForeignKey(PLANS.c.plan_id, ondelete="CASCADE")}


ANSWERS = _table(
    "answers",
    AnswerRecord,
    Index("answers_by_time", "create_us"),
    Index("answers_by_plan", "plan_id"),
    foreign=_of_plan(),
)
"""What came of calls that may be repeated."""

OUTCOMES = _table("outcomes", OutcomeRecord, foreign=_of_plan())
"""What was recorded of a plan."""

TOKENS = _table("tokens", TokenRecord)
"""Tokens that let callers in: a hash of each. Whoever writes here decides who gets in."""

OPERATIONS = _table(
    "operations",
    OperationRecord,
    Index("operations_by_state", "state", "create_us"),
    Index("operations_by_time", "create_us", "operation_id"),
)
"""Long-running operations: what was asked until it has ended, then what came of it."""


def boxes_text(box_type_ids: Iterable[str]) -> str:
    """Return box types as a plan has them."""
    return "".join(f"\n{box_type_id}\n" for box_type_id in box_type_ids)
