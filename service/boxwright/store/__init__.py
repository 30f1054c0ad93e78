"""Kept plans, answers, outcomes, catalogs, tokens and operations, in SQLite or PostgreSQL: rows and bytes in and out.

Uses errors only, and SQLAlchemy with Alembic, which are loaded when a store is opened. What the bytes mean is for
``server`` to say.
"""

from boxwright.store.errors import (
    AnswerTakenError,
    CatalogBusyError,
    CatalogsUnreadError,
    PlanGoneError,
    StoreBusyError,
    StoreCorruptError,
    StoreError,
    StoreFullError,
    StoreOffError,
    StoreSilentError,
    StoreUnreachableError,
    StoreUnsuitableError,
    VersionTakenError,
)
from boxwright.store.records import (
    AnswerRecord,
    CatalogRecord,
    Durability,
    Entry,
    Keep,
    OperationKind,
    OperationRecord,
    OperationState,
    OutcomeRecord,
    PlanRecord,
    Sizes,
    StoredPlan,
    TextsRecord,
    TokenRecord,
    VersionRecord,
)
from boxwright.store.url import check_url, shown_url

__all__ = [
    "AnswerRecord",
    "AnswerTakenError",
    "CatalogBusyError",
    "CatalogRecord",
    "CatalogsUnreadError",
    "Durability",
    "Entry",
    "Keep",
    "OperationKind",
    "OperationRecord",
    "OperationState",
    "OutcomeRecord",
    "PlanGoneError",
    "PlanRecord",
    "Sizes",
    "StoreBusyError",
    "StoreCorruptError",
    "StoreError",
    "StoreFullError",
    "StoreOffError",
    "StoreSilentError",
    "StoreUnreachableError",
    "StoreUnsuitableError",
    "StoredPlan",
    "TextsRecord",
    "TokenRecord",
    "VersionRecord",
    "VersionTakenError",
    "check_url",
    "shown_url",
]
