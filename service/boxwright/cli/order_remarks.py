"""Makes remarks on an order file: rejected orders, and orders whose destination or carrier differs from the lane."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from boxwright.cli.files import digest_of
from boxwright.domain.box import Catalog
from boxwright.domain.lane import Lane
from boxwright.domain.rounded import count
from boxwright.orders.extra import remarks_in, values_stated

_COLUMNS = ("extra_zone", "extra_country_code", "extra_carrier_service")
_MOST_NAMED = 4
"""Maximum number of values named in a sentence."""


def order_remarks(orders_file: Path, *lanes: Lane | None) -> tuple[str, ...]:
    """Return remarks on orders rejected at conversion, and on destinations and carriers that differ from the lanes."""
    from boxwright.evaluation.destinations import Destinations

    remarks = list(remarks_in(orders_file))
    given = [lane for lane in lanes if lane is not None]
    if not given:
        return tuple(remarks)
    stated = values_stated(orders_file, _COLUMNS)
    zones, countries, services = (stated.get(column, Counter()) for column in _COLUMNS)
    several = sum(country != "" for country in countries) > 1
    for lane in given:
        if isinstance(lane, Destinations):
            continue
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
    own = given[0].carrier_service
    if len(given) > 1 and any(services):
        named = f"Orders name a carrier service ({_shares(services)})"
        remarks.append(f"{named}, but every order is planned with each carrier service of the run.")
    elif len(given) == 1 and own and any(service not in ("", own) for service in services):
        named = f"Of {count(services.total(), 'order')} {_named(services)}"
        remarks.append(
            f"Every parcel is billed by the rules of {own}. {named}; these names are not compared with carrier ids, so"
            " the carriers may differ."
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


def _named(stated: Counter[str]) -> str:
    """Return the most frequent values with their numbers of orders."""
    counts = [(value or "none", number) for value, number in stated.most_common(_MOST_NAMED)]
    if rest := stated.total() - sum(number for _, number in counts):
        counts.append(("others", rest))
    return ", ".join(f"{number:,} {'names' if number == 1 else 'name'} {value}" for value, number in counts)


def _shares(counts: Counter[str]) -> str:
    """Return the most frequent values with their shares of orders."""
    every, more = counts.total(), ", ..." if len(counts) > _MOST_NAMED else ""
    named = [(value or "not stated", number) for value, number in counts.most_common(_MOST_NAMED)]
    return ", ".join(f"{value} {100 * number / every:.0f} %" for value, number in named) + more
