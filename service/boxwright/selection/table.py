"""All box types side by side: arrays tell which of them units cannot go into, before any is asked by itself.

``BoxTable`` refuses some units in one parcel, with proofs. ``Conceivable`` knows where each unit of an order could be
in any parcel.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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

EACH = np.arange(len(ORIENTATIONS))
MOST_COMPARED = 100_000
"""Units or pairs of units, times box types, that are compared; of more the proofs ask one box type after the other."""
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
    boxes : tuple of BoxType
        The types; all arrays are in their order.
    edges_um : int64, (b, 3)
        Usable inside; of a mailer that of its flat sheets, and its greatest thickness.
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
    pouch: Bools
    most_um3: Floats
    bears_mg: Floats
    fixed: Bools
    celled: Bools

    @cached_property
    def _rank(self) -> dict[str, int]:
        return {box.box_type_id: rank for rank, box in enumerate(self.boxes)}

    @cached_property
    def _roomiest_um(self) -> Floats:
        """The height at which a pouch would hold most, however thick it can be; see ``mailer.Pouch.capacity_um3``."""
        length, width, _ = self.edges_um.astype(np.float64).T
        height: Floats = (length + width - np.sqrt(length * length - length * width + width * width)) / 3
        return height

    @cached_property
    def _inside_um3(self) -> Floats:
        inside: Floats = self.edges_um.astype(np.float64).prod(axis=1)
        return inside

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
        margin, lowest, pouches = 2 * units.least_margin_um, int(units.upright_um.max()), bool(pouch.any())
        bears, open_box = self.bears_mg[ranks], ~self.celled[ranks]
        found = {
            place: Refused(
                Proof.WEIGHT, weight_words(units, bears[place], mass_rules.get(boxes[place].box_type_id, ""))
            )
            for place in np.flatnonzero(open_box & self.fixed[ranks] & (units.packed_mg > bears)).tolist()
        }
        asked = open_box & (units.packed_mg + ROUNDING_MG * len(units) <= bears)
        inside = self._inside_um3[ranks]
        if margin or pouches:
            inside = np.maximum(_less(flat, pouch * lowest) - margin, 0).astype(np.float64).prod(axis=1)
        overfull = float(units.volume_um3) > np.minimum(inside, most) * SURELY
        found |= {
            place: Refused(Proof.VOLUME, volume_words(units, float(inside[place]), float(most[place])))
            for place in np.flatnonzero(asked & overfull).tolist()
        }
        asked &= ~overfull
        if pouches:
            height = np.clip(self._roomiest_um[ranks], lowest, flat[:, 2])
            holds = np.maximum(_less(flat, pouch * height)[:, :2], 0).astype(np.float64).prod(axis=1) * height
            overfull = asked & pouch & (float(units.volume_um3) > holds * SURELY)
            found |= dict.fromkeys(np.flatnonzero(overfull).tolist(), at_no_height(units))
            asked &= ~overfull
        left = np.flatnonzero(asked)
        if len(left) and len(units.firsts) * len(left) <= MOST_COMPARED:
            places = left.tolist()
            found |= {places[at]: why for at, why in _by_edges(units, flat[left], pouch[left] * lowest)}
        return found


def at_no_height(units: Units) -> Refused:
    """Return the refusal of a mailer that has less volume than the units, however high it is filled."""
    words = f"{units.volume_um3 / 1e15:.3f} L of units, more than it holds at any filled height"
    return Refused(Proof.VOLUME, words)


def _less(flat_um: Ints, height_um: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return insides of which length and width are less by a height, (b, 3)."""
    inside: npt.NDArray[Any] = flat_um - height_um[:, np.newaxis] * np.array([1, 1, 0])
    return inside


