"""Legs from places: the routing rule, distances of each kind, gateways, and unknown places."""

import itertools
import shutil
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright.catalog import load_materials
from boxwright.catalog.folder import materials_folder
from boxwright.domain.lane import DistanceKind, Lane, Leg, TransportMode
from boxwright.domain.place import Place, PlacePrecision
from boxwright.errors import DataFileError, InvalidInputError
from boxwright.footprint.transport import vehicle_of
from boxwright.routing import derivation_warnings, derive
from boxwright.routing.airports import airports, airports_of
from boxwright.routing.derive import GROUND
from boxwright.routing.great_circle import great_circle_km
from boxwright.routing.locate import apart_km
from boxwright.routing.ports import ports
from boxwright.routing.postal import region_of

SHENZHEN = Place("CN", "518000")
HAMBURG = Place("DE", "20457")
PARIS = Place("FR", "75001")
MUNICH = Place("DE", "80331")


def chain(origin, destination, mode=None):
    """Return derived legs as (mode, kind, start, end), names shortened to codes; vans have the next leg's mode."""
    lane = Lane(legs=ways_of(origin, destination, mode))
    return [
        (
            leg.mode.value,
            leg.distance_kind.value,
            " ".join(leg.derivation.start.name.split()[:2])
            if leg.derivation.start.precision is PlacePrecision.POSTAL_REGION
            else leg.derivation.start.name.split()[0],
            leg.derivation.end.name.split()[0],
        )
        for leg in lane.legs
    ]


def ways_of(origin, destination, mode=None):
    """Return the derived legs, with consecutive land legs as one, from the first to the last end, by the main mode."""
    found = []
    for by_land, group in itertools.groupby(legs_of(origin, destination, mode), lambda leg: leg.mode in GROUND):
        legs = list(group)
        if by_land and len(legs) > 1:
            long = max(legs, key=lambda leg: leg.distance_km)
            ends = replace(long.derivation, start=legs[0].derivation.start, end=legs[-1].derivation.end)
            legs = [replace(long, distance_km=sum(leg.distance_km for leg in legs), derivation=ends)]
        found += legs
    return found


def legs_of(origin, destination, mode=None):
    """Return the derived legs."""
    return derive(Lane(origin=origin, destination=destination, derive_legs=True, main_mode=mode)).legs


@pytest.mark.parametrize(
    ("ends", "km"),
    [
        (((0, 0), (0, 90)), 10_007.557),  # a quarter of a circle of radius 6,371.0088: pi/2 x R
        (((90, 0), (-90, 0)), 20_015.115),  # pole to pole: pi x R
        (((0, 179.5), (0, -179.5)), 111.195),  # across the date line: pi/180 x R
        (((52.5, 13.4), (52.5, 13.4)), 0.0),
    ],
)
def test_great_circles(ends, km):
    """Arcs computed by hand from the radius agree to the metre."""
    (a, b), (c, d) = ends
    assert great_circle_km(a, b, c, d) == pytest.approx(km, abs=0.001)


def test_far_across_a_border_goes_by_air():
    """Road to the cargo airport, great circle between airports, road from the airport."""
    assert chain(SHENZHEN, HAMBURG) == [
        ("road", "sfd", "CN 518", "SZX"),
        ("air", "gcd", "SZX", "LEJ"),
        ("road", "sfd", "LEJ", "DE"),
    ]


def test_near_and_at_home_go_by_road():
    """Across a border up to 1,500 km, and within a country at any distance, the whole route is by road."""
    assert chain(HAMBURG, PARIS) == [("road", "sfd", "DE 204", "FR")]
    assert chain(Place("US", "10001"), Place("US", "90001")) == [("road", "sfd", "US 100", "US")]
    assert chain(Place("DE", "20457"), Place("ES", "28001"))[1][0] == "air"  # about 1,800 km


def test_over_water_goes_by_air():
    """If there is no road, even a short route across a border goes by air."""
    assert [each[0] for each in chain(Place("IE", "D02"), Place("GB", "M1"))] == ["road", "air", "road"]


def test_sea_runs_between_ports():
    """A port that serves many countries, the shortest route over shipping lanes, and a port."""
    assert chain(SHENZHEN, HAMBURG, "sea") == [
        ("road", "sfd", "CN 518", "CNYTN"),
        ("sea", "sfd", "CNYTN", "DEHAM"),
        ("road", "sfd", "DEHAM", "DE"),
    ]
    voyage = ways_of(SHENZHEN, HAMBURG, "sea")[1]
    # Through Suez: published port distances are 18,500 to 19,000 km; around the Cape it would be 25,000.
    assert 18_000 < voyage.distance_km < 19_500
    assert "searoute" in voyage.derivation.formula


