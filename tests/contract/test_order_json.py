"""The JSON of an order: every valid value arrives, and all faults are listed by path."""

import json

import pytest
from google.protobuf import json_format
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright.contract.columns import COLUMNS, read_row, row_of
from boxwright.contract.order import order_of_json
from boxwright.domain.order import (
    UPRIGHT,
    DimensionStatus,
    Fragility,
    Item,
    MaterialMass,
    Order,
    SalesPackaging,
    SoftGoods,
)
from boxwright.domain.property_cap import PropertyAmount
from boxwright.errors import InvalidInputError
from boxwright.v1 import order_pb2
from strategies import orders

EDGES = {"length_mm": 10, "width_mm": 20, "height_mm": 30}
GOOD_LINE = {"line_id": "a", "quantity": 1, "cuboid": {"dimensions": EDGES}, "mass_g": 5}


def read(*lines, **changes):
    """Return the order of lines given as plain data."""
    return order_of_json(json.dumps({"order_id": "o", "lines": lines, **changes}).encode())


def broken(*lines, **changes):
    """Return the violations of lines, as fields and rules."""
    with pytest.raises(InvalidInputError) as caught:
        read(*lines, **changes)
    return {violation.field: violation.rule for violation in caught.value.violations}


FULL = {
    **GOOD_LINE,
    "orientations": ["ORIENTATION_LWH", "ORIENTATION_WLH"],
    "max_load_g": 0,
    "fragility": {"fragility_class": "FRAGILITY_CLASS_FRAGILE", "g_level": 40},
    "article": "mug",
    "dimension_status": "DIMENSION_STATUS_MEASURED",
    "sku": "S-1",
    "description": "Mug",
    "barcode": "4006381333931",
    "picture_uri": "https://shop.example/mug.jpg",
    "special_handling": ["SPECIAL_HANDLING_LIQUID", "SPECIAL_HANDLING_LITHIUM_ALONE"],
    "keep_together_group": "set",
    "keep_apart_group": "food",
    "ships_in_own_container": True,
    "property_amounts": [{"property": "lithium_wh", "amount": 20.5}, {"property": "liquid_ml", "amount": 0}],
    "sales_packaging": {
        "cushion_mm": 1.5,
        "cushion_material": "materials/eps",
        "materials": [{"material": "materials/eps", "mass_g": 2}],
    },
}
SOFT = {
    **{name: value for name, value in GOOD_LINE.items() if name != "cuboid"},
    "soft_goods": {"dimensions": EDGES, "min_thickness_mm": 7.5, "max_folds": 2},
}
ITEM = Item(
    "a",
    1,
    10,
    20,
    30,
    5,
    UPRIGHT,
    max_load_g=0,
    fragility=Fragility("fragile", 40),
    article="mug",
    dimension_status=DimensionStatus.MEASURED,
    sku="S-1",
    description="Mug",
    barcode="4006381333931",
    picture_uri="https://shop.example/mug.jpg",
    special_handling=["liquid", "lithium_alone"],
    keep_together_group="set",
    keep_apart_group="food",
    ships_in_own_container=True,
    property_amounts=[PropertyAmount("lithium_wh", 20.5), PropertyAmount("liquid_ml", 0)],
    sales_packaging=SalesPackaging(1.5, "eps", [MaterialMass("eps", 2)]),
)
SOFT_ITEM = Item("a", 1, 10, 20, 30, 5, soft_goods=SoftGoods(7.5, 2))


@pytest.mark.parametrize(("line", "item"), [(FULL, ITEM), (SOFT, SOFT_ITEM)])
def test_every_field_reaches_the_order(line, item):
    """A line with all fields becomes the item that they describe; keys may be in camel or snake case."""
    assert read(line) == Order("o", (item,))
    message = json_format.ParseDict({"order_id": "o", "lines": [line]}, order_pb2.Order())
    assert order_of_json(json_format.MessageToJson(message).encode()) == Order("o", (item,))


def test_each_field_of_a_line_is_in_one_of_these_tests():
    """Each field of the contract is read, from JSON and from columns."""
    paths = {".".join(column.path) for column in COLUMNS.values()}
    assert {name for line in (FULL, SOFT) for name in _paths(line)} >= paths


def _paths(line, above=""):
    for name, value in line.items():
        yield above + name
        if isinstance(value, dict):
            yield from _paths(value, f"{above}{name}.")


@settings(max_examples=30)
@given(orders(fragile=True))
def test_every_line_is_read_from_the_row_that_is_written(order):
    """The cells of a row equal the line from which they are written."""
    assert tuple(read_row(row_of(line)) for line in order.lines) == order.lines


def test_faults_of_form_and_of_rules_are_listed_together():
    """Each field with a wrong type, key or value is named once, by its path in the contract."""
    lines = [
        {**GOOD_LINE, "mass_g": -1, "cuboid": {"dimensions": {**EDGES, "length_mm": "12 mm"}}},
        3,
        {**GOOD_LINE, "line_id": "c", "colour": "red", "fragility": {"fragility_class": "glass"}},
        {**GOOD_LINE, "line_id": "d", "cuboid": {"dimensions": {**EDGES, "width_mm": 0}}},
    ]
    assert set(broken(*lines, order_id=None)) == {
        "lines[0].cuboid.dimensions.length_mm",
        "lines[0].mass_g",
        "lines[1]",
        "lines[2].colour",
        "lines[2].fragility.fragility_class",
        "lines[3].cuboid.dimensions.width_mm",
        "order_id",
    }


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["order_id", "lines", "line_id", "quantity", "cuboid", "x"]), inner)
    ),
    max_leaves=12,
)


@settings(max_examples=40)
@given(plain | st.fixed_dictionaries({"order_id": plain, "lines": st.lists(plain, max_size=2)}))
def test_any_data_is_an_order_or_a_list_of_violations(data):
    """Any JSON gives an order or a list of violations, never another error."""
    try:
        found = order_of_json(json.dumps(data).encode()).lines
    except InvalidInputError as error:
        found = error.violations
    assert found


@pytest.mark.parametrize("text", ['{"a": 1, "a": 2}', '{"a": 1', "[" * 200_000, "[]", '{"order_id": NaN}', "\xff"])
def test_json_that_hides_something_is_refused(text):
    """Keys that repeat, broken text and endless nesting are violations."""
    with pytest.raises(InvalidInputError):
        order_of_json(text.encode("latin-1"))


@pytest.mark.parametrize("name", ["sku", "description", "barcode"])
@pytest.mark.parametrize("text", ["a\r\nINFO forged", "x" * 201, " ", 7])
def test_texts_for_people_and_scanners_are_checked(name: str, text: object) -> None:
    """Line breaks would forge lines of a log, so each of the three fields is checked."""
    assert list(broken({**GOOD_LINE, name: text})) == [f"lines[0].{name}"]
