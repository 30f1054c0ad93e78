"""Boxes and dunnage are keys of caches: equal ids with other figures have other hashes."""

from decimal import Decimal

from boxwright import BoxType
from boxwright.domain.dunnage import Dunnage, DunnageKind
from boxwright.domain.same import Same


def test_boxes_of_one_id_have_hashes_of_their_own() -> None:
    """Catalogs may share box ids; equal hashes would make caches compare all of them."""
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
    """Dunnage has hashes of its own too."""
    kinds = [
        *(Dunnage("fill", DunnageKind.VOID_FILL, "paper", density_kg_per_m3=Decimal(1 + step)) for step in range(200)),
        *(Dunnage("fill", DunnageKind.VOID_FILL, f"paper-{step}", density_kg_per_m3=Decimal(1)) for step in range(200)),
    ]
    assert len({hash(each) for each in kinds}) == len(kinds)


def test_same_finds_an_object_itself_and_no_equal_one() -> None:
    """Data loaded twice are equal, and caches keep them apart."""
    box, equal = BoxType("box", 100, 100, 100), BoxType("box", 100, 100, 100)
    assert box == equal
    kept = {Same(box): "first"}
    assert kept[Same(box)] == "first"
    assert Same(box) != Same(equal)
    assert Same(equal) not in kept
    assert Same([]) not in kept  # unhashable objects can be looked up too
