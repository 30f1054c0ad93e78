"""Checks carrier limits, bills, steps to a lower bill, and the price of carbon."""

import math
import operator
from collections.abc import Iterator, Sequence

from boxwright.checking.case import ParcelCase, Size
from boxwright.checking.reading import ONE, ReadLine, grains, listed
from boxwright.checking.violation import PlanViolation, ViolationKind, g, mm
from boxwright.domain.carrier import CarrierRule, Change, ChargeableWeight, LowerStep
from boxwright.domain.factor import Component
from boxwright.domain.policy import UnverifiedFactorRule
from boxwright.shipping import Biller, Pricer
from boxwright.units import MG_PER_KG, MG_PER_TONNE, half_even

_STATED = ("chargeable_mg", "dimensional_mg", "divisor", "form", "surcharges", "exceeded_limits", "read_in_source")
"""Fields of a bill that must follow from the carrier's rule."""
_COMPARED = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}
_CUT = (Change.LENGTH, Change.WIDTH, Change.HEIGHT, Change.GROSS)


def wrong_carriage(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield the carrier limits that a parcel exceeds, and wrong bills and prices."""
    if case.premises.carriage is None:
        return
    biller, pricer = case.premises.carriage
    rule, outer_um, gross_mg = biller.rule, case.outer_um, case.gross_mg
    for text in _refusals(rule, outer_um, gross_mg):
        detail = f"{mm(*outer_um)} and {g(gross_mg)} gross: {rule.service_id} refuses {text}"
        yield case.broken(ViolationKind.CARRIER_REFUSES, detail)
    yield from case.each(ViolationKind.WRONG_BILL, _wrong_bill(case, biller, pricer))


def _wrong_bill(case: ParcelCase, biller: Biller, pricer: Pricer | None) -> Iterator[str]:
    outer_um, gross_mg, stated = case.outer_um, case.gross_mg, case.parcel.chargeable
    if pricer is not None and case.parcel.carriage_price is not None:
        price = pricer.price(biller.weigh(outer_um, gross_mg))
        if case.parcel.carriage_price != price:
            yield f"carriage_price must be {price!r:.160} by the price table, got {case.parcel.carriage_price!r:.160}"
    if stated is None:
        return
    service_id = biller.rule.service_id
    if not isinstance(stated, ChargeableWeight) or stated.service_id != service_id:
        yield f"chargeable must be a bill of {service_id!r}, the service of the lane, got {stated!r:.80}"
        return
    true = biller.bill(outer_um, gross_mg)
    for name in _STATED:
        if getattr(stated, name) != getattr(true, name):
            rule = f"must be {getattr(true, name)!r:.120} by the carrier's rule"
            yield f"{name} {rule}, got {getattr(stated, name)!r:.120}"
    yield from _wrong_steps(stated.lower_steps, outer_um, gross_mg, biller, pricer)


def _refusals(rule: CarrierRule, outer_um: Sequence[int], gross_mg: int) -> list[str]:
    """Return the descriptions of all limits that refuse a parcel, unverified limits included."""
    shortest, second, longest = sorted(outer_um)
    measured = {
        "longest": longest,
        "second": second,
        "shortest": shortest,
        "side_sum": sum(outer_um),
        "length_plus_girth": 2 * sum(outer_um) - longest,
        "volume": longest * second * shortest,
        "actual": gross_mg,
    }
    return [
        limit.text
        for limit in rule.limits
        if all(_COMPARED[gate.comparison](measured[gate.measure.value], gate.value) for gate in limit.refused_when)
    ]


def _wrong_steps(stated: object, outer_um: Size, gross_mg: int, biller: Biller, pricer: Pricer | None) -> Iterator[str]:
    """Yield the stated steps that do not lower the bill or are larger than needed; steps may be missing."""

    def bill(length: int, width: int, height: int, mass_mg: int) -> tuple[int, int | None, float]:
        """Return chargeable mass, price, and the figure that a step must lower: the price or, without any, the mass."""
        billed = biller.weigh((length, width, height), mass_mg)
        price = None if pricer is None else pricer.price(billed).total_minor
        no_price = billed.chargeable_mg if pricer is None else math.inf
        return billed.chargeable_mg, price, no_price if price is None else price

    now = (*outer_um, gross_mg)
    cost_now = bill(*now)[2]
    for step in listed(stated):
        if not isinstance(step, LowerStep) or step.change not in _CUT or type(step.less) is not int:
            yield f"a step to a lower bill is malformed: {step!r:.120}"
            continue
        at = _CUT.index(step.change)
        if not 0 < step.less < now[at]:
            yield f"a step must reduce {step.change} by 1 to {now[at] - 1}, got {step.less}"
            continue
        before = [value - (step.less - 1) * (side == at) for side, value in enumerate(now)]
        cut = [value - (side == at) for side, value in enumerate(before)]
        words, (chargeable_mg, price, cost) = f"the step that reduces {step.change} by {step.less}", bill(*cut)
        if (step.chargeable_mg, step.price_minor) != (chargeable_mg, price):
            stated_bill = f"{step.chargeable_mg} mg at {step.price_minor}"
            yield f"{words} must have a bill of {chargeable_mg} mg at {price}, got {stated_bill}"
        elif cost >= cost_now:
            yield f"{words} does not lower the bill: {chargeable_mg} mg at {price}"
        elif bill(*before)[2] < cost_now:
            yield f"{words} is larger than needed: {step.less - 1} also lowers the bill"
        elif new := {*_refusals(biller.rule, cut[:3], cut[3])} - {*_refusals(biller.rule, outer_um, gross_mg)}:
            yield f"{words} makes a parcel that the carrier refuses: {', '.join(sorted(new))}"


def wrong_carbon_price(case: ParcelCase) -> Iterator[str]:
    """Yield a fault if ``carbon_cost_minor`` is not the price of the parcel's CO2e, rounded once, halves up.

    The CO2e is that of the policy's basis, without sales packaging. Unverified factors count at the upper end of their
    range unless the policy says otherwise.
    """
    policy, stated = case.premises.policy, case.parcel.carbon_cost_minor
    price, basis = policy.carbon_price_per_tonne_minor, policy.emissions_basis
    if stated is None or price is None or basis is None:
        return
    if type(stated) is not int:
        yield f"carbon_cost_minor must be a whole number, got {stated!r:.80}"
        return
    upper = policy.unverified_factor_rule is UnverifiedFactorRule.UPPER_END
    for reading in case.footprints:
        profile_id = str(reading.footprint.profile_id)
        if reading.footprint.allocation != basis.allocation:
            continue
        if reading.fault or basis.profile_id not in (profile_id, profile_id.split("@")[0]):
            continue
        lines = [read for read in reading.lines if read.line.component is not Component.SALES_PACKAGING]
        counted_mg = sum(_mg(read, upper=upper) for read in lines)
        # Amounts are stated with 34 digits, so a line may be off by 1 mg.
        least, most = (
            (2 * price * (counted_mg + off_mg) + MG_PER_TONNE) // (2 * MG_PER_TONNE)
            for off_mg in (-len(lines), len(lines))
        )
        if not least <= stated <= most:
            yield f"carbon_cost_minor must be {least} to {most} for {counted_mg} mg CO2e, got {stated}"


def _mg(read: ReadLine, *, upper: bool) -> int:
    line, high = read.line, read.line.high_kg_per_unit
    factor = line.factor_kg_per_unit if line.read_in_source or high is None or not upper else high
    return half_even(read.amount * grains(factor) * MG_PER_KG, ONE * ONE)
