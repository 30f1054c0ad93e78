"""Packing instructions of a parcel: a line per task, with the weight that the scale then shows; and poses of units."""

import enum
from dataclasses import dataclass

from boxwright import units
from boxwright.domain.factor import Component
from boxwright.domain.order import Item
from boxwright.domain.plan import Placement
from boxwright.domain.steps import numbers

LEAST_TOP_UM = 10 * units.UM_PER_MM
"""Minimum thickness of a top layer of fill that is mentioned and drawn; the lid presses thinner layers flat."""


@dataclass(frozen=True, slots=True)
class BenchLine:
    """A task of the packer."""

    sentence: str
    weight_mg: int | None = None
    """Weight of the parcel after the task, in mg: box, goods, wrap and fill so far. None if nothing is added."""
    step: int = 0
    """Number of the first unit that the task places, in pack sequence from 1; 0 if it places none."""
    unit_count: int = 0
    """Number of equal units that the task places together, beginning with ``step``."""
    already_in_box: bool = False
    """Whether its units were already in a started parcel."""
    sku: str = ""
    barcode: str = ""
    """SKU and barcode of its order line; empty if not stated."""
    weight_g = units.InUnits()

    @property
    def numbers(self) -> str:
        """Numbers of its units in the picture, such as ``2–4``; empty if it places none."""
        return numbers(self.step, self.unit_count) if self.step else ""

    @property
    def codes(self) -> tuple[str, ...]:
        """The stated codes with their names, such as ``SKU 4711``."""
        return tuple(f"{name} {code}" for name, code in (("SKU", self.sku), ("barcode", self.barcode)) if code)

    def __str__(self) -> str:
        number = f"{self.numbers}." if self.step else "-"
        notes = ", ".join(filter(None, (*self.codes, weight_words(self.weight_mg))))
        return f"{number} {self.sentence}" + (f" [{notes}]" if notes else "")


@dataclass(frozen=True, slots=True)
class BenchFilling:
    """Filling or blocking of a box."""

    component: Component
    """Void fill or blocking."""
    dunnage_id: str
    mass_mg: int
    litres: float | None = None
    """Volume of the filling in L, to the ml; None if its density is unknown."""
    mass_g = units.InUnits()


@dataclass(frozen=True, slots=True)
class TapePattern:
    """Taping of a box."""

    rule_id: str
    seam_strips: int
    edge_strips: int
    """Number of strips along seams, and of strips across their ends."""
    edge_overlap_mm: float
    """Length by which a strip across an end passes each corner, in mm."""


@dataclass(frozen=True, slots=True)
class BenchWords:
    """Packing instructions of a parcel."""

    language: str
    """Language of the sentences, as a BCP 47 tag."""
    lines: tuple[BenchLine, ...]
    """All tasks in order: box, bottom layer, units (preceded by their inner box and by fill below them), filling,
    counts, tape, marks, scale."""
    filling: tuple[BenchFilling, ...]
    tape: TapePattern | None
    marks: tuple[str, ...]
    """Names of the marks on the parcel, from ISO 780, special handling and lifting."""
    gross_mg: int
    tolerance_mg: int
    """Weight of the parcel, and the tolerance of the scale, in mg."""
    apart: str = ""
    """Reason why earlier parcels do not hold these goods; empty for the first parcel, or if an earlier parcel states
    the reason."""
    gross_g = units.InUnits()
    tolerance_g = units.InUnits()

    @property
    def opening(self) -> tuple[BenchLine, ...]:
        """The lines before the first step that places a unit."""
        return self.lines[: self._placing[0]] if self._placing else self.lines

    @property
    def steps(self) -> tuple[BenchLine, ...]:
        """The lines that place units."""
        return tuple(self.lines[at] for at in self._placing)

    @property
    def closing(self) -> tuple[BenchLine, ...]:
        """The lines after the last unit."""
        return self.lines[self._placing[-1] + 1 :] if self._placing else ()

    def before(self, at: int) -> tuple[BenchLine, ...]:
        """Return the lines between a step and the one before it, such as a line on its inner box.

        Steps count from 0; the first step has no such lines.
        """
        return self.lines[self._placing[at - 1] + 1 : self._placing[at]] if at else ()

    @property
    def _placing(self) -> list[int]:
        return [at for at, line in enumerate(self.lines) if line.step]

    def __str__(self) -> str:
        return "\n".join([*filter(None, [self.apart]), *map(str, self.lines)])


def weight_words(mass_mg: int | None) -> str:
    """Return a mass in whole g, as a scale shows it; empty for None."""
    return "" if mass_mg is None else f"{round(mass_mg / units.MG_PER_G):,} g"


class Pose(enum.StrEnum):
    """The pose of a unit: the way up that it lies or stands."""

    UPRIGHT = "upright"
    FLAT = "flat"
    ON_ITS_SIDE = "on its side"
    ON_ITS_LONG_SIDE = "on its long side"
    ON_ITS_END = "on its end"


class Turn(enum.StrEnum):
    """Direction of the longer horizontal edge: along the length of the box or along its width."""

    LENGTHWAYS = "lengthways"
    CROSSWAYS = "crossways"


def pose_of(line: Item, placed: Placement) -> Pose:
    """Return the pose of a unit of a line.

    With its declared height vertical it stands upright, or lies flat if that is the shortest edge and another is at
    least 1.6 times as long (twice, if the unit keeps a gap: a teapot stands). Otherwise it lies on its side if its
    shortest edge is vertical, stands on its end if its longest is, and on its long side if neither is.
    """
    edges = line.shape_um(placed.folds)
    vertical = edges["LWH".index(placed.orientation[2])]
    if placed.orientation[2] == "H":
        low = 8 * vertical <= (4 if placed.half_gap_um else 5) * max(edges)
        return Pose.FLAT if vertical == min(edges) and low else Pose.UPRIGHT
    if vertical == min(edges):
        return Pose.ON_ITS_SIDE
    return Pose.ON_ITS_END if vertical == max(edges) else Pose.ON_ITS_LONG_SIDE


def turn_of(placed: Placement) -> Turn | None:
    """Return the turn of a unit; None if its horizontal edges differ by at most 1 mm."""
    longer_um = placed.length_um - placed.width_um
    if abs(longer_um) <= units.UM_PER_MM:
        return None
    return Turn.LENGTHWAYS if longer_um > 0 else Turn.CROSSWAYS
