"""The first plan of a large order: parcels are filled one after another."""

import itertools
from collections.abc import Iterator, Sequence

import numpy as np

from boxwright.domain.box import BoxType
from boxwright.packing.problem import Ints
from boxwright.selection.bounds import forced_alone
from boxwright.selection.model import PackedBox, without
from boxwright.selection.outcome import left_of
from boxwright.selection.packings import Packings
from boxwright.selection.partition import Bundles
from boxwright.selection.stock import in_stock
from boxwright.selection.table import Bools

BOXES_PER_PARCEL = 4
"""Number of box types, the largest ones, that are compared for a parcel."""


def construct(packings: Packings, members: Ints, begun: list[PackedBox] | None = None) -> list[PackedBox]:
    """Return parcels for as many of the units as possible; ``begun`` collects them on the way.

    Units too heavy to share a parcel are packed alone first. Then the unit that fits the fewest boxes is found, these
    boxes are filled, and the fullest of them is kept; this is repeated. The last parcel is the cheapest for all units
    left.
    """
    model = packings.model
    parcels: list[PackedBox] = [] if begun is None else begun
    left = members
    for bundle in forced_alone(model, members, model.box_types()):
        model.stop.look()
        alone = packings.cheapest(bundle, in_stock(model.box_types(), parcels))
        if alone is not None:
            parcels.append(alone)
            left = without(left, bundle)
    while len(left):
        model.stop.look()
        stock = in_stock(model.box_types(), parcels)
        # These tests are cheap: all units left may share a parcel, and some box has enough volume.
        volume = packings.volumes_um3(left).sum() / 1.001
        if model.admission.refusal(left) is None and any(box.has_room(volume) for box in stock):
            finish = packings.cheapest(left, stock)
            if finish is not None:
                return [*parcels, finish]
        fullest = _fullest(packings, left, stock)
        if fullest is None:  # a box too weak for many units with their dunnage may still take one
            bundles = sorted((alike[0] for alike in Bundles.of(model, left).by_kind), key=lambda bundle: int(bundle[0]))
            fullest = next(filter(None, (packings.cheapest(bundle, stock) for bundle in bundles)), None)
        if fullest is None:
            break
        parcels.append(fullest)
        left = without(left, fullest.members)
    return parcels


def filled_soon(packings: Packings, members: Ints, parcels: Sequence[PackedBox] = ()) -> list[PackedBox]:
    """Return ``parcels`` and further ones for all other units, built quickly rather than well.

    A single construction fills each of the largest open boxes in stock until nothing more goes in. Every other bundle
    gets its own parcel, in the first box that takes it: rigid boxes are tried first, and cheap boxes before dear ones.
    """
    model, found = packings.model, list(parcels)
    left = left_of(members, found)
    rigid = [box for box in model.box_types() if not box.flexible and not box.compartments]
    for box in itertools.islice(_largest(packings, left, rigid), BOXES_PER_PARCEL):
        while len(left) and in_stock([box], found):
            model.stop.look()
            filled = packings.fill_soon(left, box)
            if filled is None:
                break
            found.append(filled)
            left = without(left, filled.members)
    boxes = packings.conceivable.boxes
    order = sorted(range(len(boxes)), key=lambda rank: (boxes[rank].flexible, model.lower_bound(boxes[rank]), rank))
    for bundle in model.admission.bundles(left_of(members, found)):
        model.stop.look()
        suitable: Bools = np.logical_and.reduce(packings.suitable(bundle))
        at_hand = {box.box_type_id for box in in_stock(boxes, found)}
        some = (boxes[rank] for rank in order if suitable[rank] and boxes[rank].box_type_id in at_hand)
        alone = next(filter(None, (packings.cheapest(bundle, [box]) for box in some)), None) or model.as_it_is(bundle)
        found += [] if alone is None else [alone]
    return found


def _fullest(packings: Packings, left: Ints, stock: Sequence[BoxType]) -> PackedBox | None:
    """Return the fullest parcel, by volume of goods, in a box that takes the unit that fits the fewest boxes."""
    ranks = [packings.conceivable.rank[box.box_type_id] for box in stock]
    takes = packings.suitable(packings.one_of_each(left))[:, ranks]
    takes = takes[takes.any(axis=1)]
    fewest = takes[takes.sum(axis=1).argmin()] if len(takes) else np.zeros(len(stock), dtype=np.bool_)
    suitable = [stock[at] for at in np.flatnonzero(fewest).tolist()]
    filled: list[PackedBox] = []
    for tried, box in enumerate(_largest(packings, left, suitable)):
        if tried >= BOXES_PER_PARCEL and filled:
            break
        parcel = packings.fill(left, box)
        filled += [] if parcel is None else [parcel]
    return max(filled, key=lambda parcel: packings.volumes_um3(parcel.members).sum(), default=None)


def _largest(packings: Packings, left: Ints, boxes: Sequence[BoxType]) -> Iterator[BoxType]:
    """Yield boxes, the largest first, except those that dense goods leave too empty when they reach the mass limit."""
    model, facts = packings.model, packings.conceivable
    masses_mg, volumes_um3 = facts.units.mass_mg[facts.at(left)], packings.volumes_um3(left)
    lightest = np.argsort(masses_mg / volumes_um3, kind="stable")
    sums_mg, sums_um3 = masses_mg[lightest].cumsum(), volumes_um3[lightest].cumsum()
    for box in sorted(boxes, key=lambda box: -box.inner_volume_um3):
        limit_mg = model.for_several(box).max_load_mg
        within = sums_um3 <= box.inner_volume_um3
        if limit_mg is not None:
            within &= sums_mg <= limit_mg
        if not within.any() or not model.too_loose(box, np.sort(left[lightest[within]])):
            yield box
