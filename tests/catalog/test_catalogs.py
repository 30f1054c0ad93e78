"""Shipped catalogs: their content, and their descriptions."""

from decimal import Decimal

import pytest

from boxwright import Catalog, Item, Order, plan
from boxwright.catalog import catalog_names, catalog_warnings, describe, load_catalog, load_materials
from boxwright.catalog.blank import blank_of
from boxwright.catalog.boxes import read_box
from boxwright.domain.box import BoxStyle, BoxType
from boxwright.domain.dunnage import DunnageKind
from boxwright.domain.source_grade import SourceGrade
from boxwright.errors import InvalidInputError
from boxwright.findings import Findings

WITHOUT_BOARD = {"fedex"}
"""Catalogs without a published board, but with published inner sizes and masses."""
NO_BOARD_AT_ALL = {"paper-mailers": "kraft-paper", "reusable-totes": "pp-tote"}
"""Catalogs whose boxes are not made of board, with their material."""
MIXED = {"cn-webshop", "eu-webshop", "us-webshop"}
"""Catalogs of a whole shop: cartons, book wraps, and mailers of board, paper and film."""
OTHER_TAPE = {"china-post": "kraft-paper-tape-45", "cn-webshop": "kraft-paper-tape-45"}
"""Catalogs with another tape than the default: GB 45186 allows a width of 45 mm since 1 July 2026."""


@pytest.mark.parametrize("name", catalog_names())
def test_every_shipped_catalog_loads(name: str) -> None:
    """Boxes have walls, tare, material, board and a limit of mass; each kind of dunnage has one default."""
    catalog = load_catalog(name)
    assert catalog.catalog_id == name
    assert catalog.content_hash == load_catalog(name).content_hash
    for box in () if name in MIXED else catalog.box_types:
        assert box.tare_g > 15
        assert box.material_id == NO_BOARD_AT_ALL.get(name, "corrugated-board")
        if name in {*WITHOUT_BOARD, *NO_BOARD_AT_ALL}:
            assert not box.board_id
            assert not box.read_in_source
        if name in WITHOUT_BOARD:
            assert box.outer_um == box.inner_um
        elif name not in NO_BOARD_AT_ALL:
            assert all(outer > inner for inner, outer in zip(box.inner_um, box.outer_um, strict=True)), box.box_type_id
            assert box.board_id
    assert {warning.code for warning in catalog_warnings(catalog)} <= {"OUTER_SIZE_UNKNOWN", "PRICE_UNKNOWN"}
    blocks = [DunnageKind.BLOCKING] if name in MIXED else []
    kinds = [DunnageKind.CUSHIONING, DunnageKind.VOID_FILL, DunnageKind.TAPE, *blocks]
    assert [dunnage.kind for dunnage in catalog.dunnage] == kinds
    wrap, fill, tape = load_materials().default_dunnage
    assert [dunnage.dunnage_id for dunnage in catalog.dunnage][:3] == [wrap, fill, OTHER_TAPE.get(name, tape)]
    assert catalog.source


def test_the_chinese_tape_is_as_narrow_as_its_rule_requires() -> None:
    """The tape is at most 45 mm wide, as the row on GB 45186 states."""
    (tape,) = [dunnage for dunnage in load_catalog("china-post").dunnage if dunnage.kind is DunnageKind.TAPE]
    rules = [rule for market in load_materials().markets for rule in market.rules]
    (rule,) = [row for row in rules if row.rule_id == "cn/gb45186-tape"]
    assert "45 mm" in rule.definition
    assert tape.width_mm == 45


@pytest.mark.parametrize("name", sorted(MIXED))
def test_a_web_shop_has_boxes_that_fit(name: str) -> None:
    """A catalog has at least 30 sizes, recyclable and compostable mailers among them, and says which were verified."""
    catalog, materials = load_catalog(name), load_materials()
    assert len({box.inner_um for box in catalog.box_types}) >= 30
    styles = {box.style for box in catalog.box_types}
    assert {BoxStyle.RSC_0201, BoxStyle.MAILER_0427, BoxStyle.BAG} <= styles
    kinds = {box.material_id: materials.material(box.material_id).kind for box in catalog.box_types}
    assert {"recyclable", "compostable"} == set(kinds.values())
    for box in catalog.box_types:
        assert box.tare_basis == "board" or box.compartments or box.box_type_id.startswith(("us-kraft", "us-padded"))
        assert not box.tare_weighed
        assert box.read_in_source == (box.source_grade is SourceGrade.PUBLISHER)
        assert box.flexible or all(out > inn for inn, out in zip(box.inner_um, box.outer_um, strict=True))
        assert box.max_net_g or box.style not in {BoxStyle.FLAT_MAILER, BoxStyle.PADDED_MAILER, BoxStyle.BAG}


