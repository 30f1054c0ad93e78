"""What is asked of a design, refused where it breaks a rule."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass

from boxwright.domain.currency import is_currency
from boxwright.domain.fields import Ruled, is_number, is_whole, shown
from boxwright.domain.policy import Objective
from boxwright.errors import FieldViolation

MOST_SIZES = 200
"""Most sizes of a design."""
MOST_CANDIDATES = 4_000
"""Most sizes to choose from."""
MOST_SAMPLED = 20_000
"""Most different orders of a half."""
MOST_EDGE_MM = 10_000
MOST_PIECES = 10_000_000
Edges = tuple[float, float, float]


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
        return _OF_PLANS[self]


_OF_PLANS = {
    DesignObjective.COST: Objective.SHIPPING_COST,
    DesignObjective.LITRES: Objective.OUTER_VOLUME,
    DesignObjective.EMISSIONS: Objective.EMISSIONS,
}


@dataclass(frozen=True)
class BoxPrice(Ruled):
    """What a box of a new size costs: the buyer's own figures, for there are no published ones.

    Parameters
    ----------
    currency : str
        ISO 4217 code.
    per_piece_minor : float, optional
        For each box, whatever its size, in minor units (cents, fen). Default 0.
    per_m2_minor : float, optional
        For each square metre of its blank, in minor units. Default 0.

    Raises
    ------
    InvalidInputError
        With every broken rule.
    """

    currency: str
    per_piece_minor: float = 0.0
    per_m2_minor: float = 0.0

    def _broken_rules(self) -> Iterator[FieldViolation]:
        if not is_currency(self.currency):
            yield FieldViolation("currency", f"must be an ISO 4217 code such as EUR, got {shown(self.currency)}")
        for name in ("per_piece_minor", "per_m2_minor"):
            value = getattr(self, name)
            if not is_number(value, 0, 1_000_000):
                yield FieldViolation(name, f"must be from 0 to 1,000,000 minor units, got {shown(value)}")
        if self.per_piece_minor == 0 and self.per_m2_minor == 0:
            yield FieldViolation("per_piece_minor", "must be above 0 where per_m2_minor is 0")

    def of(self, blank_m2: float) -> int:
        """Return the price of a box whose blank has an area in m2, in minor units, half to even."""
        return round(self.per_piece_minor + self.per_m2_minor * blank_m2)


@dataclass(frozen=True)
class Wishes(Ruled):
    """What a design is to be.

    Parameters
    ----------
    sizes : tuple of int
        How many box types the catalog is to have; a design is made for each number. Empty where ``add`` or ``drop``
        says it.
    objective : DesignObjective, optional
        What it makes least. Default ``litres``.
    add, drop : int or None, optional
        New sizes that come to the kept catalog, and how many of its own it may lose. Default None: not asked.
    lock : tuple of str, optional
        Box types, of the kept catalog or today's, that stay whatever comes.
    may_lose_orders : bool, optional
        Whether orders that today's catalog takes may stay without a box. Default False.
    step_mm : float, optional
        New inner sizes are multiples of this. Default 10: an assumption, makers cut to the millimetre.
    smallest_mm, largest_mm : tuple of float or None, optional
        Least and greatest inner length, width and height of new sizes. Default None: not limited.
    max_aspect : float or None, optional
        Most times that the longest inner edge may be as long as the shortest. Default None: not limited.
    max_sheet_mm : tuple of float or None, optional
        Longer and shorter edge of the largest blank that the maker cuts. Default None: not limited.
    board_ids : tuple of str, optional
        Boards that new sizes are made of; each size is a candidate in each. Default ``b-flute``: an assumption.
    box_price : BoxPrice or None, optional
        What a new size costs. Default None: not known.
    pallets_mm : tuple of tuple of float, optional
        Length and width of the pallets that boxes travel or wait on. Default 1,200 x 800 and 1,200 x 1,000 mm.
    pallet_share : float or None, optional
        Share of a layer that each new size has to cover on one of these pallets. Default None: not limited.
    min_pieces : int or None, optional
        Fewest boxes of each new size that all of the orders given would use: what a maker sells at least, for the time
        that they cover. Default None: not limited.
    cut_to_size : bool, optional
        Whether to price boxes that a machine cuts for each order, too. Default False.
    candidates : int, optional
        Most new sizes to choose from. Default 1,200.
    sample : int, optional
        Most different orders that a half is represented by. Default 3,000.
    judged_share : float, optional
        Share of the orders that the design is judged on and does not see. Default 0.5.
    seed : int, optional
        Of halves and samples. Default 1.

    Raises
    ------
    InvalidInputError
        With every broken rule.
    """

    sizes: tuple[int, ...] = ()
    objective: DesignObjective = DesignObjective.LITRES
    add: int | None = None
    drop: int | None = None
    lock: tuple[str, ...] = ()
    may_lose_orders: bool = False
    step_mm: float = 10.0
    smallest_mm: Edges | None = None
    largest_mm: Edges | None = None
    max_aspect: float | None = None
    max_sheet_mm: tuple[float, float] | None = None
    board_ids: tuple[str, ...] = ("b-flute",)
    box_price: BoxPrice | None = None
    pallets_mm: tuple[tuple[float, float], ...] = ((1_200.0, 800.0), (1_200.0, 1_000.0))
    pallet_share: float | None = None
    min_pieces: int | None = None
    cut_to_size: bool = False
    candidates: int = 1_200
    sample: int = 3_000
    judged_share: float = 0.5
    seed: int = 1

    @property
    def may_add(self) -> bool:
        """Whether new sizes may come: not where boxes are only dropped."""
        return bool(self.sizes) or bool(self.add)

    def _broken_rules(self) -> Iterator[FieldViolation]:
        yield from self._broken_numbers()
        changes = self.add is not None or self.drop is not None
        if bool(self.sizes) == changes:
            yield FieldViolation("sizes", "must be given, or else add or drop with a catalog to keep; not both")
        for number in self.sizes:
            if not is_whole(number, 1, MOST_SIZES):
                yield FieldViolation("sizes", f"must be whole numbers from 1 to {MOST_SIZES}, got {shown(number)}")
        if list(self.sizes) != sorted(set(self.sizes)):
            yield FieldViolation("sizes", f"must rise and not repeat, got {shown(self.sizes)}")
        for name in ("add", "drop"):
            value = getattr(self, name)
            if value is not None and not is_whole(value, 0, MOST_SIZES):
                yield FieldViolation(name, f"must be a whole number from 0 to {MOST_SIZES}, got {shown(value)}")
        if not self.board_ids:
            yield FieldViolation("board_ids", "must name at least one board")

    def _broken_numbers(self) -> Iterator[FieldViolation]:
        for name, least, most in (
            ("candidates", 1, MOST_CANDIDATES),
            ("sample", 20, MOST_SAMPLED),
            ("seed", 0, 2**32 - 1),
        ):
            value = getattr(self, name)
            if not is_whole(value, least, most):
                yield FieldViolation(name, f"must be a whole number from {least} to {most:,}, got {shown(value)}")
        for name, low, high in (("step_mm", 1, 500), ("judged_share", 0.1, 0.9)):
            if not is_number(getattr(self, name), low, high):
                yield FieldViolation(name, f"must be from {low} to {high}, got {shown(getattr(self, name))}")
        yield from self._broken_pallets()
        if self.min_pieces is not None and not is_whole(self.min_pieces, 1, MOST_PIECES):
            rule = f"must be a whole number from 1 to {MOST_PIECES:,}, got {shown(self.min_pieces)}"
            yield FieldViolation("min_pieces", rule)
        if self.max_aspect is not None and not is_number(self.max_aspect, 1, 1_000):
            yield FieldViolation("max_aspect", f"must be from 1 to 1,000, got {shown(self.max_aspect)}")
        for name, count in (("smallest_mm", 3), ("largest_mm", 3), ("max_sheet_mm", 2)):
            edges = getattr(self, name)
            if edges is None:
                continue
            if len(edges) != count or not all(is_number(each, 1, MOST_EDGE_MM) for each in edges):
                yield FieldViolation(name, f"must be {count} lengths from 1 to {MOST_EDGE_MM:,} mm, got {shown(edges)}")
        if self.smallest_mm and self.largest_mm and any(map(float.__gt__, *map(_floats, self._ends()))):
            yield FieldViolation("smallest_mm", f"must not be above the largest size, got {shown(self._ends())}")

    def _broken_pallets(self) -> Iterator[FieldViolation]:
        if self.pallet_share is not None and not is_number(self.pallet_share, 0.01, 1):
            yield FieldViolation("pallet_share", f"must be from 0.01 to 1, got {shown(self.pallet_share)}")
        for pallet in self.pallets_mm:
            if len(pallet) != 2 or not all(is_number(each, 100, MOST_EDGE_MM) for each in pallet):
                rule = f"must be two lengths from 100 to {MOST_EDGE_MM:,} mm, got {shown(pallet)}"
                yield FieldViolation("pallets_mm", rule)
        if self.pallet_share is not None and not self.pallets_mm:
            yield FieldViolation("pallets_mm", "must name a pallet where pallet_share is given")

    def _ends(self) -> tuple[Edges, Edges]:
        assert self.smallest_mm is not None
        assert self.largest_mm is not None
        return self.smallest_mm, self.largest_mm


def _floats(edges: Edges) -> list[float]:
    return [float(each) for each in edges]
