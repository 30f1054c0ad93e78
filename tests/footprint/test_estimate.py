"""The footprint of one parcel: golden lines, gaps, and properties of every parcel."""

from dataclasses import replace
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright.domain.carrier import ChargeableWeight
from boxwright.domain.factor import Component, Coverage, Stage
from boxwright.domain.footprint import Allocation, PackagingComponent
from boxwright.domain.lane import Lane, Leg
from boxwright.errors import InvalidInputError
from boxwright.footprint import estimate, offered_allocations

BOX = PackagingComponent(Component.BOX, "board", 173_900)
LANE = Lane((Leg("road", 500), Leg("air", 9_000), Leg("road", 20, vehicle="van")), carrier_service="any")
BILLED = ChargeableWeight("any", None, 2_500_000, "", "", read_in_source=True)


def footprint(profile, materials, packaging=(BOX,), gross_mg=1_000_000, lane=LANE, allocation=Allocation.MASS):
    """Return an estimate with the default parcel unless changed."""
    return estimate(packaging, gross_mg, BILLED, lane, profile, allocation, materials)


def grams(found, component=None):
    """Return mg CO2e by subject and stage, of one component or all."""
    return {
        (line.subject, line.stage.value): line.co2e_mg
        for line in found.lines
        if component is None or line.component is component
    }


def test_a_line_names_its_data(profiles, materials):
    """A line has amount, unit, factor, id and source, and states whether the factor was verified."""
    line = next(line for line in footprint(profiles.full, materials).lines if line.subject == "aircraft")
    assert (line.amount, line.unit, line.factor_kg_per_unit) == (Decimal("9.095"), "tkm", Decimal("0.5313"))
    assert (line.factor_id, line.source) == ("full@1/aircraft/transport_ttw", "source of aircraft")
    assert line.read_in_source


def test_dimensional_weight_multiplies_what_is_billed(profiles, materials):
    """The indicator by dimensional weight has the packaging's grams and 2.5 times the transport of one kg."""
    by_mass = footprint(profiles.full, materials)
    by_bill = footprint(profiles.full, materials, allocation=Allocation.DIMENSIONAL_WEIGHT)
    assert by_bill.allocation is Allocation.DIMENSIONAL_WEIGHT
    assert by_bill.subtotal_co2e_mg(Component.BOX) == by_mass.subtotal_co2e_mg(Component.BOX)
    heavy = footprint(profiles.full, materials, gross_mg=2_500_000)
    assert grams(by_bill, Component.TRANSPORT) == grams(heavy, Component.TRANSPORT) != grams(by_mass)


def test_dimensional_weight_needs_a_bill(profiles, materials):
    """Without a chargeable weight the indicator is refused; it never falls back to mass."""
    with pytest.raises(InvalidInputError, match=r"lane\.carrier_service"):
        estimate([BOX], 1, None, LANE, profiles.full, Allocation.DIMENSIONAL_WEIGHT, materials)


def test_indicator_is_offered_where_a_service_bills():
    """Only a lane with a carrier service has a chargeable weight."""
    assert offered_allocations(LANE) == (Allocation.MASS, Allocation.DIMENSIONAL_WEIGHT)
    assert offered_allocations(Lane()) == offered_allocations(None) == (Allocation.MASS,)


@pytest.mark.parametrize("lane", [None, Lane(), Lane(carrier_service="any")])
def test_no_legs_is_missing_not_zero(profiles, materials, lane):
    """Without legs a total never looks complete."""
    found = footprint(profiles.full, materials, lane=lane)
    assert [each.partition(":")[0] for each in found.missing_scope] == [
        "transport/transport_ttw",
        "transport/transport_wtt",
    ]
    assert found.lacks == found.missing_scope
    assert (found.missing, found.factors_complete) == ((), True)


HUBS_WITHOUT_FACTOR = ("hub/transport_ttw: terminal", "hub/transport_wtt: terminal")


