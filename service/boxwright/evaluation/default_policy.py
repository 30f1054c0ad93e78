"""Default objectives of an evaluation: cost where prices are known, else outer volume."""

from collections.abc import Sequence

from boxwright.domain.box import Catalog
from boxwright.domain.lane import Lane
from boxwright.domain.policy import Objective
from boxwright.evaluation.variant import lanes_of


def default_objectives(catalogs: Sequence[Catalog], lane: Lane | Sequence[Lane | None] | None) -> tuple[Objective, ...]:
    """Return the default objectives: packaging and carriage, packaging, or outer volume; then fewest parcels.

    Parameters
    ----------
    catalogs : sequence of Catalog
        The price of packaging is known where every box type has a price, all in one currency.
    lane : Lane, sequence of Lane, or None
        The price of carriage is known where every lane has a carrier service and price tables in that currency.
    """
    priced = all(catalog.price_minor(box) is not None for catalog in catalogs for box in catalog.box_types)
    currencies = {catalog.currency for catalog in catalogs}
    if not priced or len(currencies) != 1 or not all(currencies):
        return Objective.OUTER_VOLUME, Objective.PARCEL_COUNT
    if all(way is not None and _carriage_known(way, currencies) for way in lanes_of(lane)):
        return Objective.SHIPPING_COST, Objective.PARCEL_COUNT
    return Objective.PACKAGING_COST, Objective.PARCEL_COUNT


def _carriage_known(lane: Lane, currencies: set[str]) -> bool:
    tables = lane.price_tables if lane.carrier_service else ()
    return bool(tables) and {table.currency for table in tables} == currencies
