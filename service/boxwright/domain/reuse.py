"""How reusable packaging comes back: idle stock, the empty way home, washing."""

from dataclasses import dataclass
from typing import Annotated

from boxwright.domain.fields import Held, Name, Ruled, within

MOST_RETURN_KM = 50_000
"""Longest way back, in km."""

LEAST_RETURN_KM = 0.001
"""Shortest way back that is not 0, in km; an own rule, as for legs."""

NOT_WASHED = "none"
"""What ``washing_factor_id`` says of packaging that is never washed."""

MOST_IDLE_SHARE = 10
"""Most pieces in stock per piece in use."""


def _not_nearly_zero(distance_km: float) -> str | None:
    return (
        f"must be 0 or at least {LEAST_RETURN_KM:g}, got {distance_km}" if 0 < distance_km < LEAST_RETURN_KM else None
    )


IdleShare = Annotated[float, within(0, MOST_IDLE_SHARE), Held(float)]
ReturnDistance = Annotated[float, within(0, MOST_RETURN_KM), _not_nearly_zero, Held(float)]


@dataclass(frozen=True)
class Reuse(Ruled):
    """What a reusable box needs beside its trips."""

    idle_share: IdleShare = 0.0
    """Pieces that lie idle per piece in use, 0 to 10: they are made and scrapped as well."""
    washing_factor_id: Name = ""
    """Factor of washing one piece: the id of its row, or the subject of a row of stage ``reuse``, so that each profile
    can have its own; ``none``: it is never washed. Default empty: not stated, so that washing is missing."""
    return_distance_km: ReturnDistance = 0.0
    """Way that it travels back empty after each trip, in km as driven, 0 to 50,000. Default 0: not stated, so that the
    way back is missing."""

    @property
    def free(self) -> bool:
        """Whether neither way back nor washing is stated, so that a use counts nothing beside its share of a life."""
        return not self.return_distance_km and not self.washing_factor_id
