"""Stored rows: their sums, comparisons and rows equal those computed from the orders one by one."""

import random
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.factor import Component
from boxwright.domain.footprint import Allocation
from boxwright.domain.order import Item, Order
from boxwright.domain.source_grade import SourceGrade
from boxwright.evaluation.batch import Part
from boxwright.evaluation.comparison import Change, Comparison, Metric
from boxwright.evaluation.outcome import Money, OrderStatus
from boxwright.evaluation.record import STORED, Record, record_without, skus_of
from boxwright.evaluation.records import Records, SkuAir, numbered
from boxwright.evaluation.rows import RowForm
from boxwright.units import MG_PER_G, UM3_PER_LITRE

CATALOG = Catalog("c", (BoxType("S", 200, 100, 100), BoxType("M", 300, 200, 100)))

BASES = (("uk-desnz", Allocation.MASS), ("cn", Allocation.MASS))
HUGE = 10**20
"""Cubic um that 64 bits do not hold."""


def any_record(draw: random.Random, number: int) -> Record:
    """Return a random record with some figures unknown, and sometimes a volume beyond 64 bits."""
    if draw.random() < 0.2:
        status = draw.choice([OrderStatus.ERROR, OrderStatus.NOT_PACKED])
        return record_without(f"o{number}", status, draw.randint(1, 4), "none")
    most, volume = 10**10, HUGE if draw.random() < 0.05 else 10**10

    def price(kind: str) -> Record:
        currency = draw.choice(["EUR", "EUR", "CNY", None])
        return {f"{kind}_minor": currency and draw.randint(0, 900), f"{kind}_currency": currency}

    units, goods, inner = draw.randint(1, 5), draw.randint(1, volume), draw.randint(volume, 2 * volume)
    boxes = [draw.choice(["S", "M"]) for _ in range(draw.choice([1, 1, 1, 2]))]
    masses = {kind: draw.randint(1, most) for kind in ("box", "tape")[: draw.randint(1, 2)]}
    status = OrderStatus.PLANNED if draw.random() < 0.9 else OrderStatus.PARTIAL
    return {
        **record_without(f"o{number}", status, units, ""),
        "packed_units": units,
        "boxes": boxes,
        "empty": [1 - goods / inner],
        "outer_um3": goods + volume,
        "inner_um3": inner,
        "goods_um3": goods,
        "mass_mg": masses,
        "packaging_mg": sum(masses.values()),
        "gross_mg": draw.randint(1, most),
        "chargeable_mg": draw.randint(1, most) if draw.random() < 0.8 else None,
        **price("packaging"),
        **price("carriage"),
        "footprints": [footprint(draw, *basis) for basis in BASES if draw.random() < 0.9],
        "proof": draw.choice(["proved", "open"]),
        "versions": ["1", "2", "3"],
    }


def footprint(draw: random.Random, profile_id: str, allocation: Allocation, missing: bool | None = None) -> Record:
    """Return the stored record of a footprint."""
    grams = {kind: draw.randint(-5, 10**10) for kind in ("box", "tape", "transport") if draw.random() < 0.8}
    total = sum(map(abs, grams.values()))
    lacks = draw.random() < 0.3 if missing is None else missing
    return {
        "profile_id": profile_id,
        "allocation": allocation.value,
        **grams,
        "total_mg": sum(grams.values()),
        "transport_mg": grams.get("transport", 0),
        "absolute_mg": total,
        "unverified_mg": total // 3,
        "copy_mg": total // 2,
        "hubs_unstated": draw.random() < 0.5,
        "missing": ["tape/production: pp"] if lacks else [],
    }


def some(seed: int, count: int = 60) -> list[Record]:
    """Return records."""
    draw = random.Random(seed)
    return [any_record(draw, number) for number in range(count)]


def on(record: Record, basis: tuple[str, Allocation]) -> Record | None:
    """Return the footprint of a record on a basis."""
    found = [each for each in record["footprints"] if (each["profile_id"], each["allocation"]) == basis]
    return found[0] if found else None


seeds = st.integers(0, 10**6)


