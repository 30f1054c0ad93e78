"""Void fill by volume. The densities test arithmetic only: none is verified."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boxwright.errors import InvalidInputError
from boxwright.protection import void_fill_mg

LITRE_UM3 = 10**15


@pytest.mark.parametrize(("density", "share", "mass_mg"), [("18", 1, 108_000), ("3", 1, 18_000), ("18", 0.5, 54_000)])
def test_golden_six_litres(void_fill, density, share, mass_mg):
    """Six litres take 108 g of crumpled kraft or 18 g of air pillows, and half of that at half the share."""
    assert void_fill_mg(6 * LITRE_UM3, share, void_fill(density)) == mass_mg


@pytest.mark.parametrize(("cm3", "mass_mg"), [(1, 0), (3, 2), (5, 2), (7, 4)])
def test_mass_is_rounded_half_to_even(void_fill, cm3, mass_mg):
    """At 0.5 mg/cm3 odd cubic centimetres are halves of a mg and go to the even one."""
    assert void_fill_mg(cm3 * 10**12, 1, void_fill("0.5")) == mass_mg


def test_share_is_the_number_written(void_fill):
    """A share of 0.1 is one tenth, not the nearest binary fraction: 5 cm3 x 0.1 x 1 kg/m3 is a half, so 0 mg."""
    assert void_fill_mg(5 * 10**12, 0.1, void_fill("1")) == 0


def test_no_void_has_no_fill(void_fill):
    """A full box and a share of zero take no fill."""
    assert void_fill_mg(0, 1, void_fill("18")) == 0
    assert void_fill_mg(LITRE_UM3, 0, void_fill("18")) == 0


def test_fill_without_density_is_refused(void_fill):
    """Void fill without a density is an error, never weightless."""
    with pytest.raises(InvalidInputError, match="density_kg_per_m3"):
        void_fill_mg(LITRE_UM3, 1, void_fill(None))


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    empty=st.integers(0, 10**18),
    more=st.integers(0, 10**17),
    share=st.floats(0, 1),
    density=st.decimals("0.1", "200", places=1),
)
def test_mass_grows_with_the_void(void_fill, empty, more, share, density):
    """More void never takes less fill, and the mass is within half a mg of share x volume x density."""
    fill = void_fill(density)
    mass = void_fill_mg(empty, share, fill)
    assert mass <= void_fill_mg(empty + more, share, fill)
    assert abs(mass - Decimal(str(share)) * empty * density / 10**12) <= Decimal("0.5000001")
