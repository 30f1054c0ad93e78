"""What is kept: plain data, so that it goes from process to process."""

import enum
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlanRecord:
    """A plan to keep.

    Attributes
    ----------
    plan_id : str
        Of the resource name.
    create_us : int
        When it was made, in us since 1970 UTC.
    order_id : str
        As it is to be kept: hashed where the operator wants that.
    purpose, status : str
        As the domain names them, such as ``shipment`` and ``complete``.
    catalog, catalog_hash : str
        Resource name of the catalog, or the identifier of one sent along, and the hash of its content.
    site : str
        Resource name of the site; empty for none.
    canonical_hash : str
        Of the plan.
    cut_short : bool
        Whether its search was cut.
    box_type_ids : tuple of str
        Of its parcels, each once.
    request, answer : bytes
        As the server writes them.
    texts_hash : str or None
        Which texts belong into the answer; None: it holds all of its own.
    """

    plan_id: str
    create_us: int
    order_id: str
    purpose: str
    status: str
    catalog: str
    catalog_hash: str
    site: str
    canonical_hash: str
    cut_short: bool
    box_type_ids: tuple[str, ...]
    request: bytes
    answer: bytes
    texts_hash: str | None = None


@dataclass(frozen=True, slots=True)
class CatalogRecord:
    """The content of a catalog; the same content is kept once."""

    catalog_hash: str
    catalog_id: str
    version: str
    content: bytes


@dataclass(frozen=True, slots=True)
class TextsRecord:
    """What answers of many plans say in the same words; the same content is kept once."""

    texts_hash: str
    content: bytes


@dataclass(frozen=True, slots=True)
class VersionRecord:
    """A catalog as it was written over the wire.

    Attributes
    ----------
    catalog_id : str
        Which catalog.
    revision : int
        Which of its versions, from 1.
    create_us : int
        When it was written, in us since 1970 UTC.
    deleted : bool
        Whether the catalog was deleted then; there is no content.
    version, catalog_hash : str
        The catalog's own version and the hash of its content.
    content : bytes
        The catalog as it was sent, as the server writes it.
    """

    catalog_id: str
    revision: int
    create_us: int
    deleted: bool
    version: str
    catalog_hash: str
    content: bytes


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """A token that lets a caller in.

    Attributes
    ----------
    token_id, name : str
        Part of it that is no secret, and who holds it.
    sha256 : str
        Its hash.
    scopes, sites : str
        What it allows and for which sites, separated by spaces; no site: for every one.
    create_us : int
        When it was made, in us since 1970 UTC.
    expire_us, revoke_us : int or None
        When it ends by itself, and when it was ended; None: it does not, it was not.
    """

    token_id: str
    name: str
    sha256: str
    scopes: str
    sites: str
    create_us: int
    expire_us: int | None
    revoke_us: int | None


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """What came of a call, for whoever repeats it.

    Attributes
    ----------
    key, digest : bytes
        HMAC-SHA256 of caller, method and request id, and of the request.
    create_us : int
        When it was given, in us since 1970 UTC.
    plan_id : str or None
        The stored plan that it has; once that is deleted, so is this.
    answer : bytes
        The answer, as the server writes it; empty where it is made of the plan.
    """

    key: bytes
    digest: bytes
    create_us: int
    plan_id: str | None = None
    answer: bytes = b""


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
    """A long-running operation.

    Attributes
    ----------
    operation_id, kind : str
        Of the resource name, and which RPC began it.
    who : str
        Who began it; empty where callers are not known.
    digest : bytes
        Of the request as it was sent.
    create_us : int
        When it was asked for, in us since 1970 UTC.
    request : bytes
        What was asked, as the server writes it; empty once it has ended.
    state : OperationState
        How it stands.
    attempts, beat : int
        How often it was begun; and a number that rises for as long as its holder lives.
    holder : str
        The server that runs it, or ran it last; empty before.
    cancelled : bool
        Whether it is to be cancelled.
    start_us, end_us : int or None
        When its last attempt began, and when it ended, in us since 1970 UTC.
    stage, done, total : str, int, int
        What is being done, how much of it is, and how much there is.
    result : bytes
        What came of it, as the server writes it; empty until it has ended.
    """

    operation_id: str
    kind: str
    who: str
    digest: bytes
    create_us: int
    request: bytes
    state: OperationState = OperationState.WAITING
    attempts: int = 0
    beat: int = 0
    holder: str = ""
    cancelled: bool = False
    start_us: int | None = None
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
    texts: TextsRecord | None = None


@dataclass(frozen=True, slots=True)
class StoredPlan:
    """A plan as it is kept, what was recorded of it (None: nothing), and texts of its answer (None: it has its own)."""

    plan: PlanRecord
    outcome: bytes | None
    texts: bytes | None = None


@dataclass(frozen=True, slots=True)
class Keep:
    """How long and how much is kept.

    Attributes
    ----------
    plan_us, answer_us : int
        Age past which plans (with their outcomes) and answers go, in us; 0: they stay.
    max_bytes : int
        Bytes of plans, catalogs and texts past which the oldest plans go, with what no other needs; 0: no limit.
    """

    plan_us: int = 0
    answer_us: int = 0
    max_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is kept.

    Attributes
    ----------
    plans, plan_bytes : int
        Plans, and the bytes of their requests and answers.
    shared_bytes : int
        Bytes of what plans have in common, each once: the catalogs that they were made with, and texts.
    """

    plans: int
    plan_bytes: int
    shared_bytes: int = 0

    @property
    def total_bytes(self) -> int:
        """All of these bytes together: what ``Keep.max_bytes`` bounds."""
        return self.plan_bytes + self.shared_bytes
