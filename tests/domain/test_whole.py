"""Items and box types hold lengths in um and masses in mg, and read in mm and g."""

import copy
import dataclasses
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwright import BoxType, Catalog, Item
from boxwright.domain.fields import changed
from boxwright.domain.own_container import OwnContainer

ITEM = Item("mug", 2, 120.0004, 95.5, 88, 350.0006, max_load_g=1_200)
BOX = BoxType("small", 200, 150, 100, 206, tare_g=90.5, max_gross_g=5_000, blank_g=99.0004)
ALL = (ITEM, BOX)
edges = st.integers(1, 10_000_000)


def test_items_and_box_types_hold_whole_numbers_alone() -> None:
    """120.0004 mm is 120,000 um, read as 120 mm; None stays None."""
    held = vars(dataclasses.replace(ITEM))
    assert {name: held[name] for name in held if name.endswith(("_mm", "_um", "_g", "_mg"))} == {
        "length_um": 120_000,
        "width_um": 95_500,
        "height_um": 88_000,
        "mass_mg": 350_001,
        "max_load_mg": 1_200_000,
    }
    assert (ITEM.length_mm, ITEM.mass_g, ITEM.max_load_g) == (120.0, 350.001, 1_200.0)
    assert (BOX.outer_length_um, BOX.outer_width_um, BOX.tare_mg, BOX.blank_mg) == (206_000, 150_000, 90_500, 99_000)
    assert (BOX.max_net_g, BOX.max_net_mg) == (None, None)


@pytest.mark.parametrize("thing", ALL)
def test_copies_are_equal(thing: Item | BoxType) -> None:
    """Replacing, copying, pickling and rebuilding keep an object equal."""
    for again in (
        dataclasses.replace(thing),
        changed(thing),
        copy.deepcopy(thing),
        pickle.loads(pickle.dumps(thing)),
        type(thing)(**{field.name: getattr(thing, field.name) for field in dataclasses.fields(thing)}),
    ):
        assert (again, repr(again)) == (thing, repr(thing))
        assert dataclasses.asdict(again) == dataclasses.asdict(thing)


@given(edges, edges, edges, st.integers(0, 1_000_000_000))
def test_um_and_mg_arrive_as_they_are(length: int, width: int, height: int, mass: int) -> None:
    """Whole um and mg are kept exactly, equal to the result of the constructor from mm and g."""
    made = changed(ITEM, length_um=length, width_um=width, height_um=height, mass_mg=mass)
    assert (made.edges_um, made.mass_mg) == ((length, width, height), mass)
    assert made == dataclasses.replace(
        ITEM, length_mm=length / 1_000, width_mm=width / 1_000, height_mm=height / 1_000, mass_g=mass / 1_000
    )
    own = OwnContainer.of_size((length, width, height))
    assert own.inner_um == own.outer_um == (length, width, height)


def test_fields_are_changed_by_the_name_they_are_held_by_and_none_is_unknown() -> None:
    """A limit may become unlimited; a field that is given twice or does not exist is refused."""
    assert changed(ITEM, max_load_mg=None, quantity=3) == dataclasses.replace(ITEM, max_load_g=None, quantity=3)
    assert changed(ITEM, max_load_mg=0).max_load_mg == 0
    with pytest.raises(TypeError, match="length_mm"):
        changed(ITEM, length_um=1_000, length_mm=1)
    with pytest.raises(TypeError, match="lenght_um"):
        changed(ITEM, lenght_um=1_000)


def test_the_hash_of_a_catalog_is_over_mm_and_g() -> None:
    """The hashed JSON has fields in the form of the API: 206.0 mm and 90.5 g, not 206000 and 90500."""
    content_hash = "sha256:3111924324a11db142e4fcc7c18781b767e8939f328b1be10c8dcdf4a38d8995"
    assert Catalog("two", (BOX, BoxType("bag", 300, 200, 40, style="bag", price_minor=12))).content_hash == content_hash
