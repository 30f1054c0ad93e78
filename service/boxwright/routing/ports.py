"""Ports by UN/LOCODE, and routes at sea between them, from the package searoute (Apache licence 2.0)."""

import math
from functools import cache
from importlib.metadata import version
from typing import Any

from boxwright.catalog.places import PortPosition
from boxwright.domain.place import LocatedPlace, PlacePrecision
from boxwright.errors import missing_extra


@cache
def data_set() -> str:
    """Return name and version of the data set."""
    return f"searoute {version('searoute')}"


@cache
def ports(corrections: tuple[PortPosition, ...]) -> dict[str, LocatedPlace]:
    """Return every port that has a UN/LOCODE, by code.

    ``corrections`` replace or add to the positions of the package; a port without a position is left out.
    """
    found: dict[str, LocatedPlace] = {}
    for (longitude, latitude), node in sorted(_nodes().items()):
        code = node["port"]
        if code and len(code) == 5 and code not in found:
            name = f"{code} {node['name']}"
            found[code] = LocatedPlace(name, code[:2], PlacePrecision.PORT, latitude, longitude, 0.0, data_set())
    for port in corrections:
        code = port.un_locode
        if port.latitude is None or port.longitude is None:
            found.pop(code, None)
            continue
        found[code] = LocatedPlace(
            f"{code} {port.name}",
            code[:2],
            PlacePrecision.PORT,
            float(port.latitude),
            float(port.longitude),
            0.0,
            port.source,
        )
    return found


@cache
def served_countries() -> dict[str, int]:
    """Return the number of countries that liner services connect with each port, by UN/LOCODE."""
    found: dict[str, int] = {}
    for node in _nodes().values():
        found[node["port"]] = max(found.get(node["port"], 0), len(node.get("to_cty") or ()))
    return found


@cache
def sea_km(start: LocatedPlace, end: LocatedPlace) -> float | None:
    """Return the shortest route at sea between two ports in km; None if no shipping lane connects them.

    The route runs over the package's network of shipping lanes, through Suez and Panama but not the north-west passage,
    and from each port to the nearest node of the network.
    """
    import searoute  # imported here: it loads a network of the seas

    route = searoute.searoute([start.longitude, start.latitude], [end.longitude, end.latitude], append_orig_dest=True)
    km = float(route.properties["length"])
    return km if math.isfinite(km) and km > 0 else None


@cache
def _nodes() -> dict[tuple[float, float], dict[str, Any]]:
    try:
        from searoute.data.ports_dict import node_list
    except ModuleNotFoundError:
        raise missing_extra("", "ports need searoute", "routing") from None

    return dict(node_list)
