"""The cells of rows: what became of each order with one variant, column by column."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from boxwright.domain.currency import minor_per_unit
from boxwright.domain.factor import Component
from boxwright.domain.warning import PlanWarning
from boxwright.evaluation.amounts import (
    ABSOLUTE,
    CARRIAGE_PRICE,
    CHARGEABLE,
    GROSS,
    PACKAGING_PRICE,
    TOTAL,
    UNVERIFIED,
    Basis,
    Ints,
    Known,
    Shape,
    quotients,
)
from boxwright.evaluation.cells import Cell, Cells, Coded, Figures
from boxwright.evaluation.columns import Columns
from boxwright.units import MG_PER_G, UM3_PER_LITRE

_PACKAGING = (
    *(Component.BOX, Component.CUSHIONING, Component.VOID_FILL, Component.BLOCKING, Component.TAPE, Component.LABEL),
)


def row_cells(columns: Columns, named: Sequence[tuple[str, str]], bases: Sequence[Basis]) -> dict[str, Cells]:
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
    outcomes, count = columns.outcomes, len(columns)
    every, first = np.arange(count), np.zeros(count, dtype=np.int64)
    boxes, box_places = columns.boxes
    cells: dict[str, Cells] = {
        "order_id": Coded([each.order_id for each in outcomes], every),
        **{name: Coded([value], first) for name, value in named},
        "status": _of_shape(columns, lambda shape: shape.status.value),
        "reason": Coded.of([each.reason for each in outcomes]),
        "units": _counts(columns.unit_counts),
        "packed_units": _counts([each.packed_units for each in outcomes]),
        "parcels": _counts(columns.parcels),
        "boxes": Coded([";".join(each) for each in boxes], box_places),
        "outer_litres": _in_units(columns.outer_um3, UM3_PER_LITRE),
        "inner_litres": _in_units(columns.inner_um3, UM3_PER_LITRE),
        "fill": _fill(columns),
        **{f"{kind.value}_g": _masses(columns, kind) for kind in _PACKAGING},
        "gross_g": _divided(columns, GROSS, lambda _: MG_PER_G),
        "billed_g": _divided(columns, CHARGEABLE, lambda shape: MG_PER_G if shape.billed else None),
        "packaging_price": _divided(columns, PACKAGING_PRICE, lambda shape: _unit(shape.packaging_currency)),
        "carriage_price": _divided(columns, CARRIAGE_PRICE, lambda shape: _unit(shape.carriage_currency)),
        "currency": _of_shape(columns, lambda shape: shape.packaging_currency or shape.carriage_currency),
        "proved": _of_shape(columns, lambda shape: None if shape.proof is None else shape.proof.value == "proved"),
        "warnings": Coded.of([_codes(each.warnings) for each in outcomes]),
        "audit": Coded.of(["" if each.audit is None else each.audit.value for each in outcomes]),
    }
    for basis in bases:
        name = f"{basis[0]}_{basis[1].value}"
        cells[f"co2e_g_{name}"], cells[f"unverified_share_{name}"] = _footprint(columns, basis)
    return cells


def _counts(counts: Sequence[int] | Ints) -> Figures:
    return Figures(np.asarray(counts, dtype=np.int64), np.ones(len(counts), dtype=bool))


def _codes(warnings: Sequence[PlanWarning]) -> str:
    return ";".join([warning.code for warning in warnings]) if warnings else ""


def _of_shape(columns: Columns, of: Callable[[Shape], Cell]) -> Coded:
    """Return what a function says of the shape of each outcome."""
    places = np.zeros(len(columns), dtype=np.int64)
    for number, group in enumerate(columns.groups):
        places[group.places] = number
    return Coded([of(group.shape) for group in columns.groups], places)


def _in_units(amounts: Ints, unit: int | Ints, known: Known | None = None) -> Figures:
    """Return amounts in a larger unit, those that are known."""
    if known is None:
        known = np.ones(len(amounts), dtype=bool)
    return Figures(quotients(amounts, np.where(known, unit, 1)), known)


def _fill(columns: Columns) -> Figures:
    """Return the share of the inner volume that goods take; None where there is none."""
    found = _in_units(columns.goods_um3, columns.inner_um3, columns.inner_um3 > 0)
    return Figures(1 - (1 - found.values), found.known)


def _masses(columns: Columns, kind: Component) -> Figures:
    """Return the mass of a kind of packaging of each order, in g: 0 where there is none."""
    return _in_units(columns.numbers(lambda shape: shape.masses.get(kind))[0], MG_PER_G)


def _divided(columns: Columns, place: int, unit: Callable[[Shape], int | None]) -> Figures:
    """Return an amount of each order in larger units; None where the function that is given says no unit."""
    units = np.zeros(len(columns), dtype=np.int64)
    for group in columns.groups:
        units[group.places] = unit(group.shape) or 0
    return _in_units(columns.numbers(lambda _: place)[0], units, units > 0)


def _footprint(columns: Columns, basis: Basis) -> tuple[Figures, Figures]:
    """Return g CO2e of each order on a basis, and the share that is unverified; None where it is not stated."""
    stated = np.zeros(len(columns), dtype=bool)
    for group in columns.groups:
        stated[group.places] = group.shape.shipped and basis in group.shape.spans
    total, unverified, absolute = (columns.in_span(basis, place)[0] for place in (TOTAL, UNVERIFIED, ABSOLUTE))
    shares = _in_units(unverified, absolute, absolute != 0).values
    return _in_units(total, MG_PER_G, stated), Figures(np.where(absolute == 0, 0.0, shares), stated)


def _unit(currency: str) -> int | None:
    return minor_per_unit(currency) if currency else None
