"""Steps to a lower bill: each that is stated lowers it, and the least cut less does not."""

import math
from collections.abc import Callable, Iterator

from boxwright.checking.listed import listed
from boxwright.domain.carrier import Change, LowerStep
from boxwright.shipping import Biller, Pricer

Size = tuple[int, int, int]
SIDES = (Change.LENGTH, Change.WIDTH, Change.HEIGHT)


def wrong_steps(
    stated: object,
    outer_um: Size,
    gross_mg: int,
    biller: Biller,
    pricer: Pricer | None,
    refused: Callable[[Size, int], set[str]],
) -> Iterator[str]:
    """Yield what is wrong with the steps of a bill; steps that are not stated are not looked for.

    ``refused`` names the limits of the carrier that refuse a size (um) and mass (mg).
    """

    def bill(size: Size, mass_mg: int) -> tuple[int, int | None]:
        billed = biller.weigh(size, mass_mg)
        return billed.chargeable_mg, None if pricer is None else pricer.price(billed).total_minor

    def cost(bill_mg: int, price_minor: int | None) -> float:
        """What a step is to lower: the price where there is a table, which may have none, else the weight."""
        if pricer is None:
            return bill_mg
        return math.inf if price_minor is None else price_minor

    now = cost(*bill(outer_um, gross_mg))
    for step in listed(stated):
        if not isinstance(step, LowerStep) or step.change not in tuple(Change) or type(step.less) is not int:
            yield f"a step to a lower bill is {step!r:.120}"
            continue
        most = gross_mg if step.change is Change.GROSS else outer_um[SIDES.index(step.change)]
        if not 0 < step.less < most:
            yield f"a step takes {step.less} of {most} from {step.change}"
            continue
        cut = _less(outer_um, gross_mg, step.change, step.less)
        then = bill(*cut)
        words = f"{step.less} less {step.change}"
        if (step.chargeable_mg, step.price_minor) != then:
            said = f"{step.chargeable_mg} mg at {step.price_minor}"
            yield f"{words} is said to bill {said}, and bills {then[0]} mg at {then[1]}"
        elif cost(*then) >= now:
            yield f"{words} bills {then[0]} mg at {then[1]}, which is no less"
        elif cost(*bill(*_less(outer_um, gross_mg, step.change, step.less - 1))) < now:
            yield f"{words} is said to be the least for a lower bill, and 1 less is enough"
        elif new := refused(*cut) - refused(outer_um, gross_mg):
            yield f"{words} is refused: {', '.join(sorted(new))}"


def _less(outer_um: Size, gross_mg: int, change: Change, less: int) -> tuple[Size, int]:
    if change is Change.GROSS:
        return outer_um, gross_mg - less
    length, width, height = (edge - less * (side is change) for edge, side in zip(outer_um, SIDES, strict=True))
    return (length, width, height), gross_mg