@pytest.mark.parametrize("stated", [None, True, False])
def test_unstated_hubs_are_named(profiles, materials, stated):
    """If a lane does not say whether hubs count, they are named as missing scope, for any number of legs."""
    legs = [Leg("road", 500, hub="terminal")] * 2
    for count in (1, 2):
        found = footprint(profiles.full, materials, lane=Lane(legs[:count], include_hubs=stated))
        hubs = ("hub/transport_ttw: not stated, not counted", "hub/transport_wtt: not stated, not counted")
        assert found.missing_scope == (hubs if stated is None else ())
        counted = stated is True and count == 2
        assert found.missing == found.lacks == (HUBS_WITHOUT_FACTOR if counted else ())


def test_box_of_unknown_mass_is_missing(profiles, materials):
    """No box weighs nothing: a box without mass is missing. Other components of no mass are not there."""
    packaging = (replace(BOX, mass_mg=0), PackagingComponent(Component.VOID_FILL, "nothing", 0))
    found = footprint(profiles.full, materials, packaging=packaging)
    assert [each.partition(":")[0] for each in found.missing] == ["box/production", "box/end_of_life"]
    assert {line.component for line in found.lines} == {Component.TRANSPORT}


@pytest.mark.parametrize("coverage", [Coverage.INCLUDED, Coverage.OUTSIDE])
@pytest.mark.parametrize(
    ("component", "stage"),
    [(Component.BOX, Stage.END_OF_LIFE), (Component.TRANSPORT, Stage.TRANSPORT_WTT)],
)
def test_matrix_forbids_lines(profiles, materials, with_coverage, component, stage, coverage):
    """A stage that another line includes, or that is outside, has no line although there is a factor, and no gap."""
    changed = with_coverage(profiles.full, component, stage, coverage)
    found, before = footprint(changed, materials), footprint(profiles.full, materials)
    assert (component, stage) not in {(line.component, line.stage) for line in found.lines}
    assert found.lacks == ()
    kept = [line for line in before.lines if (line.component, line.stage) != (component, stage)]
    assert grams(found) == {(line.subject, line.stage.value): line.co2e_mg for line in kept}
    assert [each.partition(":")[0] for each in footprint(changed, materials, lane=None).missing_scope] == [
        f"transport/{each.value}"
        for each in (Stage.TRANSPORT_TTW, Stage.TRANSPORT_WTT)
        if (Component.TRANSPORT, each) != (component, stage)
    ]


@pytest.mark.parametrize(
    ("component", "stage", "subjects"),
    [
        (Component.BOX, Stage.PRODUCTION, ["board"]),
        (Component.TRANSPORT, Stage.TRANSPORT_WTT, ["truck", "aircraft", "van"]),
    ],
)
def test_missing_stage_ignores_stray_factors(profiles, materials, with_coverage, component, stage, subjects):
    """If the matrix says missing, an existing factor does not count."""
    found = footprint(with_coverage(profiles.full, component, stage, Coverage.MISSING), materials)
    assert found.missing == tuple(f"{component.value}/{stage.value}: {subject}" for subject in subjects)
    assert not {(subject, stage.value) for subject in subjects} & grams(found).keys()


def test_unverified_factors_mark_their_lines(profiles, materials):
    """A line on an unverified factor says so, and the share of the total is stated."""
    fill = PackagingComponent(Component.VOID_FILL, "ldpe", 18_000)
    found = footprint(profiles.full, materials, packaging=(BOX, fill))
    assert {line.subject for line in found.lines if not line.read_in_source} == {"ldpe"}
    assert found.unverified_share == found.subtotal_co2e_mg(Component.VOID_FILL) / found.total_co2e_mg


def test_bad_distance_names_its_leg(profiles, materials):
    """A leg whose distance cannot be adjusted is named by its place in the lane."""
    lane = Lane((Leg("road", 1), Leg("sea", 100, "gcd")))
    with pytest.raises(InvalidInputError, match=r"lane\.legs\[1\]\.distance_kind"):
        footprint(profiles.full, materials, lane=lane)


def test_profiles_never_mix(profiles):
    """A profile refuses a factor of another profile, and two factors for one thing."""
    with pytest.raises(InvalidInputError, match=r"factors\[\d+\]\.profile_id"):
        replace(profiles.full, factors=(*profiles.full.factors, profiles.sparse.factors[0]))
    with pytest.raises(InvalidInputError):
        replace(profiles.full, factors=(*profiles.full.factors, profiles.full.factors[0]))


