"""A plan as plain data in mm, g and mg CO2e, for people and other programs."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from boxwright.domain.bench import BenchWords
from boxwright.domain.comparison import Comparison
from boxwright.domain.factor import CoverageCell
from boxwright.domain.order import ECHOED, Order
from boxwright.domain.plan import Plan
from boxwright.export.canonical import canonical_hash
from boxwright.export.nouns import BENCH, CELL, COMPARISON, PLAN


def plan_to_dict(
    plan: Plan, *, with_profiles: bool = True, bench: Sequence[BenchWords] = (), order: Order | None = None
) -> dict[str, Any]:
    """Return a plan as plain data: texts, numbers, booleans, lists and dicts.

    Lengths are in mm, masses in g, emissions in mg CO2e. Quantities that a double may not hold exactly
    (volumes, bounds, amounts of activity, factors) are decimal numbers as text. :func:`plan_from_dict` reads it
    back whole.

    Parameters
    ----------
    plan : Plan
        The plan.
    with_profiles : bool, optional
        Whether it states the coverage of its accounting profiles, as :func:`profiles_to_list` does. Default True; False
        where many plans have theirs in common.
    bench : sequence of BenchWords, optional
        Each parcel in words, for its field ``bench``. Default none.
    order : Order, optional
        Whose SKUs, descriptions and barcodes placements repeat. Default None: none of them.
    """
    profiles = {"profiles": profiles_to_list(coverage_of([plan]))} if with_profiles else {}
    content = PLAN.write(plan)
    if order is not None:
        _repeat(order, content)
    for parcel, words in zip(content["parcels"], bench, strict=bool(bench)):
        parcel["bench"] = BENCH.write(words)
    return {**content, **profiles, "canonical_hash": canonical_hash(plan)}


def _repeat(order: Order, content: dict[str, Any]) -> None:
    """Write into each placement what its order line has of SKU, description and barcode."""
    said = {line.line_id: {name: text for name in ECHOED if (text := getattr(line, name))} for line in order.lines}
    for parcel in content["parcels"]:
        for placement in parcel["placements"]:
            placement |= said[placement["line_id"]]


def coverage_of(plans: Iterable[Plan]) -> dict[str, tuple[CoverageCell, ...]]:
    """Return the coverage of each accounting profile that plans are counted by."""
    return {each.profile_id: each.coverage for plan in plans for each in plan.footprints}


def profiles_to_list(coverage: Mapping[str, Sequence[CoverageCell]]) -> list[dict[str, Any]]:
    """Return accounting profiles with their coverage as plain data."""
    return [
        {"profile_id": profile_id, "coverage": [CELL.write(cell) for cell in cells]}
        for profile_id, cells in coverage.items()
    ]


def comparison_to_dict(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as plain data; differences are the first plan less the second, emissions in mg CO2e."""
    return COMPARISON.write(comparison)
