"""Data behind masses: unverified share, range, and comparisons that draw each datum once."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright import BoxType, Item, Lane, Leg, Order, Policy, check, load_catalog, plan
from boxwright.domain.comparison import ComparisonOutcome
from boxwright.domain.factor import Component, Stage
from boxwright.domain.footprint import Allocation, MassDatum, MassPart, PackagingComponent
from boxwright.domain.place import Place
from boxwright.domain.source_grade import SourceGrade
from boxwright.footprint import PartData, data_of_box, data_of_dunnage, difference, estimate, total
from boxwright.routing import derive

FILL = MassDatum("dunnage/fill/density", Decimal("0.5"), Decimal(2), read_in_source=False)
BOARD = MassDatum("board/b/grammage", Decimal("0.9"), Decimal("1.15"), read_in_source=False)
TRIPS = MassDatum("box/tote/trips", Decimal("0.5"), Decimal(2), read_in_source=False)
WEIGHED = MassDatum("dunnage/fill/density", Decimal("0.95"), Decimal("1.05"), read_in_source=True)
UNCERTAIN_FILL = (PartData(), PartData((FILL,)))
LANE = Lane([Leg("road", 500)], include_hubs=True)


def footprint(shipped, fill_mg, *, data=UNCERTAIN_FILL, allocation=Allocation.MASS, lane=LANE):
    """Return the footprint of 1 kg of goods in a box of 200 g with a mass of fill under the UK profile."""
    packaging = (
        PackagingComponent(Component.BOX, "corrugated-board", 200_000),
        PackagingComponent(Component.VOID_FILL, "kraft-paper", fill_mg),
    )
    gross = 1_200_000 + fill_mg
    return estimate(packaging, gross, None, lane, shipped.profile("uk-desnz"), allocation, shipped, data=data)


def test_the_unverified_share_counts_masses_by_hand(shipped):
    """All of the fill's grams, and its share of the transport by gross mass."""
    found = footprint(shipped, 300_000)
    assert all(line.read_in_source for line in found.lines)
    fill = found.subtotal_co2e_mg(Component.VOID_FILL)
    way = found.subtotal_co2e_mg(Component.TRANSPORT)
    # 0.3 of 1.5 kg travel on an unverified mass.
    by_hand = (fill + way * 0.3 / 1.5) / found.total_co2e_mg
    assert found.unverified_share == pytest.approx(by_hand, rel=1e-12)
    assert footprint(shipped, 300_000, data=()).unverified_share == 0.0
    assert footprint(shipped, 300_000, data=()).graded_words == "copy 100.0 %"
    assert found.graded_mg[SourceGrade.OWN] == pytest.approx(by_hand * found.absolute_mg, rel=1e-12)
    assert sum(found.graded_mg.values()) == pytest.approx(found.absolute_mg)
    assert footprint(shipped, 300_000, data=(PartData(), PartData((WEIGHED,)))).unverified_share == 0.0


def test_the_range_multiplies_the_ends_of_mass_and_factor(shipped):
    """Each line: its factor's lower end times its amount at half the fill, its upper end times it at twice the fill."""
    found = footprint(shipped, 300_000)
    low = high = Fraction(0)
    for line in found.lines:
        if line.component is Component.VOID_FILL:
            scales = (Fraction(1, 2), Fraction(2))
        elif line.component is Component.TRANSPORT:
            scales = (Fraction(135, 150), Fraction(180, 150))  # 1.2 kg plus 0.15, 0.3 or 0.6 kg of fill
        else:
            scales = (Fraction(1), Fraction(1))
        low += Fraction(line.amount) * Fraction(line.low_kg_per_unit) * scales[0]
        high += Fraction(line.amount) * Fraction(line.high_kg_per_unit) * scales[1]
    assert found.interval_co2e_mg == (round(low * 10**6), round(high * 10**6))


def test_trips_spread_a_life_and_do_not_travel(shipped):
    """Ranges of mass and trips multiply in making and end of life; transport either way depends on the mass alone."""
    tote = PackagingComponent(Component.BOX, "pp-tote", 1_000_000, trips=50)
    basis = (PartData((BOARD,), (TRIPS,)),)
    found = estimate((tote,), 2_000_000, None, LANE, shipped.profile("uk-desnz"), Allocation.MASS, shipped, data=basis)
    for line in found.lines:
        (part,) = line.mass_parts
        if line.stage in (Stage.PRODUCTION, Stage.END_OF_LIFE):
            assert part == MassPart((BOARD.datum_id, TRIPS.datum_id), line.amount)
        else:
            assert (part.data, part.amount) == ((BOARD.datum_id,), line.amount / 2)
    assert found.mass_data == (BOARD, TRIPS)


