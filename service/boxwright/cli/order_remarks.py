"""What a reader of an evaluation or a design must know of the orders in a file, and of the one lane that they have."""

from collections import Counter
from pathlib import Path

from boxwright.domain.lane import Lane
from boxwright.orders.stated import remarks_in, values_stated

_ZONE, _COUNTRY, _SERVICE = "extra_zone", "extra_country_code", "extra_carrier_service"
_SAID = 4
"""Values that a sentence names."""


def order_remarks(orders_file: Path, lane: Lane | None) -> tuple[str, ...]:
    """Return what was rejected when the file was made, and what its orders say against the lane, a sentence each."""
    return (*remarks_in(orders_file), *lane_remarks(orders_file, lane))


def lane_remarks(orders_file: Path, lane: Lane | None) -> tuple[str, ...]:
    """Return where orders go otherwise than the lane says that all of them have; none without a lane."""
    if lane is None:
        return ()
    stated = values_stated(orders_file, (_ZONE, _COUNTRY, _SERVICE))
    zones, countries, services = (stated.get(each, Counter()) for each in (_ZONE, _COUNTRY, _SERVICE))
    said = []
    if lane.price_tables and lane.zone and any(each not in ("", lane.zone) for each in zones):
        said.append(
            f"Carriage of every order is priced in zone {lane.zone}, but the file has orders of other zones"
            f" ({_shares(zones)}): evaluate each zone by itself."
        )
    elif lane.price_tables and _several(countries):
        said.append(
            f"Carriage of every order has the same prices, but orders go to several countries ({_shares(countries)}):"
            " evaluate those of one tariff by themselves."
        )
    if lane.legs and _several(countries):
        said.append(
            f"Transport of every order is that of the same legs, but orders go to several countries"
            f" ({_shares(countries)}): grams of transport are those of these legs."
        )
    if lane.carrier_service and _several(services):
        said.append(
            f"Every parcel is billed by the rules of {lane.carrier_service}, but orders name several services"
            f" ({_shares(services)})."
        )
    return tuple(said)


def _several(counts: Counter[str]) -> bool:
    return sum(value != "" for value in counts) > 1


def _shares(counts: Counter[str]) -> str:
    """Return the most frequent values with their share of all orders."""
    every = counts.total()
    named = [(value or "not stated", count) for value, count in counts.most_common(_SAID)]
    more = ", ..." if len(counts) > _SAID else ""
    return ", ".join(f"{value} {100 * count / every:.0f} %" for value, count in named) + more
