"""The price of a parcel's grams, where the policy has one: worked out again from the lines of its footprint."""

from collections.abc import Iterator

from boxwright.checking.case import ParcelCase
from boxwright.checking.reading import ONE, ReadLine, grains
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.domain.emissions_basis import UnverifiedFactorRule
from boxwright.domain.factor import Component
from boxwright.units import MG_PER_KG, MG_PER_TONNE, half_even


def wrong_carbon_price(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield whether what the parcel's grams are said to cost is not their price, rounded once, halves up.

    The grams are those of the policy's basis without the goods' own packaging, unverified factors at the upper end of
    their range unless the policy says otherwise. Nothing is judged without a price in parcel and policy.
    """
    policy, stated = case.premises.policy, case.parcel.carbon_cost_minor
    price, basis = policy.carbon_price_per_tonne_minor, policy.emissions_basis
    if stated is None or price is None or basis is None:
        return
    if type(stated) is not int:
        yield case.broken(ViolationKind.WRONG_BILL, f"says that its grams cost {stated!r:.80}")
        return
    for reading in case.footprints:
        footprint = reading.footprint
        if footprint.allocation != basis.allocation:
            continue
        if basis.profile_id not in (footprint.profile_id, str(footprint.profile_id).split("@")[0]):
            continue
        upper = policy.unverified_factor_rule is UnverifiedFactorRule.UPPER_END
        counted = [
            _mg(each, upper=upper) for each in reading.lines if each.line.component is not Component.SALES_PACKAGING
        ]
        # Amounts are rounded to 34 digits for reading, so each line may be a mg off.
        least, most = (_half_up(price, sum(counted) + each) for each in (-len(counted), len(counted)))
        if not least <= stated <= most:
            detail = f"says that its grams cost {stated}, {sum(counted)} mg cost {least} to {most}"
            yield case.broken(ViolationKind.WRONG_BILL, detail)


def _mg(read: ReadLine, *, upper: bool) -> int:
    line, high = read.line, read.line.high_kg_per_unit
    factor = line.factor_kg_per_unit if line.read_in_source or high is None or not upper else high
    return half_even(read.amount * grains(factor) * MG_PER_KG, ONE * ONE)


def _half_up(price_minor: int, mass_mg: int) -> int:
    return (2 * price_minor * mass_mg + MG_PER_TONNE) // (2 * MG_PER_TONNE)
