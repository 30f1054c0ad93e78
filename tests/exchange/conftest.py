"""Plans of the example orders as the contract's JSON, with their requests and outcomes."""

import datetime
import json
from pathlib import Path

import pytest

from boxwright.catalog import load_catalog
from boxwright.cli.plan_file import view_of
from boxwright.contract.json import from_json, plain
from boxwright.contract.plan import plan_to_wire
from boxwright.domain.lane import DistanceKind, Lane, Leg, TransportMode
from boxwright.orders import read_order
from boxwright.planning import Task, plans
from boxwright.server.answers.dataset import Dataset
from boxwright.server.answers.pack import PackAnswers
from boxwright.server.metrics import Metrics
from boxwright.server.settings import Settings
from boxwright.stop import Stop
from boxwright.store.store import Store
from boxwright.v1 import packing_service_pb2

EXAMPLES = Path(__file__).parents[2] / "examples"
LANE = Lane(
    legs=(
        Leg(TransportMode.ROAD, 25, vehicle="van"),
        Leg(TransportMode.AIR, 9_000),
        Leg(TransportMode.ROAD, 300.5, DistanceKind.ACTUAL),
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


def request_of(order, *, hubs=False):
    """Return the request of an example order, as JSON."""
    return {
        "order": json.loads((EXAMPLES / f"{order}.json").read_text()),
        "catalog": "catalogs/eu-webshop",
        "lane": {
            "legs": [
                {"mode": "TRANSPORT_MODE_ROAD", "distance_km": 25, "vehicle": "van"},
                {"mode": "TRANSPORT_MODE_ROAD", "distance_km": 300},
            ],
            "include_hubs": hubs,
            "ship_date": {"year": 2026, "month": 11, "day": 30},
        },
        "accounting_profiles": ["accountingProfiles/uk-desnz@2025"],
    }


def stored_at(path, requests):
    """Return the URL of a store at a path with the plans of requests, planned as a server plans them."""
    settings = Settings()
    packer = PackAnswers(Dataset.load(settings), Metrics())
    url = f"sqlite:///{path}"
    store = Store(url)
    for request in requests:
        message = from_json(json.dumps(request).encode(), packing_service_pb2.PackRequest)
        _, entry = packer.answer(message, Stop(), keep=True)
        assert store.write([entry]) == [None]
    store.close()
    return url


@pytest.fixture(scope="session")
def url(tmp_path_factory):
    """A store with the plans of two orders."""
    return stored_at(
        tmp_path_factory.mktemp("store") / "plans.db", [request_of("six-mugs", hubs=True), request_of("office")]
    )
