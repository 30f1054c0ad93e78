"""Stability: the combined centre of mass of each unit and its load lies over its contacts, at every step.

Where a load that several units share acts on one of them cannot be known from the geometry, so two readings are both
required: it acts at the load's own combined centre of mass, or at the centroid of the contact patch.
"""

from collections.abc import Iterator, Sequence

from boxwright.checking.arrivals import combined_centres
from boxwright.checking.case import ParcelCase
from boxwright.checking.contacts import Contact, Contacts
from boxwright.checking.envelope import Envelope
from boxwright.checking.hull import Hull, Rectangle
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.checking.wording import mm

TOLERANCE_UM = 1.0
"""How far outside of its contacts a centre of mass may lie: it is computed in floating point from whole um."""

_READINGS = ("their own centre of mass", "the centre of the contact")


def unstable(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield the units that would topple; a unit in mid-air has no contacts and is left to the rule of support."""
    envelopes, contacts = case.envelopes, case.contacts
    hulls = {each.index: Hull(rectangles) for each in envelopes if (rectangles := _rests_on(each, contacts))}
    steady = _steady(envelopes, contacts, hulls)
    doubtful = [unit for unit in hulls if unit not in steady]
    if not doubtful:
        return
    falls = list(_falls(case, doubtful, hulls))
    if falls:
        # Where one unit falls, those under it were steady only as long as it was: look at all.
        falls += _falls(case, [unit for unit in hulls if unit in steady], hulls)
    yield from falls


def _rests_on(each: Envelope, contacts: Contacts) -> list[Rectangle]:
    if each.on_floor:
        return [(each.x0, each.x1, each.y0, each.y1)]
    return [(contact.x0, contact.x1, contact.y0, contact.y1) for contact in contacts.below[each.index]]


def _steady(envelopes: Sequence[Envelope], contacts: Contacts, hulls: dict[int, Hull]) -> set[int]:
    """Return the units that stay stable whatever the masses, as long as all units over them are stable.

    A combined centre of mass lies among those of its parts. So a unit is steady if its own centre, the centroids of
    the patches on its top, and every place that the centre of mass of a load on it may have lie over its contacts.
    """
    steady: set[int] = set()
    places: list[Rectangle] = [(0.0, 0.0, 0.0, 0.0)] * len(envelopes)
    for each in sorted(envelopes, key=lambda envelope: -envelope.z0):
        contacts.stop.look()
        unit = each.index
        x, y = each.centre_um
        place, loads = (x, x, y, y), contacts.above[unit]
        if loads:
            x0s, x1s, y0s, y1s = zip(place, *[places[load] for load, _ in loads], strict=True)
            place = min(x0s), max(x1s), min(y0s), max(y1s)
        hull = hulls.get(unit)
        if hull is None:
            places[unit] = place
            continue
        # Patches on a unit that stands on the floor always lie over its base.
        if hull.contains(place) and (each.on_floor or all(hull.contains(_centroid(patch)) for _, patch in loads)):
            steady.add(unit)
            places[unit] = place
        else:
            places[unit] = _common(place, hull.bounds)
    return steady


def _falls(case: ParcelCase, units: Sequence[int], hulls: dict[int, Hull]) -> Iterator[PlanViolation]:
    for unit, centres in combined_centres(units, case.envelopes, case.contacts):
        case.premises.stop.look()
        outside = hulls[unit].outside_um(centres.reshape(2, -1)).reshape(2, -1)
        broken = (outside.max(axis=0) > TOLERANCE_UM).nonzero()[0].tolist()
        if not broken:
            continue
        last = broken[-1] == outside.shape[1] - 1
        moment = broken[-1] if last else broken[0]
        reading = int(outside[:, moment].argmax())
        x, y = centres[:, reading, moment]
        detail = (
            f"combined centre of mass with its load at ({mm(x, y)}) lies {mm(outside[reading, moment])} outside of"
            f" what it rests on, loads taken to act at {_READINGS[reading]}"
        )
        step = None if last else case.envelopes[unit + moment].step
        yield case.broken(ViolationKind.UNSTABLE, detail, case.envelopes[unit], step)


def _centroid(patch: Contact) -> Rectangle:
    x, y = (patch.x0 + patch.x1) / 2, (patch.y0 + patch.y1) / 2
    return x, x, y, y


def _common(one: Rectangle, other: Rectangle) -> Rectangle:
    return max(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), min(one[3], other[3])
