"""Comparison of modes for the same parcel and places, one profile at a time."""

from dataclasses import replace

import pytest

from boxwright.catalog import load_materials
from boxwright.domain.factor import Stage
from boxwright.domain.footprint import Allocation
from boxwright.domain.lane import Lane, Leg
from boxwright.domain.place import Place
from boxwright.errors import InvalidInputError
from boxwright.footprint import estimate
from boxwright.planning import WeighedParcel, mode_alternatives, mode_warnings
from boxwright.routing import derive

NAMES = ["road", "rail", "sea", "air", "van_diesel", "van_electric"]
LANE = Lane(origin=Place("CN", "518000"), destination=Place("DE", "20457"))
PARCEL = WeighedParcel((), 1_000_000, outer_um3=9 * 10**15)


@pytest.fixture(scope="module")
def materials():
    """Return the shipped data."""
    return load_materials()


def compared(materials, lane=LANE, profiles=("uk-desnz", "cn-cpcd"), allocations=(Allocation.MASS,)):
    """Return the alternatives by name."""
    chosen = [materials.profile(each) for each in profiles]
    found = mode_alternatives(PARCEL, lane, chosen, allocations, materials)
    assert [each.name for each in found] == NAMES
    return {each.name: each for each in found}


def test_each_mode_counts_as_its_own_lane_does(materials):
    """An alternative's footprint is that of the lane derived for its mode, and vans are each profile's own."""
    found = compared(materials)
    for name in NAMES[:4]:
        way = derive(replace(LANE, derive_legs=True, main_mode=name))
        for stated, profile in zip(found[name].footprints, ("uk-desnz", "cn-cpcd"), strict=True):
            args = ([], PARCEL.gross_mg, None, way, materials.profile(profile), Allocation.MASS, materials)
            assert stated == estimate(*args)
    subjects = {line.subject for each in found["van_electric"].footprints for line in each.lines}
    assert subjects == {"van_bev_avg", "truck_light_bev"}


def test_gaps_of_a_mode_are_named(materials):
    """A profile without an electric van, or without supply of fuel, names this gap beside the figure."""
    found = compared(materials, profiles=("fr-ademe", "cn-cpcd", "us-epa"))
    french, _, american = found["van_electric"].footprints
    assert french.missing == ("transport/transport_ttw: van_electric", "transport/transport_wtt: van_electric")
    assert not french.lines
    assert "transport/transport_ttw: van_diesel" in found["van_diesel"].footprints[2].missing
    assert american.total_co2e_mg == 0
    assert not american.factors_complete
    assert found["rail"].footprints[1].missing == ("transport/transport_wtt: rail_freight",)


def warned(materials, origin, destination, profile="uk-desnz"):
    """Return the warnings of all routes between two places."""
    lane = Lane(origin=origin, destination=destination)
    chosen = [materials.profile(profile)]
    return mode_warnings(mode_alternatives(PARCEL, lane, chosen, [Allocation.MASS], materials), lane, chosen, materials)


def test_each_way_is_warned_of_by_itself(materials):
    """Legs of different modes are not added (the port of Shenzhen seemed 23,121 km away); a far airport is named."""
    found = warned(materials, Place("CN", "518000"), Place("DE", "20457"))
    far = [each for each in found if each.code == "FAR_GATEWAY"]
    assert [(each.field, "365 km" in each.message) for each in far] == [("lane.destination", True)]
    far = [each for each in warned(materials, Place("DE", "20457"), Place("US", "10001")) if each.code == "FAR_GATEWAY"]
    assert [(each.field, "LEJ" in each.message) for each in far] == [("lane.origin", True)]
    assert len(set(found)) == len(found)


def test_a_flight_of_a_mode_is_named_by_its_distance(materials):
    """Routes in the answer have no index of a leg in the call."""
    found = warned(materials, Place("DE", "20457"), Place("ES", "28001"), "fr-ademe")
    (flight,) = [each for each in found if each.code == "FLIGHT_CLASS_ASSUMED"]
    assert flight.field == "lane"


def test_a_mode_that_does_not_lead_there_is_an_obstacle(materials):
    """Between islands there is no road and no rail, but sea and air have figures."""
    found = compared(materials, Lane(origin=Place("JP", "100-0001"), destination=Place("IE", "D02")))
    for name in ("road", "rail"):
        assert not found[name].legs
        assert not found[name].footprints
        assert found[name].obstacles
    assert found["sea"].legs
    assert found["air"].footprints


def test_an_impossible_share_by_volume_is_an_obstacle(materials):
    """Road has no mean density, so allocation by volume is reported as impossible, and that by mass is given."""
    both = (Allocation.MASS, Allocation.VOLUME_SHARE)
    port_to_port = Lane(origin=Place("CN", un_locode="CNSHA"), destination=Place("NL", un_locode="NLRTM"))
    found = compared(materials, port_to_port, ("uk-desnz",), both)
    by_mass, by_volume = found["sea"].footprints
    # 9 l at 321.2 kg/m3 are 2.8908 kg for 1 kg.
    assert by_volume.total_co2e_mg / by_mass.total_co2e_mg == pytest.approx(2.8908, rel=1e-5)
    assert [each.allocation for each in found["road"].footprints] == [Allocation.MASS]
    assert "van_diesel_avg" in found["road"].obstacles[0]


def test_radiative_forcing_is_of_flights_only(materials):
    """On request, radiative forcing is a line of the flight only."""
    found = compared(materials, replace(LANE, include_radiative_forcing=True), ("uk-desnz",))
    for name in NAMES:
        stages = [line.stage for each in found[name].footprints for line in each.lines]
        assert (Stage.RADIATIVE_FORCING in stages) == (name == "air")


@pytest.mark.parametrize(
    ("lane", "field"),
    [
        (Lane([Leg("road", 1)], origin=LANE.origin, destination=LANE.destination), "lane.legs"),
        (Lane(origin=LANE.origin), "lane.destination"),
        (replace(LANE, derive_legs=True, main_mode="air"), "lane.main_mode"),
        (Lane(origin=Place("DE", "00012"), destination=LANE.destination), "lane.origin.postal_code"),
        (replace(LANE, origin=Place("CN", "518000", airport_code="QQQ")), "lane.origin.airport_code"),
    ],
)
def test_what_cannot_be_compared_is_refused(materials, lane, field):
    """Legs, a mode, a missing place or an unknown place are errors that name the field."""
    with pytest.raises(InvalidInputError) as caught:
        compared(materials, lane)
    assert field in {each.field for each in caught.value.violations}


def test_an_obstacle_is_not_an_error_of_the_caller(materials):
    """If no road connects the places, the obstacle names the places and no field, since no mode was requested."""
    lane = Lane(origin=Place("DE", "20457"), destination=Place("US", "10001"))
    (why,) = compared(materials, lane)["road"].obstacles
    assert all(part in why for part in ("DE 204", "US 100"))
    assert "lane" not in why