def test_a_bill_and_a_volume_depend_on_no_mass(shipped):
    """Chargeable weight and volume do not depend on mass data; packaging lines do."""
    lane = Lane([Leg("road", 500, mean_density_kg_per_m3=200)])
    packaging = (PackagingComponent(Component.VOID_FILL, "kraft-paper", 300_000),)
    profile, basis = shipped.profile("uk-desnz"), (PartData((FILL,)),)
    found = estimate(
        packaging, 10**6, None, lane, profile, Allocation.VOLUME_SHARE, shipped, outer_um3=10**15, data=basis
    )
    assert {bool(line.mass_parts) for line in found.lines if line.component is Component.TRANSPORT} == {False}
    assert {bool(line.mass_parts) for line in found.lines if line.component is Component.VOID_FILL} == {True}


BY_RAIL = Lane(origin=Place("CN", "518000"), destination=Place("DE", "20457"), derive_legs=True, main_mode="rail")
DETOURS = {"rail": False, "road": True}


def test_the_range_of_a_derived_leg_is_that_of_its_detour(shipped):
    """The main stretch by rail depends on an unverified detour factor; every leg over land has its detour's range."""
    way = derive(BY_RAIL)
    found = footprint(shipped, 0, data=(), lane=way)
    assert {each.datum_id.split("/")[1]: each.read_in_source for each in found.mass_data} == DETOURS
    by_rail = sum(line.co2e_mg for line in found.lines if line.leg_index == 1)
    assert found.unverified_share == pytest.approx(by_rail / found.total_co2e_mg, rel=1e-12)
    given = replace(way, legs=tuple(replace(leg, derivation=None) for leg in way.legs))
    exact = footprint(shipped, 0, data=(), lane=given)
    assert (exact.unverified_share, exact.mass_data) == (0, ())
    assert exact.total_co2e_mg == found.total_co2e_mg
    made = exact.interval_co2e_mg[0] - sum(_end(line, "low") for line in exact.lines if line.leg_index is not None)
    carried = sum(_end(line, "low") for line in exact.lines if line.leg_index is not None)
    assert found.interval_co2e_mg[0] == pytest.approx(made + carried * 1.2 / 1.3, rel=1e-5)


def _end(line, which):
    """Return a line at an end of its factor's range, in mg CO2e."""
    return float(line.amount * getattr(line, f"{which}_kg_per_unit")) * 1e6


def test_a_mass_and_a_detour_multiply(shipped):
    """The fill's part of a derived leg stands on its density and on the detour, the rest on the detour alone."""
    found = footprint(shipped, 300_000, lane=derive(BY_RAIL))
    for line in found.lines:
        if line.component is Component.TRANSPORT:
            both, alone = line.mass_parts
            detour = f"detour/{'rail' if line.leg_index == 1 else 'road'}"
            assert (both.data, alone.data) == ((FILL.datum_id, detour), (detour,))
            assert both.amount + alone.amount == pytest.approx(line.amount)
            assert both.amount == pytest.approx(line.amount * 3 / 15)


def test_the_same_datum_is_drawn_once_for_both(shipped):
    """Equal fill cancels however uncertain it is: 10 g less of board is better whatever the fill weighs."""
    wide = replace(FILL, low=Decimal("0.01"), high=Decimal(100))
    basis = (PartData(), PartData((wide,)))
    first, second = footprint(shipped, 300_000, data=basis), footprint(shipped, 300_000, data=basis)
    assert difference(first, second).low_co2e_mg == difference(first, second).high_co2e_mg == 0
    packaging = (
        PackagingComponent(Component.BOX, "corrugated-board", 190_000),
        PackagingComponent(Component.VOID_FILL, "kraft-paper", 300_000),
    )
    lighter = estimate(
        packaging, 1_490_000, None, LANE, shipped.profile("uk-desnz"), Allocation.MASS, shipped, data=basis
    )
    assert difference(lighter, second).outcome is ComparisonOutcome.BETTER
    assert difference(second, lighter).outcome is ComparisonOutcome.WORSE


