"""Orders that need several boxes near their weight limits: no unit is lost, and no proof is false."""

from boxwright import BoxType, Catalog, Fragility, Item, Order, Policy, load_catalog, plan
from boxwright.domain.plan import PlanStatus, ProofStatus
from verified import boxes_of, verified

DUNNAGE = load_catalog("china-post").dunnage


def test_many_heavy_units_near_the_gross_limit_are_all_packed() -> None:
    """Each of 130 units fits a box with its void fill; together they are 130 parcels, not an error."""
    box = BoxType("a", 400, 300, 300, tare_g=300, max_gross_g=15_500, material_id="corrugated-board")
    order = Order("order", [Item("a", 130, 350, 250, 250, 14_850)])
    answer = plan(order, Catalog("c", [box], dunnage=DUNNAGE), Policy(mode="fast"), profiles=())
    assert answer.status is PlanStatus.COMPLETE
    assert len(answer.parcels) == 130


def test_many_fragile_units_under_a_gross_limit_are_all_packed() -> None:
    """Forty mugs with cushioning are all packed, although no box could carry the cushioning of all."""
    box = BoxType("a", 500, 400, 400, tare_g=600, max_gross_g=7_000, material_id="corrugated-board")
    mug = Item("mug", 40, 120, 100, 110, 350, fragility=Fragility(g_level=60))
    other = Item("other", 40, 121, 100, 110, 350, fragility=Fragility(g_level=60))
    answer = plan(Order("order", [mug, other]), Catalog("c", [box], dunnage=DUNNAGE), Policy(mode="fast"), profiles=())
    assert answer.status is PlanStatus.COMPLETE


def test_void_fill_is_weighed_unit_by_unit() -> None:
    """Each mug displaces fill: nine with fill are 4,983 g, ten would be 5,309 g, and the limit is 5,000 g."""
    box = BoxType("a", 500, 400, 400, tare_g=600, max_gross_g=5_000, material_id="corrugated-board")
    mug = Item("mug", 40, 120, 100, 110, 350, fragility=Fragility(g_level=60))
    answer = plan(Order("order", [mug]), Catalog("c", [box], dunnage=DUNNAGE), Policy(mode="fast"), profiles=())
    held = [len(parcel.placements) for parcel in answer.parcels]
    assert len(held) == 5
    assert max(held) == 9


def test_void_fill_does_not_make_a_bound() -> None:
    """The bound of a split leaves out dunnage, so that it excludes no possible plan."""
    boxes = [
        BoxType("a", 400, 300, 300, tare_g=300, max_gross_g=15_500, material_id="corrugated-board"),
        BoxType("b", 400, 300, 310, tare_g=300, max_gross_g=15_900, material_id="corrugated-board"),
    ]
    order = Order("order", [Item("a", 130, 350, 250, 250, 14_850)])
    answer = plan(order, Catalog("c", boxes, dunnage=DUNNAGE), Policy(mode="fast"), profiles=())
    cheaper = all(parcel.box_type_id == "a" for parcel in answer.parcels)
    assert cheaper or answer.certificate.status is ProofStatus.OPEN


def test_a_split_is_proved_where_stock_forbids_the_cheapest_partition() -> None:
    """With one small box available, three small ones are impossible: the best plan within the stock is proved."""
    boxes = [BoxType("small", 100, 100, 100, available=1), BoxType("large", 100, 100, 150)]
    answer = plan(Order("o", [Item("a", 3, 90, 90, 80)]), Catalog("c", boxes), profiles=())
    assert boxes_of(answer) == ["large", "large", "small"]
    assert answer.certificate.status is ProofStatus.PROVED


def test_a_box_that_is_open_leaves_the_split_open() -> None:
    """If six of seven units exclude a box, but all seven do not within the effort, nothing is proved."""
    lines = [
        Item("a", 2, 100, 74, 10, 0.5, orientations=["HLW", "WLH"]),
        Item("b", 2, 100, 75, 10, 0.5),
        Item("c", 2, 100, 50, 20, 0.5, orientations=["WHL", "LHW", "LWH", "HWL"]),
        Item("d", 1, 100, 75, 20, 100, orientations=["HLW", "LHW", "HWL"]),
    ]
    order, catalog, policy = Order("o", lines), Catalog("c", [BoxType("a", 100, 100, 90)]), Policy(mode="fast")
    answer = verified(order, catalog, policy, profiles=())
    certificate = answer.certificate
    assert (certificate.status is ProofStatus.PROVED) == (certificate.open_candidates == ())


def test_groups_packed_again_use_no_box_twice_that_is_left_once() -> None:
    """Two small boxes are in stock and one is used: a pair of small boxes cannot replace two other parcels."""
    boxes = [
        BoxType("small", 125, 149, 173, max_net_g=251, available=2),
        BoxType("large", 272.759, 247, 127, max_net_g=250.001),
    ]
    order = Order("o", [Item("a", 3, 95, 66, 25.4, 1), Item("b", 2, 98.425, 49, 19.05, 250)])
    answer = plan(order, Catalog("c", boxes), Policy(allow_partial=True), profiles=())
    assert sum(parcel.box_type_id == "small" for parcel in answer.parcels) <= 2
    assert answer.status is PlanStatus.COMPLETE


def test_a_box_without_an_inside_adds_nothing_to_a_bound() -> None:
    """The clearance leaves one box type no width; the others are filled and bounded as usual."""
    boxes = [BoxType("box", 270, 236, 301), BoxType("slit", 25.4, 82, 203.2)]
    order = Order("o", [Item("a", 17, 25.4, 82, 101.6, 1, max_load_g=0)])
    answer = plan(order, Catalog("c", boxes), Policy(fit_clearance_mm=60, mode="fast"), profiles=())
    assert {parcel.box_type_id for parcel in answer.parcels} == {"box"}


def test_at_equal_prices_no_line_is_split() -> None:
    """Six jams fill one pack and three pickles the other, although any mixture would cost the same."""
    lines = [Item("jam", 6, 72, 72, 90, 480, article="jar"), Item("pickles", 3, 85, 85, 115, 650, article="jar")]
    made = plan(Order("o", lines), load_catalog("eu-webshop"), profiles=())
    assert [{placed.line_id for placed in parcel.placements} for parcel in made.parcels] == [{"jam"}, {"pickles"}]
