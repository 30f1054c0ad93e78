"""The canonical form of a plan: what is in it, and that equal plans have equal bytes."""

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright.contract.canonical import canonical_hash, canonical_json
from boxwright.domain.carrier import AppliedSurcharge, BillingForm, Change, ChargeableWeight, LowerStep
from boxwright.domain.factor import Component, Coverage, CoverageCell, Stage
from boxwright.domain.footprint import Allocation, Footprint, FootprintLine, MassDatum, MassPart, PackagingComponent
from boxwright.domain.lack import Lack
from boxwright.domain.lane import Leg, LegDerivation, TransportMode
from boxwright.domain.order import FragilityClass, Orientation
from boxwright.domain.place import LocatedPlace, PlacePrecision
from boxwright.domain.plan import (
    Certificate,
    EmptySpace,
    HandlingMark,
    OpenCandidate,
    Parcel,
    Placement,
    Plan,
    PlanStatus,
    ProofScope,
    ProofStatus,
    RefusedCandidate,
    UnpackedReason,
    UnpackedUnit,
)
from boxwright.domain.price_table import CarriagePrice, PriceLine
from boxwright.domain.proof import Proof
from boxwright.domain.protection import LineProtection, ProtectionRule
from boxwright.domain.reuse import Reuse
from boxwright.domain.smallest_change import SmallestChange
from boxwright.domain.source_grade import SourceGrade
from boxwright.domain.strength import BoxGrade, StackLoad, StrengthMultiplier
from boxwright.domain.warning import PlanWarning

