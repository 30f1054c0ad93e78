"""Tables of a plan's cost and emissions, each figure with its source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from boxwright.domain.box import Catalog
from boxwright.domain.currency import money
from boxwright.domain.factor import CARRIED, Component, Stage
from boxwright.domain.footprint import Footprint, FootprintLine
from boxwright.domain.lack import HUBS_UNSTATED, in_words
from boxwright.domain.plan import Parcel, Plan
from boxwright.domain.rounded import co2e, count, grams, percent, stated, visible
from boxwright.shipping.objective_figures import price_minor, unpriced

View = dict[str, Any]

_ENERGY = {
    Stage.TRANSPORT_TTW: "tank to wheel (TTW)",
    Stage.TRANSPORT_WTT: "well to tank (WTT)",
    Stage.TRANSPORT_WTW: "well to wheel (WTW)",
}
"""Stages of transport and hubs as text, to follow the name of the component."""


def bill_view(plan: Plan, catalog: Catalog) -> list[View]:
    """Return the bills of the parcels that have a price, in rows of name, figure and note."""
    parcels = []
    for number, parcel in enumerate(plan.parcels, start=1):
        rows = [*_packaging(parcel, catalog), *_carriage(parcel)]
        if rows:
            parcels.append({"number": number, "rows": rows})
    return parcels


def _packaging(parcel: Parcel, catalog: Catalog) -> Iterator[tuple[str, str, str]]:
    price = None if parcel.ships_in_own_container else price_minor(parcel, catalog)
    if price is not None:
        bare = ", ".join(unpriced([parcel], catalog))
        yield "Packaging", money(price, catalog.currency), visible(f"without {bare}: no price" if bare else "")


def _carriage(parcel: Parcel) -> Iterator[tuple[str, str, str]]:
    weight, price = parcel.chargeable, parcel.carriage_price
    if weight is not None:
        yield "Gross weight", grams(parcel.gross_mg), ""
        if weight.dimensional_mg is not None:
            yield "Dimensional weight", grams(weight.dimensional_mg), visible(weight.divisor)
        read = "" if weight.read_in_source else "; the rule is unverified"
        yield "Billed weight", grams(weight.chargeable_mg), visible(f"{weight.rule or weight.service_id}{read}")
        for surcharge in weight.surcharges:
            yield "Surcharge", "", visible(f"{surcharge.surcharge_id}: {surcharge.because}")
    if price is not None:
        for line in price.lines:
            yield visible(line.name), money(line.amount_minor, price.currency), ""
        total = "not known" if price.total_minor is None else money(price.total_minor, price.currency)
        missing = f"; no price for {', '.join(price.missing)}" if price.missing else ""
        yield "Carriage", total, visible(f"{price.price_table}, zone {price.zone}{missing}")


def footprint_view(footprint: Footprint) -> View:
    """Return the figures and lines of a footprint; totals that lack a part are marked."""
    lacking = {lack.component for lack in footprint.lacks}
    packaging = tuple(component for component in Component if component not in CARRIED)
    ends = footprint.interval_co2e_mg
    return {
        "profile": footprint.profile_id,
        "allocation": footprint.allocation.words,
        "packaging": _part(footprint, packaging, lacking),
        "transport": _part(footprint, tuple(CARRIED), lacking),
        "total": stated(co2e(footprint.total_co2e_mg), lacking=bool(lacking)),
        "range": "" if ends is None else f"{co2e(ends[0])} to {co2e(ends[1])}",
        "unverified": percent(footprint.unverified_share),
        "graded": footprint.graded_words,
        "lines": [_line(line) for line in footprint.lines],
        "line_count": count(len(footprint.lines), "line"),
    }


def footprint_notes(footprints: Iterable[Footprint]) -> list[str]:
    """Return sentences on the parts that totals lack."""
    notes = []
    for footprint in footprints:
        if footprint.lacks:
            notes.append(visible(f"{footprint.profile_id}: not counted: {in_words(footprint.lacks)}."))
        if footprint.hubs_unstated:
            notes.append(f"{HUBS_UNSTATED}.")
    return list(dict.fromkeys(notes))


def _part(footprint: Footprint, components: tuple[Component, ...], lacking: set[Component]) -> str:
    lacks = not lacking.isdisjoint(components)
    return stated(co2e(footprint.subtotal_co2e_mg(*components)), lacking=lacks)


def _line(line: FootprintLine) -> View:
    read = "" if line.read_in_source else "unverified"
    grade = line.source_grade.value if line.source_grade else ""
    return {
        "component": line.component.words,
        "stage": _ENERGY.get(line.stage) or line.stage.value.replace("_", " "),
        "subject": visible(line.subject),
        "amount": f"{line.amount.normalize():f} {line.unit}",
        "factor": f"{line.factor_kg_per_unit.normalize():f}",
        "factor_id": visible(line.factor_id),
        "grams": co2e(line.co2e_mg),
        "source": visible(line.source),
        "grade": ", ".join(filter(None, (grade, read))),
        "rule": visible(line.rule),
    }
