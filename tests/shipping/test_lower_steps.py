"""The nearest step to a lower bill, and the lower bound of a bill."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boxwright.domain.carrier import Change
from boxwright.shipping import Biller, least_billed, lower_steps, refusing_limit
from shipping.conftest import RULES

KG = 1_000_000
ZONE = {"zones": "economic"}
SIDES = {Change.LENGTH: 0, Change.WIDTH: 1, Change.HEIGHT: 2}
billers = st.sampled_from(sorted(RULES)).map(lambda name: Biller(RULES[name], ZONE.get(name, "")))
sides_um = st.tuples(*[st.integers(1_000, 1_300_000) | st.sampled_from([304_800, 400_000, 305_000])] * 3)
gross = st.integers(1, 60 * KG) | st.sampled_from([500_000, 30 * KG])
fast = settings(suppress_health_check=[HealthCheck.too_slow], max_examples=40)


def cut(outer_um, gross_mg, change, less):
    """Return a parcel with one figure reduced."""
    if change is Change.GROSS:
        return outer_um, gross_mg - less
    sides = list(outer_um)
    sides[SIDES[change]] -= less
    return tuple(sides), gross_mg


@fast
@given(biller=billers, outer_um=sides_um, gross_mg=gross)
def test_a_step_lowers_the_bill_and_one_unit_less_does_not(biller, outer_um, gross_mg):
    """The reduction lowers the bill as stated; one um or mg less does not lower it, or the parcel is refused."""
    now = biller.weigh(outer_um, gross_mg).chargeable_mg
    for step in lower_steps(biller, outer_um, gross_mg):
        after = cut(outer_um, gross_mg, step.change, step.less)
        assert biller.weigh(*after).chargeable_mg == step.chargeable_mg < now
        before = cut(outer_um, gross_mg, step.change, step.less - 1)
        refused = refusing_limit(*before, biller.rule) and not refusing_limit(outer_um, gross_mg, biller.rule)
        assert biller.weigh(*before).chargeable_mg >= now or refused


@fast
@given(biller=billers, outer_um=sides_um, gross_mg=gross, data=st.data())
def test_no_smaller_cut_lowers_the_bill(biller, outer_um, gross_mg, data):
    """A smaller reduction, or any if none is stated, never lowers the bill of a parcel that the carrier accepts."""
    now = biller.weigh(outer_um, gross_mg).chargeable_mg
    found = {step.change: step.less for step in lower_steps(biller, outer_um, gross_mg)}
    for change in Change:
        whole = gross_mg if change is Change.GROSS else outer_um[SIDES[change]]
        less = data.draw(st.integers(0, found.get(change, whole) - 1))
        after = cut(outer_um, gross_mg, change, less)
        newly = refusing_limit(*after, biller.rule) and not refusing_limit(outer_um, gross_mg, biller.rule)
        assert newly or biller.weigh(*after).chargeable_mg >= now


@fast
@given(
    biller=billers,
    outer_um=sides_um,
    gross_mg=gross,
    longer=st.tuples(*[st.integers(0, 400_000)] * 3),
    heavier=st.integers(0, 20 * KG),
    size_fixed=st.booleans(),
)
def test_no_parcel_undercuts_the_least_bill(biller, outer_um, gross_mg, longer, heavier, size_fixed):
    """A larger or heavier parcel than the smallest is billed at least as much, with at least the same surcharges."""
    least = least_billed(biller, outer_um, gross_mg, size_fixed=size_fixed)
    sides = outer_um if size_fixed else tuple(side + more for side, more in zip(outer_um, longer, strict=True))
    found = biller.weigh(sides, gross_mg + heavier)
    assert found.chargeable_mg >= least.chargeable_mg
    assert set(found.surcharges) >= set(least.surcharges)


@pytest.mark.parametrize("name", ["ups", "usps-after", "dhl", "sf", "side-gate", "size-bands"])
@fast
@given(outer_um=sides_um, gross_mg=gross)
def test_the_least_bill_of_a_known_size_is_that_of_the_least_weight(name, outer_um, gross_mg):
    """If a bill never falls with weight, the bound is the bill itself, except for a divisor that weight changes."""
    biller = Biller(RULES[name])
    if name == "sf":  # at 30 kg or more, the divisor stays the same
        gross_mg = 30 * KG + gross_mg
    least = least_billed(biller, outer_um, gross_mg, size_fixed=True)
    assert least.chargeable_mg == biller.weigh(outer_um, gross_mg).chargeable_mg


def test_golden_steps_of_the_half_bubble(rules):
    """40 cm cube, 5 kg: 7.833 is billed as 8 kg. 7 kg need 9 kg of volume: 54 L, a side of 33.75 cm, 62.5 mm less.

    Weight: 7 kg need (10.667 + actual) / 2 <= 7, 3.333 kg at most: 1,666,667 mg less.
    """
    found = lower_steps(Biller(rules["half"]), (400_000,) * 3, 5 * KG)
    assert [(step.change, step.less, step.chargeable_mg) for step in found] == [
        *((side, 62_500, 7 * KG) for side in SIDES),
        (Change.GROSS, 1_666_667, 7 * KG),
    ]


def test_a_step_that_the_carrier_refuses_is_none(rules):
    """140.5 x 139 x 1 mm has no step by a shorter length: below 14 cm the parcel is not accepted."""
    biller = Biller(rules["size-bands"])
    assert [step.change for step in lower_steps(biller, (140_500, 139_000, 1_000), KG)] == [Change.GROSS]
