"""Ranked alternatives to a plan, one row each."""

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from boxwright.cli.tables import plain_table
from boxwright.domain.own_container import OWN_CONTAINER
from boxwright.domain.plan import Plan
from boxwright.domain.rounded import co2e, grams, percent, stated, visible


def print_alternatives(console: Console, plan: Plan, others: Sequence[Plan]) -> None:
    """Print the plan and its alternatives, best first: boxes, litres, packaging, gross mass, first footprint."""
    if not others:
        console.print(Text("Alternatives: none, no other boxes take the order"))
        return
    first = plan.footprints[0] if plan.footprints else None
    emissions = [f"CO2e, g ({first.profile_id})"] if first else []
    table = plain_table("Rank", "Boxes", "Litres", "Empty", "Packaging", "Gross", *emissions)
    for each in (plan, *others):
        inner = sum(parcel.inner_volume_um3 for parcel in each.parcels)
        goods = sum(parcel.goods_volume_um3 for parcel in each.parcels)
        cells = [
            "plan" if not each.certificate.rank else str(each.certificate.rank),
            _boxes(each),
            f"{each.inner_litres:,.3f}",
            percent(1 - goods / inner if inner else 0.0),
            grams(sum(parcel.tare_mg for parcel in each.parcels)),
            grams(each.gross_mg),
        ]
        if first:
            footprint = each.footprints[0]
            cells.append(stated(co2e(footprint.total_co2e_mg), lacking=bool(footprint.lacks)))
        table.row(*cells)
    console.print(Text("Alternatives", style="bold"))
    console.print(table)


def _boxes(plan: Plan) -> str:
    counts = Counter(parcel.box_type_id or OWN_CONTAINER for parcel in plan.parcels)
    return visible(" + ".join(f"{count} x {name}" if count > 1 else name for name, count in sorted(counts.items())))
