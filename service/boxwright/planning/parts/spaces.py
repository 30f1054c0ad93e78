"""What a box type offers units of an order: its usable inside, and the weight limit that binds."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from boxwright.domain.box import BoxType
from boxwright.domain.dunnage import Dunnage
from boxwright.domain.mailer import POUCH
from boxwright.lazy import cached_property
from boxwright.packing.problem import Space, Units
from boxwright.packing.question import Refused
from boxwright.planning.parts.box_facts import Closure, closures_of, empty_space
from boxwright.planning.parts.cushioned import Wrappings
from boxwright.planning.parts.expansion import Expansion
from boxwright.planning.parts.fillings import filled_heights_um, lowest_um
from boxwright.planning.parts.lifting import for_several, lifting_words, most_of_several_mg
from boxwright.protection import void_fill_mg
from boxwright.selection.model import Fillings
from boxwright.selection.table import ROUNDING_MG, BoxTable

if TYPE_CHECKING:
    from boxwright.planning.request import Request

MOST_TABLES = 64
"""Catalogs, times settings of policies, of which tables are kept."""


class Spaces:
    """The insides of box types and their limits for the parcels of one order.

    Parameters
    ----------
    request : Request
        Holds the policy, the lifting profile and what sets gross limits.
    expansion, wrappings : Expansion, Wrappings
        The units; they with what protects them in these parcels.
    """

    def __init__(self, request: Request, expansion: Expansion, wrappings: Wrappings) -> None:
        self._request = request
        self._expansion = expansion
        self._wrappings = wrappings
        self._closures = closures_of(request)
        self._clearance_um = request.policy.fit_clearance_um
        self._most_of_several_mg = most_of_several_mg(request.lifting)

    def for_several(self, box: BoxType) -> BoxType:
        """See ``ParcelModel.for_several``: by the lifting profile, where all units together could pass its limit."""
        most = self._most_of_several_mg
        # What no parcel of this type outweighs: all units, and full of dunnage besides.
        if most is None or self._goods_and_cushions_mg + self._closures(box).fullest_mg <= most:
            return box
        return for_several(box, self._request.lifting)

    @cached_property
    def _goods_and_cushions_mg(self) -> int:
        wrappings, beside = self._wrappings, 0
        if wrappings.any:
            beside = int(wrappings.wraps_mg.sum() + wrappings.pads_mg.sum())
        return self._expansion.placed_mg(self._expansion.everything) + beside

    def bound(self, box: BoxType, *, several: bool) -> tuple[BoxType, str]:
        """Return a box type with the weight limits that bind, and the rule that sets its gross limit."""
        rule = self._request.mass_rules.get(box.box_type_id, "")
        if not several or (limited := self.for_several(box)) is box:
            return box, rule
        return limited, lifting_words(self._request.lifting)

    def space(self, box: BoxType, units: Units, *, whole: bool, several: bool) -> Space:
        """See ``ParcelModel.space``. Where it is open which units go in, each displaces void fill."""
        box, rule = self.bound(box, several=several)
        space = self._empty_space(box, rule)
        if space.encloses:
            enclosing = box.shell.enclosing_um(space.edges_um, lowest_um(units, whole=whole))
            return dataclasses.replace(space, edges_um=enclosing)
        fill, cushioned = self._request.densest_fill, np.count_nonzero(units.cushioning_mg)
        if whole:
            fill = self._request.fill(cushions=bool(cushioned))
        if box.max_load_mg is None or fill is None or not box.has_fill:
            return space
        empty = box.inner_volume_um3 - (units.volume_um3 if whole else 0)
        share = self._request.policy.void_fill_share
        # The fill of each half-gap counts to its unit, rounded down.
        limit = space.mass_limit_mg - void_fill_mg(max(empty, 0), share, fill) - ROUNDING_MG * cushioned
        displaced = 0.0
        if not whole:
            limit -= ROUNDING_MG
            displaced = float(void_fill_mg(empty, share, fill) / empty)
        return Space(space.edges_um, limit, space.volume_limit_um3, displaced, space.mass_rule, cells=space.cells)

    @cached_property
    def table(self) -> BoxTable:
        """All box types side by side."""
        request = self._request
        limits = request.policy.fill_millionths, self._most_of_several_mg
        fill = request.policy.void_fill_share, request.densest_fill
        return _table(request.box_types, self._clearance_um, *limits, self._closures, *fill)

    def refused(self, units: Units, boxes: Sequence[BoxType]) -> dict[int, Refused]:
        """See ``ParcelModel.refused``."""
        return self.table.refused(units, boxes, self._request.mass_rules)

    def _empty_space(self, box: BoxType, rule: str = "") -> Space:
        closing_mg = self._closures(box).closing_mg
        return empty_space(box, self._clearance_um, self._request.policy.fill_millionths, closing_mg, rule)

    def fillings(self, box: BoxType, units: Units, *, whole: bool, several: bool) -> Fillings:
        """See ``ParcelModel.fillings``."""
        enclosing = self.space(box, units, whole=whole, several=several)
        if not enclosing.encloses:
            return Fillings((enclosing,), every=True)
        usable = self._empty_space(box).edges_um
        heights, every = filled_heights_um(units, usable, box.shell, self._request.stop, whole=whole)
        insides = (box.shell.inside_at(usable, each) for each in heights)
        return Fillings(tuple(dataclasses.replace(enclosing, edges_um=each, encloses=False) for each in insides), every)

    @cached_property
    def monotone(self) -> bool:
        """See ``ParcelModel.monotone``: not where the void fill that takes the place of a unit outweighs it."""
        fill = self._request.densest_fill
        if fill is None or all(self.for_several(box).max_load_mg is None for box in self._request.box_types):
            return True
        if fill is not self._request.fill(cushions=self._wrappings.any):
            return False  # without its fragile units a parcel may be filled more heavily
        units = self._expansion.arrays
        return all(
            void_fill_mg(volume, self._request.policy.void_fill_share, fill) + ROUNDING_MG <= mass
            for volume, mass in zip(units.volumes_um3, units.mass_mg.tolist(), strict=True)
        )


@lru_cache(maxsize=MOST_TABLES)
def _table(
    boxes: tuple[BoxType, ...],
    clearance_um: int,
    fill_millionths: int,
    most_of_several_mg: int | None,
    closures: Callable[[BoxType], Closure],
    share: float,
    fill: Dunnage | None,
) -> BoxTable:
    """Return the table of box types as they are in any order under these rules."""
    spaces, bears = [], []
    for box in boxes:
        space = empty_space(box, clearance_um, fill_millionths, closures(box).closing_mg, "")
        limit = box.with_max_gross_mg(most_of_several_mg).load_limit_mg(closures(box).closing_mg)
        full = void_fill_mg(box.inner_volume_um3, share, fill) if fill is not None and box.has_fill else 0
        spaces.append(space)
        bears.append(math.inf if limit is None else limit - full)
    return BoxTable(
        boxes,
        np.array([space.edges_um for space in spaces], dtype=np.int64).reshape(-1, 3),
        np.array([box.shell is POUCH for box in boxes], dtype=np.bool_),
        np.array([space.volume_limit_um3 for space in spaces]),
        np.array(bears, dtype=np.float64),
        np.array([space.mass_limit_mg for space in spaces]) == np.array(bears),
        np.array([bool(space.cells) for space in spaces], dtype=np.bool_),
    )
