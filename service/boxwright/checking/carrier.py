"""What the carrier accepts and bills: its limits at the true outer size, and the bill that a parcel states."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from fractions import Fraction

from boxwright.catalog import load_materials
from boxwright.catalog.materials import Materials
from boxwright.checking.envelope import Envelope
from boxwright.checking.figures import g, mm
from boxwright.checking.lower_steps import wrong_steps
from boxwright.checking.mailer import filled_sizes
from boxwright.checking.masses import goods_mg
from boxwright.checking.parts import parts
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.domain.box import BoxType
from boxwright.domain.carrier import CarrierRule, ChargeableWeight
from boxwright.domain.footprint import PackagingComponent
from boxwright.domain.lane import Lane
from boxwright.domain.plan import Parcel, Plan
from boxwright.errors import InvalidInputError
from boxwright.shipping import Biller, Pricer, pricer_of

_STATED = ("chargeable_mg", "dimensional_mg", "divisor", "form", "surcharges", "exceeded_limits", "read_in_source")
"""What of a bill is compared with the carrier's rule."""


class Carriage:
    """The carrier rule that a plan is judged by.

    Parameters
    ----------
    biller : Biller
        The rule in force on the ship date, in the lane's zone.
    pricer : Pricer or None
        The lane's price table in force; None without one.
    """

    def __init__(self, biller: Biller, pricer: Pricer | None) -> None:
        self._biller = biller
        self._pricer = pricer

    @classmethod
    def of(cls, plan: Plan, lane: Lane | None, materials: Materials | None) -> Carriage | None:
        """Return what judges the parcels of a plan, None where no carrier service is named or none can be found.

        Where the lane has no ship date, the plan's own is taken, and where that is none either, today's.
        """
        if lane is None or not lane.carrier_service:
            return None
        day = lane.ship_date or plan.ship_date
        if not isinstance(day, dt.date):
            day = dt.date.today()
        try:
            rule = (materials or load_materials()).carrier_rule(lane.carrier_service, day)
            biller = Biller(rule, lane.zone)
            pricer = pricer_of(lane.price_tables, biller, day, lane.zone) if lane.price_tables else None
            return cls(biller, pricer)
        except InvalidInputError:
            return None

    def violations(
        self, index: int, parcel: Parcel, envelopes: Sequence[Envelope], box: BoxType | None
    ) -> Iterator[PlanViolation]:
        """Yield the limits that the parcel passes, and whether the bill that it states is another.

        The size is that of the catalog's box, of the mailer as filled or of the unit in its own container; gross are
        the goods as ordered, the box as in the catalog and the packaging as stated.
        """
        if not envelopes:
            return
        outer_um, gross_mg = true_size(envelopes, box), true_gross_mg(parcel, envelopes)
        for text in passed(self._biller.rule, outer_um, gross_mg):
            detail = f"{mm(*outer_um)} and {g(gross_mg)} gross: {self._biller.rule.service_id} refuses {text}"
            yield PlanViolation(ViolationKind.CARRIER_REFUSES, detail, index)
        if self._pricer is not None and parcel.shipping is not None:
            price = self._pricer.price(self._biller.weigh(outer_um, gross_mg))
            if parcel.shipping != price:
                detail = f"states carriage of {parcel.shipping!r:.160}, the price table gives {price!r:.160}"
                yield PlanViolation(ViolationKind.WRONG_BILL, detail, index)
        stated = parcel.chargeable
        if stated is None:
            return
        if not isinstance(stated, ChargeableWeight) or stated.service_id != self._biller.rule.service_id:
            detail = f"states a bill of {stated!r:.80}, the lane names {self._biller.rule.service_id!r}"
            yield PlanViolation(ViolationKind.WRONG_BILL, detail, index)
            return
        true = self._biller.bill(outer_um, gross_mg)
        for name in _STATED:
            if getattr(stated, name) != getattr(true, name):
                detail = f"says {name} {getattr(stated, name)!r:.120}, the carrier rule {getattr(true, name)!r:.120}"
                yield PlanViolation(ViolationKind.WRONG_BILL, detail, index)

        def refused(size_um: tuple[int, int, int], mass_mg: int) -> set[str]:
            return set(passed(self._biller.rule, size_um, mass_mg))

        for detail in wrong_steps(stated.lower_steps, outer_um, gross_mg, self._biller, self._pricer, refused):
            yield PlanViolation(ViolationKind.WRONG_BILL, detail, index)

    def billed_mg(self, outer_um: tuple[int, int, int], gross_mg: int) -> int:
        """Return what is billed for a parcel of true size and mass, in mg."""
        return self._biller.weigh(outer_um, gross_mg).chargeable_mg


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


def true_gross_mg(parcel: Parcel, envelopes: Sequence[Envelope]) -> int:
    """Return the gross mass of a parcel in mg: goods as ordered, packaging as stated, which is judged apart."""
    stated = (part for part in parts(parcel.packaging) if isinstance(part, PackagingComponent))
    return goods_mg(envelopes) + sum(part.mass_mg for part in stated if type(part.mass_mg) is int)


def true_size(envelopes: Sequence[Envelope], box: BoxType | None) -> tuple[int, int, int]:
    """Return the outer size in um: of the catalog's box, of the mailer as filled, or of the unit without a box."""
    if box is None:
        unit = envelopes[0]
        return unit.x1 - unit.x0, unit.y1 - unit.y0, unit.z1 - unit.z0
    return filled_sizes(envelopes, box)[1] if box.flexible else box.outer_um
