"""Orders from messages: every valid value arrives, and every invalid one is named."""

import pytest
from google.protobuf import json_format

from boxwright.contract.enums import EnumCodec
from boxwright.contract.order import read_order
from boxwright.domain.order import DimensionStatus, FragilityClass, SalesPackaging
from boxwright.errors import InvalidInputError, LimitExceededError
from boxwright.findings import Findings
from boxwright.v1 import order_pb2

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


def packaging(**fields):
    """Return a line in sales packaging."""
    return {**LINE, "sales_packaging": fields}


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (without("mass_g"), "mass_g"),  # absent is not 0
        (without("quantity"), "quantity"),  # there is no default quantity
        (without("line_id"), "line_id"),
        (without("cuboid"), "cuboid"),
        (without(cuboid=cuboid(length_mm=0)), "cuboid.dimensions.length_mm"),
        (without(cuboid=cuboid(width_mm="NaN")), "cuboid.dimensions.width_mm"),
        (without("cuboid", soft_goods={**cuboid(), "max_folds": 7}), "soft_goods.max_folds"),
        (without("cuboid", soft_goods={**cuboid(), "min_thickness_mm": 30.001}), "soft_goods.min_thickness_mm"),
        (without(orientations=["ORIENTATION_UNSPECIFIED"]), "orientations[0]"),
        (without(orientations=[77]), "orientations[0]"),  # a value of a later contract
        (without(fragility={}), "fragility"),
        (without(fragility={"fragility_class": 0}), "fragility"),
        (without(fragility={"fragility_class": 9}), "fragility.fragility_class"),
        (without(dimension_status=9), "dimension_status"),
        (without(property_amounts=[{"amount": 1}]), "property_amounts[0].property"),
        (without(property_amounts=[{"property": "wh", "amount": "NaN"}]), "property_amounts[0].amount"),
        (without(property_amounts=[{"property": "wh"}] * 2), "property_amounts[1].property"),
        (packaging(cushion_mm=5), "sales_packaging.cushion_mm"),
        (packaging(cushion_material="eps"), "sales_packaging.cushion_material"),
        (packaging(materials=[{"material": "materials/eps"}]), "sales_packaging.materials[0].mass_g"),
        (packaging(materials=[{"material": "eps", "mass_g": 1}]), "sales_packaging.materials[0].material"),
        (packaging(materials=[{"material": "materials/eps", "mass_g": 6}]), "sales_packaging.materials"),
        (
            packaging(materials=[{"material": "materials/eps", "mass_g": 1}] * 2),
            "sales_packaging.materials[1].material",
        ),
    ],
)
def test_a_broken_rule_is_named_by_its_path(line, field):
    """The rule is the only violation, at the path that the caller wrote."""
    with pytest.raises(InvalidInputError) as caught:
        read(line)
    assert [violation.field for violation in caught.value.violations] == [f"order.lines[0].{field}"]


def test_all_broken_rules_are_named_at_once():
    """One error lists the broken rules of all lines and of the order."""
    with pytest.raises(InvalidInputError) as caught:
        read(without("mass_g", quantity=0), LINE, LINE, order_id="")
    assert {violation.field for violation in caught.value.violations} == {
        "order.lines[0].mass_g",
        "order.lines[0].quantity",
        "order.order_id",
        "order.lines[1].line_id",
        "order.lines[2].line_id",
    }


def test_the_servers_limit_on_units_differs_from_a_broken_rule():
    """Too many units for this server raise LimitExceededError, which names the limit."""
    with pytest.raises(LimitExceededError, match="3"):
        read(without(quantity=4), max_units=3)


def test_class_names_match_the_contract():
    """Domain and contract have the same classes of fragility."""
    numbers = order_pb2.FragilityClass.values()[1:]
    codec = EnumCodec(order_pb2.FragilityClass.DESCRIPTOR, FragilityClass)
    assert {codec.read(number, Findings(), "f") for number in numbers} == set(FragilityClass)


def test_empty_sales_packaging_arrives():
    """Empty packaging exists with unknown mass; lengths are rounded to the um."""
    assert read({**LINE, "sales_packaging": {}}).lines[0].sales_packaging == SalesPackaging()
    assert read({**LINE, "sales_packaging": {"cushion_mm": 4.0004}}).lines[0].sales_packaging == SalesPackaging(4.0)
