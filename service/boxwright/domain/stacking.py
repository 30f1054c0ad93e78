"""How parcels are stacked: what the lowest one has to bear, for how long, and in what air."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from boxwright import units
from boxwright.domain.fields import Length, Ruled, holds_whole, within
from boxwright.errors import FieldViolation

MAX_LAYERS = 1_000
"""Most parcels in a pile."""
_FLAGS = ("overhang", "deckboard_gap", "rough_handling")


class PalletPattern(enum.StrEnum):
    """How the parcels of a pile stand on each other."""

    COLUMN_ALIGNED = "column_aligned"
    COLUMN = "column"
    INTERLOCKED = "interlocked"


@holds_whole
@dataclass(frozen=True)
class StackingCondition(Ruled):
    """A pile of equal parcels that the lowest one has to bear.

    What the lowest box bears is derated either by multipliers, looked up for ``days``, ``humidity_percent``,
    ``pattern`` and the three flags, or by ``safety_factor`` alone, which stands for all of them; never by both.
    """

    layers: Annotated[int, within(1, MAX_LAYERS)] | None = None
    """Parcels in the pile, the lowest included, 1 to 1,000. Give this or ``stack_height_mm``."""
    stack_height_mm: Length | None = None
    """Height up to which whole parcels are piled, in mm, above 0 to 10,000; how many follows from the outer height."""
    days: Annotated[float, within(0, 100_000)] | None = None
    """Time under load, in days; 0 is a compression test. From 0."""
    humidity_percent: Annotated[float, within(0, 100)] | None = None
    pattern: PalletPattern | None = None
    """How the parcels stand on each other."""
    overhang: bool = False
    """Whether parcels reach past the pallet's edge."""
    deckboard_gap: bool = False
    """Whether parcels lie over gaps of the pallet's deck."""
    rough_handling: bool = False
    """Whether parcels are handled more roughly than usual."""
    safety_factor: Annotated[float, within(1, 100)] | None = None
    """The lumped factor: the box bears its compression strength divided by it. 1 to 100."""
    stack_height_um = units.InWhole[int | None]()

    def _broken_rules(self) -> Iterator[FieldViolation]:
        if (self.layers is None) == (self.stack_height_mm is None):
            yield FieldViolation("layers", "must be given, or stack_height_mm in its place, and not both")
        explicit = {name: getattr(self, name) is not None for name in ("days", "humidity_percent", "pattern")}
        if self.safety_factor is not None:
            flags = {name: getattr(self, name) for name in _FLAGS}
            for name, given in {**explicit, **flags}.items():
                if given:
                    yield FieldViolation(name, "must be left out beside safety_factor, which stands for it")
        else:
            for name, given in explicit.items():
                if not given:
                    yield FieldViolation(name, "must be given, or safety_factor in place of all multipliers")

    def layers_of(self, outer_height_um: int) -> int:
        """Return how many parcels of an outer height, in um, are in the pile; at least one."""
        if self.layers is not None:
            return self.layers
        assert self.stack_height_um is not None  # one of both is given
        return max(self.stack_height_um // outer_height_um, 1)

    def __str__(self) -> str:
        pile = f"{self.layers} layers" if self.layers is not None else f"piles of {self.stack_height_mm:g} mm"
        if self.safety_factor is not None:
            return f"{pile}, safety factor {self.safety_factor:g}"
        assert self.pattern is not None  # given where there is no safety factor
        words = [self.pattern.value, *(name for name in _FLAGS if getattr(self, name))]
        return ", ".join([pile, f"{self.days:g} days", f"{self.humidity_percent:g} % humidity", *words]).replace(
            "_", " "
        )
