"""Shipped parcels of a plan, by its recorded outcome."""

from boxwright.exchange.evidence import Json


def shipped(plan: Json) -> tuple[list[Json], list[tuple[Json | None, Json]]]:
    """Return the planned parcels that were shipped in their box, and the other shipped parcels.

    The others are pairs of the planned parcel, if there is one, and the parcel that was shipped instead. Without an
    outcome, all parcels count as shipped as planned. Open parcels count with the plan that closes them.
    """
    parcels, as_planned, others = plan.get("parcels", ()), list[Json](), list[tuple[Json | None, Json]]()
    if "outcome" not in plan:
        return list(parcels), others
    for sent in plan["outcome"].get("parcels", ()):
        index = sent.get("parcel_index", len(parcels))
        planned = parcels[index] if index < len(parcels) else None
        if sent.get("open"):
            continue
        if planned is not None and sent.get("box_type_id") == planned.get("box_type_id"):
            as_planned.append(planned)
        else:
            others.append((planned, sent))
    return as_planned, others


def is_as_planned(plan: Json) -> bool:
    """Return whether exactly the planned parcels were shipped, in their boxes, so that the plan's figures hold."""
    as_planned, others = shipped(plan)
    moved = any(
        sent.get("units") and _units(sent["units"]) != _units(plan["parcels"][sent["parcel_index"]]["placements"])
        for sent in (plan.get("outcome", {}).get("parcels", ()) if not others else ())
    )
    return not others and not moved and len(as_planned) == len(plan.get("parcels", ()))


def _units(stated: list[Json]) -> set[tuple[str, int]]:
    return {(unit["line_id"], unit.get("unit_index", 0)) for unit in stated}
