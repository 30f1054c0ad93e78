"""A live CatalogService and FootprintService."""

import re

import grpc
import pytest
from google.protobuf import json_format

from boxwright import load_catalog
from boxwright.catalog import catalog_names, load_materials
from boxwright.v1 import catalog_service_pb2 as catalogs
from boxwright.v1 import footprint_service_pb2 as footprints
from boxwright.v1 import material_pb2
from boxwright.v1.catalog_service_pb2_grpc import CatalogServiceStub
from boxwright.v1.footprint_service_pb2_grpc import FootprintServiceStub

KINDS = {
    "Catalog": ("catalogs/nowhere", "catalogs/eu-stock"),
    "Material": ("materials/kryptonite", "materials/corrugated-board"),
    "AccountingProfile": ("accountingProfiles/mars@1", "accountingProfiles/uk-desnz@2026"),
    "Carrier": ("carriers/pigeon", "carriers/dhl-paket"),
    "Market": ("markets/atlantis", "markets/eu"),
}
"""An unknown and a known name of each kind of resource."""


@pytest.fixture(scope="module")
def reading(channel):
    """A stub of the live CatalogService."""
    return CatalogServiceStub(channel)


def everything(reading, kind, page_size=3):
    """Return all entries of a list, page by page, and the stated total."""
    request = getattr(catalogs, f"List{kind}sRequest")(page_size=page_size)
    entries = []
    while True:
        answer = getattr(reading, f"List{kind}s")(request, timeout=20)
        entries += next(value for field, value in answer.ListFields() if field.is_repeated)
        if not answer.next_page_token:
            return entries, answer.total_size
        request.page_token = answer.next_page_token


def get(reading, kind, name):
    """Return a resource."""
    return getattr(reading, f"Get{kind}")(getattr(catalogs, f"Get{kind}Request")(name=name), timeout=20)


@pytest.mark.parametrize("kind", KINDS)
def test_lists_are_sorted_whole_and_lead_to_their_entries(reading, kind):
    """Pages join to the sorted list, and each name can be read."""
    entries, total = everything(reading, kind)
    names = [entry.name for entry in entries]
    assert len(names) == total > 0
    assert names == sorted(set(names))
    assert [get(reading, kind, name).name for name in names[:3]] == names[:3]


@pytest.mark.parametrize("kind", KINDS)
def test_names_that_name_nothing_are_refused(reading, kind):
    """A malformed name is INVALID_ARGUMENT; an unknown one is NOT_FOUND, and the error lists the known names."""
    unknown, known = KINDS[kind]
    for name in ("", "nonsense", "catalogs", "materials/", "/", unknown):
        with pytest.raises(grpc.RpcError) as caught:
            get(reading, kind, name)
        assert caught.value.code().name == ("NOT_FOUND" if name == unknown else "INVALID_ARGUMENT")
    assert caught.value.details().startswith("name: ")
    assert known in re.split("[ ,;]+", caught.value.details())


def test_every_shipped_catalog_is_offered_with_its_hash(reading):
    """Id, version and hash equal those of the library."""
    entries, _ = everything(reading, "Catalog")
    loaded = [load_catalog(name) for name in catalog_names()]
    assert {
        entry.catalog_id: (entry.version, entry.hash) for entry in entries if entry.catalog_id in catalog_names()
    } == {catalog.catalog_id: (catalog.version, catalog.content_hash) for catalog in loaded}
    assert all(not entry.box_types for entry in entries)


def test_every_profile_has_its_coverage(reading):
    """The coverage matrix is left out of lists and present in the profile."""
    entries, _ = everything(reading, "AccountingProfile")
    assert all(not entry.coverage for entry in entries)
    for profile in load_materials().profiles:
        request = catalogs.GetAccountingProfileRequest(name=f"accountingProfiles/{profile.profile_id}")
        assert len(reading.GetAccountingProfile(request, timeout=20).coverage) == len(profile.coverage)


def test_a_material_lists_how_each_market_collects_it(reading):
    """A material has its recycling streams by market, and its compostability certificate."""
    film = reading.GetMaterial(catalogs.GetMaterialRequest(name="materials/ldpe-film"), timeout=20)
    found = {stream.market: stream.collection for stream in film.recycling_streams if stream.market}
    assert found["markets/us"] == material_pb2.RECYCLING_COLLECTION_DROP_OFF
    assert found["markets/gb"] == material_pb2.RECYCLING_COLLECTION_NOT_COLLECTED
    cellulose = reading.GetMaterial(catalogs.GetMaterialRequest(name="materials/cellulose-film"), timeout=20)
    assert cellulose.compostability == material_pb2.COMPOSTABILITY_HOME
    assert cellulose.compostability_certificate == "OK compost HOME"
    assert "composting" in cellulose.disposal