def records_of(*variants: list[Record]) -> Records:
    """Return the records of orders, given by variant, stored in two parts."""
    records, count = Records([CATALOG] * len(variants)), len(variants[0])
    own = {"place": 0, "rank": 0}
    for first, end in ((0, count // 2), (count // 2, count)):
        rows = [
            each[at] | own | {"alike": str(at).encode(), "variant": variant}
            for at in range(first, end)
            for variant, each in enumerate(variants)
        ]
        table = numbered(pa.Table.from_pylist(rows, STORED), first, 0, len(variants))
        path = records.folder / f"part-{first}"
        path.write_bytes(Part(1, end - first, end - first, [], [table]).stored())
        records.add(path, end - first)
    records.open()
    return records


@settings(max_examples=15)
@given(seeds)
def test_totals_are_those_of_each_order(seed: int) -> None:
    """Sums are exact, beyond 64 bits too, with figures unknown for some orders."""
    each = some(seed)
    (totals,) = records_of(each).totals(common=False)
    shipped = [one for one in each if one["boxes"]]

    def total(name: str) -> int:
        return sum(one[name] for one in each)

    assert dict(totals.orders) == {status: sum(one["status"] == status for one in each) for status in OrderStatus}
    assert totals.proved == sum(one["proof"] == "proved" for one in shipped)
    used = Counter(box for one in shipped for box in one["boxes"])
    assert dict(totals.box_use) == {"S": used["S"], "M": used["M"]}
    assert (totals.unit_count, totals.parcels) == (total("units"), used.total())
    assert (totals.outer_um3, totals.gross_mg) == (total("outer_um3"), total("gross_mg"))
    billed = [one["chargeable_mg"] for one in shipped]
    assert totals.chargeable_mg == (None if None in billed else sum(billed))
    for price, kind in ((totals.packaging_price, "packaging"), (totals.carriage_price, "carriage")):
        currencies = {one[f"{kind}_currency"] for one in shipped}
        known = len(currencies) == 1 and None not in currencies
        assert price == (Money(sum(one[f"{kind}_minor"] for one in shipped), *currencies) if known else None)
    for kind in (Component.BOX, Component.TAPE):
        assert dict(totals.packaging_mg).get(kind, 0) == sum(one["mass_mg"].get(kind, 0) for one in shipped)
    for basis in BASES:
        stated = [figures for one in shipped if (figures := on(one, basis))]
        (mine,) = (figures for figures in totals.footprints if figures.key == basis)
        assert mine.total_mg == sum(figures["total_mg"] for figures in stated)
        assert mine.unverified_mg == sum(figures["unverified_mg"] for figures in stated)
        assert dict(mine.graded_mg)[SourceGrade.COPY] == sum(figures["copy_mg"] for figures in stated)
        assert mine.missing == {each for figures in stated for each in figures["missing"]}
        kinds = {kind for kind in Component for figures in stated if kind in figures}
        assert {kind for kind, _ in mine.co2e_mg} == kinds


@settings(max_examples=15)
@given(seeds)
def test_comparisons_are_those_of_each_order(seed: int) -> None:
    """A metric covers orders for which both know it; footprints must lack the same factors."""
    first, second = some(seed), some(seed + 1)
    records = records_of(first, second)
    (found,) = records.comparisons()
    both = [pair for pair in zip(first, second, strict=True) if {each["status"] for each in pair} == {"planned"}]
    assert found.orders == len(both)

    def check(metric: Metric, figures: Sequence[tuple[int, int]], key: tuple[Any, Any] = ("", None)) -> None:
        (compared,) = (
            each for each in found.metrics if (each.metric, each.profile_id, each.allocation) == (metric, *key)
        )
        assert (compared.first, compared.second) == tuple(map(sum, zip(*figures, strict=True)))
        assert compared.lower == sum(two < one for one, two in figures)
        assert compared.higher == sum(two > one for one, two in figures)

    check(Metric.EMPTY_VOLUME, [tuple(each["inner_um3"] - each["goods_um3"] for each in pair) for pair in both])
    billed = [tuple(each["chargeable_mg"] for each in pair) for pair in both]
    check(Metric.CHARGEABLE, [pair for pair in billed if None not in pair])
    for basis in BASES:
        pairs = [(one, two) for pair in both if (one := on(pair[0], basis)) and (two := on(pair[1], basis))]
        pairs = [pair for pair in pairs if pair[0]["missing"] == pair[1]["missing"]]
        check(Metric.CO2E, [tuple(each["total_mg"] for each in pair) for pair in pairs], basis)
        packaging = [tuple(each["total_mg"] - each["transport_mg"] for each in pair) for pair in pairs]
        check(Metric.CO2E_PACKAGING, packaging, basis)
    changes = (Change.of(one, two) for one, two in both)
    assert Change.summed(records.flow(1).values()) == Change.summed(changes)


def test_prices_of_one_currency_are_compared() -> None:
    """Prices are compared if both are known, in one currency."""
    one = next(each for each in some(1) if each["status"] == "planned")

    def compared(*currencies: str) -> Comparison:
        priced = [one | {"packaging_minor": 5 + at, "packaging_currency": each} for at, each in enumerate(currencies)]
        none = one | {"packaging_minor": None, "packaging_currency": None}
        return records_of(priced, [*priced[1:], none]).comparisons()[0]

    assert compared("EUR", "CNY", "EUR").metric(Metric.PACKAGING_PRICE) is None
    found = compared("EUR", "EUR", "EUR").metric(Metric.PACKAGING_PRICE)
    assert (found.orders, found.first, found.second, found.currency) == (2, 11, 13, "EUR")


def test_footprints_stand_in_the_order_of_the_profiles() -> None:
    """Their order does not depend on which orders are comparable: the first is the headline of the page."""
    one = next(each for each in some(1) if each["status"] == "planned")

    def lacks(*missing: bool) -> Record:
        each = zip(BASES, missing, strict=True)
        return one | {"footprints": [footprint(random.Random(1), *basis, missing=lacks) for basis, lacks in each]}

    partly, whole = lacks(True, False), lacks(False, False)
    assert [pair.first.key for pair in records_of([partly], [whole]).comparisons()[0].footprints] == [BASES[1]]
    several = records_of([partly, whole], [whole, whole]).comparisons()[0]
    assert [pair.first.key for pair in several.footprints] == list(BASES)


def test_surcharges_are_compared_where_there_are_any() -> None:
    """They have the currency of carriage; without surcharges there is no comparison."""
    one = next(each for each in some(1) if each["status"] == "planned")

    def compared(*minor: int) -> Comparison:
        billed = [one | {"carriage_minor": 900, "carriage_currency": "EUR", "surcharges_minor": each} for each in minor]
        return records_of(billed[:1] * 2, billed[1:] * 2).comparisons()[0]

    found = compared(250, 0).metric(Metric.SURCHARGES)
    assert (found.first, found.second, found.currency) == (500, 0, "EUR")
    assert compared(0, 0).metric(Metric.SURCHARGES) is None


def test_empty_volume_is_shared_among_the_goods() -> None:
    """Each SKU has its share by volume, over the orders that all pack; goods without a SKU have no row."""
    one = next(each for each in some(1) if each["status"] == "planned") | {"goods_um3": 100}
    edges_g = (10, 10, 10, 5)
    skus = skus_of(
        Order("o", (Item("1", 2, *edges_g, sku="a"), Item("2", 1, *edges_g, sku="b"), Item("3", 1, *edges_g)))
    )
    assert skus == ({"sku": "a", "units": 2, "share": 0.5}, {"sku": "b", "units": 1, "share": 0.25})
    first, second = ([one | {"inner_um3": inner, "skus": skus}] * 2 for inner in (500, 300))
    lost = [*second[:1], record_without("lost", OrderStatus.ERROR, 1, "none")]
    assert records_of(first, second).air(1) == [SkuAir("a", 2, 4, 400, 200), SkuAir("b", 2, 2, 200, 100)]
    assert [each.orders for each in records_of(first, lost).air(1)] == [1, 1]


@settings(max_examples=15)
@given(seeds)
def test_cells_are_those_of_each_order(seed: int) -> None:
    """Rows come by order, then by variant, with the figures of the records."""
    first, second = some(seed, 20), some(seed + 1, 20)
    form = RowForm("parquet", ((("catalog_id", "a"),), (("catalog_id", "b"),)), BASES)
    rows = [row for records in records_of(first, second).batches() for row in form.rows(records)]
    each = [one for pair in zip(first, second, strict=True) for one in pair]
    assert [row["order_id"] for row in rows] == [one["order_id"] for one in each]
    assert [row["catalog_id"] for row in rows] == ["a", "b"] * 20
    for row, one in zip(rows, each, strict=True):
        assert row["outer_litres"] == one["outer_um3"] / UM3_PER_LITRE
        assert row["fill"] == (pytest.approx(one["goods_um3"] / one["inner_um3"]) if one["inner_um3"] else None)
        assert row["gross_g"] == one["gross_mg"] / MG_PER_G
        assert row["tape_g"] == one["mass_mg"].get("tape", 0) / MG_PER_G
        assert row["billed_g"] == (None if one["chargeable_mg"] is None else one["chargeable_mg"] / MG_PER_G)
        minor = one["carriage_minor"]
        assert row["carriage_price"] == (minor if minor is None else minor / 100)
        assert row["proved"] == (one["proof"] and one["proof"] == "proved")
        for basis in BASES:
            figures, name = on(one, basis), f"{basis[0]}_{basis[1].value}"
            assert row[f"co2e_g_{name}"] == (figures and figures["total_mg"] / MG_PER_G)
            whole = figures and figures["absolute_mg"]
            share = figures and (figures["unverified_mg"] / whole if whole else 0.0)
            assert row[f"unverified_share_{name}"] == share
