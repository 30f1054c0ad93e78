"""Loads ``materials/`` and box catalogs into typed objects with version and hash.

The package uses tabular, domain and the packages below. Every number comes from a file with a source.
"""

from boxwright.catalog.boxes import derived_fields, unverified_walls
from boxwright.catalog.catalogs import catalog_names, load_catalog, load_catalog_text, validate_catalog_file
from boxwright.catalog.convert import convert_sizes, size_columns
from boxwright.catalog.describe import catalog_warnings, describe, plan_cautions
from boxwright.catalog.loader import load_materials
from boxwright.catalog.materials import Materials
from boxwright.catalog.operator_data import WeighedDunnage, import_materials, weigh_dunnage
from boxwright.catalog.sites import check_catalogs, load_sites
from boxwright.catalog.unverified import unverified_rows

__all__ = [
    "Materials",
    "WeighedDunnage",
    "catalog_names",
    "catalog_warnings",
    "check_catalogs",
    "convert_sizes",
    "derived_fields",
    "describe",
    "import_materials",
    "load_catalog",
    "load_catalog_text",
    "load_materials",
    "load_sites",
    "plan_cautions",
    "size_columns",
    "unverified_rows",
    "unverified_walls",
    "validate_catalog_file",
    "weigh_dunnage",
]
