"""How much a search may spend, counted and never timed, so that the answer does not depend on the machine."""

from dataclasses import dataclass

from boxwright.domain.policy import SolvingMode


@dataclass(frozen=True, slots=True)
class Effort:
    """Budgets of a search.

    Attributes
    ----------
    places : int
        Places that packing may look at per (units, box type); roughly 25 million a second.
    nodes : int
        Nodes of the exact search per (units, box type).
    repacks : int
        Boxes that the improvement of a multi-parcel plan may try to fill.
    """

    places: int
    nodes: int
    repacks: int

    def scaled(self, *, times: int = 1, parts: int = 1) -> "Effort":
        """Return the same with places and nodes multiplied by ``times`` and divided by ``parts``."""
        return Effort(self.places * times // parts, self.nodes * times // parts, self.repacks)


EFFORT = {
    SolvingMode.FAST: Effort(places=20_000, nodes=4_000, repacks=100),
    SolvingMode.BALANCED: Effort(places=200_000, nodes=40_000, repacks=500),
    SolvingMode.THOROUGH: Effort(places=2_000_000, nodes=1_000_000, repacks=5_000),
}