def test_a_catalog_that_was_read_is_valid_when_it_comes_back(reading):
    """A catalog from GetCatalog is accepted with the same boxes."""
    for name in catalog_names():
        got = reading.GetCatalog(catalogs.GetCatalogRequest(name=f"catalogs/{name}"), timeout=20)
        for box in got.box_types:
            if box.board.board_id:
                box.board.CopyFrom(type(box.board)(board_id=box.board.board_id))
        got.catalog_id = "other"
        judged = reading.CreateCatalog(catalogs.CreateCatalogRequest(catalog=got, validate_only=True), timeout=20)
        assert [box.inner for box in judged.box_types] == [box.inner for box in got.box_types]
        assert [box.tare_g for box in judged.box_types] == [box.tare_g for box in got.box_types]


def estimate(**fields):
    """Return a request for an estimate."""
    return json_format.ParseDict(fields, footprints.EstimateFootprintRequest())


ROAD = {"legs": [{"mode": "TRANSPORT_MODE_ROAD", "distance_km": 100}]}
PROFILES = ["accountingProfiles/uk-desnz@2026", "accountingProfiles/us-epa@2025"]


def test_an_estimate_shows_profiles_side_by_side(channel):
    """There is a footprint per profile and allocation, and its lines sum to the total."""
    request = estimate(
        net_g=1_000,
        box_type="catalogs/china-post/boxTypes/china-post-6",
        lane={**ROAD, "carrier_service": "carriers/ups/services/us-daily"},
        accounting_profiles=PROFILES,
        accept_incomplete_footprint=True,
    )
    answer = FootprintServiceStub(channel).EstimateFootprint(request, timeout=20)
    assert [(footprint.accounting_profile, footprint.allocation) for footprint in answer.footprints] == [
        (profile, allocation) for profile in PROFILES for allocation in (1, 2)
    ]
    for footprint in answer.footprints:
        assert sum(line.co2e_mg for line in footprint.lines) == footprint.total_co2e_mg
    assert answer.gross_g == pytest.approx(1_000 + answer.tare_g)
    assert len(answer.chargeable_weights) == 1


def test_an_estimate_without_a_lane_counts_packaging_and_lists_transport_as_missing(channel):
    """Without legs the footprint lists transport as missing, and a warning says so."""
    box = "catalogs/china-post/boxTypes/china-post-6"
    answer = FootprintServiceStub(channel).EstimateFootprint(estimate(net_g=0, box_type=box), timeout=20)
    assert {missing.subject for missing in answer.footprints[0].missing_scope} == {"no legs given"}
    assert answer.footprints[0].total_co2e_mg > 0
    assert [warning.code for warning in answer.warnings] == ["NO_TRANSPORT"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, grpc.StatusCode.INVALID_ARGUMENT),  # net_g is required
        ({"net_g": -1}, grpc.StatusCode.INVALID_ARGUMENT),
        ({"net_g": 1, "box_type": "catalogs/x/boxTypes/y"}, grpc.StatusCode.NOT_FOUND),
        ({"net_g": 1, "lane": {"carrier_service": "carriers/ups/services/us-daily"}}, grpc.StatusCode.INVALID_ARGUMENT),
        (
            {"net_g": 1, "packaging": [{"component": 1, "material": "materials/kryptonite", "mass_g": 1}]},
            grpc.StatusCode.NOT_FOUND,
        ),
        (
            {"net_g": 1, "packaging": [{"component": 7, "material": "materials/kraft-paper", "mass_g": 1}]},
            grpc.StatusCode.INVALID_ARGUMENT,
        ),
        (
            {
                "net_g": 1,
                "box_type": "catalogs/china-post/boxTypes/china-post-6",
                "outer": {"length_mm": 1, "width_mm": 1, "height_mm": 1},
            },
            grpc.StatusCode.INVALID_ARGUMENT,
        ),
    ],
)
def test_bad_estimates_are_refused(channel, fields, code):
    """Missing, negative, unknown and contradictory fields are refused."""
    with pytest.raises(grpc.RpcError) as caught:
        FootprintServiceStub(channel).EstimateFootprint(estimate(**fields), timeout=20)
    assert caught.value.code() is code
