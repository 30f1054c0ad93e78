"""Lanes over the API: legs by factor and density, hubs, and volume shares."""

import pytest
from google.protobuf import json_format

from boxwright.contract.plan import plan_to_wire
from boxwright.planning import plan
from boxwright.server.answers.footprint import estimate_footprint
from boxwright.v1 import footprint_pb2, footprint_service_pb2, lane_pb2

from .wire import TODAY, broken, job_of

ROAD = {"mode": "TRANSPORT_MODE_ROAD", "distance_km": 100}
AIR = {"mode": "TRANSPORT_MODE_AIR", "distance_km": 9000}
OUTER = {"length_mm": 500, "width_mm": 400, "height_mm": 250}


def estimate(dataset, lane, **fields):
    """Return the answer to an estimate of 1 kg."""
    data = {"net_g": 1_000, "lane": lane, "accounting_profiles": ["accountingProfiles/uk-desnz@2026"], **fields}
    return estimate_footprint(
        json_format.ParseDict(data, footprint_service_pb2.EstimateFootprintRequest()), dataset, TODAY
    )


def test_a_share_by_volume_is_estimated(dataset):
    """50 l at 200 kg/m3 are 10 kg: ten times the grams of 1 kg by mass."""
    lane = {"legs": [{**ROAD, "mean_density_kg_per_m3": 200}]}
    answer = estimate(dataset, lane, outer=OUTER, allocations=["ALLOCATION_MASS", "ALLOCATION_VOLUME_SHARE"])
    by_mass, by_volume = answer.footprints
    assert by_volume.allocation == footprint_pb2.ALLOCATION_VOLUME_SHARE
    # 0.001 t x 105 km x (0.10356 + 0.02359) kg/tkm = 10.8738 + 2.47695 g.
    assert [line.co2e_mg for line in by_mass.lines] == [10_874, 2_477]
    assert [line.co2e_mg for line in by_volume.lines] == [108_738, 24_770]


@pytest.mark.parametrize(
    ("lane", "fields", "field"),
    [
        ({"legs": [{**ROAD, "factor_id": "f"}]}, {}, "lane.legs[0].factor_id"),
        ({"legs": [{**ROAD, "factor_id": "f", "vehicle": "v"}]}, {}, "lane.legs[0].factor_id"),
        ({"legs": [{**ROAD, "vehicle": "v"}]}, {}, "lane.legs[0].vehicle"),
        ({"legs": [{**ROAD, "vehicle": "air_longhaul"}]}, {}, "lane.legs[0].vehicle"),
        ({"legs": [{**ROAD, "factor_id": "uk-desnz-2026/air_longhaul/ttw"}]}, {}, "lane.legs[0].factor_id"),
        ({"legs": [{**ROAD, "mean_density_kg_per_m3": 0}]}, {}, "lane.legs[0].mean_density_kg_per_m3"),
        ({"legs": [ROAD]}, {"allocations": [3], "outer": OUTER}, "lane.legs[0].mean_density_kg_per_m3"),
        ({"legs": [AIR]}, {"allocations": [3]}, "outer"),
        ({"legs": [{**ROAD, "derivation": {}}]}, {}, "lane.legs[0].derivation"),
        ({"main_mode": "TRANSPORT_MODE_AIR"}, {}, "lane.main_mode"),
        ({"origin": {"country_code": "de"}}, {}, "lane.origin.country_code"),
        ({"origin": {"country_code": "DE", "un_locode": "FRLEH"}}, {}, "lane.origin.un_locode"),
    ],
)
def test_broken_rules_of_a_lane_are_named(dataset, lane, fields, field):
    """Each broken rule of a lane is reported at its path."""
    assert field in broken(estimate, dataset, lane, **fields)


PLACES = {
    "origin": {"country_code": "CN", "postal_code": "518000"},
    "destination": {"country_code": "DE", "postal_code": "20457"},
    "derive_legs": True,
}


def test_legs_are_derived_and_echoed(dataset):
    """An estimate between two places lists and counts the derived legs."""
    answer = estimate(dataset, {**PLACES, "main_mode": "TRANSPORT_MODE_SEA"})
    assert [lane_pb2.TransportMode.Name(leg.mode) for leg in answer.derived_legs] == [
        "TRANSPORT_MODE_ROAD",
        "TRANSPORT_MODE_SEA",
        "TRANSPORT_MODE_ROAD",
    ]
    voyage = answer.derived_legs[1]
    assert voyage.derivation.start.name == "CNYTN Yantian"
    assert voyage.distance_kind == lane_pb2.DISTANCE_KIND_SFD
    assert {line.leg_index for line in answer.footprints[0].lines} == {0, 1, 2}


def packed(dataset, lane):
    """Return the plan of a small unit on a lane, and its message."""
    job = job_of(dataset, lane=lane)
    made = plan(job.task.order, job.task.catalog, job.task.policy, job.task.lane, job.task.profiles)
    return made, plan_to_wire(made, job.view())


def test_a_plan_says_how_hubs_are_covered_where_they_count(dataset):
    """Coverage has hubs if the lane states them, and transport always."""
    for include_hubs in (False, True):
        _, message = packed(dataset, {"legs": [ROAD, AIR], "include_hubs": include_hubs})
        for footprint in (*message.footprints, *message.parcels[0].footprints):
            covered = {entry.component for entry in footprint.coverage}
            assert footprint_pb2.FOOTPRINT_COMPONENT_TRANSPORT in covered
            assert (footprint_pb2.FOOTPRINT_COMPONENT_HUB in covered) is include_hubs


def test_a_plan_echoes_derived_legs(dataset):
    """A plan lists the derived legs."""
    _, message = packed(dataset, PLACES)
    assert [leg.derivation.end.name.split()[0] for leg in message.legs if not leg.vehicle] == [
        "SZX",
        "LEJ",
        "handover",
    ]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"origin": {"country_code": "DE", "postal_code": "00012"}}, "lane.origin.postal_code"),
        ({"legs": [ROAD]}, "lane.legs"),
        ({"main_mode": "TRANSPORT_MODE_ROAD", "origin": {"country_code": "JP"}}, "lane.main_mode"),
        ({"destination": None}, "lane.destination"),
    ],
)
def test_what_cannot_be_derived_is_named(dataset, change, field):
    """An unknown place and an impossible way are errors at their paths."""
    lane = {name: value for name, value in {**PLACES, **change}.items() if value is not None}
    assert field in broken(estimate, dataset, lane)
