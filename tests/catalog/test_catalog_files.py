"""Catalog files of users: derived values, and refused files."""

from pathlib import Path

import pytest

from boxwright.catalog import catalog_warnings, describe, load_catalog, validate_catalog_file
from boxwright.domain.box import PriceTier
from boxwright.domain.compartments import Compartments
from boxwright.domain.property_cap import PropertyCap
from boxwright.errors import DataFileError

HEAD = 'catalog_id = "mine"\ndunnage = ["honeycomb-paper-wrap"]\n'
BOX = '[[box_types]]\nbox_type_id = "a"\ninner_length_mm = 300\ninner_width_mm = 200\ninner_height_mm = 150\n'


def write(tmp_path: Path, text: str, name: str = "mine.toml") -> Path:
    """Write a catalog file."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def csv_faults(tmp_path: Path, more: str, *rows: str) -> list[str]:
    """Return the fields that are wrong in a CSV catalog of inner edges, tare and more columns."""
    header = f"box_type_id,inner_length_mm,inner_width_mm,inner_height_mm,tare_g{more}"
    return [
        violation.field
        for violation in validate_catalog_file(write(tmp_path, "\n".join((header, *rows, "")), "mine.csv"))
    ]


@pytest.mark.parametrize(
    ("board", "net_g"),
    [
        pytest.param('board_id = "c-flute-32ect"', 30 * 453.59237, id="grade of its board: 30 lb"),
        pytest.param('board_id = "c-flute"\ngrade = "44 ECT"', 50 * 453.59237, id="its own grade: 50 lb"),
        pytest.param('board_id = "c-flute-32ect"\nmax_net_g = 9000', 9000, id="its own limit is lower"),
        pytest.param('board_id = "c-flute-32ect"\nmax_net_g = 20000', 30 * 453.59237, id="its own limit is higher"),
        pytest.param('board_id = "c-flute"', 10_000, id="no grade: by its wall"),
        pytest.param('board_id = "bc-flute"', 30_000, id="two flutes without a grade"),
        pytest.param('board_id = "b-flute"\nmax_net_g = 12000', 12_000, id="no grade: its own limit counts"),
        pytest.param('board_id = "b-flute"\nmax_gross_g = 12000', None, id="no grade: its own gross limit counts"),
        pytest.param('board_id = "c-flute-32ect"\nstyle = "flat_mailer"', None, id="a mailer"),
    ],
)
def test_a_board_limits_the_contents_of_a_single_parcel(tmp_path: Path, board: str, net_g: float | None) -> None:
    """A board limits goods and dunnage. A lower limit of the box stays; a higher limit stays only without a grade."""
    box = load_catalog(write(tmp_path, HEAD + BOX + board + "\n")).box_type("a")
    assert box.max_net_g == (None if net_g is None else pytest.approx(net_g, abs=0.001))
    assert box.max_net_g is None or box.max_net_g <= net_g
    assert ("of contents" in describe(load_catalog(tmp_path / "mine.toml"))) == (net_g is not None)


def test_the_check_names_cartons_without_a_limit_of_mass(tmp_path: Path) -> None:
    """Cartons of unknown board without a limit are named; mailers and totes need no limit."""
    rows = ("tare_g = 90", 'board_id = "b-flute"', "tare_g = 90\nmax_gross_g = 9000", 'tare_g = 9\nstyle = "tote"')
    boxes = (BOX.replace('"a"', f'"{number}"') + row + "\n" for number, row in enumerate(rows))
    catalog = load_catalog(write(tmp_path, HEAD + "".join(boxes)))
    found = [warning.field for warning in catalog_warnings(catalog) if warning.code == "MASS_LIMIT_UNKNOWN"]
    assert found == ["box_types[0].max_net_g"]


def test_tare_and_outer_size_come_from_the_board(tmp_path: Path) -> None:
    """A box with only inner size and board gets outer size and tare; the board gives the material."""
    box = load_catalog(write(tmp_path, HEAD + BOX + 'board_id = "c-flute"\n')).box_type("a")
    assert box.tare_g == pytest.approx(173.9, abs=0.05)
    assert box.outer_um == (307_200, 207_200, 164_400)
    assert box.material_id == "corrugated-board"


def test_what_is_given_is_not_derived(tmp_path: Path) -> None:
    """A given tare, outer size, price and stock stay unchanged."""
    given = "tare_g = 200\nouter_length_mm = 310\nouter_width_mm = 210\nouter_height_mm = 170\n"
    text = 'currency = "EUR"\n' + HEAD + BOX + given + 'board_id = "c-flute"\nprice_minor = 85\navailable = 40\n'
    catalog = load_catalog(write(tmp_path, text))
    box = catalog.box_type("a")
    assert (box.tare_g, box.outer_length_mm, box.price_minor, box.available) == (200, 310, 85, 40)
    assert catalog.currency == "EUR"


def test_defaults_hold_for_every_box(tmp_path: Path) -> None:
    """A field in [defaults] holds for every box type that does not give its own."""
    text = HEAD + '[defaults]\nboard_id = "c-flute"\nread_in_source = false\n' + BOX + "read_in_source = true\n"
    text += BOX.replace('"a"', '"b"')
    catalog = load_catalog(write(tmp_path, text))
    assert [box.read_in_source for box in catalog.box_types] == [True, False]


def test_a_catalog_may_be_a_csv_file(tmp_path: Path) -> None:
    """A CSV catalog has one column per field, the name of its file, and the default dunnage."""
    text = (
        "box_type_id,inner_length_mm,inner_width_mm,inner_height_mm,board_id,price_minor,read_in_source,currency,"
        "price_tiers,minimum_order_quantity,property_caps\n"
        "a,300,200,150,c-flute,,no,,,,\nb,200,150,100,b-flute,45,yes,EUR,100=40;500=35.0,25,lithium_wh=99.5;perfume_ml=0\n"
    )
    catalog = load_catalog(write(tmp_path, text, "shop.csv"))
    assert catalog.catalog_id == "shop"
    assert [box.price_minor for box in catalog.box_types] == [None, 45]
    assert [box.read_in_source for box in catalog.box_types] == [False, True]
    assert [dunnage.kind.value for dunnage in catalog.dunnage] == ["cushioning", "void_fill", "tape"]
    assert catalog.currency == "EUR"
    second = catalog.box_type("b")
    assert second.price_tiers == (PriceTier(100, 40), PriceTier(500, 35))
    assert second.minimum_order_quantity == 25
    assert second.property_caps == (PropertyCap("lithium_wh", 99.5), PropertyCap("perfume_ml", 0))


SIX = Compartments([95, 95, 60.5], [95, 80], 335)


def test_compartments_in_toml_and_csv(tmp_path: Path) -> None:
    """A table in TOML and pairs in a cell give the same compartments; a description counts them."""
    inner = "inner_length_mm = 305\ninner_width_mm = 205\ninner_height_mm = 345\ntare_g = 900\n"
    table = "compartments = {columns_mm = [95, 95, 60.5], rows_mm = [95, 80], height_mm = 335}\n"
    text = HEAD + '[[box_types]]\nbox_type_id = "six"\n' + inner + table
    catalog = load_catalog(write(tmp_path, text))
    assert catalog.box_type("six").compartments == SIX
    assert "60.5/95 x 80/95 x 335 mm" in describe(catalog)
    rows = (
        "box_type_id,inner_length_mm,inner_width_mm,inner_height_mm,tare_g,compartments\n"
        "six,305,205,345,900,columns_mm=95 95 60.5; rows_mm=95 80; height_mm=335\nopen,305,205,345,500,\n"
    )
    again = load_catalog(write(tmp_path, rows, "shop.csv"))
    assert [box.compartments for box in again.box_types] == [SIX, None]


def test_broken_compartments_are_named_by_row_and_key(tmp_path: Path) -> None:
    """Each violation has the path of its key."""
    grids = (
        *("95 x 95", "columns_mm=95;rows_mm=95", "columns_mm=x;rows_mm=9;height_mm=9"),
        *("columns_mm=95 95;rows_mm=95;height_mm=95", "columns_mm=9;rows_mm=9;height_mm=9 9"),
        "columns_mm=9;rows_mm=0;height_mm=9",
    )
    rows = (f"{name},100,100,100,9,{grid}" for name, grid in zip("abcdef", grids, strict=True))
    assert sorted(csv_faults(tmp_path, ",compartments", *rows)) == [
        "row 2, compartments",
        "row 3, compartments.height_mm",
        "row 4, compartments",
        "row 5, compartments.columns_mm",
        "row 6, compartments.height_mm",
        "row 7, compartments.rows_mm[0]",
    ]


def test_tiers_and_caps_of_a_toml_catalog(tmp_path: Path) -> None:
    """Tiers and caps are lists of tables; the purchase quantity decides the price."""
    more = "tare_g = 1\nprice_minor = 90\nprice_tiers = [{min_quantity = 100, price_minor = 75}]\n"
    more += 'property_caps = [{property = "lithium_wh", max_amount = 100}]\n'
    text = HEAD + 'currency = "EUR"\npurchase_quantity = 100\n' + BOX + more
    catalog = load_catalog(write(tmp_path, text))
    box = catalog.box_type("a")
    assert (box.price_minor, catalog.price_minor(box)) == (90, 75)
    assert box.property_caps == (PropertyCap("lithium_wh", 100),)
    assert "75 EUR minor" in describe(catalog)
    assert "lithium_wh" in describe(catalog)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param("", "file", id="empty"),
        pytest.param("catalog_id = ", "file", id="not TOML"),
        pytest.param(BOX, "catalog_id", id="no id"),
        pytest.param('catalog_id = "mine"\n', "box_types", id="no boxes"),
        pytest.param('colour = "red"\n' + HEAD + BOX, "colour", id="unknown key"),
        pytest.param(HEAD + BOX + "lid = 1\ntare_g = 1\n", "box_types[0].lid", id="unknown field"),
        pytest.param(HEAD.replace("wrap", "warp") + BOX, "dunnage[0]", id="dunnage"),
        pytest.param(HEAD + BOX + f"tare_g = 1\ncaliper_mm = 1{'0' * 400}\n", "box_types[0].caliper_mm", id="no float"),
        pytest.param(HEAD + BOX, "box_types[0].tare_g", id="no tare, no board"),
        pytest.param(HEAD + BOX + 'board_id = "steel"\n', "box_types[0].board_id", id="board"),
        pytest.param(HEAD + BOX + 'tare_g = 1\nmaterial_id = "gold"\n', "box_types[0].material_id", id="material"),
        pytest.param(HEAD + BOX + 'tare_g = "1"\n', "box_types[0].tare_g", id="text"),
        pytest.param(HEAD + BOX + "tare_g = 1\nprice_minor = 9\n", "currency", id="no currency"),
        pytest.param('currency = "euro"\n' + HEAD + BOX + "tare_g = 1\n", "currency", id="no code"),
        pytest.param("purchase_quantity = -1\n" + HEAD + BOX + "tare_g = 1\n", "purchase_quantity", id="below 0"),
        pytest.param('purchase_quantity = "9"\n' + HEAD + BOX, "purchase_quantity", id="not whole"),
        pytest.param(HEAD + BOX + "tare_g = 1\nprice_tiers = 5\n", "box_types[0].price_tiers", id="no list"),
        pytest.param(
            HEAD + BOX + "tare_g = 1\nprice_tiers = [{min_quantity = 9, price = 5}]\n",
            "box_types[0].price_tiers[0].price_minor",
            id="tier without a price",
        ),
        pytest.param(
            HEAD + BOX + "tare_g = 1\ncompartments = {columns = [9], rows_mm = [9], height_mm = 9}\n",
            "box_types[0].compartments.columns",
            id="unknown key of a grid",
        ),
        pytest.param(
            HEAD + BOX + 'tare_g = 1\nsource_grade = "memory"\n',
            "box_types[0].source_grade",
            id="grade",
        ),
        pytest.param(HEAD + BOX + "tare_g = 9\nmax_gross_g = 5\n", "box_types[0].max_gross_g", id="limit"),
        pytest.param(
            HEAD + BOX.replace("inner_width_mm = 200\n", "tare_g = 1\n"),
            "box_types[0].inner_width_mm",
            id="an edge missing",
        ),
        pytest.param(
            HEAD + '[[box_types]]\nbox_type_id = "a"\ntare_g = 1\n',
            "box_types[0].inner_length_mm",
            id="no size",
        ),
        pytest.param(
            HEAD + BOX.replace("inner", "outer") + "tare_g = 1\n",
            "box_types[0].inner_length_mm",
            id="outer size without board",
        ),
        pytest.param(
            HEAD + BOX.replace("inner", "outer").replace("150", "20") + 'board_id = "bc-flute"\n',
            "box_types[0].outer_length_mm",
            id="walls thicker than the box",
        ),
        pytest.param(HEAD + (BOX + "tare_g = 1\n") * 2, "box_types[1].box_type_id", id="id twice"),
        pytest.param(HEAD + BOX.replace('"a"', '""') + "tare_g = 1\n", "box_types[0].box_type_id", id="no id"),
        pytest.param(HEAD + "box_types = [1]\n", "box_types[0]", id="not a table"),
    ],
)
def test_a_malformed_catalog_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    """Loading and validation refuse a damaged catalog with the file's name and the path of the field."""
    path = write(tmp_path, text)
    with pytest.raises(DataFileError) as caught:
        load_catalog(path)
    assert caught.value.file == "mine.toml"
    assert fault in [violation.field for violation in caught.value.violations]
    assert list(caught.value.violations) == validate_catalog_file(path)


