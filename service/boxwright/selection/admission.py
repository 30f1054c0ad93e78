"""Which units may share a parcel, and which must: groups, caps, boxes kept from some, heavy beside delicate units."""

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
"""Id of a box type that has no rules of its own: no catalog can hold it."""
NO_GROUP = -1
NO_CAP = 1 << 62
"""Cap of a property that is not capped, in millionths: no order reaches it."""


class KeptOut(NamedTuple):
    """Units that may go into no box of a type.

    Attributes
    ----------
    which : bool, (n,)
        Those units.
    rule : str
        Why, for people.
    """

    which: npt.NDArray[np.bool_]
    rule: str


@dataclass(frozen=True)
class Admission:
    """Rules on which units may share a parcel, and which must.

    Attributes
    ----------
    together : int64, (n,)
        Number of the keep-together group of each unit, or ``NO_GROUP``.
    apart : int64, (n,)
        Number of its keep-apart group, or ``NO_GROUP``.
    amounts : int64, (n, p), millionths
        What it adds to each capped property.
    caps : int64, (p,), millionths
        The most of each property that a parcel may hold, or ``NO_CAP``.
    own : bool, (n,)
        Whether a unit may ship in its own container.
    box_caps : mapping of str to int64 (p,), millionths
        The most that one of a box type may hold, or ``NO_CAP``, of box types with caps of their own.
    apart_names, properties : tuple of str
        Names by number.
    kept_out : mapping of str to KeptOut
        Units that may go into no box of a type, by its id, with the rule.
    mass_mg, most_beside_mg : float64, (n,)
        Mass of each unit, and the most that a unit in its parcel may weigh: infinity but for fragile and boxed ones.
        Empty where no unit has such a limit.
    divided : frozenset of str
        Ids of the box types with compartments, in which that limit does not hold.
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
    def groupless(self) -> bool:
        """Whether units of one kind stand in for each other: no group says which."""
        return not self.apart_names and bool((self.together == NO_GROUP).all())

    @cached_property
    def free(self) -> bool:
        """Whether every set of units may share a parcel and none must."""
        if self.kept_out or len(self.mass_mg):
            return False
        if not self.apart_names and not self.properties:
            return bool((self.together == NO_GROUP).all())
        values = np.unique(self.apart[self.apart != NO_GROUP])
        total = self.amounts.sum(axis=0)
        return bool(
            (self.together == NO_GROUP).all()
            and len(values) < 2
            and all((total <= caps).all() for caps in (self.caps, *self.box_caps.values()))
        )

    def several(self, members: Ints) -> bool:
        """Whether units are neither a single one nor a single keep-together group."""
        if len(members) < 2:
            return False
        groups = self.together[members]
        return bool(groups[0] == NO_GROUP or (groups != groups[0]).any())

    def caps_in(self, box_type_id: str) -> Ints:
        """Return the most of each property that a parcel of a box type may hold, int64 (p,), millionths."""
        own = self.box_caps.get(box_type_id)
        return self.caps if own is None else np.minimum(self.caps, own)

    def refusal(self, members: Ints, box_type_id: str = "") -> str | None:
        """Return the rule that keeps units out of one parcel, with its figures, or None.

        Without a box type only rules that hold in every parcel count.
        """
        if self.free:
            return None
        kept_out = self.kept_out.get(box_type_id)
        if kept_out is not None and kept_out.which[members].any():
            return kept_out.rule
        if self._parted(box_type_id):
            heaviest, bears = float(self.mass_mg[members].max()), float(self.most_beside_mg[members].min())
            if heaviest > bears:
                most = f"{bears / 1e3:.6g} g"
                return f"a unit of {units.exact(int(heaviest))} g, beside a fragile or boxed one at most {most}"
        values = self._values(members)
        if len(values) > 1:
            names = [repr(self.apart_names[value]) for value in values.tolist()]
            more = f" and {len(names) - 2} more" if len(names) > 2 else ""
            return f"keep-apart groups {names[0]} and {names[1]}{more}"
        caps = self.caps_in(box_type_id)
        for rank, total in enumerate(self.amounts[members].sum(axis=0).tolist()):
            cap = int(caps[rank])
            if total > cap:
                held, most = units.exact(total, MILLIONTHS), units.exact(cap, MILLIONTHS)
                where = "in a parcel" if cap == self.caps[rank] else f"in a box of type {box_type_id!r}"
                return f"{held} of property {self.properties[rank]!r}, at most {most} {where}"
        return None

    def refusals(self, members: Ints) -> dict[str, Refused | None]:
        """Return what keeps units out of one parcel, by id of each box type with rules of its own.

        Under the empty id it is that of all other box types. Empty where nothing may.
        """
        if self.free:
            return {}
        own = (*self.kept_out, *self.box_caps, *self.divided)
        rules = {name: self.refusal(members, name or NO_BOX) for name in ("", *own)}
        return {name: None if rule is None else Refused(Proof.POLICY, rule) for name, rule in rules.items()}

    def fewest_parcels(self, members: Ints) -> int:
        """Return a number of parcels that no plan of these units undercuts: by keep-apart values and by caps."""
        fewest = max(1, len(self._values(members)))
        for total, cap in zip(self.amounts[members].sum(axis=0).tolist(), self.caps.tolist(), strict=True):
            if cap > 0:
                fewest = max(fewest, -(-total // cap))
        if self._parted("") and self.mass_mg[members].max() > self.most_beside_mg[members].min():
            fewest = max(fewest, 2)
        return fewest

    def bundles(self, members: Ints) -> list[Ints]:
        """Return the units in inseparable bundles: a keep-together group, or a single unit; by their first units."""
        number, firsts = self._bundled(members)
        if len(firsts) == len(members):
            return list(members.reshape(-1, 1))
        by_bundle = members[np.argsort(number, kind="stable")]
        ends = np.cumsum(np.bincount(number)).tolist()
        return [by_bundle[start:end] for start, end in zip([0, *ends[:-1]], ends, strict=True)]

    def _bundled(self, members: Ints) -> tuple[Ints, Ints]:
        """Return the number of the bundle of each unit, by first units, and the place of the first unit of each."""
        together = self.together[members]
        grouped = together != NO_GROUP
        if not grouped.any():
            every = np.arange(len(members))
            return every, every
        # A group goes by its first unit among these.
        at = np.flatnonzero(grouped)
        _, first, back = np.unique(together[at], return_index=True, return_inverse=True)
        lead = np.arange(len(members))
        lead[at] = at[first][back]
        firsts, number = np.unique(lead, return_inverse=True)
        return number, firsts

    def split_groups(self, inside: Ints, members: Ints) -> list[Ints]:
        """Return the keep-together groups of ``members`` of which some units, and not all, are ``inside``."""
        groups, within = self.together[members], self.together[inside]
        whole = np.bincount(groups[groups != NO_GROUP])
        # Units inside may be of groups that none of the others is of.
        some = np.bincount(within[within != NO_GROUP], minlength=len(whole))[: len(whole)]
        return [members[groups == group] for group in np.flatnonzero((some > 0) & (some < whole)).tolist()]

    def offers(self, members: Ints, most: int, box_type_id: str) -> list[Ints]:
        """Return up to ``most`` sets of whole bundles, each of which may share a box of the type as a whole.

        One per keep-apart value among ``members``, in the order of their first units; each takes bundles in canonical
        order as far as the caps allow.
        """
        values = self.apart[members]
        found, first = np.unique(values[values != NO_GROUP], return_index=True)
        present = found[np.argsort(first)].tolist() or [NO_GROUP]
        return [self.widened(members[:0], members, box_type_id, value) for value in present[:most]]

    def widened(self, inside: Ints, members: Ints, box_type_id: str, value: int = NO_GROUP) -> Ints:
        """Return ``inside`` with further whole bundles of ``members`` as far as all may share a box of the type.

        ``value`` is the keep-apart value to favour where ``inside`` has none.
        """
        own = self._values(inside)
        value = int(own[0]) if len(own) else value
        left = self.caps_in(box_type_id) - self.amounts[inside].sum(axis=0)
        rest = np.setdiff1d(members, inside, assume_unique=True)
        if (kept_out := self.kept_out.get(box_type_id)) is not None:
            rest = self._without_bundles(rest, kept_out.which)
        if self._parted(box_type_id):
            rest = self._bearing(inside, rest)
        number, firsts = self._bundled(rest)
        amounts, lowest, highest = self.amounts[rest], self.apart[rest], self.apart[rest]
        if len(firsts) < len(rest):
            by_bundle = np.argsort(number, kind="stable")
            starts = np.concatenate(([0], np.cumsum(np.bincount(number))[:-1]))
            amounts = np.add.reduceat(amounts[by_bundle], starts, axis=0)
            highest = np.maximum.reduceat(highest[by_bundle], starts)
            lowest = np.minimum.reduceat(np.where(lowest == NO_GROUP, NO_CAP, lowest)[by_bundle], starts)
            lowest = np.where(lowest == NO_CAP, NO_GROUP, lowest)
        chosen = np.zeros(len(firsts), dtype=np.bool_)
        # What does not go in at its turn does not go in later either.
        open_still = np.flatnonzero(lowest == highest)
        while len(open_still):
            wanted = highest[open_still]
            fits = (amounts[open_still] <= left).all(axis=1)
            if value != NO_GROUP:
                fits &= (wanted == NO_GROUP) | (wanted == value)
            open_still = open_still[fits]
            if not len(open_still):
                break
            sums = np.cumsum(amounts[open_still], axis=0)
            goes_in = (sums <= left).all(axis=1)
            count = len(goes_in) if goes_in.all() else int(goes_in.argmin())
            if value == NO_GROUP:  # the first that is kept apart from others decides from which
                kept_apart = highest[open_still[:count]] != NO_GROUP
                if kept_apart.any():
                    count = int(kept_apart.argmax()) + 1
                    value = int(highest[open_still[count - 1]])
            chosen[open_still[:count]] = True
            left = left - sums[count - 1]
            open_still = open_still[count:]
        return np.sort(np.concatenate([inside, rest[chosen[number]]]))

    def _without_bundles(self, members: Ints, out: npt.NDArray[np.bool_]) -> Ints:
        """Return units without those that are ``out`` and the groups that these are of."""
        gone = out[members]
        groups = self.together[members[gone]]
        return members[~gone & ~np.isin(self.together[members], groups[groups != NO_GROUP])]

    def _bearing(self, inside: Ints, rest: Ints) -> Ints:
        """Return whole bundles of ``rest``, in canonical order, as far as no heavy unit lies beside one it crushes."""
        number, firsts = self._bundled(rest)
        heavy, bears = np.zeros(len(firsts)), np.full(len(firsts), np.inf)
        np.maximum.at(heavy, number, self.mass_mg[rest])
        np.minimum.at(bears, number, self.most_beside_mg[rest])
        heaviest = float(self.mass_mg[inside].max(initial=0.0))
        most = float(self.most_beside_mg[inside].min(initial=np.inf))
        chosen = np.zeros(len(firsts), dtype=np.bool_)
        open_still = np.flatnonzero(heavy <= bears)
        while True:
            open_still = open_still[(heavy[open_still] <= most) & (bears[open_still] >= heaviest)]
            if not len(open_still):
                return rest[chosen[number]]
            peaks = np.maximum.accumulate(np.maximum(heavy[open_still], heaviest))
            floors = np.minimum.accumulate(np.minimum(bears[open_still], most))
            goes_in = peaks <= floors
            count = len(goes_in) if goes_in.all() else int(goes_in.argmin())
            chosen[open_still[:count]] = True
            heaviest, most = float(peaks[count - 1]), float(floors[count - 1])
            open_still = open_still[count:]

    def _parted(self, box_type_id: str) -> bool:
        """Whether heavy units are kept from delicate ones in a box of a type; without one, in every box."""
        return bool(len(self.mass_mg)) and box_type_id not in self.divided and (bool(box_type_id) or not self.divided)

    def _values(self, members: Ints) -> Ints:
        if not self.apart_names:
            return self.apart[:0]
        values = self.apart[members]
        return np.unique(values[values != NO_GROUP])


def bundle_kinds(bundles: list[Ints], members: Ints, kinds: Ints) -> Ints:
    """Return the kind of each bundle of ``members``: that of its unit, or one of its own where it has several."""
    if len(bundles) == len(members):
        return kinds
    first_own = int(kinds[-1]) + 1
    return np.array(
        [
            int(kinds[np.searchsorted(members, bundle[0])]) if len(bundle) == 1 else first_own + number
            for number, bundle in enumerate(bundles)
        ],
        dtype=np.int64,
    )
