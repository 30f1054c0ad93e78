"""Compartments of box types: a grid of cells that fits the inside, and the position of each cell."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwright import BoxType, Catalog, Compartments, InvalidInputError

SIX = Compartments([95, 95, 95], [95, 95], 335)


def box(inner: tuple[float, float, float] = (300, 200, 340), **fields: Any) -> BoxType:
    """Return a box with compartments."""
    return BoxType("pack", *inner, **{"compartments": SIX, **fields})


def faults(make: Any) -> dict[str, str]:
    """Return the wrong fields with the rules that they break."""
    with pytest.raises(InvalidInputError) as caught:
        make()
    return {each.field: each.rule for each in caught.value.violations}


def test_cells_are_numbered_along_the_length_row_by_row() -> None:
    """A box of 300 x 200 leaves 15 and 10 mm for walls: 4 of 3.75 mm and 3 of 3.333 mm; 5 mm are below and above."""
    assert len(SIX) == 6
    first, second, *_, last, front, back = box().cells_um
    assert first == (3_750, 3_333, 2_500, 98_750, 98_333, 337_500)
    assert second[:3] == (3_750 + 95_000 + 3_750, 3_333, 2_500)
    assert last == (201_250, 101_666, 2_500, 296_250, 196_666, 337_500)
    # Then come the slots for cards, 5 mm at most.
    assert (front, back) == ((0, 0, 0, 300_000, 3_333, 340_000), (0, 196_666, 0, 300_000, 200_000, 340_000))
    assert BoxType("open", 300, 200, 340).cells_um == ()


lengths = st.lists(st.integers(1, 200_000).map(lambda um: um / 1_000), min_size=1, max_size=6)


@given(lengths, lengths, st.integers(1, 300_000), st.tuples(*[st.integers(0, 50_000)] * 3))
def test_cells_lie_inside_and_apart(
    columns: list[float], rows: list[float], height: int, spare: tuple[int, int, int]
) -> None:
    """Every cell has its size, lies in the box, and shares no space with another."""
    grid = Compartments(columns, rows, height / 1_000)
    inner = tuple(
        sum(round(1_000 * each) for each in edges) + more
        for edges, more in zip((columns, rows, [height / 1_000]), spare, strict=True)
    )
    cells = box(tuple(edge / 1_000 for edge in inner), compartments=grid).cells_um
    sizes = [tuple(high - low for low, high in zip(cell[:3], cell[3:], strict=True)) for cell in cells]
    um = [[round(1_000 * edge) for edge in edges] for edges in (columns, rows)]
    assert sizes[: len(grid)] == [(length, width, height) for width in um[1] for length in um[0]]
    assert all(width <= 5_000 for _, width, _ in sizes[len(grid) :])
    assert all(low >= 0 for cell in cells for low in cell[:3])
    assert all(high <= edge for cell in cells for high, edge in zip(cell[3:], inner, strict=True))
    for at, one in enumerate(cells):
        for two in cells[:at]:
            assert any(one[axis] >= two[axis + 3] or two[axis] >= one[axis + 3] for axis in range(3))


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"columns_mm": [95, 0]}, "columns_mm[1]"),
        ({"rows_mm": []}, "rows_mm"),
        ({"columns_mm": [10] * 11, "rows_mm": [10] * 10}, "columns_mm"),
    ],
)
def test_a_broken_grid_names_its_field(fields: dict[str, Any], at: str) -> None:
    """Each rule is an error at its field."""
    assert list(faults(lambda: Compartments(**{"columns_mm": [95], "rows_mm": [95], "height_mm": 335, **fields}))) == [
        at
    ]


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"inner": (284.999, 200, 340)}, "compartments.columns_mm"),
        ({"inner": (300, 189.999, 340)}, "compartments.rows_mm"),
        ({"inner": (300, 200, 334.999)}, "compartments.height_mm"),
        ({"style": "bag"}, "compartments"),
        ({"opening": "end"}, "compartments"),
    ],
)
def test_a_box_takes_compartments_that_fit_it(fields: dict[str, Any], at: str) -> None:
    """Compartments must fit inside, and the box must be rigid and open at the top."""
    assert list(faults(lambda: box(**fields))) == [at]
    assert box((285, 190, 335)).cells_um[0] == (0, 0, 0, 95_000, 95_000, 335_000)


def test_nothing_fills_a_box_with_compartments() -> None:
    """A box with compartments gets neither void fill nor blocking."""
    assert not box().has_fill
    assert BoxType("open", 300, 200, 340).has_fill


def test_compartments_are_part_of_a_catalogs_hash() -> None:
    """Compartments change a catalog's hash; a catalog without any has the hash from before the field existed."""
    one, two = (Catalog("c", (box(compartments=each),)).content_hash for each in (SIX, Compartments([95], [95], 335)))
    assert len({one, two, Catalog("c", (box(compartments=None),)).content_hash}) == 3
