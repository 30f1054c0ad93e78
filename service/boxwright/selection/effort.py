"""How much a search may spend, counted and never timed, so that the answer does not depend on the machine."""

from dataclasses import dataclass, replace

from boxwright.domain.policy import SolvingMode
from boxwright.lazy import cached_property
from boxwright.packing.problem import Rules, Space, Units
from boxwright.packing.question import Question
from boxwright.stop import NEVER, Stop

PLACES_PER_FOURTH_POWER, TIMES_SLIDING = 250, 8
"""Most places looked at for some units in one box, times the fourth power of their number, and how many times as many
with sliding: several times what any find took."""
GROWS_ABOVE, GROWTH = 18, 12
"""Above this many units effort grows with this power of their number, until it is that of many: for fewer units more
effort finds next to nothing."""
MOST_UNITS_COUNTED = 100
"""Effort grows with the units of an order up to this many: more of them make more parcels, not larger ones."""


@dataclass(frozen=True)
class Effort:
    """Budgets of a search.

    Attributes
    ----------
    places_of_an_order, places : int
        Places that packing may look at per box type that may take a whole order, roughly 40 million a second; and for a
        part of an order, of which a parcel of several has a share.
    places_of_many, part_of_many : int
        Most of the two for each unit of an order of more than ``GROWS_ABOVE`` units.
    nodes : int
        Nodes of the exact search per (units, box type).
    places_per_unit : int
        Places that the improvement of a multi-parcel plan may look at, for each unit of the order; of many units as
        many times more as a part has, so that as many parcels are tried.
    fills_per_parcel : int
        Fillings of a box after which a plan's number of parcels stands, for each parcel that one fewer would keep.
    sliding : int
        Places more where units are slid to be supported, per (units, box type) that stays open else.
    times_fuller : int
        With how many times the places of a part the one parcel that is allowed is filled.
    solver_seconds : float
        Limit of each question to the constraint solver, in its own deterministic time, about that of a CPU. At 0 it is
        neither asked nor loaded.
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
        """Return the same, all but sliding multiplied by ``times``, and all divided by ``parts``."""
        counted = ("places_of_an_order", "places", "places_of_many", "part_of_many", "nodes")
        return replace(
            self,
            **{name: getattr(self, name) * times // parts for name in counted},
            sliding=self.sliding // parts,
            solver_seconds=self.solver_seconds * times / parts,
        )

    def for_order(self, count: int, *, alike: bool) -> "Effort":
        """That of an order of so many units: the more there are, the more ways they have to lie.

        What is packed in blocks, being ``alike``, needs no more for a whole order.
        """
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
        """Return whether units all go into a space, to be packed with this effort, or else proved not to be.

        So few units get no more places than tell anything of them: their ways to lie are soon all tried.
        """
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
        """That of a box for a whole order: the same whatever other boxes there are, so that none takes it away."""
        return replace(self, places=self.places_of_an_order)

    @property
    def without_solver(self) -> "Effort":
        """The same, with no question to the constraint solver and no sliding."""
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
    """Return the efforts of the modes from the least to ``mode`` for an order; see ``Effort.for_order``."""
    modes = list(SolvingMode)
    return [EFFORT[each].for_order(count, alike=alike) for each in modes[: modes.index(mode) + 1]]
