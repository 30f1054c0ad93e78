"""An engine: proofs that units do not go in, then one way of packing them after another."""

from collections.abc import Callable

from boxwright import fuse
from boxwright.packing.problem import Layout
from boxwright.packing.proofs import refuse
from boxwright.packing.question import Answer, Open, Packed, Question, Refused

Way = Callable[[Question], Layout | Refused | None]
"""A way to answer a question; None where it finds no answer."""


class Packer:
    """Asks each way in turn until one has an answer.

    Parameters
    ----------
    ways : callable
        Ways to answer a question, the cheap ones first.
    starts_from_fixed : bool, optional
        Whether ``fixed`` units are possible. Default True.
    """

    def __init__(self, *ways: Way, starts_from_fixed: bool = True) -> None:
        self._ways = ways
        self.starts_from_fixed = starts_from_fixed

    def ask(self, question: Question) -> Answer:
        """Return a layout, a proof that there is none, or that the question stays open."""
        if question.nodes is not None and (refused := refuse(question)):
            return refused
        for way in self._ways:
            fuse.look()
            found = way(question)
            if found is not None:
                return found if isinstance(found, Refused) else Packed(found)
        return Open()
