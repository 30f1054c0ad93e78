"""Lifting: what several units weigh together, and the marks of heavy parcels, worked out anew from the profile."""

from collections.abc import Iterator
from decimal import Decimal

from boxwright.checking.case import ParcelCase
from boxwright.checking.listed import listed
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.checking.wording import g
from boxwright.errors import InvalidInputError
from boxwright.units import MG_PER_KG


def wrong_lifting(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield whether a parcel of several units is too heavy to lift, and whether its marks are wrong.

    What lies in a started parcel stays, however heavy: with nothing added it is not judged by the limit.
    """
    try:
        profile = case.premises.materials.lifting_profile(case.premises.policy.lifting_profile)
    except InvalidInputError as error:
        yield case.broken(ViolationKind.OVER_LIFTING_LIMIT, f"what may be lifted cannot be judged: {error}")
        return
    if not case.envelopes:
        return
    kg = Decimal(case.gross_mg) / MG_PER_KG
    limit = profile.several_at_most_kg
    if limit is not None and kg > limit and not _stays(case) and _several(case):
        weighs = f"{len(case.envelopes)} units weigh {g(case.gross_mg)} gross together"
        detail = f"{weighs}, at most {limit:f} kg allowed by {profile.profile_id}"
        yield case.broken(ViolationKind.OVER_LIFTING_LIMIT, detail)
    heavy, team = profile.heavy_above_kg, profile.team_lift_above_kg
    true = ["heavy"] * (heavy is not None and kg > heavy) + ["team_lift"] * (team is not None and kg > team)
    stated = case.parcel.handling_marks
    if not isinstance(stated, tuple) or list(stated) != true:
        detail = f"is marked {stated!r:.80} at {g(case.gross_mg)} gross, {profile.profile_id} says {true}"
        yield case.broken(ViolationKind.WRONG_HANDLING_MARK, detail)


def _stays(case: ParcelCase) -> bool:
    """Whether a parcel was started and holds just what lay in it."""
    lay = {each.started_parcel_id: len(each.placements) for each in case.premises.started}
    name = case.parcel.started_parcel_id
    return isinstance(name, str) and lay.get(name) == len(listed(case.parcel.placements))


def _several(case: ParcelCase) -> bool:
    """Whether units are neither a single one nor one whole keep-together group."""
    if len(case.envelopes) == 1:
        return False
    (group, *others) = {each.item.keep_together_group for each in case.envelopes}
    whole = sum(line.quantity for line in case.premises.order.lines if line.keep_together_group == group)
    return bool(others) or not group or len(case.envelopes) != whole
