"""Plain data becomes an order, or every broken rule with its path."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwright.domain.order import UPRIGHT, DimensionStatus, Fragility, Item, Order
from boxwright.domain.property_cap import PropertyAmount
from boxwright.domain.sales_packaging import MaterialMass, SalesPackaging
from boxwright.domain.soft_goods import SoftGoods
from boxwright.errors import InvalidInputError
from boxwright.orders import order_from_dict
from boxwright.orders.json_text import parse_json

GOOD_LINE = {"line_id": "a", "quantity": 1, "length_mm": 10, "width_mm": 20, "height_mm": 30, "mass_g": 5}


SIZES = "requests to a server state sizes so; here length_mm, width_mm and height_mm stand in the line"


def order_with(line):
    """Return an order of one line."""
    return {"order_id": "o", "lines": [line]}


def violations(data):
    """Return the violations of data as text."""
    with pytest.raises(InvalidInputError) as caught:
        order_from_dict(data)
    return [str(violation) for violation in caught.value.violations]


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
    fields = [text.split(":")[0] for text in violations(data)]
    assert fields == [
        "order_id",
        "lines[0].length_mm",
        "lines[0].mass_g",
        "lines[2].colour",
        "lines[2].fragility.fragility_class",
    ]


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"length_mm": "300"}, "lines[0].length_mm", "must be a number of mm, got '300'"),
        ({"mass_g": float("nan")}, "lines[0].mass_g", "must be finite, got nan"),
        ({"width_mm": float("inf")}, "lines[0].width_mm", "must be finite, got inf"),
        ({"height_mm": 10**400}, "lines[0].height_mm", "must be finite"),
        ({"quantity": 10**400}, "lines[0].quantity", "must be a whole number"),
        ({"quantity": 1.5}, "lines[0].quantity", "must be a whole number of 1 or more, got 1.5"),
        ({"quantity": True}, "lines[0].quantity", "must be a whole number of 1 or more, got True"),
        ({"quantity": None}, "lines[0].quantity", "is required"),
        ({"mass_g": None}, "lines[0].mass_g", "is required"),
        ({"line_id": 7}, "lines[0].line_id", "must be a text, got the number 7"),
        ({"line_id": " "}, "lines[0].line_id", "must be a non-empty text"),
        ({"sku": ["x"]}, "lines[0].sku", "must be a text, got a list"),
        ({"description": "x" * 201}, "lines[0].description", "must have at most 200 characters, got 201"),
        ({"sku": "\ud800"}, "lines[0].sku", "must be valid Unicode"),
        ({"orientations": "LWH"}, "lines[0].orientations", "must be a sequence"),
        ({"orientations": ["LWH", "UP"]}, "lines[0].orientations[1]", "must be one of LWH"),
        ({"orientations": []}, "lines[0].orientations", "must allow at least one"),
        ({"fragility": "fragile"}, "lines[0].fragility", "must be an object, got the text 'fragile'"),
        ({"fragility": {}}, "lines[0].fragility", "must give a class, a G-level, or both"),
        (
            {"fragility": {"fragility_class": "very_delicate"}},
            "lines[0].fragility.fragility_class",
            "must be 'fragile' now, got 'very_delicate'",
        ),
        (
            {"fragility": {"fragility_class": "rugged", "g_level": 200}},
            "lines[0].fragility.fragility_class",
            "must be 'easy' now, got 'rugged'",
        ),
        ({"fragility": {"fragility_class": "easy", "g_level": 0}}, "lines[0].fragility.g_level", "must be from 1 to"),
        ({"article": 7}, "lines[0].article", "must be a text, got the number 7"),
        ({"article": " "}, "lines[0].article", "must not be blank"),
        ({"fragility": {"g_level": True}}, "lines[0].fragility.g_level", "must be a number"),
        ({"fragility": {"g": 4}}, "lines[0].fragility.g", "is not a field of a fragility"),
        ({"soft_goods": True}, "lines[0].soft_goods", "must be an object, got true or false"),
        ({"soft_goods": {"folds": 1}}, "lines[0].soft_goods.folds", "is not a field of soft goods"),
        (
            {"soft_goods": {"max_folds": "2"}},
            "lines[0].soft_goods.max_folds",
            "must be a whole number from 0 to 6, got '2'",
        ),
        ({"soft_goods": {"min_thickness_mm": -1}}, "lines[0].soft_goods.min_thickness_mm", "must be"),
        (
            {"soft_goods": {"min_thickness_mm": 30.5}},
            "lines[0].soft_goods.min_thickness_mm",
            "must be at most the height at rest",
        ),
        (
            {"soft_goods": {}, "fragility": {"g_level": 40}},
            "lines[0].fragility",
            "must be absent for soft goods",
        ),
        ({"keep_together_group": 3}, "lines[0].keep_together_group", "must be a text, got the number 3"),
        ({"keep_apart_group": " "}, "lines[0].keep_apart_group", "must not be blank"),
        ({"ships_in_own_container": "true"}, "lines[0].ships_in_own_container", "must be true or false, got 'true'"),
        ({"ships_in_own_container": 1}, "lines[0].ships_in_own_container", "must be true or false, got 1"),
        ({"property_amounts": "wh"}, "lines[0].property_amounts", "must give numbers by property (in CSV as"),
        ({"property_amounts": {"wh": "1"}}, "lines[0].property_amounts.wh", "must be a number, got '1'"),
        ({"property_amounts": {"wh": 10**400}}, "lines[0].property_amounts.wh", "must be finite"),
        ({"property_amounts": {"": 1}}, "lines[0].property_amounts", "must be a non-empty text"),
        ({"sales_packaging": 3}, "lines[0].sales_packaging", "must be an object, got the number 3"),
        ({"sales_packaging": {"foam": 3}}, "lines[0].sales_packaging.foam", "is not a field of a sales packaging"),
        ({"sales_packaging": {"cushion_mm": "3"}}, "lines[0].sales_packaging.cushion_mm", "must be a number of mm"),
        ({"sales_packaging": {"cushion_mm": 1e4}}, "lines[0].sales_packaging.cushion_mm", "must be at most 1,000 mm"),
        ({"sales_packaging": {"cushion_mm": 5}}, "lines[0].sales_packaging.cushion_mm", "must be less than half"),
        ({"sales_packaging": {"cushion_material_id": 3}}, "lines[0].sales_packaging.cushion_material_id", "must be"),
        ({"sales_packaging": {"materials": ["eps"]}}, "lines[0].sales_packaging.materials", "must give g by material"),
        ({"sales_packaging": {"materials": {"eps": -1}}}, "lines[0].sales_packaging.materials.eps", "must be greater"),
        (
            {"soft_goods": {}, "sales_packaging": {"cushion_mm": 1}},
            "lines[0].sales_packaging.cushion_mm",
            "must be 0 for soft goods",
        ),
        ({"dimension_status": "guessed"}, "lines[0].dimension_status", "must be one of declared"),
    ],
)
def test_each_broken_rule_names_its_field(change, field, rule):
    """One broken rule gives one violation, with the path of the field and the rule."""
    (found,) = violations(order_with({**GOOD_LINE, **change}))
    assert found.startswith(f"{field}: {rule}")


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ([], "order: must be an object, got a list"),
        (None, "order: must be an object, got null"),
        ({"order_id": "o"}, "lines: is required"),
        ({"order_id": "o", "lines": {}}, "lines: must be a list of order lines, got an object"),
        ({"order_id": "o", "lines": []}, "lines: must hold at least one line"),
        ({"order_id": "o", "lines": [3]}, "lines[0]: must be an object, got the number 3"),
        (
            {"order_id": "o", "lines": [GOOD_LINE], "id": 1},
            "id: is not a field of an order; its fields are order_id, lines",
        ),
        (
            {"order_id": "o", "lines": [GOOD_LINE], "LineS": 1},
            "LineS: is not a field of an order; do you mean lines?",
        ),
        (
            {"order_id": "o", "lines": [{**GOOD_LINE, "massG": 1}]},
            "lines[0].massG: is not a field of an order line; do you mean mass_g?",
        ),
        (
            {"order_id": "o", "lines": [{**GOOD_LINE, "cuboid": {}}]},
            f"lines[0].cuboid: is not a field of an order line; {SIZES}",
        ),
        (
            {"order_id": "o", "lines": [GOOD_LINE, GOOD_LINE]},
            "lines[1].line_id: must be unique in its order, 'a' repeats",
        ),
    ],
)
def test_what_is_no_order_is_refused(data, found):
    """Data of another shape is one clear violation."""
    assert violations(data) == [found]


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
        ('{"a": 1, "a": 2}', "a: must not repeat in one object"),
        ('{"a": 1', "json: does not parse: Expecting ',' delimiter, at line 1 column 8"),
        ("[" * 200_000, "json: is nested too deeply"),
    ],
)
def test_json_that_hides_something_is_refused(text, found):
    """Keys that repeat, broken text and endless nesting are violations."""
    with pytest.raises(InvalidInputError) as caught:
        parse_json(text)
    assert str(caught.value).startswith(found)


def test_a_number_of_many_digits_is_no_work():
    """A whole number of a million digits is read as a float, which every field refuses."""
    assert parse_json("1" * 1_000_000) == float("inf")


@given(st.integers(-(10**17), 10**17))
def test_json_whole_numbers_stay_whole(number):
    """A whole number that any field can hold is read exactly."""
    assert parse_json(json.dumps(number)) == number


def test_a_large_number_is_told_as_it_is():
    """A rule quotes the number that was given, not a stand-in."""
    with pytest.raises(InvalidInputError, match="got 2e"):
        order_from_dict(order_with({**GOOD_LINE, "width_mm": 2 * 10**18}))


def test_repeated_keys_of_a_large_object_are_found_in_one_pass():
    """The time to find the keys that repeat grows with their number, not with its square."""
    text = "{" + ",".join(f'"{index}": 0' for index in range(400_000)) + ', "7": 0}'
    with pytest.raises(InvalidInputError) as caught:
        parse_json(text)
    assert [violation.field for violation in caught.value.violations] == ["7"]


@pytest.mark.parametrize("name", ["sku", "description", "barcode"])
@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("a\r\nINFO forged", "must not hold control"),
        ("x" * 201, "at most 200"),
        (" ", "must not be blank"),
        (7, "a text"),
    ],
)
def test_texts_for_people_and_scanners_are_checked(name: str, text: object, rule: str) -> None:
    """Line breaks would forge lines of a log; each field of the three is checked and named."""
    with pytest.raises(InvalidInputError, match=rule) as caught:
        order_from_dict(order_with({**GOOD_LINE, name: text}))
    assert [each.field for each in caught.value.violations] == [f"lines[0].{name}"]
