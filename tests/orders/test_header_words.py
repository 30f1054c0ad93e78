"""What a number sign means in the header of a column."""

import pytest

from boxwright.orders.column_map import GuessOptions, guess


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Order #", "order_id"),
        ("Line#", "line_id"),
        ("SKU #", "sku"),
        ("Part #", "sku"),
        ("Item #", "sku"),
        ("EAN-13", "barcode"),
    ],
)
def test_a_number_sign_is_read_as_number(header: str, field: str) -> None:
    """A header that ends in ``#`` is the number of what it names."""
    assert guess([header], GuessOptions()).of(header).field == field


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Versandkarton", "extra_box_used"),
        ("Packmittel", "extra_box_used"),
        ("Liefer-PLZ", "extra_postal_code"),
        ("Empfänger PLZ", "extra_postal_code"),
        ("Lieferland", "extra_country_code"),
        ("Warenausgangsdatum", "extra_ship_date"),
    ],
)
def test_shipping_columns_of_german_systems_are_kept(header: str, field: str) -> None:
    """The box used and where an order went are known by the names that German warehouse systems give them."""
    assert guess([header], GuessOptions()).of(header).field == field


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Fulfilled at", "extra_ship_date"),
        ("Goods issue date", "extra_ship_date"),
        ("Actual Goods Movement Date", "extra_ship_date"),
        ("Package", "extra_box_used"),
        ("Package type", "extra_box_used"),
        ("Packaging used", "extra_box_used"),
    ],
)
def test_ship_date_and_box_are_known_by_the_names_of_shops(header: str, field: str) -> None:
    """Without the ship date no year is known, and without the box used no baseline: a shop's names for them count."""
    assert guess([header], GuessOptions()).of(header).field == field


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("N.º da encomenda", "order_id"),
        ("Nº do pedido", "order_id"),
        ("Nº de pedido", "order_id"),
        ("Caixa utilizada", "extra_box_used"),
        ("Caja usada", "extra_box_used"),
        ("Carton utilisé", "extra_box_used"),
    ],
)
def test_orders_and_boxes_are_known_with_the_signs_and_words_of_other_languages(header: str, field: str) -> None:
    """``N.º`` and ``Nº`` stand for the number, and the box used is said in more than one word."""
    assert guess([header], GuessOptions()).of(header).field == field


@pytest.mark.parametrize(
    ("header", "field", "unit"),
    [
        ("Altura (pol)", "height_mm", "in"),
        ("Largura (polegadas)", "width_mm", "in"),
        ("Altura (pulgadas)", "height_mm", "in"),
        ("Altezza (pollici)", "height_mm", "in"),
        ("高度 (英寸)", "height_mm", "in"),
        ("Comprimento (centímetros)", "length_mm", "cm"),
        ("Peso (gramos)", "mass_g", "g"),
        ("Peso (libras)", "mass_g", "lb"),
        ("Peso (onças)", "mass_g", "oz"),
    ],
)
def test_a_unit_in_words_of_other_languages_is_never_read_as_the_option(header: str, field: str, unit: str) -> None:
    """A header that says inches is not millimetres because ``--length-unit mm`` is given for the others."""
    column = guess([header], GuessOptions(length_unit="mm", mass_unit="kg")).of(header)
    assert (column.field, column.unit) == (field, unit)


def test_the_number_of_an_order_is_a_better_name_than_the_order() -> None:
    """Of ``Order`` and ``Order #`` the second is the id; without the sign both would be one name."""
    columns = guess(["Order", "Order #"], GuessOptions()).columns
    assert [each.field for each in columns] == ["", "order_id"]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Art.-Nr.", "sku"),
        ("Aantal", "quantity"),
        ("Długość (cm)", "length_mm"),
        ("Höjd mm", "height_mm"),
        ("Længde (cm)", "length_mm"),
        ("Šířka (mm)", "width_mm"),
        ("Ağırlık (kg)", "mass_g"),
        ("注文番号", "order_id"),
    ],
)
def test_headers_of_many_languages_are_known(header: str, field: str) -> None:
    """With the letters of each, as exports have them."""
    assert guess([header], GuessOptions()).of(header).field == field
