"""The class of a flight follows from its ends and its distance, by each profile's own classes."""

import pytest

from boxwright import Lane, Leg, Place
from boxwright.domain.factor import Component
from boxwright.domain.footprint import Allocation
from boxwright.footprint import estimate, flight_warnings
from boxwright.footprint.transport import vehicle_of
from boxwright.routing import derive


def class_of(shipped, profile, km, ends=("", "")):
    """Return the class of one flight of a lane between two countries."""
    lane = Lane([Leg("air", km)], origin_country=ends[0], destination_country=ends[1])
    return vehicle_of(lane.legs[0], shipped.profile(profile), lane)


@pytest.mark.parametrize(
    ("km", "ends", "vehicle"),
    [
        (400, ("GB", "GB"), "air_domestic"),
        (4_000, ("GB", "GB"), "air_longhaul"),
        (400, ("GB", "IE"), "air_shorthaul"),
        (3_699.9, ("DE", "GB"), "air_shorthaul"),
        (3_700, ("DE", "GB"), "air_longhaul"),
        (9_000, ("CN", "GB"), "air_longhaul"),
        (700, ("DE", "IT"), "air_shorthaul"),
        (9_000, ("CN", "US"), "air_international"),
        (400, ("", ""), "air_shorthaul"),
        (400, ("GB", ""), "air_shorthaul"),
        (9_000, ("", ""), "air_longhaul"),
    ],
)
def test_classes_of_the_uk(shipped, km, ends, vehicle):
    """A flight is domestic within the UK, otherwise short below 3,700 km; with unknown ends the distance decides."""
    assert class_of(shipped, "uk-desnz", km, ends) == vehicle


@pytest.mark.parametrize(
    ("km", "vehicle"),
    [
        (400, "air_belly_1000_2000km"),
        (1_999, "air_belly_1000_2000km"),
        (2_000, "air_freighter_2000_5000km"),
        (4_999, "air_freighter_2000_5000km"),
        (5_000, "air_freighter_over_5000km"),
    ],
)
def test_classes_of_france_follow_its_bands(shipped, km, vehicle):
    """The publisher's bands of distance apply to any flight."""
    assert class_of(shipped, "fr-ademe", km) == class_of(shipped, "fr-ademe", km, ("DE", "IT")) == vehicle


def test_profiles_of_one_class_have_that(shipped):
    """The US and the Chinese publisher have one figure for freight by air, at any distance."""
    for km in (100, 10_000):
        assert class_of(shipped, "us-epa", km) == "aircraft"
        assert class_of(shipped, "cn-cpcd", km) == "air_freight"


def test_400_km_of_a_kilogram_are_475_g(shipped):
    """1 kg by 400 + 95 km x (0.75539 + 0.20515): not the 330 g of long haul; the line names the rule."""
    lane = Lane([Leg("air", 400)])
    found = estimate((), 1_000_000, None, lane, shipped.profile("uk-desnz"), Allocation.MASS, shipped)
    assert found.subtotal_co2e_mg(Component.TRANSPORT) == 373_918 + 101_549
    assert "3,700 km" in found.lines[0].rule


def test_a_class_that_is_named_stays(shipped):
    """A vehicle or factor of the leg is what counts, whatever the distance."""
    lane = Lane([Leg("air", 400, vehicle="air_longhaul"), Leg("air", 400, factor_id="uk-desnz-2026/air_domestic/ttw")])
    uk = shipped.profile("uk-desnz")
    assert [vehicle_of(leg, uk, lane) for leg in lane.legs] == ["air_longhaul", "air_domestic"]
    assert flight_warnings(lane, [uk]) == []


def test_derived_flights_know_their_ends(shipped):
    """Ireland to Britain is short haul by the airports, with no warning: nothing is guessed."""
    lane = derive(Lane(origin=Place("IE", "D02"), destination=Place("GB", "M1"), derive_legs=True))
    uk = shipped.profile("uk-desnz")
    assert [vehicle_of(leg, uk, lane) for leg in lane.legs if leg.mode == "air"] == ["air_shorthaul"]
    assert flight_warnings(lane, [uk]) == []


