"""What is asked of a design, refused where it breaks a rule."""

import enum
import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from boxwright.domain.fields import Ruled, fits, is_whole, shown, some, within
from boxwright.domain.policy import Objective
from boxwright.errors import FieldViolation

MOST_SIZES = 200
"""Most sizes of a design."""
MOST_EDGE_MM = 10_000


def _edges(count: int, least_mm: int = 1) -> Callable[[Any], Iterator[tuple[str, str]]]:
    rule = f"must be {count} lengths from {least_mm} to {MOST_EDGE_MM:,} mm"

    def check(edges: Any) -> Iterator[tuple[str, str]]:
        if len(edges) != count or not all(least_mm <= edge <= MOST_EDGE_MM for edge in edges):
            yield "", f"{rule}, got {shown(edges)}"

    return check


def _rising(sizes: Any) -> Iterator[tuple[str, str]]:
    if list(sizes) != sorted({size for size in sizes if is_whole(size, 1, MOST_SIZES)}):
        yield "", f"must be whole numbers from 1 to {MOST_SIZES} that rise, got {shown(sizes)}"


Edges = Annotated[tuple[float, ...], _edges(3)]


class DesignObjective(enum.StrEnum):
    """What a design makes least, summed over the orders."""

    COST = "cost"
    """Price of packaging and carriage, in minor units."""
    LITRES = "litres"
    """Outer volume of the parcels."""
    EMISSIONS = "emissions"
    """Grams CO2e of the first accounting profile."""

    @property
    def of_plans(self) -> Objective:
        """The objective that plans of single orders have for it."""
        return {
            DesignObjective.COST: Objective.SHIPPING_COST,
            DesignObjective.LITRES: Objective.OUTER_VOLUME,
            DesignObjective.EMISSIONS: Objective.EMISSIONS,
        }[self]


_Minor = Annotated[float, within(0, 1_000_000)]


@dataclass(frozen=True)
class BoxPrice(Ruled):
    """What a box of a new size costs: the buyer's own figures, for there are no published ones."""

    currency: Annotated[str, fits("[A-Z]{3}", "must be an ISO 4217 code such as EUR")]
    per_piece_minor: _Minor = 0.0
    """For each box, whatever its size, in minor units (cents, fen)."""
    per_m2_minor: _Minor = 0.0
    """For each square metre of its blank, in minor units."""
    per_size_minor: Annotated[float, within(0, 100_000_000)] = 0.0
    """Once for each new size (tool, sample, place in stock), in minor units. The saving pays it back; a design does not
    count it."""

    def _broken_rules(self) -> Iterator[FieldViolation]:
        if self.per_piece_minor == 0 and self.per_m2_minor == 0:
            yield FieldViolation("per_piece_minor", "must be above 0 where per_m2_minor is 0")

    def of(self, blank_m2: float) -> int:
        """Return the price of a box whose blank has an area in m2, in minor units, half to even."""
        return round(self.per_piece_minor + self.per_m2_minor * blank_m2)


@dataclass(frozen=True)
class Wishes(Ruled):
    """What a design is to be."""

    sizes: Annotated[tuple[int, ...], _rising] = ()
    """How many box types the catalog is to have, a design for each number. Empty where ``add`` or ``drop`` says it."""
    objective: DesignObjective = DesignObjective.LITRES
    """What it makes least."""
    add: Annotated[int, within(0, MOST_SIZES)] | None = None
    drop: Annotated[int, within(0, MOST_SIZES)] | None = None
    """New sizes that come to the kept catalog, and how many of its own it may lose. Default None: not asked."""
    lock: tuple[str, ...] = ()
    """Box types, of the kept catalog or today's, that stay whatever comes."""
    may_lose_orders: bool = False
    """Whether orders that today's catalog takes may stay without a box."""
    step_mm: Annotated[float, within(1, 500)] = 10.0
    """New inner sizes are multiples of this. Default 10: an assumption, makers cut to the millimetre."""
    smallest_mm: Edges | None = None
    largest_mm: Edges | None = None
    """Least and greatest inner length, width and height of new sizes. Default None: not limited."""
    max_aspect: Annotated[float, within(1, 1_000)] | None = None
    """Most times that the longest inner edge may be as long as the shortest. Default None: not limited."""
    max_depth: Annotated[float, within(0.1, 10_000)] = 1.2
    """Most times that a new size may be as deep as the shorter edge of its opening is long. Default 1.2: our own rule,
    since goods are laid into a deeper box by feel. 10,000, the most, limits nothing."""
    max_sheet_mm: Annotated[tuple[float, ...], _edges(2)] | None = None
    """Longer and shorter edge of the largest blank that the maker cuts. Default None: not limited."""
    board_ids: Annotated[tuple[str, ...], some("must name at least one board")] = ("b-flute",)
    """Boards that new sizes are made of; each size is a candidate in each. Default ``b-flute``: an assumption."""
    box_price: BoxPrice | None = None
    pallets_mm: tuple[Annotated[tuple[float, ...], _edges(2, 100)], ...] = ((1_200.0, 800.0), (1_200.0, 1_000.0))
    """Length and width of the pallets that boxes travel or wait on. Default 1,200 x 800 and 1,200 x 1,000 mm."""
    pallet_share: Annotated[float, within(0.01, 1)] | None = None
    """Share of a layer that each new size has to cover on one of these pallets. Default None: not limited."""
    min_pieces: Annotated[int, within(1, 10_000_000)] | None = None
    """Fewest boxes of each new size that all of the orders given would use: what a maker sells at least, for the time
    that they cover. Default None: not limited."""
    cut_to_size: bool = False
    """Whether to price boxes that a machine cuts for each order, too."""
    candidates: Annotated[int, within(1, 4_000)] = 1_200
    """Most new sizes to choose from."""
    sample: Annotated[int, within(20, 20_000)] = 3_000
    """Most different orders that a half is represented by."""
    judged_share: Annotated[float, within(0.1, 0.9)] = 0.5
    """Share of the orders that the design is judged on and does not see."""
    seed: Annotated[int, within(0, 2**32 - 1)] = 1
    """Of halves and samples."""

    @property
    def may_add(self) -> bool:
        """Whether new sizes may come: not where boxes are only dropped."""
        return bool(self.sizes) or bool(self.add)

    def _broken_rules(self) -> Iterator[FieldViolation]:
        if bool(self.sizes) == (self.add is not None or self.drop is not None):
            yield FieldViolation("sizes", "must be given, or else add or drop with a catalog to keep; not both")
        if self.pallet_share is not None and not self.pallets_mm:
            yield FieldViolation("pallets_mm", "must name a pallet where pallet_share is given")
        ends = self.smallest_mm, self.largest_mm
        if self.smallest_mm and self.largest_mm and any(map(operator.gt, self.smallest_mm, self.largest_mm)):
            yield FieldViolation("smallest_mm", f"must not be above the largest size, got {shown(ends)}")
