"""A packing engine: it tries proofs that units do not fit, then one way of packing after another."""

from collections.abc import Callable

from boxwright.packing.cells import lay_in_cells
from boxwright.packing.problem import Layout
from boxwright.packing.proofs import margin_words, refuse
from boxwright.packing.question import Answer, Open, Packed, Question, Refused

ONE_CONSTRUCTION = 1
"""Effort that allows only the first construction, which is always finished."""

Way = Callable[[Question], Layout | Refused | None]
"""A function that answers a question, with None if it finds no answer."""


class Packer:
    """Tries several ways of packing until one has an answer.

    Parameters
    ----------
    ways : callable
        Ways of packing, cheapest first. Boxes with compartments need none.
    starts_from_fixed : bool, optional
        Whether the ways support ``Question.fixed``. Default True.
    keeps_margins : bool, optional
        Whether the ways support ``Units.margins_um``. Default True.
    """

    def __init__(self, *ways: Way, starts_from_fixed: bool = True, keeps_margins: bool = True) -> None:
        self._ways = ways
        self.starts_from_fixed = starts_from_fixed
        self.keeps_margins = keeps_margins

    def ask(self, question: Question) -> Answer:
        """Return a layout, a proof that there is none, or ``Open``."""
        if question.nodes is not None and (refused := refuse(question)):
            return refused
        if question.space.cells:
            laid = lay_in_cells(question)
            return Open() if laid is None else Packed(laid)
        inner = question.within_margins
        for way in self._ways:
            inner.stop.look()
            found = way(inner)
            if isinstance(found, Refused):
                return Refused(found.proof, found.rule + margin_words(question.units))
            if found is not None and question.units.margins_um is not None:
                found = _with_margins(question, found)
            if found is not None:
                return Packed(found)
        return Open()


def _with_margins(question: Question, layout: Layout) -> Layout:
    """Return a layout of ``Question.within_margins``, moved to the corner of the whole space."""
    units = question.units
    margin = units.least_margin_um if question.fixed is None else 0
    corners = layout.corners_um + margin
    margins, far = units.margins_in(question.space)[layout.units].T
    shifts = []
    for axis in (0, 1):
        lowest = int((margins - corners[:, axis]).max())
        highest = int((question.space.edges_um[axis] - far - corners[:, axis + 3]).min())
        shifts.append((lowest + highest) // 2 if lowest <= 0 <= highest else 0)
    keeps = bool(margins.any())
    return Layout(
        layout.units,
        layout.orientations,
        corners,
        margins if keeps else None,
        (shifts[0], shifts[1]) if keeps else (0, 0),
    )
