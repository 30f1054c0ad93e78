"""Which GET path reads which resource: the paths are the names of resources."""

import json
import re
from collections.abc import Sequence

from google.longrunning import operations_pb2

from boxwright.v1 import catalog_service_pb2, packing_service_pb2

PATHS: tuple[tuple[str, str], ...] = (
    ("catalogs", "ListCatalogs"),
    ("catalogs/{catalog}", "GetCatalog"),
    ("catalogs/{catalog}/versions", "ListCatalogVersions"),
    ("catalogs/{catalog}/boxTypes", "ListBoxTypes"),
    ("catalogs/{catalog}/boxTypes/{box_type}", "GetBoxType"),
    ("catalogs/{catalog}/dunnage", "ListDunnage"),
    ("catalogs/{catalog}/dunnage/{dunnage}", "GetDunnage"),
    ("materials", "ListMaterials"),
    ("materials/{material}", "GetMaterial"),
    ("accountingProfiles", "ListAccountingProfiles"),
    ("accountingProfiles/{profile}", "GetAccountingProfile"),
    ("carriers", "ListCarriers"),
    ("carriers/{carrier}", "GetCarrier"),
    ("markets", "ListMarkets"),
    ("markets/{market}", "GetMarket"),
    ("sites", "ListSites"),
    ("sites/{site}", "GetSite"),
    ("plans", "ListPlans"),
    ("plans/{plan}", "GetPlan"),
    ("operations", "ListOperations"),
    ("operations/{operation}", "GetOperation"),
)
"""Path below ``/v1/`` and the method that answers it."""

_PATTERNS = [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), method) for path, method in PATHS]
_METHODS = {
    method.name: method
    for service in (
        catalog_service_pb2.DESCRIPTOR.services_by_name["CatalogService"],
        packing_service_pb2.DESCRIPTOR.services_by_name["PackingService"],
        operations_pb2.DESCRIPTOR.services_by_name["Operations"],
    )
    for method in service.methods
}


def path_of(method: str) -> str:
    """Return the path of the POST that does the same as a GET."""
    return f"{_METHODS[method].containing_service.full_name}/{method}"


def asked(path: str, query: Sequence[tuple[str, str]]) -> tuple[str, bytes] | None:
    """Return the method that a GET asks and its request in JSON; None where there is no such resource.

    A field that is given twice stands there twice, so that the reader refuses it.

    Parameters
    ----------
    path : str
        Below ``/v1/``.
    query : sequence of (str, str)
        Fields of the request, such as ``pageSize``.
    """
    for pattern, method in _PATTERNS:
        if pattern.fullmatch(path):
            fields = _METHODS[method].input_type.fields_by_name
            given = [(json.dumps(key), json.dumps(value)) for key, value in query]
            if "name" in fields:
                given.append(('"name"', json.dumps(path)))
            elif "parent" in fields:
                given.append(('"parent"', json.dumps(path.rpartition("/")[0])))
            content = ",".join(f"{key}:{value}" for key, value in given)
            return path_of(method), f"{{{content}}}".encode()
    return None
