"""Sites at a live server: the defaults that a request takes from its site."""

import json
from contextlib import contextmanager

import grpc
import pytest

from boxwright.v1 import catalog_service_pb2, site_pb2
from boxwright.v1 import packing_service_pb2 as messages
from boxwright.v1.catalog_service_pb2_grpc import CatalogServiceStub
from boxwright.v1.packing_service_pb2_grpc import PackingServiceStub

from .here import server_here
from .live_calls import BOOK, MUG, WHOLE, ask, bad_fields, failure, request

SITES = """
[[sites]]
site_id = "lyon"
name = "Lyon, hall 2"
catalog_id = "eu-webshop"
lifting_profile = "freight"
handling_profile = "ista-2a"
max_units_per_order = 6
max_parcels = 2
accounting_profiles = ["fr-ademe"]
carrier_service = "ups/us-daily"
origin = { country_code = "FR", postal_code = "69007" }
availability = { eu-200x150x100 = 0, eu-300x200x150 = 4 }

[[sites]]
site_id = "leeds"
"""

LANE = {"destination": {"country_code": "DE"}, "derive_legs": True}
DATED = {**LANE, "ship_date": {"year": 2026, "month": 11, "day": 26}}

STATED = {
    "catalog": "catalogs/eu-webshop",
    "policy": {"lifting_profile": "freight", "handling_profile": "ista-2a", "max_parcels": 2},
    "accounting_profiles": ["accountingProfiles/fr-ademe"],
    "availability": [
        {"box_type_id": "eu-200x150x100", "quantity": 0},
        {"box_type_id": "eu-300x200x150", "quantity": 4},
    ],
    "lane": {
        **DATED,
        "carrier_service": "carriers/ups/services/us-daily",
        "origin": {"country_code": "FR", "postal_code": "69007"},
    },
}
"""The defaults of ``lyon``, as fields of a request."""


@contextmanager
def serving(folder, **settings):
    """A server with sites and a store, and its stubs."""
    file = folder / "sites.toml"
    file.write_text(SITES)
    store = f"sqlite:///{folder}/plans.db"
    with (
        server_here(sites=file, default_catalog="china-post", store=store, **settings) as server,
        grpc.insecure_channel(server.address) as channel,
    ):
        yield server, PackingServiceStub(channel), CatalogServiceStub(channel), file


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A server for tests that change nothing."""
    with serving(tmp_path_factory.mktemp("sites")) as made:
        yield made


@pytest.fixture(scope="module")
def packing(served):
    """Its PackingService."""
    return served[1]


def fetched(address, path):
    """Return the body of a GET."""
    return ask(address, path)[2].decode()


def bare(plan):
    """Return a plan without fields that differ between calls."""
    kept = type(plan)()
    kept.CopyFrom(plan)
    for name in ("create_time", "site", "name"):
        kept.ClearField(name)
    return kept


def test_a_plan_is_that_of_a_request_which_says_the_same(packing):
    """A plan at a site equals that of a request that states the site's defaults."""
    at_site = packing.Pack(request(BOOK, MUG, site="sites/lyon", lane=DATED, read_mask=WHOLE), timeout=60).plan
    stated = packing.Pack(request(BOOK, MUG, read_mask=WHOLE, **STATED), timeout=60).plan
    assert at_site.site == "sites/lyon"
    assert at_site.canonical_hash == stated.canonical_hash
    assert bare(at_site) == bare(stated)
    assert at_site.parcels[0].chargeable_weights[0].carrier_service == "carriers/ups/services/us-daily"
    assert at_site.footprints[0].accounting_profile == "accountingProfiles/fr-ademe@2024"
    assert at_site.legs[0].derivation.start.country_code == "FR"
    plain = packing.Pack(request(BOOK, MUG, read_mask=WHOLE), timeout=60).plan
    assert plain.canonical_hash != stated.canonical_hash
    assert not plain.site


