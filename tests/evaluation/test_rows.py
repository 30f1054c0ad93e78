"""The output of an evaluation for programs: rows, totals and intervals; equal orders are planned once."""

import csv
import dataclasses
import io
import random
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright.catalog import load_catalog
from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.order import Item, Order
from boxwright.domain.policy import Policy
from boxwright.errors import UnsupportedError
from boxwright.evaluation import (
    Evaluation,
    check_row_file,
    evaluate,
    order_rows,
    totals_dict,
)
from boxwright.evaluation.comparison import LEAST_ORDERS, relative_interval
from boxwright.evaluation.outcome import Money
from boxwright.evaluation.rows import RowWriter, _cost, _form_of
from boxwright.evaluation.summary import totals_lines
from boxwright.planning.many import same_units

KINDS = {
    "plain-1": "planned",
    "partial-1": "partial",
    "none-1": "not_packed",
    "refused-1": "not_packed",
    "invalid-1": "error",
    "bug-1": "error",
    "plain-2": "planned",
}
"""Statuses by order id."""


@pytest.fixture(scope="module")
def evaluation(order_of, catalogs, planner):
    """Return an evaluation with orders of every status."""
    return evaluate([order_of(each, 2) for each in KINDS], catalogs, plan=planner, workers=1)


def test_each_order_has_a_row_with_each_catalog(evaluation) -> None:
    """Rows come by order, then by catalog, with the same keys, and add up to the totals."""
    rows = list(order_rows(evaluation))
    assert [(row["order_id"], row["status"], row["catalog_id"]) for row in rows] == [
        (order_id, status, catalog) for order_id, status in KINDS.items() for catalog in ("large", "small")
    ]
    assert len({tuple(row) for row in rows}) == 1
    for result in evaluation.results:
        mine = [row for row in rows if row["catalog_id"] == result.catalog.catalog_id]
        assert sum(row["parcels"] for row in mine) == result.totals.parcels
        assert sum(row["box_g"] for row in mine) * 1_000 == result.totals.packaging_total_mg
        assert sum(row["packed_units"] for row in mine) == result.totals.packed_units
        grams = [row["co2e_g_test@1_mass"] for row in mine]
        assert sum(each for each in grams if each is not None) * 1_000 == result.totals.footprints[0].total_mg
        assert [each is None for each in grams] == [row["parcels"] == 0 for row in mine]
    assert all(bool(row["reason"]) is (row["status"] != "planned") for row in rows)


def written(evaluation: Evaluation, kind: str) -> io.BytesIO:
    """Return the rows of an evaluation as a CSV or Parquet file."""
    form, file = _form_of(evaluation, kind), io.BytesIO()
    writer = RowWriter(form, file)
    for records in evaluation.records.batches():
        writer.write(form.table(records))
    writer.close()
    return file


def test_an_order_id_does_not_become_a_formula_in_the_rows(order_of, catalogs, planner) -> None:
    """CSV rows protect it, since spreadsheets run formulas; other rows do not."""
    evaluation = evaluate([order_of("=1+1", 2)], catalogs, plan=planner, workers=1)
    text = written(evaluation, "csv").getvalue().decode()
    assert {row["order_id"] for row in csv.DictReader(io.StringIO(text))} == {"'=1+1"}
    assert {row["order_id"] for row in order_rows(evaluation)} == {"=1+1"}


def test_csv_and_parquet_hold_the_same_rows(evaluation) -> None:
    """Parquet keeps types and nulls; CSV writes them as text, nulls empty."""
    typed = pq.read_table(written(evaluation, "parquet")).to_pylist()
    assert typed == list(order_rows(evaluation))
    assert len(typed) == 2 * len(KINDS)
    text = list(csv.DictReader(io.StringIO(written(evaluation, "csv").getvalue().decode())))
    assert text == [{key: "" if value is None else str(value) for key, value in row.items()} for row in typed]


@pytest.mark.parametrize("name", ["rows.json", "rows", "rows.CSV.gz"])
def test_rows_go_into_files_of_two_kinds(name: str) -> None:
    """Other suffixes are refused."""
    with pytest.raises(UnsupportedError):
        check_row_file(Path(name))
    check_row_file(Path("rows.CSV"))
    check_row_file(Path("rows.parquet"))


def test_totals_are_of_the_orders_that_all_catalogs_pack(evaluation) -> None:
    """Figures cover the two of seven orders that both pack whole; counts of orders cover all."""
    totals = totals_dict(evaluation)
    assert (totals["orders"], totals["compared_orders"]) == (len(KINDS), 2)
    large, small = totals["catalogs"]
    assert (large["catalog"], large["orders"], large["orders_packed"], large["parcels"]) == ("large", 7, 2, 2)
    assert large["inner_litres"] == 16
    assert small["inner_litres"] == 4
    assert large["cost"] is None
    assert large["grams"] == {"test@1 mass": 2 * (100 + 30)}
    assert small["boxes"] == {"S": 2}


