"""Sections of an evaluation's page on a design: a table with bound and gap, and purchases."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from boxwright.design.buying import FIRST_MONTHS, Purchase, buying
from boxwright.design.wording import notes, origin, premises, table, to_buy
from boxwright.domain import currency
from boxwright.domain.rounded import count as counted
from boxwright.evaluation.report import Cell, Panel
from boxwright.units import to_mm

if TYPE_CHECKING:
    from boxwright.design.result import Design, Suite

_FIRST_ORDER = (
    f"First order: the boxes of {FIRST_MONTHS} months (our own rule), or the maker's minimum if that is more. Sizes"
    " sort by volume."
)


def panels(design: Design, shown: int) -> list[Panel]:
    """Return the sections of an evaluated design: its table, then the purchase for each number of sizes.

    It needs today's catalog. The suite of index ``shown`` comes first and expanded; the others are collapsed.
    """
    columns, rows = table(design)
    suites = list(design.suites)
    suites.insert(0, suites.pop(shown))
    whole = Panel(
        title="The design and its bound",
        lead=tuple(premises(design)),
        columns=tuple(columns),
        rows=tuple(tuple(map(Cell, (counted(int(sizes), "size"), *cells))) for sizes, *cells in rows),
        notes=tuple(notes(design)),
    )
    return [whole, *(_to_buy(design, suite, folded=index > 0) for index, suite in enumerate(suites))]


def _to_buy(design: Design, suite: Suite, *, folded: bool) -> Panel:
    found = buying(design, suite)
    assert found is not None  # an evaluated design with today's catalog has it
    year = design.yearly is not None
    return Panel(
        title=f"Purchase list for {suite.catalog.catalog_id}",
        lead=tuple(to_buy(design, suite)),
        columns=(
            *("Box", "Origin", "Inner, mm", "Outer, mm", "Board", "Price a box"),
            *(("Boxes a year", "First order", "Lasts, months") if year else ("Held-out parcels", "First order")),
        ),
        rows=tuple(
            _row(design, suite, purchase, used)
            for purchase, used in sorted(
                zip(found.purchases, suite.used, strict=True), key=lambda pair: pair[0].box.inner_volume_um3
            )
        ),
        notes=(_FIRST_ORDER,),
        folded=counted(len(suite.used), "box type") if folded else "",
        sortable=True,
        words=("Origin", "Board"),
    )


def _row(design: Design, suite: Suite, purchase: Purchase, used: int) -> tuple[Cell, ...]:
    box, price = purchase.box, purchase.box.price_minor

    def figure(value: float | None, form: str = ",.0f") -> Cell:
        return Cell("–", -1.0) if value is None else Cell(format(value, form), value)

    return (
        Cell(box.box_type_id),
        Cell(origin(design, suite, box)),
        *(
            Cell(" × ".join(f"{to_mm(edge):g}" for edge in edges), float(math.prod(edges)))
            for edges in (box.inner_um, box.outer_um)
        ),
        Cell(box.board_id or "not stated"),
        Cell("not known", -1.0) if price is None else Cell(currency.money(price, design.currency), price),
        figure(purchase.a_year if design.yearly else used),
        figure(purchase.first),
        *([figure(purchase.months, ",.1f")] if design.yearly else []),
    )
