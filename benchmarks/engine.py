"""What every engine of a comparison is to the table: an order and a catalog in, a plan out."""

from dataclasses import dataclass
from typing import Protocol

from boxwright import Catalog, IncompletePlanError, Order, Plan, Policy, plan
from boxwright.domain.plan import ProofStatus
from boxwright.errors import EngineError


class RefusedError(Exception):
    """The engine gave no answer, or one that it takes back itself."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A plan, and whether the engine says that none is better."""

    plan: Plan
    proved: bool


ALONE = {"lifting_profile": "freight", "allow_partial": True, "load_bearing": False}
"""What is compared: other engines know neither lifting nor what goods bear."""


class Engine(Protocol):
    """Packs orders into the fewest boxes, then the least inner volume.

    Attributes
    ----------
    name : str
        As in the table.
    """

    name: str

    def pack(self, order: Order, catalog: Catalog) -> Answer:
        """Pack an order; RefusedError where there is no answer at all."""
        ...


class Boxwright:
    """Boxwright itself, and py3dbp behind its interface, by the public API.

    Parameters
    ----------
    name : str
        As in the table.
    policy : Policy
        Partial answers are allowed, so that what stays out is counted.
    """

    def __init__(self, name: str, policy: Policy) -> None:
        self.name = name
        self._policy = policy

    def pack(self, order: Order, catalog: Catalog) -> Answer:
        """See ``Engine``."""
        try:
            found = plan(order, catalog, self._policy, profiles=())
        except (EngineError, IncompletePlanError) as error:
            raise RefusedError(str(error)) from error
        return Answer(found, found.certificate.status is ProofStatus.PROVED)


def boxwright(mode: str) -> Boxwright:
    """Return our engine in one of its modes."""
    return Boxwright(f"boxwright {mode}", Policy(mode=mode, **ALONE))


def py3dbp() -> Boxwright:
    """Return py3dbp, which knows neither support nor orientations; it tries box types in the sequence that we do."""
    return Boxwright("py3dbp", Policy(engine="py3dbp", support_ratio=0, mode="fast", **ALONE))
