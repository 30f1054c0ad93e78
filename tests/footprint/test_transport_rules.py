"""Hubs, radiative forcing, chosen factors, WTW and allocations of transport."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright.domain.factor import Component, Coverage, CoverageCell, Stage
from boxwright.domain.footprint import Allocation
from boxwright.domain.lane import Lane, Leg, TransportMode
from boxwright.errors import InvalidInputError
from boxwright.footprint import estimate

AIR_CHAIN = (Leg("road", 100), Leg("air", 9_000), Leg("road", 50))


@pytest.fixture
def with_more(profiles):
    """Return a maker of the full profile with more factors: (subject, stage, unit, value) each."""

    def make(*more, hub=""):
        base = profiles.full
        made = tuple(
            replace(
                base.factors[0],
                factor_id=f"full@1/{subject}/{stage.value}",
                subject=subject,
                stage=stage,
                unit=unit,
                value=Decimal(value),
                mode=(base.mode_of(subject) or TransportMode.ROAD) if unit == "tkm" else None,
            )
            for subject, stage, unit, value in more
        )
        cells = {
            (Component.HUB if unit == "t" else Component.TRANSPORT, stage): Coverage.FACTOR
            for _, stage, unit, _ in more
        }
        kept = tuple(cell for cell in base.coverage if (cell.component, cell.stage) not in cells)
        coverage = kept + tuple(CoverageCell(*key, each) for key, each in cells.items())
        return replace(base, factors=(*base.factors, *made), coverage=coverage, default_hub=hub)

    return make


def state(lane, profile, materials, allocation=Allocation.MASS, gross_mg=1_000_000, **figures):
    """Return the footprint of a parcel without packaging."""
    return estimate([], gross_mg, figures.pop("chargeable", None), lane, profile, allocation, materials, **figures)


def test_a_hub_stands_between_each_two_legs(with_more, materials):
    """1 kg through two hubs of 0.38 + 0.82 kg per t (ISO 14083 guide, example 5): 2 x (0.38 g + 0.82 g) = 2.4 g."""
    hubs = (("sorting", Stage.TRANSPORT_TTW, "t", "0.38"), ("sorting", Stage.TRANSPORT_WTT, "t", "0.82"))
    profile = with_more(*hubs, hub="sorting")
    found = state(Lane(AIR_CHAIN, include_hubs=True), profile, materials)
    lines = [line for line in found.lines if line.component is Component.HUB]
    assert [(line.leg_index, line.stage, line.amount, line.unit, line.co2e_mg) for line in lines] == [
        (0, Stage.TRANSPORT_TTW, Decimal("0.001"), "t", 380),
        (0, Stage.TRANSPORT_WTT, Decimal("0.001"), "t", 820),
        (1, Stage.TRANSPORT_TTW, Decimal("0.001"), "t", 380),
        (1, Stage.TRANSPORT_WTT, Decimal("0.001"), "t", 820),
    ]
    assert found.factors_complete


def test_a_hub_without_a_factor_is_missing(profiles, materials):
    """A hub that the profile has no factor for is named, by its class where a leg names one."""
    lane = Lane((Leg("road", 100, hub="terminal"), *AIR_CHAIN[1:]), include_hubs=True)
    found = state(lane, profiles.full, materials)
    assert [" ".join(each.split()[:2]) for each in found.missing] == [
        "hub/transport_ttw: terminal",
        "hub/transport_wtt: terminal",
        "hub/transport_ttw: hub",
        "hub/transport_wtt: hub",
    ]
    assert state(replace(lane, include_hubs=False), profiles.full, materials).factors_complete


def test_radiative_forcing_without_a_factor_is_missing(profiles, materials):
    """A profile that has no uplift says so instead of counting none."""
    found = state(Lane(AIR_CHAIN, include_radiative_forcing=True), profiles.full, materials)
    assert found.missing == ("transport/radiative_forcing: aircraft",)


def test_a_chosen_factor_gives_its_class(profiles, materials):
    """A leg by factor id counts what the same leg by vehicle does, both stages once."""
    by_id = state(Lane([Leg("road", 100, factor_id="full@1/van/transport_ttw")]), profiles.full, materials)
    assert by_id == state(Lane([Leg("road", 100, vehicle="van")]), profiles.full, materials)
    assert len(by_id.lines) == 2


@pytest.mark.parametrize("factor_id", ["nothing", "full@1/board/production", "sparse@1/truck/transport_ttw"])
def test_a_chosen_factor_must_be_a_row_of_the_profile(profiles, materials, factor_id):
    """An unknown row, one of a material and one of another profile are refused with the leg's field."""
    with pytest.raises(InvalidInputError, match=r"lane\.legs\[1\]\.factor_id"):
        state(Lane([Leg("road", 1), Leg("road", 1, factor_id=factor_id)]), profiles.full, materials)


