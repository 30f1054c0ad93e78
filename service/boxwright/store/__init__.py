"""Kept plans, answers, outcomes, catalogs, tokens and operations, in SQLite or PostgreSQL: rows and bytes in and out.

Uses errors only, and SQLAlchemy, which is loaded when a store is opened: ``boxwright.store.store``. What the bytes mean
is for ``server`` to say. Here is what is kept, as plain data, so that it goes from process to process, and what keeps a
store from doing its work, by who has to act. Times (``_us``) are in us since 1970 UTC.
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
    """Lend a store; ``make`` it where there is none.

    Raises
    ------
    InvalidInputError
        If the URL is none of a store.
    UnsupportedError
        If the store needs the extra ``postgres`` and it is not installed.
    StoreError
        If there is no store and none is to be made, or it cannot be read; StoreUnsuitableError if it is none that this
        version can use.
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
    """The caller asks for what needs a store, and there is none."""


class StoreError(BoxwrightError):
    """The store did not do what it was asked to; the record is not kept.

    Attributes
    ----------
    told : str
        What callers are told. The text of an error names paths and hosts, and is for the log.
    """

    told = "the store failed"


class StoreUnreachableError(StoreError):
    """Its file or server is gone, or cannot be read or written."""

    told = "the store cannot be reached"


class StoreAbsentError(StoreUnreachableError):
    """There is no store yet, and none was to be made."""


class CatalogsUnreadError(StoreUnreachableError):
    """A catalog may be in the store, which a server could not read yet."""

    told = "the store cannot be reached: catalogs that were written in it are not read yet"


class StoreBusyError(StoreError):
    """It did not answer in time: a lock is held, it is slow, or it hangs. Another try may succeed."""

    told = "the store did not take it in time"


class CatalogBusyError(StoreBusyError):
    """Others wrote the same catalog each time that it was tried; it was not written."""

    told = "others write the catalog all the time; it was not written"


class StoreFullError(StoreError):
    """Its disk or quota is full."""

    told = "the store is full"


class StoreCorruptError(StoreError):
    """What it holds is damaged, or is no store of this software."""

    told = "the store is damaged, or is no store of this software"


class StoreUnsuitableError(StoreError):
    """It is whole, and none that this version of the software can use: of another version, or of another encoding."""

    told = "the store is none that this version can use"


class PlanGoneError(BoxwrightError):
    """The plan of an outcome is not kept any more; the outcome was not written."""


class VersionTakenError(BoxwrightError):
    """A version of a catalog is there already under the same number: somebody else was faster. Nothing was written."""


class AnswerTakenError(BoxwrightError):
    """An answer is kept already under the same key: another replica was faster. Nothing of the entry was written."""


class OperationNotDoneError(BoxwrightError):
    """An operation is to be deleted that has not ended."""


@dataclass(frozen=True, slots=True)
class PlanRecord:
    """A plan; ``catalog`` is the resource name of its catalog, or the identifier of one that was sent along."""

    plan_id: str
    create_us: int
    order_id: str
    """As it is to be kept: hashed where the operator wants that."""
    purpose: str
    status: str
    """As the domain names it, such as ``complete``."""
    catalog: str
    catalog_hash: str
    site: str
    """Resource name; empty for none."""
    canonical_hash: str
    cut_short: bool
    box_type_ids: tuple[str, ...]
    """Of its parcels, each once."""
    request: bytes
    answer: bytes


@dataclass(frozen=True, slots=True)
class CatalogRecord:
    """The content of a catalog that plans were made with; the same content is kept once."""

    catalog_hash: str
    catalog_id: str
    version: str
    content: bytes


@dataclass(frozen=True, slots=True)
class VersionRecord:
    """A catalog as it was written over the wire; one that was deleted has no content."""

    catalog_id: str
    revision: int
    """From 1."""
    create_us: int
    deleted: bool
    version: str
    """The catalog's own."""
    catalog_hash: str
    content: bytes


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """A token that lets a caller in; scopes and sites are separated by spaces, no site means every one."""

    token_id: str
    """The part of it that is no secret."""
    name: str
    sha256: str
    scopes: str
    sites: str
    created: str
    """A time with its zone, as ISO 8601 writes it; so are the next two."""
    expires: str | None
    revoked: str | None


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """What came of a call, for whoever repeats it."""

    key: bytes
    """HMAC-SHA256 of caller, method and request id."""
    digest: bytes
    """HMAC-SHA256 of the request."""
    create_us: int
    plan_id: str | None = None
    """The stored plan that it has; once that is deleted, so is this."""
    answer: bytes = b""
    """Empty where it is made of the plan."""


@dataclass(frozen=True, slots=True)
class OutcomeRecord:
    """What was recorded of a stored plan; it takes the place of what was recorded before."""

    plan_id: str
    record_us: int
    overridden: bool
    content: bytes


class OperationKind(enum.StrEnum):
    """What a long-running operation does."""

    EVALUATE = "evaluate_catalogs"
    DESIGN = "design_catalog"


class OperationState(enum.StrEnum):
    """How a long-running operation stands."""

    WAITING = "waiting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether it will not change any more."""
        return self not in (OperationState.WAITING, OperationState.RUNNING)


@dataclass(frozen=True, slots=True)
class OperationRecord:
    """A long-running operation."""

    operation_id: str
    kind: str
    who: str
    """Who began it; empty where callers are not known."""
    digest: bytes
    """Of the request as it was sent."""
    create_us: int
    request: bytes
    """Empty once it has ended."""
    state: OperationState = OperationState.WAITING
    attempts: int = 0
    beat: int = 0
    """Rises for as long as its holder lives."""
    holder: str = ""
    """The server that runs it, or ran it last."""
    cancelled: bool = False
    """Whether it is to be cancelled."""
    start_us: int | None = None
    """Of its last attempt."""
    end_us: int | None = None
    stage: str = ""
    done: int = 0
    total: int = 0
    result: bytes = b""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is written together or not at all."""

    plan: PlanRecord | None = None
    catalog: CatalogRecord | None = None
    answer: AnswerRecord | None = None
    outcome: OutcomeRecord | None = None
    version: VersionRecord | None = None


@dataclass(frozen=True, slots=True)
class StoredPlan:
    """A plan as it is kept, and the outcome that was recorded of it; None: none was."""

    plan: PlanRecord
    outcome: bytes | None


@dataclass(frozen=True, slots=True)
class Keep:
    """How long and how much is kept: past an age (in us) plans with their outcomes and answers go; 0 is no limit."""

    plan_us: int = 0
    answer_us: int = 0
    max_bytes: int = 0
    """Bytes of plans and catalogs past which the oldest plans go, with what no other needs."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many plans are kept, and the bytes of them and of the catalogs that they were made with."""

    plans: int
    plan_bytes: int
    catalog_bytes: int = 0

    @property
    def total_bytes(self) -> int:
        """What ``Keep.max_bytes`` bounds."""
        return self.plan_bytes + self.catalog_bytes
