"""Box types and catalogs from messages and back: prices by quantity and property caps."""

from collections.abc import Callable

import pytest
from google.protobuf import json_format

from boxwright.catalog import catalog_names, load_catalog, load_catalog_text, load_materials
from boxwright.contract.catalog import catalog_to_wire, read_catalog
from boxwright.contract.json import from_json, to_json
from boxwright.domain.box import Catalog, PriceTier
from boxwright.domain.compartments import Compartments
from boxwright.domain.footprint import Reuse
from boxwright.domain.property_cap import PropertyCap
from boxwright.errors import InvalidInputError
from boxwright.findings import Findings
from boxwright.v1 import box_type_pb2, catalog_pb2

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


def test_prices_and_caps_come_back_unchanged() -> None:
    """Values are exact to the cent, the um and the millionth."""
    catalog = read(
        price=EUR,
        price_tiers=[{"min_quantity": 100, "price": {"currency_code": "EUR", "nanos": 750_000_000}}],
        minimum_order_quantity=25,
        property_caps=[{"property": "lithium_wh", "max_amount": 99.5}],
        tare_weighed=True,
        reuse={"trips": 40, "trips_counted": True, "idle_share": 0.1, "return_distance_km": 120.5},
        compartments={"columns_mm": [40, 45.5], "rows_mm": [90.001], "height_mm": 95},
    )
    (box,) = catalog.box_types
    assert (box.price_tiers, box.minimum_order_quantity, catalog.price_minor(box)) == ((PriceTier(100, 75),), 25, 75)
    assert (box.tare_weighed, box.trips, box.trips_counted) == (True, 40, True)
    assert (box.reuse, box.property_caps) == (Reuse(0.1, "", 120.5), (PropertyCap("lithium_wh", 99.5),))
    assert box.compartments == Compartments([40, 45.5], [90.001], 95)
    again = sent_back(catalog, lambda box: None)
    assert (again.box_types, again.purchase_quantity) == (catalog.box_types, 200)


def sent_back(catalog: Catalog, change: Callable[[box_type_pb2.BoxType], object]) -> Catalog:
    """Return the catalog read from the message of a catalog whose first box type is changed."""
    message = catalog_to_wire(catalog, load_materials(), loaded=False)
    change(message.box_types[0])
    found = Findings()
    again = read_catalog(message, load_materials(), found)
    found.raise_any()
    assert again is not None
    return again


STATED = """
catalog_id = "stated"
currency = "EUR"
dunnage = [{dunnage_id = "own", kind = "void_fill", density_kg_per_m3 = 10.50, year = "2025", price_per_kg_minor = 120}]
[[box_types]]
box_type_id = "repeats its board"
inner_length_mm = 300
inner_width_mm = 200
inner_height_mm = 150
board_id = "c-flute"
flute = "C"
caliper_mm = 4
edge_crush_kn_per_m = 7
price_minor = 40
read_in_source = false
source_grade = "memory"
"""


@pytest.mark.parametrize("name", [*catalog_names(), "stated"])
def test_a_catalog_in_json_keeps_its_hash(name: str) -> None:
    """The hash equals that of the file, so JSON proves which catalog was used."""
    catalog = load_catalog_text(STATED, materials=load_materials()) if name == "stated" else load_catalog(name)
    data = to_json(catalog_to_wire(catalog, load_materials(), loaded=True), catalog_pb2.Catalog)
    found = Findings()
    again = read_catalog(from_json(data, catalog_pb2.Catalog), load_materials(), found)
    found.raise_any()
    assert again is not None
    assert (again, again.content_hash) == (catalog, catalog.content_hash)


BOARD = {"board": {"board_id": "bc-flute"}}
OF_BOARD = {**BOARD, "tare_g": None}