@pytest.mark.parametrize("name", ["vehicle", "factor_id"])
def test_a_class_travels_by_the_mode_of_its_leg(profiles, materials, name):
    """A truck of the class of an aircraft, by name or by row, is refused with the leg's field."""
    named = {"vehicle": "aircraft", "factor_id": "full@1/aircraft/transport_ttw"}[name]
    with pytest.raises(InvalidInputError, match=rf"lane\.legs\[1\]\.{name}"):
        state(Lane([Leg("road", 1), Leg("road", 500, **{name: named})]), profiles.full, materials)


def test_a_class_has_one_mode(profiles):
    """Two factors of one transport class cannot travel by two modes."""
    first, *others = profiles.full.factors[-2:]
    with pytest.raises(InvalidInputError, match=r"factors\[1\]\.mode"):
        replace(profiles.full, factors=(replace(first, mode=TransportMode.SEA), *others))


def test_wtw_is_never_added_to_its_parts(with_more, materials):
    """A profile cannot hold WTW beside its parts; a class that has their sum as WTW has one line."""
    with pytest.raises(InvalidInputError):
        with_more(("truck", Stage.TRANSPORT_WTW, "tkm", "0.12522"))
    profile = with_more(("lorry", Stage.TRANSPORT_WTW, "tkm", "0.12522"))
    split = state(Lane([Leg("road", 1_000)]), profile, materials)
    whole = state(Lane([Leg("road", 1_000, factor_id="full@1/lorry/transport_wtw")]), profile, materials)
    assert [line.stage for line in split.lines] == [Stage.TRANSPORT_TTW, Stage.TRANSPORT_WTT]
    assert [line.stage for line in whole.lines] == [Stage.TRANSPORT_WTW]
    assert whole.factors_complete
    # 0.001 t x 1,050 km x 0.12522 kg/tkm = 131.481 g; 106.7115 + 24.7695 g are each rounded half to even.
    assert (whole.total_co2e_mg, split.total_co2e_mg) == (131_481, 131_482)


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.integers(1, 10**9), st.integers(1, 10**15)), min_size=1, max_size=30),
    st.sampled_from(["road", "rail", "sea"]),
    st.integers(1, 5_000),
)
def test_parcels_share_out_the_truckload(profiles, materials, parcels, mode, km):
    """By mass and by volume, the parcels that make up a load sum to the load, within a mg per line of a parcel.

    The load's mean density is that of these parcels, so that its volume share is its mass.
    """
    mass, volume = (sum(column) for column in zip(*parcels, strict=True))
    density = float(Fraction(mass, volume) * 10**12)
    if not 1e-9 < density <= 25_000:
        return
    lane = Lane([Leg(mode, km, mean_density_kg_per_m3=density)])
    load = state(lane, profiles.full, materials, gross_mg=mass)
    for allocation in (Allocation.MASS, Allocation.VOLUME_SHARE):
        shares = [
            state(lane, profiles.full, materials, allocation, gross, outer_um3=um3).total_co2e_mg
            for gross, um3 in parcels
        ]
        # A float density keeps 15 digits, so its error is below 1 mg for any load here.
        assert abs(sum(shares) - load.total_co2e_mg) <= len(parcels) + 1 + load.total_co2e_mg * 1e-14


@pytest.mark.parametrize("mode", ["road", "rail", "sea", "air"])
def test_volume_share_needs_a_sourced_density(profiles, materials, mode):
    """Without a mean density there is no share by volume."""
    with pytest.raises(InvalidInputError, match=r"lane\.legs\[0\]\.mean_density_kg_per_m3"):
        state(Lane([Leg(mode, 1)]), profiles.full, materials, Allocation.VOLUME_SHARE, outer_um3=10**15)


def test_volume_share_needs_a_volume(profiles, materials):
    """A parcel of unknown size has no share by volume."""
    with pytest.raises(InvalidInputError, match=r"outer"):
        state(Lane([Leg("road", 1)]), profiles.full, materials, Allocation.VOLUME_SHARE)


def test_hubs_by_volume_are_missing(with_more, materials):
    """No hub has a mean density, so its share by volume is named as missing and never guessed."""
    profile = with_more(("sorting", Stage.TRANSPORT_WTW, "t", "1.19"), hub="sorting")
    legs = (Leg("road", 1, mean_density_kg_per_m3=200), Leg("road", 1, mean_density_kg_per_m3=200))
    lane = Lane(legs, include_hubs=True)
    found = state(lane, profile, materials, Allocation.VOLUME_SHARE, outer_um3=10**15)
    assert found.missing == ("hub/transport_wtw: sorting",)
    assert state(lane, profile, materials).factors_complete


def test_lines_say_their_leg_and_rule(profiles, materials):
    """Each line of transport names its leg and how its distance was adjusted."""
    found = state(Lane([*AIR_CHAIN, Leg("sea", 10, "actual")]), profiles.full, materials)
    rules = ("sfd x 1.05", "gcd x 1 + 95", "sfd x 1.05", "actual")
    for index, (line, rule) in enumerate(zip(found.lines[::2], rules, strict=True)):
        assert line.leg_index == index
        assert rule in line.rule
