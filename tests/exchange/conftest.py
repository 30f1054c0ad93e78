"""Plans of the example orders as the contract's JSON, with all that was asked for and recorded."""

import datetime
from pathlib import Path

import pytest

from boxwright.catalog import load_catalog
from boxwright.cli.plan_file import view_of
from boxwright.contract.json import plain
from boxwright.contract.plan import plan_to_wire
from boxwright.domain.lane import Lane, Leg, TransportMode
from boxwright.orders import read_order
from boxwright.planning import Task, plans

EXAMPLES = Path(__file__).parents[2] / "examples"
LANE = Lane(
    legs=(
        Leg(TransportMode.ROAD, 25, vehicle="van"),
        Leg(TransportMode.AIR, 9_000),
        Leg(TransportMode.ROAD, 300),
    ),
    ship_date=datetime.date(2026, 12, 1),
)


def planned(order, catalog="eu-webshop", lane=LANE, profiles=("uk-desnz",)):
    """Return the plan of an example order."""
    task = Task(read_order(EXAMPLES / f"{order}.json"), load_catalog(catalog), lane=lane, profiles=profiles)
    return plain(plan_to_wire(plans(task, alternatives=0)[0], view_of(task)))


@pytest.fixture(scope="session")
def made():
    """Plans by road and air under each profile, from two catalogs."""
    profiles = ("uk-desnz", "us-epa", "fr-ademe", "cn-cpcd")
    return [
        planned(order, catalog, LANE, profiles)
        for order, catalog in (("six-mugs", "eu-webshop"), ("office", "eu-stock"))
    ]
