"""How parcels are stacked, and what a plan says of the strength of a box."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from boxwright import units
from boxwright.domain.fields import Length, Ruled, holds_whole, within
from boxwright.errors import FieldViolation
from boxwright.units import InUnits

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


@dataclass(frozen=True, slots=True)
class StrengthMultiplier:
    """One multiplier that derates a box's compression strength."""

    factor: str
    """What derates, such as ``relative_humidity``."""
    level: str
    """The row that was used, such as ``up to 80 %``."""
    value: Decimal
    """From 0 to 1."""
    source: str = ""
    read_in_source: bool = True


@dataclass(frozen=True, slots=True)
class StackLoad:
    """What the lowest parcel of a pile bears, and has to."""

    not_modelled: str = ""
    """Why nothing is known of this box; empty where the figures below hold. Then they are all 0."""
    compression_mn: int = 0
    """Compression strength of the box by the simplified formula of McKee, in mN, rounded down."""
    allowed_mn: int = 0
    """What of it may be used, in mN, rounded down."""
    required_mn: int = 0
    """Weight of the parcels above, in mN, rounded up."""
    layers: int = 0
    """Parcels in the pile, this one included."""
    multipliers: tuple[StrengthMultiplier, ...] = ()
    """What derates; empty with a safety factor."""
    safety_factor: Decimal | None = None
    """The lumped factor, in place of multipliers."""
    notes: tuple[str, ...] = ()
    """What the figures rest on that was not read in a source, and where the box is outside the formula's range."""

    @property
    def binding(self) -> bool:
        """Whether it may refuse a box: all that it rests on is verified or the caller's own, and in range."""
        return not self.not_modelled and not self.notes

    @property
    def holds(self) -> bool:
        """Whether the lowest parcel bears those above; true of a box of which nothing is known."""
        return bool(self.not_modelled) or self.required_mn <= self.allowed_mn


@dataclass(frozen=True, slots=True)
class BoxGrade:
    """The grade of the US box certificate that a parcel's board reaches, and what it allows."""

    grade_id: str = ""
    """The highest grade that the board reaches, such as ``single-32ect``; empty where it is of none."""
    max_gross_mg: int = 0
    """Most that the closed parcel may weigh, in mg."""
    max_length_width_height_um: int = 0
    """Most that outer length, width and height may sum to, in um."""
    notes: tuple[str, ...] = ()
    """What it rests on that was not read in a source, or why there is no grade."""
    source: str = ""
    max_gross_g = InUnits()
    max_length_width_height_mm = InUnits()

    @property
    def binding(self) -> bool:
        """Whether it may refuse a box: the board's figures and the limits are verified or the caller's own."""
        return bool(self.grade_id) and not self.notes

    def exceeded(self, gross_mg: int, outer_um: tuple[int, int, int]) -> tuple[str, ...]:
        """Return the limits that a parcel passes, with their figures; none where the board is of no grade."""
        if not self.grade_id:
            return ()
        found = []
        if gross_mg > self.max_gross_mg:
            found.append(f"{gross_mg / 1e3:g} g gross, at most {self.max_gross_g:g} g")
        if sum(outer_um) > self.max_length_width_height_um:
            most = self.max_length_width_height_mm
            found.append(f"length, width and height of {sum(outer_um) / 1e3:g} mm, at most {most:g} mm")
        return tuple(found)
