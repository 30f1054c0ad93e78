"""Carriers' dated rules for chargeable weight, surcharges and acceptance."""

import datetime
import enum
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from boxwright.domain.fields import Id, NotNegative, Positive, Ruled, one_of, some, within
from boxwright.domain.gate import OF_VOLUME, SIZES, Gate, Measure
from boxwright.domain.source_grade import SourceGrade
from boxwright.errors import FieldViolation


class BillingForm(enum.StrEnum):
    """Rule that derives the weight to be billed, before rounding, from actual and dimensional weight."""

    ACTUAL = "actual"
    DIMENSIONAL = "dimensional"
    GREATER = "greater"
    SPLIT = "split"
    """The greater weight, less a share of the excess of dimensional over actual weight ("half bubble")."""


@dataclass(frozen=True, slots=True)
class Band(Ruled):
    """Billing of certain parcels; the first band of a rule whose gates are all open applies."""

    form: BillingForm
    divisor: Positive | None = None
    """Length units cubed per weight unit; None for ``actual``."""
    when: tuple[Gate, ...] = ()
    """Gates that must all be open for the rounded sides. Default: none, so that the band applies to every parcel
    that earlier bands leave."""
    share: Annotated[Decimal, within(0, 1, above=True)] | None = None
    """Share of the excess that ``split`` does not bill, above 0 to 1."""
    test_divisor: Positive | None = None
    """Divisor of the dimensional weight that gates compare. Default: ``divisor``."""
    zones: tuple[Id, ...] = ()
    """Zones of the lane. Default: any."""

    def _broken_rules(self) -> Iterator[FieldViolation]:
        by_volume = any(gate.measure in OF_VOLUME for gate in self.when)
        if any(gate.measure is Measure.BILLED for gate in self.when):
            yield FieldViolation("when", "must not compare the billed weight, which follows from the band")
        if self.form is not BillingForm.ACTUAL and self.divisor is None:
            yield FieldViolation("divisor", f"must be given for {self.form.value}")
        if self.form is BillingForm.ACTUAL and self.divisor is not None:
            rule = "must be absent for actual; gates use test_divisor"
            yield FieldViolation("divisor", rule)
        if by_volume and self.divisor is None and self.test_divisor is None:
            yield FieldViolation("test_divisor", "must be given, since gates compare the dimensional weight")
        if self.test_divisor is not None and not by_volume:
            yield FieldViolation("test_divisor", "must be absent, since no gate compares the dimensional weight")
        if (self.form is BillingForm.SPLIT) != (self.share is not None):
            yield FieldViolation("share", "must be given for the form split, and absent for others")


@dataclass(frozen=True, slots=True)
class WeightStep(Ruled):
    """A coarser step of chargeable weight for heavier parcels."""

    from_weight: Positive
    """The step applies to this weight and above, in weight units."""
    step: Positive
    """Chargeable weight is rounded to a multiple of this, in weight units."""
    rounding: Annotated[str, one_of("up", "nearest")] = "up"
    """Direction of rounding: ``up`` or ``nearest`` (half up)."""


@dataclass(frozen=True, slots=True)
class SurchargeRule(Ruled):
    """Conditions of a surcharge; price tables have the amount."""

    surcharge_id: str
    """Id of the surcharge, as in price tables, such as ``additional_handling``."""
    any_of: Annotated[tuple[tuple[Gate, ...], ...], some("must hold at least one gate")]
    """The surcharge applies if all gates of one entry are open for the rounded sides."""
    minimum_weight: NotNegative = Decimal(0)
    """Minimum chargeable weight of a parcel with this surcharge, in weight units."""
    unless: tuple[str, ...] = ()
    """Surcharges of the rule that replace this one."""
    read_in_source: bool = False
    source: str = ""
    note: str = ""
    """Source, its grade and a note, if they are not those of the rule."""
    source_grade: SourceGrade = SourceGrade.OWN

    def _broken_rules(self) -> Iterator[FieldViolation]:
        for index, gates in enumerate(self.any_of):
            for gate in gates:
                if gate.measure in OF_VOLUME or (gate.measure is Measure.BILLED and not gate.rises):
                    rule = f"must compare size, actual weight, or a billed weight above a limit, got {gate.text!r}"
                    yield FieldViolation(f"any_of[{index}]", rule)


