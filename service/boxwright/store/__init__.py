"""Kept plans, answers, outcomes, catalogs, tokens and operations, in SQLite or PostgreSQL: rows and bytes in and out.

Uses errors only, and SQLAlchemy, which is loaded when a store is opened: ``boxwright.store.store``. What the bytes mean
is for ``server`` to say.
"""

from boxwright.store.errors import (
    AnswerTakenError,
    CatalogBusyError,
    CatalogsUnreadError,
    OperationNotDoneError,
    PlanGoneError,
    StoreAbsentError,
    StoreBusyError,
    StoreCorruptError,
    StoreError,
    StoreFullError,
    StoreOffError,
    StoreUnreachableError,
    StoreUnsuitableError,
    VersionTakenError,
)
from boxwright.store.records import (
    AnswerRecord,
    CatalogRecord,
    Entry,
    Keep,
    OperationKind,
    OperationRecord,
    OperationState,
    OutcomeRecord,
    PlanRecord,
    Sizes,
    StoredPlan,
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
    "Entry",
    "Keep",
    "OperationKind",
    "OperationNotDoneError",
    "OperationRecord",
    "OperationState",
    "OutcomeRecord",
    "PlanGoneError",
    "PlanRecord",
    "Sizes",
    "StoreAbsentError",
    "StoreBusyError",
    "StoreCorruptError",
    "StoreError",
    "StoreFullError",
    "StoreOffError",
    "StoreUnreachableError",
    "StoreUnsuitableError",
    "StoredPlan",
    "TokenRecord",
    "VersionRecord",
    "VersionTakenError",
    "check_url",
    "shown_url",
]
