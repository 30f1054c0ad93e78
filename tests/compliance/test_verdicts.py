"""Verdicts on plans made by hand: figures, margins, exemptions, dates."""

import dataclasses
import datetime

import pytest

from boxwright.catalog import load_materials
from boxwright.compliance import VerdictStatus, verdicts
from boxwright.domain.box import BoxStyle, BoxType, Catalog
from boxwright.domain.factor import Component
from boxwright.domain.footprint import PackagingComponent
from boxwright.domain.lane import Lane
from boxwright.domain.place import Place
from boxwright.domain.plan import (
    Certificate,
    OpenCandidate,
    Parcel,
    Placement,
    Plan,
    PlanStatus,
    ProofScope,
    ProofStatus,
    RefusedCandidate,
)
from boxwright.domain.proof import Proof
from boxwright.errors import InvalidInputError

BOARD = "corrugated-board"
BOX = BoxType("box", 200, 100, 100, 210, 110, 110, material_id=BOARD)
SMALLER = BoxType("smaller", 160, 100, 100, 170, 110, 110, material_id=BOARD)
TINY = BoxType("tiny", 90, 90, 90, material_id=BOARD)
TOTE = BoxType("tote", 200, 100, 100, 210, 110, 110, material_id="pp-tote", style=BoxStyle.TOTE, trips=50)
MAILER = BoxType("mailer", 200, 100, 50, material_id="kraft-paper", style=BoxStyle.FLAT_MAILER)
LITRE_UM3 = 10**15
BEFORE, AFTER = datetime.date(2029, 2, 11), datetime.date(2029, 2, 12)


def parcel(box=BOX, goods_um3=LITRE_UM3, taken_mm=100, packaging=()):
    """Return a parcel of a box with one unit, whose envelope is a cube."""
    edge_um = taken_mm * 1_000
    placed = Placement("a", 0, 0, 0, 0, edge_um, edge_um, edge_um)
    inside = {"inner_um": box.inner_um, "inner_volume_um3": box.inner_volume_um3, "outer_um": box.outer_um}
    return Parcel(box.box_type_id, (placed,), packaging, goods_volume_um3=goods_um3, **inside)


def plan_of(*parcels, certificate=None, ship_date=None):
    """Return a complete plan."""
    proved = certificate or Certificate(ProofStatus.PROVED, ProofScope.ALL_PLANS)
    return Plan("o", PlanStatus.COMPLETE, parcels, certificate=proved, ship_date=ship_date)


def verdicts_of(made, rule, boxes=(BOX,), market="eu", **others):
    """Return the verdicts of one rule on a plan."""
    found = verdicts(made, Catalog("c", tuple(boxes)), [market], **others)
    return [verdict for verdict in found if verdict.rule.rule_id == rule]


def figures(verdict):
    """Return value and margin by name."""
    return {figure.name: (round(figure.value, 4), round(figure.margin, 4)) for figure in verdict.figures}


def settled():
    """Return materials whose Art. 24(1) applies from 2030 without anything pending."""
    materials = load_materials()
    markets = [
        dataclasses.replace(market, rules=tuple(dataclasses.replace(rule, pending="") for rule in market.rules))
        for market in materials.markets
    ]
    return dataclasses.replace(materials, markets=tuple(markets))


def test_empty_space_is_by_inner_and_outer_volume():
    """1 L in 2 L inside is at the limit of 50 %; 2.541 L outside are 60.6454 % empty, 10.6454 points beyond it."""
    (verdict,) = verdicts_of(plan_of(parcel()), "eu/ppwr-24-1")
    assert figures(verdict) == {"inner": (50, 0), "outer": (60.6454, -10.6454)}
    assert verdict.status is VerdictStatus.PROVISIONAL
    assert (verdict.parcel_index, verdict.rule.provision) == (0, "Art. 24(1)")
    assert verdict.rule.version
    assert verdict.rule.source_grade == "copy"


def test_an_outer_size_that_is_not_known_gives_no_figure():
    """For a box type without an outer size, only the inner volume counts."""
    box = BoxType("box", 200, 100, 100, material_id=BOARD)
    (verdict,) = verdicts_of(plan_of(parcel(box)), "eu/ppwr-24-1", [box])
    assert list(figures(verdict)) == ["inner"]


