"""What carriers bill, as plain data and back."""

from typing import Any

from boxwright import units
from boxwright.domain.carrier import AppliedSurcharge, BillingForm, Change, ChargeableWeight, LowerStep
from boxwright.domain.price_table import PriceLine, ShippingPrice
from boxwright.export.fields import Fields


def chargeable_to_dict(weight: ChargeableWeight) -> dict[str, Any]:
    """Return what a carrier bills as plain data."""
    return {
        "service_id": weight.service_id,
        "dimensional_g": None if weight.dimensional_mg is None else units.to_g(weight.dimensional_mg),
        "chargeable_g": units.to_g(weight.chargeable_mg),
        "divisor": weight.divisor,
        "rule": weight.rule,
        "verified": weight.verified,
        "exceeded_limits": list(weight.exceeded_limits),
        "form": weight.form.value,
        "derivation": list(weight.derivation),
        "surcharges": [
            {"surcharge_id": each.surcharge_id, "because": each.because, "verified": each.verified}
            for each in weight.surcharges
        ],
        "lower_steps": [_lower_step(each) for each in weight.lower_steps],
    }


def _lower_step(step: LowerStep) -> dict[str, Any]:
    by_weight = step.change is Change.GROSS
    return {
        "change": step.change.value,
        "less_g" if by_weight else "less_mm": units.to_g(step.less) if by_weight else units.to_mm(step.less),
        "chargeable_g": units.to_g(step.chargeable_mg),
        **({} if step.price_minor is None else {"price_minor": step.price_minor}),
    }


def read_chargeable(fields: Fields) -> ChargeableWeight:
    """Return what a carrier bills from plain data."""
    weight = ChargeableWeight(
        service_id=fields.text("service_id", required=True),
        dimensional_mg=None if fields.get("dimensional_g") is None else fields.mg("dimensional_g"),
        chargeable_mg=fields.mg("chargeable_g"),
        divisor=fields.text("divisor"),
        rule=fields.text("rule"),
        verified=fields.flag("verified"),
        exceeded_limits=fields.texts("exceeded_limits"),
        form=fields.member("form", BillingForm, BillingForm.GREATER),
        derivation=fields.texts("derivation"),
        surcharges=tuple(_read_surcharge(each) for each in fields.objects("surcharges")),
        lower_steps=tuple(_read_lower_step(each) for each in fields.objects("lower_steps")),
    )
    fields.close()
    return weight


def shipping_to_dict(price: ShippingPrice) -> dict[str, Any]:
    """Return what carriage costs as plain data."""
    return {
        "price_table": price.price_table,
        "zone": price.zone,
        "currency": price.currency,
        "lines": [{"name": line.name, "amount_minor": line.amount_minor} for line in price.lines],
        "missing": list(price.missing),
        "total_minor": price.total_minor,
    }


def read_shipping(fields: Fields) -> ShippingPrice:
    """Return what carriage costs from plain data."""
    lines = []
    for each in fields.objects("lines"):
        lines.append(PriceLine(each.text("name", required=True), each.whole("amount_minor")))
        each.close()
    price = ShippingPrice(
        fields.text("price_table", required=True),
        fields.text("zone"),
        fields.text("currency"),
        tuple(lines),
        fields.texts("missing"),
    )
    fields.close(derived=("total_minor",))
    fields.follows("total_minor", price.total_minor, why="the sum of its lines, null where something is missing")
    return price


def _read_surcharge(fields: Fields) -> AppliedSurcharge:
    surcharge = AppliedSurcharge(
        fields.text("surcharge_id", required=True), fields.text("because"), fields.flag("verified")
    )
    fields.close()
    return surcharge


def _read_lower_step(fields: Fields) -> LowerStep:
    change = fields.member("change", Change)
    less = fields.mg("less_g") if change is Change.GROSS else units.to_um(fields.number("less_mm", 0.0))
    price = None if fields.get("price_minor") is None else fields.whole("price_minor")
    step = LowerStep(change, less, fields.mg("chargeable_g"), price)
    fields.close()
    return step
