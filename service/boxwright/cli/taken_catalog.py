"""A catalog that an option names, for commands that plan with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxwright.cli.failures import warn
from boxwright.cli.remote import fetched_name

if TYPE_CHECKING:
    from boxwright.domain.box import Catalog


def take_catalog(name: str) -> Catalog:
    """Return the catalog of a name, file or address; standard error says what it leaves open.

    Raises
    ------
    DataFileError, UnsupportedError
        As for ``fetched_name``; if the file has faults.
    InvalidInputError
        If there is no such catalog.
    """
    from boxwright.catalog import load_catalog, plan_cautions

    catalog = load_catalog(fetched_name(name))
    warn(f"catalog {catalog.catalog_id}: {each.message}" for each in plan_cautions(catalog))
    return catalog