def test_gateways_that_are_named_are_used():
    """An airport or port beside a postal code is used by the route; alone it is the place, without a road leg."""
    named = chain(Place("CN", "518000", airport_code="HKG"), Place("DE", airport_code="LEJ"))
    assert named == [("road", "sfd", "CN 518", "HKG"), ("air", "gcd", "HKG", "LEJ")]
    assert chain(Place("CN", un_locode="CNSHA"), Place("NL", un_locode="NLRTM"), "sea") == [
        ("sea", "sfd", "CNSHA", "NLRTM")
    ]


def test_ground_distances_are_the_great_circle_times_the_detour():
    """Hamburg (53.55, 9.99) to Munich (48.14, 11.57): the great circle x 1.3, to 100 m, with its formula."""
    (way,) = ways_of(HAMBURG, MUNICH)
    assert 780 < way.distance_km < 820  # the motorway has 775 to 800 km
    for leg in legs_of(HAMBURG, MUNICH):
        start, end = leg.derivation.start, leg.derivation.end
        straight = great_circle_km(start.latitude, start.longitude, end.latitude, end.longitude)
        assert leg.distance_km == round(straight * 1.3, 1)
        assert f"{straight:.1f} km x 1.3" in leg.derivation.formula


def test_derived_ways_begin_and_end_with_a_van():
    """25 km at each end go by van with any main mode; short routes only by van; a place at an airport needs none."""
    for mode in TransportMode:
        legs = legs_of(SHENZHEN, HAMBURG, mode)
        assert [legs[0].vehicle, legs[-1].vehicle] == ["van", "van"]
        assert all(leg.distance_km <= 25.1 for leg in legs if leg.vehicle)
    first, main, last = legs_of(HAMBURG, MUNICH)
    assert (first.distance_km, main.vehicle, last.distance_km) == (25.0, "", 25.0)
    assert first.derivation.end == main.derivation.start
    assert first.derivation.end.precision is PlacePrecision.HANDOVER
    assert {leg.vehicle for leg in legs_of(Place("DE", "20457"), Place("DE", "21073"))} == {"van"}
    named = legs_of(Place("CN", airport_code="SZX"), Place("DE", airport_code="LEJ"))
    assert [(leg.mode, leg.vehicle) for leg in named] == [("air", "")]


def test_each_profile_drives_its_own_van():
    """The class is the profile's diesel van; a profile without one names it as missing."""
    lane = Lane(legs=legs_of(HAMBURG, MUNICH))
    materials = load_materials()
    classes = [vehicle_of(lane.legs[0], materials.profile(each), lane) for each in ("uk-desnz", "cn-cpcd", "us-epa")]
    assert classes == ["van_diesel_avg", "truck_light_diesel", "van"]


def test_each_leg_says_how_it_was_found():
    """A leg states the kind of distance; both ends state a data set with its version, coordinates and precision."""
    for leg in (leg for mode in TransportMode for leg in legs_of(SHENZHEN, HAMBURG, mode)):
        assert leg.distance_kind is (DistanceKind.GCD if leg.mode is TransportMode.AIR else DistanceKind.SFD)
        for point in (leg.derivation.start, leg.derivation.end):
            assert any(character.isdigit() for character in point.data_set)
            assert abs(point.latitude) <= 90
            assert abs(point.longitude) <= 180
            assert point.precision is not PlacePrecision.COUNTRY
        assert leg.derivation.formula


def test_a_place_by_country_only_is_coarse_and_gives_a_warning():
    """The middle of a country's airports is used, and a warning states the possible distance from the place."""
    lane = derive(Lane(origin=Place("CN"), destination=HAMBURG, derive_legs=True))
    assert lane.legs[0].derivation.start.precision is PlacePrecision.COUNTRY
    warning, *_ = derivation_warnings(lane)
    assert (warning.code, warning.field) == ("COARSE_PLACE", "lane.origin")
    assert "CN" in warning.message


@pytest.mark.parametrize(
    ("code", "near"),
    [
        ("CNSHG", ("CNSHA", 1)),  # Shanghai Pt
        ("CNSGH", ("CNSHA", 25)),
        ("CNNBO", ("CNNGB", 5)),
        ("BRNVT", ("BRITJ", 5)),  # Navegantes lies across the river from Itajai
        ("CASJF", ("CASJF", 0)),
        ("CNQIN", ("CNTAO", 10)),
        ("KRKWA", ("KRYOS", 30)),  # the package is right; the code list has Jeju
    ],
)
def test_ports_stand_where_the_code_list_has_them(code, near):
    """A port with a wrong position in the package has that of the UN/LOCODE list."""
    places = load_materials().places
    known = ports(places.port_positions)
    other, most = near
    assert apart_km(known[code], known[other]) <= most
    assert known[code].country_code == code[:2]