def test_a_broken_edge_hides_no_missing_one(tmp_path: Path) -> None:
    """The error names the edge that breaks a rule and every missing edge, of inner and outer size."""
    path = tmp_path / "c.toml"
    path.write_text(HEAD + '[[box_types]]\nbox_type_id = "a"\ninner_length_mm = -1\nouter_width_mm = 5\n')
    with pytest.raises(DataFileError) as caught:
        load_catalog(path)
    assert [violation.field for violation in caught.value.violations] == [
        f"box_types[0].{edge}_mm"
        for edge in ("inner_length", "inner_width", "inner_height", "outer_length", "outer_height")
    ]


def test_validation_names_every_fault(tmp_path: Path) -> None:
    """All faults of all box types are listed."""
    bad = BOX + 'tare_g = -1\ntrips = 0\nstyle = "0215"\nopening = "side"\n'
    text = HEAD.replace("wrap", "warp") + bad + BOX.replace("inner_width_mm = 200\n", "") + "price_minor = -1\n"
    assert [violation.field for violation in validate_catalog_file(write(tmp_path, text))] == [
        "box_types[0].tare_g",
        "box_types[0].trips",
        "box_types[0].style",
        "box_types[0].opening",
        "box_types[1].price_minor",
        "box_types[1].inner_width_mm",
        "dunnage[0]",
        "box_types[1].box_type_id",
        "currency",
    ]


