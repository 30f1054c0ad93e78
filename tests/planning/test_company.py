"""Units that must or must not share a parcel, and properties with a limit per parcel."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright import (
    BoxType,
    Catalog,
    IncompletePlanError,
    Item,
    Order,
    Policy,
    PropertyAmount,
    PropertyCap,
    load_catalog,
    plan,
)
from boxwright.domain.plan import PlanStatus, ProofStatus, UnpackedReason
from boxwright.domain.proof import Proof
from brute_force import partitions

RAIL = BoxType("rail", 100, 10, 10, tare_g=20)
RAILS = Catalog("rails", [RAIL])
"""One box in which bars lie end to end, so that units fit exactly if their lengths sum to at most 100 mm."""
PARTIAL = Policy(allow_partial=True)


def bar(line_id: str, length_mm: float, quantity: int = 1, **company: object) -> Item:
    """Return a line of bars that can only lie along the rail."""
    return Item(line_id, quantity, length_mm, 10, 10, 10, orientations=["LWH"], **company)


def by_parcel(answer) -> list[list[str]]:
    """Return the line ids in each parcel, sorted."""
    return sorted(sorted(each.line_id for each in parcel.placements) for parcel in answer.parcels)


def test_a_group_shares_a_parcel_though_others_would_fit_better() -> None:
    """Of the lengths 60, 40 and 40, the 60 could go with either 40; the group of the two 40s leaves the 60 alone."""
    lines = [bar("a", 60), bar("b", 40, keep_together_group="set"), bar("c", 40, keep_together_group="set")]
    assert by_parcel(plan(Order("o", lines), RAILS)) == [["a"], ["b", "c"]]


def test_groups_kept_apart_do_not_share_a_parcel() -> None:
    """Soap and food go into two parcels; a unit without a group goes with either. The split is proved."""
    lines = [bar("soap", 10, keep_apart_group="soap"), bar("food", 10, keep_apart_group="food"), bar("pen", 10)]
    answer = plan(Order("o", lines), RAILS)
    assert len(answer.parcels) == 2
    assert not any({"soap", "food"} <= {each.line_id for each in parcel.placements} for parcel in answer.parcels)
    assert answer.certificate.status is ProofStatus.PROVED
    refused = answer.certificate.refused_candidates[0]
    assert refused.proof is Proof.POLICY
    assert all(part in refused.message for part in ("food", "soap"))
    assert "keep-apart groups" in answer.certificate.constraints


def test_a_cap_is_kept_exactly() -> None:
    """0.1 and 0.2 are 0.3, which a cap of 0.3 allows; a millionth more needs another parcel."""
    lines = [bar(name, 10, property_amounts=[PropertyAmount("wh", x)]) for name, x in (("a", 0.1), ("b", 0.2))]
    order = Order("o", lines)
    assert len(plan(order, RAILS, Policy(property_caps=[PropertyCap("wh", 0.3)])).parcels) == 1
    answer = plan(order, RAILS, Policy(property_caps=[PropertyCap("wh", 0.299999)]))
    assert len(answer.parcels) == 2
    assert answer.certificate.status is ProofStatus.PROVED
    assert all(part in answer.certificate.refused_candidates[0].message for part in ("0.3", "wh", "0.299999"))


def test_a_cap_of_nothing_forbids_the_property() -> None:
    """A unit with any amount of a forbidden property is unpacked with its figures; one without it is packed."""
    lines = [bar("cell", 10, property_amounts=[PropertyAmount("wh", 5)]), bar("pen", 10)]
    answer = plan(Order("o", lines), RAILS, Policy(property_caps=[PropertyCap("wh", 0)], allow_partial=True))
    (out,) = answer.unpacked
    assert (out.line_id, out.reason) == ("cell", UnpackedReason.PROPERTY_CAP_EXCEEDED)
    assert "wh" in out.message
    assert by_parcel(answer) == [["pen"]]


def test_a_cap_of_an_unknown_property_gives_a_warning() -> None:
    """A cap on a misspelt property would limit nothing, so the plan warns that no line states it."""
    lines = [bar("cell", 10, property_amounts=[PropertyAmount("lithium_wh", 5)])]
    answer = plan(Order("o", lines), RAILS, Policy(property_caps=[PropertyCap("lithium_Wh", 1)]))
    assert any("'lithium_Wh'" in each.message for each in answer.warnings)


def test_a_group_that_no_box_takes_is_unpacked_whole() -> None:
    """Both bars of the group fit alone but not together, so neither is packed; the other lines are."""
    lines = [bar("a", 60, 2, keep_together_group="set"), bar("b", 10)]
    answer = plan(Order("o", lines), RAILS, PARTIAL)
    assert by_parcel(answer) == [["b"]]
    assert {(out.line_id, out.unit_index, out.reason) for out in answer.unpacked} == {
        ("a", 0, UnpackedReason.GROUP_DOES_NOT_FIT),
        ("a", 1, UnpackedReason.GROUP_DOES_NOT_FIT),
    }
    assert "set" in answer.unpacked[0].message
    with pytest.raises(IncompletePlanError):
        plan(Order("o", lines), RAILS)


def test_with_one_unit_a_whole_group_is_unpacked() -> None:
    """If a unit is too long for the box, its group is not packed, and each reason names the unit."""
    lines = [bar("long", 101, keep_together_group="set"), bar("short", 5, keep_together_group="set"), bar("b", 10)]
    answer = plan(Order("o", lines), RAILS, PARTIAL)
    reasons = {out.line_id: out.reason for out in answer.unpacked}
    assert reasons == {
        "long": UnpackedReason.DOES_NOT_FIT_ANY_BOX,
        "short": UnpackedReason.GROUP_DOES_NOT_FIT,
    }
    assert "'set'" in next(out.message for out in answer.unpacked if out.line_id == "short")


def test_a_group_above_a_cap_is_unpacked() -> None:
    """Units of a group that together exceed the cap of a parcel are unpacked, and the cap is named."""
    amounts = [PropertyAmount("wh", 60)]
    lines = [bar("a", 10, 2, keep_together_group="set", property_amounts=amounts)]
    answer = plan(Order("o", lines), RAILS, Policy(property_caps=[PropertyCap("wh", 100)], allow_partial=True))
    assert answer.status is PlanStatus.NONE
    assert {out.reason for out in answer.unpacked} == {UnpackedReason.GROUP_DOES_NOT_FIT}
    assert all(part in answer.unpacked[0].message for part in ("120", "wh", "100"))


def test_a_large_order_keeps_its_groups() -> None:
    """Forty groups of three, sixty single bars, three keep-apart values and a cap: all are packed by the rules."""
    lines = [
        bar(
            f"g{number:02d}",
            10 + number % 3,
            3,
            keep_together_group=f"group {number}",
            keep_apart_group=("", "x", "y", "z")[number % 4],
            property_amounts=[PropertyAmount("wh", number % 5)],
        )
        for number in range(40)
    ] + [bar(f"s{number:02d}", 5 + number % 7) for number in range(60)]
    policy = Policy(mode="fast", property_caps=[PropertyCap("wh", 20)])
    answer = plan(Order("o", lines), RAILS, policy)  # the planner checks its own plan
    assert answer.status is PlanStatus.COMPLETE
    length = sum(line.quantity * line.length_mm for line in lines)
    assert len(answer.parcels) <= 1.25 * length / 100


bars = st.builds(
    lambda length, together, apart, amount, own: (length, together, apart, amount, own),
    st.integers(10, 110),
    st.sampled_from(["", "", "set", "pair"]),
    st.sampled_from(["", "", "", "x", "y"]),
    st.sampled_from([0, 0, 0.5, 0.6]),
    st.sampled_from([False, False, True]),
)


def fewest(units: tuple, cap: float) -> int | None:
    """Return the fewest parcels by trying every set partition; None if some bundle fits no parcel."""

    def allowed(parcel: tuple) -> bool:
        return (
            (sum(unit[0] for unit in parcel) <= 100 or (len(parcel) == 1 and parcel[0][4]))
            and len({unit[2] for unit in parcel} - {""}) <= 1
            and round(sum(unit[3] for unit in parcel) * 10) <= round(cap * 10)
        )

    groups: dict[object, tuple] = {}
    for number, unit in enumerate(units):
        key = unit[1] or number
        groups[key] = (*groups.get(key, ()), unit)
    splits = partitions(list(groups.values()))
    return min((len(parts) for parts in splits if all(allowed(sum(part, ())) for part in parts)), default=None)


@given(st.lists(bars, min_size=1, max_size=6), st.sampled_from([0.5, 1.1, 5.0]))
@settings(max_examples=40, deadline=None)
def test_few_units_go_into_the_fewest_parcels(drawn, cap) -> None:
    """With bars in a rail the number of parcels is that of the best partition, and is proved."""
    apart = {together: value for _, together, value, _, _ in drawn if together}
    units = tuple((length, group, apart.get(group, value), *rest) for length, group, value, *rest in drawn)
    lines = [
        bar(
            f"l{number}",
            length,
            keep_together_group=together,
            keep_apart_group=value,
            property_amounts=[PropertyAmount("wh", amount)],
            ships_in_own_container=own,
        )
        for number, (length, together, value, amount, own) in enumerate(units)
    ]
    policy = Policy(property_caps=[PropertyCap("wh", cap)], allow_partial=True, mode="fast")
    answer = plan(Order("o", lines), RAILS, policy)
    expected = fewest(units, cap)
    if expected is None:
        assert answer.unpacked
    else:
        assert (answer.status, len(answer.parcels)) == (PlanStatus.COMPLETE, expected)
        assert answer.certificate.status is ProofStatus.PROVED


def test_a_group_that_just_fits_gets_the_effort_of_an_order() -> None:
    """Thirteen units that must share a box are packed even in fast mode, although few layouts hold them all."""
    edges = [(232, 187, 99, 4), (140, 185, 94, 2), (176, 115, 77, 4), (250, 100, 97, 1), (68, 62, 87, 2)]
    group = [
        Item(f"g{number}", quantity, *sizes, 500, keep_together_group="set")
        for number, (*sizes, quantity) in enumerate(edges)
    ]
    others = [Item(f"s{number}", 3, 200 + 3 * number, 150, 90, 500) for number in range(12)]
    answer = plan(Order("o", [*group, *others]), load_catalog("china-post"), Policy(mode="fast"), profiles=())
    assert answer.status is PlanStatus.COMPLETE