COVERAGE = (CoverageCell(Component.BOX, Stage.PRODUCTION, Coverage.FACTOR, "per kg"),)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
ids = texts.filter(str.strip)
lengths_um = st.integers(0, 10_000_000)
masses_mg = st.integers(0, 10**9)
DATA = ("a", "b")
decimals = st.decimals(0, 10**6, allow_nan=False, places=12)
lines = st.builds(
    FootprintLine,
    component=st.sampled_from(Component),
    stage=st.sampled_from(Stage),
    subject=texts,
    amount=decimals,
    unit=st.sampled_from(["kg", "tkm", "t"]),
    factor_id=ids,
    factor_kg_per_unit=decimals,
    co2e_mg=st.integers(-(10**9), 10**9),
    source=texts,
    read_in_source=st.booleans(),
    leg_index=st.none() | st.integers(0, 9),
    rule=texts,
    low_kg_per_unit=st.none() | decimals,
    high_kg_per_unit=st.none() | decimals,
    range_assumed=st.booleans(),
    biogenic_co2_mg=st.none() | st.integers(-(10**9), 10**9),
    mass_parts=st.lists(
        st.builds(MassPart, data=st.lists(st.sampled_from(DATA), max_size=2).map(tuple), amount=decimals), max_size=2
    ).map(tuple),
    source_grade=st.none() | st.sampled_from(SourceGrade),
)
lacks = st.builds(Lack, st.sampled_from(Component), st.sampled_from(Stage), texts)
footprints = st.builds(
    Footprint,
    profile_id=st.just("uk-desnz@2026"),
    allocation=st.sampled_from(Allocation),
    lines=st.lists(lines, max_size=2).map(tuple),
    missing=st.lists(lacks, max_size=2).map(tuple),
    missing_scope=st.lists(lacks, max_size=2).map(tuple),
    coverage=st.just(COVERAGE),
    mass_data=st.just(tuple(MassDatum(name, Decimal("0.5"), Decimal(2), read_in_source=name == "b") for name in DATA)),
)
placements = st.builds(
    Placement,
    line_id=ids,
    unit_index=st.integers(0, 9),
    x_um=lengths_um,
    y_um=lengths_um,
    z_um=lengths_um,
    length_um=lengths_um,
    width_um=lengths_um,
    height_um=lengths_um,
    orientation=st.sampled_from(Orientation),
    half_gap_um=lengths_um,
    folds=st.integers(0, 6),
    wall_margin_um=lengths_um,
    compartment=st.none() | st.integers(1, 100),
    inner_box_type_id=texts,
)
multipliers = st.builds(
    StrengthMultiplier, ids, texts, st.decimals("0.01", "1", places=2), texts, read_in_source=st.booleans()
)
stack_loads = st.builds(
    StackLoad,
    compression_mn=masses_mg,
    allowed_mn=masses_mg,
    required_mn=masses_mg,
    layers=st.integers(1, 1_000),
    multipliers=st.lists(multipliers, max_size=2).map(tuple),
    safety_factor=st.none() | st.decimals("1", "9", places=1),
    notes=st.lists(texts, max_size=2).map(tuple),
)
protections = st.builds(
    LineProtection,
    ids,
    st.sampled_from(ProtectionRule),
    st.sampled_from(FragilityClass),
    half_gap_um=lengths_um,
    wall_margin_um=lengths_um,
    wrap_layers=st.integers(0, 9),
    pad_edge_um=lengths_um,
    inner_box_type_id=texts,
    inner_gap_um=lengths_um,
    message=texts,
    source=texts,
)
parcels = st.builds(
    Parcel,
    protection=st.lists(protections, max_size=2).map(tuple),
    box_type_id=ids,
    placements=st.lists(placements, max_size=3).map(tuple),
    packaging=st.lists(
        st.builds(
            PackagingComponent,
            st.sampled_from(Component),
            texts,
            masses_mg,
            st.integers(1, 50),
            texts,
            st.none() | st.decimals(0, 1, places=6),
            st.none() | st.builds(Reuse, st.sampled_from([0.0, 0.1, 2.5]), texts, st.sampled_from([0.0, 12.5, 50_000])),
            st.integers(0, 10**6),
        ),
        max_size=2,
    ).map(tuple),
    net_mg=masses_mg,
    inner_um=st.tuples(*[st.integers(0, 10**7)] * 3),
    inner_volume_um3=st.integers(1, 10**21),
    goods_volume_um3=st.integers(0, 10**21),
    outer_um=st.tuples(*[st.integers(0, 10**7)] * 3),
    chargeable=st.none()
    | st.builds(
        ChargeableWeight,
        ids,
        st.none() | masses_mg,
        masses_mg,
        texts,
        texts,
        st.booleans(),
        st.lists(texts, max_size=2).map(tuple),
        st.sampled_from(BillingForm),
        st.lists(texts, max_size=2).map(tuple),
        st.lists(st.builds(AppliedSurcharge, ids, texts, st.booleans()), max_size=2).map(tuple),
        st.lists(
            st.builds(LowerStep, st.sampled_from(Change), st.integers(1, 10**7), masses_mg, st.none() | st.integers()),
            max_size=2,
        ).map(tuple),
    ),
    footprints=st.lists(footprints, max_size=2).map(tuple),
    empty_spaces=st.none() | st.lists(st.builds(EmptySpace, *[lengths_um] * 6, st.booleans()), max_size=2).map(tuple),
    ships_in_own_container=st.booleans(),
    started_parcel_id=texts,
    carriage_price=st.none()
    | st.builds(
        CarriagePrice,
        ids,
        texts,
        texts,
        st.lists(st.builds(PriceLine, ids, st.integers(-(10**9), 10**9)), max_size=2).map(tuple),
        st.lists(texts, max_size=2).map(tuple),
    ),
    carbon_cost_minor=st.none() | st.integers(0, 10**9),
    stack_load=st.none() | st.builds(StackLoad, not_modelled=texts.filter(bool)) | stack_loads,
    box_grade=st.none()
    | st.builds(
        BoxGrade, texts, masses_mg, st.integers(0, 10**7), st.lists(texts, max_size=2).map(tuple), source=texts
    ),
    cushioning_id=texts,
    handling_marks=st.lists(st.sampled_from(HandlingMark), max_size=2, unique=True).map(tuple),
)
changes = (
    st.builds(SmallestChange, ids, st.tuples(*[st.integers(1, 10**7)] * 3))
    | st.builds(SmallestChange, ids, allow=st.sampled_from(Orientation))
    | st.builds(SmallestChange, ids, lighten_mg=st.integers(1, 10**9))
)
points = st.builds(
    LocatedPlace,
    name=ids,
    country_code=st.just("DE"),
    precision=st.sampled_from(PlacePrecision),
    latitude=st.floats(-90, 90),
    longitude=st.floats(-180, 180),
    spread_km=st.floats(0, 1_000),
    data_set=texts,
)
derived_legs = st.builds(
    Leg,
    mode=st.sampled_from(TransportMode),
    distance_km=st.floats(0.1, 50_000),
    derivation=st.builds(LegDerivation, points, points, texts),
)
plans = st.builds(
    Plan,
    order_id=ids,
    status=st.sampled_from(PlanStatus),
    parcels=st.lists(parcels, max_size=2).map(tuple),
    unpacked=st.lists(
        st.builds(
            *(UnpackedUnit, ids, st.integers(0, 9), st.sampled_from(UnpackedReason), texts),
            st.none() | st.tuples(lengths_um, lengths_um, lengths_um),
        ),
        max_size=2,
    ).map(tuple),
    certificate=st.builds(
        Certificate,
        st.sampled_from(ProofStatus),
        st.sampled_from(ProofScope),
        constraints=st.lists(texts, max_size=2).map(tuple),
        objectives=st.lists(texts, max_size=2).map(tuple),
        profile_id=texts,
        allocation=texts,
        refused_candidates=st.lists(
            st.builds(RefusedCandidate, ids, st.sampled_from(Proof), texts, st.none() | changes, texts), max_size=2
        ).map(tuple),
        open_candidates=st.lists(st.builds(OpenCandidate, ids, texts), max_size=2).map(tuple),
        lower_bound=st.integers(0, 10**22),
        value=st.integers(0, 10**22),
        bounded_objective=texts,
        rank=st.integers(0, 10),
        carrier_service=texts,
        price_table=texts,
        price_table_hash=texts,
    ),
    # A profile's coverage is told once per plan, by the plan's own footprints.
    footprints=st.lists(footprints, min_size=1, max_size=2).map(tuple),
    catalog_id=texts,
    catalog_version=texts,
    catalog_hash=texts,
    data_version=texts,
    data_hash=texts,
    engine_version=texts,
    ship_date=st.none() | st.dates(),
    warnings=st.lists(st.builds(PlanWarning, texts, texts, texts, st.integers(1, 9)), max_size=2).map(tuple),
    cut_short=st.booleans(),
    effort_used=st.none() | st.integers(1, 1 << 40),
    derived_legs=st.lists(derived_legs, max_size=2).map(tuple),
)
PLACEMENT = Placement("a", 0, 0, 0, 0, 10_000, 20_000, 30_000)
PLAN = Plan("o", PlanStatus.COMPLETE, (Parcel("box", (PLACEMENT,)),))


