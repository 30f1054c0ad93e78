"""Tests over arrays of all box types, made before any type is tried individually.

``BoxTable`` refuses box types for one parcel of some units, with proofs. ``Conceivable`` finds, for each unit of an
order, the box types that it may be in.
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
"""Allowed orientations of each mask, bool (64, 6)."""
MOST_COMPARED = 100_000
"""Maximum number of units or pairs of units, times box types, compared in arrays; above it boxes are tried in turn."""
MOST_ROOMIEST = 4
"""Number of largest boxes that are tested for every unit."""
NEVER = np.iinfo(np.int64).max // 4
"""The extent recorded for a unit that fits in no orientation."""
ROUNDING_MG = 2
"""Tolerance of a mass limit per unit: the void fill beside a unit is rounded to mg."""
SURELY = 1 + 1e-12
"""Relative tolerance of volumes in floats."""


@dataclass(frozen=True, eq=False)
class BoxTable:
    """The limits of box types for units of any order, built once for a catalog and the rules on its boxes.

    Attributes
    ----------
    edges_um : int64, (b, 3)
        Usable inside of a box; flat length, flat width and greatest thickness of a mailer.
    slack_um : int64, (b,)
        See ``Space.slack_um``.
    pouch : bool, (b,)
        Whether the height of the content reduces length and width.
    most_um3 : float64, (b,)
        Greatest volume of envelopes; infinity if only the inside limits the volume.
    bears_mg : float64, (b,)
        Greatest mass of units with their cushioning, besides the heaviest possible dunnage; infinity: unlimited.
    fixed : bool, (b,)
        Whether ``bears_mg`` depends on neither the dunnage nor the number of units.
    celled : bool, (b,)
        Whether the box type has compartments.
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
        """Whether one of the largest boxes certainly takes each unit alone, by a cheap test."""
        if not len(units):
            return True
        heaviest = float((units.mass_mg + units.cushioning_mg).max()) + ROUNDING_MG
        largest = max(units.volumes_um3) * SURELY
        return any(
            heaviest <= bears and largest <= most and fit_alone(units, space) for space, most, bears in self._roomiest
        )

    @cached_property
    def _roomiest(self) -> list[tuple[Space, float, float]]:
        """Inside, greatest volume and greatest mass of the largest open rigid boxes."""
        plain = [rank for rank, box in enumerate(self.boxes) if box.has_fill]
        ranked = sorted(plain, key=lambda rank: -self._inside_um3[rank])[:MOST_ROOMIEST]
        limits = (self.edges_um, self.most_um3, self.bears_mg)
        figures = zip(*(column[ranked].tolist() for column in limits), strict=True)
        return [(Space((*edges,)), most, bears) for edges, most, bears in figures]

    def refused(self, units: Units, boxes: Sequence[BoxType], mass_rules: Mapping[str, str]) -> dict[int, Refused]:
        """Return, by index into ``boxes``, a proof for each box type that cannot take all units.

        Masses, volumes and the edges of one and of two units are compared, as in ``proofs.refuse``. That function also
        tests boxes with compartments, and mass limits that depend on dunnage. ``mass_rules`` has, by box type id, the
        name of a rule that sets the mass limit instead of the catalog.
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
        tested, volume_um3 = open_box & (units.packed_mg + ROUNDING_MG * len(units) <= bears), float(units.volume_um3)
        lying = _less(flat, pouch * lowest) if pouches else flat
        if margin or pouches:
            clear = margin + np.maximum(margin - slack, 0)
            inside = np.maximum(lying - clear[:, np.newaxis], 0).astype(np.float64).prod(axis=1)
        overfull = tested & (volume_um3 > np.minimum(inside, most) * SURELY)
        places = np.flatnonzero(overfull).tolist()
        for place, room, limit in zip(places, inside[overfull].tolist(), most[overfull].tolist(), strict=True):
            found[place] = Refused(Proof.VOLUME, volume_words(units, room, limit))
        tested &= ~overfull
        if pouches:
            # At ``height`` a pouch holds most; see ``mailer.Pouch.capacity_um3``.
            length, width, thickest = flat.astype(np.float64).T
            roomiest = (length + width - np.sqrt(length * length - length * width + width * width)) / 3
            height = np.clip(roomiest, lowest, thickest)
            holds = np.maximum(_less(flat, pouch * height)[:, :2], 0).astype(np.float64).prod(axis=1) * height
            overfull = tested & pouch & (volume_um3 > holds * SURELY)
            found |= dict.fromkeys(np.flatnonzero(overfull).tolist(), at_no_height(units))
            tested &= ~overfull
        left = np.flatnonzero(tested)
        if len(left) and len(units.firsts) * len(left) <= MOST_COMPARED:
            places = left.tolist()
            depths = (pouch * lowest)[left] if pouches else None
            found |= {places[at]: why for at, why in _by_edges(units, flat[left], lying[left], slack[left], depths)}
        return found


def at_no_height(units: Units) -> Refused:
    """Return the refusal of a mailer that is too small for the units at every height."""
    words = f"the units take {units.volume_um3 / 1e15:.3f} L, more than the mailer holds at any filled height"
    return Refused(Proof.VOLUME, words)


def _less(flat_um: Ints, height_um: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return insides, (b, 3), with lengths and widths reduced by a height."""
    inside: npt.NDArray[Any] = flat_um - height_um[:, np.newaxis] * np.array([1, 1, 0])
    return inside


