"""Very fragile goods that fit a pack or an inner box: the choice, and its certificate."""

from dataclasses import replace

import pytest

from boxwright import BoxType, Catalog, Item, Order, Policy, check, load_catalog, plan, verify_certificate
from boxwright.domain.order import ALL_ORIENTATIONS, Orientation
from boxwright.domain.plan import ProofStatus
from boxwright.planning import improvements, plans
from boxwright.planning.finishing.certify import NOTHING_PROVED
from boxwright.planning.task import Task

from .inner_box_orders import BOARD, GOODS, INNER, OUTER, VERY, inner_boxes, planned, shelf


def a_mug(article: str) -> Order:
    """Return a very fragile mug of an article, and a book."""
    mug = Item("mug", 1, 122, 93, 103, mass_g=350, article=article, fragility=VERY)
    return Order("1", [mug, Item("book", 1, 210, 148, 20, mass_g=300, article="book")])


def test_nothing_is_proved_where_an_inner_box_could_be_used_instead_of_a_pack() -> None:
    """A mug goes into the pack of its article and a book into another parcel; with an inner box they share a parcel."""
    catalog, policy = load_catalog("eu-webshop"), Policy()
    own, hand = (plan(a_mug(article), catalog, policy, profiles=()) for article in ("mug", "vase"))
    assert (len(own.parcels), len(hand.parcels)) == (2, 1)
    assert check(hand, a_mug("mug"), catalog, policy) == []
    assert own.certificate == NOTHING_PROVED
    assert verify_certificate(own, a_mug("mug"), catalog, policy) == []


def test_nothing_is_proved_where_goods_may_lie_otherwise_in_their_inner_box() -> None:
    """A stated inner box stands on its end with the glass turned in it, an orientation that the search does not try."""
    inner = BoxType("inner", 300, 220, 200, 310, 230, 215, tare_g=200, **BOARD)
    boxes = (
        inner,
        BoxType("out", 330, 315, 410, tare_g=300, **BOARD),
        BoxType("big", 700, 700, 700, tare_g=900, **BOARD),
    )
    glass = Item("glass", 1, 90, 80, 70, mass_g=500, fragility=VERY, orientations=("LWH", "HLW"))
    own = planned(glass, *boxes, policy=Policy())
    hand = plan(Order("1", [replace(glass, orientations=ALL_ORIENTATIONS)]), shelf(*boxes[:2]))
    (parcel,) = hand.parcels
    turned = replace(parcel.placements[0], orientation=Orientation.LWH)
    hand = replace(hand, catalog_hash=own.catalog_hash, parcels=(replace(parcel, placements=(turned,)),))
    assert [own.parcels[0].box_type_id, parcel.box_type_id] == ["big", "out"]
    assert check(hand, Order("1", [glass]), shelf(*boxes)) == []
    assert own.certificate == NOTHING_PROVED


def test_a_certificate_that_claims_more_of_very_fragile_goods_is_refused() -> None:
    """The plan is valid but its claim is false: verification names the missing statement."""
    own = planned(GOODS, INNER, OUTER)
    for forged in (
        replace(NOTHING_PROVED, status=ProofStatus.PROVED),
        replace(NOTHING_PROVED, lower_bound=1, bounded_objective="parcel_count", value=1),
    ):
        (found,) = verify_certificate(
            replace(own, certificate=forged), Order("1", [GOODS]), shelf(INNER, OUTER), Policy(allow_partial=True)
        )
        assert "very_fragile" in str(found)


def test_no_answer_with_very_fragile_goods_proves_anything() -> None:
    """For very fragile goods, alternatives, better plans and explanations have no proofs."""
    larger = replace(OUTER, box_type_id="outer-2", inner_length_mm=520, outer_length_mm=530)
    order, catalog, policy = Order("1", [GOODS]), shelf(INNER, OUTER, larger), Policy(mode="balanced")
    task = Task(order, catalog, policy)
    ranked = plans(task, 1, explain=True)
    assert [each.certificate for each in ranked] == [NOTHING_PROVED, replace(NOTHING_PROVED, rank=1)]
    assert [verify_certificate(each, order, catalog, policy) for each in ranked] == [[], []]
    assert [each.certificate for each in improvements(task, explain=True)] == [NOTHING_PROVED]


def webshop(**of_packs: float) -> Catalog:
    """Return the web shop's catalog with other limits of its packs."""
    catalog = load_catalog("eu-webshop")
    boxes = (replace(each, **of_packs) if each.compartments else each for each in catalog.box_types)
    return replace(catalog, box_types=tuple(boxes))


MUG = Item("mug", 1, 122, 93, 103, mass_g=350, article="mug", fragility=VERY)
BOOK = Item("book", 1, 210, 148, 20, mass_g=300, article="book")
FLASK = Item("flask", 1, 62, 62, 95, mass_g=600, article="wine_bottle", fragility=VERY)


@pytest.mark.parametrize(
    ("lines", "catalog"),
    [
        ([FLASK], webshop()),
        ([replace(each, keep_together_group="set") for each in (MUG, BOOK)], webshop()),
        ([MUG], webshop(max_gross_g=300)),
        ([replace(MUG, quantity=31)], webshop(available=1)),
        ([replace(MUG, quantity=8)], webshop(available=1, max_net_g=400)),
        ([MUG, replace(MUG, line_id="own", quantity=30, fragility=None)], webshop(available=1)),
    ],
    ids=["rattles", "with its group", "too heavy", "too few", "too heavy together", "others may take them"],
)
def test_goods_that_no_available_pack_takes_get_an_inner_box(lines: list[Item], catalog: Catalog) -> None:
    """A pack for the article must also be in stock and take the units together with those that must be with them."""
    order, policy = Order("1", lines), Policy(allow_partial=True)
    answer = plan(order, catalog, policy, profiles=())
    placed = [each for parcel in answer.parcels for each in parcel.placements]
    very = {line.line_id for line in lines if line.fragility == VERY}
    assert not very & {each.line_id for each in answer.unpacked}
    assert all(each.inner_box_type_id for each in placed if each.line_id in very)


@pytest.mark.parametrize("catalog", [webshop(), webshop(available=2)])
def test_goods_that_an_available_pack_takes_go_into_it(catalog: Catalog) -> None:
    """The pack is used even if its stock is limited but sufficient."""
    order = Order("1", [replace(MUG, quantity=2)])
    answer = plan(order, catalog, profiles=())
    assert inner_boxes(answer) == ["", ""]
    assert all(catalog.box_type(parcel.box_type_id).compartments for parcel in answer.parcels)
