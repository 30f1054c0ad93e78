"""Margins of units in the parts of planning that compare units with boxes."""

import pytest

from boxwright import BoxType, Catalog, Fragility, Item, Order, Policy, SalesPackaging, load_catalog, plan
from boxwright.domain.fields import changed
from boxwright.errors import InvalidInputError
from boxwright.planning.planner import refuse_early, solve
from boxwright.planning.request import Request
from boxwright.planning.task import Task

CATALOG = Catalog("c", [BoxType("small", 100, 100, 100), BoxType("wide", 160, 160, 160)])
ORDER = Order("o", [Item("mug", 1, 90, 80, 70, 300, fragility=Fragility("boxed"))])
"""Boxed goods keep 25 mm to the walls."""
FRAGILE = Item("glass", 1, 90, 80, 70, 300, fragility=Fragility("fragile"))


def test_a_parcel_keeps_the_margins_and_is_centred() -> None:
    """The mug goes into the wide box, 25 mm above the floor, with equal distances on its left and right."""
    answer = solve(Request.resolve(Task(ORDER, CATALOG, Policy(mode="fast")))).plan
    (parcel,) = answer.parcels
    (placement,) = parcel.placements
    assert parcel.box_type_id == "wide"
    assert (2 * placement.x_um + placement.length_um, 2 * placement.y_um + placement.width_um) == (160_000, 160_000)
    assert placement.z_um == 25_000
    assert [(each.box_type_id, each.proof.value) for each in answer.certificate.refused_candidates] == [
        ("small", "volume")
    ]
    assert "25" in answer.certificate.refused_candidates[0].message


@pytest.mark.parametrize(
    ("line", "needs"),
    [
        (ORDER.lines[0], ("'mug'", "25 mm")),
        (FRAGILE, ("'glass'", "50 mm")),
        (changed(FRAGILE, sales_packaging=SalesPackaging(cushion_mm=30)), ("'glass'", "20 mm")),
    ],
)
def test_py3dbp_refuses_gaps_and_margins(line: Item, needs: tuple[str, str]) -> None:
    """Both the validation before the search and the plan name the engine and the line."""
    policy, order = Policy(engine="py3dbp", support_ratio=0), Order("o", [line])
    catalog = Catalog("c", CATALOG.box_types, dunnage=load_catalog("eu-webshop").dunnage)
    for asked in (lambda: plan(order, catalog, policy), lambda: refuse_early(Task(order, catalog, policy))):
        with pytest.raises(InvalidInputError) as caught:
            asked()
        (broken,) = caught.value.violations
        assert broken.field == "policy.engine"
        assert all(part in broken.rule for part in needs)
