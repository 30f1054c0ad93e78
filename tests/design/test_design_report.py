"""The text and the JSON of a design, and catalogs that are written and read back."""

import json
from dataclasses import replace

import numpy as np
import pytest

from boxwright.catalog import catalog_names, load_catalog, load_materials
from boxwright.design import BoxPrice, Wishes, catalog_toml, design, design_dict, judge, premises
from boxwright.design.boxes import price_as_new, worth_buying
from boxwright.design.buying import buying
from boxwright.design.fitting import Fits
from boxwright.design.judge import designed
from boxwright.design.wording import gain, to_buy
from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.dunnage import DunnageKind
from boxwright.errors import InvalidInputError
from boxwright.evaluation import StudyOptions, Yearly

from .design_texts import text

MATERIALS = load_materials()
OF_30 = Yearly(30, "as stated")
OF_3_000 = StudyOptions(pictures=0, worth=False, yearly=Yearly(3_000, "as stated"))


@pytest.fixture(scope="module")
def one(orders):
    """A design of one size, without today's catalog."""
    return design(orders, Wishes(sizes=(1,)))


@pytest.fixture(scope="module")
def two(orders):
    """An evaluated design of two sizes, without today's catalog."""
    return judge(design(orders, Wishes(sizes=(2,))))


def test_without_today_there_is_no_comparison(two):
    """There is no change, interval or purchase, but the held-out half is planned."""
    judged = two.suites[0].judged
    assert (judged.change, judged.interval, buying(two, two.suites[0])) == (None, None, None)
    assert judged.orders == two.halves.judged.of
    assert judged.mean > 0


def test_limits_of_new_sizes_are_stated(orders, two):
    """The text states every limit, defaults included."""
    assert all(said in text(two) for said in ("b-flute", "10 mm"))
    limits = {"step_mm": 20.0, "board_ids": ("e-flute",), "smallest_mm": (80, 60, 20), "largest_mm": (500, 400, 400)}
    made = design(orders, Wishes(sizes=(2,), max_aspect=8, max_sheet_mm=(2_000, 1_500), **limits))
    said = " ".join(text(made).split())
    for limit in ("e-flute", "20 mm", "80 x 60", "500 x 400", " 8 ", "2000 x 1500"):
        assert limit in said
    assert design_dict(made)["new_sizes"]["max_sheet_mm"] == (2_000, 1_500)


def test_too_few_orders_for_the_sizes_are_said(order_of):
    """Fewer than 50 different orders for each size in a half are named; as many are not."""
    orders = [order_of(f"{n}", (50 + n, 50, 40)) for n in range(100)]
    made = design(orders, Wishes(sizes=(1,)))
    few = replace(
        made, halves=replace(made.halves, judged=replace(made.halves.judged, orders=made.halves.judged.orders[:49]))
    )
    assert "49 different" not in " ".join(premises(made)[2:])
    assert any("49 different" in line for line in premises(few)[2:])


def test_orders_that_none_of_todays_boxes_takes_are_counted(order_of, catalog_of):
    """They are not compared, and the text and JSON count them."""
    today = catalog_of((300, 200, 100), name="today")
    orders = [order_of(f"{n}", ((190, 140, 40), (280, 190, 90), (290, 290, 200))[n % 3]) for n in range(60)]
    made = judge(design(orders, Wishes(sizes=(2,)), today=today))
    (suite,) = made.suites
    large = sum(order.lines[0].length_mm == 290 for order in made.halves.judged.every)
    assert suite.judged.not_today == large
    assert suite.judged.orders + suite.judged.lost + suite.judged.not_today == made.halves.judged.of
    assert design_dict(made)["designs"][0]["judged"]["orders_not_compared"] == large
    assert f"({large})" in text(made)


