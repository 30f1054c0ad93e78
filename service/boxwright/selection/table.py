"""All box types side by side: arrays tell which of them units cannot go into, before any is asked by itself.

``BoxTable`` refuses some units in one parcel, with proofs. ``Conceivable`` knows where each unit of an order could be
in any parcel.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from boxwright.domain.box import BoxType
from boxwright.domain.proof import Proof
from boxwright.lazy import cached_property
from boxwright.packing.cells import fit_alone
from boxwright.packing.kernels import ORIENTATIONS
from boxwright.packing.problem import Floats, Ints, Space, Units
from boxwright.packing.proofs import conflict_words, misfit_words, volume_words, weight_words
from boxwright.packing.question import Refused
from boxwright.selection.model import ParcelModel, Shapes

Bools = npt.NDArray[np.bool_]

ALLOWED = (np.arange(1 << len(ORIENTATIONS))[:, np.newaxis] >> np.arange(len(ORIENTATIONS))) & 1 == 1
"""Orientations by the mask that allows them, bool (64, 6)."""
MOST_COMPARED = 100_000
"""Units or pairs of units, times box types, that are compared; of more the proofs ask one box type after the other."""
MOST_ROOMIEST = 4
"""Boxes that are asked whether each unit goes into one of them."""
NEVER = np.iinfo(np.int64).max // 4
"""Stands for the extent of a unit that fits in no orientation."""
ROUNDING_MG = 2
"""Kept of a mass limit where void fill is weighed unit by unit: more than its rounding to mg can come to."""
SURELY = 1 + 1e-12
"""Volumes are compared in floats, which hold boxes of any size: only what is larger by more than their rounding is."""


@dataclass(frozen=True, eq=False)
class BoxTable:
    """What box types offer to units of any order; made once for a catalog and the rules that limit its boxes.

    Attributes
    ----------
    edges_um : int64, (b, 3)
        Usable inside; of a mailer that of its flat sheets, and its greatest thickness.
    slack_um : int64, (b,)
        See ``Space.slack_um``.
    pouch : bool, (b,)
        Whether length and width are less by the height of what is inside.
    most_um3 : float64, (b,)
        Most volume that envelopes may take, infinity where the inside alone limits.
    bears_mg : float64, (b,)
        What units may weigh with their cushioning beside as much dunnage as goes in; infinity is unlimited.
    fixed : bool, (b,)
        Whether that is the limit of any parcel: neither dunnage nor how many units there are changes it.
    celled : bool, (b,)
        Whether it has compartments: those are matched with units one by one.
    """

    boxes: tuple[BoxType, ...]
    edges_um: Ints
    slack_um: Ints
    pouch: Bools
    most_um3: Floats
    bears_mg: Floats
    fixed: Bools
    celled: Bools

    @cached_property
    def _rank(self) -> dict[str, int]:
        return {box.box_type_id: rank for rank, box in enumerate(self.boxes)}

    @cached_property
    def _inside_um3(self) -> Floats:
        inside: Floats = self.edges_um.astype(np.float64).prod(axis=1)
        return inside

    def takes_each(self, units: Units) -> bool:
        """Whether one of the roomiest boxes takes each unit by itself for sure: it mostly takes what any box does."""
        if not len(units):
            return True
        heaviest = float((units.mass_mg + units.cushioning_mg).max()) + ROUNDING_MG
        largest = max(units.volumes_um3) * SURELY
        return any(
            heaviest <= bears and largest <= most and fit_alone(units, space) for space, most, bears in self._roomiest
        )

    @cached_property
    def _roomiest(self) -> list[tuple[Space, float, float]]:
        """The open rigid boxes with most inside: that, the most volume and the most mass."""
        plain = [rank for rank, box in enumerate(self.boxes) if box.has_fill]
        ranked = sorted(plain, key=lambda rank: -self._inside_um3[rank])[:MOST_ROOMIEST]
        figures = zip(*(each[ranked].tolist() for each in (self.edges_um, self.most_um3, self.bears_mg)), strict=True)
        return [(Space((*edges,)), most, bears) for edges, most, bears in figures]

    def refused(self, units: Units, boxes: Sequence[BoxType], mass_rules: Mapping[str, str]) -> dict[int, Refused]:
        """Return which of some box types units cannot all go into, by place among them, each with a proof.

        Masses and volumes are compared, and the edges of one unit and of two, as ``proofs.refuse`` does. Box types that
        are too weak for some dunnage, and those with compartments, are left out: the proofs tell. ``mass_rules`` says
        by box type what sets its limit, where the catalog does not.
        """
        ranks: slice | Ints = slice(None)
        if len(boxes) < len(self.boxes):
            ranks = np.array([self._rank[box.box_type_id] for box in boxes], dtype=np.int64)
        flat, pouch, most = self.edges_um[ranks], self.pouch[ranks], self.most_um3[ranks]
        slack, margin = self.slack_um[ranks], units.least_margin_um
        lowest, pouches = int(units.upright_um.max()), bool(pouch.any())
        bears, open_box, inside = self.bears_mg[ranks], ~self.celled[ranks], self._inside_um3[ranks]
        found = {
            place: Refused(
                Proof.WEIGHT, weight_words(units, bears[place], mass_rules.get(boxes[place].box_type_id, ""))
            )
            for place in np.flatnonzero(open_box & self.fixed[ranks] & (units.packed_mg > bears)).tolist()
        }
        asked, volume_um3 = open_box & (units.packed_mg + ROUNDING_MG * len(units) <= bears), float(units.volume_um3)
        lying = _less(flat, pouch * lowest) if pouches else flat
        if margin or pouches:
            clear = margin + np.maximum(margin - slack, 0)
            inside = np.maximum(lying - clear[:, np.newaxis], 0).astype(np.float64).prod(axis=1)
        overfull = asked & (volume_um3 > np.minimum(inside, most) * SURELY)
        places = np.flatnonzero(overfull).tolist()
        for place, room, limit in zip(places, inside[overfull].tolist(), most[overfull].tolist(), strict=True):
            found[place] = Refused(Proof.VOLUME, volume_words(units, room, limit))
        asked &= ~overfull
        if pouches:
            # The height at which a pouch would hold most, however thick it can be; see ``mailer.Pouch.capacity_um3``.
            length, width, thickest = flat.astype(np.float64).T
            roomiest = (length + width - np.sqrt(length * length - length * width + width * width)) / 3
            height = np.clip(roomiest, lowest, thickest)
            holds = np.maximum(_less(flat, pouch * height)[:, :2], 0).astype(np.float64).prod(axis=1) * height
            overfull = asked & pouch & (volume_um3 > holds * SURELY)
            found |= dict.fromkeys(np.flatnonzero(overfull).tolist(), at_no_height(units))
            asked &= ~overfull
        left = np.flatnonzero(asked)
        if len(left) and len(units.firsts) * len(left) <= MOST_COMPARED:
            places = left.tolist()
            depths = (pouch * lowest)[left] if pouches else None
            found |= {places[at]: why for at, why in _by_edges(units, flat[left], lying[left], slack[left], depths)}
        return found


def at_no_height(units: Units) -> Refused:
    """Return the refusal of a mailer that has less volume than the units, however high it is filled."""
    words = f"{units.volume_um3 / 1e15:.3f} L of units, more than it holds at any filled height"
    return Refused(Proof.VOLUME, words)


def _less(flat_um: Ints, height_um: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return insides of which length and width are less by a height, (b, 3)."""
    inside: npt.NDArray[Any] = flat_um - height_um[:, np.newaxis] * np.array([1, 1, 0])
    return inside


