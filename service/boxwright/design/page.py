"""A design on the page of an evaluation: its table with bound and gap, and the saving over the number of sizes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from boxwright.design.wording import columns, legend, of_year, premises, remarks, row
from boxwright.evaluation import charts
from boxwright.evaluation.report import Panel

if TYPE_CHECKING:
    from boxwright.design.result import Design, Suite

_LEAST_POINTS = 2


def panel(design: Design) -> Panel:
    """Return the section of a design: what it rests on, a row a number of sizes, the curve, and what it leaves out.

    Parameters
    ----------
    design : Design
        Compared with a catalog of today's.
    """
    return Panel(
        title="The design and its bound",
        lead=tuple(premises(design)),
        columns=_named_apart(columns(design)) + ((_YEAR,) if design.yearly else ()),
        rows=tuple(_with_noun(row(design, each)) + _year(design, each) for each in design.suites),
        notes=(*legend(design), *remarks(design), _PLANS_MAY_SPLIT),
        plot=_plot(design),
        plot_words=_PLOT_WORDS,
    )


def _named_apart(names: Sequence[str]) -> tuple[str, ...]:
    """Return the names of columns so that each says by itself which half it is of: on a phone they stand alone."""
    halves = iter(("Design", "Judged"))
    return tuple(f"{next(halves)}, change" if name == "Change" else name for name in names)


_YEAR = "Judged, a year"


def _year(design: Design, suite: Suite) -> tuple[str, ...]:
    return (of_year(design, suite),) if design.yearly else ()


def _with_noun(cells: Sequence[str]) -> tuple[str, ...]:
    """Return the cells of a row, the first of which is a number of sizes."""
    return f"{cells[0]} sizes", *cells[1:]


_PLOT_WORDS = (
    "Change from today's catalog by number of sizes, each order in one parcel; lower is better. Points: orders that the"
    " design has not seen, with 95 % intervals. Line without points: orders that it was made for. Broken line: what no"
    " choice among the candidates betters on those."
)
_PLANS_MAY_SPLIT = (
    "The rest of this page is of plans of the orders that judge, which may split an order: its figures differ from"
    " these where they do."
)


def _plot(design: Design) -> str:
    """Return the saving over the number of sizes, with its bound; empty for fewer than two points."""
    points = []
    for suite in design.suites:
        judged, sizes = suite.judged, len(suite.catalog.box_types)
        if judged.change is not None:
            low, high = judged.interval or (judged.change, judged.change)
            points.append(charts.Point(sizes, judged.change, low, high, ""))
    if len(points) < _LEAST_POINTS:
        return ""
    made = [(len(each.catalog.box_types), each.design.change) for each in design.suites]
    least = [(len(each.catalog.box_types), each.most_saved) for each in design.suites]
    lines = [
        charts.Line(name, [(sizes, change) for sizes, change in line if change is not None])
        for name, line in (("designed", made), ("bound", least))
    ]
    return charts.curve(points, "Saving by number of sizes, with its bound", lines)
