"""Stacks of parcels, and the strength of boxes in them."""

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
_FLAGS = ("overhang", "deckboard_gap", "rough_handling")


class PalletPattern(enum.StrEnum):
    """Arrangement of the parcels in a stack."""

    COLUMN_ALIGNED = "column_aligned"
    COLUMN = "column"
    INTERLOCKED = "interlocked"


@holds_whole
@dataclass(frozen=True)
class StackingCondition(Ruled):
    """A stack of equal parcels that the lowest one must bear.

    The strength of the lowest box is derated either by multipliers for ``days``, ``humidity_percent``, ``pattern`` and
    the three flags, or by ``safety_factor`` in place of them all.
    """

    layers: Annotated[int, within(1, MAX_LAYERS)] | None = None
    """Number of parcels in the stack, the lowest included, 1 to 1,000. Give this or ``stack_height_mm``."""
    stack_height_mm: Length | None = None
    """Height of the stack in mm, above 0 to 10,000; it holds as many whole parcels as their outer height allows."""
    days: Annotated[float, within(0, 100_000)] | None = None
    """Time under load, in days, 0 or more; 0 is a compression test."""
    humidity_percent: Annotated[float, within(0, 100)] | None = None
    pattern: PalletPattern | None = None
    overhang: bool = False
    """Whether parcels overhang the pallet's edge."""
    deckboard_gap: bool = False
    """Whether parcels lie over gaps of the pallet's deck."""
    rough_handling: bool = False
    """Whether handling is rougher than usual."""
    safety_factor: Annotated[float, within(1, 100)] | None = None
    """Divisor of the compression strength, 1 to 100; the quotient is what the box bears."""
    stack_height_um = units.InWhole[int | None]()

    def _broken_rules(self) -> Iterator[FieldViolation]:
        if (self.layers is None) == (self.stack_height_mm is None):
            yield FieldViolation("layers", "is required unless stack_height_mm is given; do not give both")
        explicit = {name: getattr(self, name) is not None for name in ("days", "humidity_percent", "pattern")}
        if self.safety_factor is not None:
            flags = {name: getattr(self, name) for name in _FLAGS}
            for name, given in {**explicit, **flags}.items():
                if given:
                    yield FieldViolation(name, "must be absent with safety_factor, which includes it")
        else:
            for name, given in explicit.items():
                if not given:
                    yield FieldViolation(name, "is required unless safety_factor replaces all multipliers")

    def layers_of(self, outer_height_um: int) -> int:
        """Return the number of parcels of an outer height in um in the stack, at least one."""
        if self.layers is not None:
            return self.layers
        assert self.stack_height_um is not None  # the constructor requires layers or stack_height_mm
        return max(self.stack_height_um // outer_height_um, 1)

    def __str__(self) -> str:
        pile = f"{self.layers} layers" if self.layers is not None else f"piles of {self.stack_height_mm:g} mm"
        if self.safety_factor is not None:
            return f"{pile}, safety factor {self.safety_factor:g}"
        assert self.pattern is not None  # the constructor requires it without a safety factor
        words = [self.pattern.value, *(name for name in _FLAGS if getattr(self, name))]
        return ", ".join([pile, f"{self.days:g} days", f"{self.humidity_percent:g} % humidity", *words]).replace(
            "_", " "
        )


@dataclass(frozen=True, slots=True)
class StrengthMultiplier:
    """A multiplier that derates a box's compression strength."""

    factor: str
    """Name of the factor, such as ``relative_humidity``."""
    level: str
    """Row of the table, such as ``up to 80 %``."""
    value: Decimal
    """Multiplier, 0 to 1."""
    source: str = ""
    read_in_source: bool = True


@dataclass(frozen=True, slots=True)
class StackLoad:
    """Load on the lowest parcel of a stack, and load that its box bears."""

    not_modelled: str = ""
    """Reason why the strength of this box is not modelled, with figures of 0; empty if it is modelled."""
    compression_mn: int = 0
    """Compression strength by McKee's simplified formula, in mN, rounded down."""
    allowed_mn: int = 0
    """Derated strength in mN, rounded down."""
    required_mn: int = 0
    """Weight of the parcels above, in mN, rounded up."""
    layers: int = 0
    """Number of parcels in the stack, this one included."""
    multipliers: tuple[StrengthMultiplier, ...] = ()
    """Multipliers that derate; empty with a safety factor."""
    safety_factor: Decimal | None = None
    """Safety factor in place of multipliers."""
    notes: tuple[str, ...] = ()
    """Unverified figures that it rests on, and limits of the formula that the box exceeds."""

    @property
    def binding(self) -> bool:
        """Whether the load may refuse a box: its figures are verified or the caller's own, and in range."""
        return not self.not_modelled and not self.notes

    @property
    def holds(self) -> bool:
        """Whether the lowest parcel bears those above; true for a box that is not modelled."""
        return bool(self.not_modelled) or self.required_mn <= self.allowed_mn


@dataclass(frozen=True, slots=True)
class BoxGrade:
    """The grade of the US box certificate that a parcel's board reaches, and its limits."""

    grade_id: str = ""
    """Highest grade that the board reaches, such as ``single-32ect``; empty if none."""
    max_gross_mg: int = 0
    max_length_width_height_um: int = 0
    """Limit of outer length plus width plus height, in um."""
    notes: tuple[str, ...] = ()
    """Unverified figures that it rests on, or the reason why there is no grade."""
    source: str = ""
    max_gross_g = InUnits()
    max_length_width_height_mm = InUnits()

    @property
    def binding(self) -> bool:
        """Whether the grade may refuse a box: the board's figures and the limits are verified or the caller's own."""
        return bool(self.grade_id) and not self.notes

    def exceeded(self, gross_mg: int, outer_um: tuple[int, int, int]) -> tuple[str, ...]:
        """Return the limits that a parcel exceeds, with figures. A box without a grade has no limits."""
        if not self.grade_id:
            return ()
        found = []
        if gross_mg > self.max_gross_mg:
            found.append(f"{gross_mg / 1e3:g} g gross, at most {self.max_gross_g:g} g")
        if sum(outer_um) > self.max_length_width_height_um:
            most = self.max_length_width_height_mm
            found.append(f"length, width and height of {sum(outer_um) / 1e3:g} mm, at most {most:g} mm")
        return tuple(found)
