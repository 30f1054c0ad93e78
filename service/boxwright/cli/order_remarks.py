"""Makes remarks on an order file: rejected orders, and orders whose destination differs from the lane."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from boxwright.cli.files import digest_of
from boxwright.domain.box import Catalog
from boxwright.domain.lane import Lane
from boxwright.orders.extra import remarks_in, values_stated

_COLUMNS = ("extra_zone", "extra_country_code")
_MOST_NAMED = 4
"""Maximum number of values named in a sentence."""


def order_remarks(orders_file: Path, *lanes: Lane | None) -> tuple[str, ...]:
    """Return remarks on orders rejected at conversion, and on destinations that differ from the lanes."""
    from boxwright.evaluation.destinations import Destinations

    remarks = list(remarks_in(orders_file))
    same_for_all = [lane for lane in lanes if lane is not None and not isinstance(lane, Destinations)]
    if not any(lane.price_tables or lane.legs for lane in same_for_all):
        return tuple(remarks)
    stated = values_stated(orders_file, _COLUMNS)
    zones, countries = (stated.get(column, Counter()) for column in _COLUMNS)
    several = sum(country != "" for country in countries) > 1
    for lane in same_for_all:
        if lane.price_tables and lane.zone and any(zone not in ("", lane.zone) for zone in zones):
            remarks.append(
                f"Carriage of every order is priced in zone {lane.zone}, but the file has orders of other zones"
                f" ({_shares(zones)}). --destinations states the zone of each destination."
            )
        elif lane.price_tables and several:
            remarks.append(
                f"Carriage of every order has the same prices, but orders go to several countries"
                f" ({_shares(countries)}). --destinations states the zone of each destination."
            )
        if lane.legs and several:
            remarks.append(
                f"Every order has the same transport legs, but orders go to several countries"
                f" ({_shares(countries)}). --destinations states the legs to each destination."
            )
    return tuple(dict.fromkeys(remarks))


def remarks_on_designs(orders_file: Path, catalogs: Iterable[Catalog]) -> tuple[str, ...]:
    """Return a remark for each catalog that ``boxwright design`` made from the same order file."""
    digest = digest_of(orders_file)
    names = dict.fromkeys(catalog.catalog_id for catalog in catalogs if digest in catalog.source)
    return tuple(
        f"Catalog {name} was designed for orders of this file, so its saving is higher here than on other orders."
        " `boxwright design` states the saving on held-out orders."
        for name in names
    )


def _shares(counts: Counter[str]) -> str:
    every, more = counts.total(), ", ..." if len(counts) > _MOST_NAMED else ""
    named = [(value or "not stated", number) for value, number in counts.most_common(_MOST_NAMED)]
    return ", ".join(f"{value} {100 * number / every:.0f} %" for value, number in named) + more
