"""Several parcels are used if they are better than one: each box has fixed grams, volume and price."""

import pytest
from hypothesis import given, settings

import strategies
from boxwright import BoxType, Catalog, Item, Order, Policy, SoftGoods, plan
from boxwright.domain.plan import ProofScope, ProofStatus
from verified import verified

BOXES = Catalog(
    "c",
    [
        BoxType("small", 100, 100, 100, tare_g=40, price_minor=50),
        BoxType("large", 300, 300, 300, tare_g=300, price_minor=90),
    ],
)
CUBES = Order("o", [Item("a", 2, 100, 100, 100, 500)])


@pytest.mark.parametrize(
    ("objective", "boxes"),
    [
        ("inner_volume", ["small", "small"]),  # 2 L against 27 L
        ("packaging_mass", ["small", "small"]),  # 80 g against 300 g
        ("packaging_cost", ["large"]),  # 90 against 100
        ("parcel_count", ["large"]),
    ],
)
def test_the_objective_decides_between_one_parcel_and_two(objective, boxes) -> None:
    """All partitions of a small order are compared, so the choice is proved among all plans."""
    answer = verified(CUBES, BOXES, Policy(objective), profiles=())
    assert [parcel.box_type_id for parcel in answer.parcels] == boxes
    assert (answer.certificate.status, answer.certificate.scope) == (ProofStatus.PROVED, ProofScope.ALL_PLANS)


def test_a_proof_leaves_no_mailer_open() -> None:
    """The forms of a mailer left open cost more than the two parcels used, so it is not an open candidate."""
    soft = Item("pad", 1, 177.8, 114.934, 28, 1, soft_goods=SoftGoods(min_thickness_mm=14.228, max_folds=2))
    flat = Item(
        "flat",
        2,
        37.079,
        94,
        53,
        347.654,
        orientations=["LWH", "WLH"],
        soft_goods=SoftGoods(min_thickness_mm=41.116, max_folds=1),
    )
    mailers = [
        BoxType("mailer-1", 129.162, 292.734, 114.933, style="flat_mailer", material_id="kraft-paper"),
        BoxType("mailer-2", 407.668, 192.028, 177.8, style="padded_mailer", material_id="kraft-paper"),
    ]
    order, catalog = Order("o", [soft, flat]), Catalog("c", mailers)
    policy = Policy("inner_volume", support_ratio=0.333333, mode="fast", max_parcels=2)
    answer = verified(order, catalog, policy, profiles=())
    assert answer.certificate.status is ProofStatus.OPEN or not answer.certificate.open_candidates


@given(strategies.orders())
@settings(max_examples=15, deadline=None)
def test_more_parcels_are_never_taken_for_a_worse_price(order: Order) -> None:
    """By inner volume no plan is worse than the one with the fewest parcels; its certificate is verified."""
    sizes = ((80, 60, 40), (160, 120, 90), (320, 240, 180), (700, 600, 500))
    catalog = Catalog("c", [BoxType(f"box-{edges[0]}", *edges) for edges in sizes])
    few = plan(order, catalog, Policy(mode="fast", allow_partial=True), profiles=())
    policy = Policy("inner_volume", mode="fast", allow_partial=True)
    small = verified(order, catalog, policy, profiles=())
    assert len(small.unpacked) == len(few.unpacked)
    assert small.inner_litres <= few.inner_litres