def _by_edges(units: Units, flat: Ints, lowest: Ints) -> Iterator[tuple[int, Refused]]:
    """Yield the boxes that a unit fits in no orientation, or two units side by side along no axis.

    Parameters
    ----------
    units : Units
        All that go in.
    flat, lowest : int64 (b, 3), int64 (b,)
        Insides; and by what length and width of a pouch are less at least, 0 where they do not depend on the height.
    """
    firsts, clear = units.firsts, units.clear_um[units.firsts]
    extents = units.edges_um[firsts][:, ORIENTATIONS]
    allowed = (units.masks[firsts][:, np.newaxis] >> EACH) & 1 == 1
    # By kind, orientation, box and axis.
    turned = extents[:, :, np.newaxis]
    if lowest.any():
        high = np.where(lowest > 0, np.maximum(extents[:, :, np.newaxis, 2], lowest), 0)
        turned = turned + high[..., np.newaxis] * np.array([1, 1, 0])
    bare = (turned <= flat).all(axis=3) & allowed[..., np.newaxis]
    fits = bare
    if units.margins_um is not None:
        fits = (turned + 2 * clear[:, np.newaxis, np.newaxis, np.newaxis] <= flat).all(axis=3) & allowed[
            ..., np.newaxis
        ]
    homeless = ~fits.any(axis=1)
    lost = homeless.any(axis=0)
    words: dict[tuple[int, ...], str] = {}
    for at in np.flatnonzero(lost).tolist():
        kind = int(homeless[:, at].argmax())
        alone = kind, int(bare[kind, :, at].any())
        if alone not in words:
            words[alone] = misfit_words(units, int(firsts[kind]), binding=bool(alone[1]))
        yield at, Refused(Proof.SINGLE_UNIT, words[alone])
    one, two = np.triu_indices(len(clear))
    several = (one != two) | (units.counts[one] > 1)
    one, two, left = one[several], two[several], np.flatnonzero(~lost)
    if not len(one) or len(one) * len(left) > MOST_COMPARED:
        return
    edges = _less(flat[left], lowest[left])
    conflict = ~_apart(extents, fits[..., left], clear, one, two, edges)
    for at in np.flatnonzero(conflict.any(axis=0)).tolist():
        pair = int(conflict[:, at].argmax())
        first, second = one[pair : pair + 1], two[pair : pair + 1]
        binding = units.margins_um is not None and bool(
            _apart(extents, bare[..., left[at : at + 1]], 0 * clear, first, second, edges[at : at + 1]).all()
        )
        both = int(firsts[first[0]]), int(firsts[second[0]]) + int(first[0] == second[0]), int(binding)
        if both not in words:
            words[both] = conflict_words(units, *both[:2], binding=binding)
        yield int(left[at]), Refused(Proof.UNIT_PAIR, words[both])


def _apart(extents: Ints, fits: Bools, clear: Ints, one: Ints, two: Ints, edges: Ints) -> Bools:
    """Return which pairs of units, by kind, are apart along some axis of each box, bool (pairs, b).

    Along that axis each may lie as short as it can: the other axes take either.
    """
    least = np.where(fits[..., np.newaxis], extents[:, :, np.newaxis], NEVER).min(axis=1)
    least = least + clear[:, np.newaxis, np.newaxis]
    apart: Bools = (least[one] + least[two] <= edges).any(axis=2)
    return apart


class Conceivable:
    """Facts about units that hold in every parcel: as in a box where they need least cushioning, without other dunnage.

    Parameters
    ----------
    model : ParcelModel
        Rules.
    members : int64, (n,)
        All units, ascending.

    Attributes
    ----------
    units : Units
        All units.
    volumes_um3 : float64, (n,)
        Volume of each.
    boxes : tuple of BoxType
        ``model.box_types()``; arrays over box types are in their order, and ``rank`` has the place of each by its id.
    spaces : list of Space
        The inside of each box type with some units in it.
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
        fits: Bools = among & np.any([fit_inside(each, self._edges_um)[0] for each in one.units], axis=0)
        for rank, space in enumerate(self.spaces):
            if space.encloses or space.cells:  # what encloses a mailer depends on what is in it
                fits[rank] = among[rank] and may_go_in(self._model, self.boxes[rank], one)
        return fits


def fit_inside(units: Units, inside_um: Ints) -> Bools:
    """Return which insides, int64 (b, 3), take each unit by itself in an orientation that it allows, bool (n, b)."""
    extents = units.edges_um[:, ORIENTATIONS] + 2 * units.clear_um[:, np.newaxis, np.newaxis]
    allowed = (units.masks[:, np.newaxis] >> EACH) & 1 == 1
    fits: Bools = ((extents[:, np.newaxis] <= inside_um[:, np.newaxis]).all(axis=3) & allowed[:, np.newaxis]).any(
        axis=2
    )
    return fits


def may_go_in(model: ParcelModel, box: BoxType, one: Shapes) -> bool:
    """Whether a unit goes into a box in some shape; of a mailer, into what encloses all that it can hold."""
    return not one.every or any(
        fit_alone(each, model.space(box, each, whole=True, several=False)) for each in one.units
    )


def load_limit_mg(box: BoxType) -> float:
    """Return what a box bears; infinity is unlimited."""
    return math.inf if box.max_load_mg is None else float(box.max_load_mg)
