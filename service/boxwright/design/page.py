"""A design on the page of an evaluation: its table with bound and gap, and the saving over the number of sizes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from boxwright.design.wording import columns, due_to_prices, legend, of_year, origin, premises, remarks, row
from boxwright.domain import currency
from boxwright.evaluation import charts
from boxwright.evaluation.report import Cell, Panel
from boxwright.evaluation.wording import counted, share
from boxwright.units import to_mm

if TYPE_CHECKING:
    from boxwright.design.result import Design, Suite
    from boxwright.domain.box import BoxType

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
        lead=(*premises(design), *due_to_prices(design), _PLANS_MAY_SPLIT),
        columns=_named_apart(columns(design)) + ((_YEAR,) if design.yearly else ()),
        rows=tuple(tuple(map(Cell, _cells(design, each))) for each in design.suites),
        notes=(*legend(design), *remarks(design)),
        plot=_plot(design),
        plot_words=_PLOT_WORDS,
    )


def box_panels(design: Design, shown: int) -> list[Panel]:
    """Return the boxes of each design, a section a design: that which the page looks at closely first, others folded.

    Parameters
    ----------
    design : Design
        Compared with a catalog of today's.
    shown : int
        Index of the design that comes first and is open.
    """
    suites = sorted(design.suites, key=lambda suite: suite is not design.suites[shown])
    return [_boxes(design, suite, folded=bool(index)) for index, suite in enumerate(suites)]


def _boxes(design: Design, suite: Suite, *, folded: bool) -> Panel:
    """Return the section of the boxes of a design, the smallest first."""
    used = sorted(zip(suite.catalog.box_types, suite.used, strict=True), key=lambda each: each[0].inner_volume_um3)
    return Panel(
        title=f"The boxes of {suite.catalog.catalog_id}",
        lead=(),
        columns=("Box", "Origin", "Inner, mm", "Outer, mm", "Board", "Price a box", "Orders", "Share of orders"),
        rows=tuple(_box_row(design, suite, box, orders) for box, orders in used),
        notes=(_USED,),
        folded=f"{len(used):,} box types" if folded else "",
        sortable=True,
        words=("Origin", "Board"),
    )


_USED = (
    "Orders: those that judge whose best box this is by the objective, each in one parcel. Share: of all of those that"
    " go into one box of this design. Sizes sort by volume."
)


def _box_row(design: Design, suite: Suite, box: BoxType, orders: int) -> tuple[Cell, ...]:
    price, all_orders = box.price_minor, sum(suite.used)
    part = orders / all_orders if all_orders else 0.0
    return (
        Cell(box.box_type_id),
        Cell(origin(design, suite, box)),
        Cell(_edges(box.inner_um), float(math.prod(box.inner_um))),
        Cell(_edges(box.outer_um), float(math.prod(box.outer_um))),
        Cell(box.board_id or "not stated"),
        Cell("not known", -1.0) if price is None else Cell(currency.money(price, design.currency), price),
        Cell(f"{orders:,}", orders),
        Cell(share(part), part),
    )


def _edges(edges_um: Sequence[int]) -> str:
    return " × ".join(f"{to_mm(each):g}" for each in edges_um)


def _named_apart(names: Sequence[str]) -> tuple[str, ...]:
    """Return the names of columns so that each says by itself which half it is of: on a phone they stand alone."""
    halves = iter(("Design", "Judged"))
    return tuple(f"{next(halves)}, change" if name == "Change" else name for name in names)


_YEAR = "Judged, a year, in one parcel each"


def _cells(design: Design, suite: Suite) -> tuple[str, ...]:
    """Return the cells of a row, the first of which names the number of sizes."""
    cells = row(design, suite)[1:]
    return counted(len(suite.catalog.box_types), "size"), *cells, *((of_year(design, suite),) if design.yearly else ())


_PLOT_WORDS = (
    "Change from today's catalog by number of sizes, each order in one parcel; lower is better. Points: orders that the"
    " design has not seen, with 95 % intervals. Line without points: orders that it was made for. Broken line: what no"
    " choice among the candidates betters on those."
)
_PLANS_MAY_SPLIT = (
    "The rest of this page is of plans of the orders that judge, which may split an order: its figures, those of a year"
    " too, differ from these where they do."
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