def _by_edges(units: Units, flat: Ints, lying: Ints, slack: Ints, depths: Ints | None) -> Iterator[tuple[int, Refused]]:
    """Yield the boxes that a unit fits in no orientation, or two units side by side along no axis.

    ``flat`` and ``lying`` are their insides, int64 (b, 3), pouches as sheets and filled to ``depths``; see ``_fits``.
    """
    firsts = units.firsts
    edges, masks, near = units.edges_um[firsts], units.masks[firsts], units.clear_um[firsts, np.newaxis]
    none, far = 0 * near, np.maximum(near - slack, 0)
    fits = bare = _fits(edges, masks, none, flat, depths)
    if units.margins_um is not None:
        fits = _fits(edges, masks, near + far, flat, depths)

    @cache
    def alone(kind: int, binding: bool) -> Refused:
        return Refused(Proof.SINGLE_UNIT, misfit_words(units, int(firsts[kind]), binding=binding))

    homeless: Bools = ~np.logical_or.reduce(fits, axis=1)
    lost = homeless.any(axis=0)
    if lost.any():
        kinds, at = homeless[:, lost].argmax(axis=0), np.flatnonzero(lost)
        binding: Bools = np.logical_or.reduce(bare[kinds, :, at], axis=1)
        yield from zip(at.tolist(), map(alone, kinds.tolist(), binding.tolist()), strict=True)
    if len(units) < 2 or lost.all():
        return
    one, two = _pairs(len(near))
    several = (one != two) | (units.counts[one] > 1)
    one, two, left = one[several], two[several], np.flatnonzero(~lost)
    if len(one) * len(left) > MOST_COMPARED:
        return
    extents = edges[:, ORIENTATIONS].transpose(2, 0, 1)[..., np.newaxis]

    def apart(fits: Bools, near: Ints, far: Ints) -> Bools:
        # Along an axis that parts two units each may lie as short as it can: the other axes take either.
        least = np.where(fits, extents, NEVER).min(axis=2)
        clear = np.minimum(near[one] + far[two], near[two] + far[one])
        side_by_side: Bools = (least[:, one] + least[:, two] + clear <= lying[left].T[:, np.newaxis]).any(axis=0)
        return side_by_side

    @cache
    def both(pair: int, binding: bool) -> Refused:
        first, second = int(firsts[one[pair]]), int(firsts[two[pair]]) + int(one[pair] == two[pair])
        return Refused(Proof.UNIT_PAIR, conflict_words(units, first, second, binding=binding))

    conflict = ~apart(fits[..., left], near, far[:, left])
    at = np.flatnonzero(conflict.any(axis=0))
    if len(at):
        pairs, binding = conflict[:, at].argmax(axis=0), np.zeros(len(at), dtype=np.bool_)
        if units.margins_um is not None:
            binding = apart(bare[..., left], none, none)[pairs, at]
        yield from zip(left[at].tolist(), map(both, pairs.tolist(), binding.tolist()), strict=True)


