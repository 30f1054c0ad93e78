"""What the catalog service shows of a dataset, as messages that are made once."""

from typing import Any

from boxwright.contract.data import MARKET, PROFILE, SITE, carriers_to_wire, material_to_wire, versions_to_wire
from boxwright.server.dataset import Dataset
from boxwright.server.written import shown, stamp_current


class Offers:
    """Messages of one dataset.

    Parameters
    ----------
    dataset : Dataset
        Catalogs and data.

    Attributes
    ----------
    versions : Versions
        Of software and data.
    catalogs, materials, profiles, carriers, markets, sites : list of Message
        In the order in which they are listed.
    """

    def __init__(self, dataset: Dataset) -> None:
        materials = dataset.materials
        self.dataset = dataset
        self.versions = versions_to_wire(materials)
        self.catalogs = [shown(each, materials, loaded=True) for each in dataset.catalogs.values()]
        for message in self.catalogs:
            if (version := dataset.versions.get(message.catalog_id)) is not None:
                stamp_current(message, version)
        self.materials = sorted(
            (material_to_wire(each, materials.markets) for each in materials.materials), key=name_of
        )
        self.profiles = sorted(map(PROFILE, materials.profiles), key=name_of)
        self.carriers = sorted(carriers_to_wire(materials.carrier_rules), key=name_of)
        self.markets = sorted(map(MARKET, materials.markets), key=name_of)
        self.sites = sorted(map(SITE, dataset.sites.values()), key=name_of)


def name_of(message: Any) -> str:
    """Return the resource name of a message."""
    name: str = message.name
    return name
