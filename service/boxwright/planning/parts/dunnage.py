"""Masses of what closes and fills boxes: tape, label, void fill, blocking."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from boxwright.planning.parts.blocking import Blocking
from boxwright.protection import label_mg, tape_mg, void_fill_mg

if TYPE_CHECKING:
    from boxwright.domain.box import BoxType
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
    """

    def __init__(self, request: Request, expansion: Expansion) -> None:
        self._request = request
        self._expansion = expansion
        self._tape_by_box: dict[str, int] = {}

    @cached_property
    def blocking(self) -> Blocking:
        """The rule on blocking, over the units of this order."""
        return Blocking(self._request, self._expansion.arrays.mass_mg)

    def closing_mg(self, box: BoxType) -> int:
        """Mass of the tape that closes a box and of its label, in mg."""
        return self.tape_mg(box) + self.label_mg

    def tape_mg(self, box: BoxType) -> int:
        """Mass of the tape that closes a box, in mg."""
        tape = self._request.tape
        if tape is None:
            return 0
        known = self._tape_by_box.get(box.box_type_id)
        if known is None:
            rule = self._request.materials.tape_rule(self._request.policy.tape_rule)
            known = self._tape_by_box[box.box_type_id] = tape_mg(box, tape, rule)
        return known

    @property
    def label_mg(self) -> int:
        """Mass of the label on each box, in mg."""
        label = self._request.label
        return 0 if label is None else label_mg(label)

    def void_fill_mg(self, box: BoxType, empty_um3: int) -> int:
        """Mass of the void fill of an empty volume, in mg; a mailer is not filled."""
        fill = self._request.void_fill
        if fill is None or empty_um3 <= 0 or box.flexible:
            return 0
        return void_fill_mg(empty_um3, self._request.policy.void_fill_share, fill)
