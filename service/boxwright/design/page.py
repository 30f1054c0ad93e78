"""A design on the page of an evaluation: its table with bound and gap, and the saving over the number of sizes."""

from __future__ import annotations

import math
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
    # On a phone the names of columns stand alone: each says by itself which half it is of.
    halves = iter(("Design", "Judged"))
    names = [f"{next(halves)}, change" if name == "Change" else name for name in columns(design)]
    rows = []
    for suite in design.suites:
        _, *cells = row(design, suite)
        cells += [of_year(design, suite)] if design.yearly else []
        rows.append(tuple(map(Cell, (counted(len(suite.catalog.box_types), "size"), *cells))))
    return Panel(
        title="The design and its bound",
        lead=(*premises(design), *due_to_prices(design), _PLANS_MAY_SPLIT),
        columns=(*names, *(["Judged, a year, in one parcel each"] if design.yearly else [])),
        rows=tuple(rows),
        notes=(*legend(design), *remarks(design)),
        plot=_plot(design),
        plot_words=_PLOT_WORDS,
    )


def box_panels(design: Design, shown: int) -> list[Panel]:
    """Return the boxes of each design, a section a design, the smallest first.

    Parameters
    ----------
    design : Design
        Compared with a catalog of today's.
    shown : int
        Index of the design that comes first and is open: the page looks at it closely. Others are folded.
    """
    suites = list(design.suites)
    suites.insert(0, suites.pop(shown))
    return [
        Panel(
            title=f"The boxes of {suite.catalog.catalog_id}",
            lead=(),
            columns=("Box", "Origin", "Inner, mm", "Outer, mm", "Board", "Price a box", "Orders", "Share of orders"),
            rows=tuple(
                _box_row(design, suite, box, orders)
                for box, orders in sorted(
                    zip(suite.catalog.box_types, suite.used, strict=True), key=lambda used: used[0].inner_volume_um3
                )
            ),
            notes=(_USED,),
            folded=f"{len(suite.used):,} box types" if index else "",
            sortable=True,
            words=("Origin", "Board"),
        )
        for index, suite in enumerate(suites)
    ]


_USED = (
    "Orders: those that judge whose best box this is by the objective, each in one parcel. Share: of all of those that"
    " go into one box of this design. Sizes sort by volume."
)


def _box_row(design: Design, suite: Suite, box: BoxType, orders: int) -> tuple[Cell, ...]:
    price, part = box.price_minor, orders / (sum(suite.used) or 1)
    sizes = [
        Cell(" × ".join(f"{to_mm(edge):g}" for edge in edges), float(math.prod(edges)))
        for edges in (box.inner_um, box.outer_um)
    ]
    return (
        Cell(box.box_type_id),
        Cell(origin(design, suite, box)),
        *sizes,
        Cell(box.board_id or "not stated"),
        Cell("not known", -1.0) if price is None else Cell(currency.money(price, design.currency), price),
        Cell(f"{orders:,}", orders),
        Cell(share(part), part),
    )


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
