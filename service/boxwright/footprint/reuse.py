"""Reusable packaging: its life spread over its trips, its way back and its washing."""

from collections.abc import Iterator
from fractions import Fraction

from boxwright.domain.factor import AccountingProfile, Component, Coverage, Stage
from boxwright.domain.footprint import NOT_WASHED, PackagingComponent, Reuse
from boxwright.domain.lack import Lack, NotStated
from boxwright.domain.lane import TransportMode
from boxwright.footprint.line import Rate
from boxwright.footprint.mass_data import PartData
from boxwright.footprint.transport import SPLIT
from boxwright.units import MG_PER_TONNE

NO_WAY_BACK, NO_WASHING = "way back not stated", "washing not stated"
"""What a footprint of reusable packaging lacks where nobody says how it comes back clean."""


def lives(part: PackagingComponent) -> Fraction:
    """Return how many lives of a piece one use takes: ``(1 + idle) / trips``."""
    idle = Fraction(str(part.reuse.idle_share)) if part.reuse else Fraction(0)
    return (1 + idle) / part.trips


def life_rule(part: PackagingComponent) -> str:
    """Return in words how a part's mass is spread over its uses; empty for a part that is used once."""
    words = f"over {part.trips:,} trips" if part.trips > 1 else ""
    if part.reuse and part.reuse.idle_share:
        words = f"{words or 'used once'}, with {part.reuse.idle_share:g} idle pieces per piece in use"
    return words


def reuse_rates(
    part: PackagingComponent, profile: AccountingProfile, basis: PartData | None = None
) -> Iterator[Rate | Lack]:
    """Yield the lines of one use's way back and washing, or the names of what is missing.

    Of what is used more than once, a way back or washing that nobody stated is missing: it does come back, and is
    washed unless ``washing_factor_id`` says ``none``.

    The way back is the mass of the piece times the distance as driven, by the profile's default road vehicle. Washing
    is one piece by the factor that the part names.

    Parameters
    ----------
    part : PackagingComponent
        With its reuse.
    profile : AccountingProfile
        Coverage and factors.
    basis : PartData, optional
        What its mass stands on. Default: it is exact.
    """
    reuse = part.reuse or Reuse()
    outside = profile.cell(part.component, Stage.REUSE).coverage in (Coverage.INCLUDED, Coverage.OUTSIDE)
    if outside:
        return
    if reuse.return_distance_km:
        yield from _way_back(part, Fraction(str(reuse.return_distance_km)), profile, basis or PartData())
    elif part.trips > 1:
        yield NotStated(part.component, Stage.REUSE, NO_WAY_BACK)
    if not reuse.washing_factor_id and part.trips > 1:
        yield NotStated(part.component, Stage.REUSE, NO_WASHING)
    elif reuse.washing_factor_id not in ("", NOT_WASHED):
        name = reuse.washing_factor_id
        factor = profile.factor(name, Stage.REUSE) or profile.factor_of_id(name)
        if factor is None or factor.stage is not Stage.REUSE:
            yield Lack(part.component, Stage.REUSE, f"washing by {name}")
        else:
            yield Rate(part.component, factor, Fraction(0), fixed=Fraction(1), rule="one piece washed per use")


def _way_back(
    part: PackagingComponent, distance_km: Fraction, profile: AccountingProfile, basis: PartData
) -> Iterator[Rate | Lack]:
    vehicle = profile.vehicle(TransportMode.ROAD)
    if part.mass_mg == 0:
        yield Lack(part.component, Stage.REUSE, "return of unknown mass")
        return
    whole = profile.factor(vehicle, Stage.TRANSPORT_WTW)
    if whole is not None:
        found = [(Stage.TRANSPORT_WTW, whole)]
    else:
        found = [
            (stage, profile.factor(vehicle, stage))  # type: ignore[misc]  # None is a lack below
            for stage in SPLIT
            if profile.cell(Component.TRANSPORT, stage).coverage not in (Coverage.INCLUDED, Coverage.OUTSIDE)
        ]
    for stage, factor in found:
        if factor is None:
            subject = vehicle or "road without a default transport class"
            yield Lack(part.component, Stage.REUSE, f"return by {subject}, {stage.value}")
        else:
            rule = f"empty way back of {float(distance_km):g} km, {stage.value.removeprefix('transport_').upper()}"
            stands_on = tuple(each.datum_id for each in basis.mass)
            per_mg = distance_km / MG_PER_TONNE
            yield Rate(part.component, factor, per_mg, rule=rule, stage=Stage.REUSE, data=stands_on)
