"""How reusable packaging comes back: idle stock, the empty way home, washing."""

from collections.abc import Iterator
from dataclasses import dataclass

from boxwright.domain.fields import is_number, own_numbers, refuse, shown, too_wordy
from boxwright.domain.limits import MAX_NAME_LENGTH
from boxwright.errors import FieldViolation

MOST_RETURN_KM = 50_000
"""Longest way back, in km."""

LEAST_RETURN_KM = 0.001
"""Shortest way back that is not 0, in km; an own rule, as for legs."""

NOT_WASHED = "none"
"""What ``washing_factor_id`` says of packaging that is never washed."""

MOST_IDLE_SHARE = 10
"""Most pieces in stock per piece in use."""


@dataclass(frozen=True)
class Reuse:
    """What a reusable box needs beside its trips.

    Parameters
    ----------
    idle_share : float, optional
        Pieces that lie idle per piece in use, 0 to 10: they are made and scrapped as well. Default 0.
    washing_factor_id : str, optional
        Factor of washing one piece: the id of its row, or the subject of a row of stage ``reuse``, so that each profile
        can have its own; ``none``: it is never washed. Default empty: not stated, so that washing is missing.
    return_distance_km : float, optional
        Way that it travels back empty after each trip, in km as driven, 0 to 50,000. Default 0: not stated, so that the
        way back is missing.

    Raises
    ------
    InvalidInputError
        With every broken rule.
    """

    idle_share: float = 0.0
    washing_factor_id: str = ""
    return_distance_km: float = 0.0

    def __post_init__(self) -> None:
        own_numbers(self)
        broken = list(reuse_rules(self.idle_share, self.washing_factor_id, self.return_distance_km))
        refuse(broken)
        object.__setattr__(self, "idle_share", float(self.idle_share))
        object.__setattr__(self, "return_distance_km", float(self.return_distance_km))

    @property
    def free(self) -> bool:
        """Whether neither way back nor washing is stated, so that a use counts nothing beside its share of a life."""
        return not self.return_distance_km and not self.washing_factor_id


def reuse_rules(idle_share: object, washing_factor_id: object, return_distance_km: object) -> Iterator[FieldViolation]:
    """Yield the rules that the terms of reuse break, by the names of Reuse."""
    for name, value, most in (
        ("idle_share", idle_share, MOST_IDLE_SHARE),
        ("return_distance_km", return_distance_km, MOST_RETURN_KM),
    ):
        if not is_number(value, 0, most):
            yield FieldViolation(name, f"must be from 0 to {most:,}, got {shown(value)}")
        elif name == "return_distance_km" and 0 < value < LEAST_RETURN_KM:
            yield FieldViolation(name, f"must be 0 or at least {LEAST_RETURN_KM:g}, got {shown(value)}")
    if not isinstance(washing_factor_id, str):
        yield FieldViolation("washing_factor_id", f"must be a text, got {shown(washing_factor_id)}")
    elif rule := too_wordy(washing_factor_id, MAX_NAME_LENGTH):
        yield FieldViolation("washing_factor_id", rule)