GOODS = {
    "bottle": ("wine_bottle", (90, 90, 330)),
    "bottle-low": ("spirit_bottle", (90, 90, 290)),
    "bottle-short": ("spirit_bottle", (90, 90, 250)),
    "beer": ("beer_bottle", (73, 73, 250)),
    "stemware": ("stemware", (93, 93, 235)),
    "bottle-wide": ("spirit_bottle", (108, 108, 340)),
    "tumbler": ("tumbler", (90, 90, 110)),
    "jar": ("jar", (86, 86, 115)),
    "ornament": ("ornament", (88, 88, 92)),
    "plate": ("plate", (285, 285, 35)),
    "plate-small": ("plate", (235, 235, 35)),
    "saucer": ("plate", (200, 200, 35)),
    "mug": ("mug", (127, 95.25, 95)),
    "tumbler-tall": ("tumbler", (90, 90, 145)),
    "mug-large": ("mug", (145, 105, 120)),
}
"""By kind of pack, the article and size of the largest goods that it is made for."""


@pytest.mark.parametrize("name", sorted(MIXED))
def test_a_web_shop_has_packs_for_bottles_glasses_and_mugs(name: str) -> None:
    """The widest and tallest usual bottle or glass stands in its shipper; mugs have mailers."""
    catalog = load_catalog(name)
    packs = [box for box in catalog.box_types if box.compartments is not None]
    assert {box.box_type_id[3:].rpartition("-")[0] for box in packs} == set(GOODS)
    for box in packs:
        assert box.compartments is not None
        assert len(box.compartments) == int(box.box_type_id.rpartition("-")[2])
        article, goods = GOODS[box.box_type_id[3:].rpartition("-")[0]]
        cell = sorted(box.cell_sizes_um[0])  # plates stand on edge
        assert all(1_000 * edge <= size for edge, size in zip(sorted(goods), cell, strict=True))
        assert box.tare_g > tare_of_board(box)
        assert (box.read_in_source, box.source_grade) == (False, SourceGrade.OWN)
        assert box.source
        line = Item("goods", len(box.compartments), *goods, 1_100, article=article)
        answer = plan(Order("o", [line]), Catalog("one", [box], dunnage=catalog.dunnage), profiles=())
        assert [parcel.box_type_id for parcel in answer.parcels] == [box.box_type_id]


