"""Tells what comes with the software from what is a caller's own."""

from functools import lru_cache

from boxwright.catalog.catalogs import load_catalog
from boxwright.catalog.folder import shipped_folder
from boxwright.catalog.loader import load_materials
from boxwright.catalog.materials import Materials
from boxwright.domain.box import Catalog


def is_shipped_data(materials: Materials) -> bool:
    """Return whether data are those that come with the software, to the last figure."""
    return materials.content_hash == load_materials(shipped_folder()).content_hash


def is_shipped_catalog(catalog: Catalog) -> bool:
    """Return whether a catalog is one that comes with the software, to the last figure."""
    return catalog.content_hash == _shipped_hash(catalog.catalog_id)


@lru_cache(maxsize=64)
def _shipped_hash(catalog_id: str) -> str:
    folder = shipped_folder()
    # Among the files there are, since an id from a request must not become a path.
    for path in (folder / "catalogs").glob("*.toml"):
        if path.stem == catalog_id:
            return load_catalog(path, materials=load_materials(folder)).content_hash
    return ""
