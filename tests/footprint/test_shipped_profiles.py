"""The accounting profiles that are shipped, against published examples."""

from decimal import Decimal

import pytest

from boxwright.catalog import load_materials
from boxwright.domain.factor import Component, Coverage, Stage
from boxwright.domain.footprint import Allocation, PackagingComponent
from boxwright.domain.lane import Lane, Leg
from boxwright.footprint import estimate, total


@pytest.fixture(scope="module")
def shipped():
    """Return the materials that are shipped."""
    return load_materials()


def by_mass(shipped, profile_id, packaging, lane, gross_mg=1_000_000):
    """Return an estimate by mass."""
    return estimate(packaging, gross_mg, None, lane, shipped.profile(profile_id), Allocation.MASS, shipped)


@pytest.mark.parametrize(
    ("leg", "kg_per_kg"),
    [(Leg("air", 9_000), "6.061"), (Leg("road", 500), "0.066"), (Leg("sea", 20_000), "0.455")],
)
def test_uk_transport_of_one_kg(shipped, leg, kg_per_kg):
    """One kg gross over 9,000 km by air, 500 km by truck and 20,000 km by ship, well to wheel, UK 2025."""
    found = by_mass(shipped, "uk-desnz", (), Lane((leg,)))
    assert found.complete
    assert round(Decimal(found.total_co2e_mg).scaleb(-6), 3) == Decimal(kg_per_kg)


@pytest.mark.parametrize(
    ("component", "material", "mass_mg", "profile_id", "kg"),
    [
        (Component.BOX, "corrugated-board", 173_900, "uk-desnz", "0.209"),
        (Component.VOID_FILL, "kraft-paper", 108_000, "uk-desnz", "0.145"),
        (Component.VOID_FILL, "ldpe-film", 18_000, "uk-desnz", "0.053"),
    ],
)
def test_packaging_production(shipped, component, material, mass_mg, profile_id, kg):
    """Making a 174 g box, and filling six litres with kraft or air pillows, in UK 2025 figures."""
    found = by_mass(shipped, profile_id, (PackagingComponent(component, material, mass_mg),), None)
    made = [line.co2e_mg for line in found.lines if line.stage is Stage.PRODUCTION]
    assert [round(Decimal(mg).scaleb(-6), 3) for mg in made] == [Decimal(kg)]


def test_us_profile_says_that_upstream_fuel_is_missing(shipped):
    """The US profile has no WTT factors: each leg is named as missing, and the total is not complete."""
    found = by_mass(shipped, "us-epa", (), Lane((Leg("road", 500), Leg("rail", 500))))
    assert found.missing == ("transport/transport_wtt: truck", "transport/transport_wtt: rail")
    assert {line.stage for line in found.lines} == {Stage.TRANSPORT_TTW}


def test_every_profile_covers_what_its_matrix_promises(shipped):
    """Each profile estimates every dunnage and mode; whatever its matrix calls a factor is a line or named."""
    lane = Lane(tuple(Leg(mode, 100) for mode in ("road", "rail", "sea", "air")))
    packaging = [PackagingComponent(Component(each.kind.value), each.material_id, 10_000) for each in shipped.dunnage]
    for profile in shipped.profiles:
        found = estimate(packaging, 1_000_000, None, lane, profile, Allocation.MASS, shipped)
        needed = sum(
            profile.cell(part.component, stage).coverage not in (Coverage.INCLUDED, Coverage.OUTSIDE)
            for part in packaging
            for stage in (Stage.PRODUCTION, Stage.END_OF_LIFE)
        )
        lines = [line for line in found.lines if line.component is not Component.TRANSPORT]
        assert len(lines) <= needed
        assert len(lines) == needed or not found.complete
        assert {line.factor_id for line in found.lines} <= {factor.factor_id for factor in profile.factors}
        assert all(line.source for line in found.lines)
        assert total([found, found]).total_co2e_mg == 2 * found.total_co2e_mg
