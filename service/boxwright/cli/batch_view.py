"""A batch as a person reads it: a few orders, boxes used, masses, emissions."""

from collections.abc import Sequence

from rich.console import Console, RenderableType
from rich.text import Text

from boxwright.cli.batch import BatchResult, BatchTotals
from boxwright.cli.emissions_view import legs_text
from boxwright.cli.output import dim, table_of, titled
from boxwright.cli.plan_view import boxes_of
from boxwright.domain.factor import CARRIED, Component
from boxwright.domain.own_container import OWN_CONTAINER
from boxwright.domain.rounded import co2e, count, grams, percent, stated, visible
from boxwright.evaluation.wording import lacking_lines

_ID_LENGTH = 14
STATUSES = {"planned": "planned", "partial": "partial", "not_packed": "not packed", "error": "error"}
"""What became of orders, in words."""
HELD = {"not_packed": "in an order that cannot be packed whole", "error": "in an order that cannot be planned"}
"""Why units without a reason of their own are in no parcel, by what became of their order."""


def print_batch(console: Console, totals: BatchTotals, examples: Sequence[BatchResult], catalog_id: str) -> None:
    """Print examples and sums of a batch."""
    parts: list[RenderableType] = [_examples(examples)] if examples else []
    parts.append(_headline(totals, catalog_id))
    if totals.parcels:
        parts += [_boxes(totals), _masses(totals)]
    if totals.emissions:
        parts.append(_emissions(totals))
    if totals.derived_legs:
        parts.append(legs_text(totals.derived_legs))
    if totals.unpacked or totals.held.total():
        reasons = [(f"{number:,}", reason.value.replace("_", " ")) for reason, number in totals.unpacked.most_common()]
        reasons += [(f"{number:,}", HELD[status]) for status, number in totals.held.most_common() if number]
        parts.append(titled("Units unpacked", table_of(("Units", "Unpacked because"), reasons)))
        parts.append(table_of(("Order", "Not packed whole because"), totals.not_whole))
        left = totals.statuses.total() - totals.statuses["planned"] - len(totals.not_whole)
        parts += dim([f"and {count(left, 'order')} more"] if left else [])
    if totals.warnings:
        most_first = sorted(totals.warnings.items(), key=lambda item: (-item[1], item[0]))
        warned = [(code, f"{number:,}", totals.examples[code]) for code, number in most_first]
        parts.append(titled("Warnings", table_of(("Warning", ">Orders", "First example"), warned)))
    for part in parts:
        console.print(part)
        console.print()


def _examples(results: Sequence[BatchResult]) -> RenderableType:
    """Return some orders, one row each: boxes, fill, gross mass, and grams by the first profile."""
    footprint = next((result.plan.footprints[0] for result in results if result.plan and result.plan.footprints), None)
    rows = []
    for result in results:
        name, plan = result.order.order_id, result.plan
        short = name if len(name) <= _ID_LENGTH else f"{name[: _ID_LENGTH - 1]}…"
        cells = [result.reason, "", "", ""]
        if plan is not None:
            inner = sum(parcel.inner_volume_um3 for parcel in plan.parcels)
            goods = sum(parcel.boxed_goods_um3 for parcel in plan.parcels)
            emitted = co2e(plan.footprints[0].total_co2e_mg) if plan.footprints else ""
            cells = [boxes_of(plan), percent(goods / inner if inner else 0.0), grams(plan.gross_mg), emitted]
        rows.append((short, f"{result.order.unit_count:,}", *cells))
    title = "Some of the orders"
    if footprint:
        title += f" (emissions by {footprint.profile_id}, transport by {footprint.allocation.words})"
    return titled(title, table_of(("Order", ">Units", "Boxes", ">Fill", ">Total mass", ">?g CO2e"), rows))


