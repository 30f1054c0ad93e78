"""Stored plans, answers, outcomes, catalogs and operations in SQLite or PostgreSQL, as rows of plain data.

Uses ``errors`` and SQLAlchemy, which loads when a store is opened (``boxwright.store.store``). ``server`` defines the
content of byte fields. This module has the records and errors. Times (``_us``) are in us since 1970 UTC.
"""

from __future__ import annotations

import contextlib
import enum
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from boxwright.errors import BoxwrightError, FieldViolation, InvalidInputError
from boxwright.store.url import check_url

if TYPE_CHECKING:
    from boxwright.store.store import Store


@contextlib.contextmanager
def opened(url: str, *, make: bool = False) -> Iterator[Store]:
    """Open a store while the block runs; ``make``: create it if there is none.

    Raises
    ------
    InvalidInputError
        If the URL does not name a store.
    UnsupportedError
        If the store needs the extra ``postgres``, which is not installed.
    StoreError
        If there is no store and ``make`` is not set, or it cannot be read; StoreUnsuitableError if this version cannot
        use it.
    """
    if rule := check_url(url):
        raise InvalidInputError([FieldViolation("store", rule)])
    from boxwright.store.store import Store

    store = Store(url, make=make)
    try:
        store.open()
        yield store
    finally:
        store.close()


class StoreOffError(BoxwrightError):
    """The call needs a store, and the server has none."""


class StoreError(BoxwrightError):
    """The store failed; the record is not stored.

    Attributes
    ----------
    public_message : str
        Message for callers. The text of the error names paths and hosts, and is for the log.
    """

    public_message = "the store failed"


class StoreUnreachableError(StoreError):
    """The store's file or server is missing, or cannot be read or written."""

    public_message = "the store cannot be reached"


class StoreAbsentError(StoreUnreachableError):
    """There is no store, and the caller did not allow creating one."""


class CatalogsUnreadError(StoreUnreachableError):
    """The server has not been able to read the store yet, so it does not know which catalogs are there."""

    public_message = "the store cannot be reached, so its catalogs are not known yet"


class StoreBusyError(StoreError):
    """The store did not answer in time: it is locked, slow or hangs. A retry may succeed."""

    public_message = "the store did not answer in time"


class CatalogBusyError(StoreBusyError):
    """The catalog was not written, since another write came first at every attempt."""

    public_message = "the catalog was not written, since other callers keep writing it"


class StoreFullError(StoreError):
    """The store's disk or quota is full."""

    public_message = "the store is full"


class StoreCorruptError(StoreError):
    """The store is damaged, or is not a store of this software."""

    public_message = "the store is damaged, or is not a store of this software"


class StoreUnsuitableError(StoreError):
    """The store is intact, but this version cannot use it: it has another version or encoding."""

    public_message = "this version cannot use the store"


class PlanGoneError(BoxwrightError):
    """The plan of an outcome is not stored any more; the outcome was not written."""


class VersionTakenError(BoxwrightError):
    """The revision of a catalog exists, since another write was faster. Nothing was written."""


class AnswerTakenError(BoxwrightError):
    """An answer with this key exists, since another replica was faster. Nothing of the entry was written."""


class OperationNotDoneError(BoxwrightError):
    """The operation cannot be deleted because it has not ended."""


@dataclass(frozen=True, slots=True)
class PlanRecord:
    """A plan; ``catalog`` is the resource name of its catalog, or the identifier of an inline one."""

    plan_id: str
    create_us: int
    order_id: str
    """Order id as stored: hashed if the operator has set a key."""
    purpose: str
    status: str
    """Value of the domain's plan status, such as ``complete``."""
    catalog: str
    catalog_hash: str
    site: str
    """Resource name of the site; empty for none."""
    canonical_hash: str
    cut_short: bool
    box_type_ids: tuple[str, ...]
    """Box types of the parcels, without repeats."""
    request: bytes
    answer: bytes


@dataclass(frozen=True, slots=True)
class CatalogRecord:
    """A catalog that plans were made with; equal contents are stored once."""

    catalog_hash: str
    catalog_id: str
    version: str
    content: bytes


@dataclass(frozen=True, slots=True)
class VersionRecord:
    """A revision of a catalog that was written over the API; the revision of a deletion has no content."""

    catalog_id: str
    revision: int
    """Number of the revision, from 1."""
    create_us: int
    deleted: bool
    version: str
    """The version that the catalog itself states."""
    catalog_hash: str
    content: bytes


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """The answer to a call, stored for repeated calls."""

    key: bytes
    """HMAC-SHA256 of caller, method and request id."""
    digest: bytes
    """HMAC-SHA256 of the request."""
    create_us: int
    plan_id: str | None = None
    """Stored plan of the answer; deleting the plan deletes this record."""
    answer: bytes = b""
    """The answer; empty if it is made from the plan."""


@dataclass(frozen=True, slots=True)
class OutcomeRecord:
    """The outcome of a stored plan; it replaces an earlier one."""

    plan_id: str
    record_us: int
    overridden: bool
    content: bytes


class OperationKind(enum.StrEnum):
    """Kind of a long-running operation."""

    EVALUATE = "evaluate_catalogs"
    DESIGN = "design_catalog"


class OperationState(enum.StrEnum):
    """State of a long-running operation."""

    WAITING = "waiting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """True if the state is final."""
        return self not in (OperationState.WAITING, OperationState.RUNNING)


@dataclass(frozen=True, slots=True)
class OperationRecord:
    """A long-running operation."""

    operation_id: str
    kind: str
    who: str
    """Caller; empty if callers are not authenticated."""
    digest: bytes
    """Hash of the request as sent."""
    create_us: int
    request: bytes
    """The request; empty once the operation has ended."""
    state: OperationState = OperationState.WAITING
    attempts: int = 0
    beat: int = 0
    """Counter that rises while the holder is alive."""
    holder: str = ""
    """Server that runs it or ran it last."""
    cancelled: bool = False
    """True if cancellation was requested."""
    start_us: int | None = None
    """Start of the last attempt."""
    end_us: int | None = None
    stage: str = ""
    done: int = 0
    total: int = 0
    result: bytes = b""


@dataclass(frozen=True, slots=True)
class Entry:
    """Records that are written in one transaction."""

    plan: PlanRecord | None = None
    catalog: CatalogRecord | None = None
    answer: AnswerRecord | None = None
    outcome: OutcomeRecord | None = None
    version: VersionRecord | None = None


@dataclass(frozen=True, slots=True)
class StoredPlan:
    """A plan and its outcome, which is None if none was recorded."""

    plan: PlanRecord
    outcome: bytes | None


@dataclass(frozen=True, slots=True)
class Keep:
    """Retention: maximum age of plans (with their outcomes) and of answers, in us; 0 means no limit."""

    plan_us: int = 0
    answer_us: int = 0
    max_bytes: int = 0
    """Maximum bytes of plans and catalogs; beyond it the oldest plans are deleted."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Number of plans, their bytes, and the bytes of their catalogs."""

    plans: int
    plan_bytes: int
    catalog_bytes: int = 0

    @property
    def total_bytes(self) -> int:
        """Bytes that ``Keep.max_bytes`` limits."""
        return self.plan_bytes + self.catalog_bytes
