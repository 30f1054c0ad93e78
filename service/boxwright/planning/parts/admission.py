"""What keeps units of an order apart or together, as the arrays that ``selection/admission.py`` decides by."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from boxwright.planning.parts.packs import Packs
from boxwright.selection.admission import NO_CAP, NO_GROUP, Admission, KeptOut

if TYPE_CHECKING:
    from boxwright.domain.box import BoxType
    from boxwright.domain.order import Item
    from boxwright.domain.property_cap import PropertyCap
    from boxwright.packing.problem import Ints
    from boxwright.planning.parts.expansion import Expansion
    from boxwright.planning.request import Request


NO_COMPARTMENT = "a box in a box, which goes into no compartment"
NO_OPEN_BOX = "a very_fragile unit without an inner box, which goes into no open box"
NO_MAILER = "a unit that is fragile or boxed goes into no mailer without compartments"
MOST_NAMED = 3
"""Packs that a refusal names."""


def admission_of(expansion: Expansion, request: Request) -> Admission:
    """Return which units of an order may share a parcel, and which must.

    Groups of one unit are none. Amounts of properties without a cap, of the policy or of a box type, are left out.
    """
    policy, boxes = request.policy, request.catalog.box_types
    lines = [line for line, _ in expansion.lines]
    care = _by_care(lines, expansion, request)
    repeats = [line.quantity for line in lines]
    together = _numbers([line.keep_together_group for line in lines])
    apart = _numbers([line.keep_apart_group for line in lines])
    sizes = dict.fromkeys(together, 0)
    for line in lines:
        if line.keep_together_group:
            sizes[line.keep_together_group] += line.quantity
    capped = (*policy.property_caps, *(cap for box in boxes for cap in box.property_caps))
    own = np.repeat(np.array([line.ships_in_own_container for line in lines], dtype=np.bool_), repeats)
    if not together and not apart and not capped:
        alone = np.full(len(own), NO_GROUP)
        return Admission(alone, alone, np.zeros((len(own), 0), np.int64), _caps((), ()), own, **care)
    properties = sorted({cap.property for cap in capped})
    amounts = [{each.property: each.millionths() for each in line.property_amounts} for line in lines]
    table = [[amount.get(name, 0) for name in properties] for amount in amounts]
    return Admission(
        together=np.repeat(
            np.array(
                [
                    together[line.keep_together_group] if sizes.get(line.keep_together_group, 0) > 1 else NO_GROUP
                    for line in lines
                ],
                dtype=np.int64,
            ),
            repeats,
        ),
        apart=np.repeat(np.array([apart.get(line.keep_apart_group, NO_GROUP) for line in lines], np.int64), repeats),
        amounts=np.repeat(np.array(table, dtype=np.int64).reshape(len(lines), len(properties)), repeats, axis=0),
        caps=_caps(policy.property_caps, properties),
        box_caps={box.box_type_id: _caps(box.property_caps, properties) for box in boxes if box.property_caps},
        own=own,
        apart_names=tuple(apart),
        properties=tuple(properties),
        **care,
    )


def _by_care(lines: Sequence[Item], expansion: Expansion, request: Request) -> dict[str, Any]:
    """Return which units some box types are kept from, and how heavy others beside delicate ones may be."""
    found: dict[str, Any] = {}
    if kept_out := _with_inner_boxes(_kept_out(lines, expansion, request), lines, request):
        found["kept_out"] = kept_out
    if not any(line.care_field for line in lines):
        return found
    repeats = [line.quantity for line in lines]
    masses = np.array([line.mass_mg for line in lines], dtype=np.float64)
    most = [request.care(line).most_beside_mg(line.mass_mg) if line.care_field else None for line in lines]
    limits = [math.inf if each is None else float(each) for each in most]
    if masses.max() > min(limits):
        divided = frozenset(box.box_type_id for box in request.box_types if box.compartments)
        found |= {"mass_mg": np.repeat(masses, repeats), "most_beside_mg": np.repeat(np.array(limits), repeats)}
        found["divided"] = divided
    return found


def _kept_out(lines: Sequence[Item], expansion: Expansion, request: Request) -> dict[str, KeptOut]:
    """Return which units go into no box of a type: fragile ones into mailers, others into packs of some articles.

    Units of an article that needs a pack go into no open box where a pack takes them. Types that are kept from the same
    units share one array, since there may be thousands of both.
    """
    repeats = [line.quantity for line in lines]
    packs = (
        Packs(request, expansion).for_lines() if any(box.compartments for box in _not_plain(request.box_types)) else {}
    )
    no_mailer = [bool(line.care_field) and not request.care(line).mailer for line in lines]
    bound = [line.line_id in packs for line in lines]
    those: dict[tuple[bool, tuple[str, ...]], KeptOut] = {}
    found: dict[str, KeptOut] = {}
    for box in request.box_types if packs else _not_plain(request.box_types):
        articles = () if box.compartments is None else box.compartments.articles
        if box.compartments and not articles:
            continue
        known = those.get((box.flexible, articles))
        if known is None:
            request.stop.look()
            if articles:
                each, rule = [line.article not in articles for line in lines], ""
            elif box.flexible and any(no_mailer):
                each, rule = [no or in_pack for no, in_pack in zip(no_mailer, bound, strict=True)], NO_MAILER
            else:
                each, rule = bound, _packs_words(lines, packs)
            known = those[box.flexible, articles] = KeptOut(np.repeat(np.array(each, dtype=np.bool_), repeats), rule)
        if known.which.any():
            pack = f"compartments of {box.box_type_id!r} are for {', '.join(articles)}"
            found[box.box_type_id] = KeptOut(known.which, pack) if articles else known
    return found


@lru_cache(maxsize=64)
def _not_plain(boxes: tuple[BoxType, ...]) -> list[BoxType]:
    return [box for box in boxes if box.flexible or box.compartments]


def _with_inner_boxes(found: dict[str, KeptOut], lines: Sequence[Item], request: Request) -> dict[str, KeptOut]:
    """Add which units lie in inner boxes, which are for open boxes, and which very fragile ones do not: for packs."""
    bare = request.for_packs.union(request.no_inner_box)
    if not request.inner_boxes and not bare:
        return found
    repeats = [line.quantity for line in lines]
    out_of_open, out_of_cells = (
        np.repeat(np.array([line.line_id in names for line in lines], dtype=np.bool_), repeats)
        for names in (bare, request.inner_boxes)
    )
    for box in request.box_types:
        request.stop.look()
        which, rule = (out_of_cells, NO_COMPARTMENT) if box.compartments else (out_of_open, NO_OPEN_BOX)
        known = found.get(box.box_type_id)
        if known is not None:
            found[box.box_type_id] = KeptOut(known.which | which, known.rule)
        elif which.any():
            found[box.box_type_id] = KeptOut(which, rule)
    return found


def _packs_words(lines: Sequence[Item], packs: Mapping[str, tuple[BoxType, ...]]) -> str:
    """Return which articles go into packs only, and into which, in words."""
    articles = sorted({line.article for line in lines if line.line_id in packs})
    names = list(dict.fromkeys(box.box_type_id for boxes in packs.values() for box in boxes))
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    what = ", ".join(map(repr, articles))
    return f"{what}: only into a pack with compartments, here {', '.join(map(repr, names[:MOST_NAMED]))}{more}"


def _caps(caps: Sequence[PropertyCap], properties: Sequence[str]) -> Ints:
    """Return the caps in millionths, property by property; ``NO_CAP`` where there is none."""
    known = {cap.property: cap.millionths() for cap in caps}
    return np.array([known.get(name, NO_CAP) for name in properties], dtype=np.int64)


def _numbers(names: list[str]) -> dict[str, int]:
    """Number the names that are not empty, in alphabetical order."""
    return {name: number for number, name in enumerate(sorted(set(names) - {""}))}
