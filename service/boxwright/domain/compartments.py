"""Compartments of a box with inserts, such as a bottle shipper: a grid of cells of which each takes one unit."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Annotated

from boxwright import units
from boxwright.domain.fields import Held, Id, Length, Ruled, some
from boxwright.errors import FieldViolation
from boxwright.lazy import cached_property

MOST_COMPARTMENTS = 100
"""Most compartments of one box."""

Size = tuple[int, int, int]
"""Length, width and height of a compartment, in um."""

Cell = tuple[int, int, int, int, int, int]
"""Lowest and highest corner of a compartment in its box, in um: x, y, z, x, y, z."""


WholeUm = Annotated[Length, Held(lambda length_mm: units.to_mm(units.to_um(length_mm)))]


@dataclass(frozen=True)
class Compartments(Ruled):
    """A grid of compartments: so many columns along the length of the box, so many rows along its width.

    Nothing is in such a box but one unit in each of at most 100 compartments, and no dunnage.
    """

    columns_mm: Annotated[tuple[WholeUm, ...], some("must hold at least one length")]
    """Inner length of the compartments of each column, in mm, from the box's corner along its length."""
    rows_mm: Annotated[tuple[WholeUm, ...], some("must hold at least one length")]
    """Their inner width by rows, in mm, along the width of the box."""
    height_mm: WholeUm
    """Their inner height, in mm."""
    articles: tuple[Id, ...] = ()
    """What the pack is for, ids of ``materials/articles.csv``: it takes no unit of another article. Default: any."""

    def _broken_rules(self) -> Iterator[FieldViolation]:
        if len(self) > MOST_COMPARTMENTS:
            grid = f"{len(self.columns_mm)} x {len(self.rows_mm)}"
            rule = f"must make at most {MOST_COMPARTMENTS} compartments, got {len(self)}, {grid}"
            yield FieldViolation("columns_mm", rule)

    def __len__(self) -> int:
        return len(self.columns_mm) * len(self.rows_mm)

    @cached_property
    def sizes_um(self) -> tuple[Size, ...]:
        """The compartments, row by row, in um."""
        lengths, widths, (height,) = self._along_um
        return tuple((length, width, height) for width in widths for length in lengths)

    @cached_property
    def _along_um(self) -> tuple[tuple[int, ...], ...]:
        """Lengths of the compartments along each axis, in um."""
        axes = (self.columns_mm, self.rows_mm, (self.height_mm,))
        return tuple(tuple(units.to_um(length) for length in lengths) for lengths in axes)

    def beyond(self, inner_um: tuple[int, int, int]) -> Iterator[FieldViolation]:
        """Yield each axis along which the compartments take more than the inside of their box."""
        for name, lengths, inner in zip(("columns_mm", "rows_mm", "height_mm"), self._along_um, inner_um, strict=True):
            if (taken := sum(lengths)) > inner:
                rule = f"must take at most the inner {units.to_mm(inner):g} mm, got {units.to_mm(taken):g} mm"
                yield FieldViolation(name, rule)

    def cells_um(self, inner_um: tuple[int, int, int]) -> tuple[Cell, ...]:
        """Return the compartments of a box with this inside, row by row from its corner.

        Walls take the rest of the inside along an axis. They are taken as equally thick before, between and behind the
        compartments, to the um below: sources do not say where they stand.
        """
        starts = [
            [
                (inner - sum(lengths)) * (index + 1) // (len(lengths) + 1) + before
                for index, before in enumerate([0, *accumulate(lengths[:-1])])
            ]
            for lengths, inner in zip(self._along_um, inner_um, strict=True)
        ]
        (lengths, widths, (height,)), (xs, ys, (z,)) = self._along_um, starts
        return tuple(
            (x, y, z, x + length, y + width, z + height)
            for y, width in zip(ys, widths, strict=True)
            for x, length in zip(xs, lengths, strict=True)
        )

    def may_take(self, articles: Collection[str]) -> bool:
        """Whether the pack is for one of some articles; empty is a unit that names none."""
        return not self.articles or any(article in self.articles for article in articles)

    def words(self) -> str:
        """Return them as people read it: how many, how they stand and how large they are inside."""
        sides = (sorted({f"{edge:g}" for edge in lengths}, key=float) for lengths in (self.columns_mm, self.rows_mm))
        size = " x ".join([*("/".join(side) for side in sides), f"{self.height_mm:g}"])
        count = len(self)
        taken = f" for {', '.join(self.articles)}" if self.articles else ""
        return f"{count} compartment{'s' if count > 1 else ''} of {size} mm{taken}"
