"""Sums of footprints."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright.domain.factor import Component
from boxwright.domain.footprint import Allocation, PackagingComponent
from boxwright.domain.lane import Lane, Leg
from boxwright.errors import InvalidInputError
from boxwright.footprint import estimate, total

LANE = Lane((Leg("road", 500), Leg("road", 20, vehicle="van")))


def footprint(profile, materials, *parts, gross_mg=1_000_000, lane=LANE):
    """Return an estimate by mass of some packaging."""
    packaging = [PackagingComponent(*part) for part in parts]
    return estimate(packaging, gross_mg, None, lane, profile, Allocation.MASS, materials)


def test_lines_of_one_factor_become_one(profiles, materials):
    """Boxes of one board and legs of one class share lines over two parcels; amounts and rounded grams are added."""
    one = footprint(profiles.full, materials, (Component.BOX, "board", 100_001))
    other = footprint(profiles.full, materials, (Component.BOX, "board", 200_002), gross_mg=2_000_000)
    found = total([one, other])
    assert [(line.subject, line.stage.value) for line in found.lines] == [
        (line.subject, line.stage.value) for line in one.lines
    ]
    assert found.lines[0].amount == Decimal("0.300003")
    assert found.lines[0].co2e_mg == one.lines[0].co2e_mg + other.lines[0].co2e_mg
    assert found.lines[2].amount == Decimal("1.575")


def test_a_gap_of_one_part_is_a_gap_of_the_whole(profiles, materials):
    """A gap of one parcel is a gap of the sum, listed once."""
    whole = footprint(profiles.full, materials, (Component.BOX, "board", 1))
    gap = footprint(profiles.full, materials, (Component.BOX, "mystery", 1))
    found = total([whole, gap, gap])
    assert found.missing == ("box/production: mystery", "box/end_of_life: mystery")
    assert not found.factors_complete


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"profile_id": "sparse@1"}, "footprints[1].profile_id"),
        ({"allocation": Allocation.DIMENSIONAL_WEIGHT}, "footprints[1].allocation"),
    ],
)
def test_unlike_footprints_are_never_added(profiles, materials, change, field):
    """Footprints of two profiles or two allocations are refused."""
    one = footprint(profiles.full, materials)
    with pytest.raises(InvalidInputError) as caught:
        total([one, replace(one, **change)])
    assert [each.field for each in caught.value.violations] == [field]


def test_nothing_has_no_total():
    """A sum of no footprints has no profile and is refused, not zero."""
    with pytest.raises(InvalidInputError, match=r"footprints"):
        total([])


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(1, 10**7), st.integers(1, 10**8)), min_size=1, max_size=6))
def test_total_is_the_sum_of_rounded_lines(profiles, materials, parcels):
    """The total equals the sum of its parts to the mg, in any order and by component, and no line is lost."""
    each = [
        footprint(profiles.full, materials, (Component.BOX, "board", box), (Component.TAPE, "ldpe", 3), gross_mg=gross)
        for box, gross in parcels
    ]
    found = total(each)
    assert found.total_co2e_mg == sum(part.total_co2e_mg for part in each)
    for component in Component:
        assert found.subtotal_co2e_mg(component) == sum(part.subtotal_co2e_mg(component) for part in each)
    assert len(found.lines) == 8
    backwards = total(each[::-1])
    assert {(line.factor_id, line.amount, line.co2e_mg) for line in backwards.lines} == {
        (line.factor_id, line.amount, line.co2e_mg) for line in found.lines
    }
    assert total([found]) == found
