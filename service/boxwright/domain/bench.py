"""Packing instructions of a parcel: a line per task, with the weight that the scale then shows."""

from dataclasses import dataclass

from boxwright import units
from boxwright.domain.factor import Component
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
    """Number of equal units that the task places together, from ``step`` on."""
    already_in_box: bool = False
    """Whether its units were already in a started parcel."""
    sku: str = ""
    barcode: str = ""
    """SKU, description and barcode of its order line, as far as stated."""
    weight_g = units.InUnits()

    @property
    def numbers(self) -> str:
        """Numbers of its units, as in the picture; empty if it places none."""
        return numbers(self.step, self.unit_count) if self.step else ""

    @property
    def codes(self) -> tuple[str, ...]:
        """SKU and barcode, each with its name, as far as stated."""
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
    """Reason why the goods are in none of the earlier parcels; empty for the first parcel, and where an earlier parcel
    states it."""
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
        """Return the lines between a step, from 0, and the step before it, such as on its inner box; none for 0."""
        return self.lines[self._placing[at - 1] + 1 : self._placing[at]] if at else ()

    @property
    def _placing(self) -> list[int]:
        return [at for at, line in enumerate(self.lines) if line.step]

    def __str__(self) -> str:
        return "\n".join([*filter(None, [self.apart]), *map(str, self.lines)])


def weight_words(mass_mg: int | None) -> str:
    """Return a mass to the whole g, as a scale shows it; empty for None."""
    return "" if mass_mg is None else f"{round(mass_mg / units.MG_PER_G):,} g"
