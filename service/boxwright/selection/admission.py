"""Rules on which units may or must share a parcel: groups, caps, forbidden boxes, heavy beside delicate units."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from boxwright import units
from boxwright.domain.proof import Proof
from boxwright.domain.property_cap import MILLIONTHS
from boxwright.lazy import cached_property
from boxwright.packing.problem import Floats, Ints
from boxwright.packing.question import Refused

NO_BOX = "\0"
"""Id that stands for all box types without their own rules; no catalog can contain it."""
NO_GROUP = -1
NO_CAP = 1 << 62
"""Cap of a property without a limit, in millionths: no order reaches it."""


class KeptOut(NamedTuple):
    """The units that a rule keeps out of a box type, bool (n,), and the text of the rule."""

    which: npt.NDArray[np.bool_]
    rule: str


@dataclass(frozen=True)
class Admission:
    """Rules on which units may or must share a parcel.

    Attributes
    ----------
    together, apart : int64, (n,)
        Number of the keep-together and keep-apart group of each unit, or ``NO_GROUP``.
    amounts : int64, (n, p), millionths
        Amount of each capped property in each unit.
    caps, box_caps : int64 (p,), mapping of str to int64 (p,), millionths
        Greatest amount of each property in any parcel, or ``NO_CAP``. ``box_caps`` has, by box type id, the greatest
        amounts in a box type with its own caps.
    own : bool, (n,)
        Whether a unit may ship in its own container.
    apart_names, properties : tuple of str
        Names of keep-apart groups and of properties, by number.
    kept_out : mapping of str to KeptOut
        By box type id, the units that may not be in the box type.
    mass_mg, most_beside_mg : float64, (n,)
        Mass of each unit, and the greatest mass allowed for another unit in its parcel. This limit is infinity unless
        the unit is fragile or boxed. Both are empty if no unit has a limit.
    divided : frozenset of str
        Ids of the box types with compartments, where ``most_beside_mg`` does not apply.
    """

    together: Ints
    apart: Ints
    amounts: Ints
    caps: Ints
    own: npt.NDArray[np.bool_]
    box_caps: Mapping[str, Ints] = field(default_factory=dict)
    apart_names: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()
    kept_out: Mapping[str, KeptOut] = field(default_factory=dict)
    mass_mg: Floats = field(default_factory=lambda: np.zeros(0))
    most_beside_mg: Floats = field(default_factory=lambda: np.zeros(0))
    divided: frozenset[str] = frozenset()

    @cached_property
    def free(self) -> bool:
        """Whether any units may share a parcel, and none must."""
        return not self.kept_out and all(map(self.free_in, ("", *self.box_caps)))

    def free_in(self, box_type_id: str) -> bool:
        """Whether any units may share a box of a type, and no units have to."""
        if self._grouped or box_type_id in self.kept_out:
            return False
        return bool((self._totals <= self.caps_in(box_type_id)).all())

    @cached_property
    def _grouped(self) -> bool:
        """Whether some units must share a parcel, or must not."""
        together = bool((self.together != NO_GROUP).any())
        return together or len(self.mass_mg) > 0 or len(self._values(np.arange(len(self.apart)))) > 1

    @cached_property
    def _totals(self) -> Ints:
        totals: Ints = self.amounts.sum(axis=0)
        return totals

    def several(self, members: Ints) -> bool:
        """Whether units are more than a single unit or a single keep-together group."""
        if len(members) < 2:
            return False
        groups = self.together[members]
        return bool(groups[0] == NO_GROUP or (groups != groups[0]).any())

    def caps_in(self, box_type_id: str) -> Ints:
        """Return the caps of a parcel in a box type, int64 (p,), millionths."""
        own = self.box_caps.get(box_type_id)
        return self.caps if own is None else np.minimum(self.caps, own)

    def refusal(self, members: Ints, box_type_id: str = "") -> str | None:
        """Return the rule, with figures, that forbids units in one parcel, or None.

        Without a box type, only the rules that hold for every parcel apply.
        """
        if self.free:
            return None
        kept_out = self.kept_out.get(box_type_id)
        if kept_out is not None and kept_out.which[members].any():
            return kept_out.rule
        return self._company(members, box_type_id) or self._over_cap(self.amounts[members].sum(axis=0), box_type_id)

    def _company(self, members: Ints, box_type_id: str) -> str | None:
        """Return the rule by which some of these units may not share a parcel, or None."""
        if self._parted(box_type_id):
            heaviest, bears = float(self.mass_mg[members].max()), float(self.most_beside_mg[members].min())
            if heaviest > bears:
                limit = f"hard goods beside it may weigh at most {bears / 1e3:.6g} g"
                return f"hard goods of {units.exact(int(heaviest))} g would crush a delicate unit: {limit}"
        values = self._values(members)
        if len(values) > 1:
            names = [repr(self.apart_names[value]) for value in values.tolist()]
            more = f" and {len(names) - 2} more" if len(names) > 2 else ""
            return f"keep-apart groups {names[0]} and {names[1]}{more}"
        return None

    def _over_cap(self, totals: Ints, box_type_id: str) -> str | None:
        """Describe the first cap that ``totals``, int64 (p,), exceed in a box of a type; None if there is none."""
        caps = self.caps_in(box_type_id)
        if not (over := np.flatnonzero(totals > caps)).size:
            return None
        rank = int(over[0])
        held, most = units.exact(int(totals[rank]), MILLIONTHS), units.exact(int(caps[rank]), MILLIONTHS)
        where = "in a parcel" if caps[rank] == self.caps[rank] else f"in a box of type {box_type_id!r}"
        return f"{held} {self.properties[rank]}, at most {most} {where}"

    def refusals(self, members: Ints) -> dict[str, Refused | None]:
        """Return, by box type id, the rule that forbids these units in one parcel, or None.

        Only box types with their own rules are listed; the empty id stands for all others. The result is empty if no
        rule can apply.
        """
        if self.free:
            return {}
        company, totals = self._company(members, NO_BOX), self.amounts[members].sum(axis=0)
        found = {}
        for name in ("", *self.kept_out, *self.box_caps, *self.divided):
            kept_out = self.kept_out.get(name)
            if kept_out is not None and kept_out.which[members].any():
                rule: str | None = kept_out.rule
            else:
                here = self._company(members, name) if name in self.divided else company
                rule = here or self._over_cap(totals, name)
            found[name] = None if rule is None else Refused(Proof.POLICY, rule)
        return found

    def fewest_parcels(self, members: Ints) -> int:
        """Return the number of parcels that keep-apart groups, caps and delicate units require at least."""
        fewest = max(1, len(self._values(members)))
        for total, cap in zip(self.amounts[members].sum(axis=0).tolist(), self.caps.tolist(), strict=True):
            if cap > 0:
                fewest = max(fewest, -(-total // cap))
        if self._parted(""):
            # Units may share a parcel if the intervals from their mass to the mass allowed beside them have a common
            # point. So the bound is the least number of points that hit all intervals.
            points, last = 0, -math.inf
            by_strength = members[np.argsort(self.most_beside_mg[members])]
            for unit in by_strength.tolist():
                if self.mass_mg[unit] > last:
                    points, last = points + 1, float(self.most_beside_mg[unit])
            fewest = max(fewest, points)
        return fewest

    def kept_apart(self, members: Ints, boxes: int) -> list[Ints]:
        """Return disjoint sets of units that are in different boxes in every plan of ``boxes`` boxes.

        If there are as many sets as boxes, a unit that conflicts with all sets but one is added to the remaining set.
        """
        values, mass, bears = self.apart[members], np.zeros(len(members)), np.full(len(members), np.inf)
        if self._parted(""):
            mass, bears = self.mass_mg[members], self.most_beside_mg[members]
        conflict = (values != values[:, np.newaxis]) & (values != NO_GROUP) & (values[:, np.newaxis] != NO_GROUP)
        conflict |= (mass > bears[:, np.newaxis]) | (mass[:, np.newaxis] > bears)
        chosen: list[int] = []
        for unit in np.argsort(bears, kind="stable").tolist():
            if len(chosen) < boxes and conflict[unit, chosen].all():
                chosen.append(unit)
        sets = np.zeros((len(members), len(chosen)), dtype=np.bool_)
        sets[chosen, np.arange(len(chosen))] = True
        while len(chosen) == boxes:
            against = np.array([conflict[some].any(axis=0) for some in sets.T]).T
            forced = ~against & (against.sum(axis=1, keepdims=True) == boxes - 1)
            if not (forced & ~sets).any():
                break
            sets |= forced
        return [members[some] for some in sets.T]

    def bundles(self, members: Ints) -> list[Ints]:
        """Return the bundles of some units, by their first units: keep-together groups, and units without a group."""
        together = self.together[members]
        grouped = np.flatnonzero(together != NO_GROUP)
        if not len(grouped):
            return list(members.reshape(-1, 1))
        lead = np.arange(len(members))
        _, first, back = np.unique(together[grouped], return_index=True, return_inverse=True)
        lead[grouped] = grouped[first][back]
        ranked = np.argsort(lead, kind="stable")
        return np.split(members[ranked], np.flatnonzero(np.diff(lead[ranked])) + 1)

    def split_groups(self, inside: Ints, members: Ints) -> list[Ints]:
        """Return the keep-together groups of ``members`` that are only partly ``inside``."""
        groups, within = self.together[members], self.together[inside]
        whole = np.bincount(groups[groups != NO_GROUP])
        # Units inside may belong to groups that no member belongs to.
        some = np.bincount(within[within != NO_GROUP], minlength=len(whole))[: len(whole)]
        return [members[groups == group] for group in np.flatnonzero((some > 0) & (some < whole)).tolist()]

    def offers(self, members: Ints, most: int, box_type_id: str) -> list[Ints]:
        """Return up to ``most`` sets of units; all units of a set may share a box of the type.

        There is one set for each keep-apart group among ``members``, in the order of their first units. A set takes
        bundles in canonical order as far as the caps allow.
        """
        values = self.apart[members]
        found, first = np.unique(values[values != NO_GROUP], return_index=True)
        present = found[np.argsort(first)].tolist() or [NO_GROUP]
        return [self.widened(members[:0], members, box_type_id, value) for value in present[:most]]

    def widened(self, inside: Ints, members: Ints, box_type_id: str, value: int = NO_GROUP) -> Ints:
        """Return ``inside`` and all other bundles of ``members`` that may share a box of the type with it.

        If ``inside`` has no keep-apart group, ``value`` is the preferred one.
        """
        own = self._values(inside)
        value = int(own[0]) if len(own) else value
        left = (self.caps_in(box_type_id) - self.amounts[inside].sum(axis=0)).tolist()
        out = self.kept_out[box_type_id].which.tolist() if box_type_id in self.kept_out else None
        heaviest, bears = 0.0, math.inf
        if parted := self._parted(box_type_id):
            heaviest = float(self.mass_mg[inside].max(initial=0.0))
            bears = float(self.most_beside_mg[inside].min(initial=math.inf))
        amounts, apart, mass, most = self._listed
        chosen = inside.tolist()
        for bundle in self.bundles(np.setdiff1d(members, inside, assume_unique=True)):
            units = bundle.tolist()
            values = {apart[unit] for unit in units} | {value}
            values.discard(NO_GROUP)
            if len(values) > 1 or (out and any(map(out.__getitem__, units))):
                continue
            after = left
            for unit in units if left else ():
                after = [room - more for room, more in zip(after, amounts[unit], strict=True)]
            if min(after, default=0) < 0:
                continue
            if parted:
                heavier = max(heaviest, *(mass[unit] for unit in units))
                weaker = min(bears, *(most[unit] for unit in units))
                if heavier > weaker:
                    continue
                heaviest, bears = heavier, weaker
            left = after
            chosen += units
            if values:  # the first keep-apart group excludes all others
                (value,) = values
        return np.array(sorted(chosen), dtype=np.int64)

    @cached_property
    def _listed(self) -> tuple[list[list[int]], list[int], list[float], list[float]]:
        return self.amounts.tolist(), self.apart.tolist(), self.mass_mg.tolist(), self.most_beside_mg.tolist()

    def _parted(self, box_type_id: str) -> bool:
        """Whether heavy units may not lie beside delicate units in a box type; without a type, in any box."""
        return bool(len(self.mass_mg)) and box_type_id not in self.divided and (bool(box_type_id) or not self.divided)

    def _values(self, members: Ints) -> Ints:
        if not self.apart_names:
            return self.apart[:0]
        values = self.apart[members]
        return np.unique(values[values != NO_GROUP])
