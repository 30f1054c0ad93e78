"""Legs that were derived from places, as plain data and back."""

from typing import Any

from boxwright.domain.lane import DistanceKind, Leg, LegDerivation, TransportMode
from boxwright.domain.place import LocatedPlace, PlacePrecision
from boxwright.errors import InvalidInputError
from boxwright.export.fields import Fields
from boxwright.export.kinds import NUMBER, TEXT, member
from boxwright.export.noun import Field, FieldKind, Noun

PLACE = Noun(
    LocatedPlace,
    Field("name", TEXT, required=True),
    Field("country_code", TEXT, required=True),
    Field("precision", member(PlacePrecision), required=True),
    Field("latitude", NUMBER),
    Field("longitude", NUMBER),
    Field("spread_km", NUMBER),
    Field("data_set", TEXT),
)


def _write(leg: Leg) -> dict[str, Any]:
    """Return a leg with how it was found; distances in km, places in degrees."""
    found = leg.derivation
    return {
        "mode": leg.mode.value,
        "distance_km": leg.distance_km,
        "distance_kind": leg.distance_kind.value if leg.distance_kind else "",
        **({"vehicle": leg.vehicle} if leg.vehicle else {}),
        **({"from": PLACE.write(found.start), "to": PLACE.write(found.end), "formula": found.formula} if found else {}),
    }


def _read(fields: Fields) -> Leg | None:
    """Return the leg of plain data, or None after noting why there is none."""
    mode = fields.member("mode", TransportMode)
    distance_km, kind = fields.number("distance_km", 0.0), fields.member("distance_kind", DistanceKind)
    start, end = fields.object("from", PLACE.read), fields.object("to", PLACE.read)
    formula, vehicle = fields.text("formula"), fields.text("vehicle")
    fields.close()
    derivation = LegDerivation(start, end, formula) if start and end else None
    try:
        return Leg(mode, distance_km, kind, vehicle, derivation=derivation)
    except InvalidInputError as error:
        for each in error.violations:
            fields.refuse(each.field, each.rule)
        return None


LEGS = FieldKind(
    "list of objects",
    (),
    lambda fields, name: tuple(leg for each in fields.objects(name) if (leg := _read(each)) is not None),
    lambda legs: [_write(each) for each in legs],
)
