"""Acceptance limits of a carrier service."""

from collections.abc import Iterator
from decimal import Decimal

from boxwright.domain.carrier import CarrierRule


def exceeded_limits(outer_um: tuple[int, int, int], gross_mg: int, rule: CarrierRule) -> tuple[str, ...]:
    """Return the acceptance limits that a parcel passes, each with its figures; a limit itself is accepted.

    Length plus girth is the longest side plus twice the other two. Sides are taken as they are, without the
    rounding that is part of billing. A limit that the rule does not state is not checked.

    Parameters
    ----------
    outer_um : tuple of int
        Outer length, width and height in um.
    gross_mg : int
        Goods, dunnage and box in mg.
    rule : CarrierRule
        The rule in force.
    """
    return tuple(_exceeded(outer_um, gross_mg, rule))


def _exceeded(outer_um: tuple[int, int, int], gross_mg: int, rule: CarrierRule) -> Iterator[str]:
    longest = max(outer_um)
    girth = 2 * (sum(outer_um) - longest)
    for what, value, scale, limit, unit in (
        ("gross weight", gross_mg, 6, rule.max_weight_kg, "kg"),
        ("longest side", longest, 3, rule.max_length_mm, "mm"),
        ("length plus girth", longest + girth, 3, rule.max_length_plus_girth_mm, "mm"),
    ):
        measured = Decimal(value).scaleb(-scale)
        if limit is not None and measured > limit:
            yield f"{what} {measured:f} {unit} is above {limit:f} {unit}"