@pytest.mark.parametrize("code", ["VCCRP", "CRSJO"])
def test_a_code_that_is_not_a_port_is_refused(code):
    """Codes are unknown if the list lacks them, if the package has them in another country, or if they are inland."""
    with pytest.raises(InvalidInputError, match=r"lane\.origin\.un_locode"):
        legs_of(Place(code[:2], un_locode=code), PARIS, "sea")


def test_corrected_ports_are_plausible():
    """Each position is within 60 km of another port or airport of its country, unlike one with wrong degrees."""
    places = load_materials().places
    known = ports(places.port_positions)
    for each in places.port_positions:
        if each.latitude is None:
            continue
        port = known[each.un_locode]
        others = [*(other for other in known.values() if other is not port), *airports().values()]
        near = min(apart_km(port, other) for other in others if other.country_code == port.country_code)
        assert near < 60, each


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("CNSHG,Shanghai,31.4,,x,,yes,own,", "row 2, latitude"),
        ("CNSHG,Shanghai,91,0,x,,yes,own,", "row 2, latitude"),
        ("CNSHG,Shanghai,0,-181,x,,yes,own,", "row 2, longitude"),
    ],
)
def test_a_position_off_the_globe_is_refused(tmp_path, row, fault):
    """Half a position or impossible degrees are errors that name row, field and rule."""
    shutil.copytree(materials_folder(), tmp_path / "materials")
    file = tmp_path / "materials" / "port_positions.csv"
    file.write_text(file.read_text().split("\n")[0] + f"\n{row}\n")
    with pytest.raises(DataFileError) as caught:
        load_materials(tmp_path / "materials")
    assert fault in [each.field for each in caught.value.violations]


def test_a_far_gateway_gives_a_warning():
    """More than 150 km between a place and its airport or port gives a warning that names both; less gives none."""
    (warning,) = derivation_warnings(derive(Lane(origin=SHENZHEN, destination=HAMBURG, derive_legs=True)))
    assert (warning.code, warning.field) == ("FAR_GATEWAY", "lane.destination")
    for said in ("LEJ", "365 km", "DE 204", "150 km"):
        assert said in warning.message
    near = Place("DE", "60311", airport_code="FRA")
    assert derivation_warnings(derive(Lane(origin=SHENZHEN, destination=near, derive_legs=True))) == []


def test_a_far_airport_of_a_port_gives_a_warning():
    """The flight begins at the named airport, even if the road leg to it begins at a port."""
    lane = derive(Lane(origin=Place("DE", un_locode="DEHAM"), destination=Place("US", "10001"), derive_legs=True))
    (warning,) = derivation_warnings(lane)
    assert (warning.code, warning.field) == ("FAR_GATEWAY", "lane.origin")
    for said in ("365 km", "DEHAM", "150 km"):
        assert said in warning.message


@pytest.mark.parametrize(
    ("place", "gateway", "warned"),
    [
        (Place("GB", "EC1A"), "LHR", False),
        (Place("SE", "11120"), "BMA", True),
        (Place("SE", "11120", airport_code="ARN"), "ARN", False),
    ],
)
def test_an_airport_that_is_not_known_for_cargo_gives_a_warning(place, gateway, warned):
    """London is served by Heathrow, not by London City; Stockholm by an airport that the lane should name."""
    lane = derive(Lane(origin=SHENZHEN, destination=place, derive_legs=True))
    (flight,) = (leg.derivation for leg in lane.legs if leg.mode is TransportMode.AIR)
    found = [warning.field for warning in derivation_warnings(lane) if warning.code == "SMALL_AIRPORT"]
    assert (flight.end.name[:3], found) == (gateway, ["lane.destination"] if warned else [])


def test_an_unverified_detour_gives_a_warning():
    """Rail uses the detour factor of roads, with a warning."""
    lane = derive(Lane(origin=SHENZHEN, destination=HAMBURG, derive_legs=True, main_mode="rail"))
    assert [leg.mode for leg in lane.legs] == ["road", "rail", "road"]
    (warning,) = derivation_warnings(lane)
    assert "rail" in warning.message
    assert "unverified" in warning.message


