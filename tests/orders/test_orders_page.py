"""The page on order files agrees with the reader."""

import re
from pathlib import Path

import pytest

from boxwright.domain.fields import MAX_ID_LENGTH
from boxwright.domain.order import MAX_UNITS_PER_ORDER
from boxwright.orders import count_orders, read_order
from boxwright.orders.batches import MAX_ORDER_BYTES
from boxwright.units import MAX_LENGTH_MM, MAX_MASS_G

PAGE = (Path(__file__).parents[2] / "docs" / "orders.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", ["json", "jsonl", "csv"])
def test_the_examples_are_orders(tmp_path, kind):
    """The first example of a format is read without an error."""
    example = re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)[0]
    path = tmp_path / f"example.{kind}"
    path.write_text(example, encoding="utf-8")
    assert read_order(path).lines if kind == "json" else count_orders(path) == 2


def test_the_limits_are_on_the_page():
    """The page states the limits in force."""
    for limit in (
        f"{MAX_UNITS_PER_ORDER:,}",
        f"{MAX_LENGTH_MM:,.0f} mm",
        f"{MAX_MASS_G:,.0f} g",
        f"{MAX_ID_LENGTH} characters",
        f"{MAX_ORDER_BYTES // 2**20} MiB",
    ):
        assert f"| {limit} |" in PAGE


def test_the_shipped_examples_are_orders():
    """Every order file in examples/ is read without an error."""
    examples = Path(__file__).parents[2] / "examples"
    assert count_orders(examples / "orders.csv") == 300
    names = [read_order(path).order_id for path in sorted(examples.glob("*.json"))]
    assert names == [path.stem for path in sorted(examples.glob("*.json"))]
    assert len(names) >= 12