@lru_cache(maxsize=64)
def _pairs(count: int) -> tuple[Ints, Ints]:
    """Return all pairs of so many kinds, each with itself too, as two arrays of the first and the second."""
    return np.triu_indices(count)


def _fits(edges_um: Ints, masks: Ints, clear_um: Ints, inside_um: Ints, depths_um: Ints | None = None) -> Bools:
    """Return in which orientations units fit insides, int64 (b, 3), by themselves, bool (n, 6, b).

    ``clear_um``, int64 (n, b) or (n, 1), is what each unit keeps from both walls together. ``depths_um``, int64 (b,),
    is the least by which length and width of a pouch shrink, more under a higher unit; 0 for other boxes.
    """
    bare = edges_um[:, ORIENTATIONS].transpose(2, 0, 1)[..., np.newaxis]
    extents = bare + clear_um[:, np.newaxis]
    if depths_um is not None:
        depth = np.where(depths_um > 0, np.maximum(bare[2], depths_um), 0)
        extents = np.stack([extents[0] + depth, extents[1] + depth, np.broadcast_to(extents[2], depth.shape)])
    allowed: Bools = ALLOWED[masks][..., np.newaxis]
    fits: Bools = allowed & np.logical_and.reduce(extents <= inside_um.T[:, np.newaxis, np.newaxis])
    return fits


