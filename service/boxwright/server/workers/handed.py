"""What the server has loaded, on its way to another process; data that are there already are not sent."""

import pickle
from collections.abc import Mapping

from boxwright.catalog import Materials
from boxwright.server.shelf import Shelf


def key_of(materials: Materials) -> str:
    """Return what data are known by: those of one key are the same."""
    return f"{materials.content_hash} {materials.folder}"


def packed_shelf(shelf: Shelf, *, with_materials: bool) -> bytes:
    """Return the bytes of all that planning takes from a shelf; data take ten times as long as all else."""
    materials = shelf.materials if with_materials else None
    content = shelf.settings, dict(shelf.catalogs), dict(shelf.sites), shelf.lacks
    return pickle.dumps((key_of(shelf.materials), materials, *content))


def read_shelf(content: bytes, there: Mapping[str, Materials]) -> Shelf:
    """Return the shelf of such bytes, with data that are there by their key; KeyError if they are not."""
    key, materials, settings, catalogs, sites, lacks = pickle.loads(content)
    return Shelf(settings, there[key] if materials is None else materials, catalogs, sites, lacks)
