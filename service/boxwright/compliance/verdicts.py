"""Verdicts on a plan under the rules of markets."""

import datetime
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from boxwright.catalog import Materials, load_materials
from boxwright.catalog.rows import MarketRule
from boxwright.compliance.empty_space import empty_space
from boxwright.compliance.verdict import Case, Figure, Verdict, VerdictStatus, status_of
from boxwright.domain.box import Catalog
from boxwright.domain.factor import Component
from boxwright.domain.material import MaterialKind
from boxwright.domain.plan import Plan
from boxwright.domain.rounded import count, grams
from boxwright.units import to_g


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
                why = f"it is not known whether the rule holds in {destination}"
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
    "max_empty_space_ratio": empty_space,
    "loose_fill_ban": _loose_fill,
    "reuse_target": _reuse_target,
    "max_void_ratio": None,
}
"""The function that decides each check type; None where the limit is shown without a verdict. Rules of other types are
data only."""
