"""Stored rows: sums, comparisons and rows made of them are what the outcomes of the orders say one by one."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.factor import Component, Stage
from boxwright.domain.footprint import Allocation
from boxwright.domain.lack import Lack
from boxwright.domain.plan import ProofStatus
from boxwright.evaluation.batch import Part
from boxwright.evaluation.comparison import Comparison, Metric
from boxwright.evaluation.measure import Change
from boxwright.evaluation.outcome import FootprintFigures, Money, OrderOutcome, OrderStatus, ParcelFigures
from boxwright.evaluation.record import STORED, record_of
from boxwright.evaluation.records import Records, numbered
from boxwright.evaluation.rows import RowForm
from boxwright.units import MG_PER_G, UM3_PER_LITRE

CATALOG = Catalog("c", (BoxType("S", 200, 100, 100), BoxType("M", 300, 200, 100)))

BASES = (("uk-desnz", Allocation.MASS), ("cn", Allocation.MASS))
HUGE = 10**20
"""Cubic um that 64 bits do not hold."""


def any_outcome(draw: random.Random, number: int) -> OrderOutcome:
    """Return an outcome with this and that known of it, and now and then with a volume beyond 64 bits."""
    if draw.random() < 0.2:
        status = draw.choice([OrderStatus.ERROR, OrderStatus.NOT_PACKED])
        return OrderOutcome(f"o{number}", status, draw.randint(1, 4), reason="none")
    most, volume = 10**10, HUGE if draw.random() < 0.05 else 10**10

    def prices() -> Money | None:
        return Money(draw.randint(0, 900), draw.choice(["EUR", "EUR", "CNY"])) if draw.random() < 0.8 else None

    def footprint(basis: Any) -> FootprintFigures:
        kinds = [kind for kind in (Component.BOX, Component.TAPE, Component.TRANSPORT) if draw.random() < 0.8]
        grams = tuple((kind, draw.randint(-5, most)) for kind in kinds)
        lacks = frozenset({Lack(Component.TAPE, Stage.PRODUCTION, "pp")}) if draw.random() < 0.3 else frozenset()
        total = sum(abs(each) for _, each in grams)
        return FootprintFigures(*basis, grams, total, total // 3, lacks, draw.random() < 0.5)

    units, goods = draw.randint(1, 5), draw.randint(1, volume)
    boxes = [draw.choice(["S", "M"]) for _ in range(draw.choice([1, 1, 1, 2]))]
    return OrderOutcome(
        f"o{number}",
        OrderStatus.PLANNED if draw.random() < 0.9 else OrderStatus.PARTIAL,
        units,
        units,
        parcels=tuple(ParcelFigures(box, goods + draw.randint(0, volume), goods, (), goods + volume) for box in boxes),
        packaging_mg=tuple((kind, draw.randint(1, most)) for kind in (Component.BOX, Component.TAPE))[
            : draw.randint(1, 2)
        ],
        gross_mg=draw.randint(1, most),
        chargeable_mg=draw.randint(1, most) if draw.random() < 0.8 else None,
        packaging_price=prices(),
        carriage_price=prices(),
        unpriced=("paper",) if draw.random() < 0.2 else (),
        footprints=tuple(footprint(basis) for basis in BASES if draw.random() < 0.9),
        proof=draw.choice([ProofStatus.PROVED, ProofStatus.OPEN]),
        versions=("1", "2", "3"),
    )


def outcomes(seed: int, count: int = 60) -> list[OrderOutcome]:
    """Return outcomes, some of which are alike, or nearly."""
    draw, found = random.Random(seed), list[OrderOutcome]()
    for number in range(count):
        alike = [each for each in found if each.parcels]
        if alike and draw.random() < 0.3:
            found.append(replace(draw.choice(alike), order_id=f"o{number}"))
        elif alike and draw.random() < 0.4:
            other = draw.choice(alike)
            masses = tuple((kind, mass + draw.randint(0, 9)) for kind, mass in other.packaging_mg)
            found.append(replace(other, order_id=f"o{number}", gross_mg=draw.randint(1, 999), packaging_mg=masses))
        else:
            found.append(any_outcome(draw, number))
    return found


seeds = st.integers(0, 10**6)


def records_of(*variants: list[OrderOutcome]) -> Records:
    """Return the stored rows of orders, given their outcomes with each variant, in two parts."""
    records, count = Records([CATALOG] * len(variants)), len(variants[0])
    own = {"place": 0, "copied": False, "rank": 0}
    for first, end in ((0, count // 2), (count // 2, count)):
        rows = [
            record_of(each[at], variant) | own | {"alike": str(at).encode()}
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
def test_totals_are_those_of_each_outcome(seed: int) -> None:
    """To the last unit, also beyond 64 bits, and whatever is not known of some of them."""
    each = outcomes(seed)
    (totals,) = records_of(each).totals(common=False)
    shipped = [one for one in each if one.parcels]
    assert dict(totals.orders) == {status: sum(one.status is status for one in each) for status in OrderStatus}
    assert totals.proved == sum(one.proof is ProofStatus.PROVED for one in shipped)
    used = Counter(parcel.box_type_id for one in shipped for parcel in one.parcels)
    assert dict(totals.box_use) == {"S": used["S"], "M": used["M"]}
    assert (totals.unit_count, totals.parcels) == (sum(one.unit_count for one in each), used.total())
    assert totals.outer_um3 == sum(one.outer_um3 for one in each)
    assert totals.gross_mg == sum(one.gross_mg for one in shipped)
    billed = [one.chargeable_mg for one in shipped]
    assert totals.chargeable_mg == (None if None in billed else sum(billed))
    for total, name in ((totals.packaging_price, "packaging_price"), (totals.carriage_price, "carriage_price")):
        prices = [getattr(one, name) for one in shipped]
        known = None not in prices and len({price.currency for price in prices}) == 1
        assert total == (Money(sum(price.minor for price in prices), prices[0].currency) if known else None)
    for kind in (Component.BOX, Component.TAPE):
        assert dict(totals.packaging_mg).get(kind, 0) == sum(dict(one.packaging_mg).get(kind, 0) for one in shipped)
    for basis in BASES:
        stated = [figures for one in shipped for figures in one.footprints if figures.key == basis]
        (mine,) = (figures for figures in totals.footprints if figures.key == basis)
        assert mine.total_mg == sum(figures.total_mg for figures in stated)
        assert mine.unverified_mg == sum(figures.unverified_mg for figures in stated)
        assert mine.missing == frozenset().union(*(figures.missing for figures in stated))
        assert {kind for kind, _ in mine.co2e_mg} == {kind for figures in stated for kind, _ in figures.co2e_mg}


@settings(max_examples=15)
@given(seeds)
def test_comparisons_are_those_of_each_order(seed: int) -> None:
    """Of each metric the orders for which it is known with both, and footprints where both lack the same."""
    first, second = outcomes(seed), outcomes(seed + 1)
    records = records_of(first, second)
    found = records.comparison(1)
    both = [pair for pair in zip(first, second, strict=True) if pair[0].status is pair[1].status is OrderStatus.PLANNED]
    assert found.orders == len(both)

    def check(metric: Metric, figures: Sequence[tuple[int, int]], key: tuple[Any, Any] = ("", None)) -> None:
        (compared,) = (
            each for each in found.metrics if (each.metric, each.profile_id, each.allocation) == (metric, *key)
        )
        assert (compared.first, compared.second) == tuple(map(sum, zip(*figures, strict=True)))
        assert compared.lower == sum(two < one for one, two in figures)
        assert compared.higher == sum(two > one for one, two in figures)

    check(Metric.EMPTY_VOLUME, [tuple(each.inner_um3 - each.goods_um3 for each in pair) for pair in both])
    check(
        Metric.CHARGEABLE,
        [pair for one, two in both if None not in (pair := (one.chargeable_mg, two.chargeable_mg))],
    )
    for basis in BASES:
        pairs = [
            (one, two)
            for pair in both
            for one in pair[0].footprints
            for two in pair[1].footprints
            if one.key == two.key == basis and one.missing == two.missing
        ]
        check(Metric.CO2E, [(one.total_mg, two.total_mg) for one, two in pairs], basis)
        check(Metric.CO2E_PACKAGING, [(one.packaging_mg, two.packaging_mg) for one, two in pairs], basis)
    changes = Change()
    for each in records.flow(1).values():
        changes.add_sums(each)
    summed = Change()
    for one, two in both:
        summed.add_sums(Change.of(one.cost, two.cost))
    assert changes == summed


def test_prices_of_one_currency_are_compared() -> None:
    """Those known with both; of two currencies none."""
    one = next(each for each in outcomes(1) if each.status is OrderStatus.PLANNED)

    def compared(*currencies: str) -> Comparison:
        priced = [replace(one, packaging_price=Money(5 + at, each)) for at, each in enumerate(currencies)]
        return records_of(priced, [*priced[1:], replace(one, packaging_price=None)]).comparison(1)

    assert compared("EUR", "CNY", "EUR").metric(Metric.PACKAGING_PRICE) is None
    found = compared("EUR", "EUR", "EUR").metric(Metric.PACKAGING_PRICE)
    assert (found.orders, found.first, found.second, found.currency) == (2, 11, 13, "EUR")


def test_footprints_stand_in_the_order_of_the_profiles() -> None:
    """Not in that of the orders that can be compared on them: the first one is the headline of a page."""
    one = next(each for each in outcomes(1) if each.status is OrderStatus.PLANNED)
    lacking, nothing = frozenset({Lack(Component.TAPE, Stage.PRODUCTION, "pp")}), frozenset[Lack]()

    def lacks(*each: frozenset[Lack]) -> OrderOutcome:
        footprints = (
            FootprintFigures(*basis, ((Component.BOX, 5),), 5, 0, missing)
            for basis, missing in zip(BASES, each, strict=True)
        )
        return replace(one, footprints=tuple(footprints))

    partly, whole = lacks(lacking, nothing), lacks(nothing, nothing)
    assert [pair.first.key for pair in records_of([partly], [whole]).comparison(1).footprints] == [BASES[1]]
    several = records_of([partly, whole], [whole, whole]).comparison(1)
    assert [pair.first.key for pair in several.footprints] == list(BASES)


@settings(max_examples=15)
@given(seeds)
def test_cells_are_those_of_each_outcome(seed: int) -> None:
    """In the order of the orders, and of each the variants one after the other."""
    first, second = outcomes(seed, 20), outcomes(seed + 1, 20)
    form = RowForm("parquet", ((("catalog_id", "a"),), (("catalog_id", "b"),)), BASES)
    rows = [row for some in records_of(first, second).batches() for row in form.rows(some)]
    each = [one for pair in zip(first, second, strict=True) for one in pair]
    assert [row["order_id"] for row in rows] == [one.order_id for one in each]
    assert [row["catalog_id"] for row in rows] == ["a", "b"] * 20
    for row, one in zip(rows, each, strict=True):
        assert row["outer_litres"] == one.outer_um3 / UM3_PER_LITRE
        assert row["fill"] == (pytest.approx(1 - one.empty_space_ratio) if one.inner_um3 else None)
        assert row["gross_g"] == one.gross_mg / MG_PER_G
        assert row["tape_g"] == dict(one.packaging_mg).get(Component.TAPE, 0) / MG_PER_G
        assert row["billed_g"] == (None if one.chargeable_mg is None else one.chargeable_mg / MG_PER_G)
        assert row["carriage_price"] == (None if one.carriage_price is None else one.carriage_price.minor / 100)
        assert row["proved"] == (None if one.proof is None else one.proof is ProofStatus.PROVED)
        for basis in BASES:
            figures = next((each for each in one.footprints if each.key == basis), None)
            name = f"{basis[0]}_{basis[1].value}"
            assert row[f"co2e_g_{name}"] == (figures.total_mg / MG_PER_G if figures else None)
            assert row[f"unverified_share_{name}"] == (figures.unverified_share if figures else None)