def test_more_fill_against_more_board_is_as_uncertain_as_the_fill(shipped):
    """Two masses of different data do not cancel: a range that the exact masses would not have."""
    more_fill = footprint(shipped, 210_000)
    packaging = (
        PackagingComponent(Component.BOX, "corrugated-board", 380_000),
        PackagingComponent(Component.VOID_FILL, "kraft-paper", 50_000),
    )
    basis = (PartData(), PartData((FILL,)))
    more_board = estimate(
        packaging, 1_430_000, None, LANE, shipped.profile("uk-desnz"), Allocation.MASS, shipped, data=basis
    )
    found = difference(more_fill, more_board)
    exact = difference(footprint(shipped, 210_000, data=()), replace_data(more_board))
    assert found.high_co2e_mg - found.low_co2e_mg > 1.2 * (exact.high_co2e_mg - exact.low_co2e_mg)


def test_all_lines_on_one_datum_move_together(shipped):
    """With exact factors the range of 300 g more fill is as wide, to its grams, as that of any one of its lines."""
    first, second = (exact_factors(footprint(shipped, mass)) for mass in (300_000, 0))
    whole = difference(first, second)
    one = replace(first, lines=tuple(line for line in first.lines if line.component is Component.VOID_FILL)[:1])
    alone = difference(one, replace(second, lines=()))
    assert whole.low_co2e_mg / whole.difference_co2e_mg == pytest.approx(
        alone.low_co2e_mg / alone.difference_co2e_mg, rel=1e-3
    )
    assert whole.high_co2e_mg / whole.difference_co2e_mg == pytest.approx(
        alone.high_co2e_mg / alone.difference_co2e_mg, rel=1e-3
    )


def exact_factors(found):
    """Return a footprint whose factors have no range."""
    lines = (
        replace(line, low_kg_per_unit=line.factor_kg_per_unit, high_kg_per_unit=line.factor_kg_per_unit)
        for line in found.lines
    )
    return replace(found, lines=tuple(lines))


def replace_data(found):
    """Return a footprint whose masses are all exact."""
    return replace(found, mass_data=(), lines=tuple(replace(line, mass_parts=()) for line in found.lines))


def test_other_ranges_of_the_same_datum_are_not_compared(shipped):
    """Two ranges of one datum are two sets of data."""
    other = (PartData(), PartData((WEIGHED,)))
    found = difference(footprint(shipped, 300_000), footprint(shipped, 300_000, data=other))
    assert found.outcome is ComparisonOutcome.UNKNOWN


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_sums_stand_on_what_their_parts_do(shipped, one, other):
    """The unverified grams and the ends of a sum are those of its parts, to the rounding."""
    parts = [footprint(shipped, one), footprint(shipped, other)]
    whole = total(parts)
    assert whole.unverified_mg == pytest.approx(sum(each.unverified_mg for each in parts), abs=4)
    for end in (0, 1):
        assert whole.interval_co2e_mg[end] == pytest.approx(sum(p.interval_co2e_mg[end] for p in parts), abs=2)
    low, high = whole.interval_co2e_mg
    assert low <= whole.total_co2e_mg <= high


def test_shipped_data_have_the_ranges_of_their_tables(shipped):
    """18 kg/m3 of 10 to 30, 405 g/m2 of 364 to 466; tape without a range by the data-quality rule; a label is exact."""
    (fill,) = data_of_dunnage(shipped.dunnage_of("crumpled-kraft-fill"), shipped).mass
    assert (fill.low, fill.high, fill.read_in_source) == (Decimal("0.555556"), Decimal("1.666667"), False)
    box = load_catalog("eu-stock").box_type("eu-200x150x100")
    (board,) = data_of_box(box, shipped).mass
    assert (board.datum_id, board.low, board.high) == (
        "board/b-flute/grammage",
        Decimal("0.898765"),
        Decimal("1.150617"),
    )
    (tape,) = data_of_dunnage(shipped.dunnage_of("kraft-paper-tape"), shipped).mass
    assert (tape.high, tape.read_in_source) == (shipped.unverified_spread, False)
    assert data_of_dunnage(shipped.dunnage_of("paper-waybill"), shipped) == PartData()


BY_ROAD = Lane([Leg("road", 500)])


def packed(lane=BY_ROAD, **fields):
    """Return a plan of six mugs in a box of the European stock with fill, and what it was made from."""
    order = Order("o", [Item("mug", 6, 120, 100, 110, mass_g=400)])
    catalog = load_catalog("eu-stock")
    return plan(order, catalog, Policy(**fields), lane, ["uk-desnz"]), order, catalog, lane


def test_a_plan_states_what_it_stands_on_and_passes_its_check():
    """Board, fill and tape of a plan are unverified: most of its grams rest on them."""
    made, order, catalog, lane = packed()
    (found,) = made.footprints
    assert {each.datum_id for each in found.mass_data} == {
        "board/b-flute/grammage",
        "dunnage/crumpled-kraft-fill/density",
        "dunnage/kraft-paper-tape/grammage",
    }
    assert 0.5 < found.unverified_share < 1
    assert check(made, order, catalog, Policy(), lane=lane) == []


