"""A batch as a person reads it: a few orders, boxes used, masses, emissions."""

from collections.abc import Sequence

from rich.console import Console, Group, RenderableType
from rich.text import Text

from boxwright.cli.batch import BatchResult
from boxwright.cli.batch_totals import BatchTotals
from boxwright.cli.modes_table import legs_text
from boxwright.cli.tables import plain_table
from boxwright.domain.factor import CARRIED, Component
from boxwright.domain.own_container import OWN_CONTAINER
from boxwright.domain.plan import Plan
from boxwright.domain.rounded import co2e, count, grams, percent, stated, visible
from boxwright.evaluation.wording import lacking_lines

_ID_LENGTH = 14
STATUSES = {"planned": "planned", "partial": "partial", "not_packed": "not packed", "error": "error"}
"""What became of orders, in words."""
HELD = {"not_packed": "in an order that cannot be packed whole", "error": "in an order that cannot be planned"}
"""Why units without a reason of their own are in no parcel, by what became of their order."""


def print_batch(console: Console, totals: BatchTotals, examples: Sequence[BatchResult], catalog_id: str) -> None:
    """Print examples and sums of a batch."""
    parts: list[RenderableType] = []
    if examples:
        parts.append(_examples(examples))
    parts.append(_headline(totals, catalog_id))
    if totals.boxes:
        parts += [_boxes(totals), _masses(totals)]
    if totals.emissions:
        parts.append(_emissions(totals))
    if totals.derived_legs:
        parts.append(legs_text(totals.derived_legs))
    if totals.unpacked or totals.held.total():
        parts += [_unpacked(totals), _not_whole(totals)]
    if totals.warnings:
        parts.append(_warnings(totals))
    for part in parts:
        console.print(part)
        console.print()


def _examples(results: Sequence[BatchResult]) -> Group:
    """Return some orders, one row each: boxes, fill, gross mass, and grams by the first profile."""
    footprint = next((result.plan.footprints[0] for result in results if result.plan and result.plan.footprints), None)
    columns = ["Order", "Units", "Boxes", "Fill", "Total mass", *(["g CO2e"] if footprint else [])]
    table = plain_table(*columns)
    for result in results:
        name = result.order.order_id
        short = name if len(name) <= _ID_LENGTH else f"{name[: _ID_LENGTH - 1]}…"
        plan = result.plan
        cells = [short, f"{result.order.unit_count:,}"]
        if plan is None:
            cells += [result.reason, *[""] * (len(columns) - len(cells) - 1)]
        else:
            boxes = ", ".join(dict.fromkeys(_times(plan)))
            cells += [boxes, percent(_fill(plan)), grams(plan.gross_mg)]
            if footprint:
                cells.append(co2e(plan.footprints[0].total_co2e_mg) if plan.footprints else "")
        table.row(*cells)
    title = "Some of the orders"
    if footprint:
        title += f" (emissions by {footprint.profile_id}, transport by {footprint.allocation.words})"
    return Group(Text(title, style="bold"), table)


def _times(plan: Plan) -> list[str]:
    """Return the box types of a plan, each with how often it is used where that is more than once."""
    ids = [parcel.box_type_id or OWN_CONTAINER for parcel in plan.parcels]
    return [box if ids.count(box) == 1 else f"{ids.count(box)} × {box}" for box in ids]


def _fill(plan: Plan) -> float:
    inner = sum(parcel.inner_volume_um3 for parcel in plan.parcels)
    return sum(parcel.boxed_goods_um3 for parcel in plan.parcels) / inner if inner else 0.0


def _headline(totals: BatchTotals, catalog_id: str) -> Text:
    orders = totals.statuses.total()
    text = Text(f"{count(orders, 'order')} with catalog {visible(catalog_id)}", style="bold")
    tally = [f"{totals.statuses[status]:,} {words}" for status, words in STATUSES.items() if totals.statuses[status]]
    text.append(f": {', '.join(tally)}\n", style="not bold")
    litres = totals.inner_um3 / 1e15
    units = f"{totals.units:,} of " if totals.units < totals.ordered else ""
    units += count(totals.ordered, "unit")
    text.append(
        f"{units} in {count(totals.parcels, 'parcel')}, {litres:,.1f} litres of boxes\n"
        + "".join(f"{count(totals.marks[mark], 'parcel')} marked {mark.words}\n" for mark in totals.marks)
        + f"{totals.proved:,} of the plans proved the best in their scope",
        style="not bold",
    )
    return text