def test_totals_say_how_many_orders_keep_a_rule_and_what_the_others_lack() -> None:
    """In a box of 200 mm, 3 cubes of 100 mm leave 62.5 % empty, 5 leave 37.5 %."""
    catalog = Catalog("c", (BoxType("b", 200, 200, 200, 205, 205, 205),))
    orders = [Order(str(each), [Item("a", count, 100, 100, 100, 100)]) for each, count in enumerate((3, 5, 3, 1))]
    orders.append(Order("big", [Item("a", 1, 190, 190, 190, 100)]))
    policy = Policy(void_fill_id="none")
    made = evaluate(orders, [catalog], policy, markets=["eu"])
    (found,) = totals_dict(made)["catalogs"]
    rule = found["verdicts"]["eu/ppwr-24-1"]
    assert rule == {"orders": 5, "orders_that_keep": 2, "lacking": {"provisional: inner and outer": 3}}
    on_a_terminal = {name: cells for name, cells in totals_lines(made) if "eu/ppwr-24-1" in name}
    assert list(on_a_terminal.values()) == [["2 of 5, 40.0 %"], ["3"]]
    rows = {row["order_id"]: row["verdicts"] for row in order_rows(made)}
    assert "eu/ppwr-24-1 provisional;" in rows["big"]
    assert "eu/ppwr-24-1 provisional: inner and outer;" in rows["3"]
    assert not totals_dict(evaluate(orders, [catalog], policy))["catalogs"][0]["verdicts"]


@pytest.mark.parametrize(
    ("packaging", "carriage", "total"),
    [(Money(120, "EUR"), Money(400, "EUR"), 5.2), (Money(120, "EUR"), None, None), (None, Money(400, "EUR"), None)],
)
def test_what_one_price_lacks_has_no_total(packaging, carriage, total) -> None:
    """The total of packaging and carriage is None if either is unknown."""
    assert _cost(packaging, carriage)["total"] == total


def test_orders_with_the_same_units_are_planned_once() -> None:
    """Names and the order of lines do not count; figures equal those of a separate plan."""
    rng = random.Random(1)
    lines = (Item("a", 2, 120, 80, 60, 300, sku="s"), Item("b", 1, 210, 148, 20, 340, description="book"))
    fragile = (Item("mug", 1, 127, 95, 83, 284, article="mug"), *lines)
    orders = []
    for number in range(4):
        units = lines if number % 2 else fragile
        renamed = [dataclasses.replace(each, line_id=f"{number}-{place}") for place, each in enumerate(units)]
        rng.shuffle(renamed)
        orders.append(Order(f"o{number}", tuple(renamed)))
    orders.append(Order("other", (Item("a", 3, 120, 80, 60, 300), lines[1])))
    catalog = load_catalog("eu-webshop")
    together = evaluate(orders, [catalog], workers=1)
    alike = [same_units(each) for each in orders]
    assert [alike.index(each) for each in alike] == [0, 1] * 2 + [4]
    for order, row in zip(orders, order_rows(together), strict=True):
        assert [row] == list(order_rows(evaluate([order], [catalog], workers=1)))


@settings(max_examples=20)
@given(st.permutations(range(3)), st.lists(st.sampled_from("xyz"), min_size=3, max_size=3, unique=True))
def test_a_signature_knows_no_names(places: list[int], names: list[str]) -> None:
    """It depends on size, mass and quantity of the units, not on names."""
    lines = [Item(name, 1 + at, 100 + at, 80, 60, 300) for at, name in enumerate("abc")]
    renamed = tuple(dataclasses.replace(lines[at], line_id=name) for at, name in zip(places, names, strict=True))
    first = same_units(Order("1", tuple(lines)))
    assert same_units(Order("2", renamed)) == first
    for change in ({"quantity": 9}, {"mass_g": 299}, {"length_mm": 101.5}, {"max_load_g": 0}):
        other = dataclasses.replace(lines[0], **change)
        assert same_units(Order("3", (other, *lines[1:]))) != first


def test_an_interval_holds_the_change_and_narrows_with_more_orders() -> None:
    """It is seeded, contains the change, and has a quarter of the width for 16 times the orders."""
    rng = random.Random(2)

    def sample(count: int) -> tuple[list[int], list[int]]:
        first = [rng.randrange(1_000, 9_000) for _ in range(count)]
        return first, [each * rng.randrange(70, 110) // 100 for each in first]

    widths = []
    for count in (500, 8_000):
        first, second = sample(count)
        low, high = relative_interval(first, second)
        assert (low, high) == relative_interval(first, second)
        assert low < (sum(second) - sum(first)) / sum(first) < high
        widths.append(high - low)
    assert 2.5 < widths[0] / widths[1] < 6
    assert relative_interval(*sample(LEAST_ORDERS - 1)) is None
    assert relative_interval([0] * 50, [1] * 50) is None
    assert relative_interval([-1] * 50, [1] * 50) is None  # a share of a negative total has no meaning
    assert relative_interval([5] * 50, [5] * 50) == (0, 0)
