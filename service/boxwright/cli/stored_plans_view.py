"""Stored plans as a table."""

import datetime
from collections.abc import Iterator, Sequence

from rich.measure import Measurement

from boxwright.cli.console import output
from boxwright.cli.tables import PlainTable, plain_table
from boxwright.store import StoredPlan


def show_plans(plans: Sequence[StoredPlan]) -> None:
    """Print a row for each plan; into a file or pipe no row is broken, whatever its length."""
    console, table = output(), plans_table(plans)
    if not console.is_terminal:
        wide = console.options.update(max_width=10_000)
        console.width = max(console.width, Measurement.get(console, wide, table).maximum)
    console.print(table)


def plans_table(plans: Sequence[StoredPlan]) -> PlainTable:
    """Return a row for each plan, with notes where any plan has one."""
    rows = [(each.plan, ", ".join(_notes(each))) for each in plans]
    noted = any(notes for _, notes in rows)
    made = plain_table("Name", "Made (UTC)", "Order", "Boxes", *(["Note"] if noted else []))
    for at in (0, 1):
        made.columns[at].no_wrap = True  # a name is copied
    for plan, notes in rows:
        time, boxes = _time(plan.create_us), ", ".join(plan.box_type_ids)
        made.row(f"plans/{plan.plan_id}", time, plan.order_id, boxes, *([notes] if noted else []))
    return made


def _notes(stored: StoredPlan) -> Iterator[str]:
    if stored.plan.status != "complete":
        yield stored.plan.status
    if stored.plan.cut_short:
        yield "cut short"
    if stored.outcome is not None:
        yield "outcome"


def _time(create_us: int) -> str:
    moment = datetime.datetime.fromtimestamp(create_us / 1_000_000, datetime.UTC)
    return f"{moment:%Y-%m-%d %H:%M}"