def test_grams_do_not_depend_on_the_decimal_context(profiles, materials):
    """A caller's coarse decimal context changes neither grams nor amounts."""
    tote = (replace(BOX, trips=7),)
    expected = footprint(profiles.full, materials, packaging=tote)
    with localcontext() as context:
        context.prec = 3
        assert footprint(profiles.full, materials, packaging=tote) == expected


parts = st.lists(
    st.builds(
        PackagingComponent,
        st.sampled_from([Component.BOX, Component.CUSHIONING, Component.VOID_FILL, Component.TAPE]),
        st.sampled_from(["board", "kraft", "ldpe", "unobtainium", ""]),
        st.integers(0, 10**7),
        st.integers(1, 100),
    ),
    max_size=5,
)
km = st.floats(0.1, 20_000)
legs = st.lists(
    st.builds(Leg, st.sampled_from(["road", "rail", "sea", "air"]), km, vehicle=st.sampled_from(["", "rickshaw"]))
    | st.builds(Leg, st.just("road"), km, vehicle=st.just("van")),
    max_size=3,
)
names = st.sampled_from(["full", "sparse"])


@settings(max_examples=25)
@given(name=names, packaging=parts, chain=legs, gross_mg=st.integers(1, 10**8))
def test_every_stage_is_a_line_or_named(profiles, materials, name, packaging, chain, gross_mg):
    """Each component and leg has, per stage inside the boundary, exactly one line or a name in ``missing``."""
    profile = getattr(profiles, name)
    found = footprint(profile, materials, packaging, gross_mg, Lane(tuple(chain)))
    lines, missing = list(found.lines), set(found.missing)
    wanted = [(part.component, part.material_id, Fraction(part.mass_mg, 10**6 * part.trips)) for part in packaging]
    for leg in chain:
        vehicle = leg.vehicle or profile.vehicle(leg.mode)
        wanted.append((Component.TRANSPORT, vehicle, None))
    for component, subject, amount_kg in wanted:
        for stage in (Stage.PRODUCTION, Stage.END_OF_LIFE, Stage.TRANSPORT_TTW, Stage.TRANSPORT_WTT):
            transport = component is Component.TRANSPORT
            if transport != stage.value.startswith("transport") or profile.cell(component, stage).coverage in (
                Coverage.OUTSIDE,
                Coverage.INCLUDED,
            ):
                continue
            if amount_kg == 0 and component is not Component.BOX:
                continue
            factor = profile.factor(subject, stage)
            if factor is None or amount_kg == 0 or profile.cell(component, stage).coverage is Coverage.MISSING:
                assert any(name.startswith(f"{component.value}/{stage.value}: ") for name in missing)
                continue
            line = lines.pop(0)
            assert (line.component, line.stage, line.factor_id) == (component, stage, factor.factor_id)
            if amount_kg is not None:
                assert line.co2e_mg == round(amount_kg * Fraction(factor.value) * 10**6)
            exact = line.amount * line.factor_kg_per_unit * 10**6
            assert abs(line.co2e_mg - exact) <= Decimal("0.5000001")
    assert not lines
    assert found.total_co2e_mg == sum(line.co2e_mg for line in found.lines)
    assert found.factors_complete == (not found.missing)
    assert chain or found.lacks


@settings(max_examples=25)
@given(
    chain=legs.filter(bool),
    gross_mg=st.integers(1, 10**8),
    more_mg=st.integers(0, 10**8),
    more_km=st.floats(0, 1_000),
)
def test_grams_never_fall_with_mass_or_distance(profiles, materials, chain, gross_mg, more_mg, more_km):
    """For fixed packaging a heavier parcel or a longer way never has fewer grams."""
    lane = Lane(tuple(chain))
    longer = Lane(tuple(replace(leg, distance_km=leg.distance_km + more_km) for leg in chain))
    base = footprint(profiles.full, materials, gross_mg=gross_mg, lane=lane)
    heavier = footprint(profiles.full, materials, gross_mg=gross_mg + more_mg, lane=lane)
    further = footprint(profiles.full, materials, gross_mg=gross_mg, lane=longer)
    assert base.total_co2e_mg <= heavier.total_co2e_mg
    assert base.total_co2e_mg <= further.total_co2e_mg
    assert base.missing == heavier.missing == further.missing
