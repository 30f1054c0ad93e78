"""Why an order has more than one parcel: of each parcel after the first, what keeps its goods out of earlier ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from boxwright.domain.bench import weight_words
from boxwright.domain.own_container import box_of
from boxwright.domain.plan import PlanStatus
from boxwright.domain.policy import Objective
from boxwright.domain.proof import Proof
from boxwright.domain.property_cap import MILLIONTHS
from boxwright.planning.answers.bench_inner import InnerBoxes
from boxwright.planning.answers.bench_phrases import PHRASES, Phrases, listed, named
from boxwright.protection import care_of, with_class_rules
from boxwright.units import exact

if TYPE_CHECKING:
    from collections.abc import Mapping

    from boxwright.domain.order import Item
    from boxwright.domain.plan import Parcel, Plan
    from boxwright.planning.task import Task

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
    """What of a parcel may keep others out of it; parcels that are alike are compared once."""

    own: str = ""
    """Name of the unit that ships as it is."""
    cells: str = ""
    """Name of a unit in its compartments."""
    articles: tuple[str, ...] = ()
    """Articles that the compartments are for."""
    goods: frozenset[str] = frozenset()
    """Articles of its units."""
    full: bool = False
    """Whether each compartment is taken."""
    packs_only: bool = False
    """Whether one of its units needs the pack that it is in."""
    begun: bool = False
    """Whether it was started before the plan."""
    group: str = ""
    """Its keep-apart group."""
    grouped: str = ""
    """Name of a unit of that group."""
    heaviest: tuple[int, str] = (0, "")
    """Mass in mg and name of the heaviest unit."""
    delicate: tuple[int, str] = (0, "")
    """Most that a unit with it may weigh, in mg, and name of the unit that bears least; or zero."""
    amounts: tuple[int, ...] = ()
    """Of each property that the policy caps, in millionths."""

    def may_go_into(self, pack: _Held) -> bool:
        """Whether the compartments of a pack are for these goods too."""
        return not pack.articles or self.goods <= frozenset(pack.articles)


def why_apart(plan: Plan, task: Task, language: str = "en") -> tuple[str, ...]:
    """Return for each parcel of a plan of a task why its goods are in none of the earlier ones.

    Empty for the first parcel, and where neither the rules nor the certificate say anything of it. ``language`` is one
    of ``PHRASES``.
    """
    order = with_class_rules(task.order, task.materials, task.stop)
    apart = Apart(plan, {line.line_id: line for line in order.lines}, task, PHRASES[language])
    return tuple(map(apart.of, range(len(plan.parcels))))


class Apart:
    """Why each parcel of a plan is one of its own.

    Parameters
    ----------
    plan : Plan
        A plan of the task.
    lines : mapping of str to Item
        Lines of the order with the rules of their classes, by id.
    task : Task
        Catalog, policy and materials.
    phrases : Phrases
        Of the language.
    """

    def __init__(self, plan: Plan, lines: Mapping[str, Item], task: Task, phrases: Phrases) -> None:
        self._plan, self._lines, self._task, self._phrases = plan, lines, task, phrases
        self._held = [self._holds(parcel) for parcel in plan.parcels] if len(plan.parcels) > 1 else []

    def of(self, index: int) -> str:
        """Return why the goods of a parcel are in none of the earlier ones; empty where nothing is known of it."""
        if not 0 < index < len(self._held):
            return ""
        earlier: dict[_Held, list[int]] = {}
        for number, held in enumerate(self._held[:index], 1):
            earlier.setdefault(held, []).append(number)
        reasons: dict[str, list[int]] = {}
        for held, numbers in earlier.items():
            self._task.stop.look()
            if reason := self._between(self._held[index], held) or self._at_large():
                reasons.setdefault(reason, []).extend(numbers)
        said = (
            self._phrases.parted.format(parcels=self._parcels(those, index), reason=why)
            for why, those in reasons.items()
        )
        return " ".join(said)

    def _parcels(self, numbers: list[int], index: int) -> str:
        if len(numbers) == 1:
            return self._phrases.one_parcel.format(number=numbers[0])
        if len(numbers) == index:
            return self._phrases.earlier_parcels
        shown = [*map(str, sorted(numbers)[:_MOST_NAMED])]
        if len(numbers) > _MOST_NAMED:
            shown.append(self._phrases.more_parcels.format(count=len(numbers) - _MOST_NAMED))
        return self._phrases.parcels.format(numbers=listed(shown, self._phrases.last))

    def _between(self, one: _Held, other: _Held) -> str:
        """Return the rule that keeps the goods of two parcels apart; empty for none that two parcels alone show."""
        phrases = self._phrases
        if own := one.own or other.own:
            return phrases.apart_own.format(what=own)
        if one.group and other.group and one.group != other.group:
            said = {"what": one.grouped, "group": one.group, "other": other.grouped, "other_group": other.group}
            return phrases.apart_group.format(**said)
        if one.cells and other.cells:
            return self._by_packs(one, other)
        if heavy := self._crushed(one, other) or self._crushed(other, one):
            return heavy
        for cap, amount, more in zip(self._task.policy.property_caps, one.amounts, other.amounts, strict=True):
            if amount + more > cap.millionths():
                figures = {"amount": exact(amount + more, MILLIONTHS), "most": exact(cap.millionths(), MILLIONTHS)}
                return phrases.apart_cap.format(property=cap.property, **figures)
        if other.begun and not one.begun and not one.packs_only:
            return phrases.apart_begun
        return self._by_packs(one, other)

    def _crushed(self, heavy: _Held, light: _Held) -> str:
        most_mg, name = light.delicate
        if not most_mg or heavy.heaviest[0] <= most_mg:
            return ""
        said = {"heavy": heavy.heaviest[1], "mass": weight_words(heavy.heaviest[0]), "light": name}
        return self._phrases.apart_heavy.format(most=weight_words(most_mg), **said)

    def _by_packs(self, one: _Held, other: _Held) -> str:
        phrases = self._phrases
        if other.cells and one.may_go_into(other):
            return phrases.apart_full if other.full else ""
        if one.cells and other.may_go_into(one):
            return ""
        if one.cells and other.cells:
            return phrases.apart_packs.format(what=one.cells, other=other.cells)
        # Units of one article, some in a pack and some in an open box, are parted by no rule.
        what = "" if (one.goods & other.goods) - {""} else one.cells or other.cells
        return phrases.apart_pack.format(what=what) if what else ""

    def _at_large(self) -> str:
        """Return what the certificate says of fewer parcels for the whole order."""
        plan, phrases, certificate = self._plan, self._phrases, self._plan.certificate
        # A certificate without objectives claims nothing: of somebody else's packing, or of very fragile goods.
        if plan.status is not PlanStatus.COMPLETE or certificate.rank or not certificate.objectives:
            return ""
        first = certificate.objectives[0]
        if first != Objective.PARCEL_COUNT:
            return phrases.apart_better.format(objective=first.replace("_", " "))
        proved = certificate.bounded_objective != first or certificate.lower_bound == certificate.value
        if proved and len(plan.parcels) == 2 and (largest := self._largest_refused()):
            return largest
        return (phrases.apart_proved if proved else phrases.apart_found).format(count=len(plan.parcels))

    def _largest_refused(self) -> str:
        """Return why all goods do not go into the largest box together; empty where its proof says nothing of that.

        The largest box by volume may be a flat one: that it is too low for one unit is no reason for two parcels.
        """
        largest = max(self._task.catalog.box_types, key=lambda each: each.inner_volume_um3).box_type_id
        proofs = {each.box_type_id: each for each in self._plan.certificate.refused_candidates}
        refused = proofs.get(largest)
        if refused is None or refused.proof is Proof.SINGLE_UNIT:
            return ""
        if refused.proof in _BY_ARGUMENT:
            return self._phrases.apart_room.format(box=largest)
        return self._phrases.apart_box.format(box=largest, rule=refused.rule)

    def _holds(self, parcel: Parcel) -> _Held:
        lines = {each.line_id: self._lines[each.line_id] for each in parcel.placements}
        names = {line_id: named(line, self._phrases) for line_id, line in lines.items()}
        first = names[parcel.placements[0].line_id]
        if parcel.ships_in_own_container:
            return _Held(own=first)
        inner = InnerBoxes(parcel, self._lines, self._task)
        masses = {each.line_id: lines[each.line_id].mass_mg + inner.added_mg(each) for each in parcel.placements}
        cells = box_of(parcel, self._task.catalog).compartments
        group = next(
            ((line.keep_apart_group, names[line_id]) for line_id, line in lines.items() if line.keep_apart_group),
            ("", ""),
        )
        return _Held(
            cells=first if cells else "",
            articles=cells.articles if cells else (),
            goods=frozenset(line.article for line in lines.values()),
            full=cells is not None and len(cells) == len(parcel.placements),
            packs_only=cells is not None
            and any(care_of(line, self._task.materials).needs_tested_pack for line in lines.values()),
            begun=bool(parcel.started_parcel_id),
            group=group[0],
            grouped=group[1],
            heaviest=max((mass, names[line_id]) for line_id, mass in masses.items()),
            delicate=self._most_delicate(lines, masses, names),
            amounts=tuple(
                sum(
                    amount.millionths()
                    for each in parcel.placements
                    for amount in lines[each.line_id].property_amounts
                    if amount.property == cap.property
                )
                for cap in self._task.policy.property_caps
            ),
        )

    def _most_delicate(
        self, lines: Mapping[str, Item], masses: Mapping[str, int], names: Mapping[str, str]
    ) -> tuple[int, str]:
        """Return the least limit that a unit of the parcel sets to others, with that unit; zero where none does."""
        found = []
        for line_id, line in lines.items():
            most_mg = care_of(line, self._task.materials).most_beside_mg(masses[line_id])
            if most_mg is not None:
                found.append((most_mg, names[line_id]))
        return min(found, default=(0, ""))
