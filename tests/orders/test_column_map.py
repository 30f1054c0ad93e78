"""Columns of exports: guesses from their names, and saved maps."""

from pathlib import Path

import pytest

from boxwright.contract.values import EDGES
from boxwright.errors import DataFileError
from boxwright.orders import GuessOptions
from boxwright.orders.column_map import guess
from boxwright.tabular import map_text, read_maps

from .exports import ITEMS, TEXT, converted


@pytest.mark.parametrize(
    ("headers", "units"),
    [
        ("Order Number;Line No.;Item No;Qty;Length_cm;Width_cm;Depth_cm;Weight [kg]", ("cm", "kg")),
        (
            "orderId;lineId;productCode;qty;Item Length (in);Item Width (in);Item Height (in);Mass (oz)",
            ("in", "oz"),
        ),
        ("Auftrags-Nr.;Pos.;Artikelnummer;Menge;Länge (cm);Breite (cm);Höhe (cm);Gewicht (kg)", ("cm", "kg")),
        ("N° commande;Ligne;Référence;Quantité;Longueur (mm);Largeur (mm);Hauteur (mm);Poids (g)", ("mm", "g")),
        ("Nº pedido;Línea;Referencia;Cantidad;Largo (cm);Ancho (cm);Alto (cm);Peso (kg)", ("cm", "kg")),
        ("Ordine;Riga;Codice articolo;Quantità;Lunghezza cm;Larghezza cm;Altezza cm;Peso lordo kg", ("cm", "kg")),
        ("订单号;行号;货号;数量;长(厘米);宽(厘米);高(厘米);重量(千克)", ("cm", "kg")),
        ("Número do pedido;Linha;Código;Qtd;Comprimento cm;Largura cm;Altura cm;Peso kg", ("cm", "kg")),
    ],
    ids=["English", "camel case", "German", "French", "Spanish", "Italian", "Chinese", "Portuguese"],
)
def test_headers_of_eight_forms_are_guessed(headers: str, units: tuple[str, str]):
    """Each header gives its field and its unit."""
    fields = [(column.field, column.unit) for column in guess(headers.split(";"), GuessOptions()).columns]
    length, mass = units
    assert fields == [
        *(("order_id", ""), ("line_id", ""), ("sku", ""), ("quantity", "")),
        *((name, length) for name in ("length_mm", "width_mm", "height_mm")),
        ("mass_g", mass),
    ]


def test_of_two_columns_the_better_name_is_taken():
    """The weight of a unit takes precedence over a plain weight, whichever comes first."""
    columns = guess(["Weight (kg)", "Unit weight (kg)"], GuessOptions()).columns
    assert [column.field for column in columns] == ["", "mass_g"]


def test_names_of_the_order_file_keep_their_meaning():
    """So do extra columns."""
    names = ["order_id", "mass_g", "max_load_g", "extra_box_used", "extra_my_own", "ships_in_own_container"]
    assert [column.field for column in guess(names, GuessOptions()).columns] == names


def test_an_article_is_a_sku_except_in_an_order_file():
    """In other exports ``article`` is the SKU; in an order file it is the kind of goods."""
    ours = {"order_id": 0, "line_id": 0, "quantity": 0, "length_mm": 0, "width_mm": 0, "height_mm": 0, "mass_g": 0}
    for headers, fields in (
        (["Auftrag", "Article"], {"Article": "sku"}),
        ([*ours, "article"], {"article": "article"}),
        ([*ours, "article", "sku"], {"article": "article", "sku": "sku"}),
        (["order", "sku", "packing article", "G-level"], {"packing article": "article", "G-level": "g_level"}),
    ):
        found = guess(headers, GuessOptions())
        assert {header: found.of(header).field for header in fields} == fields


def test_a_column_may_be_named_for_the_item_master_alone():
    """A column named for the item master need not exist in the orders."""
    items = ITEMS.replace(b"sku", b"Ref. 2")
    text = "order,sku,qty,weight (g)\no1,A,2,"
    found = converted(text, items=("items.csv", items), how=GuessOptions(given={"sku": "Ref. 2"}))
    assert [row["length_mm"] for row in found.rows] == [300]


def test_a_column_without_a_unit_is_refused():
    """Sizes and masses without a unit are errors."""
    with pytest.raises(DataFileError) as caught:
        converted("order,qty,length,width (mm),height (mm),weight\no,1,1,1,1,1")
    assert [violation.field for violation in caught.value.violations] == ["column 'length'", "column 'weight'"]
    assert "--length-unit" in caught.value.violations[0].rule


def test_a_map_is_saved_and_read_again(tmp_path: Path):
    """A saved map gives the same rows; an edited one takes effect."""
    text = TEXT.replace("sku", 'Artikel "neu"\\x')
    how = GuessOptions(given={"sku": 'Artikel "neu"\\x'}, decimal=".")
    first = converted(text, how=how)
    path = tmp_path / "map.toml"
    path.write_text(map_text({"orders": first.orders_map}), encoding="utf-8")
    maps = read_maps(path, ("orders", "items"))
    assert maps == {"orders": first.orders_map}
    assert list(converted(text, maps=maps).rows) == list(first.rows)
    path.write_text(path.read_text().replace('"sku"', '"description"'))
    assert converted(text, maps=read_maps(path, ("orders", "items"))).rows[0]["description"] == "A"


