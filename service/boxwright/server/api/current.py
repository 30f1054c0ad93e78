"""What the server serves by now: read once for each call, and swapped whole."""

from typing import Any

from boxwright.contract.data import MARKET, PROFILE, SITE, carriers_to_wire, material_to_wire, versions_to_wire
from boxwright.server.answers.dataset import Dataset
from boxwright.server.stored.written import shown, stamp_current


class Offers:
    """What the catalog service lists of a dataset, as messages that are made once, in the order of the lists."""

    def __init__(self, dataset: Dataset) -> None:
        materials = dataset.materials
        self.dataset = dataset
        self.versions = versions_to_wire(materials)
        self.catalogs = [shown(catalog, materials, loaded=True) for catalog in dataset.catalogs.values()]
        for message in self.catalogs:
            if (version := dataset.versions.get(message.catalog_id)) is not None:
                stamp_current(message, version)
        in_markets = [material_to_wire(material, materials.markets) for material in materials.materials]
        self.materials = sorted(in_markets, key=name_of)
        self.profiles = sorted(map(PROFILE, materials.profiles), key=name_of)
        self.carriers = sorted(carriers_to_wire(materials.carrier_rules), key=name_of)
        self.markets = sorted(map(MARKET, materials.markets), key=name_of)
        self.sites = sorted(map(SITE, dataset.sites.values()), key=name_of)


class Current:
    """The dataset that calls are read against, and what is listed of it.

    Both change in one step of the event loop, which is where they are to be read: a call that keeps what it has read is
    answered wholly from one version.
    """

    def __init__(self, dataset: Dataset) -> None:
        self.dataset, self.offers = dataset, Offers(dataset)

    def swap(self, offers: Offers) -> None:
        """Serve another version from now on."""
        self.dataset, self.offers = offers.dataset, offers


def name_of(message: Any) -> str:
    """Return the resource name of a message."""
    name: str = message.name
    return name
