"""Parcels and lanes that a carrier does not accept."""

from fractions import Fraction

from boxwright.domain.carrier import AcceptanceLimit, CarrierRule
from boxwright.domain.gate import MG_PER_UNIT, SIZES, UM_PER_UNIT, Gate, Measure
from boxwright.domain.lane import Lane
from boxwright.shipping.scale import Cuboid, size_of
from boxwright.shipping.words import decimal_text

EVERYWHERE = "GLO"
"""Region of a service that is offered in all countries."""

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
    """Return the acceptance limits that a parcel exceeds, with its figures; unverified limits are marked.

    Sides (outer length, width and height in um) are compared without the rounding that bills apply.
    """
    return tuple(_limit_words(limit, outer_um, gross_mg) for limit in rule.limits if refuses(limit, outer_um, gross_mg))


def refuses(limit: AcceptanceLimit, outer_um: Cuboid, gross_mg: int) -> bool:
    """Return whether a limit refuses a parcel of this outer size (um) and gross weight (mg)."""
    return all(gate.open_at(measured(gate, outer_um, gross_mg)) for gate in limit.refused_when)


def most_accepted_mg(outer_um: Cuboid, rule: CarrierRule, largest_um: Cuboid | None = None) -> int | None:
    """Return the greatest gross weight in mg that is accepted at an outer size; None without a limit.

    -1 means that the size is refused at any weight. Unverified limits count too. With ``largest_um`` the result holds
    for every size from ``outer_um`` to ``largest_um``, each sorted by length.
    """
    smallest, largest = _sorted(outer_um), _sorted(largest_um or outer_um)
    most: int | None = None
    for limit in rule.limits:
        sizes = [gate for gate in limit.refused_when if gate.measure in SIZES]
        if not all(gate.open_at(size_of(gate.measure, largest if gate.rises else smallest)) for gate in sizes):
            continue
        # A limit refuses if all its gates are open: above its greatest weight or, if it names none, at any weight.
        here = max((_most_below(gate) for gate in limit.refused_when if gate.measure not in SIZES), default=-1)
        most = here if most is None else min(most, here)
    return most


def refusing_limit(outer_um: Cuboid, gross_mg: int, rule: CarrierRule) -> str | None:
    """Return the first limit that refuses a parcel, with its figures, or None."""
    return next(iter(exceeded_limits(outer_um, gross_mg, rule)), None)


def _limit_words(limit: AcceptanceLimit, outer_um: Cuboid, gross_mg: int) -> str:
    found = []
    for gate in limit.refused_when:
        unit = gate.text.rpartition(" ")[2]
        per_unit = MG_PER_UNIT.get(unit) or UM_PER_UNIT[unit.removesuffix("3")] ** (3 if unit.endswith("3") else 1)
        value = Fraction(measured(gate, outer_um, gross_mg)) / per_unit
        found.append(f"{NAMES[gate.measure]} {decimal_text(value)} {unit}")
    return f"{' and '.join(found)}: refused if {limit.text}" + ("" if limit.read_in_source else " (unverified)")


def _sorted(outer_um: Cuboid) -> Cuboid:
    shortest, second, longest = sorted(outer_um)
    return longest, second, shortest


def measured(gate: Gate, outer_um: Cuboid, gross_mg: int) -> int:
    """Return the measure that a gate of a limit compares: gross weight, or one of the unrounded sides."""
    return gross_mg if gate.measure is Measure.ACTUAL else size_of(gate.measure, _sorted(outer_um))


def _most_below(gate: Gate) -> int:
    """Return the greatest mass in mg at which a gate on the actual weight is closed."""
    most = gate.value.numerator // gate.value.denominator
    return most - 1 if gate.comparison == ">=" and most == gate.value else most


def offered_elsewhere(rule: CarrierRule, lane: Lane) -> str:
    """Return a message if a service is not offered on a lane; empty if it is, or if that is unknown.

    A region is a country, or origin and destination joined by ``-``, or ``GLO``. Other regions are not checked.
    """
    origin, _, destination = rule.region.partition("-")
    pairs = ((origin, lane.origin_country), (destination, lane.destination_country))
    if all(not stated or offered in ("", EVERYWHERE, stated) or len(offered) != 2 for offered, stated in pairs):
        return ""
    way = " ".join(
        f"{word} {country}"
        for word, country in (("from", lane.origin_country), ("to", lane.destination_country))
        if country
    )
    return f"{rule.service_id!r} ({rule.service}) is a service of {rule.region}, and the lane goes {way}"
