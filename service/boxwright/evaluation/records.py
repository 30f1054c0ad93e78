"""The stored records of a run, and the DuckDB queries that sum, compare and sample them."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no type information

from boxwright.domain.factor import CARRIED, Component
from boxwright.domain.footprint import Allocation
from boxwright.domain.lack import Lack
from boxwright.domain.own_container import OWN_CONTAINER
from boxwright.domain.plan import HandlingMark, UnpackedReason
from boxwright.domain.source_grade import SourceGrade
from boxwright.evaluation.as_shipped import AsShipped, Audit
from boxwright.evaluation.comparison import (
    Change,
    Comparison,
    FootprintPair,
    Metric,
    MetricComparison,
    relative_interval,
)
from boxwright.evaluation.outcome import FootprintFigures, Money, OrderStatus
from boxwright.evaluation.record import STORED, Record
from boxwright.evaluation.result import CatalogTotals

if TYPE_CHECKING:
    from boxwright.domain.box import Catalog

ORDERS_AT_ONCE = 20_000
MAX_NAMED = 200
"""Maximum number of unplanned orders that are listed by name; the others are counted by reason."""
MAX_REASONS = 200
"""Maximum number of reasons that are counted separately."""
MAX_WORST = 50
MAX_SKUS = 20
MAX_EXAMPLE_UNITS = 40
"""Maximum number of units of an order shown as a picture; with more, a picture shows little."""
PER_BOX = 10
"""Number of sampled orders per box type from which its value is estimated."""

_VIEW = f"""
SELECT *, len(boxes) AS parcels, inner_um3 - goods_um3 AS empty_um3, status = 'planned' AS planned,
    CASE WHEN packaging_currency = carriage_currency THEN packaging_minor + carriage_minor END AS price_minor,
    CASE WHEN packaging_currency = carriage_currency THEN packaging_currency END AS price_currency,
    carriage_currency AS surcharges_currency,
    CASE WHEN len(boxes) = 1 THEN coalesce(nullif(boxes[1], ''), '{OWN_CONTAINER}')
        WHEN len(boxes) < 4 THEN len(boxes) || ' parcels' ELSE '4 parcels or more' END AS goes_into
FROM stored
"""
_SUMS = {
    **{name: f"sum({name})" for name in ("packed_units", "parcels", "inner_um3", "goods_um3", "outer_um3", "gross_mg")},
    "unit_count": "sum(units)",
    "proved": "count(*) FILTER (proof = 'proved')",
    "certificates": "count(proof)",
}
_OF_ORDERS = {
    Metric.PRICE: "{0}.price_minor",
    Metric.PACKAGING_PRICE: "{0}.packaging_minor",
    Metric.CARRIAGE_PRICE: "{0}.carriage_minor",
    Metric.SURCHARGES: "{0}.surcharges_minor",
    Metric.PARCELS: "{0}.parcels",
    Metric.OUTER_VOLUME: "{0}.outer_um3",
    Metric.INNER_VOLUME: "{0}.inner_um3",
    Metric.EMPTY_VOLUME: "{0}.empty_um3",
    Metric.PACKAGING: "{0}.packaging_mg",
    Metric.GROSS: "{0}.gross_mg",
    Metric.CHARGEABLE: "{0}.chargeable_mg",
}
_OF_FOOTPRINTS = {
    Metric.CO2E: "{0}.total_mg",
    Metric.CO2E_PACKAGING: "{0}.total_mg - {0}.transport_mg",
    Metric.CO2E_TRANSPORT: "{0}.transport_mg",
}
_MONEY = tuple(_OF_ORDERS)[:4]
_METRICS = list(Metric)
_COST = ("outer_um3", "packaging_minor", "packaging_currency", "carriage_minor", "carriage_currency")
_GROUPS = 2_000
"""Number of random groups of orders from which the bootstrap draws; fewer orders are drawn one by one."""


def _compared(metrics: Mapping[Metric, str]) -> str:
    rows = []
    for metric, value in metrics.items():
        unit = value.replace("_minor", "_currency") if metric in _MONEY else "''"
        sides = (f"({value.format(side)})::DECIMAL(38, 0), {unit.format(side)}" for side in "ab")
        rows.append(f"row({_METRICS.index(metric)}, {', '.join(sides)})")
    return f"[{', '.join(rows)}]"


_KNOWN_PRICE = """CASE WHEN a.price_currency = b.price_currency THEN {0}.price_minor
    WHEN a.packaging_currency = b.packaging_currency THEN {0}.packaging_minor
    WHEN a.carriage_currency = b.carriage_currency THEN {0}.carriage_minor END"""
_PAIRS = f"""
SELECT b.variant AS second, number, a.alike, a.units, coalesce(a.country, '') AS country,
    a.goes_into AS first_into, b.goes_into AS second_into, a.outer_um3 AS first_um3, b.outer_um3 AS second_um3,
    {_KNOWN_PRICE.format("a")} AS first_minor, {_KNOWN_PRICE.format("b")} AS second_minor,
    a.footprints AS first_footprints, b.footprints AS second_footprints, {_compared(_OF_ORDERS)} AS compared