def _headline(totals: BatchTotals, catalog_id: str) -> Text:
    tally = [f"{totals.statuses[status]:,} {words}" for status, words in STATUSES.items() if totals.statuses[status]]
    packed, ordered = totals.units["packed"], totals.units["ordered"]
    units = (f"{packed:,} of " if packed < ordered else "") + count(ordered, "unit")
    litres = totals.inner_um3.total() / 1e15
    lines = [
        f": {', '.join(tally)}",
        f"{units} in {count(totals.parcels.total(), 'parcel')}, {litres:,.1f} litres of boxes",
        *(f"{count(number, 'parcel')} marked {mark.words}" for mark, number in totals.marks.items()),
        f"{totals.sums['proved']:,} of the plans proved the best in their scope",
    ]
    text = Text(f"{count(totals.statuses.total(), 'order')} with catalog {visible(catalog_id)}", style="bold")
    return text.append("\n".join(lines), style="not bold")


def _boxes(totals: BatchTotals) -> RenderableType:
    def row(name: str | Text, parcels: int, share: str, inner_um3: int, goods_um3: int) -> tuple[str | Text, ...]:
        fill = percent(goods_um3 / inner_um3) if inner_um3 else ""
        return name, f"{parcels:,}", share, fill, f"{inner_um3 / 1e15:,.1f}"

    every = totals.parcels.total()
    rows = [
        row(box, parcels, percent(parcels / every), totals.inner_um3[box], totals.goods_um3[box])
        for box, parcels in sorted(totals.parcels.items(), key=lambda item: (-item[1], item[0]))
    ]
    rows.append(row(Text("all", style="bold"), every, "", totals.inner_um3.total(), totals.goods_um3.total()))
    return table_of(("Box type", ">Parcels", ">Share", ">Fill", ">Litres"), rows)


def _masses(totals: BatchTotals) -> Text:
    goods, sums = f"{grams(totals.sums['net_mg'])} of goods", totals.sums
    if totals.parcels.keys() == {OWN_CONTAINER}:
        return Text(f"{goods}, no packaging")
    used = [f"{part.words} {grams(totals.packaging_mg[part])}" for part in Component if totals.packaging_mg[part]]
    packaging = f"{grams(totals.packaging_mg.total())} of packaging ({', '.join(used) or 'of unknown mass'})"
    billed = "" if sums["unbilled"] else f", chargeable weight {grams(sums['billed_mg'])}"
    return Text(f"{goods}, {packaging}, gross {grams(sums['gross_mg'])}{billed}")


def _emissions(totals: BatchTotals) -> RenderableType:
    """Return the sums per profile and allocation; of each the range, what is unverified, and what it lacks."""
    planned = totals.statuses["planned"] + totals.statuses["partial"]
    rows, notes = list[tuple[str | Text, ...]](), []
    for key, sums in totals.emissions.items():
        profile, allocation = key[0], key[1].words
        lacks = {lack.component for lack in sums.missing}
        total = Text(stated(_kg(sums.total_mg), lacking=bool(lacks)), style="bold")
        packaging = stated(_kg(sums.packaging_mg), lacking=bool(lacks - CARRIED))
        transport = stated(_kg(sums.transport_mg), lacking=bool(lacks & CARRIED))
        an_order = stated(co2e(round(sums.total_mg / planned)), lacking=bool(lacks))
        rows.append((profile, allocation, packaging, transport, total, an_order))
        note = f"{profile}, transport by {allocation}: {percent(sums.unverified_share)} rests on unverified figures"
        if (ends := totals.ranges_mg[key]) is not None:
            note += f"; range {stated(f'{_kg(ends[0])} to {_kg(ends[1])} kg', lacking=bool(lacks))}"
        notes.append(note)
    columns = ("=Profile", "Transport by", ">Packaging", ">Transport", ">Total", ">Per order, g")
    lacking = lacking_lines(totals.emissions.values())
    return titled("Emissions in kg CO2e", table_of(columns, rows), *dim([*notes, *lacking]))


def _kg(co2e_mg: int) -> str:
    return f"{co2e_mg / 1_000_000:,.1f}"