def _by_edges(units: Units, flat: Ints, lying: Ints, slack: Ints, depths: Ints | None) -> Iterator[tuple[int, Refused]]:
    """Yield, with its index, a proof for each box that cannot take one unit, or two units side by side.

    ``flat`` and ``lying``, int64 (b, 3), are the insides of the empty and of the filled boxes.
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

    misfits: Bools = ~np.logical_or.reduce(fits, axis=1)
    lost = misfits.any(axis=0)
    if lost.any():
        kinds, at = misfits[:, lost].argmax(axis=0), np.flatnonzero(lost)
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
        # Along the axis that separates two units, both may take their shortest extent that fits.
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
    """Return all pairs of kinds, including pairs of one kind, as two arrays."""
    return np.triu_indices(count)


def _fits(edges_um: Ints, masks: Ints, clear_um: Ints, inside_um: Ints, depths_um: Ints | None = None) -> Bools:
    """Return, by unit, orientation and inside, whether the unit alone fits, bool (n, 6, b).

    Units keep ``clear_um``, int64 (n, b) or (n, 1), from two opposite walls together. Length and width of a pouch are
    reduced by ``depths_um``, int64 (b,), or by the height of the unit if it is higher; the depth of other boxes is 0.
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
    """Facts about units that hold in every parcel: units have the least cushioning of any box, and no other dunnage.

    Arrays over box types are in the order of ``boxes``; ``volumes_um3`` is float64 (n,), by unit.
    """

    def __init__(self, model: ParcelModel, members: Ints) -> None:
        self.units = model.protect(members)
        self.volumes_um3: Floats = np.array(self.units.volumes_um3, dtype=np.float64)
        self.boxes = model.box_types()
        self._model = model
        self._members = members
        self._suitable: dict[int, Bools] = {}

    def at(self, members: Ints) -> Ints:
        """Return the positions of some members among all."""
        return np.searchsorted(self._members, members)

    @cached_property
    def rank(self) -> dict[str, int]:
        """Position of each box type in ``boxes``, by id."""
        return {box.box_type_id: rank for rank, box in enumerate(self.boxes)}

    @cached_property
    def spaces(self) -> list[Space]:
        """The inside of each box type."""
        return [self._model.space(box, self.units, whole=False, several=False) for box in self.boxes]

    @cached_property
    def _edges_um(self) -> Ints:
        return np.array([space.edges_um for space in self.spaces], dtype=np.int64).reshape(-1, 3)

    @cached_property
    def _slack_um(self) -> Ints:
        return np.array([space.slack_um for space in self.spaces], dtype=np.int64)

    @cached_property
    def celled(self) -> Bools:
        """Whether each box type has compartments, bool (b,)."""
        return np.array([bool(box.compartments) for box in self.boxes], dtype=np.bool_)

    @cached_property
    def limits_mg(self) -> Floats:
        """Greatest mass of units in each box type besides the heaviest possible void fill, float64 (b,)."""
        return np.array([space.mass_limit_mg for space in self.spaces])

    @cached_property
    def _loads_mg(self) -> Floats:
        return np.array(list(map(load_limit_mg, self.boxes)))

    def suitable(self, member: int) -> Bools:
        """Return the box types that this unit may be in, bool (b,)."""
        at = int(np.searchsorted(self._members, member))
        kind = int(self.units.kinds[at])
        known = self._suitable.get(kind)
        if known is None:
            self._model.stop.look()
            alone = self.units.take(np.array([at], dtype=np.int64))
            one = self._model.shapes(self._members[at : at + 1], alone)
            known = self._suitable[kind] = self.fits(one, self._loads_mg >= alone.total_mg)
        return known

    def suitable_for_each(self, members: Ints) -> Bools:
        """Return, by kind of unit among ``members``, the box types that a unit of the kind may be in, bool (k, b)."""
        firsts = np.unique(self.units.kinds[self.at(members)], return_index=True)[1]
        return np.array([self.suitable(member) for member in members[firsts].tolist()])

    def fits(self, one: Shapes, among: Bools) -> Bools:
        """Return, by box type, whether a unit may go in by its edges; False for types not ``among`` some, bool (b,)."""
        if not one.every:
            return among
        fits: Bools = among & np.any(
            [fit_inside(units, self._edges_um, self._slack_um)[0] for units in one.units], axis=0
        )
        for rank, space in enumerate(self.spaces):
            if space.encloses or space.cells:  # the cuboid round a mailer depends on its content
                fits[rank] = among[rank] and may_go_in(self._model, self.boxes[rank], one)
        return fits


def fit_inside(units: Units, inside_um: Ints, slack_um: Ints) -> Bools:
    """Return, by unit and inside, whether the unit alone fits in an allowed orientation, bool (n, b).

    ``inside_um``, int64 (b, 3), and ``slack_um``, int64 (b,), are as in ``Space``.
    """
    near = units.clear_um[:, np.newaxis]
    fits = _fits(units.edges_um, units.masks, near + np.maximum(near - slack_um, 0), inside_um)
    takes: Bools = np.logical_or.reduce(fits, axis=1)
    return takes


def may_go_in(model: ParcelModel, box: BoxType, one: Shapes) -> bool:
    """Whether a unit fits a box in some shape; a mailer counts as the cuboid that encloses all its forms."""
    return not one.every or any(
        fit_alone(units, model.space(box, units, whole=True, several=False)) for units in one.units
    )


def load_limit_mg(box: BoxType) -> float:
    """Return the greatest mass of the content of a box, in mg; infinity: unlimited."""
    return math.inf if box.max_load_mg is None else float(box.max_load_mg)
