"""The cells of rows: what became of each order with one variant, column by column."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from boxwright.domain.currency import minor_per_unit
from boxwright.domain.factor import Component
from boxwright.evaluation.amounts import (
    ABSOLUTE,
    CARRIAGE_PRICE,
    CHARGEABLE,
    GROSS,
    PACKAGING_PRICE,
    TOTAL,
    UNVERIFIED,
    Basis,
    Shape,
)
from boxwright.evaluation.columns import Columns
from boxwright.units import MG_PER_G, UM3_PER_LITRE

Cell = str | int | float | bool | None

_PACKAGING = (
    *(Component.BOX, Component.CUSHIONING, Component.VOID_FILL, Component.BLOCKING, Component.TAPE, Component.LABEL),
)


def row_cells(columns: Columns, named: Sequence[tuple[str, str]], bases: Sequence[Basis]) -> dict[str, Sequence[Cell]]:
    """Return the cells of one variant's rows by column.

    Parameters
    ----------
    columns : Columns
        What became of the orders.
    named : sequence of (str, str)
        What names the variant, by column.
    bases : sequence of (str, Allocation)
        Profiles and allocations that have columns.
    """
    outcomes = columns.outcomes
    cells: dict[str, Sequence[Cell]] = {
        "order_id": [each.order_id for each in outcomes],
        **{name: [value] * len(columns) for name, value in named},
        "status": columns.each(lambda shape: shape.status.value),
        "reason": [each.reason for each in outcomes],
        "units": columns.unit_counts,
        "packed_units": [each.packed_units for each in outcomes],
        "parcels": columns.parcels.tolist(),
        "boxes": _boxes(columns),
        "outer_litres": [each / UM3_PER_LITRE for each in columns.outer_um3.tolist()],
        "inner_litres": [each / UM3_PER_LITRE for each in columns.inner_um3.tolist()],
        "fill": [
            1 - (1 - goods / inner) if inner else None
            for goods, inner in zip(columns.goods_um3.tolist(), columns.inner_um3.tolist(), strict=True)
        ],
        **{f"{kind.value}_g": _masses(columns, kind) for kind in _PACKAGING},
        "gross_g": _divided(columns, GROSS, lambda _: MG_PER_G),
        "billed_g": _divided(columns, CHARGEABLE, lambda shape: MG_PER_G if shape.billed else None),
        "packaging_price": _divided(columns, PACKAGING_PRICE, lambda shape: _unit(shape.packaging_currency)),
        "carriage_price": _divided(columns, CARRIAGE_PRICE, lambda shape: _unit(shape.carriage_currency)),
        "currency": columns.each(lambda shape: shape.packaging_currency or shape.carriage_currency),
        "proved": columns.each(lambda shape: None if shape.proof is None else shape.proof.value == "proved"),
        "warnings": [";".join([warning.code for warning in each.warnings]) for each in outcomes],
        "audit": ["" if each.audit is None else each.audit.value for each in outcomes],
    }
    for basis in bases:
        name = f"{basis[0]}_{basis[1].value}"
        cells[f"co2e_g_{name}"], cells[f"unverified_share_{name}"] = _footprint(columns, basis)
    return cells


def _boxes(columns: Columns) -> list[Cell]:
    """Return the box types of each order."""
    boxes, places = columns.boxes
    named = [";".join(each) for each in boxes]
    return [named[place] for place in places.tolist()]


def _masses(columns: Columns, kind: Component) -> list[Cell]:
    """Return the mass of a kind of packaging of each order, in g: 0 where there is none."""
    return [mg / MG_PER_G for mg in columns.numbers(lambda shape: shape.masses.get(kind))[0].tolist()]


def _divided(columns: Columns, place: int, unit: Callable[[Shape], int | None]) -> list[Cell]:
    """Return an amount of each order in larger units; None where the function that is given says no unit."""
    amounts, units = columns.numbers(lambda _: place)[0].tolist(), columns.each(unit)
    return [None if each is None else amount / each for amount, each in zip(amounts, units, strict=True)]


def _footprint(columns: Columns, basis: Basis) -> tuple[list[Cell], list[Cell]]:
    """Return g CO2e of each order on a basis, and the share that is unverified; None where it is not stated."""
    stated = columns.each(lambda shape: shape.shipped and basis in shape.spans)
    total, unverified, absolute = (columns.in_span(basis, place)[0].tolist() for place in (TOTAL, UNVERIFIED, ABSOLUTE))
    grams = [mg / MG_PER_G if known else None for mg, known in zip(total, stated, strict=True)]
    shares = [
        (part / whole if whole else 0.0) if known else None
        for part, whole, known in zip(unverified, absolute, stated, strict=True)
    ]
    return grams, shares


def _unit(currency: str) -> int | None:
    return minor_per_unit(currency) if currency else None
