"""What the carrier accepts and bills: its limits at the true outer size, and the bill that a parcel states."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from boxwright.checking.case import ParcelCase
from boxwright.checking.lower_steps import wrong_steps
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.checking.wording import g, mm
from boxwright.domain.carrier import CarrierRule, ChargeableWeight

_STATED = ("chargeable_mg", "dimensional_mg", "divisor", "form", "surcharges", "exceeded_limits", "read_in_source")
"""What of a bill is compared with the carrier's rule."""


def wrong_carriage(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield the limits of the carrier that a parcel passes, and whether the bill and price that it states are others.

    The size is that of the catalog's box, of the mailer as filled or of the unit in its own container; gross are the
    goods as ordered, the box as in the catalog and the packaging as stated.
    """
    if case.premises.carriage is None or not case.envelopes:
        return
    biller, pricer = case.premises.carriage
    rule, outer_um, gross_mg = biller.rule, case.outer_um, case.gross_mg
    for text in passed(rule, outer_um, gross_mg):
        detail = f"{mm(*outer_um)} and {g(gross_mg)} gross: {rule.service_id} refuses {text}"
        yield case.broken(ViolationKind.CARRIER_REFUSES, detail)
    if pricer is not None and case.parcel.shipping_price is not None:
        price = pricer.price(biller.weigh(outer_um, gross_mg))
        if case.parcel.shipping_price != price:
            detail = f"states carriage of {case.parcel.shipping_price!r:.160}, the price table gives {price!r:.160}"
            yield case.broken(ViolationKind.WRONG_BILL, detail)
    stated = case.parcel.chargeable
    if stated is None:
        return
    if not isinstance(stated, ChargeableWeight) or stated.service_id != rule.service_id:
        yield case.broken(
            ViolationKind.WRONG_BILL, f"states a bill of {stated!r:.80}, the lane names {rule.service_id!r}"
        )
        return
    true = biller.bill(outer_um, gross_mg)
    for name in _STATED:
        if getattr(stated, name) != getattr(true, name):
            detail = f"says {name} {getattr(stated, name)!r:.120}, the carrier rule {getattr(true, name)!r:.120}"
            yield case.broken(ViolationKind.WRONG_BILL, detail)

    def refused(size_um: tuple[int, int, int], mass_mg: int) -> set[str]:
        return set(passed(rule, size_um, mass_mg))

    for detail in wrong_steps(stated.lower_steps, outer_um, gross_mg, biller, pricer, refused):
        yield case.broken(ViolationKind.WRONG_BILL, detail)


def passed(rule: CarrierRule, outer_um: Sequence[int], gross_mg: int) -> Iterator[str]:
    """Yield the limits that refuse a parcel, as written: all bind, whether read in a source or not."""
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
    for limit in rule.limits:
        if all(_holds(measured[gate.measure.value], gate.comparison, gate.value) for gate in limit.refused_when):
            yield limit.text


def _holds(value: int, comparison: str, figure: Fraction) -> bool:
    if comparison.startswith(">"):
        return value > figure or (comparison == ">=" and value == figure)
    return value < figure or (comparison == "<=" and value == figure)
