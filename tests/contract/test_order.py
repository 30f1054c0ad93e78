"""Orders from messages: everything that is valid arrives, everything that is not is named."""

import pytest
from google.protobuf import json_format
from hypothesis import given, settings

from boxwright.contract.enums import EnumCodec
from boxwright.contract.order import read_order
from boxwright.domain.order import DimensionStatus, Fragility, FragilityClass, Item, Order
from boxwright.domain.property_cap import PropertyAmount
from boxwright.domain.sales_packaging import MaterialMass, SalesPackaging
from boxwright.errors import InvalidInputError, LimitExceededError
from boxwright.findings import Findings
from boxwright.v1 import order_pb2
from strategies import orders

LINE = {
    "line_id": "a",
    "quantity": 1,
    "cuboid": {"dimensions": {"length_mm": 10, "width_mm": 20, "height_mm": 30}},
    "mass_g": 5,
}


def read(*lines, max_units=10_000, order_id="o"):
    """Return the order of lines given as plain data."""
    message = json_format.ParseDict({"order_id": order_id, "lines": list(lines)}, order_pb2.Order())
    found = Findings("order")
    order = read_order(message, found, max_units)
    found.raise_any()
    return order


def to_wire(order):
    """Return the message of an order."""
    message = order_pb2.Order(order_id=order.order_id)
    for line in order.lines:
        sent = message.lines.add(
            line_id=line.line_id,
            quantity=line.quantity,
            mass_g=line.mass_g,
            max_load_g=line.max_load_g,
            orientations=[f"ORIENTATION_{each.name}" for each in line.orientations],
            special_handling=[f"SPECIAL_HANDLING_{kind.name}" for kind in line.special_handling],
            dimension_status=f"DIMENSION_STATUS_{line.dimension_status.name}",
            keep_together_group=line.keep_together_group,
            keep_apart_group=line.keep_apart_group,
            ships_in_own_container=line.ships_in_own_container,
            property_amounts=[
                order_pb2.PropertyAmount(property=each.property, amount=each.amount) for each in line.property_amounts
            ],
        )
        edges = sent.cuboid.dimensions if line.soft_goods is None else sent.soft_goods.dimensions
        edges.length_mm, edges.width_mm, edges.height_mm = line.length_mm, line.width_mm, line.height_mm
        if line.soft_goods is not None:
            sent.soft_goods.max_folds = line.soft_goods.max_folds
            if line.soft_goods.min_thickness_mm is not None:
                sent.soft_goods.min_thickness_mm = line.soft_goods.min_thickness_mm
        if line.fragility is not None:
            if line.fragility.g_level is not None:
                sent.fragility.g_level = line.fragility.g_level
            if line.fragility.fragility_class is not None:
                sent.fragility.fragility_class = order_pb2.FragilityClass.Value(
                    f"FRAGILITY_CLASS_{line.fragility.fragility_class.name}"
                )
        if line.sales_packaging is not None:
            sent.sales_packaging.cushion_mm = line.sales_packaging.cushion_mm
    return message


@settings(max_examples=30)
@given(orders(fragile=True))
def test_every_valid_order_arrives_as_it_was_sent(order):
    """Lengths, masses, limits, orientations and fragility survive the wire exactly."""
    found = Findings()
    assert read_order(to_wire(order), found, 10_000) == order
    assert not len(found)


def test_an_order_with_all_fields_arrives():
    """Class of fragility, texts and status arrive too."""
    line = {
        **LINE,
        "fragility": {"fragility_class": "FRAGILITY_CLASS_FRAGILE", "g_level": 30},
        "article": "mug",
        "dimension_status": "DIMENSION_STATUS_MEASURED",
        "orientations": ["ORIENTATION_LWH"],
        "max_load_g": 0,
        "sku": "S",
        "description": "D",
        "keep_together_group": "set",
        "keep_apart_group": "food",
        "property_amounts": [{"property": "lithium_wh", "amount": 20.5}],
    }
    expected = Item(
        "a",
        1,
        10,
        20,
        30,
        5,
        orientations=("LWH",),
        max_load_g=0,
        fragility=Fragility(FragilityClass.FRAGILE, 30),
        article="mug",
        dimension_status=DimensionStatus.MEASURED,
        sku="S",
        description="D",
        keep_together_group="set",
        keep_apart_group="food",
        property_amounts=[PropertyAmount("lithium_wh", 20.5)],
    )
    assert read(line) == Order("o", (expected,))


def test_a_line_of_unknown_size_needs_no_shape():
    """A line whose status is MISSING arrives without edges."""
    line = {"line_id": "a", "quantity": 1, "mass_g": 0, "dimension_status": "DIMENSION_STATUS_MISSING"}
    assert read(line).lines[0].dimension_status is DimensionStatus.MISSING


def without(*names, **changes):
    """Return a line without some fields, and with others changed."""
    return {name: value for name, value in {**LINE, **changes}.items() if name not in names}