def damaged(made, change):
    """Return a plan with a change of the footprints of its parcels and of the plan."""
    parcels = tuple(replace(each, footprints=tuple(map(change, each.footprints))) for each in made.parcels)
    return replace(made, parcels=parcels, footprints=tuple(map(change, made.footprints)))


def read_in_source(found):
    """Say that all masses were verified."""
    return replace(found, mass_data=tuple(replace(each, read_in_source=True) for each in found.mass_data))


def narrow(found):
    """Say that no mass may be off."""
    return replace(found, mass_data=tuple(replace(each, low=Decimal(1), high=Decimal(1)) for each in found.mass_data))


def less(found):
    """Say that half of each amount is exact."""
    return replace(
        found,
        lines=tuple(
            replace(line, mass_parts=tuple(replace(part, amount=part.amount / 2) for part in line.mass_parts))
            for line in found.lines
        ),
    )


def unreadable(found):
    """Put a number in place of the parts."""
    return replace(found, lines=tuple(replace(line, mass_parts=7) for line in found.lines))


def unnamed(found):
    """Put a number in place of the data."""
    return replace(found, mass_data=7)


def of_the_detour(change):
    """Return a change of the data of detours only."""

    def changed(found):
        data = {each.datum_id: each for each in change(found).mass_data}
        return replace(
            found, mass_data=tuple(data[e.datum_id] if e.datum_id in DETOUR_IDS else e for e in found.mass_data)
        )

    return changed


DETOUR_IDS = ("detour/rail", "detour/road")


@pytest.mark.parametrize("change", [of_the_detour(read_in_source), of_the_detour(narrow), less])
def test_the_check_finds_distances_with_understated_uncertainty(change):
    """A plan of derived legs is good as it is, with the lane's places or its own legs, and found out when changed."""
    made, order, catalog, lane = packed(BY_RAIL)
    assert check(made, order, catalog, Policy(), lane=lane) == []
    assert check(made, order, catalog, Policy()) == []
    assert check(damaged(made, change), order, catalog, Policy(), lane=lane) != []


@pytest.mark.parametrize("change", [read_in_source, narrow, replace_data, less, unreadable, unnamed])
def test_the_check_finds_masses_with_understated_uncertainty(change):
    """A plan that overstates the certainty of its masses fails the check, without a crash."""
    made, order, catalog, lane = packed()
    assert check(damaged(made, change), order, catalog, Policy(), lane=lane) != []


HUBS = tuple(f"hub/{stage}: not stated, not counted" for stage in ("transport_ttw", "transport_wtt"))


def test_a_tote_without_return_transport_and_washing_lacks_scope():
    """The shipped catalog states neither, so both are named as missing scope; stating only one is not enough."""
    order = Order("o", [Item("mug", 2, 120, 100, 110, mass_g=400)])
    catalog = load_catalog("reusable-totes")
    made = plan(order, catalog, Policy(), Lane([Leg("road", 500)]), ["uk-desnz"])
    missing = ("box/reuse: return trip not stated", "box/reuse: washing not stated")
    (found,) = made.footprints
    assert (found.missing, found.lacks) == ((), missing)
    assert found.factors_complete
    assert found.missing_scope == (*missing, *HUBS)
    stated = replace(
        catalog,
        box_types=tuple(replace(b, return_distance_km=100, washing_factor_id="none") for b in catalog.box_types),
    )
    whole = plan(order, stated, Policy(), Lane([Leg("road", 500)]), ["uk-desnz"])
    assert whole.footprints[0].lacks == ()
    assert whole.footprints[0].missing_scope == HUBS
    assert whole.footprints[0].unverified_share > 0.5


def test_a_verified_size_does_not_verify_tare_and_trips(shipped):
    """A catalog of one's own that states tare and trips without saying that they were weighed and counted is unsure."""
    tote = BoxType("tote", 300, 200, 100, tare_g=1_500, material_id="pp-tote", trips=50)
    assert tote.read_in_source
    basis = data_of_box(tote, shipped)
    assert [(each.datum_id, each.read_in_source) for each in (*basis.mass, *basis.life)] == [
        ("box/tote/tare", False),
        ("box/tote/trips", False),
    ]
    known = replace(tote, tare_weighed=True, trips_counted=True, read_in_source=False)
    assert data_of_box(known, shipped) == PartData()
