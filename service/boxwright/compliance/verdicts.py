"""Verdicts on a plan under the rules of markets, with the formulas of the EU's Regulation (EU) 2025/40."""

import datetime
import enum
import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from boxwright.catalog import Materials, load_materials
from boxwright.catalog.rows import MarketRule
from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.factor import Component
from boxwright.domain.material import MaterialKind
from boxwright.domain.plan import Parcel, Plan
from boxwright.domain.rounded import count, grams, percent
from boxwright.units import to_g


class VerdictStatus(enum.StrEnum):
    """Outcome of checking a plan against a rule."""

    PASS = "pass"
    FAIL = "fail"
    EXEMPT = "exempt"
    """The rule does not apply."""
    PROVISIONAL = "provisional"
    """The method or first day of the rule is not final: figures are reported without a decision."""
    NOT_IN_FORCE = "not_in_force"
    """The plan ships before the rule applies, and is not known to comply with it."""
    CONFLICT = "conflict"
    """No box complies with the rule under this plan's protection of the goods."""
    UNDETERMINED = "undetermined"
    """A fact that the decision needs is unknown."""


BESIDE = ("smaller_inner", "smaller_outer", "least")
"""Names of figures about boxes that the plan does not use."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a verdict, in the unit of its rule."""

    name: str
    """Name of the figure, such as ``inner``; ``docs/compliance.md`` lists the names by rule."""
    value: float
    margin: float
    """Distance from the threshold; negative on the wrong side."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict on a plan, or on one of its parcels, under one rule."""

    rule: MarketRule
    status: VerdictStatus
    message: str
    """Text for people: the figures, the reason for a failure or exemption, and possible remedies."""
    parcel_index: int | None = None
    """Index of the parcel, from 0. Default: the verdict is about the whole plan."""
    figures: tuple[Figure, ...] = ()

    @property
    def lacking(self) -> tuple[str, ...]:
        """Names of the plan's own figures on the wrong side of the threshold."""
        return tuple(figure.name for figure in self.figures if figure.margin < 0 and figure.name not in BESIDE)

    @property
    def keeps(self) -> bool:
        """True if the plan passes or is exempt or, before the rule applies, has all figures on the right side."""
        if self.status in (VerdictStatus.PROVISIONAL, VerdictStatus.NOT_IN_FORCE):
            return bool(self.figures) and not self.lacking
        return self.status in (VerdictStatus.PASS, VerdictStatus.EXEMPT)

    @property
    def outcome(self) -> str:
        """The status with the figures that miss the threshold, such as ``provisional: outer``."""
        return ": ".join(filter(None, (self.status.value.replace("_", " "), " and ".join(self.lacking))))

    def __str__(self) -> str:
        where = "" if self.parcel_index is None else f", parcel {self.parcel_index + 1}"
        status = self.status.value.replace("_", " ")
        return f"{self.rule.instrument}, {self.rule.provision}{where}: {status}: {self.message} ({self.basis})"

    @property
    def basis(self) -> str:
        """First day of the rule, what may postpone it, and the grade of its source, as text."""
        later = f" or {self.rule.pending}" if self.rule.pending else ""
        return f"applies from {self.rule.in_force_from}{later}; source grade: {self.rule.source_grade.value}"


@dataclass(frozen=True, slots=True)
class Case:
    """A plan to check against market rules, with the facts that the checks need."""

    plan: Plan
    catalog: Catalog
    materials: Materials
    day: datetime.date | None
    """Ship date; None if unknown."""
    reuse_system: bool


def status_of(rule: MarketRule, day: datetime.date | None, *, kept: bool | None) -> VerdictStatus:
    """Return the status of a rule on a ship date. ``kept`` is None if undecided, the date None if unknown."""
    if kept and not rule.pending:  # a kept rule passes on every ship date
        return VerdictStatus.PASS
    if day is not None and day < rule.in_force_from:
        return VerdictStatus.NOT_IN_FORCE
    if rule.pending:
        return VerdictStatus.PROVISIONAL
    return VerdictStatus.UNDETERMINED if day is None or kept is None else VerdictStatus.FAIL