@pytest.mark.parametrize(
    ("fields", "derived"),
    [
        ({}, ["outer"]),
        ({"outer": {"length_mm": 110, "width_mm": 110, "height_mm": 120}}, []),
        (OF_BOARD, ["outer", "tare_g"]),
        (BOARD, ["outer"]),
        (OF_BOARD | {"style": "BOX_STYLE_MAILER_0427"}, ["outer", "tare_g", "blank_g"]),
        (
            OF_BOARD
            | {"published_size": "PUBLISHED_SIZE_OUTER"}
            | {"outer": {"length_mm": 113.2, "width_mm": 113.2, "height_mm": 126.4}},
            ["inner", "tare_g"],
        ),
        (OF_BOARD | {"outer": {"length_mm": 114, "width_mm": 114, "height_mm": 127}}, ["tare_g"]),
    ],
)
def test_an_answer_names_what_is_derived_and_it_stays_so(fields: dict[str, object], derived: list[str]) -> None:
    """A catalog that is read and sent back is equal, also in its warnings."""
    catalog = read(**fields)
    (message,) = catalog_to_wire(catalog, load_materials(), loaded=False).box_types
    assert list(message.derived) == derived
    again = sent_back(catalog, lambda box: None)
    assert again.box_types == catalog.box_types
    assert [box.outer_assumed for box in again.box_types] == [box.outer_assumed for box in catalog.box_types]


def test_a_size_that_changes_without_what_follows_from_it_is_refused() -> None:
    """A change without the derived fields is an error, since the box would have the outer size and mass of another."""
    catalog = read(**OF_BOARD)
    with pytest.raises(InvalidInputError) as refused:
        sent_back(catalog, lambda box: setattr(box.inner, "height_mm", 120))
    outer, tare = refused.value.violations
    assert (outer.field, tare.field) == ("box_types[0].outer", "box_types[0].tare_g")
    assert "146.4" in outer.rule
    assert "76.933" in tare.rule


def test_what_is_derived_follows_a_change_where_it_is_unset() -> None:
    """The values are derived as for a new box."""

    def change(box: box_type_pb2.BoxType) -> None:
        box.inner.height_mm = 120
        for field in ("outer", "tare_g"):
            box.ClearField(field)

    changed = sent_back(read(**OF_BOARD), change)
    assert changed == read(**OF_BOARD | {"inner": {"length_mm": 100, "width_mm": 100, "height_mm": 120}})


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"derived": ["weight"]}, "derived[0]"),
        ({"derived": ["inner", "outer"], "outer": BOX["inner"]}, "derived"),
        ({"derived": ["tare_g"], "tare_g": 50}, "tare_g"),
        (OF_BOARD | {"derived": ["tare_g", "tare_g"]}, "derived[1]"),
        (OF_BOARD | {"derived": ["tare_g"], "tare_g": 1e308}, "tare_g"),
        (OF_BOARD | {"derived": ["blank_g"], "blank_g": "NaN"}, "blank_g"),
    ],
)
def test_a_value_that_does_not_follow_is_refused(fields: dict[str, object], field: str) -> None:
    """The error names the field that does not follow from the others or is impossible."""
    with pytest.raises(InvalidInputError) as refused:
        read(**fields)
    assert [violation.field for violation in refused.value.violations] == [f"box_types[0].{field}"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"compartments": {}}, "compartments.columns_mm"),
        ({"compartments": {"columns_mm": [40, 61], "rows_mm": [90], "height_mm": 95}}, "compartments.columns_mm"),
        ({"compartments": {"columns_mm": [40], "rows_mm": [90]}}, "compartments.height_mm"),
        ({"reuse": {"trips": 0}}, "reuse.trips"),
        ({"reuse": {"trips": 2, "idle_share": -1}}, "reuse.idle_share"),
        ({"price_tiers": [{"min_quantity": 9}]}, "price_tiers[0].price"),
        ({"price_tiers": [{"price": EUR}]}, "price_tiers[0].min_quantity"),
        (
            {"price": EUR, "price_tiers": [{"min_quantity": 9, "price": {"currency_code": "USD"}}]},
            "price_tiers[0].price.currency_code",
        ),
        (
            {
                "price": {"currency_code": "RMB"},
                "price_tiers": [{"min_quantity": 9, "price": EUR}, {"min_quantity": 10, "price": EUR}],
            },
            "price.currency_code",
        ),
        ({"property_caps": [{"property": "x"}]}, "property_caps[0].max_amount"),
        (
            {"property_caps": [{"property": "x", "max_amount": 1}, {"property": "x", "max_amount": 2}]},
            "property_caps[1].property",
        ),
    ],
)
def test_each_fault_has_its_path(fields: dict[str, object], field: str) -> None:
    """Each broken rule has the path of its field in the message."""
    with pytest.raises(InvalidInputError) as caught:
        read(**fields)
    assert f"box_types[0].{field}" in [fault.field for fault in caught.value.violations]