@settings(max_examples=12)
@given(plans)
def test_canonical_json_holds_only_whole_numbers_and_texts(plan):
    """The canonical form has sorted keys, no spaces, and no number that a double could not hold."""

    def scalars(value):
        if isinstance(value, dict):
            assert list(value) == sorted(value)
            value = list(value.values())
        if not isinstance(value, list):
            return [value]
        return [scalar for each in value for scalar in scalars(each)]

    text = canonical_json(plan).decode()
    content = json.loads(text)
    assert all(type(each) in (int, str) for each in scalars(content))
    assert all(abs(each) < 2**53 for each in scalars(content) if isinstance(each, int))
    assert text == json.dumps(content, separators=(",", ":"), ensure_ascii=False)


@pytest.mark.parametrize(
    "change",
    [
        {"order_id": "another"},
        {"ship_date": dt.date(2025, 3, 31)},
        {"warnings": (PlanWarning("NO_TRANSPORT", "lane.legs", "transport is not counted"),)},
        {"catalog_id": "renamed"},
    ],
)
def test_what_explains_a_plan_is_not_in_its_digest(change):
    """Names, dates and prose may differ between equal plans."""
    assert canonical_hash(replace(PLAN, **change)) == canonical_hash(PLAN)


@pytest.mark.parametrize(
    "change",
    [
        {"status": PlanStatus.PARTIAL},
        {"parcels": (Parcel("other box", (PLACEMENT,)),)},
        {"parcels": (Parcel("box", (replace(PLACEMENT, x_um=1),)),)},
        {"parcels": (Parcel("box", (replace(PLACEMENT, half_gap_um=1),)),)},
        {"unpacked": (UnpackedUnit("b", 0, UnpackedReason.NO_BOX_AVAILABLE, "none left"),)},
        {"catalog_hash": "sha256:1"},
        {"certificate": Certificate(ProofStatus.PROVED, ProofScope.SINGLE_PARCEL)},
    ],
)
def test_what_was_decided_is_in_the_digest(change):
    """A plan that differs in what to do, or in what it rests on, has another digest."""
    assert canonical_hash(replace(PLAN, **change)) != canonical_hash(PLAN)


def test_plans_that_differ_in_grams_alone_have_other_digests_one_after_another():
    """Footprints of the plan before are not those of this one, however many there are."""

    def with_total(kg):
        line = FootprintLine(
            Component.BOX, Stage.PRODUCTION, "kraft", Decimal(kg), "kg", "f", Decimal(1), kg, "", read_in_source=True
        )
        footprints = (Footprint("p@1", Allocation.MASS, (line,)),)
        return replace(PLAN, footprints=footprints, parcels=(replace(PLAN.parcels[0], footprints=footprints),))

    first, second = canonical_json(with_total(1)), canonical_json(with_total(2))
    assert first != second
    assert canonical_json(with_total(1)) == first


def test_equal_amounts_are_equal_texts():
    """A decimal with trailing zeros is written like the same value without."""

    def with_amount(amount):
        line = FootprintLine(
            Component.BOX, Stage.PRODUCTION, "kraft", amount, "kg", "f", Decimal("0.8"), 80, "", read_in_source=True
        )
        return replace(PLAN, footprints=(Footprint("p@1", Allocation.MASS, (line,)),))

    assert canonical_json(with_amount(Decimal("0.100"))) == canonical_json(with_amount(Decimal("1E-1")))