FROM records a JOIN records b USING (number)
WHERE a.variant = CASE WHEN b.variant < {{ways}} THEN 0 ELSE b.variant % {{ways}} END AND b.variant > 0
    AND a.planned AND b.planned
"""
_FOOTPRINT_PAIRS = """
SELECT second, number, nth, a, b FROM (
    SELECT *, unnest(second_footprints) AS b FROM (
        SELECT *, unnest(first_footprints) AS a, generate_subscripts(first_footprints, 1) AS nth FROM pairs))
WHERE a.profile_id = b.profile_id AND a.allocation = b.allocation AND a.missing = b.missing
"""
_COMPARED = f"""
WITH figures(second, number, nth, profile_id, allocation, metric, one, unit, other, other_unit) AS (
    SELECT second, number, 0, '', '', unnest(f) FROM (SELECT *, unnest(compared) AS f FROM pairs)
    UNION ALL SELECT second, number, nth, a.profile_id, a.allocation, unnest(f) FROM (
        SELECT *, unnest({_compared(_OF_FOOTPRINTS)}) AS f FROM footprint_pairs)),
grouped AS (
    SELECT second, metric, profile_id, allocation, {{part}} AS part, min(nth) AS nth, count(*) AS orders,
        sum(one) AS one, sum(other) AS other, count(*) FILTER (other < one) AS lower,
        count(*) FILTER (other > one) AS higher, min(least(unit, other_unit)) AS unit,
        max(greatest(unit, other_unit)) AS other_unit
    FROM figures WHERE one IS NOT NULL AND other IS NOT NULL GROUP BY ALL)
SELECT second, metric, profile_id, allocation, sum(orders), sum(one), sum(other), sum(lower), sum(higher), min(unit),
    max(other_unit), list(one::DOUBLE ORDER BY part), list(other::DOUBLE ORDER BY part)
FROM grouped GROUP BY second, metric, profile_id, allocation ORDER BY second, min(nth), metric
"""
_FIGURES = f"""
    {", ".join(f"sum(f.{kind.value})" for kind in Component)}, sum(f.absolute_mg), sum(f.unverified_mg),
    [{", ".join(f"sum(f.{grade.value}_mg)" for grade in SourceGrade)}],
    list_distinct(flatten(list(f.missing))), bool_or(f.hubs_unstated)
