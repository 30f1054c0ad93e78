"""Calendar days."""

import datetime

from google.type import date_pb2

from boxwright.findings import Findings


def read_date(message: date_pb2.Date, found: Findings, field: str) -> datetime.date | None:
    """Return a full calendar day, or None after noting why it is none."""
    try:
        return datetime.date(message.year, message.month, message.day)
    except ValueError:
        written = f"{message.year}-{message.month}-{message.day}"
        found.add(field, f"must be a day of the calendar with year, month and day, got {written}")
        return None


def date_to_wire(day: datetime.date | None) -> date_pb2.Date | None:
    """Return the message of a day; None stays None, which leaves a field unset."""
    return None if day is None else date_pb2.Date(year=day.year, month=day.month, day=day.day)
