"""What the lifting profile says of parcels: how heavy several units may be together, and which parcels are marked."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from boxwright import units
from boxwright.catalog.rows import LiftingProfile
from boxwright.domain.box import BoxType
from boxwright.domain.handling_mark import HandlingMark
from boxwright.domain.plan import Parcel
from boxwright.domain.warning import PlanWarning, WarningCode
from boxwright.planning.parts.box_facts import MOST_KEPT
from boxwright.units import MG_PER_KG


def most_of_several_mg(profile: LiftingProfile) -> int | None:
    """Return the most that a parcel of several units may weigh gross, in mg; None is unlimited."""
    return None if profile.several_at_most_kg is None else int(profile.several_at_most_kg * MG_PER_KG)


@lru_cache(maxsize=MOST_KEPT)
def for_several(box: BoxType, profile: LiftingProfile) -> BoxType:
    """Return a box type with the gross limit that binds a parcel of several units; itself where it has a lower one."""
    return box.with_max_gross_mg(most_of_several_mg(profile))


def lifting_words(profile: LiftingProfile) -> str:
    """Return the limit in words; empty where there is none."""
    most = most_of_several_mg(profile)
    return (
        ""
        if most is None
        else f"at most {units.exact(most, MG_PER_KG)} kg gross of several units, by {profile.profile_id}"
    )


def handling_marks(gross_mg: int, profile: LiftingProfile) -> tuple[HandlingMark, ...]:
    """Return the marks of a parcel of a gross mass in mg."""
    marks = ((HandlingMark.HEAVY, profile.heavy_above_kg), (HandlingMark.TEAM_LIFT, profile.team_lift_above_kg))
    return tuple(mark for mark, above_kg in marks if above_kg is not None and gross_mg > above_kg * MG_PER_KG)


def lifting_warnings(profile: LiftingProfile, parcels: Sequence[Parcel]) -> Iterator[PlanWarning]:
    """Yield which parcels two people must lift, and that the figures for marks are unverified where they are."""
    for number, parcel in enumerate(parcels, start=1):
        if HandlingMark.TEAM_LIFT in parcel.handling_marks:
            text = f"parcel {number} weighs {parcel.gross_mg / MG_PER_KG:.1f} kg gross: lift it in a team"
            yield PlanWarning(WarningCode.TEAM_LIFT, "policy.lifting_profile", text)
    if not profile.read_in_source and any(parcel.handling_marks for parcel in parcels):
        text = f"lifting profile {profile.profile_id!r}: its figures are unverified"
        yield PlanWarning(WarningCode.UNVERIFIED_LIFTING_PROFILE, "policy.lifting_profile", text)
