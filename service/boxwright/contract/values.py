"""Converts money, dates, dimensions and sources.

In messages, money is in units and billionths of a unit; in the domain, in integer minor units (cents, fen).
"""

import datetime
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from google.protobuf.message import Message
from google.type import date_pb2, money_pb2

from boxwright.contract.enums import SOURCE_GRADE
from boxwright.domain.currency import is_currency, minor_per_unit
from boxwright.domain.fields import too_wordy
from boxwright.domain.source_grade import SourceGrade
from boxwright.findings import Findings
from boxwright.units import to_mm
from boxwright.v1 import geometry_pb2, provenance_pb2

NANOS_PER_UNIT = 1_000_000_000

EDGES = ("length_mm", "width_mm", "height_mm")


def currencies_in(message: Message, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield path and currency code of all money in a message."""
    if isinstance(message, money_pb2.Money):
        yield f"{path}.currency_code", message.currency_code
        return
    for field, value in message.ListFields():
        if field.message_type is not None:
            inner = f"{path}.{field.name}" if path else field.name
            if field.is_repeated:
                for at, entry in enumerate(value):
                    yield from currencies_in(entry, f"{inner}[{at}]")
            else:
                yield from currencies_in(value, inner)


def read_price(message: money_pb2.Money, found: Findings, field: str) -> int | None:
    """Return a price of 0 or more in minor units, or None after noting its fault."""
    price = read_rate(message, found, field)
    if price is None:
        return None
    if price != int(price):
        rule = f"must be a whole number of minor units of {message.currency_code}, got {message.nanos}"
        found.add(f"{field}.nanos", rule)
        return None
    return int(price)


def read_rate(message: money_pb2.Money, found: Findings, field: str) -> Decimal | None:
    """Return a price of 0 or more in minor units, which may be fractional, or None after noting its fault."""
    currency = message.currency_code
    if not is_currency(currency):
        found.add(f"{field}.currency_code", f"must be an ISO 4217 code, got {currency!r}")
        return None
    nanos = int(message.units) * NANOS_PER_UNIT + int(message.nanos)
    if not 0 <= message.nanos < NANOS_PER_UNIT or nanos < 0:
        found.add(field, "must be 0 or more, with nanos from 0 to 999,999,999")
        return None
    return Decimal(nanos * minor_per_unit(currency)).scaleb(-9)


def read_amount(message: money_pb2.Money, _found: Findings, _field: str) -> int:
    """Return an amount in minor units, which may be negative."""
    nanos = int(message.units) * NANOS_PER_UNIT + int(message.nanos)
    return round(nanos * minor_per_unit(message.currency_code) / NANOS_PER_UNIT)


def money_to_wire(minor: int | Decimal | None, currency: str) -> money_pb2.Money | None:
    """Return the message of an amount in minor units; None if amount or currency is unknown."""
    if minor is None or not currency:
        return None
    nanos = round(minor * (NANOS_PER_UNIT // minor_per_unit(currency)))
    units, rest = divmod(abs(nanos), NANOS_PER_UNIT)
    sign = -1 if nanos < 0 else 1
    return money_pb2.Money(currency_code=currency, units=sign * units, nanos=sign * rest)


def read_date(message: date_pb2.Date, found: Findings, field: str) -> datetime.date | None:
    """Return a calendar day, or None after noting that it is not one."""
    try:
        return datetime.date(message.year, message.month, message.day)
    except ValueError:
        written = f"{message.year}-{message.month}-{message.day}"
        found.add(field, f"must be a calendar day with year, month and day, got {written}")
        return None


def date_to_wire(day: datetime.date | None) -> date_pb2.Date | None:
    """Return the message of a day; None for None."""
    return None if day is None else date_pb2.Date(year=day.year, month=day.month, day=day.day)


def dimensions_to_wire(edges_um: tuple[int, int, int]) -> geometry_pb2.Dimensions:
    """Return the message of edges in um."""
    length, width, height = map(to_mm, edges_um)
    return geometry_pb2.Dimensions(length_mm=length, width_mm=width, height_mm=height)


SOURCE_FACTS = (
    *("url", "year", "region", "boundary", "licence", "data_quality"),
    *("table", "gwp_basis", "read_on", "copy_sha256", "derivation"),
)
"""Names, in messages and in the domain, of facts about a source besides its citation."""


def source_of(thing: Any, **others: Any) -> provenance_pb2.Source | None:
    """Return the message of an object's source; ``others`` override its facts.

    The message is None for a caller's own figure without stated facts, since an absent message is read as such a
    figure. A year that is not a number is left out.
    """
    facts: dict[str, Any] = {name: getattr(thing, name, None) or "" for name in SOURCE_FACTS}
    read, grade = getattr(thing, "read_in_source", None), getattr(thing, "source_grade", "")
    if not thing.source and read is not False and grade in ("", SourceGrade.OWN) and not any(facts.values()):
        return None
    facts |= {"read_in_source": bool(read), "source_grade": grade} | others
    year, grade = str(facts.pop("year")), SOURCE_GRADE.to_wire(facts.pop("source_grade"))
    return provenance_pb2.Source(
        citation=thing.source, year=int(year) if year.isdecimal() else 0, source_grade=grade, **facts
    )


def check_texts(names: Iterable[str], source: provenance_pb2.Source, found: Findings) -> None:
    """Note strings of a source that are too long."""
    for name in names:
        if rule := too_wordy(getattr(source, name)):
            found.add(name, rule)