@dataclass(frozen=True, slots=True)
class AcceptanceLimit(Ruled):
    """A limit beyond which a carrier refuses parcels."""

    refused_when: tuple[Gate, ...]
    """A parcel is refused if all these gates are open for the unrounded sides."""
    read_in_source: bool = False
    source: str = ""
    note: str = ""
    """Source, its grade and a note, if they are not those of the rule."""
    source_grade: SourceGrade = SourceGrade.OWN

    def _broken_rules(self) -> Iterator[FieldViolation]:
        for gate in self.refused_when:
            if gate.measure not in SIZES and not (gate.measure is Measure.ACTUAL and gate.rises):
                rule = f"must compare size, or an actual weight above a limit, got {gate.text!r}"
                yield FieldViolation("refused_when", rule)

    @property
    def text(self) -> str:
        """The gates as written, such as ``longest > 108 in``."""
        return " and ".join(gate.text for gate in self.refused_when)


@dataclass(frozen=True, slots=True)
class CarrierRule(Ruled):
    """Billing rule of a carrier service between two dates.

    Lengths are rounded in ``length_unit`` and weights in ``weight_unit``; a dimensional weight is the product of the
    rounded outer sides divided by a divisor (length unit cubed per weight unit).
    """

    service_id: str
    """Id of the carrier service, such as ``ups/us-daily``."""
    carrier: str
    service: str
    region: str
    length_unit: Annotated[str, one_of("in", "cm")]
    weight_unit: Annotated[str, one_of("lb", "kg")]
    side_rounding: Annotated[str, one_of("up", "nearest", "none")]
    """Rounding of each side to a whole length unit; ``nearest`` is half up."""
    weight_step: Positive
    """Chargeable weight is rounded up to a multiple of this, in weight units."""
    bands: Annotated[tuple[Band, ...], some("must hold at least one band")]
    """The first band whose gates are all open applies."""
    heavier_steps: tuple[WeightStep, ...] = ()
    """Steps that replace ``weight_step`` for heavier parcels, lightest first."""
    minimum_weight: NotNegative = Decimal(0)
    surcharges: tuple[SurchargeRule, ...] = ()
    limits: tuple[AcceptanceLimit, ...] = ()
    effective_from: datetime.date | None = None
    effective_to: datetime.date | None = None
    """First and last day of the rule; None is unlimited."""
    source: str = ""
    url: str = ""
    read_in_source: bool = False
    note: str = ""
    source_grade: SourceGrade = SourceGrade.OWN

    def in_force(self, day: datetime.date) -> bool:
        """Return whether the rule is in force on a day."""
        return (self.effective_from is None or self.effective_from <= day) and (
            self.effective_to is None or day <= self.effective_to
        )

    @property
    def zones(self) -> tuple[str, ...]:
        """Zones of its bands, sorted; empty if no band depends on the zone."""
        return tuple(sorted({zone for band in self.bands for zone in band.zones}))


class Change(enum.StrEnum):
    """A measure of a parcel that can be reduced."""

    GROSS = "gross"
    LENGTH = "length"
    WIDTH = "width"
    HEIGHT = "height"


@dataclass(frozen=True, slots=True)
class LowerStep:
    """The smallest reduction of a measure that lowers a bill, to the um or mg."""

    change: Change
    less: int
    """Reduction in mg or um."""
    chargeable_mg: int
    """Chargeable weight after the reduction, in mg."""
    price_minor: int | None = None
    """Price of carriage after the reduction, in minor units; None without a price table."""


@dataclass(frozen=True, slots=True)
class AppliedSurcharge:
    """A surcharge on a parcel."""

    surcharge_id: str
    because: str
    """The open gates that cause the surcharge, as written in the rule."""
    read_in_source: bool


@dataclass(frozen=True, slots=True)
class ChargeableWeight:
    """Chargeable weight of a parcel."""

    service_id: str
    dimensional_mg: int | None
    """Dimensional weight in mg before the last rounding; None if it is not used."""
    chargeable_mg: int
    """Chargeable weight in mg, rounded as the carrier does."""
    divisor: str
    """Divisor with its unit, such as ``139 in3/lb``; empty if none applies."""
    rule: str
    """The rule as text, with its effective dates."""
    read_in_source: bool
    exceeded_limits: tuple[str, ...] = ()
    """Acceptance limits that the parcel exceeds, with their figures."""
    form: BillingForm = BillingForm.GREATER
    derivation: tuple[str, ...] = ()
    """Steps of the calculation as text."""
    surcharges: tuple[AppliedSurcharge, ...] = ()
    lower_steps: tuple[LowerStep, ...] = ()
    """Reductions that lower the price or, without a price table, the chargeable weight; empty if none does or none were
    computed."""
