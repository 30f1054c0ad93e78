"""Boards of box types over the API: by id, by flute and grade, or by the caller's own figures."""

import pytest

from boxwright.contract.catalog import box_type_to_wire

from .wire import broken, job_of

BOX = {
    "box_type_id": "b",
    "style": "BOX_STYLE_RSC_0201",
    "inner": {"length_mm": 300, "width_mm": 200, "height_mm": 150},
}


def read(dataset, board, **fields):
    """Return the box type of a request with one box of this board."""
    catalog = {"catalog_id": "c", "box_types": [{**BOX, "board": board, **fields}]}
    return job_of(dataset, inline_catalog=catalog).catalog.published.box_types[0]


@pytest.mark.parametrize(
    ("board", "board_id", "tare_g"),
    [
        # 0.37484568 m2 of 464, 512 and 500 g/m2: tares are snapped to the mg
        ({"board_id": "c-flute"}, "c-flute", 173.928),
        ({"flute": "C"}, "c-flute", 173.928),
        ({"flute": "C", "grade": "32 ECT"}, "c-flute-32ect", 191.921),
        ({"flute": "C", "grammage_g_per_m2": 500}, "c-flute", 187.423),
        ({"flute": "C", "grammage_g_per_m2": 500, "caliper_mm": 3.6}, "", 187.423),
        ({"grammage_g_per_m2": 500, "caliper_mm": 3.6}, "", 187.423),
    ],
)
def test_a_board_gives_tare_and_walls(dataset, board, board_id, tare_g):
    """Tare follows from grammage, and outer size from caliper."""
    box = read(dataset, board)
    assert (box.board_id, box.tare_g) == (board_id, tare_g)
    assert box.outer_um == (307_200, 207_200, 164_400)


def test_own_edge_crush_comes_before_the_boards(dataset):
    """The caller's edge crush overrides that of the flute's board."""
    box = read(dataset, {"flute": "C", "edge_crush_kn_per_m": 6.25, "recycled_content": 0.5})
    assert (box.edge_crush_kn_per_m, box.recycled_content) == (6.25, 0.5)
    shown = box_type_to_wire(box, "", "", dataset.materials).board
    assert (shown.board_id, shown.edge_crush_kn_per_m, shown.recycled_content) == ("c-flute", 6.25, 0.5)
    graded = box_type_to_wire(read(dataset, {"board_id": "c-flute-32ect"}), "", "", dataset.materials).board
    assert (graded.grade, graded.edge_crush_kn_per_m) == ("32 ECT", 5.604)


def test_a_blank_arrives_and_is_derived(dataset):
    """The blank is the stated one; that of a roll-end mailer is derived."""
    assert read(dataset, {}, tare_g=100, blank_g=120).board_mg == 120_000
    assert read(dataset, {"board_id": "c-flute"}).blank_g is None
    mailer = read(dataset, {"board_id": "e-flute"}, style="BOX_STYLE_MAILER_0427")
    assert mailer.board_mg > mailer.tare_mg


@pytest.mark.parametrize(
    ("board", "field"),
    [
        ({"board_id": "c-flute", "caliper_mm": 101}, "caliper_mm"),
        ({"board_id": "c-flute", "caliper_mm": "NaN"}, "caliper_mm"),
        ({"board_id": "c-flute", "grammage_g_per_m2": "Infinity"}, "grammage_g_per_m2"),
        ({"board_id": "c-flute", "flute": "B"}, "flute"),
        ({"board_id": "c-flute", "flute": "B", "caliper_mm": 3}, "flute"),
        ({"board_id": "steel"}, "board_id"),
        ({"flute": "X"}, "flute"),
        ({"flute": "C", "grade": "99 ECT"}, "flute"),
        ({"flute": "C", "caliper_mm": 101}, "caliper_mm"),
        ({"flute": "C", "edge_crush_kn_per_m": -1}, "edge_crush_kn_per_m"),
        ({"flute": "C", "edge_crush_kn_per_m": "NaN"}, "edge_crush_kn_per_m"),
        ({"flute": "C", "recycled_content": 1.5}, "recycled_content"),
    ],
)
def test_a_broken_board_is_named_by_its_path(dataset, board, field):
    """Each broken rule is the only finding, at the caller's path."""
    assert list(broken(read, dataset, board, tare_g=100)) == [f"inline_catalog.box_types[0].board.{field}"]
