"""Computes the bill of a parcel by a carrier rule, in exact integers."""

import datetime as dt
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from boxwright.catalog.materials import Materials
from boxwright.domain.carrier import AppliedSurcharge, Band, BillingForm, CarrierRule, ChargeableWeight
from boxwright.domain.gate import Gate
from boxwright.domain.same import Same
from boxwright.shipping.limits import exceeded_limits
from boxwright.shipping.scale import Cuboid, Scale
from boxwright.shipping.words import band_words, decimal_text, rule_words

_MOST_WEIGHED, _MOST_BILLED = 8_192, 1_024
"""Sizes of the caches: search, plan and check of one order need the same bills."""


class Billed(NamedTuple):
    """The bill of a parcel."""

    chargeable_mg: int
    """Chargeable weight after all roundings and minima."""
    surcharges: tuple[int, ...]
    """Indices into the rule's surcharges."""


class Biller:
    """Bills parcels by one rule in one zone of the lane.

    InvalidInputError if the rule bills by zone and has no band for the zone.
    """

    def __init__(self, rule: CarrierRule, zone: str = "") -> None:
        self.rule = rule
        self.scale = Scale(rule, zone)
        self._words = rule_words(rule, self.scale.bands)
        self._known_weights = lru_cache(maxsize=_MOST_WEIGHED)(self._weigh)
        self._known_bills = lru_cache(maxsize=_MOST_BILLED)(self._bill)

    def weigh(self, outer_um: Cuboid, gross_mg: int) -> Billed:
        """Return the bill of a parcel by outer size (um) and gross weight (mg)."""
        return self._known_weights(outer_um, gross_mg)

    def _weigh(self, outer_um: Cuboid, gross_mg: int) -> Billed:
        scale = self.scale
        sides = scale.rounded(outer_um)
        band = scale.band_of(sides, gross_mg * scale.per_mg)
        return self._billed(sides, gross_mg, band)

    def _billed(self, sides: Cuboid, gross_mg: int, band: int) -> Billed:
        scale = self.scale
        billed = self.stepped(sides, gross_mg, band)
        if not self.rule.surcharges:
            return Billed(scale.mg(billed), ())
        actual = gross_mg * scale.per_mg
        dimensional = sides[0] * sides[1] * sides[2] * scale.volume_ticks[band]
        met = {
            surcharge.surcharge_id: index
            for index, surcharge in enumerate(self.rule.surcharges)
            if self._because(index, sides, actual, dimensional, billed) is not None
        }
        if not met:
            return Billed(scale.mg(billed), ())
        flagged = tuple(i for i in met.values() if met.keys().isdisjoint(self.rule.surcharges[i].unless))
        for index in flagged:
            billed = max(billed, scale.surcharge_minima[index])
        return Billed(scale.mg(billed), flagged)

    def _because(
        self, index: int, sides: Cuboid, actual: int, dimensional: int, billed: int
    ) -> tuple[Gate, ...] | None:
        """Return the gates that cause a surcharge, all open; None if it does not apply."""
        for gates in self.rule.surcharges[index].any_of:
            for gate in gates:
                if not self.scale.open(gate, sides, actual, dimensional, billed):
                    break
            else:
                return gates
        return None

    def stepped(self, sides: Cuboid, gross_mg: int, band: int) -> int:
        """Return the weight that a band bills, rounded to the rule's step and not below its minimum, in ticks."""
        scale = self.scale
        actual = gross_mg * scale.per_mg
        volume = sides[0] * sides[1] * sides[2] * scale.volume_ticks[band]
        weight = formed(scale.bands[band], actual, volume)
        _, step, rounding = scale.steps[0]
        for start, heavier_step, heavier_rounding in scale.steps[1:]:
            if weight >= start:
                step, rounding = heavier_step, heavier_rounding
        if rounding == "nearest":
            steps = (2 * weight + step) // (2 * step)
        else:
            # Masses are rounded to mg: 5 lb arrive as 2,267,962 mg, 0.15 mg above, and must stay 5 lb.
            steps = -(-formed(scale.bands[band], actual - scale.per_mg // 2, volume) // step)
        return max(steps * step, scale.minimum)

    def bill(self, outer_um: Cuboid, gross_mg: int) -> ChargeableWeight:
        """Return the bill of a parcel by outer size (um) and gross weight (mg), with its derivation."""
        return self._known_bills(outer_um, gross_mg)

    def _bill(self, outer_um: Cuboid, gross_mg: int) -> ChargeableWeight:
        scale, rule = self.scale, self.rule
        sides = scale.rounded(outer_um)
        actual = gross_mg * scale.per_mg
        at = scale.band_of(sides, actual)
        band = scale.bands[at]
        volume = sides[0] * sides[1] * sides[2]
        dimensional = None if band.divisor is None else volume * scale.volume_ticks[at]
        before = self.stepped(sides, gross_mg, at)
        billed = self._billed(sides, gross_mg, at)
        applied = []
        for index in billed.surcharges:
            gates = self._because(index, sides, actual, dimensional or 0, before)
            assert gates is not None  # the bill lists the surcharge, so its gates are open
            surcharge = rule.surcharges[index]
            text = " and ".join(gate.text for gate in gates)
            applied.append(AppliedSurcharge(surcharge.surcharge_id, text, surcharge.read_in_source))
        unit = f"{rule.length_unit}3/{rule.weight_unit}"
        return ChargeableWeight(
            service_id=rule.service_id,
            dimensional_mg=None if dimensional is None else scale.mg(dimensional),
            chargeable_mg=billed.chargeable_mg,
            divisor="" if band.divisor is None else f"{band.divisor} {unit}",
            rule=self._words,
            read_in_source=rule.read_in_source,
            exceeded_limits=exceeded_limits(outer_um, gross_mg, rule),
            form=band.form,
            derivation=tuple(self._derivation(sides, actual, at, before, billed)),
            surcharges=tuple(applied),
        )

    def bare(self, billed: Billed) -> ChargeableWeight:
        """Return a bill without derivation."""
        return ChargeableWeight(self.rule.service_id, None, billed.chargeable_mg, "", "", self.rule.read_in_source)

    def _derivation(self, sides: Cuboid, actual: int, at: int, before: int, billed: Billed) -> list[str]:
        scale, rule, band = self.scale, self.rule, self.scale.bands[at]
        length, weight = rule.length_unit, rule.weight_unit
        lines = [f"{band_words(band, rule)}, of {decimal_text(scale.in_units(actual))} {weight} actual"]
        if band.divisor is not None:
            volume = Fraction(sides[0] * sides[1] * sides[2], scale.unit_um**3)
            shown = " x ".join(decimal_text(Fraction(side, scale.unit_um)) for side in sides)
            dimensional = scale.in_units(sides[0] * sides[1] * sides[2] * scale.volume_ticks[at])
            lines.append(
                f"{shown} {length} = {decimal_text(volume)} {length}3, over {band.divisor} is "
                f"{decimal_text(dimensional)} {weight} dimensional"
            )
        lines.append(f"rounded and not below the minimum: {decimal_text(scale.in_units(before))} {weight}")
        for index in billed.surcharges:
            if scale.surcharge_minima[index] > before:
                surcharge = rule.surcharges[index]
                lines.append(f"{surcharge.surcharge_id} bills at least {surcharge.minimum_weight} {weight}")
        return lines


def biller_of(service_id: str, day: dt.date, materials: Materials, zone: str = "") -> Biller:
    """Return the biller of a carrier service on a day, in a zone of the lane.

    InvalidInputError if the service is unknown, has no rule in force on that day, or bills by zone without a band for
    this zone.
    """
    return _biller(Same(materials.carrier_rule(service_id, day)), zone)


@lru_cache(maxsize=64)
def _biller(rule: Same[CarrierRule], zone: str) -> Biller:
    return Biller(rule.thing, zone)


def chargeable_weight(
    outer_um: Cuboid, gross_mg: int, service_id: str, day: dt.date, materials: Materials, zone: str = ""
) -> ChargeableWeight:
    """Return the bill of a carrier service, such as ``usps/parcel``, for a parcel shipped on a day.

    ``outer_um`` is the outer length, width and height, ``gross_mg`` the mass of goods, dunnage and box. Errors are
    those of ``biller_of``.
    """
    return biller_of(service_id, day, materials, zone).bill(outer_um, gross_mg)


def formed(band: Band, actual: int, volume: int) -> int:
    """Return the weight to be billed before rounding, in ticks, by the band's ``BillingForm``."""
    if band.form is BillingForm.ACTUAL:
        return actual
    if band.form is BillingForm.DIMENSIONAL:
        return volume
    if band.form is BillingForm.GREATER or volume <= actual:
        return max(actual, volume)
    # The product is whole, since ticks are a multiple of the share's denominator.
    unbilled = Fraction(band.share or 0) * (volume - actual)
    return volume - int(unbilled)
