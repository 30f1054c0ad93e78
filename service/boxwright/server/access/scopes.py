"""What a caller may be allowed to do, and which method is which."""

from collections.abc import Mapping
from enum import StrEnum


class Scope(StrEnum):
    """What a token allows; none includes another."""

    PACK = "pack"
    """Plan and judge orders, compute footprints, record outcomes."""

    READ = "read"
    """Read stored plans, catalogs, materials, carriers and markets."""

    CATALOGS = "catalogs"
    """Judge, try out and design catalogs, and write and delete them."""

    ADMIN = "admin"
    """Delete stored plans; read metrics, and what is wrong with files, at the admin port."""


REFLECTION = "ServerReflection/ServerReflectionInfo"

_METHODS: Mapping[Scope, Mapping[str, str]] = {
    Scope.PACK: {
        "PackingService": "Pack BatchPack StreamPack CheckPlan RecordOutcome",
        "FootprintService": "EstimateFootprint",
    },
    Scope.READ: {
        "PackingService": "GetPlan ListPlans",
        "CatalogService": "ListCatalogs GetCatalog ListMaterials GetMaterial ListAccountingProfiles"
        " GetAccountingProfile ListCarriers GetCarrier ListMarkets GetMarket ListSites GetSite ListCatalogRevisions",
        "ServerReflection": "ServerReflectionInfo",
    },
    Scope.CATALOGS: {
        "CatalogService": "CreateCatalog UpdateCatalog DeleteCatalog",
        "EvaluationService": "EvaluateCatalogs DesignCatalog",
        "Operations": "GetOperation ListOperations WaitOperation CancelOperation DeleteOperation",
    },
    Scope.ADMIN: {"PackingService": "DeletePlan"},
}

SCOPES: Mapping[str, Scope] = {
    f"{service}/{method}": scope
    for scope, services in _METHODS.items()
    for service, methods in services.items()
    for method in methods.split()
}
"""Scope that each method needs, by service and method; a method that is not here is answered to nobody."""


def method_name(path: str) -> str:
    """Return service and method, as scopes name them, of the path of a call, such as ``/package.Service/Method``."""
    service, _, method = path.strip("/").partition("/")
    return f"{service.rpartition('.')[2]}/{method}"


_WRITES = ("CreateCatalog", "UpdateCatalog", "DeleteCatalog")

OF_ALL_SITES = frozenset(
    {
        *(f"PackingService/{method}" for method in ("GetPlan", "ListPlans", "RecordOutcome", "DeletePlan")),
        *(f"CatalogService/{each}" for each in _WRITES),
    }
)
"""Methods that reach plans of every site, or what every site plans with: no call of a token that is limited to some."""
