"""What would make a parcel cheaper to carry: a length or a mass, by what is to change."""

from typing import Any

from boxwright import units
from boxwright.domain.carrier import Change, LowerStep
from boxwright.export.fields import Fields
from boxwright.export.noun import FieldKind


def _write(steps: tuple[LowerStep, ...]) -> list[dict[str, Any]]:
    return [
        {
            "change": step.change.value,
            **(
                {"less_g": units.to_g(step.less)}
                if step.change is Change.GROSS
                else {"less_mm": units.to_mm(step.less)}
            ),
            "chargeable_g": units.to_g(step.chargeable_mg),
            **({} if step.price_minor is None else {"price_minor": step.price_minor}),
        }
        for step in steps
    ]


def _read(fields: Fields) -> LowerStep:
    change = fields.member("change", Change)
    less = fields.mg("less_g") if change is Change.GROSS else units.to_um(fields.number("less_mm", 0.0))
    price = None if fields.get("price_minor") is None else fields.whole("price_minor")
    step = LowerStep(change, less, fields.mg("chargeable_g"), price)
    fields.close()
    return step


LOWER_STEPS = FieldKind(
    "list of `change`, `less_g` or `less_mm`, `chargeable_g` and `price_minor`",
    (),
    lambda fields, name: tuple(_read(each) for each in fields.objects(name)),
    _write,
)
