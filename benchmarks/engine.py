"""The interface of an engine for comparisons, and Boxwright behind it."""

from dataclasses import dataclass
from typing import Protocol

from boxwright import Catalog, IncompletePlanError, Order, Plan, Policy, plan
from boxwright.domain.plan import ProofStatus
from boxwright.errors import EngineError


class RefusedError(Exception):
    """The engine gave no answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A plan, and whether the engine claims that none is better."""

    plan: Plan
    proved: bool


ALONE = {"lifting_profile": "freight", "allow_partial": True, "load_bearing": False}
"""Rules of the comparison: other engines have neither lifting limits nor load bearing."""


class Engine(Protocol):
    """Packs orders into the fewest boxes, then the least inner volume.

    Attributes
    ----------
    name : str
        As in the table.
    """

    name: str

    def pack(self, order: Order, catalog: Catalog) -> Answer:
        """Pack an order; RefusedError if there is no answer."""
        ...


class Boxwright:
    """Boxwright, or py3dbp behind its interface, by the public API.

    Parameters
    ----------
    name : str
        As in the table.
    policy : Policy
        Must allow partial plans, so that missing units can be counted.
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
    """Return Boxwright in one of its modes."""
    return Boxwright(f"boxwright {mode}", Policy(mode=mode, **ALONE))


def py3dbp() -> Boxwright:
    """Return py3dbp, which has no support rule and no orientations; it tries box types in Boxwright's order."""
    return Boxwright("py3dbp", Policy(engine="py3dbp", support_ratio=0, mode="fast", **ALONE))
