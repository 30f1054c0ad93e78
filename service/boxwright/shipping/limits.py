"""What a carrier does not accept."""

from fractions import Fraction

from boxwright.domain.carrier import AcceptanceLimit, CarrierRule
from boxwright.domain.gate import MG_PER_UNIT, SIZES, UM_PER_UNIT, Gate, Measure
from boxwright.shipping.scale import Cuboid, size_of
from boxwright.shipping.words import decimal_text

NAMES = {
    Measure.LONGEST: "longest side",
    Measure.SECOND: "second longest side",
    Measure.SHORTEST: "shortest side",
    Measure.SIDE_SUM: "sum of sides",
    Measure.LENGTH_PLUS_GIRTH: "length plus girth",
    Measure.VOLUME: "volume",
    Measure.ACTUAL: "gross weight",
}


def exceeded_limits(outer_um: Cuboid, gross_mg: int, rule: CarrierRule) -> tuple[str, ...]:
    """Return the acceptance limits that a parcel passes, each with its figures.

    Sides are taken as they are, without the rounding that is part of billing. A limit that the rule does not state is
    not checked; one that was not read in a source is marked.

    Parameters
    ----------
    outer_um : tuple of int
        Outer length, width and height in um.
    gross_mg : int
        Goods, dunnage and box in mg.
    rule : CarrierRule
        The rule in force.
    """
    refusing = (limit for limit in rule.limits if refuses(limit, outer_um, gross_mg))
    return tuple(limit_words(limit, outer_um, gross_mg) for limit in refusing)


def refuses(limit: AcceptanceLimit, outer_um: Cuboid, gross_mg: int) -> bool:
    """Whether a limit refuses a parcel of this outer size (um) and gross weight (mg)."""
    return all(gate.open_at(measured(gate, outer_um, gross_mg)) for gate in limit.refused_when)


def most_accepted_mg(outer_um: Cuboid, rule: CarrierRule, largest_um: Cuboid | None = None) -> int | None:
    """Return the most that a parcel of an outer size may weigh to be accepted, in mg.

    -1 where it is not accepted however light, None where no limit is stated. All limits count, whoever read them. With
    ``largest_um`` it holds for every size from ``outer_um`` to that, side by side.
    """
    smallest, largest = _sorted(outer_um), _sorted(largest_um or outer_um)
    most: int | None = None
    for limit in rule.limits:
        sizes = [gate for gate in limit.refused_when if gate.measure in SIZES]
        if not all(gate.open_at(size_of(gate.measure, largest if gate.rises else smallest)) for gate in sizes):
            continue
        # Refused above the greatest of the weights named: all gates must be open. Without any, whatever it weighs.
        here = max((_most_below(gate) for gate in limit.refused_when if gate.measure not in SIZES), default=-1)
        most = here if most is None else min(most, here)
    return most


def refusing_limit(outer_um: Cuboid, gross_mg: int, rule: CarrierRule) -> str | None:
    """Return the first limit that refuses a parcel, with its figures, or None."""
    return next(iter(exceeded_limits(outer_um, gross_mg, rule)), None)


def limit_words(limit: AcceptanceLimit, outer_um: Cuboid, gross_mg: int) -> str:
    """Return a limit with what the parcel measures, in the limit's own units."""
    found = []
    for gate in limit.refused_when:
        unit = gate.text.rpartition(" ")[2]
        per_unit = MG_PER_UNIT.get(unit) or UM_PER_UNIT[unit.removesuffix("3")] ** (3 if unit.endswith("3") else 1)
        value = Fraction(measured(gate, outer_um, gross_mg)) / per_unit
        found.append(f"{NAMES[gate.measure]} {decimal_text(value)} {unit}")
    return f"{' and '.join(found)}: not accepted where {limit.text}" + ("" if limit.read_in_source else " (unverified)")


def _sorted(outer_um: Cuboid) -> Cuboid:
    shortest, second, longest = sorted(outer_um)
    return longest, second, shortest


def measured(gate: Gate, outer_um: Cuboid, gross_mg: int) -> int:
    """Return what a gate of a limit looks at: the gross weight, or a measure of the sides as they are, unrounded."""
    return gross_mg if gate.measure is Measure.ACTUAL else size_of(gate.measure, _sorted(outer_um))


def _most_below(gate: Gate) -> int:
    """The greatest mass in whole mg at which a gate on the actual weight is shut."""
    most = gate.value.numerator // gate.value.denominator
    return most - 1 if gate.comparison == ">=" and most == gate.value else most
