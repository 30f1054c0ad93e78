"""Verification of certificates: those of the engine are valid, and altered ones are not."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import strategies
from boxwright import (
    AdditionalWeight,
    BoxType,
    Catalog,
    Item,
    Lane,
    Leg,
    Order,
    Policy,
    PriceTable,
    SurchargePrice,
    WeightPrice,
    ZonePrices,
    load_catalog,
    plan,
    verify_certificate,
)
from boxwright.domain.plan import Certificate, OpenCandidate, Plan, ProofScope, ProofStatus, RefusedCandidate
from boxwright.domain.policy import Objective
from boxwright.domain.proof import Proof
from boxwright.packing.proofs import PROOFS
from boxwright.packing.solver import SOLVED
from through_file import through_file
from verified import verified

Change = Callable[[Certificate], dict[str, object]]
"""Returns the fields of a certificate that are changed."""


def box(name: str, length: float, width: float, height: float, **fields: object) -> BoxType:
    """Return a box type without walls."""
    return BoxType(name, length, width, height, **fields)


def test_every_proof_can_be_replayed() -> None:
    """Each kind of proof can be verified, so that none can be claimed without verification."""
    assert set(Proof) == {*PROOFS, *SOLVED, Proof.POLICY}


@given(strategies.orders(), strategies.catalogs(), strategies.policies)
@settings(max_examples=30, deadline=None)
def test_what_the_engine_certifies_holds(order: Order, catalog: Catalog, policy: Policy) -> None:
    """Every certificate of generated orders and policies is verified, also after writing it to a file."""
    answer = verified(order, catalog, policy, profiles=())
    back = through_file(answer, order, catalog, policy, None, ())
    assert verify_certificate(back, order, catalog, policy, profiles=()) == []


@given(strategies.orders(fragile=True), st.permutations(list(Objective)), st.integers(1, 3))
@settings(max_examples=15, deadline=None)
def test_certificates_hold_under_every_objective(order: Order, objectives: list[Objective], count: int) -> None:
    """Certificates are valid with emissions, cost and billed weight as objectives, with cushioning and void fill."""
    lane = Lane([Leg("road", 500)], carrier_service="ups/us-daily", price_tables=[TARIFF])
    priced = [
        replace(each, price_minor=100 + 7 * at) for at, each in enumerate(load_catalog("us-stock").box_types[::4])
    ]
    catalog = replace(load_catalog("us-stock"), box_types=tuple(priced), currency="USD")
    policy = Policy(objectives=tuple(objectives[:count]), mode="fast", allow_partial=True)
    verified(order, catalog, policy, lane, ("uk-desnz",))


TARIFF = PriceTable(
    *("ups-own", "1", "ups/us-daily", "USD", "lb"),
    [ZonePrices("", (WeightPrice(Decimal(5), 900), WeightPrice(Decimal(9), 850)), (AdditionalWeight(Decimal(1), 60),))],
    [SurchargePrice(name, 3_000) for name in ("additional_handling", "additional_handling_weight", "oversize")],
)
"""Prices of carriage that fall once with weight."""

SHELF = Catalog(
    "shelf",
    [
        box("tiny", 100, 100, 100),
        box("flat", 600, 400, 20),
        box("slim", 900, 140, 90),
        box("tight", 300, 300, 125),
        box("weak", 400, 400, 100, max_net_g=900),
        box("right", 400, 400, 110),
        box("large", 600, 400, 300),
    ],
)
ORDER = Order("order", [Item("a", 2, 260, 190, 100, 400), Item("b", 1, 100, 90, 60, 200)])


@pytest.fixture(scope="module")
def single() -> Plan:
    """One parcel, PROVED, with cheaper boxes refused for several reasons."""
    return plan(ORDER, SHELF, profiles=())


OPEN_ORDER = Order("order", [Item("block", 1, 100, 100, 50, 10), Item("plate", 1, 100, 60, 20, 10, max_load_g=0)])
OPEN_SHELF = Catalog("shelf", [box("open", 100, 100, 70), box("large", 200, 100, 70)])


@pytest.fixture(scope="module")
def unproved() -> Plan:
    """One parcel and OPEN: the plate fits on the block with its support, but every unit must keep its top free."""
    order = Order("order", [replace(line, max_load_g=0) for line in OPEN_ORDER.lines])
    answer = plan(order, OPEN_SHELF, profiles=())
    assert answer.certificate.open_candidates == (("open", ""),)
    return answer


def test_the_plan_to_tamper_with_is_as_described(single: Plan) -> None:
    """The good certificate is PROVED, and its refusals are of different kinds."""
    certificate = single.certificate
    assert (certificate.status, certificate.scope) == (ProofStatus.PROVED, ProofScope.ALL_PLANS)
    assert {each.proof for each in certificate.refused_candidates} == {
        Proof.WEIGHT,
        Proof.VOLUME,
        Proof.SINGLE_UNIT,
        Proof.UNIT_PAIR,
    }
    assert verify_certificate(single, ORDER, SHELF, profiles=()) == []


def refusals(*more: RefusedCandidate, first: int = 0) -> Change:
    """Return the change of a certificate that drops the first refusals and adds others."""
    return lambda good: {"refused_candidates": (*good.refused_candidates[first:], *more)}


def restated(**fields: object) -> Change:
    """Return the change that states other fields for the refusals of one box, or of all."""
    name = fields.pop("box_type_id", None)
    return lambda good: {
        "refused_candidates": tuple(
            replace(candidate, **fields) if name in (None, candidate.box_type_id) else candidate
            for candidate in good.refused_candidates
        )
    }


def opened(*, first: int) -> Change:
    """Return the change that calls the first refused box open, without the first refusals."""
    return lambda good: {
        **refusals(first=first)(good),
        "open_candidates": (OpenCandidate(good.refused_candidates[0].box_type_id),),
    }


TAMPERED: dict[str, tuple[Change, str]] = {
    "another kind of proof": (restated(box_type_id="weak", proof=Proof.VOLUME), "].proof"),
    "a dearer kind of proof": (restated(box_type_id="weak", proof=Proof.EXACT_RELAXED), "].proof"),
    "figures of a proof": (restated(message="1 g, at most 0 g"), "].message"),
    "a refused box that takes the order": (refusals(RefusedCandidate("large", Proof.VOLUME, "")), "].proof"),
    "the chosen box among the refused": (refusals(RefusedCandidate("right", Proof.EXACT_RELAXED, "")), "].proof"),
    "a proof of too little for too much": (restated(box_type_id="slim", proof=Proof.VOLUME), "].proof"),
    "a pair that is none": (restated(box_type_id="weak", proof=Proof.UNIT_PAIR), "].proof"),
    "a candidate left out": (refusals(first=1), "certificate.refused_candidates"),
    "no candidate at all": (refusals(first=99), "certificate.refused_candidates"),
    "a box that the catalog does not have": (refusals(RefusedCandidate("moon", Proof.VOLUME, "")), "].box_type_id"),
    "a box listed twice": (lambda good: {"refused_candidates": good.refused_candidates[:1] * 2}, "].box_type_id"),
    "a refused box that is open too": (opened(first=0), "open_candidates[0].box_type_id"),
    "proved with a box open": (opened(first=1), "certificate.status"),
    "a bound raised": (lambda good: {"lower_bound": good.lower_bound + 1}, "certificate.lower_bound"),
    "a bound lowered and still proved": (lambda good: {"lower_bound": 0}, "certificate.status"),
    "a value lowered": (lambda good: {"value": 0, "lower_bound": 0}, "certificate.value"),
    "another objective bounded": (lambda good: {"bounded_objective": "emissions"}, "certificate.bounded_objective"),
    "other objectives": (lambda good: {"objectives": ("inner_volume",)}, "certificate.objectives"),
    "a stricter constraint set": (
        lambda good: {"constraints": (*good.constraints, "fit clearance 5 mm")},
        "certificate.constraints",
    ),
    "a profile": (lambda good: {"profile_id": "uk-desnz@2026"}, "certificate.profile_id"),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_a_tampered_certificate_is_rejected(single: Plan, name: str) -> None:
    """Each kind of tampering is found, and the wrong field is named first."""
    change, field = TAMPERED[name]
    forged = replace(single, certificate=replace(single.certificate, **change(single.certificate)))
    found = verify_certificate(forged, ORDER, SHELF, profiles=())
    assert found
    assert field in found[0].field


def test_a_cushioning_without_a_choice_is_rejected(single: Plan) -> None:
    """If only one cushioning may be used, the certificate must not name it."""
    candidates = (OpenCandidate("large", "bubble-wrap"),)
    forged = replace(single, certificate=replace(single.certificate, open_candidates=candidates))
    (found,) = verify_certificate(forged, ORDER, SHELF, profiles=())
    assert found.field == "certificate.open_candidates[0].cushioning_id"


@pytest.mark.parametrize("field", ["catalog_hash", "data_hash"])
@pytest.mark.parametrize("value", ["", "sha256:" + 64 * "0"])
def test_a_certificate_of_other_data_is_rejected(single: Plan, field: str, value: str) -> None:
    """A certificate made with another or unnamed catalog or data is refused."""
    found = verify_certificate(replace(single, **{field: value}), ORDER, SHELF, profiles=())
    assert [each.field for each in found] == [field]


def test_a_changed_catalog_is_another_catalog(single: Plan) -> None:
    """A certificate is refused for a slightly larger box or a slightly smaller order line."""
    larger = replace(SHELF, box_types=(*SHELF.box_types[:-1], box("large", 600, 400, 301)))
    assert verify_certificate(single, ORDER, larger, profiles=())[0].field == "catalog_hash"
    smaller = Order("order", [replace(ORDER.lines[0], length_mm=250), ORDER.lines[1]])
    assert verify_certificate(single, smaller, SHELF, profiles=())[0].field == "plan"


def test_a_plan_that_breaks_rules_has_no_certificate(single: Plan) -> None:
    """Nothing is proved of an invalid parcel; the violations are reported instead."""
    first, second, *others = single.parcels[0].placements
    moved = replace(second, x_um=first.x_um, y_um=first.y_um, z_um=first.z_um)
    parcel = replace(single.parcels[0], placements=(first, moved, *others))
    found = verify_certificate(replace(single, parcels=(parcel,)), ORDER, SHELF, profiles=())
    assert {each.field for each in found} == {"plan"}
    assert any("overlap" in each.rule for each in found)


def test_open_cannot_be_turned_into_proved(unproved: Plan) -> None:
    """An OPEN certificate is valid; as PROVED it is not, whether its open box is kept, dropped or called refused."""
    order = Order("order", [replace(line, max_load_g=0) for line in OPEN_ORDER.lines])
    good = unproved.certificate
    assert verify_certificate(unproved, order, OPEN_SHELF, profiles=()) == []
    proved = replace(good, status=ProofStatus.PROVED)
    raised = replace(proved, lower_bound=good.value)
    dropped = replace(raised, open_candidates=())
    called = replace(dropped, refused_candidates=(RefusedCandidate("open", Proof.UNIT_PAIR, ""),))
    for forged, field in (
        (proved, "certificate.status"),
        (raised, "certificate.lower_bound"),
        (dropped, "certificate.refused_candidates"),
        (called, "certificate.refused_candidates[0].proof"),
    ):
        found = verify_certificate(replace(unproved, certificate=forged), order, OPEN_SHELF, profiles=())
        assert found[0].field == field


def test_a_scope_cannot_be_widened() -> None:
    """By volume alone two boxes may be better than one, so a proof for single parcels is not one for all plans."""
    policy = Policy(objectives="inner_volume")
    order = Order("order", [Item("rod", 1, 600, 20, 20, 10), Item("cube", 1, 100, 100, 100, 10)])
    catalog = Catalog("shelf", [box("tube", 600, 20, 20), box("cube", 100, 100, 100), box("both", 600, 200, 100)])
    answer = verified(order, catalog, policy, profiles=())
    if answer.certificate.scope is ProofScope.SINGLE_PARCEL:
        wider = replace(answer.certificate, scope=ProofScope.ALL_PLANS)
        found = verify_certificate(replace(answer, certificate=wider), order, catalog, policy, profiles=())
        assert found[0].field in ("certificate.scope", "certificate.lower_bound")
    else:
        assert len(answer.parcels) == 2


PARTS = Order("parts", [Item("a", 4, 200, 150, 100, 500), Item("b", 1, 90, 90, 90, 50)])
BOXES = Catalog("boxes", [box("one", 200, 150, 100), box("two", 200, 150, 200), box("cube", 90, 90, 90)])


def test_a_split_is_replayed() -> None:
    """A split proved among all plans is valid; a bound above that of the partitions is not."""
    answer = verified(PARTS, BOXES, profiles=())
    assert len(answer.parcels) == 3
    certificate = answer.certificate
    raised = replace(certificate, lower_bound=certificate.value + 1)
    found = verify_certificate(replace(answer, certificate=raised), PARTS, BOXES, profiles=())
    assert [each.field for each in found] == ["certificate.lower_bound"]


def test_a_worse_split_is_not_proved() -> None:
    """Parcels from a smaller, more expensive stock, claimed as the best of a larger one, are rejected."""
    dear = Catalog("boxes", [each for each in BOXES.box_types if each.box_type_id != "cube"])
    answer = plan(PARTS, dear, profiles=())
    best = plan(PARTS, BOXES, profiles=())
    assert len(best.parcels) == len(answer.parcels)
    claims = replace(
        answer.certificate, status=ProofStatus.PROVED, refused_candidates=best.certificate.refused_candidates
    )
    claims = replace(claims, bounded_objective="parcel_count", value=3, lower_bound=3)
    forged = replace(answer, catalog_hash=BOXES.content_hash, certificate=claims)
    assert [each.field for each in verify_certificate(forged, PARTS, BOXES, profiles=())] == ["certificate.status"]


def test_pairs_of_pairs_are_weighed() -> None:
    """Four units in three parcels, planned without a second box for two units, are not the best if there is one."""
    order = Order("parts", PARTS.lines[:1])
    scarce = replace(BOXES, box_types=tuple(replace(each, available=1) for each in BOXES.box_types[1:2]))
    scarce = replace(scarce, box_types=(BOXES.box_types[0], *scarce.box_types))
    answer = plan(order, scarce, profiles=())
    best = plan(order, BOXES, profiles=())
    assert (len(answer.parcels), len(best.parcels)) == (3, 2)
    claims = replace(best.certificate, status=ProofStatus.PROVED, lower_bound=3, value=3)
    forged = replace(answer, catalog_hash=BOXES.content_hash, certificate=claims)
    assert [each.field for each in verify_certificate(forged, order, BOXES, profiles=())] == ["certificate.lower_bound"]


def test_of_a_partial_plan_nothing_is_proved() -> None:
    """If a unit is unpacked, PROVED is refused; if no unit fits, only an empty certificate is accepted."""
    order = Order("order", [Item("a", 1, 100, 50, 50, 10), Item("pole", 1, 2_000, 10, 10, 10)])
    policy = Policy(allow_partial=True)
    answer = verified(order, SHELF, policy, profiles=())
    claims = replace(answer.certificate, status=ProofStatus.PROVED, lower_bound=answer.certificate.value)
    found = verify_certificate(replace(answer, certificate=claims), order, SHELF, policy, profiles=())
    assert [each.field for each in found] == ["certificate.status"]
    alone = Order("order", order.lines[1:])
    nothing = verified(alone, SHELF, policy, profiles=())
    claimed = replace(nothing, certificate=answer.certificate)
    assert [each.field for each in verify_certificate(claimed, alone, SHELF, policy, profiles=())] == ["certificate"]
