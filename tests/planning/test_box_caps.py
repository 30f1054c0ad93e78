"""Property caps of box types, in addition to the policy's caps."""

import pytest

from boxwright import (
    BoxType,
    Catalog,
    Item,
    Objective,
    Order,
    Placement,
    Policy,
    PropertyAmount,
    PropertyCap,
    StartedParcel,
    plan,
)
from boxwright.domain.plan import ProofStatus, UnpackedReason
from boxwright.domain.proof import Proof
from verified import boxes_of, verified

SMALL = BoxType("small", 100, 10, 10, tare_g=20, property_caps=[PropertyCap("wh", 10)])
LARGE = BoxType("large", 200, 10, 10, tare_g=20, property_caps=[PropertyCap("wh", 30)])
CATALOG = Catalog("c", [SMALL, LARGE])
PARTIAL = Policy(allow_partial=True)


def cells(count: int, wh: float, **fields: object) -> Order:
    """Return an order of cells, ten of which fill the small box."""
    return Order("o", [Item("cell", count, 10, 10, 10, 1, property_amounts=[PropertyAmount("wh", wh)], **fields)])


@pytest.mark.parametrize(
    ("count", "wh", "expected"),
    [
        (2, 5, ["small"]),
        (2, 5.000001, ["large"]),
        (3, 10, ["large"]),
        (4, 10, ["large", "small"]),
        (8, 10, ["large", "large", "large"]),
    ],
)
def test_a_parcel_holds_no_more_than_its_box_type_may(count: int, wh: float, expected: list[str]) -> None:
    """More than 10 needs the large box, more than 30 another parcel, to the millionth; proofs are verified."""
    order = cells(count, wh)
    answer = verified(order, CATALOG)
    assert boxes_of(answer) == expected
    if len(expected) < 3:
        assert answer.certificate.status is ProofStatus.PROVED
    assert any("property caps" in each for each in answer.certificate.constraints)


def test_a_refusal_by_the_box_types_cap_is_reported() -> None:
    """The refusal names the amount, the cap, and the box type or policy that states it."""
    (refused,) = plan(cells(3, 5), CATALOG).certificate.refused_candidates
    assert (refused.box_type_id, refused.proof) == ("small", Proof.POLICY)
    assert all(part in refused.message for part in ("15", "wh", "10", "small"))


def test_the_tighter_of_both_caps_holds() -> None:
    """The policy's cap limits the large box, the type's own cap the small one."""
    answer = plan(cells(3, 10), CATALOG, Policy(property_caps=[PropertyCap("wh", 20)]))
    assert boxes_of(answer) == ["large", "small"]


@pytest.mark.parametrize(
    ("length_mm", "small_mm", "reason"),
    [
        (10, 100, UnpackedReason.PROPERTY_CAP_EXCEEDED),  # it fits both boxes and exceeds both caps
        (150, 50, UnpackedReason.PROPERTY_CAP_EXCEEDED),  # it fits the large box alone
        (500, 100, UnpackedReason.DOES_NOT_FIT_ANY_BOX),  # caps are not the reason
    ],
)
def test_a_unit_that_no_box_type_may_hold_is_not_packed(length_mm: float, small_mm: float, reason) -> None:
    """The reason is the size, or the cap of the largest box that the unit fits."""
    catalog = Catalog("c", [BoxType("small", small_mm, 10, 10, property_caps=SMALL.property_caps), LARGE])
    order = Order("o", [Item("rod", 1, length_mm, 10, 10, 1, property_amounts=[PropertyAmount("wh", 31)])])
    (out,) = plan(order, catalog, PARTIAL).unpacked
    assert out.reason is reason
    assert all(part in out.message for part in ("31", "wh", "30", "large")) is ("cap" in reason.value)


def test_a_group_that_no_box_type_may_hold_is_not_packed() -> None:
    """Four cells that must stay together have 40, more than any parcel may hold."""
    answer = plan(cells(4, 10, keep_together_group="pack"), CATALOG, PARTIAL)
    assert {out.reason for out in answer.unpacked} == {UnpackedReason.GROUP_DOES_NOT_FIT}
    assert all(part in answer.unpacked[0].message for part in ("30", "large"))


def test_own_containers_have_the_policys_caps_only() -> None:
    """A unit without a box is not limited by caps of box types."""
    answer = plan(cells(1, 31, ships_in_own_container=True), CATALOG)
    assert answer.parcels[0].ships_in_own_container


def test_a_parcel_already_begun_obeys_its_box_type() -> None:
    """Two of four cells lie in a small box and reach its cap: the others go elsewhere."""
    lying = [Placement("cell", index, 10_000 * index, 0, 0, 10_000, 10_000, 10_000) for index in range(2)]
    started = [StartedParcel("b", "small", lying)]
    order = cells(4, 5)
    answer = plan(order, CATALOG, started_parcels=started)
    assert sorted(len(parcel.placements) for parcel in answer.parcels) == [2, 2]


def test_many_units_fill_capped_boxes() -> None:
    """Sixty cells of 5 fit three large boxes by volume; by the cap of 30 they need ten, and get no more."""
    order = cells(60, 5)
    policy = Policy([Objective.PARCEL_COUNT])
    answer = plan(order, CATALOG, policy)
    assert len(answer.parcels) == 10