def test_a_csv_catalog_has_one_currency(tmp_path: Path) -> None:
    """Malformed tiers and caps are faults of their cell; a second currency is a fault of its row."""
    ends = ("EUR,,", "USD,,", ",100,", ",,x=y", ",9=5;8=4,")
    rows = (f"{name},9,9,9,1,5,{end}" for name, end in zip("abcde", ends, strict=True))
    assert csv_faults(tmp_path, ",price_minor,currency,price_tiers,property_caps", *rows) == [
        "row 4, price_tiers",
        "row 5, property_caps",
        "row 3, currency",
        "row 6, price_tiers[1].min_quantity",
    ]


def test_a_cell_that_cannot_be_read_hides_nothing(tmp_path: Path) -> None:
    """The other cells of the row are checked too, and no fault is reported twice."""
    rows = ("a,300,x,150,9,0,-1,1.5,EUR", "a,300,200,,9,1,,,USD", "b,300,200,150,heavy,1,,,")
    assert sorted(csv_faults(tmp_path, ",trips,minimum_order_quantity,available,currency", *rows)) == [
        "row 2, available",
        "row 2, inner_width_mm",
        "row 2, minimum_order_quantity",
        "row 2, trips",
        "row 3, box_type_id",
        "row 3, currency",
        "row 3, inner_height_mm",
        "row 4, tare_g",
    ]


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    """Only TOML and CSV are catalogs."""
    assert [violation.field for violation in validate_catalog_file(tmp_path / "x.xlsx")] == ["file"]