@pytest.mark.parametrize(
    ("origin", "destination", "mode", "field"),
    [
        (Place("DE", "00012"), PARIS, None, "lane.origin.postal_code"),
        (PARIS, Place("AE", "00000"), None, "lane.destination.postal_code"),
        (Place("DE", airport_code="QQQ"), PARIS, None, "lane.origin.airport_code"),
        (Place("DE", un_locode="DEFRA"), PARIS, None, "lane.origin.un_locode"),
        (Place("LI"), PARIS, None, "lane.origin.country_code"),
        (HAMBURG, Place("DE", "20459"), None, "lane.destination"),
        (Place("JP", "100-0001"), PARIS, "road", "lane.main_mode"),
        (Place("JP", "100-0001"), PARIS, "rail", "lane.main_mode"),
        (HAMBURG, Place("DE", "20095"), "air", "lane.main_mode"),
        (Place("MN", airport_code="UBN"), PARIS, "sea", None),
    ],
)
def test_what_cannot_be_derived_names_the_field(origin, destination, mode, field):
    """Unknown places, and modes that cannot reach a place, are errors."""
    if field is None:
        assert ways_of(origin, destination, mode)[1].mode is TransportMode.SEA  # a landlocked place is driven to a port
        return
    with pytest.raises(InvalidInputError) as caught:
        legs_of(origin, destination, mode)
    assert field in [each.field for each in caught.value.violations]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"derive_legs": True}, "origin"),
        ({"derive_legs": True, "origin": PARIS}, "destination"),
        ({"derive_legs": True, "origin": PARIS, "destination": HAMBURG, "legs": [Leg("road", 1)]}, "legs"),
        ({"main_mode": "air"}, "main_mode"),
        ({"origin": "DE"}, "origin"),
        ({"origin": PARIS, "origin_country": "DE"}, "origin_country"),
        ({"derive_legs": "yes", "origin": PARIS, "destination": HAMBURG}, "derive_legs"),
    ],
)
def test_missing_and_contradictory_fields_of_a_lane_are_named(fields, field):
    """The error names fields that derivation needs, and fields that it excludes."""
    with pytest.raises(InvalidInputError) as caught:
        Lane(**fields)
    assert field in {each.field for each in caught.value.violations}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"country_code": "de"}, "country_code"),
        ({"country_code": "DE", "postal_code": " 1"}, "postal_code"),
        ({"country_code": "DE", "un_locode": "DE HAM"}, "un_locode"),
        ({"country_code": "DE", "un_locode": "FRLEH"}, "un_locode"),
        ({"country_code": "DE", "airport_code": "EDDF"}, "airport_code"),
    ],
)
def test_a_place_of_another_form_is_refused(fields, field):
    """Each code has its form."""
    with pytest.raises(InvalidInputError, match=f"^{field}|{field}:"):
        Place(**fields)


@pytest.mark.parametrize(
    ("country", "code", "region"),
    [
        ("DE", "20457", "204"),
        ("GB", "SW1A 1AA", "SW1A"),
        ("GB", "sw1a1aa", "SW1A"),
        ("GB", "M1", "M1"),
        ("NL", "1011 AB", "101"),
        ("LU", "L-1111", "111"),
        ("LV", "LV-1001", "100"),
        ("FR", "75008 CEDEX 08", "750"),
        ("JP", "100-0001", "100"),
        ("IE", "D02 AF30", "D02"),
        ("DE", "2", ""),
        ("GB", "12345", ""),
    ],
)
def test_regions_of_postal_codes(country, code, region):
    """Blanks, hyphens, case, country prefixes and CEDEX do not count."""
    assert region_of(country, code) == region


def test_a_lane_with_legs_stays_as_it_is():
    """Legs are not derived unless requested, even with both places."""
    lane = Lane([Leg("road", 5)], origin=PARIS, destination=HAMBURG)
    assert derive(lane) is lane
    assert derivation_warnings(lane) == []


AIRPORTS = st.sampled_from(sorted(each for each in airports() if len(airports_of(airports()[each].country_code)) > 5))


@settings(max_examples=20)
@given(AIRPORTS, AIRPORTS)
def test_flights_are_as_long_either_way(one, other):
    """A flight between any two airports is a great circle, the same both ways, at most half the circumference."""
    start, end = airports()[one], airports()[other]
    there = great_circle_km(start.latitude, start.longitude, end.latitude, end.longitude)
    back = great_circle_km(end.latitude, end.longitude, start.latitude, start.longitude)
    assert there == pytest.approx(back, abs=1e-6)
    assert 0 <= there <= 20_015.2


def test_every_cargo_airport_and_country_is_known():
    """Data name existing airports, and countries by their codes."""
    places = load_materials().places
    assert places.cargo_airports <= airports().keys()
    assert {country for country, _ in places.regions} >= {"CN", "DE", "US", "GB", "JP", "FR", "IN", "BR"}
    assert all(len(country) == 2 for country in places.road_networks)
    assert {mode for mode, each in places.detours.items() if each.read_in_source} == {TransportMode.ROAD}


def test_an_unused_gateway_gives_a_warning():
    """An airport named for a route by sea is not used; a port that is used gives no warning."""
    by_sea = Lane(
        origin=Place("CN", "518000", airport_code="SZX"),
        destination=Place("DE", "20457", "DEHAM"),
        derive_legs=True,
        main_mode="sea",
    )
    idle = [each for each in derivation_warnings(derive(by_sea)) if each.code == "IDLE_GATEWAY"]
    assert [each.field for each in idle] == ["lane.origin"]
    assert "SZX" in idle[0].message