def _boxes(totals: BatchTotals) -> RenderableType:
    table = plain_table("Box type", "Parcels", "Share", "Fill", "Litres")
    for box_type_id, use in sorted(totals.boxes.items(), key=lambda item: (-item[1].parcels, item[0])):
        table.row(
            box_type_id,
            f"{use.parcels:,}",
            percent(use.parcels / totals.parcels),
            percent(use.goods_um3 / use.inner_um3) if use.inner_um3 else "",
            f"{use.inner_um3 / 1e15:,.1f}",
        )
    table.row(
        Text("all", style="bold"),
        f"{totals.parcels:,}",
        "",
        percent(totals.goods_um3 / totals.inner_um3) if totals.inner_um3 else "",
        f"{totals.inner_um3 / 1e15:,.1f}",
    )
    return table


def _masses(totals: BatchTotals) -> Text:
    used = [f"{part.words} {grams(totals.packaging_mg[part])}" for part in Component if totals.packaging_mg[part]]
    if totals.boxes.keys() == {OWN_CONTAINER}:
        return Text(f"{grams(totals.net_mg)} of goods, no packaging")
    packaging = f"{grams(totals.packaging_mg.total())} of packaging ({', '.join(used) or 'of unknown mass'})"
    billed = "" if totals.chargeable_mg is None else f", chargeable weight {grams(totals.chargeable_mg)}"
    return Text(f"{grams(totals.net_mg)} of goods, {packaging}, gross {grams(totals.gross_mg)}{billed}")


def _emissions(totals: BatchTotals) -> Group:
    """Return the sums per profile and allocation; of each the range, what is unverified, and what it lacks."""
    table = plain_table("Profile", "Transport by", "Packaging", "Transport", "Total", "Per order, g")
    planned = totals.statuses["planned"] + totals.statuses["partial"]
    notes = []
    for (profile, allocation), sums in totals.emissions.items():
        lacking = {each.component for each in sums.missing}
        table.row(
            profile,
            allocation.words,
            stated(_kg(sums.packaging_mg), lacking=bool(lacking - CARRIED)),
            stated(_kg(sums.transport_mg), lacking=bool(lacking & CARRIED)),
            Text(stated(_kg(sums.total_mg), lacking=bool(lacking)), style="bold"),
            stated(co2e(round(sums.total_mg / planned)), lacking=bool(lacking)),
        )
        note = (
            f"{profile}, transport by {allocation.words}: {percent(sums.unverified_share)} rests on unverified figures"
        )
        if (ends := totals.ranges_mg[profile, allocation]) is not None:
            note += f"; range {stated(f'{_kg(ends[0])} to {_kg(ends[1])} kg', lacking=bool(lacking))}"
        notes.append(note)
    lines = [Text(note, style="dim") for note in (*notes, *lacking_lines(totals.emissions.values()))]
    return Group(Text("Emissions in kg CO2e", style="bold"), table, *lines)


def _kg(co2e_mg: int) -> str:
    return f"{co2e_mg / 1_000_000:,.1f}"


def _unpacked(totals: BatchTotals) -> Group:
    table = plain_table("Units", "Unpacked because")
    for reason, number in totals.unpacked.most_common():
        table.row(f"{number:,}", reason.value.replace("_", " "))
    for status, number in totals.held.most_common():
        if number:
            table.row(f"{number:,}", HELD[status])
    return Group(Text("Units unpacked", style="bold"), table)


def _not_whole(totals: BatchTotals) -> Group:
    """Return the first orders that are not planned whole, each with its reason."""
    table = plain_table("Order", "Not packed whole because")
    for order_id, why in totals.not_whole:
        table.row(order_id, why)
    left = totals.statuses.total() - totals.statuses["planned"] - len(totals.not_whole)
    more = [Text(f"and {count(left, 'order')} more", style="dim")] if left else []
    return Group(table, *more)


def _warnings(totals: BatchTotals) -> Group:
    """Return each kind of warning, most orders first, with the first order that has it as example."""
    table = plain_table("Warning", "Orders", "First example")
    for code, each in sorted(totals.warnings.items(), key=lambda item: (-item[1].orders, item[0])):
        table.row(code, f"{each.orders:,}", f"{each.order_id}: {each.text}")
    return Group(Text("Warnings", style="bold"), table)
