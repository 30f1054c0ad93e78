"""After how many trips a reusable box emits less than boxes that are used once."""

import enum
from dataclasses import dataclass, replace

from boxwright.catalog.materials import Materials
from boxwright.domain.factor import AccountingProfile, Stage
from boxwright.domain.footprint import FootprintLine, PackagingComponent
from boxwright.domain.lack import Lack, NotStated
from boxwright.footprint.line import Rate
from boxwright.footprint.packaging import packaging_rates
from boxwright.footprint.reuse import reuse_rates


class BreakEvenOutcome(enum.StrEnum):
    """Whether a reusable box comes to emit less than one used once."""

    REACHED = "reached"
    NOT_WITHIN_LIFE = "not_within_life"
    NEVER = "never"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class BreakEven:
    """A reusable box against a box that is used once, under one profile.

    Attributes
    ----------
    profile_id : str
        The accounting profile.
    outcome : BreakEvenOutcome
        ``reached`` within the trips of its life; ``not_within_life``: only past them, so not in practice; ``never``:
        each use alone emits as much; ``unknown``: a factor is missing.
    trips : int or None
        Least trips at which a use of the reusable box emits no more than the other; None where never or unknown.
    life_trips : int
        Trips of the reusable box's life.
    life_mg : int
        Its making and end of life with the idle stock, in mg CO2e.
    use_mg : int
        Its way back and washing per use, in mg CO2e.
    single_mg : int
        The box that is used once, making and end of life, in mg CO2e.
    lines, single_lines : tuple of FootprintLine
        What ``life_mg`` and ``use_mg``, and what ``single_mg`` are the sums of.
    missing : tuple of Lack
        What has no factor, as ``component/stage: subject``.
    missing_scope : tuple of Lack
        What nobody stated of the reusable box, as in footprints: with it a use emits more, so it takes more trips.
    """

    profile_id: str
    outcome: BreakEvenOutcome
    trips: int | None
    life_trips: int
    life_mg: int
    use_mg: int
    single_mg: int
    lines: tuple[FootprintLine, ...]
    single_lines: tuple[FootprintLine, ...]
    missing: tuple[Lack, ...]
    missing_scope: tuple[Lack, ...] = ()

    @property
    def per_use_mg(self) -> int:
        """What one use emits over the whole life, in mg CO2e, half to even."""
        return round(self.life_mg / self.life_trips) + self.use_mg


def trips_to_break_even(life_mg: int, use_mg: int, single_mg: int) -> int | None:
    """Return the least trips ``n`` with ``life / n + use <= single``; None where no number of trips does.

    ``n = ceil((E_prod + E_eol)(1 + idle) / (E_single - E_return - E_clean))``.

    Parameters
    ----------
    life_mg : int
        Making and end of life of the reusable box with its idle stock, in mg CO2e.
    use_mg : int
        Way back and washing of each use, in mg CO2e.
    single_mg : int
        The box that is used once, in mg CO2e.
    """
    margin = single_mg - use_mg
    return None if margin <= 0 else max(1, -(-life_mg // margin))


def break_even(
    reusable: PackagingComponent, single_use: PackagingComponent, profile: AccountingProfile, materials: Materials
) -> BreakEven:
    """Return after how many trips a reusable box emits less than one used once, packaging only.

    Parameters
    ----------
    reusable : PackagingComponent
        With trips of its life and reuse.
    single_use : PackagingComponent
        The box that it stands for.
    profile : AccountingProfile
        Coverage and factors; the same for both.
    materials : Materials
        Holds the carbon contents.
    """
    one_life = list(packaging_rates(replace(reusable, trips=1), profile, materials))
    other = list(packaging_rates(single_use, profile, materials))
    lines = tuple(each.line(reusable.mass_mg) for each in one_life if isinstance(each, Rate))
    single_lines = tuple(each.line(single_use.mass_mg) for each in other if isinstance(each, Rate))
    lacking = dict.fromkeys(each for each in (*one_life, *other) if isinstance(each, Lack))
    missing = tuple(each for each in lacking if not isinstance(each, NotStated))
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
        tuple(each for each in reuse_rates(reusable, profile) if isinstance(each, NotStated)),
    )