def test_json_has_what_the_table_has(orders, today):
    """JSON has figures per order in litres, and shares as numbers."""
    made = judge(design(orders, Wishes(sizes=(3,)), today=today))
    found = json.loads(json.dumps(design_dict(made)))
    (one,) = found["designs"]
    assert "litres" in found["unit"]
    judged = one["judged"]
    assert judged["change"] == pytest.approx(judged["per_order"] / judged["today_per_order"] - 1)
    assert one["bound_per_order"] <= one["design"]["per_order"] * (1 + 1e-9)
    assert len(one["box_types"]) == 3
    assert found["today"] == "today"


def test_a_box_is_used_by_the_parcels_of_the_plans(order_of):
    """Small goods fit both boxes, and plans use the small one."""
    orders = [order_of(f"{n}", ((190, 140, 40), (280, 190, 90), (280, 190, 90))[n % 3]) for n in range(60)]
    made = judge(design(orders, Wishes(sizes=(2,))))
    small = sum(order.lines[0].length_mm == 190 for order in made.halves.judged.every)
    used = {box["inner_length_mm"]: box["judged_parcels"] for box in design_dict(made)["designs"][0]["box_types"]}
    assert [used[length] for length in sorted(used)] == [small, 30 - small]


def test_a_bound_of_a_sample_of_orders_is_marked(order_of):
    """The bound of a sample is marked, even if no half was sampled itself."""
    orders = [order_of(f"{number}", (90 + number % 5 * 10, 80, 40)) for number in range(600)]
    made = design(orders, Wishes(sizes=(2,), sample=20))
    assert not made.halves.design.sampled
    assert design_dict(made)["bound_holds_for_sample_only"]
    said = " ".join(text(made).split())
    assert "400" in said
    assert "600" in said
    few = design(orders[:100], Wishes(sizes=(2,), sample=20))
    assert not design_dict(few)["bound_holds_for_sample_only"]


def test_a_mean_has_the_error_of_its_orders():
    """It is 1.96 relative standard errors of the mean, with weights; None for one order."""
    yes = np.array([True])
    rows = [Fits(None, weight, "", np.array([price]), yes, yes, yes, yes) for weight, price in ((2, 100.0), (1, 400.0))]
    assert designed(rows, np.array([0])).error == pytest.approx(1.96 * 100 / 200)
    assert designed(rows[1:], np.array([0])).error is None


@pytest.mark.parametrize(
    ("own", "same"),
    [
        pytest.param({}, True, id="same size and board"),
        pytest.param({"inner_length_mm": 200, "inner_width_mm": 290}, True, id="turned"),
        pytest.param({"board_id": ""}, True, id="board not stated"),
        pytest.param({"board_id": "e-flute"}, False, id="another board"),
        pytest.param({"inner_height_mm": 91}, False, id="another height"),
        pytest.param({"inner_length_mm": 90, "inner_height_mm": 290}, False, id="open at another face"),
    ],
)
def test_a_new_size_that_todays_catalog_has_is_marked(one, own, same):
    """Text and JSON name today's box of equal size, board and opening."""
    size = {"inner_length_mm": 290, "inner_width_mm": 200, "inner_height_mm": 90, "board_id": "b-flute", **own}
    stock = load_catalog("eu-stock").dunnage
    today = Catalog("today", (BoxType("K6", tare_g=900, **size),), dunnage=stock)
    new = Catalog("new", (BoxType("290x200x90", 290, 200, 90, tare_g=150, board_id="b-flute"),), dunnage=stock)
    suites = (replace(one.suites[0], catalog=new, new=("290x200x90",)),)
    made = replace(one, today=today, suites=suites)
    (box,) = design_dict(made)["designs"][0]["box_types"]
    assert box["sized_as_today"] == ("K6" if same else None)
    assert ("K6" in text(made)) == same


def test_one_of_todays_sizes_is_not_chosen_as_new(orders, catalog_of):
    """Today's box is chosen over a new one that is equal."""
    first = design(orders, Wishes(sizes=(2,), may_lose_orders=True)).suites[0]
    own = [replace(box, box_type_id=f"own-{box.box_type_id}") for box in first.catalog.box_types]
    today = Catalog("today", own, dunnage=load_catalog("eu-stock").dunnage)
    (again,) = judge(design(orders, Wishes(sizes=(2,), may_lose_orders=True), today=today)).suites
    assert again.new == ()
    assert again.judged.change == 0