def test_a_carrier_service_that_does_not_fit_is_that_of_who_stated_it(packing):
    """The error names the field of the site or of the lane, whichever stated the service."""
    early = {**LANE, "ship_date": {"year": 1990, "month": 1, "day": 2}}
    (field,) = bad_fields(failure(packing.Pack, request(BOOK, site="sites/lyon", lane=early))[1])
    assert field == "site.carrier_service"
    early["carrier_service"] = "carriers/ups/services/us-retail"
    (field,) = bad_fields(failure(packing.Pack, request(BOOK, site="sites/lyon", lane=early))[1])
    assert field == "lane.carrier_service"


@pytest.mark.parametrize(
    ("stated", "shown"),
    [
        ({"catalog": "catalogs/us-webshop"}, lambda plan: plan.versions.catalog == "catalogs/us-webshop"),
        ({"catalog": ""}, lambda plan: plan.versions.catalog == "catalogs/eu-webshop"),  # as templates send it
        (
            {"accounting_profiles": ["accountingProfiles/us-epa"]},
            lambda plan: plan.footprints[0].accounting_profile == "accountingProfiles/us-epa@2025",
        ),
        (
            {"lane": {**DATED, "origin": {"country_code": "GB"}}},
            lambda plan: plan.legs[0].derivation.start.country_code == "GB",
        ),
        (
            {"lane": {**DATED, "carrier_service": "carriers/ups/services/us-retail"}},
            lambda plan: plan.parcels[0].chargeable_weights[0].carrier_service == "carriers/ups/services/us-retail",
        ),
    ],
)
def test_what_the_request_states_wins(packing, stated, shown):
    """The request's own values override those of the site."""
    plan = packing.Pack(
        request(BOOK, **{"site": "sites/lyon", "lane": DATED, "read_mask": WHOLE, **stated}), timeout=60
    )
    assert shown(plan.plan)


def test_the_policy_of_the_request_wins_field_by_field(packing):
    """A policy field of the request overrides only that field of the site."""
    cube = {"dimensions": {"length_mm": 380, "width_mm": 280, "height_mm": 280}}
    line = {"line_id": "cube", "quantity": 3, "mass_g": 900, "cuboid": cube, "keep_apart_group": "x"}
    lines = [{**line, "line_id": f"cube {at}", "quantity": 1, "keep_apart_group": str(at)} for at in range(3)]
    code, status = failure(packing.Pack, request(*lines, site="sites/lyon"))
    assert code == grpc.StatusCode.FAILED_PRECONDITION
    assert "parcels" in str(status)
    allowed = packing.Pack(request(*lines, site="sites/lyon", policy={"max_parcels": 3}), timeout=60).plan
    assert len(allowed.parcels) == 3


def test_availability_counts_box_by_box(packing):
    """The site's stock counts for box types that the request leaves out."""
    mug = {**MUG, "cuboid": {"dimensions": {"length_mm": 115, "width_mm": 95, "height_mm": 95}}}
    only = {"box_type_id": "eu-200x150x100", "quantity": 1}
    for entries in ([], [only]):
        plan = packing.Pack(request(mug, site="sites/lyon", availability=entries, read_mask=WHOLE), timeout=60).plan
        assert (plan.parcels[0].box_type_id == "eu-200x150x100") == bool(entries)
    stated = {**STATED, "availability": [only, STATED["availability"][1]], "lane": {}, "read_mask": WHOLE}
    assert plan.canonical_hash == packing.Pack(request(mug, **stated), timeout=60).plan.canonical_hash


def test_the_limit_of_a_site_binds_its_orders_alone(packing):
    """No request can raise it, and the error names the site."""
    many = {**BOOK, "quantity": 7}
    code, status = failure(packing.Pack, request(many, site="sites/lyon"))
    assert code == grpc.StatusCode.INVALID_ARGUMENT
    assert "LIMIT_EXCEEDED" in str(status)
    assert bad_fields(status) == ["order.lines"]
    assert all(part in status.message for part in ("6", "sites/lyon", "7"))
    assert packing.Pack(request(many, site="sites/leeds"), timeout=60).plan.parcels


