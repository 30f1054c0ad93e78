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


def test_the_number_of_an_order_is_a_better_name_than_the_order() -> None:
    """Of ``Order`` and ``Order #`` the second is the id; without the sign both would be one name."""
    columns = guess(["Order", "Order #"], GuessOptions()).columns
    assert [each.field for each in columns] == ["", "order_id"]
