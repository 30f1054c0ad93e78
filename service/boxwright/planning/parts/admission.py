"""Rules that keep units of an order apart or together, as arrays for ``selection/admission.py``."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from boxwright.domain.box import BoxStyle
from boxwright.domain.own_container import shipped_orientation
from boxwright.domain.property_cap import MILLIONTHS
from boxwright.planning.parts.packs import Packs
from boxwright.planning.words import first_of
from boxwright.protection import dense_mg, is_card, too_thin_for_iron
from boxwright.selection.admission import NO_CAP, NO_GROUP, Admission, KeptOut
from boxwright.shipping import refusing_limit
from boxwright.units import MG_PER_KG

if TYPE_CHECKING:
    from boxwright.catalog.rows import RuleFigure
    from boxwright.domain.box import BoxType
    from boxwright.domain.order import Item
    from boxwright.domain.property_cap import PropertyCap
    from boxwright.packing.problem import Ints
    from boxwright.planning.parts.expansion import Expansion
    from boxwright.planning.request import Request
    from boxwright.shipping import Biller


NO_COMPARTMENT = "a box in a box goes into no compartment"
NO_OPEN_BOX = "a very_fragile unit without an inner box goes into no open box"
NO_MAILER = "no mailer without compartments takes fragile or boxed units, or units with most kinds of special handling"
NO_WRAP = "a book wrap takes only rigid goods that cover most of its sheet"
NO_BAG = "a bag takes only soft and small goods"
NOT_FLAT = "a narrow box that stands takes only flat goods"
MOST_NAMED = 3
"""Maximum number of packs named in a refusal."""
RIGID_KG = "kg of several rigid units"
"""Name of the property whose sum a mailer limits: the mass of rigid units. A unit counts at most up to the limit, so
that a single unit may go in."""
SMALL_UNITS = "small rigid units"
IRON_KG = "kg of dense goods in single wall"
UM2_PER_CM2 = 10**8


def admission_of(expansion: Expansion, request: Request) -> Admission:
    """Return which units of an order may share a parcel, and which must.

    A keep-together group of one unit is ignored. Only properties with a cap of the policy or of a box type are listed.
    A unit does not ship in its own container if the carrier refuses that.
    """
    policy, boxes = request.policy, request.catalog.box_types
    lines = [line for line, _ in expansion.lines]
    of_line = np.repeat(np.arange(len(lines)), [line.quantity for line in lines])

    def by_unit(by_line: Sequence[Any], kind: type = np.int64) -> Any:
        return np.array(by_line, dtype=kind)[of_line]

    apart = _numbers([line.keep_apart_group for line in lines])
    capped = (*policy.property_caps, *(cap for box in boxes for cap in box.property_caps))
    properties = sorted({cap.property for cap in capped})
    names = [line.keep_together_group for line in lines]
    together, sizes = _numbers(names), Counter[str]()
    for line in lines:
        sizes[line.keep_together_group] += line.quantity
    amounts = [{amount.property: amount.millionths() for amount in line.property_amounts} for line in lines]
    rules = request.materials.protection_rules
    most_mg, small_um2 = int(rules["several_in_mailer"].value * MG_PER_KG), rules["small_in_mailer"].value * UM2_PER_CM2
    rigid_mg = [min(line.mass_mg, most_mg) if line.soft_goods is None else 0 for line in lines]
    small = [MILLIONTHS * (line.soft_goods is None and _face_um2(line) < small_um2) for line in lines]
    iron_mg, iron_kg = [dense_mg(line, request.materials) for line in lines], rules["dense_in_single_wall"].value
    flexible, own_caps = attrgetter("flexible"), defaultdict[str, dict[str, int]](dict)
    iron = sum(line.quantity * mass_mg for line, mass_mg in zip(lines, iron_mg, strict=True))
    # Boxes are asked only where it matters, since that takes longer than the rest of a small order.
    thin_walled = too_thin_for_iron(boxes, request.materials) if iron > iron_kg * MG_PER_KG else ()
    for name, cap, counted, takes_cap in (
        (RIGID_KG, most_mg, rigid_mg, flexible),
        (SMALL_UNITS, MILLIONTHS, small, flexible),
        (IRON_KG, int(iron_kg * MG_PER_KG), iron_mg, lambda box: box.box_type_id in thin_walled),
    ):
        if sum(line.quantity * amount for line, amount in zip(lines, counted, strict=True)) > cap:
            properties.append(name)
            for amounts_of, amount in zip(amounts, counted, strict=True):
                amounts_of[name] = amount  # a mg is a millionth of a kg
            for box in filter(takes_cap, boxes):
                own_caps[box.box_type_id][name] = cap
    table = np.array([[amount.get(name, 0) for name in properties] for amount in amounts], dtype=np.int64)
    beside: dict[str, Any] = {}
    if any(line.care_field for line in lines):
        # The maximum mass beside delicate goods, if some unit is heavier.
        most = [request.care(line).most_beside_mg(line.mass_mg) if line.care_field else None for line in lines]
        limits = [math.inf if limit is None else float(limit) for limit in most]
        # Equal dense units that are not small count together, as they lie in one pile.
        least_mg = request.materials.blocking_rules["beside_fragile_mass"].value * MG_PER_KG
        masses = [
            line.mass_mg * (line.quantity if iron > least_mg else 1) for line, iron in zip(lines, iron_mg, strict=True)
        ]
        if max(masses) > min(limits):
            beside = {
                "mass_mg": by_unit(masses, np.float64),
                "most_beside_mg": by_unit(limits, np.float64),
                "divided": frozenset(box.box_type_id for box in request.box_types if box.compartments),
            }
    request.stop.look()
    own = [line.ships_in_own_container and not own_refusal(line, request.biller) for line in lines]
    return Admission(
        together=by_unit([together[name] if name and sizes[name] > 1 else NO_GROUP for name in names]),
        apart=by_unit([apart.get(line.keep_apart_group, NO_GROUP) for line in lines]),
        amounts=table.reshape(len(lines), len(properties))[of_line],
        caps=_caps(policy.property_caps, properties, {}),
        box_caps={
            box.box_type_id: _caps(box.property_caps, properties, own_caps[box.box_type_id])
            for box in boxes
            if box.property_caps or box.box_type_id in own_caps
        },
        own=by_unit(own, np.bool_),
        apart_names=tuple(apart),
        properties=tuple(properties),
        kept_out=_kept_out(lines, of_line, expansion, request),
        **beside,
    )


def own_refusal(line: Item, biller: Biller | None) -> str:
    """Return the limit by which the carrier refuses a unit in its own container; empty if it accepts it."""
    extents = shipped_orientation(line).rotate(*line.edges_um)
    return "" if biller is None else refusing_limit(extents, line.mass_mg, biller.rule) or ""


def _kept_out(lines: Sequence[Item], of_line: Ints, expansion: Expansion, request: Request) -> dict[str, KeptOut]:
    """Return, by box type id, the units that may not go into a box type.

    Mailers take no fragile units and none whose special handling forbids it. Packs take only their articles. Open boxes
    take no unit of an article that needs a pack and has one. Inner boxes go into open boxes only, and very fragile
    units without one into packs only. Book wraps, bags and slim boxes take no unit of another shape. Box types with the
    same rule share one array: there may be thousands of them.
    """
    rules = request.materials.protection_rules
    some = [box for box in request.box_types if box.flexible or box.compartments or _slim(box, rules)]
    packs = Packs(request, expansion).for_lines() if any(box.compartments for box in some) else {}
    bare = request.for_packs.union(request.no_inner_box)
    no_mailer = [bool(line.care_field) and not request.care(line).mailer for line in lines]
    those: dict[tuple[object, ...], KeptOut] = {}
    found: dict[str, KeptOut] = {}
    for box in request.box_types if packs or bare or request.inner_boxes else some:
        articles = None if box.compartments is None else box.compartments.articles
        sheet = box.inner_um[:2] if box.style is BoxStyle.BOOK_WRAP else None
        rule_of = box.flexible, articles, sheet, box.style is BoxStyle.BAG, _slim(box, rules)
        known = those.get(rule_of)
        if known is None:
            request.stop.look()
            which, rule = [line.line_id in packs for line in lines], _packs_words(lines, packs)
            if articles is not None:
                cards = [is_card(line, request.materials) for line in lines]
                others = [bool(articles) and line.article not in articles for line in lines]
                which, rule = [no and not card for no, card in zip(others, cards, strict=True)], ""
            elif box.flexible and any(no_mailer):
                which, rule = [no or in_pack for no, in_pack in zip(no_mailer, which, strict=True)], NO_MAILER
            if articles is None and any(shapes := [_misshapen(line, box, rules) for line in lines]):
                shape = NO_WRAP if sheet else NO_BAG if box.style is BoxStyle.BAG else NOT_FLAT
                rule = rule if any(which) else shape
                which = [one or two for one, two in zip(which, shapes, strict=True)]
            other = [line.line_id in (bare if articles is None else request.inner_boxes) for line in lines]
            if not any(which) and any(other):
                rule = NO_OPEN_BOX if articles is None else NO_COMPARTMENT
            both = np.array([one or two for one, two in zip(which, other, strict=True)], dtype=np.bool_)
            known = those[rule_of] = KeptOut(both[of_line], rule)
        if known.which.any():
            pack = f"the compartments of {box.box_type_id!r} take only {', '.join(articles or ())}"
            found[box.box_type_id] = known if known.rule else KeptOut(known.which, pack)
    return found


def _face_um2(line: Item) -> int:
    return math.prod(sorted(line.edges_um)[1:])


def _slim(box: BoxType, rules: Mapping[str, RuleFigure]) -> bool:
    """Whether a box stands on a long, narrow side."""
    narrow, middle, _ = sorted(box.inner_um)
    return not box.flexible and box.inner_um[2] > narrow and middle >= rules["slim_box"].value * narrow


def _misshapen(line: Item, box: BoxType, rules: Mapping[str, RuleFigure]) -> bool:
    """Whether the shape of a unit keeps it out of a book wrap, a bag or a slim box."""
    if box.style is BoxStyle.BOOK_WRAP:
        covers = _face_um2(line) >= rules["wrap_cover"].value * math.prod(box.inner_um[:2])
        return line.soft_goods is not None or not covers
    if box.style is BoxStyle.BAG:
        return line.soft_goods is None and _face_um2(line) >= rules["small_in_mailer"].value * UM2_PER_CM2
    low, middle, _ = sorted(line.edges_um)
    return _slim(box, rules) and line.soft_goods is None and low > rules["flat_unit"].value * middle


def _packs_words(lines: Sequence[Item], packs: Mapping[str, tuple[BoxType, ...]]) -> str:
    """Describe the articles that need a pack, and their packs."""
    articles = sorted({line.article for line in lines if line.line_id in packs})
    names = list(dict.fromkeys(box.box_type_id for boxes in packs.values() for box in boxes))
    what, packs_named = ", ".join(map(repr, articles)), first_of([*map(repr, names)], MOST_NAMED)
    return f"goods with article {what} need a pack with compartments, here {packs_named}"


def _caps(caps: Sequence[PropertyCap], properties: Sequence[str], own: Mapping[str, int]) -> Ints:
    """Return the cap of each property in millionths, or ``NO_CAP``."""
    known = {**own, **{cap.property: cap.millionths() for cap in caps}}
    return np.array([known.get(name, NO_CAP) for name in properties], dtype=np.int64)


def _numbers(names: list[str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(sorted(set(names) - {""}))}
