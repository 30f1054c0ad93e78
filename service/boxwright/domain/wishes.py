"""Requirements of a catalog design."""

import enum
import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from boxwright.domain.fields import Ruled, fits, is_whole, shown, some, within
from boxwright.domain.policy import Objective
from boxwright.errors import FieldViolation

MOST_SIZES = 200
"""Maximum number of sizes of a design."""
MOST_EDGE_MM = 10_000


def _edges(count: int, least_mm: int = 1) -> Callable[[Any], Iterator[tuple[str, str]]]:
    rule = f"must be {count} lengths from {least_mm} to {MOST_EDGE_MM:,} mm"

    def check(edges: Any) -> Iterator[tuple[str, str]]:
        if len(edges) != count or not all(least_mm <= edge <= MOST_EDGE_MM for edge in edges):
            yield "", f"{rule}, got {shown(edges)}"

    return check


def _rising(sizes: Any) -> Iterator[tuple[str, str]]:
    if list(sizes) != sorted({size for size in sizes if is_whole(size, 1, MOST_SIZES)}):
        yield "", f"must be increasing whole numbers from 1 to {MOST_SIZES}, got {shown(sizes)}"


Edges = Annotated[tuple[float, ...], _edges(3)]


class DesignObjective(enum.StrEnum):
    """The sum over orders that a design minimises."""

    COST = "cost"
    """Price of packaging and carriage, in minor units."""
    LITRES = "litres"
    """Outer volume of the parcels."""
    EMISSIONS = "emissions"
    """Grams CO2e of the first accounting profile."""

    @property
    def of_plans(self) -> Objective:
        """The corresponding objective of plans."""
        return {
            DesignObjective.COST: Objective.SHIPPING_COST,
            DesignObjective.LITRES: Objective.OUTER_VOLUME,
            DesignObjective.EMISSIONS: Objective.EMISSIONS,
        }[self]


_Minor = Annotated[float, within(0, 1_000_000)]


@dataclass(frozen=True)
class BoxPrice(Ruled):
    """Price of a box of a new size, by the buyer's own figures, since no prices are published."""

    currency: Annotated[str, fits("[A-Z]{3}", "must be an ISO 4217 code such as EUR")]
    per_piece_minor: _Minor = 0.0
    """Price per box of any size, in minor units (cents, fen)."""
    per_m2_minor: _Minor = 0.0
    """Price per square metre of its blank, in minor units."""
    per_size_minor: Annotated[float, within(0, 100_000_000)] = 0.0
    """One-off cost per new size (tool, sample, stock place), in minor units; reported next to the saving, not part of
    the objective."""

    def _broken_rules(self) -> Iterator[FieldViolation]:
        if self.per_piece_minor == 0 and self.per_m2_minor == 0:
            yield FieldViolation("per_piece_minor", "must be above 0 if per_m2_minor is 0")

    def of(self, blank_m2: float) -> int:
        """Return the price of a box by the area of its blank in m2, in minor units, rounded half to even."""
        return round(self.per_piece_minor + self.per_m2_minor * blank_m2)


@dataclass(frozen=True)
class Wishes(Ruled):
    """Requirements of a design."""

    sizes: Annotated[tuple[int, ...], _rising] = ()
    """Numbers of box types. One design is made for each. Empty with ``add`` or ``drop``."""
    objective: DesignObjective = DesignObjective.LITRES
    add: Annotated[int, within(0, MOST_SIZES)] | None = None
    drop: Annotated[int, within(0, MOST_SIZES)] | None = None
    """Number of new sizes to add to the kept catalog, and of its sizes to drop. Default: not given."""
    lock: tuple[str, ...] = ()
    """Ids of box types, of the kept or current catalog, that must stay."""
    may_lose_orders: bool = False
    """Whether orders that the current catalog takes may be left without a box."""
    step_mm: Annotated[float, within(1, 500)] = 10.0
    """New inner sizes are multiples of this, in mm. Default 10: an assumption, since makers cut to the millimetre."""
    smallest_mm: Edges | None = None
    largest_mm: Edges | None = None
    """Minimum and maximum inner length, width and height of new sizes, in mm. Default: unlimited."""
    max_aspect: Annotated[float, within(1, 1_000)] | None = None
    """Maximum ratio of the longest to the shortest inner edge. Default: unlimited."""
    max_depth: Annotated[float, within(0.1, 10_000)] = 1.2
    """Maximum ratio of depth to the shorter edge of the opening. Default 1.2: our own rule, since packers cannot see
    into a deeper box. 10,000 means no limit."""
    max_sheet_mm: Annotated[tuple[float, ...], _edges(2)] | None = None
    """Longer and shorter edge of the largest blank that the maker cuts, in mm. Default: unlimited."""
    board_ids: Annotated[tuple[str, ...], some("must name at least one board")] = ("b-flute",)
    """Boards of new sizes; each size is a candidate in every board. Default ``b-flute``: an assumption."""
    box_price: BoxPrice | None = None
    pallets_mm: tuple[Annotated[tuple[float, ...], _edges(2, 100)], ...] = ((1_200.0, 800.0), (1_200.0, 1_000.0))
    """Length and width of pallets. Default 1,200 x 800 and 1,200 x 1,000 mm."""
    pallet_share: Annotated[float, within(0.01, 1)] | None = None
    """Minimum share of a pallet that a layer of each new size must cover. Default: any."""
    min_pieces: Annotated[int, within(1, 10_000_000)] | None = None
    """Minimum number of boxes of each new size that the orders must use, such as a maker's minimum order for the period
    of the orders. Default: any."""
    cut_to_size: bool = False
    """Whether boxes cut to size for each order are priced too."""
    candidates: Annotated[int, within(1, 4_000)] = 1_200
    """Maximum number of new sizes to choose from."""
    sample: Annotated[int, within(20, 20_000)] = 3_000
    """Maximum number of different orders in the sample of each half."""
    judged_share: Annotated[float, within(0.1, 0.9)] = 0.5
    """Share of the orders that are held out to evaluate the design."""
    seed: Annotated[int, within(0, 2**32 - 1)] = 1
    """Random seed of halves and samples."""

    @property
    def may_add(self) -> bool:
        """Whether new sizes may be added."""
        return bool(self.sizes) or bool(self.add)

    def _broken_rules(self) -> Iterator[FieldViolation]:
        if bool(self.sizes) == (self.add is not None or self.drop is not None):
            yield FieldViolation("sizes", "give either sizes, or add or drop with a catalog to keep")
        if self.pallet_share is not None and not self.pallets_mm:
            yield FieldViolation("pallets_mm", "must name a pallet if pallet_share is given")
        ends = self.smallest_mm, self.largest_mm
        if self.smallest_mm and self.largest_mm and any(map(operator.gt, self.smallest_mm, self.largest_mm)):
            yield FieldViolation("smallest_mm", f"must not be above the largest size, got {shown(ends)}")
