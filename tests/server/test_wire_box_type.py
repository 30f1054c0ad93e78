"""Box types and catalogs from messages and back: prices by quantity and property caps."""

import pytest
from google.protobuf import json_format

from boxwright.catalog import load_materials
from boxwright.domain.box import Catalog
from boxwright.domain.compartments import Compartments
from boxwright.domain.price import PriceTier
from boxwright.domain.property_cap import PropertyCap
from boxwright.domain.reuse import Reuse
from boxwright.errors import InvalidInputError
from boxwright.findings import Findings
from boxwright.server.wire.catalog import catalog_to_wire, read_catalog
from boxwright.v1 import catalog_pb2

EUR = {"currency_code": "EUR", "units": 1, "nanos": 500_000_000}
BOX = {
    "box_type_id": "b",
    "style": "BOX_STYLE_RSC_0201",
    "inner": {"length_mm": 100, "width_mm": 100, "height_mm": 100},
    "tare_g": 50,
}


def read(**fields: object) -> Catalog:
    """Return the catalog of one box type with more fields."""
    data = {"catalog_id": "c", "purchase_quantity": 200, "box_types": [{**BOX, **fields}]}
    found = Findings()
    catalog = read_catalog(json_format.ParseDict(data, catalog_pb2.Catalog()), load_materials(), found)
    found.raise_any()
    assert catalog is not None
    return catalog


def test_reuse_arrives_and_comes_back() -> None:
    """Trips, idle stock, way back and washing are what a list of the catalog shows."""
    reuse = {"trips": 40, "idle_share": 0.1, "return_distance_km": 120.5, "washing_factor_id": "wash-tote"}
    catalog = read(reuse=reuse)
    (box,) = catalog.box_types
    assert box.reuse == Reuse(0.1, "wash-tote", 120.5)
    again = read_catalog(catalog_to_wire(catalog, load_materials(), loaded=False), load_materials(), Findings())
    assert again is not None
    assert again.box_types == catalog.box_types


def test_compartments_arrive_and_come_back() -> None:
    """Columns, rows and height are what a list of the catalog shows, to the um."""
    catalog = read(compartments={"columns_mm": [40, 45.5], "rows_mm": [90.001], "height_mm": 95})
    (box,) = catalog.box_types
    assert box.compartments == Compartments([40, 45.5], [90.001], 95)
    again = read_catalog(catalog_to_wire(catalog, load_materials(), loaded=False), load_materials(), Findings())
    assert again is not None
    assert again.box_types == catalog.box_types


@pytest.mark.parametrize(
    ("grid", "field"),
    [
        ({}, "columns_mm"),
        ({"columns_mm": [40, -1], "rows_mm": [90], "height_mm": 95}, "columns_mm[1]"),
        ({"columns_mm": [40, 61], "rows_mm": [90], "height_mm": 95}, "columns_mm"),
        ({"columns_mm": [1] * 101, "rows_mm": [90], "height_mm": 95}, "columns_mm"),
        ({"columns_mm": [40], "rows_mm": [90]}, "height_mm"),
    ],
)
def test_broken_compartments_are_named_by_their_path(grid: dict[str, object], field: str) -> None:
    """Each rule is an error at the path that the caller wrote."""
    with pytest.raises(InvalidInputError) as caught:
        read(compartments=grid)
    assert f"box_types[0].compartments.{field}" in [each.field for each in caught.value.violations]


@pytest.mark.parametrize(("field", "value"), [("idle_share", -1), ("return_distance_km", 50_001), ("trips", 0)])
def test_broken_reuse_is_named_by_its_path(field: str, value: float) -> None:
    """Each rule is told at the path that the caller wrote."""
    with pytest.raises(InvalidInputError) as caught:
        read(reuse={"trips": 2, field: value})
    assert [each.field for each in caught.value.violations] == [f"box_types[0].reuse.{field}"]


def test_tiers_and_caps_arrive_and_come_back() -> None:
    """What is sent is what a list of the catalog shows, to the cent and the millionth."""
    sent = {
        "price": EUR,
        "price_tiers": [{"min_quantity": 100, "price": {"currency_code": "EUR", "nanos": 750_000_000}}],
        "minimum_order_quantity": 25,
        "property_caps": [{"property": "lithium_wh", "max_amount": 99.5}],
        "tare_g": 150,
        "tare_weighed": True,
        "reuse": {"trips": 20, "trips_counted": True},
    }
    catalog = read(**sent)
    (box,) = catalog.box_types
    assert (box.tare_weighed, box.trips_counted) == (True, True)
    assert box.price_tiers == (PriceTier(100, 75),)
    assert box.minimum_order_quantity == 25
    assert box.property_caps == (PropertyCap("lithium_wh", 99.5),)
    assert catalog.price_minor(box) == 75
    shown = catalog_to_wire(catalog, load_materials(), loaded=False)
    assert shown.purchase_quantity == 200
    again = read_catalog(shown, load_materials(), Findings())
    assert again is not None
    assert again.box_types == catalog.box_types


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"price_tiers": [{"min_quantity": 9}]}, "box_types[0].price_tiers[0].price: is required"),
        ({"price_tiers": [{"price": EUR}]}, "box_types[0].price_tiers[0].min_quantity: must be a whole number of 1"),
        (
            {"price": EUR, "price_tiers": [{"min_quantity": 9, "price": {"currency_code": "USD"}}]},
            "box_types[0].price_tiers[0].price.currency_code: must be 'EUR' as in the rest of the request, got 'USD'",
        ),
        (
            {"price_tiers": [{"min_quantity": 9, "price": EUR}, {"min_quantity": 8, "price": EUR}]},
            "box_types[0].price_tiers[1].min_quantity: must be above 9",
        ),
        ({"minimum_order_quantity": -1}, "box_types[0].minimum_order_quantity: must be a whole number of 0 or more"),
        ({"property_caps": [{"property": "x"}]}, "box_types[0].property_caps[0].max_amount: is required"),
        (
            {"property_caps": [{"property": "x", "max_amount": 1}, {"property": "x", "max_amount": 2}]},
            "box_types[0].property_caps[1].property: must not repeat, 'x' does",
        ),
    ],
)
def test_broken_tiers_and_caps_are_named(fields: dict[str, object], fault: str) -> None:
    """Each broken rule has the path of its field in the message."""
    with pytest.raises(InvalidInputError) as caught:
        read(**fields)
    assert fault in str(caught.value)
