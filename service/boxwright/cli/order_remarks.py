"""What a reader of an evaluation or a design must know of the orders in a file, and of the lanes that all have."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from boxwright.domain.lane import Lane
from boxwright.evaluation import wording
from boxwright.orders.extra import remarks_in, values_stated

_ZONE, _COUNTRY, _SERVICE = "extra_zone", "extra_country_code", "extra_carrier_service"
_SAID = 4
"""Values that a sentence names."""


def order_remarks(orders_file: Path, *lanes: Lane | None) -> tuple[str, ...]:
    """Return what was rejected when the file was made, and what its orders say against the lanes, a sentence each."""
    return (*remarks_in(orders_file), *lane_remarks(orders_file, [each for each in lanes if each is not None]))


def lane_remarks(orders_file: Path, lanes: Sequence[Lane]) -> tuple[str, ...]:
    """Return where orders go otherwise than a lane says that all of them have, and with whom."""
    if not lanes:
        return ()
    stated = values_stated(orders_file, (_ZONE, _COUNTRY, _SERVICE))
    said = dict.fromkeys(each for lane in lanes for each in _way_remarks(stated, lane))
    return (*said, *_service_remarks(stated.get(_SERVICE, Counter()), [each.carrier_service for each in lanes]))


def _way_remarks(stated: Mapping[str, Counter[str]], lane: Lane) -> list[str]:
    zones, countries = (stated.get(each, Counter()) for each in (_ZONE, _COUNTRY))
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
    return said


def _service_remarks(stated: Counter[str], services: Sequence[str]) -> list[str]:
    """Return that orders name another carrier than the one asked for, or any at all where several are."""
    if len(services) > 1 and any(stated):
        return [
            f"Orders name a carrier service ({_shares(stated)}): each is tried with every one of the run all the same."
        ]
    if services[0] and any(value not in ("", services[0]) for value in stated):
        count = wording.counted(stated.total(), "order")
        said = f"Every parcel is billed by the rules of {services[0]}. Of {count} {_named(stated)}"
        return [f"{said}: words for carriers are not matched with ids, so these may be others."]
    return []


def _named(stated: Counter[str]) -> str:
    """Return how many orders name which carrier service, the most frequent ones."""
    counts = [(value or "none", count) for value, count in stated.most_common(_SAID)]
    named = [f"{count:,} {'names' if count == 1 else 'name'} {value}" for value, count in counts]
    rest = stated.total() - sum(count for _, count in counts)
    return ", ".join([*named, *([f"{rest:,} {'names' if rest == 1 else 'name'} others"] if rest else [])])


def _several(counts: Counter[str]) -> bool:
    return sum(value != "" for value in counts) > 1


def _shares(counts: Counter[str]) -> str:
    """Return the most frequent values with their share of all orders."""
    every = counts.total()
    named = [(value or "not stated", count) for value, count in counts.most_common(_SAID)]
    more = ", ..." if len(counts) > _SAID else ""
    return ", ".join(f"{value} {100 * count / every:.0f} %" for value, count in named) + more