@pytest.mark.parametrize(
    ("price_minor", "new_minor", "bought"),
    [(100, 98, False), (100, 80, True), (None, None, False)],
)
def test_a_stocked_size_is_bought_anew_only_where_it_is_much_cheaper(price_minor, new_minor, bought):
    """A box of the same size is that box, unless the new one costs less than nine tenths of it."""
    own = BoxType("XL", 600, 500, 400, board_id="b-flute", price_minor=price_minor)
    new = BoxType("new", 500, 600, 400, board_id="b-flute", price_minor=new_minor)
    assert worth_buying(new, [own]) == bought
    assert worth_buying(BoxType("lower", 500, 600, 390, board_id="b-flute", price_minor=new_minor), [own])


def test_a_size_that_no_plan_uses_is_not_bought(order_of, catalog_of):
    """It costs nothing once and has no first order, and the text names it; an unknown sum says why."""
    old = replace(catalog_of((400, 300, 200), name="today", price_minor=90), currency="EUR")
    price = BoxPrice("EUR", 12, 55, per_size_minor=10_000)
    orders = [order_of(f"{n}", ((190, 140, 40), (290, 190, 100))[n % 2]) for n in range(60)]
    made = judge(design(orders, Wishes(sizes=(2,), box_price=price, may_lose_orders=True), today=old), options=OF_3_000)
    (suite,) = made.suites
    idle = replace(suite, used=(0, sum(suite.used)))
    made = replace(made, suites=(idle,))
    found = buying(made, idle)
    name = suite.catalog.box_types[0].box_type_id
    assert [bought.box.box_type_id for bought in found.bought] == [suite.catalog.box_types[1].box_type_id]
    assert (found.once, found.purchases[0].first) == (10_000, None)
    assert name in to_buy(made, idle)[0]
    unknown = replace(made, evaluation=replace(made.evaluation, yearly=None))
    assert "unknown" in to_buy(unknown, idle)[0]


def test_a_year_counts_orders_that_are_not_compared_as_unchanged(order_of, catalog_of):
    """The yearly change is scaled by all held-out orders; those not compared add nothing."""
    today = catalog_of((300, 200, 100), name="today")
    orders = [order_of(f"{n}", ((190, 140, 40), (290, 290, 200))[n % 2]) for n in range(60)]
    chosen = design(orders, Wishes(sizes=(2,)), today=today)
    made = judge(chosen, options=OF_3_000)
    (suite,) = made.suites
    judged = suite.judged
    assert 0 < judged.orders < 30
    assert made.change_of_year(suite) == pytest.approx((judged.total - judged.today) * 100)
    assert judge(chosen).change_of_year(suite) is None


