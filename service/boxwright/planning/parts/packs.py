"""Packs with compartments: the packs for units of articles that need one, and the reasons why a pack takes none."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from boxwright.domain.box import BoxType
from boxwright.domain.order import FragilityClass, Item
from boxwright.packing.cells import too_many, too_much_play
from boxwright.packing.problem import Ints
from boxwright.planning.parts.cushioned import Wrappings
from boxwright.planning.parts.expansion import Expansion
from boxwright.planning.parts.spaces import empty_space
from boxwright.units import exact

if TYPE_CHECKING:
    from boxwright.planning.request import Request


class Packs:
    """The packs of an order."""

    def __init__(self, request: Request, expansion: Expansion) -> None:
        self._request, self._expansion = request, expansion
        self._units = Wrappings(request, expansion, next(iter(request.cushionings), None)).in_cells

    def for_lines(self) -> dict[str, tuple[BoxType, ...]]:
        """Return, by line id, the packs for the units of each line that must go into one.

        A line is left out if no pack takes a unit of it (with its whole keep-together group), or if packs in stock have
        fewer compartments than the order has units that need them.
        """
        # Very fragile lines go into a pack for their article, or into an inner box.
        needing = [
            line
            for line, _ in self._expansion.lines
            if line.care_field
            and 0 < self._request.care(line).pack_from <= line.quantity
            and not self._is_very_fragile(line)
        ]
        takers = {line.line_id: self._takers(line) for line in needing}
        return {
            line_id: own
            for line_id, own in takers.items()
            if _suffice(own, takers, needing, lambda box, rivals: len(box.compartments or ()))
        }

    def for_very_fragile(self) -> frozenset[str]:
        """Return the ids of very fragile lines whose units all go into packs that are made for their article.

        A line is left out if no such pack takes a unit of it (with its whole keep-together group), or if the packs
        in stock may be too few for all units that could go into them, including units that do not need a pack.
        """
        lines = [line for line, _ in self._expansion.lines if line.care_field]
        takers = {line.line_id: self._takers(line) for line in lines if line.article}
        found = set()
        for line in lines:
            if line.article and self._is_very_fragile(line):
                packs = takers[line.line_id]
                own = [box for box in packs if box.compartments and line.article in box.compartments.articles]
                if _suffice(own, takers, lines, lambda box, rivals: min(self._most(box, rival) for rival in rivals)):
                    found.add(line.line_id)
        return frozenset(found)

    def _most(self, box: BoxType, line: Item) -> int:
        """Return the number of units of a line that a pack takes; at most one for a line in a group."""
        assert box.compartments is not None  # callers pass packs only
        first = int(self.together(line)[0])
        most = min(line.quantity, len(box.compartments))
        if line.keep_together_group or line.keep_apart_group:
            most = 1
        counts = range(1, most + 1)
        taken = (count for count in reversed(counts) if not self.why_not(box, np.arange(first, first + count)))
        return next(taken, 0)

    def _is_very_fragile(self, line: Item) -> bool:
        return self._request.care(line).fragility_class is FragilityClass.VERY_FRAGILE

    def _takers(self, line: Item) -> tuple[BoxType, ...]:
        self._request.stop.look()
        together = self.together(line)
        return tuple(box for box in self._request.box_types if box.compartments and not self.why_not(box, together))

    def together(self, line: Item) -> Ints:
        """Return a unit of a line, or all units of its keep-together group."""
        group = line.keep_together_group
        which = [
            member
            for member, (other, index) in enumerate(self._expansion.units)
            if (other.keep_together_group == group if group else other.line_id == line.line_id and not index)
        ]
        return np.array(which, dtype=np.int64)

    def why_not(self, box: BoxType, members: Ints) -> str:
        """Return why a pack does not take some units together; empty if it takes them."""
        assert box.compartments is not None  # callers pass packs only
        lines = {line.line_id: line for line, _ in (self._expansion.units[member] for member in members.tolist())}
        others = sorted(line.line_id for line in lines.values() if not box.compartments.may_take([line.article]))
        if others:
            return f"not for {others[0]!r} of the same keep-together group"
        policy, rule = self._request.policy, self._request.mass_rules.get(box.box_type_id, "")
        closing_mg = self._request.closures(box).closing_mg
        space = empty_space(box, self._request.slack_um(box), policy.fill_millionths, closing_mg, rule)
        units = self._units.take(members)
        if full := too_many(units, space, self._request.stop):
            return too_much_play(units, space) or f"too small, {full}"
        if units.volume_um3 > space.volume_limit_um3:
            return f"it would exceed the fill limit of {policy.fill_limit:g}"
        if units.packed_mg > space.mass_limit_mg:
            return f"takes at most {exact(math.floor(space.mass_limit_mg))} g"
        caps = {cap.property: cap.millionths() for cap in box.property_caps}
        for name, most in caps.items():
            held = sum(
                amount.millionths()
                for member in members.tolist()
                for amount in self._expansion.units[member][0].property_amounts
                if amount.property == name
            )
            if held > most:
                return f"may hold less of property {name!r}"
        return ""


def _suffice(
    packs: Sequence[BoxType],
    takers: Mapping[str, Sequence[BoxType]],
    lines: Sequence[Item],
    held: Callable[[BoxType, Sequence[Item]], int],
) -> bool:
    """Return whether packs in stock hold all units of the lines that go into them.

    ``takers`` has the packs of each line. ``held`` returns how many units of some lines a pack holds at least.
    """
    names = {box.box_type_id for box in packs}
    rivals = [line for line in lines if any(box.box_type_id in names for box in takers.get(line.line_id, ()))]
    most = sum(math.inf if box.available is None else box.available * held(box, rivals) for box in packs)
    return bool(packs) and most >= sum(line.quantity for line in rivals)
