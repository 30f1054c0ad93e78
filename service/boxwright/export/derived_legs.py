"""Legs that were derived from places, as plain data and back."""

from typing import Any

from boxwright.domain.lane import DistanceKind, Leg, LegDerivation, TransportMode
from boxwright.domain.place import LocatedPlace, PlacePrecision
from boxwright.errors import InvalidInputError
from boxwright.export.fields import Fields


def leg_to_dict(leg: Leg) -> dict[str, Any]:
    """Return a leg with how it was found; distances in km, places in degrees."""
    found = leg.derivation
    return {
        "mode": leg.mode.value,
        "distance_km": leg.distance_km,
        "distance_kind": leg.distance_kind.value if leg.distance_kind else "",
        **({"vehicle": leg.vehicle} if leg.vehicle else {}),
        **({"from": _place(found.start), "to": _place(found.end), "formula": found.formula} if found else {}),
    }


def read_leg(fields: Fields) -> Leg | None:
    """Return the leg of plain data, or None after noting why there is none."""
    mode = fields.member("mode", TransportMode)
    distance_km, kind = fields.number("distance_km", 0.0), fields.member("distance_kind", DistanceKind)
    start, end = fields.object("from", _read_place), fields.object("to", _read_place)
    formula, vehicle = fields.text("formula"), fields.text("vehicle")
    fields.close()
    derivation = LegDerivation(start, end, formula) if start and end else None
    try:
        return Leg(mode, distance_km, kind, vehicle, derivation=derivation)
    except InvalidInputError as error:
        for each in error.violations:
            fields.refuse(each.field, each.rule)
        return None


def _place(place: LocatedPlace) -> dict[str, Any]:
    return {
        "name": place.name,
        "country_code": place.country_code,
        "precision": place.precision.value,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "spread_km": place.spread_km,
        "data_set": place.data_set,
    }


def _read_place(fields: Fields) -> LocatedPlace:
    place = LocatedPlace(
        name=fields.text("name", required=True),
        country_code=fields.text("country_code", required=True),
        precision=fields.member("precision", PlacePrecision),
        latitude=fields.number("latitude", 0.0),
        longitude=fields.number("longitude", 0.0),
        spread_km=fields.number("spread_km", 0.0),
        data_set=fields.text("data_set"),
    )
    fields.close()
    return place
