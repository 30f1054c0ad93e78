"""Amounts of footprints: wrong ones are found even if the grams follow from them."""

import datetime
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from boxwright import BoxType, Catalog, Item, Lane, Leg, Order, Policy, check, plan
from boxwright.checking import PlanViolation, ViolationKind
from boxwright.domain.factor import Component, Stage
from boxwright.domain.footprint import Allocation, FootprintLine
from boxwright.domain.plan import Plan
from boxwright.footprint import total

ORDER = Order("order", [Item("cube", 1, 100, 100, 100, 1_000)])
TOTE = BoxType(
    "tote",
    *(200, 200, 200),
    tare_g=400,
    style="tote",
    material_id="pp-tote",
    trips=20,
    idle_share=0.1,
    return_distance_km=150,
    tare_weighed=True,
    trips_counted=True,
)
MAILER = BoxType(
    "mailer",
    *(200, 200, 200),
    tare_g=100,
    blank_g=140,
    style="mailer_0427",
    material_id="corrugated-board",
    tare_weighed=True,
)
LANE = Lane(
    [Leg("road", 500, mean_density_kg_per_m3=150), Leg("air", 3_000, mean_density_kg_per_m3=167)],
    carrier_service="dhl-express/international",
    ship_date=datetime.date(2026, 7, 20),
    include_radiative_forcing=True,
    include_volume_share=True,
)
"""Two legs under all allocations; 8 L over 5000 are billed as 2 kg."""


def packed(box: BoxType, lane: Lane = LANE) -> tuple[Plan, Catalog, Policy]:
    """Return the plan of a cube in a box."""
    catalog, policy = Catalog("catalog", [box]), Policy(void_fill_id="none")
    return plan(ORDER, catalog, policy, lane, profiles=("uk-desnz", "us-epa", "fr-ademe")), catalog, policy


@pytest.fixture(scope="module", params=[TOTE, MAILER], ids=lambda box: box.box_type_id)
def good(request: Any) -> tuple[Plan, Catalog, Policy]:
    """A plan in a reusable tote, and one in a mailer cut from a larger blank."""
    return packed(request.param)


def found(
    case: tuple[Plan, Catalog, Policy], change: Callable[[FootprintLine], FootprintLine], lane: Lane = LANE
) -> list[PlanViolation]:
    """Return the violations after a change of lines, with grams and sums changed accordingly."""
    whole, catalog, policy = case
    (parcel,) = whole.parcels
    footprints = tuple(
        replace(each, lines=tuple(_true(change(line)) for line in each.lines)) for each in parcel.footprints
    )
    changed = replace(
        whole, parcels=(replace(parcel, footprints=footprints),), footprints=tuple(total([each]) for each in footprints)
    )
    return check(changed, ORDER, catalog, policy, lane=lane)


def _true(line: FootprintLine) -> FootprintLine:
    grams = Fraction(line.amount) * Fraction(line.factor_kg_per_unit) * 1_000_000
    return replace(line, co2e_mg=round(grams))


def test_a_plan_of_all_kinds_of_lines_is_good(good: tuple[Plan, Catalog, Policy]) -> None:
    """Lives over trips, trim, return, radiative forcing and three allocations agree."""
    assert found(good, lambda line: line) == []
    lines = [line for each in good[0].parcels[0].footprints for line in each.lines]
    assert {each.allocation for each in good[0].footprints} == set(Allocation)
    assert {Component.BOX, Component.TRANSPORT} <= {line.component for line in lines}


def test_tonne_kilometres_by_hand() -> None:
    """1.4 kg over 500 x 1.05 km are 0.735 tkm, 2 kg billed 1.05 tkm, 8 L of 150 kg/m3 0.63 tkm; return 0.06 tkm."""
    (parcel,) = packed(TOTE)[0].parcels
    lines = {each.allocation: each.lines for each in parcel.footprints if each.profile_id.startswith("uk-desnz")}
    first = {
        allocation: next(str(line.amount) for line in each if line.leg_index == 0 and line.unit == "tkm")
        for allocation, each in lines.items()
    }
    assert first == {
        Allocation.MASS: "0.735",
        Allocation.DIMENSIONAL_WEIGHT: "1.05",
        Allocation.VOLUME_SHARE: "0.63",
    }
    assert {str(line.amount) for line in lines[Allocation.MASS] if line.stage is Stage.REUSE} == {"0.06"}
    made = next(line for line in lines[Allocation.MASS] if line.stage is Stage.PRODUCTION)
    assert made.amount == Decimal("0.022")  # 400 g x 1.1 / 20


def more_of(damage: str) -> Callable[[FootprintLine], FootprintLine]:
    """Return a change that adds 1 % to the lines of a stage or component."""

    def change(line: FootprintLine) -> FootprintLine:
        hit = line.stage == damage or line.component == damage
        return replace(line, amount=line.amount * Decimal("1.01")) if hit else line

    return change