def verdicts(
    plan: Plan,
    catalog: Catalog,
    market_ids: Sequence[str],
    *,
    destination: str = "",
    ship_date: datetime.date | None = None,
    reuse_system: bool = False,
    materials: Materials | None = None,
) -> tuple[Verdict, ...]:
    """Return verdicts under those market rules that a plan can be checked against; none for a plan without parcels.

    Parameters
    ----------
    plan : Plan
        Its certificate says why a smaller box was refused.
    catalog : Catalog
        The catalog of the plan.
    market_ids : sequence of str
        Ids of ``materials/markets.csv``, such as ``eu``.
    destination : str, optional
        ``Lane.destination_territory``, such as ``DE``. Rules of markets outside it are exempt. Default: inside every
        market.
    ship_date : date, optional
        Default: that of the plan. Without either, a broken rule is undetermined.
    reuse_system : bool, optional
        Whether reusable boxes are within a system of re-use (Regulation (EU) 2025/40, Art. 27 and Annex VI). Default:
        not stated.
    materials : Materials, optional
        Default: the shipped data.

    Raises
    ------
    InvalidInputError
        If a market is unknown.
    """
    materials = materials or load_materials()
    case = Case(plan, catalog, materials, ship_date or plan.ship_date, reuse_system)
    found: list[Verdict] = []
    for market_id in market_ids:
        market = materials.market(market_id)
        outside = destination and market.country_codes and destination not in market.country_codes
        for rule in market.rules if plan.parcels else ():
            if rule.check_type not in _DECISIONS:
                continue
            decide = _DECISIONS[rule.check_type]
            if destination in market.unsettled_codes:
                why = f"it is unknown whether the rule holds in {destination}"
                found.append(Verdict(rule, VerdictStatus.UNDETERMINED, why))
            elif outside:
                why = f"the destination {destination} is outside the market {market.name}"
                found.append(Verdict(rule, VerdictStatus.EXEMPT, why))
            elif decide is None or rule.limit is None:
                why = f"the limit for {rule.applies_to} is {rule.threshold} ({rule.unit}); not decided: {rule.note}"
                found.append(Verdict(rule, status_of(rule, case.day, kept=None), why))
            else:
                found.extend(decide(rule, rule.limit, case))
    return tuple(found)


_GAPS = "the clearances round the goods need that much"
"""Clause for goods without cushioning."""


def _empty_space(rule: MarketRule, limit: float, case: Case) -> Iterator[Verdict]:
    """Yield a verdict on each parcel under Art. 24(1): its empty-space ratio, and that of the next smaller box.

    Art. 24(3): the ratio is (total volume - volume of the sales packaging) / total volume, and filling counts as empty.
    The goods are the cuboids that the order declares, sales packaging included. The act does not say which volume is
    the total: figures ``inner`` and ``outer`` use one each, in percent; ``outer`` is absent if the outer size is
    unknown.

    ``smaller_inner`` and ``smaller_outer`` are the ratios of the next smaller box whose volume holds the goods.
    ``least`` is a lower bound for any box with this plan's protection, since the envelopes must fit inside the box.
    """
    for index, parcel in enumerate(case.plan.parcels):
        if parcel.ships_in_own_container:
            why = "the sales packaging is the e-commerce packaging (Art. 24(5)); it must still meet Art. 10"
            yield Verdict(rule, VerdictStatus.EXEMPT, why, index)
            continue
        box = case.catalog.box_type(parcel.box_type_id)
        ratios = _ratios(parcel.goods_volume_um3, parcel.inner_volume_um3, box, parcel.outer_um)
        over = [name for name, ratio in ratios.items() if ratio > limit]
        split = 0 < len(over) < len(ratios)
        which = f"the {over[0]} ratio is above" if split else "above" if over else "within"
        clauses = [f"{_in_words(ratios)} is empty, {which} the limit of {rule.threshold} {rule.unit}"]
        status = status_of(rule, case.day, kept=None if split else not over)
        taken_um3 = sum(placement.volume_um3 for placement in parcel.placements)
        least = _empty(parcel.goods_volume_um3, max(taken_um3, parcel.goods_volume_um3))
        if box.trips > 1 and case.reuse_system:
            status = VerdictStatus.EXEMPT
            clauses = ["the box is within a system of re-use (Art. 24(5))", *clauses]
        elif least > limit and box.compartments is None:
            ratios["least"] = least
            if status is not VerdictStatus.NOT_IN_FORCE:
                status = VerdictStatus.CONFLICT
            cushioned = any(part.component is Component.CUSHIONING for part in parcel.packaging)
            clauses.append(
                f"with this protection every box is at least {_percent(least)} empty: "
                + ("cushion the goods inside their sales packaging, or choose other cushioning" if cushioned else _GAPS)
            )
        elif box.trips > 1:
            clauses.append("exempt if the box is within a system of re-use (Art. 24(5)), which is not stated")
        if status is not VerdictStatus.EXEMPT:
            smaller, words = _next_smaller(parcel, box, case.plan, case.catalog)
            ratios |= smaller
            clauses.append(words)
        figures = tuple(Figure(name, ratio, limit - ratio) for name, ratio in ratios.items())
        yield Verdict(rule, status, "; ".join(clauses), index, figures)


