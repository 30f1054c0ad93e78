"""The question that the search asks a packing engine, and its three possible answers."""

from dataclasses import KW_ONLY, dataclass, replace
from typing import ClassVar

from boxwright.domain.proof import Proof
from boxwright.lazy import cached_property
from boxwright.packing import reach
from boxwright.packing.problem import Layout, Rules, Space, Units, within
from boxwright.stop import NEVER, Stop


@dataclass(frozen=True)
class Question:
    """The question whether and how units fit into one space.

    Attributes
    ----------
    units, space, rules
        The units, the inside of the box, and the physical rules.
    whole : bool
        True: all units or none. False: as much volume as possible.
    effort : int
        Counted effort, about one per place examined.
    nodes : int or None
        Maximum number of nodes of the exact search among the proofs. None: no proofs are tried.
    sliding : int
        Additional places that may be examined to slide units until they are supported.
    solver_seconds : float
        Limit per run of the constraint solver, in its deterministic time. 0: the solver is not used.
    fixed : Layout or None
        The ``units`` that already lie in the space. They stay there, come first in the pack sequence, and count towards
        all limits.
    seed : int
        Seed that decides with which constructions the search starts.
    blocks : bool
        Whether to try blocks of units. Default True.
    stop : Stop
        Ends packing with a SearchEndedError. Default: never.
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
        """The question with a space reduced by the margin that all units keep.

        Units with a larger margin keep the difference. Corners are relative to the smaller space. Fixed units keep no
        margin, so a question with fixed units is unchanged.
        """
        units, margin = self.units, self.units.least_margin_um
        if not margin or self.fixed is not None:
            return self
        left = units.clear_um - margin
        units = replace(units, margins_um=left if left.any() else None)
        return replace(self, units=units, space=within(self.units, self.space))

    @cached_property
    def lengths(self) -> reach.Lengths:
        """The lengths of units, grown into gaps that no others can fill, and of the box, cut to what rows can fill.

        If units keep different margins, lengths are as declared, since rows then need not begin at the walls.
        """
        inner = self.within_margins
        return (reach.declared if inner.units.most_margin_um else reach.grown)(inner.units, inner.space)


@dataclass(frozen=True, slots=True)
class Packed:
    """A layout of all units, or of some of them if the question allows that."""

    layout: Layout


@dataclass(frozen=True, slots=True)
class Refused:
    """A proof that not all units fit.

    Attributes
    ----------
    proof : Proof
        Kind of proof.
    rule : str
        The rule that refuses the units, with its figures.
    """

    proof: Proof
    rule: str
    layout: ClassVar[None] = None


@dataclass(frozen=True, slots=True)
class Open:
    """Neither a layout nor a proof was found within the effort."""

    layout: ClassVar[None] = None


Answer = Packed | Refused | Open