def cuboid(**edges):
    """Return a shape with some edges changed."""
    return {"dimensions": {**LINE["cuboid"]["dimensions"], **edges}}


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (without("mass_g"), "mass_g"),  # absent is not 0
        (without("quantity"), "quantity"),  # so that none ships unasked
        (without("line_id"), "line_id"),
        (without("cuboid"), "cuboid"),
        (without(quantity=-1), "quantity"),
        (without(cuboid=cuboid(length_mm=0)), "cuboid.dimensions.length_mm"),
        (without(cuboid=cuboid(width_mm="NaN")), "cuboid.dimensions.width_mm"),
        (without(cuboid=cuboid(height_mm="Infinity")), "cuboid.dimensions.height_mm"),
        (without(cuboid=cuboid(height_mm=10_000.5)), "cuboid.dimensions.height_mm"),
        (without("cuboid", soft_goods=cuboid(height_mm=0)), "soft_goods.dimensions.height_mm"),
        (without("cuboid", soft_goods={**cuboid(), "max_folds": 7}), "soft_goods.max_folds"),
        (without("cuboid", soft_goods={**cuboid(), "min_thickness_mm": 0}), "soft_goods.min_thickness_mm"),
        (without("cuboid", soft_goods={**cuboid(), "min_thickness_mm": 30.001}), "soft_goods.min_thickness_mm"),
        (without("cuboid", soft_goods=cuboid(), fragility={"g_level": 40}), "fragility"),
        (without(mass_g=-1), "mass_g"),
        (without(mass_g="NaN"), "mass_g"),
        (without(max_load_g=-0.1), "max_load_g"),
        (without(orientations=["ORIENTATION_UNSPECIFIED"]), "orientations[0]"),
        (without(orientations=[77]), "orientations[0]"),  # a value of a later contract
        (without(orientations=["ORIENTATION_LWH", "ORIENTATION_LWH"]), "orientations[1]"),
        (without(fragility={}), "fragility"),
        (without(fragility={"g_level": 0.5}), "fragility.g_level"),
        (without(fragility={"g_level": "NaN"}), "fragility.g_level"),
        (without(fragility={"fragility_class": 0}), "fragility"),
        (without(fragility={"fragility_class": 9}), "fragility.fragility_class"),
        (without(fragility={"fragility_class": 9, "g_level": 30}), "fragility.fragility_class"),
        (without(article=" "), "article"),
        (without(dimension_status=9), "dimension_status"),
        (without(line_id="x" * 201), "line_id"),
        (without(line_id="a\nb"), "line_id"),
        (without(keep_together_group="g" * 201), "keep_together_group"),
        (without(keep_apart_group=" "), "keep_apart_group"),
        (without(property_amounts=[{"amount": 1}]), "property_amounts[0].property"),
        (without(property_amounts=[{"property": "wh", "amount": "NaN"}]), "property_amounts[0].amount"),
        (without(property_amounts=[{"property": "wh"}] * 2), "property_amounts[1].property"),
    ],
)
def test_a_broken_rule_is_named_by_its_path(line, field):
    """Each broken rule is the one finding, at the path that the caller wrote."""
    with pytest.raises(InvalidInputError) as caught:
        read(line)
    assert [each.field for each in caught.value.violations] == [f"order.lines[0].{field}"]


def test_all_broken_rules_are_named_at_once():
    """Rules of every line, and of the order itself, come in one error."""
    with pytest.raises(InvalidInputError) as caught:
        read(without("mass_g", quantity=0), LINE, LINE, order_id="")
    assert {each.field for each in caught.value.violations} == {
        "order.lines[0].mass_g",
        "order.lines[0].quantity",
        "order.order_id",
        "order.lines[1].line_id",
        "order.lines[2].line_id",
    }


def test_an_order_without_lines_is_refused():
    """There is nothing to pack."""
    with pytest.raises(InvalidInputError, match=r"^order\.lines: "):
        read()


def test_the_servers_limit_on_units_is_told_from_a_broken_rule():
    """More units than this server takes is a limit; it names how many."""
    with pytest.raises(LimitExceededError, match="3"):
        read(without(quantity=4), max_units=3)


def test_class_names_match_the_contract():
    """Every class of fragility of the domain is one of the contract and the other way round."""
    numbers = order_pb2.FragilityClass.values()[1:]
    codec = EnumCodec(order_pb2.FragilityClass.DESCRIPTOR, FragilityClass)
    assert {codec.read(each, Findings(), "f") for each in numbers} == set(FragilityClass)


def test_sales_packaging_arrives():
    """The cushion inside, its material and masses of materials are read, and so is one that says nothing."""
    inside = {
        "cushion_mm": 4.0004,
        "cushion_material": "materials/eps",
        "materials": [{"material": "materials/eps", "mass_g": 1}, {"material": "materials/kraft-paper", "mass_g": 4}],
    }
    (read_line,) = read({**LINE, "sales_packaging": inside}).lines
    assert read_line.sales_packaging == SalesPackaging(
        4.0, "eps", (MaterialMass("eps", 1.0), MaterialMass("kraft-paper", 4.0))
    )
    assert read({**LINE, "sales_packaging": {}}).lines[0].sales_packaging == SalesPackaging()


@pytest.mark.parametrize(
    ("inside", "field"),
    [
        ({"cushion_mm": -1}, "cushion_mm"),
        ({"cushion_mm": 1_001}, "cushion_mm"),
        ({"cushion_mm": 5}, "cushion_mm"),
        ({"cushion_material": "eps"}, "cushion_material"),
        ({"materials": [{"material": "materials/eps"}]}, "materials[0].mass_g"),
        ({"materials": [{"material": "eps", "mass_g": 1}]}, "materials[0].material"),
        ({"materials": [{"material": "materials/eps", "mass_g": 6}]}, "materials"),
        ({"materials": [{"material": "materials/eps", "mass_g": 1}] * 2}, "materials[1].material"),
    ],
)
def test_bad_sales_packaging_is_named(inside, field):
    """Each rule is told by the path of its field."""
    with pytest.raises(InvalidInputError) as caught:
        read({**LINE, "sales_packaging": inside})
    assert f"order.lines[0].sales_packaging.{field}" in {each.field for each in caught.value.violations}
