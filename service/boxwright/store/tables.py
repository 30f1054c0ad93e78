"""The tables, with a column per field of a record. A change needs a migration; a test compares both."""

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
    VersionRecord,
)

METADATA = MetaData()

_KINDS = {int: BigInteger, bool: Boolean, bytes: LargeBinary}
"""Column types; other fields are text."""


def _table(name: str, record: type, *more: Any, key: int = 1, foreign: dict[str, ForeignKey] | None = None) -> Table:
    """Return the table of a record type with its first ``key`` fields as key, and ``more`` columns and indexes."""
    columns: list[Column[Any]] = []
    for at, (field, kind) in enumerate(get_type_hints(record).items()):
        is_optional = isinstance(kind, types.UnionType)
        made = _KINDS.get(get_args(kind)[0] if is_optional else kind, Text)
        rules = [foreign[field]] if foreign and field in foreign else []
        columns.append(Column(field, made, *rules, primary_key=at < key, nullable=is_optional))
    return Table(name, METADATA, *columns, *more)


CATALOGS = _table("catalogs", CatalogRecord)
"""Catalogs of stored plans."""

VERSIONS = _table("catalog_versions", VersionRecord, key=2)
"""Catalogs written over the API; the newest version is in use."""

PLANS = _table(
    "plans",
    PlanRecord,
    Column("bytes", BigInteger, nullable=False),
    # The index includes the bytes, so that they can be summed from it.
    Index("plans_by_time", "create_us", "plan_id", "bytes"),
    Index("plans_by_order", "order_id", "plan_id"),
    Index("plans_by_catalog", "catalog_hash"),
    foreign={"catalog_hash": ForeignKey(CATALOGS.c.catalog_hash)},
)
"""Plans. ``box_type_ids`` has each id between two line breaks, so that a filter finds whole ids."""


def _of_plan() -> dict[str, ForeignKey]:
    return {"plan_id": ForeignKey(PLANS.c.plan_id, ondelete="CASCADE")}


ANSWERS = _table(
    "answers",
    AnswerRecord,
    Index("answers_by_time", "create_us"),
    Index("answers_by_plan", "plan_id"),
    foreign=_of_plan(),
)
"""Answers to calls that may be repeated."""

OUTCOMES = _table("outcomes", OutcomeRecord, foreign=_of_plan())
"""Outcomes of plans."""

OPERATIONS = _table(
    "operations",
    OperationRecord,
    Index("operations_by_state", "state", "create_us"),
    Index("operations_by_time", "create_us", "operation_id"),
)
"""Long-running operations: the request until they end, then the result."""


def boxes_text(box_type_ids: Iterable[str]) -> str:
    """Return the stored form of a plan's box types."""
    return "".join(f"\n{box_type_id}\n" for box_type_id in box_type_ids)
