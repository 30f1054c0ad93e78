"""The seam between search and packing: one question, three answers."""

from dataclasses import KW_ONLY, dataclass, replace
from typing import ClassVar

from boxwright.domain.proof import Proof
from boxwright.lazy import cached_property
from boxwright.packing import reach
from boxwright.packing.problem import Layout, Rules, Space, Units, within
from boxwright.stop import NEVER, Stop


@dataclass(frozen=True)
class Question:
    """Whether and how units go into one space.

    Attributes
    ----------
    units, space, rules
        What is packed, into what, and how it must stand.
    whole : bool
        All units or nothing; else as much volume as possible.
    effort : int
        Counted effort, about one per place looked at.
    nodes : int or None
        Budget of the exact search among the proofs: it bounds what that costs, and never what it finds. None asks for
        no proofs.
    sliding : int
        Places more that packing may look at where units are slid to be supported.
    solver_seconds : float
        Limit of each question to the constraint solver, in its own deterministic time; at 0 it is not asked.
    fixed : Layout or None
        Units that lie in the space already, among ``units``: they stay where they are, come first in the pack
        sequence, and count to its limits.
    seed : int
        Another one begins with other constructions.
    blocks : bool
        Whether blocks of units are tried: not again where they came to nothing. Default True.
    stop : Stop
        Ends packing with a SearchEndedError. Default: nothing does.
    """

    units: Units
    space: Space
    rules: Rules
    _: KW_ONLY
    whole: bool
    effort: int = 0
    nodes: int | None = None
    sliding: int = 0
    solver_seconds: float = 0.0
    fixed: Layout | None = None
    seed: int = 1
    blocks: bool = True
    stop: Stop = NEVER

    @cached_property
    def within_margins(self) -> "Question":
        """The same in a space without the margin that all units keep; what more some keep is their margin there.

        Corners then count from that space. Fixed units count as keeping none.
        """
        units, margin = self.units, self.units.least_margin_um
        if not margin or self.fixed is not None:
            return self
        left = units.clear_um - margin
        units = replace(units, margins_um=left if left.any() else None)
        return replace(self, units=units, space=within(self.units, self.space))

    @cached_property
    def lengths(self) -> reach.Lengths:
        """The units grown into slack that no others fill, and the box cut down to what rows of them reach.

        Rows need not begin at the walls where units keep different margins: lengths then are as they are.
        """
        inner = self.within_margins
        return (reach.declared if inner.units.most_margin_um else reach.grown)(inner.units, inner.space)


@dataclass(frozen=True, slots=True)
class Packed:
    """All units go in, or as many as were found to: here is where they lie."""

    layout: Layout


@dataclass(frozen=True, slots=True)
class Refused:
    """Not all units go in.

    Attributes
    ----------
    proof : Proof
        What shows it.
    rule : str
        The rule that binds, with its figures.
    """

    proof: Proof
    rule: str
    layout: ClassVar[None] = None


@dataclass(frozen=True, slots=True)
class Open:
    """Neither a layout nor a proof was found within the effort."""

    layout: ClassVar[None] = None


Answer = Packed | Refused | Open
