"""What the server has loaded, on its way to another process; data that are there already are not sent."""

import pickle
from collections.abc import Mapping

from boxwright.catalog import Materials
from boxwright.server.dataset import Dataset


def key_of(materials: Materials) -> str:
    """Return what data are known by: those of one key are the same."""
    return f"{materials.content_hash} {materials.folder}"


def packed_shelf(dataset: Dataset, *, with_materials: bool) -> bytes:
    """Return the bytes of all that planning takes from a dataset; data take ten times as long as all else."""
    materials = dataset.materials if with_materials else None
    content = dataset.settings, dict(dataset.catalogs), dict(dataset.sites), dataset.lacks
    return pickle.dumps((key_of(dataset.materials), materials, *content))


def read_shelf(content: bytes, there: Mapping[str, Materials]) -> Dataset:
    """Return the dataset of such bytes, with data that are there by their key; KeyError if they are not."""
    key, materials, settings, catalogs, sites, lacks = pickle.loads(content)
    return Dataset(settings, there[key] if materials is None else materials, catalogs, sites, lacks)