def _next_smaller(parcel: Parcel, box: BoxType, plan: Plan, catalog: Catalog) -> tuple[dict[str, float], str]:
    """Return the ratios of the next smaller box and why it was not used (Art. 10(4)(b) and (c), Annex IV)."""
    if box.flexible:
        return {}, "no smaller mailer was compared, since a mailer closes on its contents"
    if len(plan.parcels) > 1 or plan.unpacked:
        return {}, "no smaller box was compared, since the certificate covers all parcels together"
    goods_um3 = parcel.goods_volume_um3
    fitting = [
        other
        for other in catalog.at_hand
        if not other.flexible and goods_um3 <= other.inner_volume_um3 < parcel.inner_volume_um3
    ]
    if not fitting:
        return {}, "no smaller box of the catalog holds the volume of the goods"
    smaller = max(fitting, key=lambda other: other.inner_volume_um3)
    refusals = [
        refusal for refusal in plan.certificate.refused_candidates if refusal.box_type_id == smaller.box_type_id
    ]
    refusals.sort(key=lambda refusal: refusal.cushioning_id != parcel.cushioning_id)  # the plan's own cushioning first
    if refusals:
        why = f"it was refused: {refusals[0].message} ({refusals[0].proof.value.replace('_', ' ')})"
    elif any(candidate.box_type_id == smaller.box_type_id for candidate in plan.certificate.open_candidates):
        why = "it was tried, and not proved to be too small"
    else:
        why = "the certificate does not mention it"
    ratios = _ratios(goods_um3, smaller.inner_volume_um3, smaller, smaller.outer_um)
    words = f"in the next smaller box, {smaller.box_type_id}, {_in_words(ratios)} would be empty; {why}"
    return {f"smaller_{name}": ratio for name, ratio in ratios.items()}, words


def _ratios(goods_um3: int, inner_um3: int, box: BoxType, outer_um: tuple[int, int, int]) -> dict[str, float]:
    ratios = {"inner": _empty(goods_um3, inner_um3)}
    return ratios if box.outer_assumed else ratios | {"outer": _empty(goods_um3, math.prod(outer_um))}


def _empty(goods_um3: int, total_um3: int) -> float:
    """Return the empty share in percent, from integers divided once, so that a half is exactly 50."""
    return 100 * (total_um3 - goods_um3) / total_um3


def _percent(ratio: float) -> str:
    return percent(ratio / 100)


def _in_words(ratios: dict[str, float]) -> str:
    return f"{' and '.join(f'{_percent(ratio)} of the {name}' for name, ratio in ratios.items())} volume"


def _loose_fill(rule: MarketRule, limit: float, case: Case) -> Iterator[Verdict]:
    """Yield the verdict on the mass of plastic loose fill, in g. Void fill of the rule's materials counts as chips."""
    masses: Counter[str] = Counter()
    for parcel in case.plan.parcels:
        for part in parcel.packaging:
            if part.component is Component.VOID_FILL and part.material_id in ("", *rule.material_ids):
                masses[part.material_id] += part.mass_mg
    # Under the directive, starch is plastic only if chemically modified or blended with a polymer.
    settled = [name for name in masses if name and case.materials.material(name).kind is not MaterialKind.COMPOSTABLE]
    kept = False if settled else None if masses else True
    parts = [f"{grams(mass_mg)} of {name or 'void fill of unknown material'}" for name, mass_mg in masses.items()]
    words = ", ".join(parts) or "no plastic loose fill"
    if masses and not settled:
        words += ": ask the supplier whether it contains a polymer"
    weight = to_g(masses.total())
    figure = Figure("loose_fill", weight, limit - weight)
    yield Verdict(rule, status_of(rule, case.day, kept=kept), words, figures=(figure,))


def _reuse_target(rule: MarketRule, limit: float, case: Case) -> Iterator[Verdict]:
    """Yield an undecided verdict on the share of reusable boxes among those in scope, in percent."""
    exempt = unclear = reused = in_scope = 0
    for parcel in case.plan.parcels:
        box = None if parcel.ships_in_own_container else case.catalog.box_type(parcel.box_type_id)
        if box is None or (box.flexible and box.trips == 1) or not box.material_id:
            unclear += 1
        elif box.trips == 1 and box.material_id in rule.exempt_material_ids:
            exempt += 1
        else:
            in_scope += 1
            reused += box.trips > 1
    clauses = [
        f"{reused} of {count(in_scope, 'box', 'boxes')} in scope reusable" if in_scope else "",
        "" if case.reuse_system or not reused else "a re-use system is not stated",
        f"{count(exempt, 'cardboard box', 'cardboard boxes')}, exempt under Art. 29(4)(d)" if exempt else "",
        f"{count(unclear, 'parcel')} in a format that may be outside the scope" if unclear else "",
    ]
    if not in_scope and not unclear:
        yield Verdict(rule, VerdictStatus.EXEMPT, "; ".join(filter(None, clauses)))
        return
    clauses.append("the target binds an operator over a calendar year (Art. 29(17)), so one plan cannot decide it")
    share = 100 * reused / in_scope if in_scope else None
    figures = () if share is None else (Figure("reusable", share, share - limit),)
    yield Verdict(rule, status_of(rule, case.day, kept=None), "; ".join(filter(None, clauses)), figures=figures)


_DECISIONS: dict[str, Callable[[MarketRule, float, Case], Iterator[Verdict]] | None] = {
    "max_empty_space_ratio": _empty_space,
    "loose_fill_ban": _loose_fill,
    "reuse_target": _reuse_target,
    "max_void_ratio": None,
}
"""The function that decides each check type; None where the limit is shown without a verdict. Rules of other types are
data only."""
