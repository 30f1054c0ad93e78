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
    """One way to bill, and the parcels that it holds for; of a rule's bands the first that holds bills.

    Attributes
    ----------
    form : BillingForm
        How the two weights become one.
    divisor : Decimal or None
        Length units cubed per weight unit; None for ``actual``.
    when : tuple of Gate
        All must be open, at the rounded sides. Default none: it holds for every parcel that no band before it took.
    share : Decimal or None
        Of ``split``: the share of the gap that is not billed, above 0 to 1.
    test_divisor : Decimal or None
        Divisor of the dimensional weight that the gates look at, where it is another one. Default ``divisor``.
    zones : tuple of str
        Zones of the lane that it holds for. Default none: any.
    """

    form: BillingForm
    divisor: Positive | None = None
    when: tuple[Gate, ...] = ()
    share: Annotated[Decimal, within(0, 1, above=True)] | None = None
    test_divisor: Positive | None = None
    zones: tuple[Id, ...] = ()

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
    """A coarser step of chargeable weight for heavier parcels.

    Attributes
    ----------
    from_weight : Decimal
        Weight to be billed from which it holds, in weight units.
    step : Decimal
        Chargeable weight is rounded to a multiple of this, in weight units.
    rounding : str
        ``up`` or ``nearest`` (half up). Default ``up``.
    """

    from_weight: Positive
    step: Positive
    rounding: Annotated[str, one_of("up", "nearest")] = "up"


@dataclass(frozen=True, slots=True)
class SurchargeRule(Ruled):
    """When a parcel is charged extra; the amount stands in a price table.

    Attributes
    ----------
    surcharge_id : str
        Such as ``additional_handling``; price tables name it.
    any_of : tuple of tuple of Gate
        It applies where all gates of one of these are open, at the rounded sides.
    minimum_weight : Decimal
        Least chargeable weight where it applies, in weight units. Default 0.
    unless : tuple of str
        Surcharges of the rule in whose place none of this one is charged. Default none.
    read_in_source : bool
        Whether it was read in its source.
    source_grade : SourceGrade
        How near to its publisher it was read. Default own.
    source, note : str
        Provenance, where it is not that of the rule.
    """

    surcharge_id: str
    any_of: Annotated[tuple[tuple[Gate, ...], ...], some("must hold at least one gate")]
    minimum_weight: NotNegative = Decimal(0)
    unless: tuple[str, ...] = ()
    read_in_source: bool = False
    source: str = ""
    note: str = ""
    source_grade: SourceGrade = SourceGrade.OWN

    def _broken_rules(self) -> Iterator[FieldViolation]:
        for index, gates in enumerate(self.any_of):
            for gate in gates:
                if gate.measure in OF_VOLUME or (gate.measure is Measure.BILLED and not gate.rises):
                    rule = f"must look at size, actual weight, or billed weight above a figure, got {gate.text!r}"
                    yield FieldViolation(f"any_of[{index}]", rule)


@dataclass(frozen=True, slots=True)
class AcceptanceLimit(Ruled):
    """What a carrier does not accept.

    Attributes
    ----------
    refused_when : tuple of Gate
        A parcel is not accepted where all are open, at the sides as they are.
    read_in_source : bool
        Whether it was read in its source: then it binds a plan, otherwise it is told only.
    source_grade : SourceGrade
        How near to its publisher it was read. Default own.
    source, note : str
        Provenance, where it is not that of the rule.
    """

    refused_when: tuple[Gate, ...]
    read_in_source: bool = False
    source: str = ""
    note: str = ""
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

    Attributes
    ----------
    service_id : str
        Such as ``ups/us-daily``.
    carrier, service, region : str
        For people.
    length_unit, weight_unit : str
        ``in`` or ``cm``; ``lb`` or ``kg``.
    side_rounding : str
        ``up``, ``nearest`` (half up) or ``none``: each side to a whole length unit.
    weight_step : Decimal
        Chargeable weight is rounded up to a multiple of this, in weight units.
    bands : tuple of Band
        At least one; the first that holds bills.
    heavier_steps : tuple of WeightStep
        Steps that replace ``weight_step`` for heavier parcels, lightest first. Default none.
    minimum_weight : Decimal
        Least chargeable weight, in weight units. Default 0.
    surcharges : tuple of SurchargeRule
        When extra is charged. Default none.
    limits : tuple of AcceptanceLimit
        What is not accepted. Default none known.
    effective_from, effective_to : datetime.date or None
        First and last day of the rule; None is open.
    source, url, note : str
        Provenance.
    read_in_source : bool
        Whether the rule was read in its source.
    source_grade : SourceGrade
        How near to its publisher it was read. Default own.
    """

    service_id: str
    carrier: str
    service: str
    region: str
    length_unit: Annotated[str, one_of("in", "cm")]
    weight_unit: Annotated[str, one_of("lb", "kg")]
    side_rounding: Annotated[str, one_of("up", "nearest", "none")]
    weight_step: Positive
    bands: tuple[Band, ...]
    heavier_steps: tuple[WeightStep, ...] = ()
    minimum_weight: NotNegative = Decimal(0)
    surcharges: tuple[SurchargeRule, ...] = ()
    limits: tuple[AcceptanceLimit, ...] = ()
    effective_from: datetime.date | None = None
    effective_to: datetime.date | None = None
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
    """The least change of one kind that lowers a bill: one um or mg less does not.

    Attributes
    ----------
    change : Change
        What is made less: the gross weight, or one outer side.
    less : int
        By how much, in mg or um.
    chargeable_mg : int
        What is billed then, in mg.
    price_minor : int or None
        What shipping costs then, in minor units; None without a price table.
    """

    change: Change
    less: int
    chargeable_mg: int
    price_minor: int | None = None


@dataclass(frozen=True, slots=True)
class AppliedSurcharge:
    """A surcharge that applies to a parcel.

    Attributes
    ----------
    surcharge_id : str
        Such as ``oversize``.
    because : str
        The gates that are open, as written.
    read_in_source : bool
        Whether the rule was read in its source.
    """

    surcharge_id: str
    because: str
    read_in_source: bool


@dataclass(frozen=True, slots=True)
class ChargeableWeight:
    """What a carrier bills for one parcel.

    Attributes
    ----------
    service_id : str
        The carrier service.
    dimensional_mg : int or None
        Dimensional weight in mg before the last rounding; None where it does not count.
    chargeable_mg : int
        What is billed after the carrier's rounding, in mg.
    divisor : str
        The divisor used with its unit, such as ``139 in3/lb``; empty where none counts.
    rule : str
        The rule in words with its effective date, for people.
    read_in_source : bool
        Whether the rule was read in its source.
    exceeded_limits : tuple of str
        The service's acceptance limits that the parcel passes, each with its figures. Default none.
    form : BillingForm
        How the two weights became one. Default the greater.
    derivation : tuple of str
        How the figure came about, step by step, for people. Default none.
    surcharges : tuple of AppliedSurcharge
        Surcharges that apply. Default none.
    lower_steps : tuple of LowerStep
        What would lower the bill: the price where there is a price table, else the chargeable weight. None where
        nothing does, or it was not looked for.
    """

    service_id: str
    dimensional_mg: int | None
    chargeable_mg: int
    divisor: str
    rule: str
    read_in_source: bool
    exceeded_limits: tuple[str, ...] = ()
    form: BillingForm = BillingForm.GREATER
    derivation: tuple[str, ...] = ()
    surcharges: tuple[AppliedSurcharge, ...] = ()
    lower_steps: tuple[LowerStep, ...] = ()
