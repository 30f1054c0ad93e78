"""A column of a table of results: numbers as an array, and texts of which there are few by their places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from boxwright.evaluation.amounts import coded

if TYPE_CHECKING:
    from boxwright.evaluation.amounts import Floats, Ints, Known

Cell = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Figures:
    """Cells that are numbers.

    Attributes
    ----------
    values : Floats or Ints, (n,)
        The numbers.
    known : Known, (n,)
        Which of them are; the other cells are None.
    """

    values: Floats | Ints
    known: Known

    def listed(self) -> list[Cell]:
        """Return the cells as Python has them."""
        cells: list[Cell] = self.values.tolist()
        for place in np.flatnonzero(~self.known).tolist():
            cells[place] = None
        return cells

    def arrow(self, pa: Any, kind: Any) -> Any:
        """Return the cells as an Arrow array of a type."""
        return pa.array(self.values, kind, mask=~self.known)


@dataclass(frozen=True, slots=True)
class Coded:
    """Cells of which few differ.

    Attributes
    ----------
    kinds : sequence of Cell
        What there is of them.
    places : Ints, (n,)
        The place of each cell among these.
    """

    kinds: Sequence[Cell]
    places: Ints

    @classmethod
    def of(cls, cells: Sequence[Cell]) -> Coded:
        """Return cells by what there is of them."""
        return cls(*coded(cells))

    def listed(self) -> list[Cell]:
        """Return the cells as Python has them."""
        kinds = self.kinds
        return [kinds[place] for place in self.places.tolist()]

    def arrow(self, pa: Any, kind: Any) -> Any:
        """Return the cells as an Arrow array of a type."""
        return pa.array(self.kinds, kind).take(pa.array(self.places))


Cells = Figures | Coded


def in_turn(columns: Sequence[Cells]) -> Cells:
    """Return the cells of columns of one kind and length, those of a row next to each other."""
    figures = [each for each in columns if isinstance(each, Figures)]
    if figures:
        return Figures(_woven([each.values for each in figures]), _woven([each.known for each in figures]))
    kinds, places = list[Cell](), list[Any]()
    for each in columns:
        if isinstance(each, Coded):
            places.append(each.places + len(kinds))
            kinds += each.kinds
    return Coded(kinds, _woven(places))


def _woven(arrays: Sequence[Any]) -> Any:
    return np.stack(arrays, axis=1).ravel()