@pytest.mark.parametrize(
    ("goods_um3", "year", "status"),
    [
        (2 * LITRE_UM3 * 9 // 10, 2031, VerdictStatus.PASS),
        (LITRE_UM3, 2031, VerdictStatus.UNDETERMINED),
        (LITRE_UM3 - 1, 2031, VerdictStatus.FAIL),
        (LITRE_UM3 - 1, 2029, VerdictStatus.NOT_IN_FORCE),
    ],
)
def test_a_settled_limit_decides_where_both_volumes_agree(goods_um3, year, status):
    """To the cubic micrometre: if one volume is at 50 % and the other above it, the verdict is undecided."""
    made = plan_of(parcel(goods_um3=goods_um3), ship_date=datetime.date(year, 1, 2))
    (verdict,) = verdicts_of(made, "eu/ppwr-24-1", materials=settled())
    assert verdict.status is status


def test_protection_that_no_box_can_hold_within_the_limit_is_a_conflict():
    """An envelope of 1.728 L around 0.8 L of goods leaves 53.7037 % empty in any box; both margins are figures."""
    (verdict,) = verdicts_of(plan_of(parcel(goods_um3=LITRE_UM3 * 8 // 10, taken_mm=120)), "eu/ppwr-24-1")
    assert verdict.status is VerdictStatus.CONFLICT
    assert figures(verdict)["least"] == (53.7037, -3.7037)
    assert figures(verdict)["inner"] == (60, -10)


@pytest.mark.parametrize("taken_mm", [100, 120])
@pytest.mark.parametrize("rule", ["eu/ppwr-24-1", "eu/ppwr-29-1"])
def test_no_rule_is_in_force_before_its_earliest_day(rule, taken_mm):
    """A pending method changes nothing before 2030, nor does a conflict with protection."""
    made = plan_of(parcel(TOTE, LITRE_UM3 * 8 // 10, taken_mm), ship_date=datetime.date(2029, 12, 31))
    (verdict,) = verdicts_of(made, rule, [TOTE])
    assert verdict.status is VerdictStatus.NOT_IN_FORCE


def test_cushioning_is_a_cure_only_where_there_is_some():
    """Goods with clearances but no cushioning get no advice on other cushioning."""
    wrap = PackagingComponent(Component.CUSHIONING, "kraft-paper", 30_000)
    for packaging in ((), (wrap,)):
        tight = parcel(goods_um3=LITRE_UM3 * 8 // 10, taken_mm=120, packaging=packaging)
        (verdict,) = verdicts_of(plan_of(tight), "eu/ppwr-24-1")
        assert verdict.status is VerdictStatus.CONFLICT
        assert ("other cushioning" in verdict.message) == bool(packaging)


def test_sales_packaging_as_ecommerce_packaging_is_exempt():
    """Art. 24(5): a unit in its own container."""
    own = Parcel("", parcel().placements, goods_volume_um3=LITRE_UM3, ships_in_own_container=True)
    (verdict,) = verdicts_of(plan_of(own), "eu/ppwr-24-1")
    assert (verdict.status, verdict.figures) == (VerdictStatus.EXEMPT, ())


@pytest.mark.parametrize(("stated", "status"), [(True, VerdictStatus.EXEMPT), (False, VerdictStatus.PROVISIONAL)])
def test_a_reusable_box_is_exempt_only_within_a_system(stated, status):
    """Art. 24(5) exempts packaging within a system of re-use; several trips alone are not enough."""
    (verdict,) = verdicts_of(plan_of(parcel(TOTE)), "eu/ppwr-24-1", [TOTE], reuse_system=stated)
    assert verdict.status is status


@pytest.mark.parametrize(
    ("certificate", "said"),
    [
        ({"refused_candidates": (RefusedCandidate("smaller", Proof.EXACT, "120 mm stand nowhere"),)}, "120 mm stand"),
        ({"open_candidates": (OpenCandidate("smaller"),)}, "not proved"),
        ({}, "does not mention"),
    ],
)
def test_the_next_smaller_box_has_a_verdict_and_the_reason_why_it_was_not_used(certificate, said):
    """1 L in its 1.6 L is 37.5 % empty; the certificate has the reason. A box smaller than the goods does not count."""
    proof = Certificate(ProofStatus.PROVED, ProofScope.ALL_PLANS, **certificate)
    (verdict,) = verdicts_of(plan_of(parcel(), certificate=proof), "eu/ppwr-24-1", [BOX, SMALLER, TINY])
    assert figures(verdict)["smaller_inner"] == (37.5, 12.5)
    assert said in verdict.message
    alone, other = verdicts_of(plan_of(parcel(), parcel(), certificate=proof), "eu/ppwr-24-1", [BOX, SMALLER])
    assert "smaller_inner" not in figures(alone) | figures(other)  # the certificate covers all units in one box only


@pytest.mark.parametrize(
    ("material", "day", "status"),
    [
        ("eps", AFTER, VerdictStatus.FAIL),
        ("eps", BEFORE, VerdictStatus.NOT_IN_FORCE),
        ("eps", None, VerdictStatus.UNDETERMINED),
        ("starch-foam", AFTER, VerdictStatus.UNDETERMINED),
        ("", AFTER, VerdictStatus.UNDETERMINED),
        ("kraft-paper", BEFORE, VerdictStatus.PASS),
        ("ldpe-film", AFTER, VerdictStatus.PASS),  # air pillows are not loose-fill chips
    ],
)
def test_plastic_loose_fill_is_banned_from_its_first_day(material, day, status):
    """Art. 67(5) and 71: from 12 February 2029."""
    fill = PackagingComponent(Component.VOID_FILL, material, 30_000)
    (verdict,) = verdicts_of(plan_of(parcel(packaging=(fill,)), ship_date=day), "eu/ppwr-67-5")
    assert verdict.status is status
    passes = status is VerdictStatus.PASS
    assert figures(verdict) == {"loose_fill": (0, 0) if passes else (30, -30)}


@pytest.mark.parametrize(
    ("boxes", "status", "share"),
    [
        ([BOX, BOX], VerdictStatus.EXEMPT, None),
        ([BOX, TOTE], VerdictStatus.UNDETERMINED, (100, 60)),
        ([MAILER], VerdictStatus.UNDETERMINED, None),
    ],
)
def test_cardboard_boxes_are_outside_the_reuse_target(boxes, status, share):
    """Art. 29(4)(d) exempts cardboard; for other boxes the share is shown without a decision on the operator's year."""
    made = plan_of(*map(parcel, boxes))
    (verdict,) = verdicts_of(made, "eu/ppwr-29-1", [BOX, TOTE, MAILER])
    assert verdict.status is status
    assert figures(verdict) == ({} if share is None else {"reusable": share})


def test_china_shows_its_limit_and_decides_nothing():
    """There is no decision, since we have not read the table of necessary space."""
    (verdict,) = verdicts(plan_of(parcel()), Catalog("c", (BOX,)), ["cn"])
    assert (verdict.rule.rule_id, verdict.status, verdict.figures) == (
        "cn/gb23350-void",
        VerdictStatus.UNDETERMINED,
        (),
    )
    assert verdict.rule.source_grade == "secondary"
    assert verdict.rule.threshold in verdict.message


def test_a_market_exempts_what_goes_elsewhere():
    """A plan for Switzerland is outside the EU, one for Austria inside."""
    made, catalog = plan_of(parcel()), Catalog("c", (BOX,))
    outside = verdicts(made, catalog, ["eu"], destination="CH")
    assert {verdict.status for verdict in outside} == {VerdictStatus.EXEMPT}
    assert verdicts(made, catalog, ["eu"], destination="AT") == verdicts(made, catalog, ["eu"])


@pytest.mark.parametrize(
    ("destination", "holds"),
    [("RE", True), ("AX", True), ("NO", False), ("IS", False), ("XI", False), ("MC", False), ("AD", False)],
)
def test_territories_are_inside_and_eea_states_are_undetermined(destination, holds):
    """Art. 355 TFEU names the territories; whether the act applies in EEA states and others is not known."""
    made, catalog = plan_of(parcel()), Catalog("c", (BOX,))
    found = verdicts(made, catalog, ["eu"], destination=destination)
    if holds:
        assert found == verdicts(made, catalog, ["eu"])
    else:
        assert {verdict.status for verdict in found} == {VerdictStatus.UNDETERMINED}


def test_an_unknown_market_is_refused():
    """An unknown market is an error, not a market without rules."""
    with pytest.raises(InvalidInputError):
        verdicts(plan_of(parcel()), Catalog("c", (BOX,)), ["atlantis"])


def test_a_plan_without_parcels_has_no_verdict():
    """A plan without parcels gets no verdicts."""
    assert verdicts(plan_of(), Catalog("c", (BOX,)), ["eu", "cn"]) == ()


@pytest.mark.parametrize(("postal_code", "territory"), [("BT1 5GS", "XI"), ("bt1", "XI"), ("B1 1AA", "GB"), ("", "GB")])
def test_a_british_postal_code_says_whether_it_is_in_northern_ireland(postal_code, territory):
    """EU rules may apply in Northern Ireland, although its country is GB."""
    assert Lane(destination=Place("GB", postal_code)).destination_territory == territory
