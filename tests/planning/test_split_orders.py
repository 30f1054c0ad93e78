"""Orders that need several boxes near their weight limits: no unit lost, nothing proved that is not so."""

from boxwright import BoxType, Catalog, Fragility, Item, Order, Policy, load_catalog, plan
from boxwright.domain.plan import PlanStatus, ProofStatus

DUNNAGE = load_catalog("china-post").dunnage


def test_many_heavy_units_near_the_gross_limit_are_all_packed() -> None:
    """Each of 130 units fits a box alone beside its void fill; together they are 130 parcels, not an error."""
    box = BoxType("a", 400, 300, 300, tare_g=300, max_gross_g=15_500, material_id="corrugated-board")
    order = Order("order", [Item("a", 130, 350, 250, 250, 14_850)])
    answer = plan(order, Catalog("c", [box], dunnage=DUNNAGE), Policy(mode="fast"), profiles=())
    assert answer.status is PlanStatus.COMPLETE
    assert len(answer.parcels) == 130


def test_many_fragile_units_under_a_gross_limit_are_all_packed() -> None:
    """Forty mugs of which each needs cushioning go out whole, though a box could not bear the cushioning of all."""
    box = BoxType("a", 500, 400, 400, tare_g=600, max_gross_g=7_000, material_id="corrugated-board")
    mug = Item("mug", 40, 120, 100, 110, 350, fragility=Fragility(g_level=60))
    other = Item("other", 40, 121, 100, 110, 350, fragility=Fragility(g_level=60))
    answer = plan(Order("order", [mug, other]), Catalog("c", [box], dunnage=DUNNAGE), Policy(mode="fast"), profiles=())
    assert answer.status is PlanStatus.COMPLETE


def test_cushioning_is_weighed_unit_by_unit() -> None:
    """Nine mugs go into a box that the cushioning of all forty would overload."""
    box = BoxType("a", 500, 400, 400, tare_g=600, max_gross_g=7_000, material_id="corrugated-board")
    mug = Item("mug", 40, 120, 100, 110, 350, fragility=Fragility(g_level=60))
    answer = plan(Order("order", [mug]), Catalog("c", [box], dunnage=DUNNAGE), Policy(mode="fast"), profiles=())
    assert sorted(len(parcel.placements) for parcel in answer.parcels) == [4, 9, 9, 9, 9]


def test_void_fill_does_not_make_a_bound() -> None:
    """The bound of a split leaves dunnage out, so that it excludes no plan that is possible."""
    boxes = [
        BoxType("a", 400, 300, 300, tare_g=300, max_gross_g=15_500, material_id="corrugated-board"),
        BoxType("b", 400, 300, 310, tare_g=300, max_gross_g=15_900, material_id="corrugated-board"),
    ]
    order = Order("order", [Item("a", 130, 350, 250, 250, 14_850)])
    answer = plan(order, Catalog("c", boxes, dunnage=DUNNAGE), Policy(mode="fast"), profiles=())
    cheaper = all(parcel.box_type_id == "a" for parcel in answer.parcels)
    assert cheaper or answer.certificate.status is ProofStatus.OPEN


def test_a_partial_plan_proves_nothing() -> None:
    """Where a unit stays out, the certificate of what was packed is open."""
    catalog = Catalog("c", [BoxType("a", 100, 100, 100)])
    order = Order("order", [Item("a", 1, 50, 50, 50), Item("b", 1, 200, 10, 10)])
    answer = plan(order, catalog, Policy(allow_partial=True), profiles=())
    assert answer.status is PlanStatus.PARTIAL
    assert answer.certificate.status is ProofStatus.OPEN
