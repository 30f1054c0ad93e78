"""Plans read from JSON: what they need, and how each broken rule is named."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from boxwright.domain.factor import Component, Stage
from boxwright.domain.footprint import Allocation, Footprint, FootprintLine
from boxwright.domain.plan import (
    Parcel,
    Placement,
    Plan,
    PlanStatus,
)
from boxwright.domain.price_table import PriceLine, ShippingPrice
from boxwright.domain.started import StartedParcel
from boxwright.errors import InvalidInputError
from boxwright.export import plan_from_dict, plan_to_dict, started_from_list

PLACEMENT = Placement("a", 0, 0, 0, 0, 10_000, 20_000, 30_000)
PLAN = Plan("o", PlanStatus.COMPLETE, (Parcel("box", (PLACEMENT,)),))


def test_a_plan_made_elsewhere_needs_only_its_placements():
    """Box types and placements are enough to read a plan; figures left out count as none."""
    data = {
        "order_id": "o",
        "status": "complete",
        "parcels": [
            {
                "box_type_id": "box",
                "placements": [
                    {
                        "line_id": "a",
                        "unit_index": 0,
                        "x_mm": 0,
                        "y_mm": 0,
                        "z_mm": 0,
                        "orientation": "LWH",
                        "length_mm": 10,
                        "width_mm": 20,
                        "height_mm": 30,
                    }
                ],
            }
        ],
    }
    assert plan_from_dict(data) == PLAN


@pytest.mark.parametrize(
    ("path", "value", "found"),
    [
        (["order_id"], None, "order_id"),
        (["status"], "done", "status"),
        (["parcels"], None, "parcels"),
        (["parcels"], {}, "parcels"),
        (["parcels", 0], 3, "parcels[0]"),
        (["parcels", 0, "box_type_id"], 3, "parcels[0].box_type_id"),
        (["parcels", 0, "colour"], "red", "parcels[0].colour"),
        (["parcels", 0, "outer_mm"], [1, 2], "parcels[0].outer_mm"),
        (["parcels", 0, "outer_mm"], [1, 2, "3"], "parcels[0].outer_mm.height"),
        (["parcels", 0, "goods_volume_mm3"], "much", "parcels[0].goods_volume_mm3"),
        (["parcels", 0, "placements", 0, "x_mm"], "5", "parcels[0].placements[0].x_mm"),
        (["parcels", 0, "placements", 0, "x_mm"], float("nan"), "parcels[0].placements[0].x_mm"),
        (["parcels", 0, "placements", 0, "y_mm"], None, "parcels[0].placements[0].y_mm"),
        (["parcels", 0, "placements", 0, "unit_index"], 0.5, "parcels[0].placements[0].unit_index"),
        (["parcels", 0, "placements", 0, "orientation"], "UP", "parcels[0].placements[0].orientation"),
        (["certificate", "lower_bound"], "0.5", "certificate.lower_bound"),
        (
            ["footprints"],
            [{"profile_id": "p@1", "allocation": "mass", "missing": ["box: paper"]}],
            "footprints[0].missing",
        ),
        (
            ["certificate", "refused_candidates"],
            [{"box_type_id": "b", "proof": "volume", "smallest_change": {"line_id": "a"}}],
            "certificate.refused_candidates[0].smallest_change.change",
        ),
        (
            ["certificate", "refused_candidates"],
            [{"box_type_id": "b", "proof": "volume", "smallest_change": {"line_id": "a", "shorten_mm": [0, 0, -1]}}],
            "certificate.refused_candidates[0].smallest_change.shorten_mm",
        ),
        (
            ["certificate", "refused_candidates"],
            [{"box_type_id": "b", "proof": "volume", "smallest_change": {"line_id": "a", "allow": "UP"}}],
            "certificate.refused_candidates[0].smallest_change.allow",
        ),
        (["certificate", "value"], "much", "certificate.value"),
        (["ship_date"], "31/3/2025", "ship_date"),
        (["warnings"], "none", "warnings"),
        (["warnings"], ["none"], "warnings[0]"),
        (["warnings"], [{"code": "A", "field": "", "text": "a", "count": 0}], "warnings[0].count"),
    ],
)
def test_each_broken_rule_names_its_field(path, value, found):
    """One damage to a plan's JSON gives a violation with the path of the field."""
    data = json.loads(json.dumps(plan_to_dict(PLAN)))
    place = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(InvalidInputError) as caught:
        plan_from_dict(data)
    assert caught.value.violations[0].field == found


