"""Remarks on rejected orders, and their place in a file."""

from pathlib import Path
from typing import Any

import pytest

from boxwright.orders.extra import remarks_in, values_stated
from boxwright.orders.write import write_csv, write_parquet

from .exports import converted

HEADER = "order id,sku,qty,length (mm),width (mm),height (mm),weight (g),country"
GOOD, BAD = "300,200,100,500", "300,200,,500"


def export(orders: int, bad: Any) -> Any:
    """Return the conversion of an export; orders for which ``bad`` is true lack a size."""
    rows = []
    for number in range(orders):
        sku, sizes = ("B", BAD) if bad(number) else ("A", GOOD)
        rows.append(f"o{number},{sku},1,{sizes},{'CH' if number % 10 == 0 else 'DE'}")
    return converted("\n".join([HEADER, *rows]))


def test_goods_whose_orders_are_all_rejected_are_named():
    """If all orders of a SKU fail, the SKU and its orders are named."""
    mix = export(400, lambda number: number % 10 == 0).report.mix
    assert (mix.written, mix.rejected) == (360, 40)
    assert (mix.lost_skus, mix.lost_sku_orders) == ((("B", 40),), 40)
    assert len(mix.sentences) == 2


@pytest.mark.parametrize("orders", [0, 30, 190])
def test_a_few_rejected_orders_give_no_remark(orders: int):
    """Below twenty rejected orders only their number is known."""
    mix = export(orders, lambda number: number % 10 == 0).report.mix
    assert mix.lost_skus == ()
    assert len(mix.sentences) == (orders > 0)


def test_an_order_file_keeps_the_remarks_and_what_its_orders_state(tmp_path: Path):
    """Parquet keeps remarks; both formats count orders by the first value of a column."""
    found = export(400, lambda number: number % 10 == 0)
    parquet, text = tmp_path / "o.parquet", tmp_path / "o.csv"
    with parquet.open("wb") as raw:
        write_parquet(found.rows, found.columns, raw, found.report.mix.sentences)
    with text.open("w", newline="") as file:
        write_csv(found.rows, found.columns, file)
    assert remarks_in(parquet) == tuple(found.report.mix.sentences)
    assert remarks_in(text) == ()
    asked = ("extra_country_code", "extra_zone")
    for path in (parquet, text):
        assert values_stated(path, asked) == {"extra_country_code": {"DE": 360}}
    text.write_text("order_id,extra_zone\na,\na,near\nb,\nc,far\n")
    assert values_stated(text, asked) == {"extra_zone": {"near": 1, "": 1, "far": 1}}
    (tmp_path / "half.parquet").write_bytes(parquet.read_bytes()[:100])
    assert remarks_in(tmp_path / "half.parquet") == ()
