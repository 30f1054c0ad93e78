"""Numbers and names as the report and the summary write them."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from boxwright.domain import currency
from boxwright.domain.factor import Component
from boxwright.domain.footprint import Allocation
from boxwright.domain.lack import HUBS_UNSTATED, Lack, in_words
from boxwright.domain.plan import UnpackedReason
from boxwright.domain.policy import Objective
from boxwright.domain.rounded import percent
from boxwright.evaluation.as_shipped import AsShipped
from boxwright.evaluation.comparison import Metric, MetricComparison
from boxwright.evaluation.outcome import FootprintFigures, OrderStatus
from boxwright.evaluation.result import CatalogResult, Evaluation
from boxwright.units import MG_PER_KG, UM3_PER_LITRE

_WHOLE_FROM = 100
_LARGE_LITRES = _LARGE_KG = 10_000
_LARGE_MG = 10 * MG_PER_KG

METRIC_NAMES = {
    Metric.PRICE: "Packaging and carriage",
    Metric.PACKAGING_PRICE: "Price of packaging",
    Metric.CARRIAGE_PRICE: "Price of carriage",
    Metric.SURCHARGES: "Surcharges, in it",
    Metric.PARCELS: "Parcels",
    Metric.OUTER_VOLUME: "Outer volume of parcels",
    Metric.INNER_VOLUME: "Inner volume of boxes",
    Metric.EMPTY_VOLUME: "Empty volume in boxes",
    Metric.PACKAGING: "Packaging",
    Metric.GROSS: "Gross weight",
    Metric.CHARGEABLE: "Chargeable weight",
    Metric.CO2E: "CO2e",
    Metric.CO2E_PACKAGING: "CO2e of packaging",
    Metric.CO2E_TRANSPORT: "CO2e of transport",
}
STATUS_NAMES = {
    OrderStatus.PLANNED: "packed completely",
    OrderStatus.PARTIAL: "partly packed",
    OrderStatus.NOT_PACKED: "not packed",
    OrderStatus.ERROR: "error",
}
HELD_NAMES = {
    OrderStatus.NOT_PACKED: "in an order that cannot be packed completely",
    OrderStatus.ERROR: "in an order that cannot be planned",
}
COMPONENT_NAMES = {component: component.words for component in Component} | {Component.HUB: "hubs"}
PRICES = (Metric.PRICE, Metric.PACKAGING_PRICE, Metric.CARRIAGE_PRICE, Metric.SURCHARGES)
VOLUMES = (Metric.OUTER_VOLUME, Metric.INNER_VOLUME, Metric.EMPTY_VOLUME)
OBJECTIVE_NAMES = {
    Objective.PARCEL_COUNT: "the number of parcels",
    Objective.INNER_VOLUME: "inner volume",
    Objective.OUTER_VOLUME: "outer volume",
    Objective.PACKAGING_MASS: "packaging mass",
    Objective.PACKAGING_COST: "the price of packaging",
    Objective.SHIPPING_COST: "the price of packaging and carriage",
    Objective.CHARGEABLE_WEIGHT: "billed weight",
    Objective.EMISSIONS: "grams of CO2e",
    Objective.SINGLE_USE_PARCELS: "parcels in boxes of single use",
}
"""Names of objectives in sentences."""
GOOD, BAD, UNSURE, SAME = "good", "bad", "unsure", "same"
MARKS = {GOOD: "▼", BAD: "▲", UNSURE: "◆", SAME: "="}
"""Marks of changes. Less is always better, so the mark of a good change points down; a diamond marks a difference that
may be due to chance."""


def catalog_letter(index: int) -> str:
    """Return the letter of a catalog in tables: A, B, and so on; its number after Z."""
    return chr(ord("A") + index) if index < 26 else str(index + 1)


def basis(profile_id: str, allocation: Allocation | None) -> str:
    """Return profile and allocation as text."""
    return f"{profile_id}, transport by {allocation.words}" if allocation else ""


def lacking_lines(figures: Iterable[FootprintFigures]) -> list[str]:
    """Return a line per profile on the gaps of CO2e sums, hubs included."""
    listed = list(figures)
    lacks: dict[str, set[Lack]] = {}
    for footprint in listed:
        if footprint.missing:
            lacks.setdefault(footprint.profile_id, set()).update(footprint.missing)
    lines = [f"{profile_id} is not complete: it lacks {in_words(found)}" for profile_id, found in lacks.items()]
    return [*lines, *([HUBS_UNSTATED] if any(footprint.hubs_unstated for footprint in listed) else [])]


def unpacked_counts(result: CatalogResult) -> list[tuple[str, int]]:
    """Return the number of unpacked units by reason, in words."""
    names = {reason: reason.value.replace("_", " ") for reason, _ in result.totals.unpacked}
    if isinstance(result.catalog, AsShipped):  # it allows as many parcels as boxes are recorded
        names[UnpackedReason.MAX_PARCELS_REACHED] = "the recorded boxes do not hold them"
    own = [(names[reason], count) for reason, count in result.totals.unpacked]
    return [*own, *((HELD_NAMES[status], count) for status, count in result.totals.held)]


def signed(text: str) -> str:
    """Return a number with + or a true minus, or without a sign if it is zero; a unit may follow."""
    if not any(digit in text for digit in "123456789"):
        return text.lstrip("-")
    return f"−{text[1:]}" if text.startswith("-") else f"+{text}"


def exact_money(minor: float, currency_code: str) -> str:
    """Return a price in units of its currency with all decimals, rounded to its smallest coin."""
    return currency.money(round(minor), currency_code)


def round_money(minor: float, currency_code: str) -> str:
    """Return a price in whole currency units if it is 100 or more, otherwise with all decimals."""
    units = minor / currency.minor_per_unit(currency_code)
    return f"{units:,.0f} {currency_code}" if abs(units) >= _WHOLE_FROM else exact_money(minor, currency_code)


def round_volume(volume_um3: float) -> str:
    """Return a volume in whole litres, or in cubic metres if it is 10 or more."""
    litre = volume_um3 / UM3_PER_LITRE
    return f"{litre:,.0f} L" if abs(litre) < _LARGE_LITRES else f"{litre / 1_000:,.0f} m³"


def round_weight(mass_mg: float) -> str:
    """Return a mass in g, kg (whole for 100 or more), or tonnes (for 10 or more, with one decimal)."""
    kg = mass_mg / MG_PER_KG
    if abs(kg) < _WHOLE_FROM:
        return weight(mass_mg) if abs(kg) < 1 else f"{kg:,.2f} kg"
    return f"{kg:,.0f} kg" if abs(kg) < _LARGE_KG else f"{kg / 1_000:,.1f} t"


def litres(volume_um3: float) -> str:
    """Return a volume in litres with one decimal."""
    return f"{volume_um3 / UM3_PER_LITRE:,.1f} L"


def weight(mass_mg: float, *, of: Sequence[float] = ()) -> str:
    """Return a mass in g; in kg if it or one of ``of`` reaches 10 kg."""
    if max((abs(mass) for mass in (mass_mg, *of)), default=0) >= _LARGE_MG:
        return f"{mass_mg / MG_PER_KG:,.2f} kg"
    return f"{mass_mg / 1_000:,.1f} g"


def measure(compared: MetricComparison, value: float, *, of: Sequence[float] = ()) -> str:
    """Return a figure with its unit; ``of`` are the figures shown with it, in the same unit."""
    metric = compared.metric
    if metric in PRICES:
        return currency.money(round(value), compared.currency)
    if metric in VOLUMES:
        return litres(value)
    return f"{value:,.0f}" if metric is Metric.PARCELS else weight(value, of=of)


def mean(metric: Metric, value: float, currency_code: str = "", *, of: Sequence[float] = ()) -> str:
    """Return a figure of one order, or a mean, with its unit; ``of`` are the masses shown with it."""
    if metric in PRICES:
        return exact_money(value, currency_code)
    if metric in VOLUMES:
        return f"{value / UM3_PER_LITRE:,.2f} L"
    return f"{value:,.3f}" if metric is Metric.PARCELS else weight(value, of=of)


def in_round(metric: Metric, value: float, currency_code: str = "") -> str:
    """Return a sum over many orders with sign and unit, rounded to whole units."""
    if metric in PRICES:
        text = round_money(value, currency_code)
    elif metric in VOLUMES:
        text = round_volume(value)
    else:
        text = f"{value:,.0f}" if metric is Metric.PARCELS else round_weight(value)
    return signed(text)


def mean_of(compared: MetricComparison, total: int) -> str:
    """Return the mean per order of a total, with unit."""
    if not compared.orders:
        return "–"
    both = [total / compared.orders for total in (compared.first, compared.second)]
    return mean(compared.metric, total / compared.orders, compared.currency, of=both)


def per_order(compared: MetricComparison) -> str:
    """Return the mean difference per order, with sign and unit."""
    return signed(mean_of(compared, compared.difference)) if compared.orders else "–"


def per_year(compared: MetricComparison, evaluation: Evaluation) -> str:
    """Return the difference over a year's orders, with sign and unit; empty if their number is unknown.

    Orders that were not compared are taken to be unchanged.
    """
    if evaluation.yearly is None or not compared.orders:
        return ""
    value = compared.difference / evaluation.order_count * evaluation.yearly.orders
    return in_round(compared.metric, value, compared.currency)


class Change(NamedTuple):
    """A change: its kind, mark, amount and interval as strings, and sort key."""

    kind: str
    mark: str
    words: str
    interval: str = ""
    value: float = 0.0


def change(compared: MetricComparison) -> Change:
    """Return the change of a figure; it is unsure if its interval contains zero."""
    low, high = compared.interval or (compared.difference, compared.difference)
    less = "less" if compared.difference < 0 else "more"
    if not compared.difference:
        kind, words = SAME, "the same"
    else:
        kind = UNSURE if low <= 0 <= high else GOOD if compared.difference < 0 else BAD
        amount = measure(compared, abs(compared.difference))
        words = f"{amount if compared.relative is None else percent(abs(compared.relative))} {less}"
    return Change(kind, MARKS[kind], words, _interval_words(compared.interval), compared.relative or 0.0)


def _interval_words(interval: tuple[float, float] | None) -> str:
    if interval is None:
        return ""
    down, up = sorted(interval)
    if down == up == 0:
        return percent(0)
    if down < 0 < up:
        return f"{percent(-down)} less to {percent(up)} more"
    low, high = (percent(end) for end in sorted(map(abs, interval)))
    way = "less" if up <= 0 else "more"
    return f"{low} {way}" if low == high else f"{low.removesuffix(' %')} to {high} {way}"
