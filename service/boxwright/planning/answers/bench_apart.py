"""Why an order has more than one parcel: of each parcel after the first, what keeps its goods out of earlier ones."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boxwright.domain.bench import weight_words
from boxwright.domain.order import Item
from boxwright.domain.own_container import box_of
from boxwright.domain.plan import Parcel, Plan, PlanStatus
from boxwright.domain.policy import Objective
from boxwright.domain.proof import Proof
from boxwright.domain.property_cap import MILLIONTHS, PropertyCap
from boxwright.planning.answers.bench_weights import inner_boxes
from boxwright.planning.task import Task
from boxwright.planning.words import listed, named
from boxwright.protection import care_of
from boxwright.units import exact

_MOST_NAMED = 5
"""Earlier parcels that are listed by number."""
_BY_ARGUMENT = (
    Proof.BAR_RELAXATION,
    Proof.DUAL_FEASIBLE_FUNCTION,
    Proof.IDENTICAL_UNITS,
    Proof.EXACT_RELAXED,
    Proof.EXACT,
)
"""Proofs whose figures say nothing to a packer."""


@dataclass(frozen=True, slots=True)
class _Held:
    """What of a parcel may keep others out of it, by the names of units; parcels that are alike are compared once.

    The unit that ships as it is; one in compartments, the articles that these are for, those of the units, whether each
    compartment is taken and a unit needs the pack; whether it was started before the plan; its keep-apart group, its
    heaviest unit in mg, and the most in mg that a unit with its most delicate one may weigh, or zero; and the amount in
    millionths of each property that the policy caps.
    """

    own: str = ""
    cells: str = ""
    articles: frozenset[str] = frozenset()
    goods: frozenset[str] = frozenset()
    full: bool = False
    packs_only: bool = False
    begun: bool = False
    group: tuple[str, str] = ("", "")
    heaviest: tuple[int, str] = (0, "")
    delicate: tuple[int, str] = (0, "")
    amounts: tuple[int, ...] = ()


def why_apart(plan: Plan, task: Task) -> tuple[str, ...]:
    """Return for each parcel of a plan of a task why its goods are in none of the earlier ones.

    Empty for the first parcel, and where neither the rules nor the certificate say anything of it.
    """
    if len(plan.parcels) < 2:
        return ("",) * len(plan.parcels)
    lines = {line.line_id: line for line in task.order.lines}
    said, earlier = [], dict[_Held, list[int]]()
    for number, parcel in enumerate(plan.parcels, 1):
        held = _holds(parcel, lines, task)
        reasons: dict[str, list[int]] = {}
        for other, numbers in earlier.items():
            task.stop.look()
            if reason := _between(held, other, task.policy.property_caps) or _at_large(plan, task):
                reasons.setdefault(reason, []).extend(numbers)
        parts = (f"Why not in {_parcels(those, number - 1)}: {reason}." for reason, those in reasons.items())
        said.append(" ".join(parts))
        earlier.setdefault(held, []).append(number)
    return tuple(said)


def _parcels(numbers: list[int], earlier: int) -> str:
    """Return what some of so many earlier parcels are called."""
    if len(numbers) == 1:
        return f"parcel {numbers[0]}"
    if len(numbers) == earlier:
        return "an earlier parcel"
    shown = [*map(str, sorted(numbers)[:_MOST_NAMED])]
    if len(numbers) > _MOST_NAMED:
        shown.append(f"{len(numbers) - _MOST_NAMED} more")
    return f"parcels {listed(shown)}"


def _between(one: _Held, other: _Held, caps: Sequence[PropertyCap]) -> str:
    """Return the rule that keeps the goods of two parcels apart; empty for none that two parcels alone show."""
    if own := one.own or other.own:
        return f"{own} ships as it is, and nothing goes with it"
    (group, what), (other_group, other_what) = one.group, other.group
    if group and other_group and group != other_group:
        return f"{what} is of the keep-apart group {group}, {other_what} of {other_group}"
    if one.cells and other.cells:
        return _by_packs(one, other)
    for (mass_mg, heavy), (most_mg, light) in ((one.heaviest, other.delicate), (other.heaviest, one.delicate)):
        if 0 < most_mg < mass_mg:
            beside = f"beside which at most {weight_words(most_mg)} may lie"
            return f"{heavy} ({weight_words(mass_mg)}) would crush {light}, {beside}"
    for cap, amount, more in zip(caps, one.amounts, other.amounts, strict=True):
        if amount + more > cap.millionths():
            together, most = exact(amount + more, MILLIONTHS), exact(cap.millionths(), MILLIONTHS)
            return f"together they have {together} of {cap.property}, and a parcel may have {most}"
    if other.begun and not one.begun and not one.packs_only:
        return "no way was found to pack these goods with what was there already"
    return _by_packs(one, other)


def _by_packs(one: _Held, other: _Held) -> str:
    # The compartments of a pack without articles are for all goods.
    if other.cells and (not other.articles or one.goods <= other.articles):
        return "no compartment is free there" if other.full else ""
    if one.cells and (not one.articles or other.goods <= one.articles):
        return ""
    if one.cells and other.cells:
        return f"{one.cells} and {other.cells} go into different packs with compartments"
    # Units of one article, some in a pack and some in an open box, are parted by no rule.
    what = "" if (one.goods & other.goods) - {""} else one.cells or other.cells
    return f"{what} goes into a pack with compartments, and nothing else goes into that" if what else ""


def _at_large(plan: Plan, task: Task) -> str:
    """Return what the certificate says of fewer parcels for the whole order."""
    certificate, count = plan.certificate, len(plan.parcels)
    # A certificate without objectives claims nothing: of somebody else's packing, or of very fragile goods.
    if plan.status is not PlanStatus.COMPLETE or certificate.rank or not certificate.objectives:
        return ""
    first = certificate.objectives[0]
    if first != Objective.PARCEL_COUNT:
        return f"this is the best plan found by {first.replace('_', ' ')}"
    if certificate.bounded_objective == first and certificate.lower_bound != certificate.value:
        return f"no plan with fewer than {count} parcels was found"
    largest = max(task.catalog.box_types, key=lambda each: each.inner_volume_um3).box_type_id
    refused = {each.box_type_id: each for each in certificate.refused_candidates}.get(largest)
    # The largest box by volume may be a flat one: that it is too low for one unit is no reason for two parcels.
    if count > 2 or refused is None or refused.proof is Proof.SINGLE_UNIT:
        return f"the order does not go into fewer than {count} parcels, which is proved"
    if refused.proof in _BY_ARGUMENT:
        return f"not even {largest}, the largest box, has room for all, which is proved"
    return f"not even {largest}, the largest box, takes all: {refused.message}"


def _holds(parcel: Parcel, lines: Mapping[str, Item], task: Task) -> _Held:
    held = {each.line_id: lines[each.line_id] for each in parcel.placements}
    names = {line_id: named(line) for line_id, line in held.items()}
    first = names[parcel.placements[0].line_id]
    if parcel.ships_in_own_container:
        return _Held(own=first)
    added = {line_id: inner.added_mg for (line_id, _), inner in inner_boxes(parcel, lines, task).items()}
    masses = {line_id: line.mass_mg + added.get(line_id, 0) for line_id, line in held.items()}
    cares = {line_id: care_of(line, task.materials) for line_id, line in held.items()}
    beside = ((cares[line_id].most_beside_mg(masses[line_id]), names[line_id]) for line_id in held)
    cells = box_of(parcel, task.catalog).compartments
    groups = ((line.keep_apart_group, names[line_id]) for line_id, line in held.items() if line.keep_apart_group)
    amounts: Counter[str] = Counter()
    for each in parcel.placements:
        for amount in held[each.line_id].property_amounts:
            amounts[amount.property] += amount.millionths()
    return _Held(
        cells=first if cells else "",
        articles=frozenset(cells.articles if cells else ()),
        goods=frozenset(line.article for line in held.values()),
        full=cells is not None and len(cells) == len(parcel.placements),
        packs_only=cells is not None and any(each.needs_tested_pack for each in cares.values()),
        begun=bool(parcel.started_parcel_id),
        group=next(groups, ("", "")),
        heaviest=max((mass, names[line_id]) for line_id, mass in masses.items()),
        delicate=min(((most_mg, name) for most_mg, name in beside if most_mg is not None), default=(0, "")),
        amounts=tuple(amounts[cap.property] for cap in task.policy.property_caps),
    )