@pytest.mark.parametrize(
    ("text", "field"),
    [
        pytest.param("[", "file", id="no TOML"),
        pytest.param("[order]", "order", id="another table"),
        pytest.param("[orders]\nmark = 1", "orders.mark", id="another key"),
        pytest.param("[orders]\ndecimal = ';'", "orders.decimal", id="no decimal mark"),
        pytest.param("[orders.columns.a]\nfeld = 'sku'", "orders.columns.a.feld", id="misspelt"),
        pytest.param("[orders.columns.a]\nfield = 1", "orders.columns.a", id="no text"),
    ],
)
def test_a_map_that_is_wrong_is_refused(tmp_path: Path, text: str, field: str):
    """The error names the key."""
    path = tmp_path / "map.toml"
    path.write_text(text)
    with pytest.raises(DataFileError) as caught:
        read_maps(path, ("orders", "items"))
    assert caught.value.violations[0].field == field


@pytest.mark.parametrize(
    ("column", "rest"),
    [
        pytest.param("order id", "field = 'nonsense'", id="no such field"),
        pytest.param("weight (g)", "field = 'mass_g'\nunit = 'mm'", id="unit"),
        pytest.param("colour", "field = 'sku'", id="no such column"),
    ],
)
def test_a_map_that_does_not_fit_is_refused(tmp_path: Path, column: str, rest: str):
    """Fields, units and columns of a map are checked against the file."""
    path = tmp_path / "map.toml"
    path.write_text(f"[orders.columns.'{column}']\n{rest}")
    with pytest.raises(DataFileError) as caught:
        converted(TEXT, maps=read_maps(path, ("orders", "items")))
    assert caught.value.violations[0].field == f"column '{column}'"


def test_rows_may_name_their_units_in_columns_of_their_own():
    """Codes, words and signs are accepted as units; an unknown or missing unit rejects the row."""
    text = (
        "order id;qty;Länge;Breite;Höhe;Einheit Abmessung;Bruttogewicht;Gewichtseinheit\n"
        'o1;1;30,5;20;10;CM;0,5;KG\no2;1;1,5;4;3;"""";2;LBR\no3;1;305;200;100;mm.;500;Gramm\n'
        "o4;1;30;20;10;ST;500;G\no5;1;30;20;10;CM;500;\n"
    )
    found = converted(text)
    assert [(row["length_mm"], row["mass_g"]) for row in found.rows] == [
        (305, 500),
        (38.1, 907.185),
        (305, 500),
    ]
    assert "length_unit" not in found.columns
    assert {(finding.row, finding.field) for finding in found.rejections} == {
        *((5, name) for name in EDGES),
        (6, "mass_g"),
    }
    with_default = converted(text, how=GuessOptions(mass_unit="g"))
    assert [row["mass_g"] for row in with_default.rows] == [500, 907.185, 500, 500]
    again = converted(text, maps={"orders": found.orders_map})
    assert list(again.rows) == list(found.rows)


def test_a_header_that_names_its_unit_is_not_overruled_by_a_column_of_units():
    """``Variant Grams`` are grams whatever the unit column says; each edge may have its own unit column."""
    text = (
        "order id,qty,Variant Grams,Variant Weight Unit,length,length unit,width,width unit,height,height unit\n"
        "o1,1,500,kg,30,cm,200,mm,0.1,m"
    )
    found = converted(text)
    assert found.orders_map.of("Variant Weight Unit").field == ""
    only = ("length_mm", "width_mm", "height_mm", "mass_g")
    assert [[row[name] for name in only] for row in found.rows] == [[300, 200, 100, 500]]
    mixed = converted("order id,qty,length (cm),width,height,size unit,weight (g)\no1,1,30,200,100,mm,500")
    assert [[row[name] for name in only] for row in mixed.rows] == [[300, 200, 100, 500]]


def test_units_of_rows_are_read_in_an_item_master_too():
    """An item in an unknown unit rejects only the rows that need its sizes."""
    items = b"sku,length,width,height,dimension uom,weight,weight uom\nA,30,20,10,cm,1.5,kg\nB,30,20,10,Stk,1.5,kg"
    orders = "order id,sku,qty,length (mm),width (mm),height (mm)\no1,A,1,,,\no2,B,1,,,\no3,B,1,50,40,30"
    found = converted(orders, items=("items.csv", items))
    assert [(row["order_id"], row["length_mm"], row["mass_g"]) for row in found.rows] == [
        ("o1", 300, 1500),
        ("o3", 50, 1500),
    ]
    assert [(finding.row, finding.field) for finding in found.rejections] == [(3, name) for name in EDGES]
