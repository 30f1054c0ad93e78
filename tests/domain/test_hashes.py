"""Boxes and dunnage are keys of caches: what callers name alike is told apart by its figures."""

from decimal import Decimal

from boxwright import BoxType
from boxwright.domain.dunnage import Dunnage, DunnageKind
from boxwright.domain.same import Same


def test_boxes_of_one_id_have_hashes_of_their_own() -> None:
    """Many catalogs sent along may each call a box the same: caches would look through all of them, one by one."""
    boxes = [
        *(BoxType("box", 100 + size, 100, 100) for size in range(200)),
        *(BoxType("box", 100, 100, 100, outer_length_mm=101 + size) for size in range(200)),
        *(BoxType("box", 100, 100, 100, tare_g=1 + mass) for mass in range(200)),
        *(BoxType("box", 100, 100, 100, max_gross_g=1 + mass) for mass in range(200)),
        *(BoxType("box", 100, 100, 100, price_minor=price) for price in range(200)),
    ]
    assert len({hash(box) for box in boxes}) == len(boxes)
    assert hash(boxes[7]) == hash(BoxType("box", 107, 100, 100))


def test_dunnage_of_one_id_has_hashes_of_its_own() -> None:
    """So it is with dunnage."""
    kinds = [
        *(Dunnage("fill", DunnageKind.VOID_FILL, "paper", density_kg_per_m3=Decimal(1 + step)) for step in range(200)),
        *(Dunnage("fill", DunnageKind.VOID_FILL, f"paper-{step}", density_kg_per_m3=Decimal(1)) for step in range(200)),
    ]
    assert len({hash(each) for each in kinds}) == len(kinds)


def test_same_finds_an_object_itself_and_no_equal_one() -> None:
    """Data that is loaded twice is equal, and what was kept for the one is not found for the other."""
    box, equal = BoxType("box", 100, 100, 100), BoxType("box", 100, 100, 100)
    assert box == equal
    kept = {Same(box): "first"}
    assert kept[Same(box)] == "first"
    assert Same(box) != Same(equal)
    assert Same(equal) not in kept
    assert Same([]) not in kept  # what has no hash of its own can be looked up too