def test_an_unknown_site_is_not_found(packing):
    """The error lists the sites; a malformed name is invalid."""
    code, status = failure(packing.Pack, request(BOOK, site="sites/lion"))
    assert (code, bad_fields(status)) == (grpc.StatusCode.NOT_FOUND, ["site"])
    assert all(name in status.message for name in ("sites/leeds", "sites/lyon"))
    code, status = failure(packing.Pack, request(BOOK, site="lyon"))
    assert (code, bad_fields(status)) == (grpc.StatusCode.INVALID_ARGUMENT, ["site"])


def test_batches_streams_and_checks_know_sites(packing):
    """Defaults of batches and streams may name a site, and CheckPlan applies it."""
    both = [request(BOOK), request(BOOK, site="sites/leeds")]
    batch = messages.BatchPackRequest(requests=both, defaults=messages.PackRequest(site="sites/lyon"))
    results = packing.BatchPack(batch, timeout=60).results
    assert [result.response.plan.versions.catalog for result in results] == [
        "catalogs/eu-webshop",
        "catalogs/china-post",
    ]
    setup = messages.StreamPackRequest(correlation_id="0")
    setup.setup.defaults.site = "sites/lyon"
    sent = messages.StreamPackRequest(correlation_id="1")
    sent.pack.request.CopyFrom(request(BOOK))
    *_, last = packing.StreamPack(iter([setup, sent]), timeout=60)
    assert last.result.plan.versions.catalog == "catalogs/eu-webshop"
    plan = packing.Pack(request(MUG, site="sites/lyon", read_mask=WHOLE), timeout=60).plan
    check = request(MUG, kind=messages.CheckPlanRequest, site="sites/lyon")
    check.plan.CopyFrom(plan)
    found = packing.CheckPlan(check, timeout=60)
    assert found.valid, found.violations
    check.plan.parcels[0].box_type_id = "eu-200x150x100"
    assert "eu-200x150x100" in str(packing.CheckPlan(check, timeout=60).violations)


def test_sites_are_listed_and_read(served):
    """Sites are read over gRPC and HTTP."""
    server, _, catalogs, _ = served
    listed = catalogs.ListSites(catalog_service_pb2.ListSitesRequest(), timeout=30)
    assert [site.name for site in listed.sites] == ["sites/leeds", "sites/lyon"]
    assert listed.total_size == 2
    lyon = catalogs.GetSite(catalog_service_pb2.GetSiteRequest(name="sites/lyon"), timeout=30)
    assert lyon == listed.sites[1]
    assert (lyon.display_name, lyon.catalog, lyon.max_units_per_order) == ("Lyon, hall 2", "catalogs/eu-webshop", 6)
    assert [(entry.box_type_id, entry.quantity) for entry in lyon.availability] == [
        ("eu-200x150x100", 0),
        ("eu-300x200x150", 4),
    ]
    assert listed.sites[0] == site_pb2.Site(name="sites/leeds", site_id="leeds")
    read = json.loads(fetched(server.http_address, "/v1/sites/lyon"))
    assert (read["name"], read["origin"]["postal_code"]) == ("sites/lyon", "69007")
    assert len(json.loads(fetched(server.http_address, "/v1/sites"))["sites"]) == 2


def test_stored_plans_keep_the_defaults_of_the_site(served):
    """A stored plan has the resolved values and is found by its site."""
    server, packing, _, _ = served
    named = packing.Pack(request(BOOK, site="sites/lyon", lane=DATED, persist=True), timeout=60).plan.name
    packing.Pack(request(BOOK, site="sites/leeds", persist=True), timeout=60)
    asked = messages.ListPlansRequest(filter='site = "sites/lyon"')
    (found,) = packing.ListPlans(asked, timeout=30).plans
    assert (found.name, found.site) == (named, "sites/lyon")
    page = fetched(server.http_address, f"/{named}")
    assert "are computed with data" not in page  # no figure differs from those stored
    assert 'boxwright_site_plans_total{purpose="shipment",site="lyon",status="complete"}' in fetched(
        server.admin_address, "/metrics"
    )
