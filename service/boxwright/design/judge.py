"""Figures of designs on the orders that they are made for, and by plans of held-out orders."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from boxwright.design.boxes import price_as_new
from boxwright.design.result import ByPrices, CutToSize, Design, Figures, Suite
from boxwright.design.work import silent
from boxwright.domain.footprint import Allocation
from boxwright.domain.wishes import DesignObjective
from boxwright.evaluation import CatalogTotals, Evaluation, Metric, OrderStatus, StudyOptions, evaluate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from boxwright.design.fitting import Fits
    from boxwright.design.work import Counting
    from boxwright.packing.problem import Floats, Ints

_STANDARD_ERRORS = 1.96
"""Standard errors on each side of a mean for 95 % confidence."""
_METRICS = {
    DesignObjective.COST: Metric.PRICE,
    DesignObjective.LITRES: Metric.OUTER_VOLUME,
    DesignObjective.EMISSIONS: Metric.CO2E,
}
PLANS_ALONE = StudyOptions(pictures=0, worth=False)


def judge(
    design: Design,
    *,
    workers: int | None = 1,
    progress: Counting | None = None,
    options: StudyOptions = PLANS_ALONE,
) -> Design:
    """Return a design with the figures of plans of the held-out orders: the saving to expect.

    Each order is planned as by ``boxwright.planning.plan``, with today's catalog and with each design, in several
    parcels where that is better.

    Parameters
    ----------
    design : Design
        A result of ``design``.
    workers, progress : int and Counting, optional
        As in ``design``.
    options : StudyOptions, optional
        As in ``evaluate``: orders a year, and the content of a page. Default neither.
    """
    orders, rules = design.halves.judged.every, design.rules
    catalogs = [*filter(None, [design.today]), *(suite.catalog for suite in design.suites)]
    with (progress or silent)("Planning", len(orders)) as done:
        evaluation = evaluate(
            *(orders, catalogs, rules.policy, rules.lane, rules.profiles),
            workers=workers,
            progress=done,
            options=options,
        )
    first = len(catalogs) - len(design.suites)
    return replace(
        design,
        evaluation=evaluation,
        suites=tuple(
            replace(
                suite,
                judged=_judged(design, evaluation, position),
                used=tuple(count for _, count in evaluation.results[position].totals.box_use),
                by_prices=_by_prices(design, suite, evaluation, position),
            )
            for position, suite in enumerate(design.suites, first)
        ),
    )


def _judged(design: Design, evaluation: Evaluation, position: int) -> Figures:
    packed, count = evaluation.results[position].totals.count(OrderStatus.PLANNED), evaluation.order_count
    if design.today is None:
        total = _total(design, evaluation.results[position].totals)
        return Figures(0 if total is None else packed, total or 0.0, lost=count - packed)
    comparison = evaluation.comparisons[position - 1]
    today, both = evaluation.results[0].totals.count(OrderStatus.PLANNED), comparison.orders
    metric = next(
        metric
        for metric in comparison.metrics
        if metric.metric is _METRICS[design.wishes.objective]
        and (metric.allocation is None or (metric.profile_id, metric.allocation) == _basis(design))
    )
    return Figures(
        metric.orders,
        float(metric.second),
        float(metric.first),
        lost=today - both,
        gained=packed - both,
        neither=count - today - packed + both,
        interval=metric.interval,
    )


def _total(design: Design, totals: CatalogTotals) -> float | None:
    if design.wishes.objective is DesignObjective.LITRES:
        return float(totals.outer_um3)
    if design.wishes.objective is DesignObjective.EMISSIONS:
        return next((float(sums.total_mg) for sums in totals.footprints if sums.key == _basis(design)), None)
    prices = totals.packaging_price, totals.carriage_price
    return None if None in prices else float(sum(price.minor for price in prices if price is not None))


def _basis(design: Design) -> tuple[str, Allocation]:
    basis = design.rules.policy.emissions_basis
    return design.profile_id, basis.allocation if basis else Allocation.MASS


def _by_prices(design: Design, suite: Suite, evaluation: Evaluation, position: int) -> ByPrices | None:
    totals = [evaluation.results[index].common for index in (0, position)]
    uses, with_design = (dict(of.box_use) for of in totals)
    if design.today is None or not any(with_design[name] for name in suite.new):
        return None
    total = parcels = unknown = 0
    for box in design.today.box_types:
        fewer = max(uses[box.box_type_id] - with_design.get(box.box_type_id, 0), 0)
        if (price := design.wishes.box_price) is None or box.price_minor is None:
            continue
        if (as_new := price_as_new(box, price, design.rules.materials)) is None:
            unknown += fewer
        else:
            total, parcels = total + (as_new - box.price_minor) * fewer, parcels + fewer
    return ByPrices(total / evaluation.compared if parcels else None, parcels, unknown) if parcels or unknown else None


def designed(rows: Sequence[Fits], chosen: Ints) -> Figures:
    """Return the figures of a choice, int64 (k,), on the orders that it is made for, each in one parcel."""
    weight, prices = np.array([row.weight for row in rows], dtype=np.int64), least(rows, chosen)
    fits = np.isfinite(prices)
    own = np.repeat(prices[fits], weight[fits])
    error = None
    if len(own) > 1 and own.sum():
        error = _STANDARD_ERRORS * float(own.std(ddof=1)) / math.sqrt(len(own)) / float(own.mean())
    return Figures(len(own), float(own.sum()), lost=int(weight[~fits].sum()), error=error)


def cut_to_size(rows: Sequence[Fits], cut: Floats, chosen: Sequence[Ints]) -> CutToSize:
    """Return the figures of boxes cut to size, on the orders that both the machine and all designs take.

    ``cut`` is the price of each order in a box cut for it, float64 (n,), infinity if none can be made; ``chosen`` are
    the candidates of each design, int64 (k,).
    """
    weight, with_designs = np.array([row.weight for row in rows]), [least(rows, columns) for columns in chosen]
    others = np.isfinite(with_designs).all(axis=0)
    same = others & np.isfinite(cut)
    total, *totals = (float(prices[same] @ weight[same]) for prices in (cut, *with_designs))
    return CutToSize(int(weight[same].sum()), int(weight[others & ~same].sum()), total, tuple(totals))


def least(rows: Sequence[Fits], columns: Ints) -> Floats:
    """Return the price of each order in the cheapest of these candidates; infinity if it fits none of them."""
    return np.array(
        [np.where(row.fits[columns], row.price[columns], np.inf).min(initial=np.inf) for row in rows], dtype=np.float64
    )
