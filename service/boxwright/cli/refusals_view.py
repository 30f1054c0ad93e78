"""Why smaller boxes do not take an order, and what would cure it: one row each."""

from rich.console import Console
from rich.text import Text

from boxwright import units
from boxwright.cli.tables import plain_table
from boxwright.domain.plan import Plan
from boxwright.domain.smallest_change import SmallestChange

EDGES = ("length", "width", "height")


def print_refusals(console: Console, plan: Plan) -> None:
    """Print the refused boxes of a plan with the rule that binds and the smallest change, exact to 0.001 mm or g."""
    if not plan.certificate.refused_candidates:
        console.print(Text("Refused boxes: none"))
        return
    table = plain_table("Box type", "Why it does not take the order", "Smallest change that cures it")
    for each in plan.certificate.refused_candidates:
        name = f"{each.box_type_id} with {each.cushioning_id}" if each.cushioning_id else each.box_type_id
        table.row(name, each.message, in_words(each.smallest_change))
    console.print(Text("Refused boxes", style="bold"))
    console.print(table)


def in_words(change: SmallestChange | None) -> str:
    """Return a change as an instruction, without rounding."""
    if change is None:
        return "none known"
    if change.shorten_um is not None:
        cuts = [
            f"{units.exact(off)} mm off the {edge}" for edge, off in zip(EDGES, change.shorten_um, strict=True) if off
        ]
        what = ", ".join(cuts)
    elif change.allow is not None:
        what = f"allow orientation {change.allow.value}"
    else:
        what = f"{units.exact(change.lighten_mg or 0)} g off the mass of each unit"
    return f"line {change.line_id}: {what}"