def test_what_to_buy_follows_from_the_plans(order_of, catalog_of):
    """Boxes a year, first orders, write-off, payback and sensitivity follow from the plans."""
    old = replace(catalog_of((400, 300, 200), name="today", price_minor=90, available=50), currency="EUR")
    orders = [order_of(f"{n}", ((190, 140, 40), (290, 190, 100))[n % 2]) for n in range(60)]
    price = BoxPrice("EUR", 12, 55, per_size_minor=10_000)
    wishes = Wishes(sizes=(2,), box_price=price, min_pieces=10, may_lose_orders=True)
    made = judge(design(orders, wishes, today=old), options=OF_3_000)
    (suite,) = made.suites
    found = buying(made, suite)
    uses = dict(zip((box.box_type_id for box in suite.catalog.box_types), suite.used, strict=True))
    assert {bought.box.box_type_id: bought.a_year for bought in found.purchases} == {
        box: used * 100 for box, used in uses.items()
    }
    assert all(bought.first == bought.a_year / 4 and bought.months == 3 for bought in found.purchases)
    assert (found.gone, found.written_off) == (("400x300x200",), 50 * 90)
    assert found.once == 2 * 10_000
    new = sum(used * suite.catalog.box_type(box).price_minor for box, used in uses.items())
    assert found.saved == pytest.approx((30 * 90 - new) * 100)
    assert found.months == pytest.approx((50 * 90 + 20_000) / found.saved * 12)
    assert suite.by_prices.per_order == pytest.approx(price_as_new(old.box_types[0], price, MATERIALS) - 90)
    assert f"{found.months:,.1f} months" in gain(made, suite)
    assert gain(judge(design(orders, wishes, today=old)), suite) == ""
    assert found.shown
    (comparison,) = made.evaluation.comparisons
    metrics = [replace(metric, interval=(-0.2, 0.1)) for metric in comparison.metrics]
    chance = replace(made, evaluation=replace(made.evaluation, comparisons=(replace(comparison, metrics=metrics),)))
    assert not buying(chance, suite).shown
    assert "no saving is shown" in gain(chance, suite)
    assert f"{found.months:,.1f} months" not in gain(chance, suite)
    least = judge(design(orders, replace(wishes, min_pieces=20), today=old), options=StudyOptions(yearly=OF_30))
    for purchase in buying(least, least.suites[0]).purchases:
        assert (purchase.first, purchase.months) == (20, pytest.approx(240 / purchase.a_year))
    unstated = replace(old, box_types=[replace(box, available=None) for box in old.box_types])
    again = judge(design(orders, wishes, today=unstated))
    assert buying(again, again.suites[0]).unstated == ("400x300x200",)


def test_orders_that_go_nowhere_are_counted(orders, order_of, today):
    """Their share is stated; if no order is left, that is an error."""
    long = [order_of(f"long{number}", (2_500, 50, 50)) for number in range(20)]
    made = design([*orders, *long], Wishes(sizes=(3,), largest_mm=(600.0, 400.0, 400.0)), today=today)
    assert made.outside_share == pytest.approx(sum(each.weight for each in made.outside) / made.halves.design.of)
    assert made.outside
    limited = Wishes(sizes=(3,), largest_mm=(600.0, 400.0, 400.0))
    with pytest.raises(InvalidInputError):
        design(long, limited, today=today)
    with pytest.raises(InvalidInputError):
        design(long, limited)


def loaded(catalog, folder):
    """Write a catalog and read it back."""
    path = folder / "written.toml"
    path.write_text(catalog_toml(catalog, MATERIALS, ("a remark",)))
    return load_catalog(path)


@pytest.mark.parametrize("name", catalog_names())
def test_every_shipped_catalog_is_read_back_as_it_was_written(name, tmp_path):
    """Box types and dunnage survive a round trip."""
    catalog = load_catalog(name)
    found = loaded(catalog, tmp_path)
    assert found.box_types == catalog.box_types
    assert found.dunnage == catalog.dunnage


def test_own_dunnage_and_prices_are_read_back(tmp_path):
    """Own dunnage, and own prices of known dunnage, survive a round trip."""
    from decimal import Decimal

    shipped = load_catalog("eu-stock").dunnage
    own = replace(
        next(each for each in shipped if each.kind is DunnageKind.VOID_FILL),
        dunnage_id="mine",
        source="",
        year="",
        region="",
    )
    dunnage = (replace(shipped[0], price_per_kg_minor=Decimal("312.5")), own)
    box = replace(load_catalog("eu-stock").box_types[0], price_minor=85)
    catalog = Catalog("own", (box,), dunnage=dunnage, currency="EUR")
    found = loaded(catalog, tmp_path)
    assert found.box_types == catalog.box_types
    assert found.currency == "EUR"
    assert [each.dunnage_id for each in found.dunnage] == [dunnage[0].dunnage_id, "mine"]
    assert found.dunnage[0] == dunnage[0]
    assert found.dunnage[1].density_kg_per_m3 == own.density_kg_per_m3
