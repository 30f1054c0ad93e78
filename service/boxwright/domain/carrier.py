"""Carriers' rules for chargeable weight, surcharges and acceptance, as data with effective dates."""

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
    """How actual and dimensional weight become the weight to be billed, before it is rounded."""

    ACTUAL = "actual"
    """The actual weight."""
    DIMENSIONAL = "dimensional"
    """The dimensional weight."""
    GREATER = "greater"
    """The greater of the two."""
    SPLIT = "split"
    """The greater of the two, less a share of what the dimensional weight is above the actual ("half bubble")."""


@dataclass(frozen=True, slots=True)
class Band(Ruled):
    """One way to bill, and the parcels that it holds for; of a rule's bands the first that holds bills."""

    form: BillingForm
    divisor: Positive | None = None
    """Length units cubed per weight unit; None for ``actual``."""
    when: tuple[Gate, ...] = ()
    """All must be open, at the rounded sides. Default none: it holds for every parcel that no band before it took."""
    share: Annotated[Decimal, within(0, 1, above=True)] | None = None
    """Of ``split``: the share of the gap that is not billed, above 0 to 1."""
    test_divisor: Positive | None = None
    """Divisor of the dimensional weight that the gates look at, where it is another one. Default ``divisor``."""
    zones: tuple[Id, ...] = ()
    """Zones of the lane that it holds for. Default none: any."""

    def _broken_rules(self) -> Iterator[FieldViolation]:
        by_volume = any(gate.measure in OF_VOLUME for gate in self.when)
        if any(gate.measure is Measure.BILLED for gate in self.when):
            yield FieldViolation("when", "must not look at the billed weight, which a band decides")
        if self.form is not BillingForm.ACTUAL and self.divisor is None:
            yield FieldViolation("divisor", f"is missing: {self.form.value} needs one")
        if self.form is BillingForm.ACTUAL and self.divisor is not None:
            rule = "must be absent from actual; a divisor for its gates is test_divisor"
            yield FieldViolation("divisor", rule)
        if by_volume and self.divisor is None and self.test_divisor is None:
            yield FieldViolation("test_divisor", "is missing: its gates look at the dimensional weight")
        if self.test_divisor is not None and not by_volume:
            yield FieldViolation("test_divisor", "must be absent: no gate looks at the dimensional weight")
        if (self.form is BillingForm.SPLIT) != (self.share is not None):
            yield FieldViolation("share", "must be given for split, and only there")


@dataclass(frozen=True, slots=True)
class WeightStep(Ruled):
    """A coarser step of chargeable weight for heavier parcels."""

    from_weight: Positive
    """Weight to be billed from which it holds, in weight units."""
    step: Positive
    """Chargeable weight is rounded to a multiple of this, in weight units."""
    rounding: Annotated[str, one_of("up", "nearest")] = "up"
    """``up`` or ``nearest`` (half up)."""


@dataclass(frozen=True, slots=True)
class SurchargeRule(Ruled):
    """When a parcel is charged extra; the amount stands in a price table."""

    surcharge_id: str
    """Such as ``additional_handling``; price tables name it."""
    any_of: Annotated[tuple[tuple[Gate, ...], ...], some("must hold at least one gate")]
    """It applies where all gates of one of these are open, at the rounded sides."""
    minimum_weight: NotNegative = Decimal(0)
    """Least chargeable weight where it applies, in weight units."""
    unless: tuple[str, ...] = ()
    """Surcharges of the rule in whose place none of this one is charged."""
    read_in_source: bool = False
    source: str = ""
    note: str = ""
    """Provenance, where it is not that of the rule."""
    source_grade: SourceGrade = SourceGrade.OWN

    def _broken_rules(self) -> Iterator[FieldViolation]:
        for index, gates in enumerate(self.any_of):
            for gate in gates:
                if gate.measure in OF_VOLUME or (gate.measure is Measure.BILLED and not gate.rises):
                    rule = f"must look at size, actual weight, or billed weight above a figure, got {gate.text!r}"
                    yield FieldViolation(f"any_of[{index}]", rule)


