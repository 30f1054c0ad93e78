"""All verdicts on a plan."""

import datetime
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from boxwright.catalog import Materials, load_materials
from boxwright.catalog.rows import MarketRule
from boxwright.compliance.empty_space import empty_space
from boxwright.compliance.verdict import Figure, Verdict, VerdictStatus, status_of
from boxwright.domain.box import Catalog
from boxwright.domain.factor import Component
from boxwright.domain.material import MaterialKind
from boxwright.domain.plan import Plan
from boxwright.domain.rounded import count, grams
from boxwright.units import to_g


@dataclass(frozen=True, slots=True)
class _Case:
    plan: Plan
    catalog: Catalog
    materials: Materials
    day: datetime.date | None
    reuse_system: bool


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
    """Return how a plan stands to those rules of markets that a plan can be judged by; none of a plan without parcels.

    Parameters
    ----------
    plan : Plan
        The plan, whose certificate says why a smaller box was refused.
    catalog : Catalog
        It was planned with.
    market_ids : sequence of str
        Ids of ``materials/markets.csv`` and ``market_rules.csv``, such as ``eu``.
    destination : str, optional
        Country, ISO 3166-1 alpha-2: a market that it is outside of exempts. Default: in each of the markets.
    ship_date : date, optional
        Default that of the plan; where it has none, what breaks a rule is undetermined.
    reuse_system : bool, optional
        Whether box types of several trips are within a system of re-use (Regulation (EU) 2025/40, Art. 27 and Annex
        VI). Default: not stated.
    materials : Materials, optional
        Default those that ship.

    Raises
    ------
    InvalidInputError
        If there is no such market.
    """
    materials = materials or load_materials()
    case = _Case(plan, catalog, materials, ship_date or plan.ship_date, reuse_system)
    found: list[Verdict] = []
    for market_id in market_ids:
        market = materials.market(market_id)
        outside = destination and market.country_codes and destination not in market.country_codes
        for rule in market.rules if plan.parcels else ():
            if rule.check_type not in _JUDGES:
                continue
            judge = _JUDGES[rule.check_type]
            if destination in market.unsettled_codes:
                why = f"whether the rule holds in {destination}, beside the market {market.name}, is not known"
                found.append(Verdict(rule, VerdictStatus.UNDETERMINED, why))
            elif outside:
                why = f"it goes to {destination}, outside the market {market.name}"
                found.append(Verdict(rule, VerdictStatus.EXEMPT, why))
            elif judge is None or rule.limit is None:
                said = f"limit for {rule.applies_to}: {rule.threshold}, {rule.unit}; no verdict: {rule.note}"
                found.append(Verdict(rule, VerdictStatus.UNDETERMINED, said))
            else:
                found.extend(judge(rule, rule.limit, case))
    return tuple(found)


def _empty_space(rule: MarketRule, limit: float, case: _Case) -> Iterator[Verdict]:
    return empty_space(rule, limit, case.plan, case.catalog, case.day, reuse_system=case.reuse_system)


def _loose_fill(rule: MarketRule, limit: float, case: _Case) -> Iterator[Verdict]:
    """Yield the mass of void fill that is chips of plastic, in g: a ban. Void fill of the rule's materials is chips."""
    masses: Counter[str] = Counter()
    for parcel in case.plan.parcels:
        for part in parcel.packaging:
            if part.component is Component.VOID_FILL and part.material_id in ("", *rule.material_ids):
                masses[part.material_id] += part.mass_mg
    # Starch that is not chemically modified is no plastic by the directive; one blended with a polymer is.
    settled = [name for name in masses if name and case.materials.material(name).kind is not MaterialKind.COMPOSTABLE]
    kept = False if settled else None if masses else True
    said = [f"{grams(mass_mg)} of {name or 'void fill of unknown material'}" for name, mass_mg in masses.items()]
    words = ", ".join(said) or "no loose fill of plastic"
    if masses and not settled:
        words += ": plastic only if the supplier says that a polymer is in it"
    weight = to_g(masses.total())
    figure = Figure("loose_fill", weight, limit - weight)
    yield Verdict(rule, status_of(rule, case.day, kept=kept), words, figures=(figure,))


def _reuse_target(rule: MarketRule, limit: float, case: _Case) -> Iterator[Verdict]:
    """Yield the share of boxes in scope that are reused, in percent of their number: one plan cannot decide a year."""
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
    said = [
        f"{count(reused, 'reusable box', 'reusable boxes')} of {in_scope} in scope" if in_scope else "",
        "" if case.reuse_system or not reused else "that they are within a re-use system is not stated",
        f"{count(exempt, 'cardboard box', 'cardboard boxes')}, exempt by Art. 29(4)(d)" if exempt else "",
        f"{count(unclear, 'parcel')} of which it is not clear whether the form is in scope" if unclear else "",
    ]
    if not in_scope and not unclear:
        yield Verdict(rule, VerdictStatus.EXEMPT, "; ".join(filter(None, said)))
        return
    said.append("the target is of an operator and a calendar year (Art. 29(17)), which no single plan decides")
    share = 100 * reused / in_scope if in_scope else None
    figures = () if share is None else (Figure("reusable", share, share - limit),)
    yield Verdict(rule, VerdictStatus.UNDETERMINED, "; ".join(filter(None, said)), figures=figures)


_JUDGES: dict[str, Callable[[MarketRule, float, _Case], Iterator[Verdict]] | None] = {
    "max_empty_space_ratio": _empty_space,
    "loose_fill_ban": _loose_fill,
    "reuse_target": _reuse_target,
    "max_void_ratio": None,
}
"""By what a rule checks. None: its limit is shown and nothing decided. Other rules of a market are data alone."""
