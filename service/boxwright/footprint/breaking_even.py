"""The number of trips after which a reusable box emits less than single-use boxes."""

import enum
from dataclasses import dataclass, replace

from boxwright.catalog.materials import Materials
from boxwright.domain.factor import AccountingProfile, Stage
from boxwright.domain.footprint import FootprintLine, PackagingComponent
from boxwright.domain.lack import Lack, NotStated
from boxwright.footprint.line import Rate
from boxwright.footprint.packaging import packaging_rates, reuse_rates


class BreakEvenOutcome(enum.StrEnum):
    """Result of comparing a reusable box with single-use boxes."""

    REACHED = "reached"
    """It emits less within the trips of its life."""
    NOT_WITHIN_LIFE = "not_within_life"
    """It emits less only after more trips than its life has."""
    NEVER = "never"
    """It never emits less: its return and washing alone emit at least as much."""
    UNKNOWN = "unknown"
    """A factor is missing."""


@dataclass(frozen=True, slots=True)
class BreakEven:
    """A reusable box compared with a single-use box under one profile."""

    profile_id: str
    outcome: BreakEvenOutcome
    trips: int | None
    """Minimum number of trips at which a use of the reusable box emits at most as much as the other; None if never or
    unknown."""
    life_trips: int
    life_mg: int
    """Emissions of production and end of life of the reusable box with its idle stock, in mg CO2e."""
    use_mg: int
    """Emissions of its return trip and washing per use, in mg CO2e."""
    single_mg: int
    """Emissions of production and end of life of the single-use box, in mg CO2e."""
    lines: tuple[FootprintLine, ...]
    """Lines whose sums are ``life_mg`` and ``use_mg``."""
    single_lines: tuple[FootprintLine, ...]
    """Lines whose sum is ``single_mg``."""
    missing: tuple[Lack, ...]
    missing_scope: tuple[Lack, ...] = ()
    """Facts about the reusable box that are not stated; they would raise its emissions and the trips to break even."""


def trips_to_break_even(life_mg: int, use_mg: int, single_mg: int) -> int | None:
    """Return the fewest trips ``n`` with ``life / n + use <= single``, or None; arguments as in ``BreakEven``.

    ``n = ceil((E_prod + E_eol)(1 + idle) / (E_single - E_return - E_clean))``.
    """
    margin = single_mg - use_mg
    return None if margin <= 0 else max(1, -(-life_mg // margin))


def break_even(
    reusable: PackagingComponent, single_use: PackagingComponent, profile: AccountingProfile, materials: Materials
) -> BreakEven:
    """Return the break-even of a reusable box against the single-use box that it replaces, packaging only.

    ``reusable`` has the trips of its life, and its reuse.
    """
    one_life = list(packaging_rates(replace(reusable, trips=1), profile, materials))
    other = list(packaging_rates(single_use, profile, materials))
    lines = tuple(rate.line(reusable.mass_mg) for rate in one_life if isinstance(rate, Rate))
    single_lines = tuple(rate.line(single_use.mass_mg) for rate in other if isinstance(rate, Rate))
    lacking = dict.fromkeys(lack for lack in (*one_life, *other) if isinstance(lack, Lack))
    missing = tuple(lack for lack in lacking if not isinstance(lack, NotStated))
    use_mg = sum(line.co2e_mg for line in lines if line.stage is Stage.REUSE)
    life_mg = sum(line.co2e_mg for line in lines) - use_mg
    single_mg = sum(line.co2e_mg for line in single_lines)
    trips = None if missing else trips_to_break_even(life_mg, use_mg, single_mg)
    if missing:
        outcome = BreakEvenOutcome.UNKNOWN
    elif trips is None:
        outcome = BreakEvenOutcome.NEVER
    else:
        outcome = BreakEvenOutcome.REACHED if trips <= reusable.trips else BreakEvenOutcome.NOT_WITHIN_LIFE
    return BreakEven(
        profile.profile_id,
        outcome,
        trips,
        reusable.trips,
        life_mg,
        use_mg,
        single_mg,
        lines,
        single_lines,
        missing,
        tuple(lack for lack in reuse_rates(reusable, profile) if isinstance(lack, NotStated)),
    )
