"""Composition of a board: liners, mediums by their take-up, and starch, which sum to its grammage."""

from decimal import Decimal, InvalidOperation

EXAMPLE = "140 + 120 x 1.45 + 140 + 10"


def composition_rule(composition: str, grammage_g_per_m2: Decimal) -> str | None:
    """Return the rule that a board's composition breaks; None where it breaks none or is not known.

    A medium is as much longer than the board as its flutes take up, so that it weighs its mass per area times that.

    Parameters
    ----------
    composition : str
        In g/m2, such as ``140 + 120 x 1.45 + 140 + 10``.
    grammage_g_per_m2 : Decimal
        That the board is said to have: the sum, to the whole g/m2.
    """
    if not composition:
        return None
    total = Decimal(0)
    for layer in composition.split(" + "):
        mass, _, take_up = layer.partition(" x ")
        try:
            part = Decimal(mass) * Decimal(take_up or 1)
        except InvalidOperation:
            part = Decimal("nan")
        if not part.is_finite() or part <= 0:
            return f"must be masses in g/m2 such as {EXAMPLE}, got {composition!r:.80}"
        total += part
    if round(total) != round(grammage_g_per_m2):
        return f"must sum to the grammage of {grammage_g_per_m2} g/m2, sums to {total}"
    return None
