"""Totals without lines: each is that of the footprint with its lines, to the mg."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright.catalog import load_materials
from boxwright.domain.carrier import ChargeableWeight
from boxwright.domain.factor import Component, Stage
from boxwright.domain.footprint import Allocation, PackagingComponent, Reuse
from boxwright.domain.lane import Lane, Leg
from boxwright.errors import InvalidInputError
from boxwright.footprint import estimate, rates_of

SHIPPED = load_materials()
DUNNAGE = (Component.CUSHIONING, Component.VOID_FILL, Component.TAPE, Component.BLOCKING, Component.LABEL)
MATERIALS = ("", *(each.material_id for each in SHIPPED.materials))

masses_mg = st.integers(0, 10) | st.integers(0, 2_000_000) | st.integers(0, 10**12)
dunnage = st.builds(PackagingComponent, st.sampled_from(DUNNAGE), st.sampled_from(MATERIALS), masses_mg)
boxes = st.builds(
    PackagingComponent,
    st.just(Component.BOX),
    st.sampled_from(MATERIALS),
    masses_mg,
    trips=st.sampled_from([1, 1, 3, 70]),
    recycled_content=st.none() | st.sampled_from([Decimal(0), Decimal("0.3"), Decimal(1)]),
    reuse=st.none() | st.builds(Reuse, idle_share=st.sampled_from([0, 0.1]), return_distance_km=st.just(33.3)),
    trim_mg=st.sampled_from([0, 0, 1, 12_345]),
)
legs = st.builds(
    Leg,
    st.sampled_from(["road", "air", "sea", "rail"]),
    st.sampled_from([0.1, 17.3, 500, 9_000]) | st.floats(1e-3, 1e4),
)
lanes = st.none() | st.builds(
    Lane,
    st.lists(legs, min_size=1, max_size=3).map(tuple),
    carrier_service=st.just("any"),
    include_hubs=st.none() | st.booleans(),
    include_radiative_forcing=st.booleans(),
)


@given(
    st.sampled_from(SHIPPED.profiles),
    st.booleans(),
    st.sampled_from(list(Allocation)),
    lanes,
    st.lists(
        st.tuples(boxes, st.lists(dunnage, max_size=4), masses_mg, masses_mg, st.integers(1, 10**18)),
        min_size=1,
        max_size=5,
    ),
)
@settings(deadline=None)
def test_a_total_is_that_of_the_lines(profile, upper, allocation, lane, parcels) -> None:
    """Of one parcel after another, under every shipped profile: the same total, and the same word on completeness.

    With ``upper`` each unverified factor that has a range stands at its upper end, that of a guessed flight too.
    """

    def totalled(*figures):
        return rates_of(lane, profile, allocation, SHIPPED).total(*figures, upper=upper)

    def counted(line):
        if not upper or line.read_in_source or line.high_kg_per_unit is None:
            return line.co2e_mg
        return round(Fraction(line.amount) * Fraction(line.high_kg_per_unit) * 10**6)

    for box, beside, gross_mg, billed_mg, outer_um3 in parcels:
        billed = ChargeableWeight("any", None, billed_mg, "", "", read_in_source=True)
        parts = (box, *beside)
        try:
            whole = estimate(parts, gross_mg, billed, lane, profile, allocation, SHIPPED, outer_um3)
        except InvalidInputError:
            with pytest.raises(InvalidInputError):
                totalled(parts, gross_mg, billed, outer_um3)
        else:
            total_mg, complete = totalled(parts, gross_mg, billed, outer_um3)
            assert complete is not bool(whole.lacks)
            # Amounts of lines are rounded to 34 digits for reading, so each may be a mg off.
            slack = len(whole.lines) if upper else 0
            assert abs(total_mg - sum(map(counted, whole.lines))) <= slack
            assert upper or total_mg == whole.total_co2e_mg


@pytest.mark.parametrize(("mass_mg", "grams_mg"), [(1, 0), (3, 2), (5, 2), (7, 4)])
def test_half_a_mg_goes_to_the_even_one(profiles, materials, with_factor, mass_mg, grams_mg) -> None:
    """At half a kg per kg an odd mass comes to halves, rounded to even; its end of life comes to nothing."""
    half = with_factor(profiles.full, "kraft", Stage.PRODUCTION, "0.5")
    part = PackagingComponent(Component.VOID_FILL, "kraft", mass_mg)
    lane = Lane((Leg("road", 500),))
    assert rates_of(lane, half, Allocation.MASS, materials).total([part], 0, None) == (grams_mg, True)
    assert estimate([part], 0, None, lane, half, Allocation.MASS, materials).total_co2e_mg == grams_mg


def test_an_amount_that_is_rounded_is_not_scaled(profiles, materials, with_factor) -> None:
    """95 km and 1e-40 have more digits than an amount is written with, and that much more than half a mg rounds up."""
    leg = Leg("air", 1)
    object.__setattr__(leg, "distance_km", 1e-40)  # no valid distance of a leg has that number of digits
    lane = Lane((leg,))
    tenth = with_factor(profiles.full, "aircraft", Stage.TRANSPORT_TTW, "0.1")
    whole = estimate((), 3_000, None, lane, tenth, Allocation.MASS, materials)
    assert whole.lines[0].co2e_mg == 29  # just above 28.5, so rounded up
    assert rates_of(lane, tenth, Allocation.MASS, materials).total((), 3_000, None) == (whole.total_co2e_mg, True)
