"""Read masks."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from google.protobuf import field_mask_pb2

from boxwright import Item, Order, load_catalog, plan
from boxwright.catalog import load_materials
from boxwright.contract.footprint import footprint_to_wire
from boxwright.contract.masks import asks_for, keep, read_mask
from boxwright.domain.factor import Component, Stage
from boxwright.errors import InvalidInputError
from boxwright.findings import Findings
from boxwright.v1 import footprint_pb2, packing_service_pb2, parcel_pb2, plan_pb2


def answer():
    """Return an answer of two parcels."""
    parcels = [parcel_pb2.Parcel(box_type_id=name, net_g=5, tare_g=2) for name in ("small", "large")]
    return packing_service_pb2.PackResponse(plan=plan_pb2.Plan(order_id="o", parcels=parcels))


def tree(*paths):
    """Return the tree of a mask over PackResponse."""
    found = Findings()
    made = read_mask(field_mask_pb2.FieldMask(paths=paths), packing_service_pb2.PackResponse.DESCRIPTOR, found)
    found.raise_any()
    return made


def test_paths_cross_repeated_fields():
    """A path through a list keeps that field of each entry and nothing else."""
    message = answer()
    keep(message, tree("plan.parcels.box_type_id"))
    expected = [parcel_pb2.Parcel(box_type_id=name) for name in ("small", "large")]
    assert message == packing_service_pb2.PackResponse(plan=plan_pb2.Plan(parcels=expected))


@pytest.mark.parametrize(
    "paths", [[], ["*"], ["plan.order_id", "*"], ["plan", "plan.order_id"], ["plan.order_id", "plan"]]
)
def test_the_widest_path_wins(paths):
    """An absent mask, a star and the path of a whole message keep everything."""
    message = answer()
    keep(message, tree(*paths))
    assert message == answer()


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("plan.colour", "order_id"),
        ("", "plan"),
        ("plan.order_id.x", "plan.order_id"),
        ("plan.parcel.gross_g", "plan.parcels"),
    ],
)
def test_paths_that_do_not_exist_are_refused(path, named):
    """The error names the position of the path in the mask and a path that exists."""
    with pytest.raises(InvalidInputError) as refused:
        tree(path)
    (found,) = refused.value.violations
    assert found.field == "read_mask.paths[0]"
    assert named in re.findall(r"[\w.]+", found.rule)


def test_costly_fields_must_be_named():
    """A field that is absent by default is not computed because its parent is kept."""
    path = "plan.parcels.empty_spaces"
    for paths, asked in (
        ([], False),
        (["plan"], False),
        (["plan.parcels"], False),
        (["plan.parcels.empty_spaces_of_another"], False),
        (["plan", path], True),
        ([f"{path}.corner.x_mm"], True),
        (["*"], True),
    ):
        assert asks_for(field_mask_pb2.FieldMask(paths=paths), path) is asked


def test_footprints_that_differ_in_any_field_are_not_taken_for_one_another():
    """A complete answer equals one made field by field, also from kept coverage and texts of lines."""
    materials, catalog = load_materials(), load_catalog("eu-stock")
    item = Item("book", length_mm=210, width_mm=148, height_mm=25, mass_g=400)
    (footprint, *_) = plan(Order("o", [item]), catalog).footprints
    one, two, *more = footprint.lines
    changes = {
        "component": two.component if two.component is not one.component else Component.CUSHIONING,
        "stage": Stage.REUSE,
        "subject": "another",
        "amount": Decimal("7.25"),
        "unit": "t",
        "factor_id": next(line.factor_id for line in footprint.lines if line.factor_id != one.factor_id),
        "factor_kg_per_unit": Decimal("0.5"),
        "co2e_mg": 77,
        "leg_index": 1,
        "rule": "another",
        "low_kg_per_unit": None,
        "high_kg_per_unit": Decimal(9),
        "range_assumed": not one.range_assumed,
        "biogenic_co2_mg": None,
    }
    others = [replace(footprint, lines=(replace(one, **{name: to}), two, *more)) for name, to in changes.items()]
    others += [replace(footprint, lines=footprint.lines[:-1]), replace(footprint, coverage=footprint.coverage[1:])]
    each_field = {field.name: {} for field in footprint_pb2.Footprint.DESCRIPTOR.fields}
    for components in ({line.component for line in footprint.lines}, {Component.BOX}):
        for changed in (footprint, *others, footprint):
            by_field = footprint_to_wire(changed, components, materials, each_field)
            assert footprint_to_wire(changed, components, materials) == by_field
