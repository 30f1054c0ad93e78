"""A shelf on its way from the door to the process that loads: settings, catalogs and sites, and data not there yet."""

import pickle
from collections.abc import Mapping
from typing import BinaryIO

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


def read_shelf(file: BinaryIO, there: Mapping[str, Materials]) -> Shelf:
    """Return the shelf that the door wrote, with data that are there by their key."""
    key, materials, settings, catalogs, sites, lacks = pickle.load(file)
    return Shelf(settings, there[key] if materials is None else materials, catalogs, sites, lacks)
