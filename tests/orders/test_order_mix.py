"""Remarks on rejected orders that differ from the others, and their place in a file."""

from pathlib import Path
from typing import Any

import pytest

from boxwright.orders.extra import remarks_in, values_stated
from boxwright.orders.write import write_csv, write_parquet

from .exports import converted

HEADER = "order id,sku,qty,length (mm),width (mm),height (mm),weight (g),country,site"
GOOD, BAD = "300,200,100,500", "300,200,,500"


def export(orders: int, bad: Any) -> Any:
    """Return the conversion of an export; orders for which ``bad`` is true lack a size."""
    rows = []
    for number in range(orders):
        sku, sizes = ("B", BAD) if bad(number) else ("A", GOOD)
        rows.append(f"o{number},{sku},1,{sizes},{'CH' if number % 10 == 0 else 'DE'},S")
    return converted("\n".join([HEADER, *rows]))


def test_a_group_that_is_rejected_is_named_with_both_shares():
    """If all orders of a country and of a SKU fail, both are named."""
    mix = export(400, lambda number: number % 10 == 0).report.mix
    assert (mix.written, mix.rejected) == (360, 40)
    assert [(each.what, each.value, each.rejected, each.written) for each in mix.groups] == [
        ("extra_country_code", "CH", 40, 0),
        ("extra_country_code", "DE", 0, 360),
    ]
    assert (mix.lost_skus, mix.lost_sku_orders) == ((("B", 40),), 40)
    assert len(mix.sentences) == 3


@pytest.mark.parametrize(
    ("rejected", "rejected_abroad", "written", "written_abroad"),
    [pytest.param(25, 4, 375, 37, id="too few to shift the mix"), pytest.param(30, 6, 70, 10, id="within chance")],
)
def test_orders_that_chance_rejects_are_counted_and_no_more(
    rejected: int, rejected_abroad: int, written: int, written_abroad: int
):
    """A shift below 1 %, or within chance, is not reported."""
    countries = ["CH"] * rejected_abroad + ["DE"] * (rejected - rejected_abroad)
    countries += ["CH"] * written_abroad + ["DE"] * (written - written_abroad)
    rows = [f"o{at},A,{'x' if at < rejected else 1},{GOOD},{country},S" for at, country in enumerate(countries)]
    mix = converted("\n".join([HEADER, *rows])).report.mix
    assert (mix.written, mix.rejected, mix.groups, mix.lost_skus) == (written, rejected, (), ())
    assert len(mix.sentences) == 1


@pytest.mark.parametrize("orders", [0, 30, 190])
def test_a_few_rejected_orders_give_no_remark(orders: int):
    """Below twenty rejected orders only their number is known."""
    mix = export(orders, lambda number: number % 10 == 0).report.mix
    assert (mix.groups, mix.lost_skus) == ((), ())
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