@pytest.mark.parametrize("figure", ["total_co2e_mg", "low_co2e_mg", "high_co2e_mg", "biogenic_stored_mg"])
def test_a_stated_sum_of_grams_is_that_of_its_lines(figure):
    """1 kg x 2 kg/kg, 1 to 3: 2,000 g, 1,000 to 3,000; 100 g stored. Two milligrams more, or a text, are refused."""
    line = FootprintLine(
        *(Component.BOX, Stage.PRODUCTION, "board", Decimal(1), "kg", "f", Decimal(2), 2_000_000, "source", True),
        low_kg_per_unit=Decimal(1),
        high_kg_per_unit=Decimal(3),
        biogenic_co2_mg=-100_000,
    )
    plan = replace(PLAN, footprints=(Footprint("p@1", Allocation.MASS, (line,)),))
    data = plan_to_dict(plan)
    assert plan_from_dict(data) == plan
    true = data["footprints"][0][figure]
    for wrong in (true + 2, "much", float("nan"), 10**400):
        data["footprints"][0][figure] = wrong
        with pytest.raises(InvalidInputError, match=rf"^footprints\[0\]\.{figure}: \D*{true}\b"):
            plan_from_dict(data)


def test_a_stated_price_of_carriage_is_that_of_its_lines():
    """Lines of 1,200 and 150 sum to 1,350; another total is refused, as is one beside something missing."""
    price = ShippingPrice("t@1", "near", "CNY", (PriceLine("weight", 1_200), PriceLine("fuel", 150)), ())
    data = plan_to_dict(replace(PLAN, parcels=(replace(PLAN.parcels[0], shipping_price=price),)))
    assert data["parcels"][0]["shipping_price"]["total_minor"] == 1_350
    data["parcels"][0]["shipping_price"]["total_minor"] = 1_351
    with pytest.raises(InvalidInputError, match=r"shipping_price\.total_minor: .*\b1350\b"):
        plan_from_dict(data)
    data["parcels"][0]["shipping_price"] |= {"total_minor": 1_350, "missing": ["surcharge bulky"]}
    with pytest.raises(InvalidInputError, match=r"shipping_price\.total_minor: "):
        plan_from_dict(data)


def test_all_violations_come_at_once():
    """Violations in several places are listed together."""
    data = plan_to_dict(PLAN)
    data["order_id"] = 3
    data["parcels"][0]["net_g"] = "heavy"
    data["parcels"][0]["placements"][0]["z_mm"] = None
    with pytest.raises(InvalidInputError) as caught:
        plan_from_dict(data)
    assert len(caught.value.violations) == 3


def test_begun_parcels_are_read_from_plain_data():
    """Placements are those of a plan; what is wrong is named by its path."""
    placement = plan_to_dict(PLAN)["parcels"][0]["placements"][0]
    started = {"started_parcel_id": "P-7", "box_type_id": "box", "placements": [placement]}
    assert started_from_list([started, {"started_parcel_id": "P-8", "box_type_id": "box"}]) == (
        StartedParcel("P-7", "box", (PLACEMENT,)),
        StartedParcel("P-8", "box"),
    )
    alone = [{"line_id": "a", "quantity": 2}, {"line_id": "a", "unit_index": 2}]
    (named,) = started_from_list([{**started, "placements": alone}])
    assert [(each.line_id, each.unit_index, each.extent_um) for each in named.placements] == [
        ("a", index, (0, 0, 0)) for index in range(3)
    ]
    for broken, field in (({"line_id": "a", "quantity": 0}, "quantity"), ({"unit_index": 1}, "line_id")):
        with pytest.raises(InvalidInputError) as caught:
            started_from_list([{**started, "placements": [broken]}])
        assert [each.field for each in caught.value.violations] == [f"started_parcels[0].placements[0].{field}"]
    with pytest.raises(InvalidInputError) as caught:
        started_from_list([{"box_type_id": " ", "colour": "red", "placements": [{**placement, "x_mm": "0"}]}])
    assert {violation.field for violation in caught.value.violations} == {
        "started_parcels[0].started_parcel_id",
        "started_parcels[0].box_type_id",
        "started_parcels[0].colour",
        "started_parcels[0].placements[0].x_mm",
    }
    with pytest.raises(InvalidInputError, match=r"^started_parcels: "):
        started_from_list({})
