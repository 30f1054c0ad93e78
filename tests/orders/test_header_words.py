"""Headers of columns: the fields that they name, with number signs and in many languages."""

import pytest

from boxwright.orders.column_map import GuessOptions, guess


@pytest.mark.parametrize(
    ("field", "headers"),
    [
        ("order_id", ("Order #", "N.º da encomenda", "Nº do pedido", "Nº de pedido", "注文番号")),
        ("line_id", ("Line#",)),
        ("sku", ("SKU #", "Part #", "Item #", "Art.-Nr.")),
        ("quantity", ("Aantal",)),
        ("barcode", ("EAN-13",)),
        ("extra_box_used", ("Versandkarton", "Packmittel", "Package", "Package type", "Packaging used")),
        ("extra_box_used", ("Caixa utilizada", "Caja usada", "Carton utilisé")),
        ("extra_postal_code", ("Liefer-PLZ", "Empfänger PLZ")),
        ("extra_country_code", ("Lieferland",)),
        ("extra_ship_date", ("Warenausgangsdatum", "Fulfilled at", "Goods issue date", "Actual Goods Movement Date")),
    ],
)
def test_a_header_names_a_field(field: str, headers: tuple[str, ...]) -> None:
    """Shops and warehouse systems have several names for a field; ``#``, ``N.º`` and ``Nº`` stand for the number."""
    assert {header: guess([header], GuessOptions()).of(header).field for header in headers} == dict.fromkeys(
        headers, field
    )


@pytest.mark.parametrize(
    ("header", "field", "unit"),
    [
        ("Altura (pol)", "height_mm", "in"),
        ("Largura (polegadas)", "width_mm", "in"),
        ("Altura (pulgadas)", "height_mm", "in"),
        ("Altezza (pollici)", "height_mm", "in"),
        ("高度 (英寸)", "height_mm", "in"),
        ("Comprimento (centímetros)", "length_mm", "cm"),
        ("Długość (cm)", "length_mm", "cm"),
        ("Længde (cm)", "length_mm", "cm"),
        ("Höjd mm", "height_mm", "mm"),
        ("Šířka (mm)", "width_mm", "mm"),
        ("Ağırlık (kg)", "mass_g", "kg"),
        ("Peso (gramos)", "mass_g", "g"),
        ("Peso (libras)", "mass_g", "lb"),
        ("Peso (onças)", "mass_g", "oz"),
    ],
)
def test_a_unit_in_the_header_takes_precedence_over_the_option(header: str, field: str, unit: str) -> None:
    """A header with inches is not read in the unit that is given for the other columns."""
    column = guess([header], GuessOptions(length_unit="m", mass_unit="oz")).of(header)
    assert (column.field, column.unit) == (field, unit)


def test_the_number_of_an_order_is_a_better_name_than_the_order() -> None:
    """Of ``Order`` and ``Order #``, the second is the order id."""
    columns = guess(["Order", "Order #"], GuessOptions()).columns
    assert [column.field for column in columns] == ["", "order_id"]
