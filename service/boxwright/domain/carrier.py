"""Carriers' rules for dimensional and chargeable weight, as data with effective dates."""

import datetime
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class WeightStep:
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

    from_weight: Decimal
    step: Decimal
    rounding: str = "up"


@dataclass(frozen=True, slots=True)
class CarrierRule:
    """How one carrier service bills a parcel from one date to another.

    All lengths are rounded in ``length_unit`` and all weights in ``weight_unit``; the dimensional weight is the
    product of the rounded outer sides over ``divisor`` (length unit cubed per weight unit).

    Attributes
    ----------
    service_id : str
        Such as ``ups/us-daily``.
    carrier, service, region : str
        For people.
    divisor : Decimal or None
        None: the service does not bill by volume.
    length_unit, weight_unit : str
        ``in`` or ``cm``; ``lb`` or ``kg``.
    side_rounding : str
        ``up``, ``nearest`` (half up) or ``none``: each side to a whole length unit.
    weight_step : Decimal
        Chargeable weight is rounded up to a multiple of this, in weight units.
    heavier_steps : tuple of WeightStep
        Steps that replace ``weight_step`` for heavier parcels, lightest first. Default none.
    volume_trigger : Decimal or None
        The dimensional weight counts only above this volume (length units cubed, of the rounded sides).
    divisor_switch_weight, divisor_above_switch : Decimal or None
        From this actual weight on, the second divisor holds (SF standard).
    minimum_weight : Decimal
        Least chargeable weight, in weight units. Default 0.
    max_weight_kg, max_length_mm, max_length_plus_girth_mm : Decimal or None
        Acceptance limits; None is unknown.
    effective_from, effective_to : datetime.date or None
        First and last day of the rule; None is open.
    source, url, note : str
        Provenance.
    verified : bool
        Whether the rule was read in its source.
    """

    service_id: str
    carrier: str
    service: str
    region: str
    divisor: Decimal | None
    length_unit: str
    weight_unit: str
    side_rounding: str
    weight_step: Decimal
    volume_trigger: Decimal | None = None
    divisor_switch_weight: Decimal | None = None
    divisor_above_switch: Decimal | None = None
    minimum_weight: Decimal = Decimal(0)
    max_weight_kg: Decimal | None = None
    max_length_mm: Decimal | None = None
    max_length_plus_girth_mm: Decimal | None = None
    effective_from: datetime.date | None = None
    effective_to: datetime.date | None = None
    source: str = ""
    url: str = ""
    verified: bool = False
    note: str = ""
    heavier_steps: tuple[WeightStep, ...] = ()

    def in_force(self, day: datetime.date) -> bool:
        """Whether the rule holds on a day."""
        return (self.effective_from is None or self.effective_from <= day) and (
            self.effective_to is None or day <= self.effective_to
        )


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
        The greater of actual and dimensional weight after the carrier's rounding, in mg.
    divisor : str
        The divisor used with its unit, such as ``139 in3/lb``; empty where none counts.
    rule : str
        The rule in words with its effective date, for people.
    verified : bool
        Whether the rule was read in its source.
    exceeded_limits : tuple of str
        The service's acceptance limits that the parcel passes, each with its figures. Default none.
    """

    service_id: str
    dimensional_mg: int | None
    chargeable_mg: int
    divisor: str
    rule: str
    verified: bool
    exceeded_limits: tuple[str, ...] = ()
