"""The accounting profiles that are shipped, against published examples."""

from decimal import Decimal

import pytest

from boxwright.domain.factor import Component, Coverage, Stage
from boxwright.domain.footprint import Allocation, PackagingComponent
from boxwright.domain.lane import Lane, Leg
from boxwright.domain.source_grade import SourceGrade
from boxwright.footprint import estimate, total


def by_mass(shipped, profile_id, packaging, lane, gross_mg=1_000_000):
    """Return an estimate by mass."""
    return estimate(packaging, gross_mg, None, lane, shipped.profile(profile_id), Allocation.MASS, shipped)


@pytest.mark.parametrize(
    ("profile_id", "co2e_mg"),
    [
        # 0.1739 kg x 1.19972542 = 0.208632250 and x 0.00468568 = 0.000814839
        ("uk-desnz@2025", {"production": 208_632, "end_of_life": 815}),
        ("uk-desnz@2026", {"production": 208_374, "end_of_life": 809}),
        # x 0.98311 = 0.170962829 and x 0.99134 = 0.172394026
        ("us-epa@2025", {"production": 170_963, "end_of_life": 172_394}),
        # x 0.67 = 0.116513 and x 0.737 = 0.1281643
        ("fr-ademe@2024", {"production": 116_513, "end_of_life": 128_164}),
        # x 1.137 = 0.1977243 and x 0.4 = 0.06956
        ("cn-cpcd@2024", {"production": 197_724, "end_of_life": 69_560}),
        # x 0.491 = 0.0853849
        ("eu-industry@2022", {"cradle_to_grave": 85_385}),
    ],
)
def test_the_same_box_under_every_profile(shipped, profile_id, co2e_mg):
    """A C-flute box 0201 of 300 x 200 x 150 mm: 1049.4 x 357.2 mm of 464 g/m2 is 173.9 g, to the mg per profile.

    The 464 g/m2 are an estimate and the Chinese end of life is a stand-in: both test arithmetic only. All other factors
    were read in their sources.
    """
    box = PackagingComponent(Component.BOX, "corrugated-board", 173_900)
    found = by_mass(shipped, profile_id, (box,), None)
    assert {line.stage.value: line.co2e_mg for line in found.lines} == co2e_mg
    stand_ins = {"end_of_life"} if profile_id == "cn-cpcd@2024" else set()
    assert {line.stage.value for line in found.lines if not line.read_in_source} == stand_ins
    assert found.missing == tuple(each for each in found.missing if each.startswith("transport/"))


def test_the_same_box_covers_every_shipped_profile(shipped):
    """No shipped profile is left out of the golden box."""
    assert {each.profile_id for each in shipped.profiles} == {
        "uk-desnz@2025",
        "uk-desnz@2026",
        "us-epa@2025",
        "fr-ademe@2024",
        "cn-cpcd@2024",
        "eu-industry@2022",
    }


def test_warm_figures_follow_from_the_publishers_units(shipped):
    """0.827 MTCO2e per short ton of 907.18 kg is 0.9116 kg/kg, near virgin board; landfill has its net as low end.

    The gross figure less the stored carbon, 0.21577 kg C x 44/12 = 0.79116 kg CO2, is the net 0.20018.
    """
    us = shipped.profile("us-epa")
    virgin = us.factor_of_content("corrugated-board", Stage.PRODUCTION, Decimal(0))
    assert abs(virgin.value - Decimal("0.827") * 1000 / Decimal("907.18")) < Decimal("0.0003")
    landfill = us.factor("corrugated-board", Stage.END_OF_LIFE)
    assert abs(landfill.value - Decimal("0.21577") * 44 / 12 - landfill.low) < Decimal("0.0001")


def test_french_flight_with_its_trails(shipped):
    """1 kg over 9,000 + 95 km by freighter: 9.095 tkm x 0.455, x 0.0999 and, on request, x 0.454 of trails."""
    lane = Lane((Leg("air", 9_000),), include_radiative_forcing=True)
    found = by_mass(shipped, "fr-ademe", (), lane)
    assert {line.stage.value: line.co2e_mg for line in found.lines} == {
        "transport_ttw": 4_138_225,
        "transport_wtt": 908_590,  # 908,590.5 mg, rounded half to even
        "radiative_forcing": 4_129_130,
    }


def test_every_factor_can_be_opened(shipped):
    """Each factor has an address or a document's table, except the maintainers' estimates."""
    for profile in shipped.profiles:
        for factor in profile.factors:
            if not factor.url and not factor.table:
                assert (factor.read_in_source, factor.range_assumed) == (False, True), factor.factor_id
            else:
                assert factor.url.startswith("https://"), factor.factor_id


def test_upstream_fuel_of_the_us_profile_is_an_unverified_proxy(shipped):
    """Its publisher has no WTT factors: they stand on the ratio of another one, and are never shown as read."""
    found = by_mass(shipped, "us-epa", (), Lane((Leg("road", 500), Leg("rail", 500))))
    assert not found.missing
    assert {line.stage for line in found.lines if not line.read_in_source} == {Stage.TRANSPORT_WTT}
    assert {line.source_grade for line in found.lines if line.stage is Stage.TRANSPORT_WTT} == {SourceGrade.OWN}


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
        assert len(lines) == needed or not found.factors_complete
        assert {line.factor_id for line in found.lines} <= {factor.factor_id for factor in profile.factors}
        assert all(line.source for line in found.lines)
        assert total([found, found]).total_co2e_mg == 2 * found.total_co2e_mg
