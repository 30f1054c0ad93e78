"""What the constraint solver says of a box that no cheaper proof refuses and that packing did not fill."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from boxwright.domain.box import BoxType
from boxwright.domain.plan import Proof, RefusedCandidate
from boxwright.packing import solver
from boxwright.packing.problem import Layout, Rules, Space, Units
from boxwright.packing.stricter import stricter


@dataclass(frozen=True)
class OpenQuestion:
    """Whether units all fit into a space under rules.

    Attributes
    ----------
    units : Units
        Protected, in canonical order.
    space : Space
        Usable inside of the box.
    rules : Rules
        Physical rules.
    seconds : float
        Limit of the solver, in its own deterministic time; 0 asks nothing.
    """

    units: Units
    space: Space
    rules: Rules
    seconds: float

    def ask(self, *, support: bool) -> solver.Answer:
        """Put the question to the solver, with or without support."""
        return solver.solve(self.units, self.space, self.rules, self.seconds, support=support)

    @property
    def supported(self) -> bool:
        """Whether support is required."""
        return self.rules.support_millionths > 0


def _relaxed_words(question: OpenQuestion) -> str:
    return f"no arrangement of the {len(question.units)} units exists, even without support (CP-SAT)"


def _ruled_words(question: OpenQuestion) -> str:
    share = question.rules.support_millionths / 1e6
    return f"no arrangement of the {len(question.units)} units exists in which each is supported to {share:g} (CP-SAT)"


def _exact_relaxed(question: OpenQuestion) -> str | None:
    return _relaxed_words(question) if question.ask(support=False).feasible is False else None


def _exact(question: OpenQuestion) -> str | None:
    return _ruled_words(question) if question.supported and question.ask(support=True).feasible is False else None


SOLVED: dict[Proof, Callable[[OpenQuestion], str | None]] = {
    Proof.EXACT_RELAXED: _exact_relaxed,
    Proof.EXACT: _exact,
}
"""The solver's proofs: the rule that binds, or None where it proves nothing. Certificates are replayed from here."""


def settle(box: BoxType, question: OpenQuestion) -> RefusedCandidate | Layout | None:
    """Return a proof that the units do not all fit, or a packing that obeys all rules, or None: it stays open.

    Where there is neither, the solver looks for a packing under stricter rules, as the engine does before it.
    """
    asked, open_still = _as_asked(box, question)
    for rules in stricter(question.rules, question.units) if open_still else ():
        under = replace(question, rules=rules)
        asked = under.ask(support=under.supported).layout
        if asked is not None:
            break
    return asked


def refuse_exactly(box: BoxType, question: OpenQuestion) -> RefusedCandidate | None:
    """Return the proof of ``settle``, if there is one."""
    asked, _ = _as_asked(box, question)
    return asked if isinstance(asked, RefusedCandidate) else None


def _as_asked(box: BoxType, question: OpenQuestion) -> tuple[RefusedCandidate | Layout | None, bool]:
    """Return the answer under the rules as asked; and, where there is none, whether some packing may exist."""
    relaxed = question.ask(support=False)
    if relaxed.feasible is False:
        return RefusedCandidate(box.box_type_id, Proof.EXACT_RELAXED, _relaxed_words(question)), False
    if relaxed.layout is not None or relaxed.feasible is None:
        return relaxed.layout, False
    if not question.supported:
        return None, True
    ruled = question.ask(support=True)
    if ruled.feasible is False:
        return RefusedCandidate(box.box_type_id, Proof.EXACT, _ruled_words(question)), False
    return ruled.layout, ruled.layout is None
