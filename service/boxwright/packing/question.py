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
    """Asks whether and how units go into one space.

    Attributes
    ----------
    units, space, rules
        The units, the inside of the box, and the physical rules.
    whole : bool
        True: all units or nothing. False: as much volume as possible.
    effort : int
        Counted effort, about one per place examined.
    nodes : int or None
        Node budget of the exact search among the proofs. None: no proofs.
    sliding : int
        Additional places that may be examined to slide units until they are supported.
    solver_seconds : float
        Limit per run of the constraint solver, in its deterministic time. 0: not used.
    fixed : Layout or None
        Units, among ``units``, that lie in the space already. They stay, come first in the pack sequence, and count
        towards its limits.
    seed : int
        Another seed starts with other constructions.
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
        """The question with the margin that all units share taken off the space instead.

        Units with a larger margin keep the difference. Corners are relative to the smaller space. The question is
        unchanged if units are fixed, because those keep no margin.
        """
        units, margin = self.units, self.units.least_margin_um
        if not margin or self.fixed is not None:
            return self
        left = units.clear_um - margin
        units = replace(units, margins_um=left if left.any() else None)
        return replace(self, units=units, space=within(self.units, self.space))

    @cached_property
    def lengths(self) -> reach.Lengths:
        """The units grown into gaps that no others can fill, and the box reduced to the lengths that rows can fill.

        Declared lengths if units keep different margins, since rows then need not begin at the walls.
        """
        inner = self.within_margins
        return (reach.declared if inner.units.most_margin_um else reach.grown)(inner.units, inner.space)


@dataclass(frozen=True, slots=True)
class Packed:
    """A layout of all units, or of as much volume as was found to fit."""

    layout: Layout


@dataclass(frozen=True, slots=True)
class Refused:
    """A proof that not all units fit.

    Attributes
    ----------
    proof : Proof
        Kind of proof.
    rule : str
        The rule that binds, with its figures.
    """

    proof: Proof
    rule: str
    layout: ClassVar[None] = None


@dataclass(frozen=True, slots=True)
class Open:
    """The effort ended with neither a layout nor a proof."""

    layout: ClassVar[None] = None


Answer = Packed | Refused | Open