@pytest.mark.parametrize("text", ["x = " + "[" * 100_000, "x = 2026-02-30"])
def test_what_no_toml_reader_takes_is_a_fault_of_the_file(tmp_path, text):
    """Very deep nesting and impossible dates are reported like any other broken TOML."""
    (fault,) = validate_catalog_file(write(tmp_path, text))
    assert fault.field == "file"


def test_an_endless_number_costs_no_work(tmp_path):
    """A number of 10^11 digits is refused by row and column before it is written out."""
    assert csv_faults(tmp_path, ",available", "a,300,200,150,1,1e99999999999") == ["row 2, available"]


@pytest.mark.parametrize(
    "text", [f"{'.'.join('a' * 40_000)} = 1", f"[{'.'.join('a' * 40_000)}", f'x = {{ "a b".{".".join("a" * 17)} = 1 }}']
)
def test_a_key_of_many_names_is_refused(tmp_path: Path, text: str) -> None:
    """The TOML parser would take hours; the error names the row."""
    (fault,) = validate_catalog_file(write(tmp_path, text))
    assert fault.field.startswith("row ")


def test_texts_and_numbers_with_dots_are_no_keys(tmp_path: Path) -> None:
    """Dots in texts and in lists of numbers are left alone."""
    text = f'name = "www.example.com/a.b, 1.2.3.4. And {". ".join("so on" for _ in range(20))}"\nx = [{"1.5, " * 40}]'
    assert [fault.field for fault in validate_catalog_file(write(tmp_path, text))] == ["x", "catalog_id", "box_types"]
