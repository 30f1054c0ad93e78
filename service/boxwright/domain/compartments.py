"""Compartments of a box with inserts, such as a bottle shipper: a grid of cells for one unit each."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Annotated

from boxwright import units
from boxwright.domain.fields import Held, Id, Length, Ruled, some
from boxwright.errors import FieldViolation
from boxwright.lazy import cached_property

MOST_COMPARTMENTS = 100

CARD_UM = 5_000
"""Own rule: thickness of a card or leaflet, which slides between inserts and wall."""

Size = tuple[int, int, int]
"""Length, width and height in um."""

Cell = tuple[int, int, int, int, int, int]
"""Lowest and highest corner in the box, in um: x, y, z, x, y, z."""


WholeUm = Annotated[Length, Held(lambda length_mm: units.to_mm(units.to_um(length_mm)))]


@dataclass(frozen=True)
class Compartments(Ruled):
    """A grid of at most 100 compartments: columns along the length of the box, rows along its width.

    The box holds one unit per compartment and no dunnage, and cards beside the inserts.
    """

    columns_mm: Annotated[tuple[WholeUm, ...], some("must hold at least one length")]
    """Inner length of the compartments of each column, in mm, from the box's corner."""
    rows_mm: Annotated[tuple[WholeUm, ...], some("must hold at least one length")]
    """Inner width of the compartments of each row, in mm."""
    height_mm: WholeUm
    """Inner height in mm."""
    articles: tuple[Id, ...] = ()
    """Ids of ``materials/articles.csv`` that the pack takes. Default: any."""

    def _broken_rules(self) -> Iterator[FieldViolation]:
        if len(self) > MOST_COMPARTMENTS:
            grid = f"{len(self.columns_mm)} x {len(self.rows_mm)}"
            rule = f"must make at most {MOST_COMPARTMENTS} compartments, got {len(self)}, {grid}"
            yield FieldViolation("columns_mm", rule)

    def __len__(self) -> int:
        return len(self.columns_mm) * len(self.rows_mm)

    @cached_property
    def _along_um(self) -> tuple[tuple[int, ...], ...]:
        axes = (self.columns_mm, self.rows_mm, (self.height_mm,))
        return tuple(tuple(units.to_um(length) for length in lengths) for lengths in axes)

    def beyond(self, inner_um: tuple[int, int, int]) -> Iterator[FieldViolation]:
        """Yield a violation for each axis along which the compartments exceed the inside of the box."""
        for name, lengths, inner in zip(("columns_mm", "rows_mm", "height_mm"), self._along_um, inner_um, strict=True):
            if (taken := sum(lengths)) > inner:
                rule = f"must sum to at most the inner {units.to_mm(inner):g} mm, got {units.to_mm(taken):g} mm"
                yield FieldViolation(name, rule)

    def cells_um(self, inner_um: tuple[int, int, int]) -> tuple[Cell, ...]:
        """Return the compartments of a box by its inner size, row by row from its corner, then the slots beside them.

        Sources do not give the positions of the walls, so walls before, between and behind the compartments get equal
        parts of what the compartments leave of an axis, rounded down to um. A slot is in front of the first row and
        behind the last one, of at most ``CARD_UM``.
        """
        starts = [
            [
                (inner - sum(lengths)) * (index + 1) // (len(lengths) + 1) + before
                for index, before in enumerate([0, *accumulate(lengths[:-1])])
            ]
            for lengths, inner in zip(self._along_um, inner_um, strict=True)
        ]
        (lengths, widths, (height,)), (xs, ys, (z,)) = self._along_um, starts
        cells = tuple(
            (x, y, z, x + length, y + width, z + height)
            for y, width in zip(ys, widths, strict=True)
            for x, length in zip(xs, lengths, strict=True)
        )
        length, width, height = inner_um
        ends = (0, cells[0][1]), (cells[-1][4], width)
        slots = ((0, low, 0, length, min(low + CARD_UM, high), height) for low, high in ends if low < high)
        return (*cells, *slots)

    def may_take(self, articles: Collection[str]) -> bool:
        """Return whether the pack takes one of these articles; they are empty for a unit without an article."""
        return not self.articles or any(article in self.articles for article in articles)

    def words(self) -> str:
        """Return number and inner sizes of the compartments as text."""
        sides = (sorted({f"{edge:g}" for edge in lengths}, key=float) for lengths in (self.columns_mm, self.rows_mm))
        size = " x ".join([*("/".join(side) for side in sides), f"{self.height_mm:g}"])
        count = len(self)
        taken = f" for {', '.join(self.articles)}" if self.articles else ""
        return f"{count} compartment{'s' if count > 1 else ''} of {size} mm{taken}"
