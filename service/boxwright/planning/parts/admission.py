"""What keeps units of an order apart or together, as the arrays that ``selection/admission.py`` decides by."""

from __future__ import annotations

import math
from collections import Counter
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
    repeats = [line.quantity for line in lines]

    def by_unit(figures: Any, kind: type = np.int64) -> Any:
        return np.repeat(np.array(figures, dtype=kind), repeats, axis=0)

    apart = _numbers([line.keep_apart_group for line in lines])
    capped = (*policy.property_caps, *(cap for box in boxes for cap in box.property_caps))
    properties = sorted({cap.property for cap in capped})
    names = [line.keep_together_group for line in lines]
    together, sizes = _numbers(names), Counter[str]()
    for name, quantity in zip(names, repeats, strict=True):
        sizes[name] += quantity
    groups = [together[name] if name and sizes[name] > 1 else NO_GROUP for name in names]
    amounts = [{each.property: each.millionths() for each in line.property_amounts} for line in lines]
    table = [[amount.get(name, 0) for name in properties] for amount in amounts]
    beside: dict[str, Any] = {}
    if any(line.care_field for line in lines):
        # How heavy others beside delicate goods may be, where some are heavier.
        most = [request.care(line).most_beside_mg(line.mass_mg) if line.care_field else None for line in lines]
        limits = [math.inf if each is None else float(each) for each in most]
        if max(line.mass_mg for line in lines) > min(limits):
            beside = {
                "mass_mg": by_unit([line.mass_mg for line in lines], np.float64),
                "most_beside_mg": by_unit(limits, np.float64),
                "divided": frozenset(box.box_type_id for box in request.box_types if box.compartments),
            }
    return Admission(
        together=by_unit(groups),
        apart=by_unit([apart.get(line.keep_apart_group, NO_GROUP) for line in lines]),
        amounts=by_unit(np.array(table, dtype=np.int64).reshape(len(lines), len(properties))),
        caps=_caps(policy.property_caps, properties),
        box_caps={box.box_type_id: _caps(box.property_caps, properties) for box in boxes if box.property_caps},
        own=by_unit([line.ships_in_own_container for line in lines], np.bool_),
        apart_names=tuple(apart),
        properties=tuple(properties),
        kept_out=_with_inner_boxes(_kept_out(lines, expansion, request), lines, request),
        **beside,
    )


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
