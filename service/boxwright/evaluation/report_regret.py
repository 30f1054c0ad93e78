"""How far plans are from what the longest search finds, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxwright.domain.policy import COSTS, Objective
from boxwright.evaluation import wording
from boxwright.units import UM3_PER_LITRE

if TYPE_CHECKING:
    from boxwright.evaluation.regret import Gain, Regret
    from boxwright.evaluation.result import Evaluation

_COUNTS = (Objective.PARCEL_COUNT, Objective.SINGLE_USE_PARCELS)
_VOLUMES = (Objective.INNER_VOLUME, Objective.OUTER_VOLUME)


def regret_views(evaluation: Evaluation) -> list[str]:
    """Return a sentence a variant on how far plans are from what the longest search finds, by every objective."""
    regrets = evaluation.study.regrets if evaluation.study is not None else ()
    return [_regret(evaluation, each) for each in regrets if each.orders]


def _regret(evaluation: Evaluation, regret: Regret) -> str:
    currency = _currency(evaluation, regret.catalog)
    gains = ", then ".join(_gain(each, currency) for each in regret.gains if each.orders)
    return (
        f"{wording.catalog_letter(regret.catalog)}: of {wording.counted(regret.orders, 'order')} drawn by chance the"
        f" longest search improves {regret.better:,}{f': {gains}' if gains else ''}; for {regret.proved:,} it proves"
        " that no choice of boxes is better by the objectives."
    )


def _gain(gain: Gain, currency: str) -> str:
    """Return how many orders are better by an objective, and what it is for an order of all that are counted."""
    first, best = (_amount(gain, total / gain.orders, currency) for total in (gain.first, gain.best))
    change = wording.signed(wording.share(gain.best / gain.first - 1)) if gain.first else "0.0 %"
    name = wording.OBJECTIVE_NAMES[gain.objective]
    return f"{gain.better or 'none'} by {name} ({first} → {best} an order, {change})"


def _amount(gain: Gain, value: float, currency: str) -> str:
    """Return a figure of an objective with its unit."""
    if gain.objective in COSTS:
        return wording.exact_money(value, currency)
    if gain.objective in _VOLUMES:
        return f"{value / UM3_PER_LITRE:,.2f} L"
    if gain.objective in _COUNTS:
        return f"{value:,.3f}"
    return wording.weight(value)


def _currency(evaluation: Evaluation, catalog: int) -> str:
    """Return the currency of a variant's costs: its own, or that of the lane's price tables."""
    variant = evaluation.results[catalog].variant
    tables = variant.lane.price_tables if variant.lane is not None else ()
    return variant.catalog.currency or (tables[0].currency if tables else "")
