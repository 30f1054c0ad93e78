"""Effort of a search. It is counted and never timed, so that the answer does not depend on the machine."""

from dataclasses import dataclass, replace

from boxwright.domain.policy import SolvingMode
from boxwright.lazy import cached_property
from boxwright.packing.problem import Rules, Space, Units
from boxwright.packing.question import Question
from boxwright.stop import NEVER, Stop

PLACES_PER_FOURTH_POWER, TIMES_SLIDING = 250, 8
"""The first times the fourth power of n is the maximum number of places for n units in one box; with sliding it is
multiplied by the second. No layout found took nearly that much."""
GROWS_ABOVE, GROWTH = 18, 12
"""Above the first number of units, the effort grows with the number of units to the power of the second, up to the
effort for many units. For fewer units, more effort finds almost nothing."""
MOST_UNITS_COUNTED = 100
"""Number of units up to which the effort grows: more units make more parcels, not larger parcels."""


@dataclass(frozen=True)
class Effort:
    """Budgets of a search.

    Attributes
    ----------
    places_of_an_order, places : int
        Number of places that packing may try per box type, for all units of an order and for a part of them. About 40
        million places take a second.
    places_of_many, part_of_many : int
        Limits per unit up to which ``places_of_an_order`` and ``places`` grow in orders of more than ``GROWS_ABOVE``
        units.
    nodes : int
        Number of nodes of the exact search, per (units, box type).
    places_per_unit : int
        Number of places to improve a plan of several parcels, per unit of the order; it grows with ``places``.
    fills_per_parcel : int
        Number of fillings of a box in an attempt to save a parcel, per parcel that would remain.
    sliding : int
        Number of more places, with units slid into support, per (units, box type) that would stay open without them.
    times_fuller : int
        Factor on ``places`` to fill a single allowed parcel.
    solver_seconds : float
        Limit of one question to the constraint solver, in its deterministic time, roughly CPU seconds. At 0 the solver
        is not loaded.
    """

    places_of_an_order: int
    places: int
    places_of_many: int
    part_of_many: int
    nodes: int
    places_per_unit: int
    fills_per_parcel: int
    sliding: int = 0
    times_fuller: int = 60
    solver_seconds: float = 0.0

    def scaled(self, *, times: int = 1, parts: int = 1) -> "Effort":
        """Return the effort per question, multiplied by ``times`` (except sliding) and divided by ``parts``."""
        counted = ("places_of_an_order", "places", "places_of_many", "part_of_many", "nodes")
        return replace(
            self,
            **{name: getattr(self, name) * times // parts for name in counted},
            sliding=self.sliding // parts,
            solver_seconds=self.solver_seconds * times / parts,
        )

    def for_order(self, count: int, *, alike: bool) -> "Effort":
        """Return the effort for an order of ``count`` units; if they are ``alike``, blocks of them need no more."""
        if count <= GROWS_ABOVE:
            return self
        counted = min(count, MOST_UNITS_COUNTED)

        def grown(least: int, per_unit: int) -> int:
            return max(least, min(least * int(count**GROWTH) // int(GROWS_ABOVE**GROWTH), per_unit * counted))

        whole = self.places_of_an_order if alike else grown(self.places_of_an_order, self.places_of_many)
        part = grown(self.places, self.part_of_many)
        per_unit = self.places_per_unit * part // self.places
        return replace(self, places_of_an_order=whole, places=part, places_per_unit=per_unit)

    def question(
        self, units: Units, space: Space, rules: Rules, stop: Stop = NEVER, *, proofs: bool = True
    ) -> Question:
        """Return the question whether all units go into a space, with this effort."""
        # A few units have few layouts, so more places would be useless.
        most = PLACES_PER_FOURTH_POWER * len(units) ** 4
        return Question(
            units,
            space,
            rules,
            whole=True,
            effort=min(self.places, most),
            nodes=self.nodes if proofs else None,
            sliding=min(self.sliding, most * TIMES_SLIDING),
            solver_seconds=self.solver_seconds,
            stop=stop,
        )

    @cached_property
    def of_an_order(self) -> "Effort":
        """The effort for a whole order in one box type; it does not depend on the other box types."""
        return replace(self, places=self.places_of_an_order)

    @property
    def without_solver(self) -> "Effort":
        """The effort without the constraint solver and without sliding."""
        return replace(self, sliding=0, solver_seconds=0.0)


EFFORT = {
    SolvingMode.FAST: Effort(
        places_of_an_order=180_000,
        places=60_000,
        places_of_many=150_000,
        part_of_many=2_500,
        nodes=4_000,
        places_per_unit=1_000,
        fills_per_parcel=20,
        sliding=400_000,
        times_fuller=25,
    ),
    SolvingMode.BALANCED: Effort(
        places_of_an_order=180_000,
        places=200_000,
        places_of_many=500_000,
        part_of_many=20_000,
        nodes=40_000,
        places_per_unit=6_000,
        fills_per_parcel=60,
        sliding=2_750_000,
    ),
    SolvingMode.THOROUGH: Effort(
        places_of_an_order=2_000_000,
        places=2_000_000,
        places_of_many=5_000_000,
        part_of_many=20_000,
        nodes=1_000_000,
        places_per_unit=60_000,
        fills_per_parcel=600,
        sliding=16_000_000,
        times_fuller=150,
        solver_seconds=1.0,
    ),
}


def up_to(mode: SolvingMode, count: int, *, alike: bool) -> list[Effort]:
    """Return the efforts of all modes up to ``mode``, ascending; see ``Effort.for_order``."""
    modes = list(SolvingMode)
    return [EFFORT[lesser].for_order(count, alike=alike) for lesser in modes[: modes.index(mode) + 1]]