@dataclass(frozen=True, slots=True)
class AcceptanceLimit(Ruled):
    """What a carrier does not accept."""

    refused_when: tuple[Gate, ...]
    """A parcel is not accepted where all are open, at the sides as they are."""
    read_in_source: bool = False
    """Whether it was read in its source: then it binds a plan, otherwise it is told only."""
    source: str = ""
    note: str = ""
    """Provenance, where it is not that of the rule."""
    source_grade: SourceGrade = SourceGrade.OWN

    def _broken_rules(self) -> Iterator[FieldViolation]:
        for gate in self.refused_when:
            if gate.measure not in SIZES and not (gate.measure is Measure.ACTUAL and gate.rises):
                rule = f"must look at size, or at actual weight above a figure, got {gate.text!r}"
                yield FieldViolation("refused_when", rule)

    @property
    def text(self) -> str:
        """The gates as written, such as ``longest > 108 in``."""
        return " and ".join(gate.text for gate in self.refused_when)


@dataclass(frozen=True, slots=True)
class CarrierRule(Ruled):
    """How one carrier service bills a parcel from one date to another.

    All lengths are rounded in ``length_unit`` and all weights in ``weight_unit``; a dimensional weight is the product
    of the rounded outer sides over a divisor (length unit cubed per weight unit).
    """

    service_id: str
    """Such as ``ups/us-daily``."""
    carrier: str
    service: str
    region: str
    """For people."""
    length_unit: Annotated[str, one_of("in", "cm")]
    weight_unit: Annotated[str, one_of("lb", "kg")]
    """``in`` or ``cm``; ``lb`` or ``kg``."""
    side_rounding: Annotated[str, one_of("up", "nearest", "none")]
    """``up``, ``nearest`` (half up) or ``none``: each side to a whole length unit."""
    weight_step: Positive
    """Chargeable weight is rounded up to a multiple of this, in weight units."""
    bands: Annotated[tuple[Band, ...], some("must hold at least one band")]
    """The first that holds bills."""
    heavier_steps: tuple[WeightStep, ...] = ()
    """Steps that replace ``weight_step`` for heavier parcels, lightest first."""
    minimum_weight: NotNegative = Decimal(0)
    surcharges: tuple[SurchargeRule, ...] = ()
    limits: tuple[AcceptanceLimit, ...] = ()
    effective_from: datetime.date | None = None
    effective_to: datetime.date | None = None
    """First and last day of the rule; None is open."""
    source: str = ""
    url: str = ""
    read_in_source: bool = False
    note: str = ""
    source_grade: SourceGrade = SourceGrade.OWN

    def in_force(self, day: datetime.date) -> bool:
        """Whether the rule holds on a day."""
        return (self.effective_from is None or self.effective_from <= day) and (
            self.effective_to is None or day <= self.effective_to
        )

    @property
    def zones(self) -> tuple[str, ...]:
        """Zones that its bands tell apart, sorted; empty where it bills alike in every zone."""
        return tuple(sorted({zone for band in self.bands for zone in band.zones}))


class Change(enum.StrEnum):
    """What of a parcel is made less."""

    GROSS = "gross"
    LENGTH = "length"
    WIDTH = "width"
    HEIGHT = "height"


@dataclass(frozen=True, slots=True)
class LowerStep:
    """The least change of one kind that lowers a bill: one um or mg less does not."""

    change: Change
    """What is made less: the gross weight, or one outer side."""
    less: int
    """By how much, in mg or um."""
    chargeable_mg: int
    """What is billed then, in mg."""
    price_minor: int | None = None
    """What shipping costs then, in minor units; None without a price table."""


@dataclass(frozen=True, slots=True)
class AppliedSurcharge:
    """A surcharge that applies to a parcel."""

    surcharge_id: str
    because: str
    """The gates that are open, as written."""
    read_in_source: bool


@dataclass(frozen=True, slots=True)
class ChargeableWeight:
    """What a carrier bills for one parcel."""

    service_id: str
    dimensional_mg: int | None
    """Dimensional weight in mg before the last rounding; None where it does not count."""
    chargeable_mg: int
    """What is billed after the carrier's rounding, in mg."""
    divisor: str
    """The divisor used with its unit, such as ``139 in3/lb``; empty where none counts."""
    rule: str
    """The rule in words with its effective date, for people."""
    read_in_source: bool
    exceeded_limits: tuple[str, ...] = ()
    """The service's acceptance limits that the parcel passes, each with its figures."""
    form: BillingForm = BillingForm.GREATER
    """How the two weights became one."""
    derivation: tuple[str, ...] = ()
    """How the figure came about, step by step, for people."""
    surcharges: tuple[AppliedSurcharge, ...] = ()
    lower_steps: tuple[LowerStep, ...] = ()
    """What would lower the bill: the price where there is a price table, else the chargeable weight. None where nothing
    does, or it was not looked for."""