@pytest.mark.parametrize("damage", ["production", "end_of_life", "transport", "radiative_forcing"])
def test_another_amount_is_found(good: tuple[Plan, Catalog, Policy], damage: str) -> None:
    """1 % more of any kind of line is found."""
    assert {each.kind for each in found(good, more_of(damage))} == {ViolationKind.WRONG_FOOTPRINT}


@pytest.mark.parametrize(
    "fields",
    [
        {"factor_id": "another"},
        {"factor_kg_per_unit": Decimal(2), "low_kg_per_unit": Decimal(1), "high_kg_per_unit": Decimal(2)},
        {"low_kg_per_unit": None},
        {"high_kg_per_unit": None},
        {"read_in_source": False},
        {"leg_index": 2},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_another_factor_or_leg_is_found(fields: dict[str, Any]) -> None:
    """Factor, range, verification and leg of a line of transport are those of the profile and the lane."""
    changed = found(packed(TOTE), lambda line: replace(line, **fields) if line.leg_index == 0 else line)
    assert {violation.kind for violation in changed} == {ViolationKind.WRONG_FOOTPRINT}


def test_a_longer_return_trip_is_found() -> None:
    """The tote returns over 150 km."""
    details = [each.detail for each in found(packed(TOTE), more_of("reuse"))]
    assert details
    assert all("0.06" in each for each in details)


@pytest.mark.parametrize(("tonnes", "good_one"), [("0.0014", True), ("0.0015", False)])
def test_a_hub_is_laid_on_the_mass(tonnes: str, good_one: bool) -> None:
    """The amount of a hub is the 1.4 kg of the parcel."""

    def change(line: FootprintLine) -> FootprintLine:
        ground = line.leg_index == 0 and line.stage is Stage.TRANSPORT_TTW and line.amount == Decimal("0.735")
        return replace(line, component=Component.HUB, unit="t", amount=Decimal(tonnes)) if ground else line

    assert (found(packed(TOTE), change) == []) is good_one


def test_a_hub_of_a_profile_is_laid_on_the_mass() -> None:
    """The hub between two legs of the UK profile handles 1.4 kg; 1 % more is found."""
    lane = replace(LANE, include_hubs=True)
    case = packed(TOTE, lane)
    lines = [line for each in case[0].parcels[0].footprints for line in each.lines if line.component is Component.HUB]
    assert {str(line.amount) for line in lines if line.unit == "t"} >= {"0.0014"}
    assert found(case, lambda line: line, lane) == []
    assert {each.kind for each in found(case, more_of("hub"), lane)} == {ViolationKind.WRONG_FOOTPRINT}


@pytest.mark.parametrize(
    ("stage", "fields", "said"),
    [
        (Stage.PRODUCTION, {"unit": "kgs", "amount": Decimal(7)}, "kg"),
        (Stage.TRANSPORT_TTW, {"unit": "km", "amount": Decimal(7)}, "tkm"),
        (Stage.TRANSPORT_TTW, {"leg_index": None, "amount": Decimal(7)}, ""),
    ],
)
def test_an_amount_hides_behind_no_other_field(stage: Stage, fields: dict[str, Any], said: str) -> None:
    """A wrong amount is found in another unit or without a leg too."""
    details = [
        each.detail
        for each in found(packed(TOTE), lambda line: replace(line, **fields) if line.stage is stage else line)
    ]
    assert any(said in each for each in details)


@pytest.mark.parametrize("amount", ["1e400", "1e-999999999", "0e999999999", "Infinity", "NaN"])
@pytest.mark.parametrize("field", ["amount", "factor_kg_per_unit", "high_kg_per_unit"])
def test_no_figure_is_too_large_for_the_check(field: str, amount: str) -> None:
    """A figure that would exhaust the memory is a violation."""
    whole, catalog, policy = packed(TOTE)
    (parcel,) = whole.parcels
    first = parcel.footprints[0]
    lines = (replace(first.lines[0], **{field: Decimal(amount)}), *first.lines[1:])
    footprints = (replace(first, lines=lines), *parcel.footprints[1:])
    bad = replace(whole, parcels=(replace(parcel, footprints=footprints),))
    found = check(bad, ORDER, catalog, policy, lane=LANE)
    assert ViolationKind.WRONG_FOOTPRINT in {each.kind for each in found}


def test_data_that_are_named_twice_are_found() -> None:
    """Repeated data of a part are found."""

    def change(line: FootprintLine) -> FootprintLine:
        return replace(line, mass_parts=tuple(replace(part, data=part.data * 2) for part in line.mass_parts))

    case = packed(replace(TOTE, tare_weighed=False))
    assert found(case, lambda line: line) == []
    assert {each.kind for each in found(case, change)} == {ViolationKind.WRONG_FOOTPRINT}