def test_a_guess_gives_a_warning(shipped):
    """Unknown ends of a short flight, ends elsewhere and distances without a band warn; a long flight does not."""
    uk, fr = shipped.profile("uk-desnz"), shipped.profile("fr-ademe")
    (unknown,) = flight_warnings(Lane([Leg("road", 20), Leg("air", 400)]), [uk])
    assert (unknown.code, unknown.field) == ("FLIGHT_CLASS_ASSUMED", "lane.legs[1]")
    for said in ("400 km", "air_shorthaul", "uk-desnz@2026", "air_domestic"):
        assert said in unknown.message
    (elsewhere,) = flight_warnings(Lane([Leg("air", 700)], origin_country="DE", destination_country="IT"), [uk])
    assert elsewhere.code == "FLIGHT_CLASS_ASSUMED"
    (below,) = flight_warnings(Lane([Leg("air", 700)]), [fr])
    assert "2000 km" in below.message
    (too_long,) = flight_warnings(Lane([Leg("air", 4_000)], origin_country="GB", destination_country="GB"), [uk])
    assert "air_longhaul" in too_long.message
    assert flight_warnings(Lane([Leg("air", 9_000)]), [uk, fr, shipped.profile("us-epa")]) == []


def estimated(shipped, lane, profile="uk-desnz"):
    """Return the footprint of 1 kg without packaging."""
    return estimate((), 1_000_000, None, lane, shipped.profile(profile), Allocation.MASS, shipped)


def test_a_guessed_class_is_unverified_and_as_wide_as_it_may_be(shipped):
    """A flight of unknown ends is all unverified, and its range holds every class that it may be of."""
    uk = shipped.profile("uk-desnz")
    guessed, known = (
        estimated(shipped, Lane([Leg("air", 400)], origin_country=origin, destination_country=end))
        for origin, end in (("", ""), ("GB", "IE"))
    )
    assert (guessed.unverified_share, known.unverified_share) == (1.0, 0.0)
    assert guessed.total_co2e_mg == known.total_co2e_mg
    low, high = guessed.interval_co2e_mg
    for vehicle in ("air_domestic", "air_shorthaul", "air_international"):
        of_class = estimated(shipped, Lane([Leg("air", 400, vehicle=vehicle)])).interval_co2e_mg
        assert low <= of_class[0] < of_class[1] <= high, vehicle
    assert all(line.range_assumed for line in guessed.lines)
    assert uk.factor("air_shorthaul", guessed.lines[0].stage).read_in_source


def test_a_stand_in_of_a_class_is_unverified(shipped):
    """Classes by our own rule count as unverified: flights elsewhere, and distances without a band.

    All possible classes of a long flight have one factor, so it is not guessed.
    """
    assert estimated(shipped, Lane([Leg("air", 9_000)])).unverified_share == 0.0
    elsewhere = Lane([Leg("air", 700)], origin_country="DE", destination_country="IT")
    assert estimated(shipped, elsewhere).unverified_share == 1.0
    assert estimated(shipped, Lane([Leg("air", 700)]), "fr-ademe").unverified_share == 1.0
    assert estimated(shipped, Lane([Leg("air", 3_000)]), "fr-ademe").unverified_share == 0.0


def test_countries_that_settle_nothing_are_not_asked_for(shipped):
    """With two flights the lane's countries say nothing of either: each flight is warned of."""
    lane = Lane([Leg("air", 400), Leg("air", 500)], origin_country="IE", destination_country="FR")
    found = flight_warnings(lane, [shipped.profile("uk-desnz")])
    assert [each.field for each in found] == ["lane.legs[0]", "lane.legs[1]"]
    assert not any("countries" in each.message for each in found)
