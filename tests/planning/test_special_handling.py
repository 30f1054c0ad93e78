"""Goods with special handling: mailers, orientation, packing steps, marks and warnings."""

import dataclasses

import pytest

from boxwright import Catalog, Item, Lane, Order, Plan, Policy, check, load_catalog, plan
from boxwright.checking import ViolationKind
from boxwright.domain.order import UPRIGHT, SpecialHandling
from boxwright.planning import Task, bench_words

CATALOG = load_catalog("eu-webshop")
MAILERS = Catalog("mailers", [box for box in CATALOG.box_types if box.flexible], dunnage=CATALOG.dunnage)
SWEATER = Item("sweater", 1, 350, 280, 50, 500, article="clothing")
KNIFE = Item("knife", 1, 360, 70, 20, 220, article="knife")


def flat(*kinds: str, **more: object) -> Item:
    """Return a line of one flat unit that fits a mailer."""
    return Item("unit", 1, 200, 150, 20, 300, special_handling=kinds, **more)


def codes(answer: Plan) -> dict[str, str]:
    """Return the fields of the warnings of a plan by their codes."""
    return {warning.code: warning.field for warning in answer.warnings}


def test_a_blade_is_not_put_into_a_mailer():
    """A sweater goes into a mailer, with a knife into a carton; if there are only mailers, the knife is unpacked."""
    alone, both = (plan(Order("o", lines), CATALOG) for lines in ([SWEATER], [SWEATER, KNIFE]))
    flexible = [CATALOG.box_type(parcel.box_type_id).flexible for answer in (alone, both) for parcel in answer.parcels]
    assert flexible == [True, False]
    assert set(both.certificate.constraints) - set(alone.certificate.constraints)
    partial = plan(Order("o", [SWEATER, KNIFE]), MAILERS, Policy(allow_partial=True))
    assert [unit.line_id for unit in partial.unpacked] == ["knife"]


@pytest.mark.parametrize("kind", SpecialHandling)
def test_the_check_finds_goods_that_may_not_be_in_a_mailer(kind):
    """A plan in a mailer is valid only for goods that may go into one."""
    plain = plan(Order("o", [flat(orientations=UPRIGHT)]), MAILERS)
    marked = Order("o", [flat(kind, orientations=UPRIGHT)])
    kinds = {violation.kind for violation in check(plain, marked, MAILERS, Policy())}
    may = kind in (SpecialHandling.LITHIUM_IN_EQUIPMENT, SpecialHandling.PERISHABLE)
    assert (ViolationKind.CUSHION_TOO_THIN in kinds) is not may


def test_liquids_stand():
    """A bottle stands upright by its article or its line; the check refuses a plan in which it lies."""
    lying = Item("unit", 1, 80, 280, 70, 900)
    for marked in (
        dataclasses.replace(lying, special_handling=("liquid",)),
        dataclasses.replace(lying, article="detergent"),
    ):
        (parcel,) = plan(Order("o", [marked]), CATALOG).parcels
        assert parcel.placements[0].orientation in UPRIGHT
    only = Catalog("low", [dataclasses.replace(CATALOG.box_type("eu-400x200x200"))], dunnage=CATALOG.dunnage)
    tall = Item("unit", 1, 80, 70, 280, 900)
    laid = plan(Order("o", [tall]), only)
    kinds = {
        violation.kind
        for violation in check(laid, Order("o", [dataclasses.replace(tall, article="detergent")]), only, Policy())
    }
    assert ViolationKind.ORIENTATION_NOT_ALLOWED in kinds


def test_blades_lie():
    """A knife lies beside tall bottles, however wide its box must be; the check refuses a plan in which it stands."""
    bottles = Item("soap", 2, 95, 70, 260, 1080, article="detergent")
    order = Order("o", [KNIFE, bottles])
    placed = [each for parcel in plan(order, CATALOG).parcels for each in parcel.placements if each.line_id == "knife"]
    assert placed[0].extent_um[2] < 360_000
    assert codes(plan(order, CATALOG))["CLASS_RULE_ADDED"] == "lines[0].article"
    only = Catalog("tall", [CATALOG.box_type("eu-200x200x400")], dunnage=CATALOG.dunnage)
    stood = plan(Order("o", [dataclasses.replace(KNIFE, article="tool"), bottles]), only)
    kinds = {violation.kind for violation in check(stood, order, only, Policy())}
    assert ViolationKind.ORIENTATION_NOT_ALLOWED in kinds
    (left,) = plan(order, only, Policy(allow_partial=True)).unpacked
    assert "sharp, which lies" in left.message


def test_steps_name_actions_and_marks():
    """Blades get a guard and liquids a bag before the unit is placed; each mark appears once."""
    lines = [
        flat("sharp", "liquid", description="Blade in oil"),
        Item("can", 2, 58, 58, 200, 300, article="aerosol_can"),
        Item("ice", 1, 200, 200, 150, 2000, special_handling=("dry_ice",)),
    ]
    order = Order("o", lines)
    answer = plan(order, CATALOG)
    words = bench_words(answer, Task(order, CATALOG))
    (blade,) = [line.sentence for parcel in words for line in parcel.steps if "Blade in oil" in line.sentence]
    assert blade.index("guard") < blade.index("bag") < blade.index("flat")
    marks = [mark for parcel in words for mark in parcel.marks]
    assert {"This way up", "Limited quantity"} < set(marks)
    assert sum("UN 1845" in mark for mark in marks) == 1


def test_a_plan_warns_and_names_a_service_that_refuses():
    """Each line of special handling has a warning, which also names a carrier service that refuses such goods."""
    order = Order("o", [SWEATER, flat("lithium_alone")])
    at = "lines[1].special_handling"
    assert codes(plan(order, CATALOG))["SPECIAL_HANDLING"] == at
    refused = codes(plan(order, CATALOG, lane=Lane(carrier_service="dhl-express/international")))
    assert refused["REFUSED_BY_CARRIER"] == at
    assert "REFUSED_BY_CARRIER" not in codes(plan(order, CATALOG, lane=Lane(carrier_service="dhl-paket/de")))
    assert "SPECIAL_HANDLING" not in codes(plan(Order("o", [SWEATER]), CATALOG))
