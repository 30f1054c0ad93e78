"""Lanes on which a carrier service is not offered."""

import datetime
from dataclasses import replace

import pytest
from click.testing import CliRunner

from boxwright import Item, Lane, Leg, Order, load_catalog, plan
from boxwright.catalog import load_materials
from boxwright.cli import main
from boxwright.shipping import offered_elsewhere

DAY = datetime.date(2026, 6, 1)


@pytest.mark.parametrize(
    ("region", "origin", "destination", "said"),
    [
        ("US", "CN", "DE", True),
        ("US", "US", "CA", False),  # one end in the region is enough
        ("US", "", "DE", False),
        ("CN-RU", "CN", "RU", False),
        ("CN-RU", "CN", "DE", True),
        ("CN-RU", "", "DE", True),
        ("CN-RU", "", "", False),
        ("CN-GLO", "CN", "DE", False),
        ("CN-GLO", "DE", "CN", True),
        ("GLO", "CN", "DE", False),
        ("Benelux", "CN", "DE", False),
    ],
)
def test_a_lane_elsewhere_gives_a_warning(region, origin, destination, said):
    """A known country outside the region is named with the region; regions of another form are not checked."""
    rule = replace(load_materials().carrier_rule("ups/us-daily", DAY), region=region)
    text = offered_elsewhere(rule, Lane(origin_country=origin, destination_country=destination))
    assert bool(text) == said
    if said:
        assert region in text
        assert destination in text


def test_plans_and_estimates_warn_of_a_service_elsewhere():
    """A plan and an estimate from Shenzhen to Hamburg by a US service warn."""
    order = Order("o", [Item("mug", 1, 120, 100, 110, 350)])
    lane = Lane([Leg("air", 9000)], "CN", "DE", carrier_service="ups/us-daily", ship_date=DAY)
    made = plan(order, load_catalog("eu-stock"), lane=lane)
    (warning,) = [each for each in made.warnings if each.code == "CARRIER_ELSEWHERE"]
    assert "ups/us-daily" in warning.message
    at_home = plan(order, load_catalog("eu-stock"), lane=replace(lane, origin_country="US", destination_country="US"))
    assert "CARRIER_ELSEWHERE" not in [each.code for each in at_home.warnings]
    asked = ["footprint", "estimate", "--net-g", "500", "--outer-mm", "300", "200", "100", "--leg", "air:9000"]
    asked += ["--origin-country", "CN", "--destination-country", "DE", "--carrier-service", "ups/us-daily"]
    assert warning.message in CliRunner().invoke(main, asked).stderr