@pytest.mark.parametrize("name", sorted(MIXED))
def test_a_web_shop_has_book_wraps(name: str) -> None:
    """There are at least nine, from small to large, the last for records; a book gets the wrap that fits."""
    catalog = load_catalog(name)
    wraps = [box for box in catalog.box_types if box.style is BoxStyle.BOOK_WRAP]
    areas = [box.inner_um[0] * box.inner_um[1] for box in wraps[:-1]]
    assert len(wraps) >= 9
    assert areas == sorted(areas)
    assert wraps[-1].name.startswith("Book wrap LP")
    for wrap in wraps:
        assert (wrap.read_in_source, wrap.source_grade) == (False, SourceGrade.MEMORY)
        length, width, height = (edge // 1_000 for edge in wrap.inner_um)
        book = Item("book", 1, length - 5, width - 5, height // 2, 700, article="book")
        (parcel,) = plan(Order("o", [book]), Catalog("wraps", wraps, dunnage=catalog.dunnage), profiles=()).parcels
        assert parcel.box_type_id == wrap.box_type_id


@pytest.mark.parametrize("name", sorted(MIXED))
def test_a_web_shop_has_boxes_for_pictures(name: str) -> None:
    """A usual framed picture and a mirror stand on edge in the box for their size, 50 mm from each wall."""
    catalog = load_catalog(name)
    boxes = [box for box in catalog.box_types if "-picture-" in box.box_type_id]
    assert len(boxes) >= 5
    assert {(box.read_in_source, box.source_grade) for box in boxes} == {(False, SourceGrade.OWN)}
    for size, article in (((500, 400, 30), "framed_picture"), ((600, 400, 20), "mirror")):
        order = Order("o", [Item("goods", 1, *size, 2_500, article=article)])
        (parcel,) = plan(order, catalog, profiles=()).parcels
        assert "-picture-" in parcel.box_type_id
        (placement,) = parcel.placements
        assert placement.z_um + placement.half_gap_um == 50_000
        assert placement.height_um > placement.width_um


def tare_of_board(box: BoxType) -> float:
    """Return the mass of the box without inserts that follows from style and board."""
    names = ("inner_length_mm", "inner_width_mm", "inner_height_mm")
    given = {
        "box_type_id": "empty",
        "style": box.style,
        "board_id": box.board_id,
        **{name: getattr(box, name) for name in names},
    }
    empty = read_box(given, load_materials(), Findings())
    assert empty is not None
    return empty.tare_g


def test_masses_of_fedex_boxes_follow_from_the_small_one() -> None:
    """Medium and large boxes weigh as much per area of their blanks as the small box of 4.5 ounces."""
    allowances = load_materials().blank_allowances
    catalog = load_catalog("fedex")
    small = catalog.box_type("fedex-small")
    assert small.tare_g == pytest.approx(4.5 * 28.349523, abs=0.001)

    def area(box: BoxType) -> float:
        inner = Decimal(box.inner_length_mm), Decimal(box.inner_width_mm), Decimal(box.inner_height_mm)
        blank = blank_of(box.style, inner, Decimal(0), allowances, box.opening)
        assert blank is not None
        return float(blank.net_mm2)

    for name, pounds in (("fedex-medium", 20), ("fedex-large", 30)):
        box = catalog.box_type(name)
        assert box.tare_g == pytest.approx(small.tare_g * area(box) / area(small), abs=0.001)
        assert box.max_gross_g == pytest.approx(pounds * 453.59237, abs=0.001)


@pytest.mark.parametrize(
    ("name", "style", "inner_inches", "outer_inches", "case_pounds", "case"),
    [
        ("kraft-mailer-6", BoxStyle.FLAT_MAILER, (16, 13), (16, 14), 34, 350),
        ("padded-mailer-5", BoxStyle.PADDED_MAILER, (15, 10.75), (15, 12), 11, 100),
    ],
)
def test_mailers_are_those_of_the_table(
    name: str,
    style: BoxStyle,
    inner_inches: tuple[float, float],
    outer_inches: tuple[float, float],
    case_pounds: float,
    case: int,
) -> None:
    """Flat sizes are the published inches; a mailer weighs its share of a case; its girth limits the contents."""
    box = load_catalog("paper-mailers").box_type(name)
    assert box.style is style
    assert box.inner_um == (*(round(edge * 25_400) for edge in inner_inches), round(inner_inches[1] * 25_400))
    assert box.outer_um[:2] == tuple(round(edge * 25_400) for edge in outer_inches)
    assert box.tare_g == pytest.approx(case_pounds * 453.59237 / case, abs=0.001)


def test_totes_are_reused_and_say_what_is_not_known() -> None:
    """Totes are of polypropylene with 50 trips, smaller at the floor than at the top, limited by their contents."""
    catalog = load_catalog("reusable-totes")
    for box in catalog.box_types:
        assert (box.style, box.trips, box.return_distance_km, box.washing_factor_id) == (BoxStyle.TOTE, 50, 0, "")
        assert all(outer > inner for inner, outer in zip(box.inner_um, box.outer_um, strict=True)), box.box_type_id
        pounds = 50 if box.box_type_id == "tote-s-25643" else 70
        assert box.max_net_g == pytest.approx(pounds * 453.59237, abs=0.001)


def test_china_post_sizes_are_outer() -> None:
    """China Post publishes outer sizes: the inner size of No. 5 is two walls less, and four walls less in height."""
    catalog = load_catalog("china-post")
    assert len(catalog.box_types) == 12
    assert {box.size_basis for box in catalog.box_types} == {"outer"}
    five = catalog.box_type("china-post-5")
    assert five.outer_um == (290_000, 170_000, 190_000)
    assert five.inner_um == (284_000, 164_000, 178_000)
    assert five.tare_g == pytest.approx(132.906, abs=0.001)


def test_an_unknown_name_is_refused() -> None:
    """A name that is neither a shipped catalog nor a file is bad input."""
    with pytest.raises(InvalidInputError, match=r"catalog"):
        load_catalog("nobody")


def test_the_description_names_what_a_person_needs() -> None:
    """A description has each box with both sizes, which one is published, the opening, and the dunnage."""
    text = describe(load_catalog("usps-flat-rate"))
    row = next(line for line in text.splitlines() if line.startswith("usps-medium-2"))
    for edge in ("346.075", "301.625", "85.725", "355.6", "304.8", "88.9", "inner", "end"):
        assert edge in row.split()
    assert "honeycomb-paper-wrap" in text
