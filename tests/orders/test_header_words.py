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


def test_the_number_of_an_order_is_a_better_name_than_the_order() -> None:
    """Of ``Order`` and ``Order #`` the second is the id; without the sign both would be one name."""
    columns = guess(["Order", "Order #"], GuessOptions()).columns
    assert [each.field for each in columns] == ["", "order_id"]
