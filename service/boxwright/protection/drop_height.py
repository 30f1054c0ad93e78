"""From what height a parcel must be expected to fall, and how often on one face."""

from decimal import Decimal

from boxwright.catalog.materials import Materials
from boxwright.catalog.rows import DropHeight
from boxwright.errors import FieldViolation, InvalidInputError


def drop_height_band(goods_mg: int, materials: Materials, profile: str | None = None) -> DropHeight:
    """Return the band of a handling profile in which a parcel lies.

    The goods' mass picks it, without packaging, so that cushioning does not depend on itself; heights fall
    with mass, so the band is never too low. A mass on the border of two bands is in the lighter one, and
    above the last band the last height holds: both err towards more cushioning.

    Parameters
    ----------
    goods_mg : int
        Mass of the goods in the parcel, in mg.
    materials : Materials
        Holds the drop heights.
    profile : str, optional
        Name of a handling profile, such as ``ista-2a``. Default: the materials' own, ``ista-1a`` in those that are
        shipped.

    Raises
    ------
    InvalidInputError
        If there is no such profile, naming those that exist.
    """
    name = materials.default_drop_profile if profile is None else profile
    bands = materials.drop_heights.get(name)
    if not bands:
        known = ", ".join(sorted(materials.drop_heights))
        raise InvalidInputError([FieldViolation("handling_profile", f"must be one of {known}, got {name!r}")])
    goods_kg = Decimal(goods_mg).scaleb(-6)
    return next((band for band in bands if band.up_to_kg is None or goods_kg <= band.up_to_kg), bands[-1])


def drop_height_mm(goods_mg: int, materials: Materials, profile: str | None = None) -> Decimal:
    """Return the height in mm from which a parcel of some goods' mass falls; see ``drop_height_band``."""
    return drop_height_band(goods_mg, materials, profile).height_mm


def drops_per_face(materials: Materials, profile: str | None = None) -> int | None:
    """Return how many drops of a handling profile a face takes flat; None where that is not known."""
    described = materials.handling_profiles.get(materials.default_drop_profile if profile is None else profile)
    return None if described is None else described.drops_per_face
