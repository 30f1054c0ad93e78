"""iLEAP 1.0: emissions of a plan's transport as a ShipmentFootprint with transport chain elements (TCEs).

iLEAP Technical Specifications, https://sine-fdn.github.io/ileap-extension/, data types ShipmentFootprint and TCE; their
JSON schema is in repository sine-fdn/impact-protocols (MIT). Masses are in kg, planned distances in km without the
adjustment of ISO 14083, activity in tonne-kilometres, emissions in kg CO2e; all numbers are strings. Factors come from
an accounting profile: they are default data, so the share of primary data is 0.
"""

from decimal import Decimal
from typing import Any

from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.exchange.evidence import Json, by_mass
from boxwright.units import MG_PER_KG, to_mg

_KINDS = {"DISTANCE_KIND_SFD": "sfd", "DISTANCE_KIND_GCD": "gcd", "DISTANCE_KIND_ACTUAL": "actual"}
_TTW, _WTT, _WTW = (f"LIFE_CYCLE_STAGE_TRANSPORT_{stage}" for stage in ("TTW", "WTT", "WTW"))
_CARRIED = {"FOOTPRINT_COMPONENT_TRANSPORT": "leg", "FOOTPRINT_COMPONENT_HUB": "hub"}


def shipment(record: Json, profile: str = "") -> dict[str, Any]:
    """Return the ShipmentFootprint of a plan: all its parcels over its lane, allocated by mass.

    It needs ``plan`` with its legs and the lines of its footprints; ``profile`` is by default the plan's first.
    InvalidInputError if the plan has no such footprint or no legs, or lacks a tank-to-wheel or well-to-tank factor.
    """
    plan = record["plan"]
    name = plan.get("name") or plan["order_id"]

    def refused(field: str, rule: str) -> InvalidInputError:
        return InvalidInputError([FieldViolation(f"{name}: {field}", rule)])

    profile_id, footprint = by_mass(plan, profile)
    legs = plan.get("legs", ())
    if not legs:
        raise refused("legs", "must hold the plan's lane, since transport is reported per leg")
    lacking = {
        f"{lack['stage'].rpartition('_')[2]} of {lack['subject']}"
        for lack in footprint.get("missing", ())
        if lack["component"] in _CARRIED
    }
    if lacking:
        raise refused("footprints", f"must have all factors of transport, but lack {', '.join(sorted(lacking))}")
    kg = Decimal(sum(to_mg(parcel["gross_g"]) for parcel in plan["parcels"])) / MG_PER_KG
    tces: list[dict[str, Any]] = []
    for index, leg in enumerate(legs):
        for component, kind in _CARRIED.items():
            lines = [
                line for line in footprint["lines"] if (line["component"], line.get("leg_index")) == (component, index)
            ]
            if not lines:
                continue
            km = Decimal(str(leg["distance_km"])) if kind == "leg" else Decimal(0)
            tces.append(
                {
                    "tceId": f"{name}/{kind}-{index + 1}",
                    "prevTceIds": [tces[-1]["tceId"]] if tces else [],
                    "tocId" if kind == "leg" else "hocId": f"{profile_id}/{lines[0]['subject']}",
                    "shipmentId": name,
                    "mass": _text(kg),
                    "distance": {_kind(leg) if kind == "leg" else "actual": _text(km)},
                    "transportActivity": _text(kg * km / 1_000),
                    "co2eWTW": _kg_co2e(lines, _TTW, _WTT, _WTW),
                    "co2eTTW": _kg_co2e(lines, _TTW),
                }
            )
            if not any(line["stage"] == _TTW for line in lines):
                raise refused(
                    "footprints", f"must have a tank-to-wheel figure of {tces[-1]['tceId']}: use another profile"
                )
    if sum("tocId" in tce for tce in tces) != len(legs):
        raise refused("footprints", "must have lines of every leg")
    mm3 = sum((_volume_mm3(parcel["outer"]) for parcel in plan["parcels"]), start=Decimal(0))
    return {"mass": _text(kg), "volume": _text(mm3 / 10**9), "shipmentId": name, "tces": tces}


def _kind(leg: Json) -> str:
    default = "DISTANCE_KIND_GCD" if leg["mode"] == "TRANSPORT_MODE_AIR" else "DISTANCE_KIND_SFD"
    return _KINDS[leg.get("distance_kind", default)]


def _kg_co2e(lines: list[Json], *stages: str) -> str:
    """Return the sum of these stages in kg. Non-CO2 effects of aviation are excluded, as ISO 14083 requires."""
    return _text(Decimal(sum(line["co2e_mg"] for line in lines if line["stage"] in stages)) / MG_PER_KG)


def _volume_mm3(edges: Json) -> Decimal:
    return Decimal(str(edges["length_mm"])) * Decimal(str(edges["width_mm"])) * Decimal(str(edges["height_mm"]))


def _text(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
