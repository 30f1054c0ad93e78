"""Goods leave slack in slotted boxes of a catalog, unless the policy says otherwise or they need none."""

from dataclasses import replace

import pytest

from boxwright import Item, Order, Policy, SoftGoods, check, load_catalog, plan

EU = load_catalog("eu-webshop")
TIGHT = Item("a", 1, 300, 200, 100, 3_000)
SOFT = replace(TIGHT, soft_goods=SoftGoods(min_thickness_mm=90, max_folds=0))
ONLY = replace(EU, box_types=[EU.box_type("eu-300x200x100")])


@pytest.mark.parametrize(
    ("line", "policy", "fits"),
    [(TIGHT, Policy(), False), (TIGHT, Policy(fit_clearance_mm=0), True), (SOFT, Policy(), True)],
    ids=["rigid", "none asked for", "soft"],
)
def test_a_box_as_large_as_the_goods(line, policy, fits):
    """Rigid goods do not go in by hand; what a policy states counts instead, and soft goods give way."""
    made = plan(Order("o", [line]), ONLY, replace(policy, allow_partial=True), profiles=())
    assert bool(made.parcels) is fits


def test_the_check_knows_the_slack_of_the_box():
    """A plan without it breaks the rules of a request that asks for it."""
    order, none = Order("o", [TIGHT]), Policy(fit_clearance_mm=0)
    made = plan(order, ONLY, none, profiles=())
    assert check(made, order, ONLY, none) == []
    assert {str(violation.kind) for violation in check(made, order, ONLY)} == {"no_clearance"}
