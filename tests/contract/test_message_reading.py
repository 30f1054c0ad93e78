"""Messages become domain objects: nothing is lost, and every error names its field."""

import math
from dataclasses import replace
from pathlib import Path

import pytest

from boxwright import BoxType, Catalog, Item, Lane, Leg, Order, load_catalog, plan
from boxwright.cli.plan_file import view_of
from boxwright.contract.json import from_json, to_json
from boxwright.contract.objective import CERTIFICATE, read_certificate
from boxwright.contract.plan import PLACEMENT, plan_to_wire
from boxwright.contract.stated_plan import read_whole_plan
from boxwright.findings import Findings
from boxwright.orders import read_order
from boxwright.planning import Task
from boxwright.v1 import certificate_pb2, placement_pb2, plan_pb2

OFFICE = read_order(Path(__file__).parents[2] / "examples" / "office.json")
CATALOG = load_catalog("us-stock")
LANE = Lane([Leg("road", 500), Leg("air", 6_000)], carrier_service="ups/us-daily")


@pytest.fixture(scope="module")
def made():
    """A plan with bills and footprints."""
    return plan(OFFICE, CATALOG, lane=LANE)


def without_coverage(footprints):
    """Return footprints as a file holds them: with the table of each source, without the profile's coverage."""
    return [
        replace(footprint, coverage=(), lines=tuple(replace(line, source="") for line in footprint.lines))
        for footprint in footprints
    ]


def test_figures_of_a_plan_come_back_from_json(made):
    """Parcels, bills, exact amounts, ranges, bases of amounts and sums come back unchanged."""
    message = plan_to_wire(made, view_of(Task(OFFICE, CATALOG, lane=LANE)))
    found = Findings()
    read = read_whole_plan(from_json(to_json(message, plan_pb2.Plan), plan_pb2.Plan), found)
    found.raise_any()
    assert without_coverage(read.footprints) == without_coverage(made.footprints)
    assert (read.order_id, read.status, read.catalog_hash) == (made.order_id, made.status, made.catalog_hash)
    for parcel, same in zip(read.parcels, made.parcels, strict=True):
        assert without_coverage(parcel.footprints) == without_coverage(same.footprints)
        for name in ("placements", "packaging", "net_mg", "outer_um", "inner_volume_um3", "protection"):
            assert getattr(parcel, name) == getattr(same, name)
        assert parcel.chargeable.chargeable_mg == same.chargeable.chargeable_mg


def test_a_box_of_unknown_material_is_read():
    """Only a request has to name the material of its packaging."""
    catalog = Catalog("c", [BoxType("b", 400, 400, 400, tare_g=0)])
    order = Order("o", [Item("a", 1, 10, 10, 10, 5)])
    made, found = plan(order, catalog), Findings()
    read = read_whole_plan(plan_to_wire(made, view_of(Task(order, catalog))), found)
    found.raise_any()
    assert read.parcels[0].packaging == made.parcels[0].packaging


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"x_mm": math.nan}, "x_mm"),
        ({"length_mm": 1e12}, "length_mm"),
        ({"orientation": 99}, "orientation"),
    ],
)
def test_an_impossible_value_is_named(change, field):
    """Quantities out of range and unknown enum values are violations."""
    found = Findings()
    assert PLACEMENT.read(placement_pb2.Placement(line_id="a", **change), found) is None
    assert [violation.field for violation in found.violations] == [field]


def test_absent_fields_have_the_defaults_of_the_domain():
    """A placement that names only its unit has no position and no compartment."""
    read = PLACEMENT.read(placement_pb2.Placement(line_id="a", unit_index=2), Findings())
    assert (read.unit_index, read.extent_um, read.compartment) == (2, (0, 0, 0), None)


def test_faults_of_inner_messages_have_their_path():
    """The messages are refusals of a certificate, their changes, and resource names."""
    status = certificate_pb2.CERTIFICATE_STATUS_OPEN
    message = certificate_pb2.Certificate(status=status, scope=1, accounting_profile="uk-desnz@2026")
    message.refused_candidates.add(box_type_id="a", proof=1).smallest_change.line_id = "x"
    message.refused_candidates.add(box_type_id="b", proof=99)
    message.value.objective, message.value.value = 1, math.inf
    found = Findings("certificate")
    assert read_certificate(message, CATALOG, found) is None
    assert {violation.field for violation in found.violations} == {
        "certificate.value.value",
        "certificate.accounting_profile",
        "certificate.refused_candidates[0].smallest_change.change",
        "certificate.refused_candidates[1].proof",
    }


def test_a_certificate_comes_back_unchanged(made):
    """Names, refusals and figures are equal."""
    found = Findings()
    message = plan_to_wire(made, view_of(Task(OFFICE, CATALOG, lane=LANE))).certificate
    assert read_certificate(message, CATALOG, found) == made.certificate
    assert CERTIFICATE(made.certificate).status == message.status
