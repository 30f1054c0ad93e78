"""A parcel that is mostly empty gives a warning with the cause."""

from boxwright import BoxType, Catalog, Fragility, Item, Order, Orientation, Placement, StartedParcel, plan


def warned(item: Item, edge_mm: float, *, flat: bool = False) -> list[str]:
    """Return the warning about a unit in the only box, a cube, or beside another box that is too flat for it."""
    boxes = [BoxType("cube", edge_mm, edge_mm, edge_mm, tare_g=100, material_id="corrugated-board")]
    if flat:
        boxes.append(BoxType("flat", 500, 500, 5, tare_g=100, material_id="corrugated-board"))
    catalog = Catalog("mine", boxes)
    made = plan(Order("1", [item]), catalog, profiles=())
    return [str(each) for each in made.warnings if each.code == "MOSTLY_EMPTY"]


def test_more_than_the_share_warns_and_the_share_itself_does_not() -> None:
    """With 100 ml, a cube of 100 mm is 90 % empty, which is the limit; with less it is above the limit."""
    assert warned(Item("a", 1, 50, 40, 50, 50), 100) == []
    for flat in (False, True):
        (text,) = warned(Item("a", 1, 49.9, 40, 50, 50), 100, flat=flat)
        assert all(part in text for part in ("cube", "90.0", "0.0998"))


def test_gaps_are_named_where_they_bind() -> None:
    """Earphones in a carton of 20 mm fill their cube of 75 mm with the 25 mm to each wall."""
    (text,) = warned(Item("a", 1, 20, 20, 20, 20, fragility=Fragility("boxed")), 75)
    assert "70 x 70 x 70" in text


def test_a_parcel_that_was_started_does_not_warn() -> None:
    """A started parcel gives no warning, since its box was chosen before; a new parcel keeps its number."""
    cube = BoxType("cube", 100, 100, 100, tare_g=100, material_id="corrugated-board")
    lines = [Item(name, 1, 20, 20, 20, 20, keep_apart_group=name) for name in ("a", "b")]
    there = Placement("a", 0, 0, 0, 0, 20_000, 20_000, 20_000, Orientation.LWH)
    begun = StartedParcel("tote", "cube", [there])
    made = plan(Order("1", lines), Catalog("mine", [cube]), profiles=(), started_parcels=[begun])
    assert [each.started_parcel_id for each in made.parcels] == ["tote", ""]
    (text,) = [str(each) for each in made.warnings if each.code == "MOSTLY_EMPTY"]
    assert "cube" in text
