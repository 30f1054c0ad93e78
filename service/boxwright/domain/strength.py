"""What a plan says of the strength of a parcel's box."""

from dataclasses import dataclass
from decimal import Decimal

from boxwright.units import InUnits


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
