"""The canonical form of a plan: its content, and equal bytes for equal plans."""

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal

import pytest

from boxwright.contract.canonical import canonical_hash, canonical_json
from boxwright.domain.carrier import ChargeableWeight
from boxwright.domain.factor import Component, Stage
from boxwright.domain.footprint import Allocation, Footprint, FootprintLine, PackagingComponent, Reuse
from boxwright.domain.lack import Lack
from boxwright.domain.order import FragilityClass, Orientation
from boxwright.domain.plan import (
    Certificate,
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
from boxwright.domain.strength import BoxGrade, StackLoad
from boxwright.domain.warning import PlanWarning

HASH = "sha256:80866b551a5892f55a591e054822ef997bf04c47e1c0007424cc060f08603ddf"
PLACEMENT = Placement("a", 0, 0, 0, 0, 10_000, 20_000, 30_000)
PLAN = Plan("o", PlanStatus.COMPLETE, (Parcel("box", (PLACEMENT,)),))


LINE = FootprintLine(
    *(Component.BOX, Stage.PRODUCTION, "kraft", Decimal("0.1739"), "kg", "f", Decimal("0.82"), 142_598, "a source"),
    read_in_source=True,
    leg_index=1,
)
FOOTPRINT = Footprint("uk-desnz@2025", Allocation.MASS, (LINE,), (Lack(Component.TAPE, Stage.END_OF_LIFE, "pla"),))
FULL = Plan(
    "o",
    PlanStatus.PARTIAL,
    (
        Parcel(
            "box",
            (replace(PLACEMENT, orientation=Orientation.HWL, compartment=2, inner_box_type_id="in"),),
            (
                PackagingComponent(
                    *(Component.BOX, "kraft", 173_928, 40, "d", Decimal("0.880")),
                    Reuse(0.1, "wash", 120.5),
                    trim_mg=5,
                ),
            ),
            ships_in_own_container=True,
            started_parcel_id="s",
            cushioning_id="wrap",
            handling_marks=(HandlingMark.HEAVY,),
            chargeable=ChargeableWeight("ups/us-daily", None, 450_000, "5000 cm3/kg", "a rule", read_in_source=True),
            carriage_price=CarriagePrice("t@1", "2", "USD", (PriceLine("weight", 1_250), PriceLine("rounding", -50))),
            carbon_cost_minor=3,
            footprints=(FOOTPRINT,),
            stack_load=StackLoad(compression_mn=5_000, allowed_mn=2_500, required_mn=1_200, layers=3),
            box_grade=BoxGrade("single-32ect", 29_483_504),
            protection=(LineProtection("a", ProtectionRule.BOX_IN_BOX, FragilityClass.FRAGILE, inner_gap_um=25_000),),
        ),
    ),
    (UnpackedUnit("b", 0, UnpackedReason.NO_BOX_AVAILABLE, "none left"),),
    Certificate(
        *(ProofStatus.OPEN, ProofScope.ALL_PLANS),
        objectives=("inner_volume",),
        refused_candidates=(RefusedCandidate("small", Proof.VOLUME, "too small", cushioning_id="wrap"),),
        open_candidates=(OpenCandidate("large", "wrap"),),
        lower_bound=10**22,
        value=10**22 + 1,
        rank=1,
        price_table_hash="sha256:2",
    ),
    (FOOTPRINT,),
    catalog_hash="sha256:1",
)
"""A plan with a value in every field of the canonical form."""


def test_canonical_json_holds_only_whole_numbers_and_texts():
    """Keys are sorted, there are no spaces, and no number exceeds a double; known hashes do not change."""

    def scalars(value):
        if isinstance(value, dict):
            assert list(value) == sorted(value)
            value = list(value.values())
        if not isinstance(value, list):
            return [value]
        return [scalar for entry in value for scalar in scalars(entry)]

    text = canonical_json(FULL).decode()
    content = json.loads(text)
    assert all(type(value) in (int, str) for value in scalars(content))
    assert all(abs(value) < 2**53 for value in scalars(content) if isinstance(value, int))
    assert text == json.dumps(content, separators=(",", ":"), ensure_ascii=False)
    assert canonical_hash(FULL) == HASH


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
    """Plans that differ only in names, dates and texts have equal digests."""
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
    """A plan with another instruction or another input has another hash."""
    assert canonical_hash(replace(PLAN, **change)) != canonical_hash(PLAN)


def test_plans_that_differ_in_grams_alone_have_other_digests():
    """Kept forms of footprints are never taken for those of a later plan."""

    def with_total(kg):
        footprints = (replace(FOOTPRINT, lines=(replace(LINE, co2e_mg=kg),)),)
        return replace(PLAN, footprints=footprints, parcels=(replace(PLAN.parcels[0], footprints=footprints),))

    first, second = canonical_json(with_total(1)), canonical_json(with_total(2))
    assert first != second
    assert canonical_json(with_total(1)) == first


def test_equal_amounts_are_equal_texts():
    """A decimal with trailing zeros is written like the value without them."""

    def with_amount(amount):
        return replace(PLAN, footprints=(replace(FOOTPRINT, lines=(replace(LINE, amount=amount),)),))

    assert canonical_json(with_amount(Decimal("0.100"))) == canonical_json(with_amount(Decimal("1E-1")))
