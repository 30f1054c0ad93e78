"""Plain data becomes an order, or every broken rule with its path."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright.domain.order import UPRIGHT, DimensionStatus, Fragility, Item, Order
from boxwright.domain.property_cap import PropertyAmount
from boxwright.domain.sales_packaging import MaterialMass, SalesPackaging
from boxwright.domain.soft_goods import SoftGoods
from boxwright.errors import InvalidInputError
from boxwright.orders import order_from_dict
from boxwright.orders.json_text import parse_json

GOOD_LINE = {"line_id": "a", "quantity": 1, "length_mm": 10, "width_mm": 20, "height_mm": 30, "mass_g": 5}


def order_with(line):
    """Return an order of one line."""
    return {"order_id": "o", "lines": [line]}


def broken(data):
    """Return the fields of the rules that data breaks."""
    with pytest.raises(InvalidInputError) as caught:
        order_from_dict(data)
    return [violation.field for violation in caught.value.violations]


def test_every_field_reaches_the_order():
    """A line that uses all fields comes out as the item that they describe."""
    line = {
        **GOOD_LINE,
        "orientations": ["LWH", "WLH"],
        "max_load_g": 0,
        "fragility": {"fragility_class": "fragile", "g_level": 40},
        "article": "mug",
        "dimension_status": "measured",
        "sku": "S-1",
        "description": "Mug",
        "barcode": "4006381333931",
        "keep_together_group": "set",
        "keep_apart_group": "food",
        "ships_in_own_container": True,
        "property_amounts": {"lithium_wh": 20.5, "liquid_ml": 0},
        "sales_packaging": {"cushion_mm": 1.5, "cushion_material_id": "eps", "materials": {"eps": 2}},
    }
    item = Item(
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
        keep_together_group="set",
        keep_apart_group="food",
        ships_in_own_container=True,
        property_amounts=[PropertyAmount("lithium_wh", 20.5), PropertyAmount("liquid_ml", 0)],
        sales_packaging=SalesPackaging(1.5, "eps", [MaterialMass("eps", 2)]),
    )
    assert order_from_dict(order_with(line)) == Order("o", (item,))


def test_soft_goods_reach_the_order():
    """A line with a least thickness and folds comes out soft, and so does one with neither but the object itself."""
    item = order_from_dict(order_with({**GOOD_LINE, "soft_goods": {"min_thickness_mm": 7.5, "max_folds": 2}})).lines[0]
    assert item.soft_goods == SoftGoods(7.5, 2)
    assert (
        order_from_dict(order_with({**GOOD_LINE, "soft_goods": {"max_folds": None}})).lines[0].soft_goods == SoftGoods()
    )


def test_null_is_an_absent_field():
    """A null optional field is the same as one that is left out."""
    nulls = dict.fromkeys(("orientations", "max_load_g", "fragility", "sku", "dimension_status"))
    assert order_from_dict(order_with({**GOOD_LINE, **nulls})) == order_from_dict(order_with(GOOD_LINE))


def test_all_violations_come_at_once():
    """Violations of several lines and of the order itself are listed together, each with its path."""
    data = {
        "lines": [
            {**GOOD_LINE, "mass_g": -1, "length_mm": "12 mm"},
            GOOD_LINE,
            {**GOOD_LINE, "line_id": "c", "colour": "red", "fragility": {"fragility_class": "glass"}},
        ]
    }
    assert broken(data) == [
        "order_id",
        "lines[0].length_mm",
        "lines[0].mass_g",
        "lines[2].colour",
        "lines[2].fragility.fragility_class",
    ]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"length_mm": "300"}, "lines[0].length_mm"),
        ({"mass_g": float("nan")}, "lines[0].mass_g"),
        ({"width_mm": float("inf")}, "lines[0].width_mm"),
        ({"height_mm": 10**400}, "lines[0].height_mm"),
        ({"quantity": 10**400}, "lines[0].quantity"),
        ({"quantity": 1.5}, "lines[0].quantity"),
        ({"quantity": True}, "lines[0].quantity"),
        ({"quantity": None}, "lines[0].quantity"),
        ({"mass_g": None}, "lines[0].mass_g"),
        ({"line_id": 7}, "lines[0].line_id"),
        ({"line_id": " "}, "lines[0].line_id"),
        ({"sku": ["x"]}, "lines[0].sku"),
        ({"description": "x" * 201}, "lines[0].description"),
        ({"sku": "\ud800"}, "lines[0].sku"),
        ({"orientations": "LWH"}, "lines[0].orientations"),
        ({"orientations": ["LWH", "UP"]}, "lines[0].orientations[1]"),
        ({"orientations": []}, "lines[0].orientations"),
        ({"fragility": "fragile"}, "lines[0].fragility"),
        ({"fragility": {}}, "lines[0].fragility"),
        ({"fragility": {"fragility_class": "very_delicate"}}, "lines[0].fragility.fragility_class"),
        ({"fragility": {"fragility_class": "rugged", "g_level": 200}}, "lines[0].fragility.fragility_class"),
        ({"fragility": {"fragility_class": "easy", "g_level": 0}}, "lines[0].fragility.g_level"),
        ({"article": 7}, "lines[0].article"),
        ({"article": " "}, "lines[0].article"),
        ({"fragility": {"g_level": True}}, "lines[0].fragility.g_level"),
        ({"fragility": {"g": 4}}, "lines[0].fragility.g"),
        ({"soft_goods": True}, "lines[0].soft_goods"),
        ({"soft_goods": {"folds": 1}}, "lines[0].soft_goods.folds"),
        ({"soft_goods": {"max_folds": "2"}}, "lines[0].soft_goods.max_folds"),
        ({"soft_goods": {"min_thickness_mm": -1}}, "lines[0].soft_goods.min_thickness_mm"),
        ({"soft_goods": {"min_thickness_mm": 30.5}}, "lines[0].soft_goods.min_thickness_mm"),
        ({"soft_goods": {}, "fragility": {"g_level": 40}}, "lines[0].fragility"),
        ({"keep_together_group": 3}, "lines[0].keep_together_group"),
        ({"keep_apart_group": " "}, "lines[0].keep_apart_group"),
        ({"ships_in_own_container": "true"}, "lines[0].ships_in_own_container"),
        ({"ships_in_own_container": 1}, "lines[0].ships_in_own_container"),
        ({"property_amounts": "wh"}, "lines[0].property_amounts"),
        ({"property_amounts": {"wh": "1"}}, "lines[0].property_amounts.wh"),
        ({"property_amounts": {"wh": 10**400}}, "lines[0].property_amounts.wh"),
        ({"property_amounts": {"": 1}}, "lines[0].property_amounts"),
        ({"sales_packaging": 3}, "lines[0].sales_packaging"),
        ({"sales_packaging": {"foam": 3}}, "lines[0].sales_packaging.foam"),
        ({"sales_packaging": {"cushion_mm": "3"}}, "lines[0].sales_packaging.cushion_mm"),
        ({"sales_packaging": {"cushion_mm": 1e4}}, "lines[0].sales_packaging.cushion_mm"),
        ({"sales_packaging": {"cushion_mm": 5}}, "lines[0].sales_packaging.cushion_mm"),
        ({"sales_packaging": {"cushion_material_id": 3}}, "lines[0].sales_packaging.cushion_material_id"),
        ({"sales_packaging": {"materials": ["eps"]}}, "lines[0].sales_packaging.materials"),
        ({"sales_packaging": {"materials": {"eps": -1}}}, "lines[0].sales_packaging.materials.eps"),
        ({"soft_goods": {}, "sales_packaging": {"cushion_mm": 1}}, "lines[0].sales_packaging.cushion_mm"),
        ({"dimension_status": "guessed"}, "lines[0].dimension_status"),
    ],
)
def test_each_broken_rule_names_its_field(change, field):
    """One broken rule gives one violation, with the path of the field."""
    assert broken(order_with({**GOOD_LINE, **change})) == [field]


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ([], "order"),
        (None, "order"),
        ({"order_id": "o"}, "lines"),
        ({"order_id": "o", "lines": {}}, "lines"),
        ({"order_id": "o", "lines": []}, "lines"),
        ({"order_id": "o", "lines": [3]}, "lines[0]"),
        ({"order_id": "o", "lines": [GOOD_LINE], "id": 1}, "id"),
        ({"order_id": "o", "lines": [GOOD_LINE], "LineS": 1}, "LineS"),
        ({"order_id": "o", "lines": [{**GOOD_LINE, "massG": 1}]}, "lines[0].massG"),
        ({"order_id": "o", "lines": [{**GOOD_LINE, "cuboid": {}}]}, "lines[0].cuboid"),
        ({"order_id": "o", "lines": [GOOD_LINE, GOOD_LINE]}, "lines[1].line_id"),
    ],
)
def test_what_is_no_order_is_refused(data, found):
    """Data of another shape is one violation."""
    assert broken(data) == [found]


def test_edges_of_a_missing_line_may_be_left_out():
    """A line whose dimensions are missing needs none, and keeps its status."""
    line = {"line_id": "a", "quantity": 2, "mass_g": 5, "dimension_status": "missing"}
    assert order_from_dict(order_with(line)).lines[0].dimension_status is DimensionStatus.MISSING


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["order_id", "lines", "line_id", "quantity", "length_mm", "fragility", "x"]),
            inner,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=40)
@given(plain | st.fixed_dictionaries({"order_id": plain, "lines": st.lists(plain, max_size=2)}))
def test_any_data_is_an_order_or_a_list_of_violations(data):
    """No plain data makes the reader fail in another way than by listing violations."""
    try:
        found = order_from_dict(data).lines
    except InvalidInputError as error:
        found = error.violations
    assert found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a": 1, "a": 2}', "a"),
        ('{"a": 1', "json"),
        ("[" * 200_000, "json"),
    ],
)
def test_json_that_hides_something_is_refused(text, found):
    """Keys that repeat, broken text and endless nesting are violations."""
    with pytest.raises(InvalidInputError) as caught:
        parse_json(text)
    assert [each.field for each in caught.value.violations] == [found]


def test_a_number_of_many_digits_is_no_work():
    """A whole number of a million digits is read as a float, which every field refuses."""
    assert parse_json("1" * 1_000_000) == float("inf")


@pytest.mark.parametrize("number", [0, -1, 2**53 + 1, 10**17 - 1, -(10**17) + 1])
def test_json_whole_numbers_stay_whole(number):
    """A whole number that any field can hold is read exactly."""
    assert parse_json(json.dumps(number)) == number


def test_a_large_number_is_told_as_it_is():
    """A rule quotes the number that was given, not a stand-in."""
    with pytest.raises(InvalidInputError, match="2e"):
        order_from_dict(order_with({**GOOD_LINE, "width_mm": 2 * 10**18}))


def test_repeated_keys_of_a_large_object_are_found_in_one_pass():
    """The time to find the keys that repeat grows with their number, not with its square."""
    text = "{" + ",".join(f'"{index}": 0' for index in range(100_000)) + ', "7": 0}'
    begun = time.process_time()
    with pytest.raises(InvalidInputError) as caught:
        parse_json(text)
    assert time.process_time() - begun < 5
    assert [violation.field for violation in caught.value.violations] == ["7"]


@pytest.mark.parametrize("name", ["sku", "description", "barcode"])
@pytest.mark.parametrize(
    "text",
    [
        "a\r\nINFO forged",
        "x" * 201,
        " ",
        7,
    ],
)
def test_texts_for_people_and_scanners_are_checked(name: str, text: object) -> None:
    """Line breaks would forge lines of a log; each field of the three is checked and named."""
    with pytest.raises(InvalidInputError) as caught:
        order_from_dict(order_with({**GOOD_LINE, name: text}))
    assert [each.field for each in caught.value.violations] == [f"lines[0].{name}"]
