"""A parcel in words, for the person at the bench: one line a piece of work, with what the scale shows after it."""

from dataclasses import dataclass

from boxwright import units
from boxwright.domain.factor import Component
from boxwright.domain.steps import numbers


@dataclass(frozen=True, slots=True)
class BenchLine:
    """One piece of work."""

    sentence: str
    weight_mg: int | None = None
    """What the parcel weighs after it, in mg: box, goods, wrap and fill so far. None where nothing is added."""
    step: int = 0
    """Number of the first unit that it places, in the pack sequence from 1; 0 where it places none."""
    unit_count: int = 0
    """How many units it places, numbered from ``step`` on: equal ones that go in together."""
    already_in_box: bool = False
    """Whether its units lay in a started parcel before."""
    sku: str = ""
    barcode: str = ""
    """Of its order line, for the scanner."""
    weight_g = units.InUnits()

    @property
    def numbers(self) -> str:
        """The numbers of its units, as they stand in the picture; empty where it places none."""
        return numbers(self.step, self.unit_count) if self.step else ""

    @property
    def codes(self) -> tuple[str, ...]:
        """SKU and barcode as a packer reads them, each with its name; empty for neither."""
        return tuple(f"{name} {code}" for name, code in (("SKU", self.sku), ("barcode", self.barcode)) if code)

    def __str__(self) -> str:
        number = f"{self.numbers}." if self.step else "-"
        said = ", ".join(filter(None, (*self.codes, weight_words(self.weight_mg))))
        return f"{number} {self.sentence}" + (f" [{said}]" if said else "")


@dataclass(frozen=True, slots=True)
class BenchFilling:
    """What fills or blocks the empty space of a box."""

    component: Component
    """Void fill or blocking."""
    dunnage_id: str
    mass_mg: int
    litres: float | None = None
    """The same as a volume, to the ml; None where its density is not known."""
    mass_g = units.InUnits()


@dataclass(frozen=True, slots=True)
class TapePattern:
    """How a box is taped."""

    rule_id: str
    seam_strips: int
    edge_strips: int
    """Strips along seams, and across their ends."""
    edge_overlap_mm: float
    """How far a strip across an end runs round each corner, in mm."""


@dataclass(frozen=True, slots=True)
class BenchWords:
    """One parcel in words."""

    language: str
    """Of the sentences, as BCP 47 tags it."""
    lines: tuple[BenchLine, ...]
    """All work in its order: box, bottom layer, a line for equal units that go in together, after those on their inner
    box and on fill that goes in before them, filling, what to count, tape, marks, scale."""
    filling: tuple[BenchFilling, ...]
    tape: TapePattern | None
    marks: tuple[str, ...]
    """Names of its marks: those of ISO 780, those of special handling, and those for who lifts it."""
    gross_mg: int
    tolerance_mg: int
    """What the parcel weighs, and how far the scale may differ, in mg."""
    apart: str = ""
    """Why the goods are in none of the earlier parcels. Default empty: the first parcel, or the reason was given for an
    earlier one."""
    gross_g = units.InUnits()
    tolerance_g = units.InUnits()

    @property
    def opening(self) -> tuple[BenchLine, ...]:
        """The lines before the first units."""
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
        """Return the lines between a step, from 0, and the one before it, such as on its inner box; none for 0."""
        return self.lines[self._placing[at - 1] + 1 : self._placing[at]] if at else ()

    @property
    def _placing(self) -> list[int]:
        return [at for at, line in enumerate(self.lines) if line.step]

    def __str__(self) -> str:
        return "\n".join([*filter(None, [self.apart]), *map(str, self.lines)])


def weight_words(mass_mg: int | None) -> str:
    """Return a mass as a scale shows it, to the whole g; empty for none."""
    return "" if mass_mg is None else f"{round(mass_mg / units.MG_PER_G):,} g"
