"""Masses of what closes and fills boxes: tape, label, void fill, blocking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxwright.lazy import cached_property
from boxwright.planning.parts.blocking import Blocking
from boxwright.planning.parts.closures import closures_of
from boxwright.protection import void_fill_mg

if TYPE_CHECKING:
    from boxwright.domain.box import BoxType
    from boxwright.domain.dunnage import Dunnage
    from boxwright.planning.parts.expansion import Expansion
    from boxwright.planning.request import Request


class DunnageMasses:
    """What the chosen dunnage of one order weighs, cushioning apart.

    Parameters
    ----------
    request : Request
        Which dunnage is chosen, and the rules that it goes by.
    expansion : Expansion
        The units.

    Attributes
    ----------
    closures : Closures
        What closes a box, by its type.
    """

    def __init__(self, request: Request, expansion: Expansion) -> None:
        self._request = request
        self._expansion = expansion
        self.closures = closures_of(request)

    @cached_property
    def blocking(self) -> Blocking:
        """The rule on blocking, over the units of this order."""
        return Blocking(self._request, self._expansion)

    def void_fill_mg(self, box: BoxType, empty_um3: int, fill: Dunnage | None) -> int:
        """Mass of the void fill of an empty volume, in mg; a mailer is not filled."""
        if fill is None or empty_um3 <= 0 or not box.has_fill:
            return 0
        return void_fill_mg(empty_um3, self._request.policy.void_fill_share, fill)
