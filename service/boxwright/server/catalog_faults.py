"""Why a catalog is not written, by who has to act."""

from boxwright.errors import BoxwrightError


class CatalogExistsError(BoxwrightError):
    """There is a catalog of that identifier already."""


class CatalogReadOnlyError(BoxwrightError):
    """The catalog comes from a file."""


class CatalogInUseError(BoxwrightError):
    """A site or the server's default needs what is to be taken away."""


class EtagMismatchError(BoxwrightError):
    """Somebody else wrote the catalog since it was read."""
