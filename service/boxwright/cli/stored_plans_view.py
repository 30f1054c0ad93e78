"""Stored plans as a table."""

import datetime
from collections.abc import Sequence

from boxwright.cli.tables import PlainTable, plain_table
from boxwright.store import StoredPlan


def plans_table(plans: Sequence[StoredPlan]) -> PlainTable:
    """Return a row for each plan."""
    made = plain_table("Name", "Made (UTC)", "Order", "Boxes", "Note")
    for at in (0, 1):
        made.columns[at].no_wrap = True  # a name is copied
    for each in plans:
        plan = each.plan
        notes = [
            *([plan.status] if plan.status != "complete" else ()),
            *(["cut short"] if plan.cut_short else ()),
            *(["outcome"] if each.outcome is not None else ()),
        ]
        time, boxes = _time(plan.create_us), ", ".join(plan.box_type_ids)
        made.row(f"plans/{plan.plan_id}", time, plan.order_id, boxes, ", ".join(notes))
    return made


def _time(create_us: int) -> str:
    moment = datetime.datetime.fromtimestamp(create_us / 1_000_000, datetime.UTC)
    return f"{moment:%Y-%m-%d %H:%M}"