class Conceivable:
    """Facts about units that hold in every parcel: as in a box where they need least cushioning, without other dunnage.

    Arrays over box types are in the order of ``boxes``, and ``rank`` has the place of each by its id; ``volumes_um3``
    are those of each unit, float64 (n,).
    """

    def __init__(self, model: ParcelModel, members: Ints) -> None:
        self.units = model.protect(members)
        self.volumes_um3: Floats = np.array(self.units.volumes_um3, dtype=np.float64)
        self.boxes = model.box_types()
        self._model = model
        self._members = members
        self._takers: dict[int, Bools] = {}

    def at(self, members: Ints) -> Ints:
        """Return the places of some members among all."""
        return np.searchsorted(self._members, members)

    @cached_property
    def rank(self) -> dict[str, int]:
        """Rank of each box type, by its id."""
        return {box.box_type_id: rank for rank, box in enumerate(self.boxes)}

    @cached_property
    def spaces(self) -> list[Space]:
        """The inside of each box type with some units in it."""
        return [self._model.space(box, self.units, whole=False, several=False) for box in self.boxes]

    @cached_property
    def _edges_um(self) -> Ints:
        return np.array([space.edges_um for space in self.spaces], dtype=np.int64).reshape(-1, 3)

    @cached_property
    def _slack_um(self) -> Ints:
        return np.array([space.slack_um for space in self.spaces], dtype=np.int64)

    @cached_property
    def celled(self) -> Bools:
        """Which box types have compartments, bool (b,)."""
        return np.array([bool(box.compartments) for box in self.boxes], dtype=np.bool_)

    @cached_property
    def limits_mg(self) -> Floats:
        """What units may weigh in each box type with as much void fill as it can hold, float64 (b,)."""
        return np.array([space.mass_limit_mg for space in self.spaces])

    @cached_property
    def _loads_mg(self) -> Floats:
        return np.array(list(map(load_limit_mg, self.boxes)))

    def takers(self, member: int) -> Bools:
        """Return the box types outside of which no plan has this unit, bool (b,)."""
        at = int(np.searchsorted(self._members, member))
        kind = int(self.units.kinds[at])
        known = self._takers.get(kind)
        if known is None:
            self._model.stop.look()
            alone = self.units.take(np.array([at], dtype=np.int64))
            one = self._model.shapes(self._members[at : at + 1], alone)
            known = self._takers[kind] = self.fits(one, self._loads_mg >= alone.total_mg)
        return known

    def takers_of_each(self, members: Ints) -> Bools:
        """Return the takers of one unit of each kind among some, bool (k, b)."""
        firsts = np.unique(self.units.kinds[self.at(members)], return_index=True)[1]
        return np.array([self.takers(member) for member in members[firsts].tolist()])

    def fits(self, one: Shapes, among: Bools) -> Bools:
        """Return which of some box types a unit may go into, by its edges, bool (b,); see ``may_go_in``."""
        if not one.every:
            return among
        fits: Bools = among & np.any(
            [fit_inside(each, self._edges_um, self._slack_um)[0] for each in one.units], axis=0
        )
        for rank, space in enumerate(self.spaces):
            if space.encloses or space.cells:  # what encloses a mailer depends on what is in it
                fits[rank] = among[rank] and may_go_in(self._model, self.boxes[rank], one)
        return fits


def fit_inside(units: Units, inside_um: Ints, slack_um: Ints) -> Bools:
    """Return which insides take each unit by itself in an orientation that it allows, bool (n, b).

    ``inside_um``, int64 (b, 3), and ``slack_um``, int64 (b,), are as in ``Space``.
    """
    near = units.clear_um[:, np.newaxis]
    fits = _fits(units.edges_um, units.masks, near + np.maximum(near - slack_um, 0), inside_um)
    takes: Bools = np.logical_or.reduce(fits, axis=1)
    return takes


def may_go_in(model: ParcelModel, box: BoxType, one: Shapes) -> bool:
    """Whether a unit goes into a box in some shape; of a mailer, into what encloses all that it can hold."""
    return not one.every or any(
        fit_alone(each, model.space(box, each, whole=True, several=False)) for each in one.units
    )


def load_limit_mg(box: BoxType) -> float:
    """Return what a box bears; infinity is unlimited."""
    return math.inf if box.max_load_mg is None else float(box.max_load_mg)
