"""Outcomes as columns: what is summed and written of many orders at once is what each of them says alone."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright.domain.factor import Component, Stage
from boxwright.domain.footprint import Allocation
from boxwright.domain.lack import Lack
from boxwright.domain.plan import ProofStatus
from boxwright.evaluation.amounts import quotients, runs_of, sum_of, sums_from, sums_of, whole_numbers
from boxwright.evaluation.catalog_sums import CatalogSums
from boxwright.evaluation.columns import Columns
from boxwright.evaluation.comparison import Metric
from boxwright.evaluation.measure import both_prices, prices_of
from boxwright.evaluation.outcome import FootprintFigures, Money, OrderOutcome, OrderStatus, ParcelFigures
from boxwright.evaluation.pair_sums import MetricKey, PairSums
from boxwright.evaluation.rows import RowForm
from boxwright.units import MG_PER_G, UM3_PER_LITRE

BASES = (("uk-desnz", Allocation.MASS), ("cn", Allocation.MASS))
KINDS = (Component.BOX, Component.TAPE)
HUGE = 10**20
"""More than 64 bits hold."""


def any_outcome(draw: random.Random, number: int) -> OrderOutcome:
    """Return an outcome with this and that known of it, and now and then with a number beyond 64 bits."""
    if draw.random() < 0.2:
        status = draw.choice([OrderStatus.ERROR, OrderStatus.NOT_PACKED])
        return OrderOutcome(f"o{number}", status, draw.randint(1, 4), reason="none")
    most = HUGE if draw.random() < 0.05 else 10**10

    def prices() -> Money | None:
        return Money(draw.randint(0, 900), draw.choice(["EUR", "EUR", "CNY"])) if draw.random() < 0.8 else None

    def footprint(basis: Any) -> FootprintFigures:
        kinds = [kind for kind in (Component.BOX, Component.TAPE, Component.TRANSPORT) if draw.random() < 0.8]
        grams = tuple((kind, draw.randint(-5, most)) for kind in kinds)
        lacks = frozenset({Lack(Component.TAPE, Stage.PRODUCTION, "pp")}) if draw.random() < 0.3 else frozenset()
        total = sum(abs(each) for _, each in grams)
        return FootprintFigures(*basis, grams, total, total // 3, lacks, draw.random() < 0.5)

    units, goods = draw.randint(1, 5), draw.randint(1, most)
    boxes = [draw.choice(["S", "M"]) for _ in range(draw.choice([1, 1, 1, 2]))]
    return OrderOutcome(
        f"o{number}",
        OrderStatus.PLANNED if draw.random() < 0.9 else OrderStatus.PARTIAL,
        units,
        units,
        parcels=tuple(ParcelFigures(box, goods + draw.randint(0, most), goods, (), goods + most) for box in boxes),
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
    """Return outcomes, some of which share the amounts of one before, or the shape alone."""
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


@settings(max_examples=15)
@given(seeds)
def test_sums_of_columns_are_those_of_each_outcome(seed: int) -> None:
    """To the last unit, also beyond 64 bits, and whatever is not known of some of them."""
    each = outcomes(seed)
    sums = CatalogSums()
    for first in range(0, len(each), 25):
        part = CatalogSums()
        part.add(Columns.of(each[first : first + 25]))
        sums.merge(part)
    shipped = [one for one in each if one.parcels]
    assert sums.statuses == Counter(one.status for one in each)
    assert sums.proofs == Counter(one.proof for one in shipped)
    assert sums.boxes == Counter(parcel.box_type_id for one in shipped for parcel in one.parcels)
    assert (sums.units, sums.shipped) == (sum(one.unit_count for one in each), len(shipped))
    assert (sums.outer_um3, sums.gross_mg) == (sum(one.outer_um3 for one in each), sum(one.gross_mg for one in shipped))
    billed = [one.chargeable_mg for one in shipped if one.chargeable_mg is not None]
    assert (sums.billed, sums.billed_mg) == (len(billed), sum(billed))
    for mine, name in ((sums.packaging_price, "packaging_price"), (sums.carriage_price, "carriage_price")):
        known = [price for one in shipped if (price := getattr(one, name)) is not None]
        assert mine.orders == len(known)
        for currency in ("EUR", "CNY"):
            assert mine.minor[currency] == sum(price.minor for price in known if price.currency == currency)
    for kind in Component:
        assert sums.packaging_mg[kind] == sum(dict(one.packaging_mg).get(kind, 0) for one in shipped)
    for basis in BASES:
        stated = [figures for one in shipped if (figures := one.footprint(basis)) is not None]
        mine = sums.footprints[basis]
        assert mine.orders == len(stated)
        assert mine.figures(basis).total_mg == sum(figures.total_mg for figures in stated)
        assert mine.unverified_mg == sum(figures.unverified_mg for figures in stated)
        assert mine.missing == frozenset().union(*(figures.missing for figures in stated))
        assert set(mine.co2e_mg) == {kind for figures in stated for kind, _ in figures.co2e_mg}


@settings(max_examples=15)
@given(seeds)
def test_pairs_of_columns_are_those_of_each_order(seed: int) -> None:
    """Of each metric the orders for which it is known with both, and footprints where both lack the same."""
    both = [
        pair
        for pair in zip(outcomes(seed), outcomes(seed + 1), strict=True)
        if pair[0].status is pair[1].status is OrderStatus.PLANNED
    ]
    first, second = (Columns.of([pair[side] for pair in both]) for side in (0, 1))
    sums = PairSums()
    sums.add(first, second)
    assert sums.orders == len(both)

    def check(key: MetricKey, figures: Sequence[tuple[int, int]]) -> None:
        found = sums.metrics.get(key)
        if not figures:
            assert found is None
            return
        assert (found.first, found.second) == tuple(map(sum, zip(*figures, strict=True)))
        assert found.lower == sum(two < one for one, two in figures)
        assert found.higher == sum(two > one for one, two in figures)

    for metric, name in ((Metric.PRICE, "price"), (Metric.CARRIAGE_PRICE, "carriage_price")):
        prices = [(getattr(one.cost, name), getattr(two.cost, name)) for one, two in both]
        check(MetricKey(metric), [(one.minor, two.minor) for one, two in prices if one and two])
    empty = [tuple(each.inner_um3 - each.goods_um3 for each in pair) for pair in both]
    check(MetricKey(Metric.EMPTY_VOLUME), empty)
    check(
        MetricKey(Metric.CHARGEABLE),
        [pair for one, two in both if None not in (pair := (one.chargeable_mg, two.chargeable_mg))],
    )
    for basis in BASES:
        pairs = [(one.footprint(basis), two.footprint(basis)) for one, two in both]
        alike = [(one, two) for one, two in pairs if one and two and one.missing == two.missing]
        check(MetricKey(Metric.CO2E, *basis), [(one.total_mg, two.total_mg) for one, two in alike])
        check(MetricKey(Metric.CO2E_PACKAGING, *basis), [(one.packaging_mg, two.packaging_mg) for one, two in alike])
        covered = sums.covered.get(basis)
        assert (covered.first.orders if covered else 0) == len(alike)
    ours, theirs, priced = prices_of(first, second)
    prices = [both_prices(one.cost, two.cost) for one, two in both]
    assert priced.tolist() == [each is not None for each in prices]
    assert list(zip(ours.tolist(), theirs.tolist(), strict=True)) == [each or (0, 0) for each in prices]


def test_footprints_stand_in_the_order_of_the_profiles() -> None:
    """Not in that of the orders that can be compared on them: the first one is the headline of a page."""
    one = next(each for each in outcomes(1) if each.parcels)
    lacking = frozenset({Lack(Component.TAPE, Stage.PRODUCTION, "pp")})

    def with_lacks(*lacks: frozenset[Lack]) -> Columns:
        footprints = (
            FootprintFigures(*basis, ((Component.BOX, 5),), 5, 0, each)
            for basis, each in zip(BASES, lacks, strict=True)
        )
        return Columns.of([replace(one, footprints=tuple(footprints))])

    sums = PairSums()
    sums.add(with_lacks(lacking, frozenset()), with_lacks(frozenset(), frozenset()))
    assert [pair.first.key for pair in sums.comparison(0, 1).footprints] == [BASES[1]]
    sums.add(with_lacks(frozenset(), frozenset()), with_lacks(frozenset(), frozenset()))
    assert [pair.first.key for pair in sums.comparison(0, 1).footprints] == list(BASES)


@settings(max_examples=15)
@given(seeds)
def test_cells_of_columns_are_those_of_each_outcome(seed: int) -> None:
    """In the order of the orders, and of each the variants one after the other."""
    first, second = outcomes(seed, 20), outcomes(seed + 1, 20)
    form = RowForm("parquet", ((("catalog_id", "a"),), (("catalog_id", "b"),)), BASES)
    rows = list(form.dicts([Columns.of(first), Columns.of(second)]))
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
            figures, name = one.footprint(basis), f"{basis[0]}_{basis[1].value}"
            assert row[f"co2e_g_{name}"] == (figures.total_mg / MG_PER_G if figures else None)
            assert row[f"unverified_share_{name}"] == (figures.unverified_share if figures else None)


@given(st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(-(10**25), 10**25), max_size=8))
def test_sums_are_exact(values: list[int]) -> None:
    """Whether 64 bits hold the values, or the sum, or not."""
    assert sum_of(whole_numbers(values)) == sum(values)
    if values:
        assert sums_of(np.stack([whole_numbers([value, 1]) for value in values])) == [sum(values), len(values)]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(-(2**63), 2**63 - 1) | st.integers(0, 10**25)), max_size=12))
def test_sums_of_runs_are_those_of_each_value(pairs: list[tuple[int, int]]) -> None:
    """In the order in which the values first occur, and of each in the order of the places."""
    kinds = [kind for kind, _ in pairs]
    order, starts = runs_of(np.array(kinds, dtype=np.int64))
    assert order.tolist() == [at for kind in dict.fromkeys(kinds) for at, one in enumerate(kinds) if one == kind]
    sums = sums_from(whole_numbers([amount for _, amount in pairs])[order], starts)
    assert sums == [sum(amount for one, amount in pairs if one == kind) for kind in dict.fromkeys(kinds)]


def test_quotients_are_rounded_as_python_rounds_them() -> None:
    """Once, also where a float does not hold a number."""
    draw = random.Random(5)
    pairs = [tuple(draw.getrandbits(draw.choice([8, 53, 54, 63])) - 100 or 1 for _ in range(2)) for _ in range(400)]
    pairs += [(one << 60, other << 60) for one, other in ((1, 3), (-8, 7), (0, 5))]
    values, divisors = (np.array([pair[side] for pair in pairs], dtype=np.int64) for side in (0, 1))
    assert quotients(values, divisors).tolist() == [one / other for one, other in pairs]
    wide = quotients(whole_numbers([HUGE, 7]), whole_numbers([HUGE + 1, 3]))
    assert wide.tolist() == [HUGE / (HUGE + 1), 7 / 3]


@settings(max_examples=15)
@given(seeds, st.lists(st.booleans(), min_size=30, max_size=30))
def test_columns_of_some_orders_are_theirs(seed: int, which: list[bool]) -> None:
    """Sums over some orders are those of columns that hold no others."""
    each = outcomes(seed, 30)
    some, alone = CatalogSums(), CatalogSums()
    some.add(Columns.of(each).taken(np.array(which)))
    alone.add(Columns.of([one for one, take in zip(each, which, strict=True) if take]))
    assert some == alone
