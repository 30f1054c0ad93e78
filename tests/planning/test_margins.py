"""Margins of units in the parts of planning that compare units with boxes."""

from dataclasses import replace

import numpy as np
import pytest

from boxwright import BoxType, Catalog, Item, Order, Policy, plan
from boxwright.errors import InvalidInputError
from boxwright.planning.door import refuse_early
from boxwright.planning.parts.cushioned import Wrappings, least_of
from boxwright.planning.planner import solve
from boxwright.planning.request import Request
from boxwright.planning.task import Task
from strategies import units_of

CATALOG = Catalog("c", [BoxType("small", 100, 100, 100), BoxType("wide", 160, 160, 160)])
ORDER = Order("o", [Item("mug", 1, 90, 80, 70, 300)])


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every unit keeps 25 mm."""
    protect = Wrappings.protect

    def with_margins(self, members, *, any_subset=False):
        units = protect(self, members, any_subset=any_subset)
        return replace(units, margins_um=np.full(len(units), 25_000))

    monkeypatch.setattr(Wrappings, "protect", with_margins)


@pytest.mark.usefixtures("kept")
def test_a_parcel_keeps_the_margins_and_is_centred() -> None:
    """The mug goes into the wide box, stands 25 mm high, and has as much on its left as on its right."""
    answer = solve(Request.resolve(Task(ORDER, CATALOG, Policy(mode="fast")))).plan
    (parcel,) = answer.parcels
    (placement,) = parcel.placements
    assert parcel.box_type_id == "wide"
    assert (2 * placement.x_um + placement.length_um, 2 * placement.y_um + placement.width_um) == (160_000, 160_000)
    assert placement.z_um == 25_000
    assert [(each.box_type_id, each.proof.value) for each in answer.certificate.refused_candidates] == [
        ("small", "volume")
    ]
    assert "25 mm stay clear" in answer.certificate.refused_candidates[0].rule


@pytest.mark.usefixtures("kept")
def test_a_unit_that_is_too_large_with_its_margins_says_what_lacks() -> None:
    """Of 90 mm and twice 25 the small box lacks 40 mm of length, 30 of width and 20 of height."""
    answer = plan(ORDER, Catalog("c", CATALOG.box_types[:1]), Policy(mode="fast", allow_partial=True))
    (out,) = answer.unpacked
    assert "lacks 40 mm of length, 30 mm of width and 20 mm of height" in out.rule


@pytest.mark.usefixtures("kept")
def test_py3dbp_refuses_margins_at_the_door() -> None:
    """Both the check at the door and the plan name the engine and the line."""
    policy = Policy(engine="py3dbp", support_ratio=0)
    for asked in (lambda: plan(ORDER, CATALOG, policy), lambda: refuse_early(Task(ORDER, CATALOG, policy))):
        with pytest.raises(InvalidInputError) as caught:
            asked()
        (broken,) = caught.value.violations
        assert broken.field == "policy.engine"
        assert "'mug' keeps 25 mm" in broken.rule


def test_of_several_cushionings_the_least_margin_counts() -> None:
    """What refuses units with the least that they keep refuses them with each cushioning."""
    units = units_of([(30, 20, 10), (20, 10, 10)])
    wide, narrow = (replace(units, margins_um=np.array(each)) for each in ([25, 5], [10, 10]))
    assert least_of([wide, narrow]).margins_um.tolist() == [10, 5]
    assert least_of([wide, units]).margins_um.tolist() == [0, 0]
    assert least_of([units, units]).margins_um is None