"""
"""SQL sums of footprints ``f``, as ``_figures`` reads them."""


@dataclass(frozen=True)
class FailedOrder:
    """An order that is not planned completely, with the reasons of its units, or of the order."""

    order_id: str
    status: OrderStatus
    packed_units: int
    units: int
    details: tuple[str, ...]


@dataclass(frozen=True)
class Failures:
    """The orders that a variant does not plan completely: their number, the first by name, the others by reason."""

    orders: int
    named: tuple[FailedOrder, ...]
    more: Counter[str]


@dataclass(frozen=True)
class Warned:
    """A kind of warning: the number of orders that have it, and the first example."""

    code: str
    orders: int
    order_id: str
    text: str
    variant: int
    """Position of the variant of the example."""


@dataclass(frozen=True)
class SkuAir:
    """Empty volume of a SKU, on the orders that every variant packs completely."""

    sku: str
    orders: int
    units: int
    """SKU, number of orders, and units ordered."""
    first_um3: float
    main_um3: float
    """Empty volume with the variant compared with and with the main one, in cubic um. That of an order is divided among
    its SKUs by the volume of goods."""


@dataclass(frozen=True)
class Drawn:
    """A sampled order: its number in the run, its batch, its place there, and its cost."""

    number: int
    batch: int
    place: int
    cost: Record | None = None


class Records:
    """The stored records of a run, by order and variant.

    Parts are kept in the folder. The default is a temporary folder, deleted with this object.
    """

    def __init__(self, catalogs: Sequence[Catalog], folder: Path | None = None) -> None:
        self._catalogs = tuple(catalogs)
        self.folder = folder or Path(tempfile.mkdtemp(prefix="boxwright-"))
        if folder is None:
            weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
        # Number of variants of a catalog; variants of one catalog are adjacent.
        self._ways = sum(catalog is catalogs[0] for catalog in catalogs)
        self._files: list[str] = []
        self.orders = 0

    def add(self, part: Path, orders: int) -> None:
        """Add a part: a Parquet file with the columns ``STORED``, and ``number`` and ``batch`` of each order."""
        self._files.append(str(part))
        self.orders += orders

    def open(self) -> None:
        """Prepare the queries; call it once, after all parts are added."""
        # DuckDB spills to disk in the folder of the parts.
        self._db = duckdb.connect(config={"memory_limit": "1GB", "temp_directory": str(self.folder / "spilled")})
        if self._files:
            self._db.execute(f"CREATE VIEW stored AS SELECT * FROM read_parquet({self._files!r})")
        else:
            self._db.from_arrow(numbered(STORED.empty_table(), 0, 0, 1)).create("stored")
        self._db.execute(f"CREATE VIEW records AS {_VIEW}")
        self._db.execute(f"CREATE VIEW pairs AS {_PAIRS.format(ways=self._ways)}")
        self._db.execute(f"CREATE VIEW footprint_pairs AS {_FOOTPRINT_PAIRS}")
        self._db.execute(
            "CREATE TABLE everywhere AS SELECT number FROM records GROUP BY number HAVING bool_and(planned)"
        )

    def _all(self, query: str) -> list[tuple[Any, ...]]:
        return self._db.execute(query).fetchall()

    def _by_variant(self, query: str) -> list[list[tuple[Any, ...]]]:
        """Return, by variant, the rows of a query whose first column is the variant."""
        found: list[list[tuple[Any, ...]]] = [[] for _ in self._catalogs]
        for variant, *row in self._all(query):
            found[variant].append(tuple(row))
        return found

    def batches(self) -> Iterator[list[Record]]:
        """Yield the records in batches."""
        some = self._db.cursor().sql("SELECT * FROM stored ORDER BY number, variant")
        yield from (batch.to_pylist() for batch in some.to_arrow_reader(ORDERS_AT_ONCE))

    @property
    def common(self) -> int:
        """Number of orders that every variant packs completely."""
        return int(self._all("SELECT count(*) FROM everywhere")[0][0])

    def totals(self, *, common: bool) -> list[CatalogTotals]:
        """Return the sums of each variant over all orders, or over those that every variant packs completely."""
        source = "records SEMI JOIN everywhere USING (number)" if common else "records"

        def counts(what: str, count: str = "count(*)") -> list[dict[Any, Any]]:
            rows = self._by_variant(
                f"SELECT variant, kind, {count} FROM (SELECT *, {what} AS kind FROM {source}) GROUP BY ALL"
            )
            return [dict(row) for row in rows]

        statuses, unpriced = counts("status"), counts("unnest(unpriced)")
        marks, boxes = counts("unnest(marks)"), counts("unnest(boxes)")
        held = counts(
            "status", "sum(units - packed_units - coalesce(list_sum([unit.units for unit in unpacked]), 0))::BIGINT"
        )
        left = self._by_variant(
            f"SELECT variant, u.reason, sum(u.units)::BIGINT FROM (SELECT variant, unnest(unpacked) AS u FROM {source})"
            " GROUP BY ALL"
        )
        shipped = "FILTER (parcels > 0)"
        prices = ", ".join(
            f"count(DISTINCT {kind}_currency) {shipped} AS {kind}_currencies,"
            f" any_value({kind}_currency) {shipped} AS {kind}_currency,"
            f" count({kind}_currency) {shipped} AS {kind}_known, sum({kind}_minor) {shipped} AS {kind}_minor"
            for kind in ("packaging", "carriage")
        )
        sums = self._db.execute(f"""
            SELECT variant, {", ".join(f"{query} AS {name}" for name, query in _SUMS.items())},
                {", ".join(f"sum(mass_mg.{kind.value}) AS {kind.value}" for kind in Component)},
                count(*) {shipped} AS shipped, count(chargeable_mg) AS billed,
                sum(chargeable_mg) AS billed_mg, {prices}
            FROM {source} GROUP BY variant""")
        names = [column[0] for column in sums.description or ()]
        rows = {row[0]: dict(zip(names, row, strict=True)) for row in sums.fetchall()}
        judged = self._by_variant(f"""
            SELECT variant, v.rule, v.outcome, v.keeps, count(*)
            FROM (SELECT variant, unnest(verdicts) AS v FROM {source})
            GROUP BY ALL ORDER BY v.rule, v.keeps DESC, 5 DESC, v.outcome""")
        grams = self._by_variant(f"""
            SELECT variant, f.profile_id, f.allocation, {_FIGURES}
            FROM (SELECT variant, unnest(footprints) AS f, generate_subscripts(footprints, 1) AS nth FROM {source})
            GROUP BY variant, f.profile_id, f.allocation ORDER BY min(nth)""")
        found = []
        for index, catalog in enumerate(self._catalogs):
            row: dict[str, Any] = rows.get(index) or dict.fromkeys(names)
            unpacked, billed = dict(left[index]), row["shipped"] and row["billed"] == row["shipped"]
            found.append(
                CatalogTotals(
                    **{name: int(row[name] or 0) for name in _SUMS},
                    orders=tuple((status, statuses[index].get(status.value, 0)) for status in OrderStatus),
                    handling_marks=tuple((m, marks[index][m.value]) for m in HandlingMark if m.value in marks[index]),
                    box_use=tuple(
                        (box_type.box_type_id, boxes[index].get(box_type.box_type_id, 0))
                        for box_type in catalog.box_types
                    ),
                    packaging_mg=tuple(
                        (kind, int(mass)) for kind in Component if (mass := row[kind.value]) is not None
                    ),
                    chargeable_mg=int(row["billed_mg"]) if billed else None,
                    packaging_price=_price(row, "packaging"),
                    carriage_price=_price(row, "carriage"),
                    unpriced=tuple(sorted(unpriced[index])),
                    footprints=tuple(map(_figures, grams[index])),
                    unpacked=tuple((r, unpacked[r.value]) for r in UnpackedReason if r.value in unpacked),
                    held=tuple((s, held[index][s.value]) for s in OrderStatus if held[index].get(s.value)),
                    verdicts=tuple(
                        (rule, tuple((outcome, keeps, count) for _, outcome, keeps, count in some))
                        for rule, some in groupby(judged[index], key=itemgetter(0))
                    ),
                )
            )
        return found

    def comparisons(self) -> list[Comparison]:
        """Return the comparisons of variants, on figures known with both.

        Each variant of another catalog is compared with the first catalog under the same carrier service and policy.
        The other variants of the first catalog come last, compared with its first variant.
        """
        orders = dict(self._all("SELECT second, count(*) FROM pairs GROUP BY second"))
        covered: list[list[FootprintPair]] = [[] for _ in self._catalogs]
        sides = ", ".join(_FIGURES.replace("f.", f"{side}.") for side in "ab")
        for second, profile, allocation, count, *sums in self._all(f"""
            SELECT second, a.profile_id, a.allocation, count(*), {sides} FROM footprint_pairs
            GROUP BY second, a.profile_id, a.allocation ORDER BY second, min(nth), 2, 3"""):
            key, half = (profile, allocation), len(sums) // 2
            covered[second].append(FootprintPair(_figures([*key, *sums[:half]]), _figures([*key, *sums[half:]]), count))
        # A component without a line is missing, not zero.
        carried = {
            (second, *pair.first.key, kind in CARRIED)
            for second, pairs in enumerate(covered)
            for pair in pairs
            for figures in (pair.first, pair.second)
            for kind, _ in figures.co2e_mg
        }
        metrics: list[list[MetricComparison]] = [[] for _ in self._catalogs]
        part = f"hash(number) % {_GROUPS}" if self.orders > _GROUPS else "number"
        for second, place, profile_id, allocation, count, *sums, unit, other_unit, ones, others in self._all(
            _COMPARED.format(part=part)
        ):
            metric, key = _METRICS[place], (profile_id, Allocation(allocation) if allocation else None)
            parted = metric in (Metric.CO2E_PACKAGING, Metric.CO2E_TRANSPORT)
            if metric is Metric.SURCHARGES and not any(sums):
                continue
            if unit == other_unit and not (parted and (second, *key, metric is Metric.CO2E_TRANSPORT) not in carried):
                interval = relative_interval(ones, others)
                first, other, lower, higher = _whole(sums)
                figure = MetricComparison(metric, int(count), first, other, lower, higher, *key, unit, interval)
                metrics[second].append(figure)
        known = [metric for metric in _OF_ORDERS if metric not in _MONEY and metric is not Metric.CHARGEABLE]
        nothing = tuple(MetricComparison(metric, 0, 0, 0, 0, 0) for metric in known)
        return [
            Comparison(
                self.base_of(second),
                second,
                orders.get(second, 0),
                tuple(metrics[second]) or nothing,
                tuple(covered[second]),
            )
            for second in (*range(self._ways, len(self._catalogs)), *range(1, self._ways))
        ]

    def base_of(self, variant: int) -> int:
        """Return the variant with which a variant is compared; variants of the first catalog are compared with 0."""
        return variant % self._ways if variant >= self._ways else 0

    def flow(self, second: int, by: str = "first_into, second_into") -> dict[tuple[str, ...], Change]:
        """Return, by the boxes of an order with either variant, the sums of the orders that both pack completely.

        The second variant is compared with its base. ``by`` ``country`` gives sums by destination; its key is empty if
        the destination is unknown.
        """
        rows = self._all(f"""
            SELECT [{by}], count(*), sum(first_um3), sum(second_um3), count(first_minor),
                sum(first_minor), sum(second_minor) FROM pairs WHERE second = {second} GROUP BY ALL""")
        return {tuple(key): Change(*_whole(sums)) for key, *sums in rows}

    def worst(self, variant: int, *, money: bool) -> tuple[list[Drawn], list[Drawn]]:
        """Return the orders of a variant with the greatest losses, and the emptiest ones, at most ``MAX_WORST`` each.

        Only the first of several equal orders is listed; orders with many units are not listed.
        """
        shown = f"units <= {MAX_EXAMPLE_UNITS}"
        losing: list[tuple[Any, ...]] = []
        if variant:
            more = "second_minor - first_minor" if money else "second_um3 - first_um3"
            losing = self._all(f"""
                SELECT min(number), alike, {more} AS more FROM pairs
                WHERE second = {variant} AND {shown} AND {more} > 0 GROUP BY alike, more ORDER BY more DESC, 1""")
        emptiest: list[tuple[Any, ...]] = []
        if not isinstance(self._catalogs[variant], AsShipped):
            emptiest = self._all(f"""
                SELECT min(number), alike, empty_um3 FROM records WHERE variant = {variant} AND planned AND {shown}
                GROUP BY alike, empty_um3 ORDER BY empty_um3 DESC, 1 LIMIT {2 * MAX_WORST}""")
        kept = {alike: number for number, alike, _ in reversed(losing[:MAX_WORST])}
        first = [number for number, alike, _ in losing[:MAX_WORST] if kept[alike] == number]
        rest = [number for number, alike, _ in emptiest if alike not in kept][: MAX_WORST - len(first)]
        return self._drawn(first), self._drawn(rest)

    def _drawn(self, numbers: Sequence[int]) -> list[Drawn]:
        if not numbers:
            return []
        listed = ", ".join(map(str, numbers))
        rows = self._all(f"SELECT number, batch, place FROM records WHERE variant = 0 AND number IN ({listed})")
        found = {row[0]: Drawn(*row) for row in rows}
        return [found[number] for number in numbers]

    def users(self, variant: int) -> dict[str, tuple[int, list[Drawn]]]:
        """Return, by box type id, the number of orders that use it and a random sample of them."""
        rows = self._all(f"""
            SELECT box, count(*) OVER (PARTITION BY box), number, batch, place, {", ".join(_COST)}
            FROM (SELECT *, unnest(list_distinct(boxes)) AS box FROM records WHERE variant = {variant} AND planned)
            WHERE box <> '' QUALIFY row_number() OVER (PARTITION BY box ORDER BY rank DESC, number) <= {PER_BOX}
            ORDER BY box, number""")
        found: dict[str, tuple[int, list[Drawn]]] = {}
        for box, orders, number, batch, place, *cost in rows:
            drawn = Drawn(number, batch, place, dict(zip(_COST, cost, strict=True)))
            found.setdefault(box, (orders, []))[1].append(drawn)
        return found

    def air(self, main: int) -> list[SkuAir]:
        """Return the SKUs with the most empty volume by a variant, at most ``MAX_SKUS``."""
        base = self.base_of(main)
        rows = self._all(f"""
            SELECT s.sku, count(DISTINCT number) FILTER (variant = {main}), sum(s.units) FILTER (variant = {main}),
                sum(empty_um3 * s.share) FILTER (variant = {base}),
                sum(empty_um3 * s.share) FILTER (variant = {main}) AS air
            FROM (SELECT number, variant, empty_um3::DOUBLE AS empty_um3, unnest(skus) AS s
                FROM records SEMI JOIN everywhere USING (number) WHERE variant IN ({base}, {main}))
            GROUP BY s.sku ORDER BY air DESC, s.sku LIMIT {MAX_SKUS}""")
        return [SkuAir(sku, orders, int(units), first, main_um3) for sku, orders, units, first, main_um3 in rows]

    def failures(self) -> list[Failures]:
        """Return the orders that each variant does not plan completely."""
        counts = self._by_variant("SELECT variant, count(*) FROM records WHERE NOT planned GROUP BY ALL")
        place = "row_number() OVER (PARTITION BY variant ORDER BY number)"
        named = self._by_variant(f"""
            SELECT variant, order_id, status, packed_units, units, reason, unpacked FROM records WHERE NOT planned
            QUALIFY {place} <= {MAX_NAMED} ORDER BY number""")
        more = self._by_variant(f"""
            SELECT variant, reason, count(*) FROM (
                SELECT variant, number, reason FROM records WHERE NOT planned QUALIFY {place} > {MAX_NAMED})
            GROUP BY ALL ORDER BY min(number)""")
        found = []
        for orders, names, reasons in zip(counts, named, more, strict=True):
            counted = Counter(dict(reasons[:MAX_REASONS]))
            if rest := sum(count for _, count in reasons[MAX_REASONS:]):
                counted["other reasons"] += rest
            failed = tuple(
                FailedOrder(
                    *(order_id, OrderStatus(status), packed, units),
                    tuple(
                        f"line {out['line_id']}, {out['units']}×: {out['reason'].replace('_', ' ')} ({out['rule']})"
                        for out in unpacked
                    )
                    or (reason,),
                )
                for order_id, status, packed, units, reason, unpacked in names
            )
            found.append(Failures(orders[0][0] if orders else 0, failed, counted))
        return found

    def errors(self) -> list[list[tuple[str, int, int]]]:
        """Return, for each variant, the reasons of failed orders as (reason, number of orders, first order)."""
        return self._by_variant(
            "SELECT variant, reason, count(*), min(number) FROM records WHERE status = 'error' GROUP BY ALL"
            " ORDER BY 3 DESC, 4"
        )

    def warnings(self) -> list[Warned]:
        """Return the warnings of the plans by kind, the most frequent first."""
        rows = self._all(f"""
            SELECT w.code, count(DISTINCT number) AS orders, arg_min(order_id, nth), arg_min(w.text, nth),
                arg_min(variant, nth)
            FROM (SELECT number, variant, number * {len(self._catalogs)} + variant AS nth, order_id,
                unnest(warnings) AS w FROM records) GROUP BY w.code ORDER BY orders DESC, w.code""")
        return [Warned(*row) for row in rows]

    def versions(self) -> list[tuple[str, ...]]:
        """Return data version, data hash and engine version of the plans; several rows if these differ."""
        return [
            tuple(versions) for (versions,) in self._all("SELECT DISTINCT versions FROM records ORDER BY 1") if versions
        ]

    def audit(self) -> Counter[Audit]:
        """Return the number of orders per audit result; empty without the boxes really used."""
        used = next((at for at, catalog in enumerate(self._catalogs) if isinstance(catalog, AsShipped)), -1)
        rows = self._all(
            f"SELECT audit, count(*) FROM records WHERE variant = {used} AND audit IS NOT NULL GROUP BY ALL"
            " ORDER BY min(number)"
        )
        return Counter({Audit(answer): count for answer, count in rows})


def numbered(table: Any, first: int, batch: int, variants: int) -> Any:
    """Return records with the columns ``number`` and ``batch`` added."""
    numbers = first + np.arange(table.num_rows) // variants
    table = table.append_column("number", pa.array(numbers, pa.int64()))
    return table.append_column("batch", pa.array(np.full(table.num_rows, batch), pa.int64()))


def _whole(values: Sequence[Any]) -> list[int]:
    return [int(value or 0) for value in values]


def _figures(row: Sequence[Any]) -> FootprintFigures:
    profile_id, allocation, *rest = row
    amounts, (absolute, unverified, graded, missing, hubs) = rest[: len(Component)], rest[len(Component) :]
    return FootprintFigures(
        profile_id,
        Allocation(allocation),
        co2e_mg=tuple(
            (kind, int(amount)) for kind, amount in zip(Component, amounts, strict=True) if amount is not None
        ),
        absolute_mg=int(absolute),
        unverified_mg=int(unverified),
        graded_mg=tuple(zip(SourceGrade, _whole(graded), strict=True)),
        missing=frozenset(map(Lack.read, missing)),
        hubs_unstated=hubs,
    )


def _price(sums: Mapping[str, Any], kind: str) -> Money | None:
    """Return a sum of prices; None unless all shipped orders have one, in the same currency."""
    if sums[f"{kind}_currencies"] != 1 or sums[f"{kind}_known"] < sums["shipped"]:
        return None
    return Money(int(sums[f"{kind}_minor"]), sums[f"{kind}_currency"])
