"""Marks on a parcel for those who handle it."""

import enum


class HandlingMark(enum.StrEnum):
    """What a parcel is marked with, by the lifting profile."""

    HEAVY = "heavy"
    TEAM_LIFT = "team_lift"

    @property
    def words(self) -> str:
        """As a person reads it."""
        return {HandlingMark.HEAVY: "HEAVY", HandlingMark.TEAM_LIFT: "TEAM LIFT"}[self]
