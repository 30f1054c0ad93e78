"""Lanes over the wire: legs by factor and density, hubs, radiative forcing, allocations by volume."""

import datetime

import pytest
from google.protobuf import json_format

from boxwright.errors import InvalidInputError
from boxwright.server.footprint_service import estimate_footprint
from boxwright.v1 import footprint_pb2, footprint_service_pb2

TODAY = datetime.date(2026, 3, 2)
ROAD = {"mode": "TRANSPORT_MODE_ROAD", "distance_km": 100}
AIR = {"mode": "TRANSPORT_MODE_AIR", "distance_km": 9000}
OUTER = {"length_mm": 500, "width_mm": 400, "height_mm": 250}


def estimate(shelf, lane, **fields):
    """Return the answer to an estimate of 1 kg."""
    data = {"net_g": 1_000, "lane": lane, "accounting_profiles": ["accountingProfiles/uk-desnz@2025"], **fields}
    return estimate_footprint(
        json_format.ParseDict(data, footprint_service_pb2.EstimateFootprintRequest()), shelf, TODAY
    )


def test_a_share_by_volume_is_estimated(shelf):
    """50 l at 200 kg/m3 are 10 kg: ten times the grams of 1 kg by mass, in a footprint of its own."""
    lane = {"legs": [{**ROAD, "mean_density_kg_per_m3": 200}]}
    answer = estimate(shelf, lane, outer=OUTER, allocations=["ALLOCATION_MASS", "ALLOCATION_VOLUME_SHARE"])
    by_mass, by_volume = answer.footprints
    assert by_volume.allocation == footprint_pb2.ALLOCATION_VOLUME_SHARE
    # 0.001 t x 105 km x (0.10163 + 0.02359) kg/tkm = 10.67115 + 2.47695 g.
    assert [line.co2e_mg for line in by_mass.lines] == [10_671, 2_477]
    assert [line.co2e_mg for line in by_volume.lines] == [106_712, 24_770]


def test_lines_of_transport_name_leg_and_rule(shelf):
    """Each line says which leg it is of and how the distance was adjusted."""
    answer = estimate(shelf, {"legs": [ROAD, AIR]})
    lines = answer.footprints[0].lines
    assert [line.leg_index for line in lines] == [0, 0, 1, 1]
    assert lines[2].rule == "ISO 14083 distance adjustment: gcd x 1 + 95 km"


def test_forcing_and_hubs_are_asked_for(shelf):
    """Radiative forcing is a line; hubs, for which this publisher has nothing, are missing."""
    lane = {"legs": [ROAD, AIR], "include_radiative_forcing": True, "include_hubs": True}
    (found,) = estimate(shelf, lane, accept_incomplete_footprint=True).footprints
    stages = [footprint_pb2.LifeCycleStage.Name(line.stage) for line in found.lines]
    assert stages.count("LIFE_CYCLE_STAGE_RADIATIVE_FORCING") == 1
    assert {footprint_pb2.FootprintComponent.Name(each.component) for each in found.missing} == {
        "FOOTPRINT_COMPONENT_HUB"
    }


def test_a_leg_by_factor_counts_like_its_class(shelf):
    """A factor's id picks its class of vehicle for both stages of the fuel."""
    by_id = estimate(shelf, {"legs": [{**ROAD, "factor_id": "uk-desnz-2025/van_bev_avg/ttw"}]})
    by_class = estimate(shelf, {"legs": [{**ROAD, "vehicle_class": "van_bev_avg"}]})
    assert by_id.footprints == by_class.footprints


@pytest.mark.parametrize(
    ("lane", "fields", "field"),
    [
        ({"legs": [{**ROAD, "factor_id": "f"}]}, {}, "lane.legs[0].factor_id"),
        ({"legs": [{**ROAD, "factor_id": "f", "vehicle_class": "v"}]}, {}, "lane.legs[0].factor_id"),
        ({"legs": [{**ROAD, "mean_density_kg_per_m3": 0}]}, {}, "lane.legs[0].mean_density_kg_per_m3"),
        ({"legs": [ROAD]}, {"allocations": [3], "outer": OUTER}, "lane.legs[0].mean_density_kg_per_m3"),
        ({"legs": [AIR]}, {"allocations": [3]}, "outer"),
        ({"legs": [{**ROAD, "derivation": {}}]}, {}, "lane.legs[0].derivation"),
        ({"main_mode": "TRANSPORT_MODE_AIR"}, {}, "lane.main_mode"),
        ({"origin": {"country_code": "de"}}, {}, "lane.origin.country_code"),
        ({"origin": {"country_code": "DE", "un_locode": "FRLEH"}}, {}, "lane.origin.un_locode"),
    ],
)
def test_what_a_lane_must_not_say_is_named(shelf, lane, fields, field):
    """Each broken rule of a lane is reported at its path."""
    with pytest.raises(InvalidInputError) as caught:
        estimate(shelf, lane, **fields)
    assert field in {each.field for each in caught.value.violations}
