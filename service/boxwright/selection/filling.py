"""Fills one box as well as the rules about company allow: groups whole, caps kept."""

from collections.abc import Callable

import numpy as np

from boxwright.domain.box import BoxType
from boxwright.packing.problem import Ints, Layout
from boxwright.packing.question import Question
from boxwright.selection.model import PackedBox, ParcelModel, without

MOST_OFFERS = 8
"""Most sets of units offered to a box: one per keep-apart value."""
MANY_UNITS = 300
"""In an order of so many units half of the split groups are taken back at once."""
MOST_MISFITS = 20
"""After so many keep-together groups that do not go in beside those that do, no further one is tried."""

Fill = Callable[[Ints, BoxType], PackedBox | None]
"""Packs as much volume of some units into a box as possible, whatever the company."""


def fill_admitted(model: ParcelModel, members: Ints, box: BoxType, effort: int, fill: Fill) -> PackedBox | None:
    """Pack as much volume of ``members`` into the box as may share a parcel, keep-together groups whole.

    Parameters
    ----------
    model : ParcelModel
        Rules, prices and engine.
    members : int64, (n,)
        Units to choose from, ascending; of each keep-together group all units or none.
    box : BoxType
        The box.
    effort : int
        Places that may be looked at per packing.
    fill : callable
        Packs a set of units, any subset of which may share a parcel.
    """
    admission = model.admission
    volumes = dict(zip(members.tolist(), model.protect(members, box).volumes_um3, strict=True))

    def volume(packed: PackedBox) -> int:
        return sum(volumes[member] for member in packed.members.tolist())

    best: PackedBox | None = None
    tried = set()
    for offer in admission.offers(members, MOST_OFFERS, box.box_type_id):
        tried.add(offer.tobytes())
        for packed in (
            without_split_groups(model, offer, box, fill, volumes),
            _groups_first(model, offer, box, effort, volumes),
        ):
            if packed is not None and (best is None or volume(packed) > volume(best)):
                best = packed
    if best is not None:
        # What was offered and found no place made room under the caps for others.
        wider = admission.widened(np.sort(best.members), members, box.box_type_id)
        if wider.tobytes() not in tried:
            packed = without_split_groups(model, wider, box, fill, volumes)
            if packed is not None and volume(packed) > volume(best):
                best = packed
    return best


def without_split_groups(
    model: ParcelModel, offer: Ints, box: BoxType, fill: Fill, volumes: dict[int, int]
) -> PackedBox | None:
    """Fill the box; take back the split group of which least went in, and fill again until no group is split.

    In an order of many units that is the half of them of which least went in.
    """
    many = len(model.admission.together) >= MANY_UNITS
    while len(offer):
        model.stop.look()
        packed = fill(offer, box)
        if packed is None:
            return None
        inside = set(packed.members.tolist())
        split = model.admission.split_groups(packed.members, offer)
        if not split:
            return packed
        split.sort(key=lambda group: sum(volumes[each] for each in group.tolist() if each in inside))
        least = split[: -(-len(split) // 2)] if many else split[:1]
        offer = without(offer, np.sort(np.concatenate(least)))
    return None


def _groups_first(
    model: ParcelModel, offer: Ints, box: BoxType, effort: int, volumes: dict[int, int]
) -> PackedBox | None:
    """Pack keep-together groups, largest first, as many as go in; then single units round them. In open rigid boxes."""
    bundles = model.admission.bundles(offer)
    groups = [bundle for bundle in bundles if len(bundle) > 1]
    if not groups or box.compartments:
        return None
    groups.sort(key=lambda group: (-sum(volumes[each] for each in group.tolist()), int(group[0])))
    units = model.protect(offer, box)
    space = model.space(box, units, whole=False, several=model.admission.several(offer))
    if space.encloses:
        return None
    kept, layout = offer[:0], None
    misfits = 0
    for group in groups:
        model.stop.look()
        trial = np.sort(np.concatenate([kept, group]))
        some = units.take(np.searchsorted(offer, trial))
        found = model.packer.ask(Question(some, space, model.rules, whole=True, effort=effort, stop=model.stop)).layout
        if found is not None:
            kept, layout = trial, found
        else:
            misfits += 1
            if misfits == MOST_MISFITS:
                break
    if layout is None:
        return None
    singles = [bundle for bundle in bundles if len(bundle) == 1]
    if singles and model.packer.starts_from_fixed:
        whole = np.sort(np.concatenate([kept, *singles]))
        some = units.take(np.searchsorted(offer, whole))
        fixed = Layout(np.searchsorted(whole, kept[layout.units]), layout.orientations, layout.corners_um)
        fuller = model.packer.ask(
            Question(some, space, model.rules, whole=False, effort=effort, fixed=fixed, stop=model.stop)
        ).layout
        if fuller is not None:
            kept, layout = whole, fuller
    return PackedBox.of(model, box, kept, layout)
